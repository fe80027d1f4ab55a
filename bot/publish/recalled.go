// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the gate begins anew: with what the wiki tells of the bot's
// edits where the store was lost, and with nothing where the wiki went back.

package publish

import (
	"encoding/json"
	"fmt"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
)

// RecalledEdit is an edit of a region by the bot, as the wiki has it.
type RecalledEdit struct {
	Revision, Base int64  // that it made, and that it was made from, 0 for a new page
	Before, After  string // the texts of the page
}

// RecalledNote is the note that has a Publisher know its edits of a region, the
// oldest first, as if it had made them, so that people who have reverted the last
// one are not written over. Rules is the revision of the rules under which that
// was made.
func RecalledNote(title, region string, edits []RecalledEdit, rules int64) (name, text string, err error) {
	g := Guard{Rules: rules}
	for _, e := range edits[max(0, len(edits)-editsKept):] {
		g.Edits = append(g.Edits, regionEdit{Revision: e.Revision, Base: e.Base, Before: plan.BodyPrint(region, e.Before), After: plan.BodyPrint(region, e.After)})
	}
	data, err := json.Marshal(g)
	if err != nil {
		return "", "", fmt.Errorf("write what is known of %s: %w", title, err)
	}
	return noteGuard + plan.RegionName(title, region), string(data), nil
}

// Reset forgets all that is remembered of the wiki's pages, as in a new process.
// It must not be called while Publish runs.
func (p *Publisher) Reset() {
	p.Forget()
	p.Retry("")
	p.guards = nil
	clear(p.said)
	clear(p.unread)
	clear(p.doubted)
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.losses)
	p.resting = map[string]resting{}
}

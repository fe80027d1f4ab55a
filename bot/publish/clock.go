// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the gate does while the clock of this machine is wrong.

package publish

import "time"

// clocksDiffer is by how much the clock of this machine may differ from the wiki's
// when people are told something: whether a mention has settled, and whether it is
// too early to tell somebody again, goes by it.
const clocksDiffer = 5 * time.Minute

// planAge is how long after its planning a message may be saved: what speaks
// against it may have come since, and quiet hours begun.
const planAge = 4 * time.Minute

// mistimed holds back what cannot be taken back while the clock of this machine is
// not the wiki's. Tables go on: what is wrong there for a while is mended.
func (p *Publisher) mistimed(a *attempt) *Outcome {
	if p.Clock == nil || len(a.page.Notices) == 0 {
		return nil
	}
	// It may have jumped since the page was planned.
	if began := a.rules.Began; !began.IsZero() {
		if jump := p.Now().Sub(a.rules.Planned) - time.Since(began); jump.Abs() > clocksDiffer {
			wait := refuse(StepEdit, Waits, "%s waits: the clock of this machine has jumped by %s.", a.page.Title, jump.Round(time.Second))
			wait.Again = p.Now().Add(time.Second)
			return wait
		}
		if age := time.Since(began); age > planAge {
			wait := refuse(StepEdit, Waits, "%s waits: it was planned %s ago, and is planned anew.", a.page.Title, age.Round(time.Second))
			wait.Again = p.Now().Add(time.Second)
			return wait
		}
	}
	theirs, err := time.Parse(time.RFC3339, a.live.Read)
	if err != nil {
		return nil // what the wiki says of itself is checked when the bot logs in
	}
	off := p.Clock().Sub(theirs).Round(time.Second)
	if off.Abs() <= clocksDiffer {
		return nil
	}
	wait := refuse(StepEdit, Waits, "%s waits: the clock of this machine is %s off the wiki's. Nobody is told anything before they agree.", a.page.Title, off)
	wait.Again = p.Now().Add(time.Minute)
	return wait
}

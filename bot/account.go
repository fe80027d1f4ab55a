// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what is looked at after logging in, before anything is
// written: whose account it is, what it may do, and whether the clocks agree.

package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	// clocksRefused is by how much the clock of this machine may differ from the
	// wiki's: what settles, cools down or is quiet goes by it. clocksOdd is from
	// when on that is logged.
	clocksRefused = 5 * time.Minute
	clocksOdd     = 30 * time.Second
)

// neededRights are what the account must be allowed to do, and with what a bot
// password or a consumer gets it.
var neededRights = []struct{ right, grant string }{
	{"edit", `"Edit existing pages" (editpage)`},
	{"createpage", `"Create, edit, and move pages" (createeditmovepage)`},
	{"createtalk", `"Create, edit, and move pages" (createeditmovepage)`},
}

// isUs checks that the account that has logged in is the one whose edits the bot
// takes for its own, that it may edit, and that the wiki's clock is ours. The
// error names everything that is wrong.
func (s *site) isUs(ctx context.Context) error {
	var answer struct {
		CurTimestamp time.Time
		Query        struct {
			UserInfo struct {
				Name   string
				Rights []string
			}
		}
	}
	asked := time.Now()
	err := s.client.Get(ctx, map[string]string{"action": "query", "meta": "userinfo", "uiprop": "rights", "curtimestamp": "1"}, &answer)
	if err != nil {
		return fmt.Errorf("ask %s who has logged in: %w", s.conf.API, err)
	}
	var wrong []string
	user := localUser(s.text, s.conf.User)
	info := answer.Query.UserInfo
	if s.conf.Login != "" && info.Name != user {
		wrong = append(wrong, fmt.Sprintf("the login %s is of the account %q, not %q; correct the wikis file", s.conf.Login, info.Name, s.conf.User))
	}
	for _, needed := range neededRights {
		if !slices.Contains(info.Rights, needed.right) {
			wrong = append(wrong, fmt.Sprintf("the account has not the right %q; give its bot password or consumer the grant %s, if the account has the right itself", needed.right, needed.grant))
		}
	}
	if why := s.clock(asked, answer.CurTimestamp); why != "" {
		wrong = append(wrong, why)
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%s", strings.Join(wrong, "; "))
	}
	if !slices.Contains(info.Rights, "bot") {
		s.log.Warn().Msg("the account has not the right \"bot\": its edits are in everybody's recent changes, and it may be slowed down")
	}
	s.conf.User, s.pages.Bot = user, localUser(s.text, s.pages.Bot)
	return nil
}

// clock says what is wrong about the clock of this machine, "" if nothing is. An
// answer may take a while, so only what is beyond that counts.
func (s *site) clock(asked, theirs time.Time) string {
	if theirs.IsZero() {
		return ""
	}
	off, took := time.Since(theirs).Truncate(time.Second), time.Since(asked)
	if off > 0 {
		off = max(0, off-took).Round(time.Second)
	}
	switch {
	case off.Abs() > clocksRefused:
		return fmt.Sprintf("the clock of this machine is %s off the wiki's; set it, or have it set over the network", off)
	case off.Abs() > clocksOdd:
		s.log.Warn().Str("reason", off.String()).Msg("the clock of this machine differs from the wiki's")
	}
	return ""
}

// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how a batch of accounts is looked up: which exist, and which
// have another name now.

package survey

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// maxRenames is how often one account's renames are followed.
const maxRenames = 5

// lookup is one reading of the accounts. What the wiki does not have, it is
// asked for once.
type lookup struct {
	accounts
	at      time.Time
	central bool // the wiki may know of global accounts
	renames bool // the wiki may have a log of renames
}

// shownAccount is an account in the answer of list=users.
type shownAccount struct {
	Name                     string
	Missing, Invalid, Hidden bool
	Interwiki                bool
	Groups                   []string
	BlockID                  int64
	BlockPartial             bool
	BlockExpiry              string
}

func (s shownAccount) exists() bool { return !s.Missing && !s.Invalid && !s.Hidden && !s.Interwiki }

// searched is one name of a batch and what it leads to.
type searched struct {
	name, now string // as claims have it; after the renames seen so far
	local     shownAccount
	found     bool // there is such an account, here or on other wikis
	untold    bool // the wiki has said nothing of the name
	global    globalAccount
}

// batch looks up some accounts; deep says of whom the last edits matter. Those
// of which nobody can tell are left out.
func (l *lookup) batch(ctx context.Context, names []string, deep map[string]bool, progress func(done int)) ([]registry.Account, error) {
	all := make([]*searched, len(names))
	for i, name := range names {
		all[i] = &searched{name: name, now: name}
	}
	if err := l.find(ctx, all); err != nil {
		return nil, err
	}
	var out []registry.Account
	for i, s := range all {
		progress(i)
		if s.untold {
			continue
		}
		account := registry.Account{Name: s.name, Read: l.at}
		if !s.found {
			account.Missing = true
			out = append(out, account)
			continue
		}
		if s.now != s.name {
			account.RenamedTo = s.now
		}
		if s.local.exists() {
			account.Bot = slices.Contains(s.local.Groups, "bot")
			account.Blocked, account.BlockedUntil = s.local.blocked(l.at)
		}
		sure, err := true, error(nil)
		if deep[s.name] {
			sure, err = l.activity(ctx, s, &account)
		}
		if err != nil {
			return nil, err
		}
		if sure || account.Locked || account.Blocked && account.BlockedUntil.IsZero() {
			out = append(out, account)
		}
	}
	return out, nil
}

// blocked reports whether the account cannot edit at all, and until when.
func (s shownAccount) blocked(at time.Time) (bool, time.Time) {
	if s.BlockID == 0 || s.BlockPartial {
		return false, time.Time{}
	}
	until, err := time.Parse(time.RFC3339, s.BlockExpiry)
	if err != nil { // infinite
		return true, time.Time{}
	}
	return until.After(at), until
}

// find sees which of the names are accounts, and follows the renames of those
// that are none any more.
func (l *lookup) find(ctx context.Context, all []*searched) error {
	open := all
	seen := make(map[*searched][]string)
	for range maxRenames + 1 {
		if err := l.users(ctx, open); err != nil {
			return err
		}
		var gone []*searched
		for _, s := range open {
			if s.found = s.local.exists(); !s.found && askable(s.now) && !s.local.Invalid && !s.untold {
				gone = append(gone, s)
			}
		}
		if len(gone) == 0 {
			return nil
		}
		next, err := l.newNames(ctx, gone)
		if err != nil {
			return err
		}
		open = nil
		for _, s := range gone {
			now := next[s.now]
			if s.found || now == "" || slices.Contains(seen[s], now) || !isAccountName(now) {
				continue
			}
			seen[s] = append(seen[s], s.now)
			s.now, s.global = now, globalAccount{}
			open = append(open, s)
		}
		if len(open) == 0 {
			return nil
		}
	}
	return nil
}

// users asks which of the names are accounts of the wiki, all at once.
func (l *lookup) users(ctx context.Context, all []*searched) error {
	var names []string
	for _, s := range all {
		if s.local = (shownAccount{Name: s.now, Missing: true}); askable(s.now) {
			names = append(names, s.now)
		}
	}
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	names = slices.Compact(names)
	shown := make(map[string]shownAccount, len(names))
	err := askAll(ctx, l.api, map[string]string{
		"action": "query", "list": "users", "ususers": strings.Join(names, "|"), "usprop": "groups|blockinfo",
	}, func(body json.RawMessage) error {
		var answer struct {
			Query struct{ Users []shownAccount }
		}
		if err := json.Unmarshal(body, &answer); err != nil {
			return fmt.Errorf("read the answer: %w", err)
		}
		for _, u := range answer.Query.Users {
			shown[u.Name] = u
		}
		return nil
	})
	if err != nil {
		return err
	}
	untold := 0
	for _, s := range all {
		u, ok := shown[s.now]
		if !ok {
			u, ok = shown[accountName(wikitext.DefaultSite(), s.now)]
		}
		switch {
		case ok:
			s.local = u
		case askable(s.now):
			s.untold = true
			untold++
		}
	}
	// The wiki tells of each name, and of one that is none that it is missing.
	if len(shown) == 0 || untold >= 3 && 5*untold > len(names) {
		return fmt.Errorf("the answer leaves out %d of %d accounts", untold, len(names))
	}
	return nil
}

// newNames returns the names that accounts have now that are gone, by the log of
// renames or else by where their user pages redirect to. Those that exist on
// other wikis only are found.
func (l *lookup) newNames(ctx context.Context, gone []*searched) (map[string]string, error) {
	out := make(map[string]string)
	var rest []*searched
	for _, s := range gone {
		to, err := l.renamed(ctx, s)
		if err != nil {
			return nil, err
		}
		if to != "" {
			out[s.now] = to
		} else if !s.found {
			rest = append(rest, s)
		}
	}
	if len(rest) == 0 {
		return out, nil
	}
	titles := make([]string, len(rest))
	for i, s := range rest {
		titles[i] = "User:" + s.now
	}
	var answer struct{ Query pagesAnswer }
	err := l.api.Get(ctx, map[string]string{"action": "query", "titles": strings.Join(titles, "|"), "redirects": "1"}, &answer)
	if err != nil {
		return nil, err
	}
	spaces := make(map[string]int)
	for _, p := range answer.Query.Pages {
		spaces[p.Title] = p.NS
	}
	for i, end := range ends(titles, answer.Query.Normalized, answer.Query.Redirects) {
		_, name, ok := strings.Cut(end, ":")
		was := strings.TrimPrefix(i, "User:")
		if ok && spaces[end] == spaceUser && !strings.Contains(name, "/") && name != was {
			out[was] = name
		}
	}
	return out, nil
}

// renamed asks what a name that is no account of the wiki was renamed to, and
// whether other wikis have an account of that name.
func (l *lookup) renamed(ctx context.Context, s *searched) (string, error) {
	for l.renames || l.central {
		p := map[string]string{"action": "query"}
		if l.renames {
			p["list"], p["letype"], p["letitle"], p["lelimit"], p["leprop"] = "logevents", "renameuser", "User:"+s.now, "5", "type|details"
		}
		if l.central {
			p["meta"], p["guiuser"], p["guiprop"] = "globaluserinfo", s.now, "merged"
		}
		var answer activityAnswer
		err := l.api.Get(ctx, p, &answer)
		if refused := (*wiki.Error)(nil); l.renames && errors.As(err, &refused) && (refused.Code == "badvalue" || refused.Code == "unknown_letype") {
			l.renames = false // the wiki has no such log
			continue
		}
		if err != nil {
			return "", err
		}
		l.takeGlobal(s, answer)
		for _, e := range answer.Query.LogEvents {
			if to := strings.TrimSpace(e.Params.NewUser); e.public() && e.Params.OldUser == s.now && to != "" && to != s.now {
				return to, nil
			}
		}
		return "", nil
	}
	return "", nil
}

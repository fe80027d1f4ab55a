// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the source accounts: whether the accounts that claims name are
// there, and when they were last seen.

package survey

import (
	"context"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// accountsSource is the name of the source in the store.
const accountsSource = "accounts"

// Asker is a reader of a wiki's API: a Client of bot/wiki is one.
type Asker = asker

// Elsewhere returns a reader of another wiki with the same accounts, by its
// database name and its address, such as https://en.wikipedia.org; nil for one
// that is not to be asked.
type Elsewhere func(wiki, server string) Asker

// Accounts is the source accounts of a served wiki: of every account that a
// claim names, whether it exists, under which name now, whether it is blocked
// or locked, and, of stewards and of maintainers that people named, their last
// edit and log entry there. It asks for fifty names at a time, or as many as the
// wiki takes from the client, and then once for each of those.
//
// On wikis with global accounts whoever was silent on the served wiki for two
// weeks is looked for on those where they have most edits, as far as elsewhere
// leads there. Somebody whose other wikis cannot be asked is left out, unless
// they are locked or blocked for ever: nobody can tell whether they are silent.
//
// Addresses and temporary accounts are passed over. Nothing is told that the
// wiki does not show to everybody: an account that is hidden is missing.
func Accounts(api Asker, wiki string, elsewhere ...Elsewhere) Source {
	a := accounts{api: api, wiki: wiki}
	if len(elsewhere) > 0 {
		a.elsewhere = elsewhere[0]
	}
	return Source{Name: accountsSource, Every: 24 * time.Hour, Read: a.read}
}

// accounts reads about the accounts on one wiki.
type accounts struct {
	api       asker
	wiki      string
	elsewhere Elsewhere
}

func (a accounts) read(ctx context.Context, in Reading) (registry.Survey, error) {
	fail := func(err error) (registry.Survey, error) {
		return registry.Survey{}, fmt.Errorf("read the accounts on %s: %w", a.wiki, err)
	}
	known, err := in.Known(ctx)
	if err != nil {
		return fail(err)
	}
	before := map[string]registry.Account{}
	if in.Accounts != nil {
		if before, err = in.Accounts(ctx); err != nil {
			return fail(err)
		}
	}
	named := accountsOf(known)
	names := slices.Sorted(maps.Keys(named))
	done, _ := slices.BinarySearch(names, in.Last.Checkpoint+"\x00") // those before were read already
	whole := registry.Survey{Source: accountsSource, Wiki: a.wiki, At: in.At, Part: done > 0}
	size := batchOf(ctx, a.api)
	look := lookup{accounts: a, at: in.At, central: true, renames: true}
	for batch := range slices.Chunk(names[done:], size) {
		tell(in, done, len(names))
		found, err := look.batch(ctx, batch, named, func(n int) { tell(in, done+n, len(names)) })
		if err != nil {
			return fail(err)
		}
		if err := silentAtOnce(in, before, found); err != nil {
			return fail(err)
		}
		whole.Accounts = append(whole.Accounts, found...)
		if done += len(batch); done == len(names) || in.Keep == nil {
			continue
		}
		part := registry.Survey{
			Source: accountsSource, Wiki: a.wiki, At: in.At, Part: true, Accounts: found, Checkpoint: batch[len(batch)-1],
		}
		if err := in.Keep(ctx, part); err != nil {
			return fail(err)
		}
	}
	tell(in, len(names), len(names))
	return whole, nil
}

// silentAtOnce returns errFewer if far fewer accounts of a batch have edits than
// did before: edits are hardly ever lost.
func silentAtOnce(in Reading, before map[string]registry.Account, found []registry.Account) error {
	edited, now := 0, 0
	for _, a := range found {
		old := before[a.Name]
		if old.LastEdit.IsZero() || old.RenamedTo != a.RenamedTo || a.Missing {
			continue
		}
		edited++
		if !a.LastEdit.IsZero() {
			now++
		}
	}
	return fewer(in, edited, now)
}

// accountsOf returns the names of the accounts in claims; true for those whose
// silence matters: of stewards, and of maintainers that people named. Whoever
// has a script or a tool is its maintainer by that, which are thousands, and
// their silence decides nothing.
func accountsOf(known []registry.Entry) map[string]bool {
	out := make(map[string]bool)
	for _, e := range known {
		for _, c := range e.Claims {
			if c.HolderKind == registry.User && isAccountName(c.Holder) {
				byPeople := c.Evidence.Source != scriptsSource && c.Evidence.Source != strikerSource
				out[c.Holder] = out[c.Holder] || c.Role == registry.Steward || c.Role == registry.Maintainer && byPeople
			}
		}
	}
	return out
}

// isAccountName reports whether a name is neither an address nor that of a
// temporary account, which begins with a tilde on every wiki.
func isAccountName(name string) bool {
	if name == "" || strings.HasPrefix(name, "~") || strings.HasPrefix(name, "*") {
		return false
	}
	_, err := netip.ParseAddr(name)
	_, rangeErr := netip.ParsePrefix(name)
	return err != nil && rangeErr != nil
}

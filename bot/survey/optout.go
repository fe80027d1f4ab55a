// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the opt-out page is read: who wants no messages.

package survey

import (
	"slices"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// OptOuts reads an opt-out page: a list in plain wikitext, a line for a user.
//
//   - [[User:Ana]]
//   - {{u|Ben}} --[[User:Cleo|Cleo]] ([[User talk:Cleo|talk]]) 12:00, 20 May 2026 (UTC)
//   - [[User:Dan|Dan]] ([[User talk:Dan|talk]]) 12:00, 20 May 2026 (UTC)
//
// A line of the list names everybody whom it links to, on the user or the talk
// page, or names with a template such as {{user|Ana}}; a line outside of the list
// counts if it begins with a user. Whoever signed a line is not named by the
// signature, unless the line names nobody else: so Ben and Dan are on the list
// above, and Cleo is not. Who wrote a line does not matter. The other words of a
// line mean nothing; one of the list that names nobody is a problem.
func OptOuts(on *wikitext.Site, text string) (users []string, problems []registry.LineProblem) {
	if on == nil {
		on = wikitext.DefaultSite()
	}
	for _, l := range linesOf(on, text) {
		if !l.item && !l.begins() {
			continue
		}
		named := notSigning(l)
		if len(named) == 0 {
			problems = append(problems, l.problem(registry.NoUser, ""))
		}
		users = with(users, named)
	}
	return users, problems
}

// notSigning are the users whom a line names otherwise than by a signature; the
// signer where that is nobody.
func notSigning(l listLine) []string {
	var all, others []string
	for _, u := range l.who {
		all = with(all, []string{u.name})
		if !signs(l, u) {
			others = with(others, []string{u.name})
		}
	}
	if len(others) > 0 {
		return others
	}
	return all
}

// signs reports whether a name on a line belongs to a signature: it stands in
// one, and is the signer's.
func signs(l listLine, u namedAt) bool {
	on := l.doc.Site()
	return slices.ContainsFunc(slices.Collect(l.doc.Signatures()), func(s wikitext.Signature) bool {
		return s.Start <= u.start && u.end <= s.End && accountName(on, s.User) == u.name
	})
}

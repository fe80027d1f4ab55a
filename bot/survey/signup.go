// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the history of the sign-up page is read: who has entered
// whom for what, and what people want of messages to them.

package survey

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// SignUp is the sign-up page of a wiki.
type SignUp struct {
	SignUpPage
	// Page is its full title.
	Page string
	// Self is the bot's own account, whose edits are nobody's claims.
	Self string
}

// SignedUp is what a part of the page's history says.
type SignedUp struct {
	// Changes are those of what people are said to look after.
	Changes []registry.CellChange
	// Preferences are of those users who have saved a line of their own, nil of
	// those who have taken theirs out.
	Preferences map[string]*registry.Preference
	// UpTo is the revision up to which the page was read.
	UpTo int64
}

// Read reads what was done to the page since a revision, as CellTable.Changes
// does for cells: a hidden revision is nobody's word, and neither is a page that
// somebody blanked. It stops before the newest revisions where those cannot be
// read.
func (p SignUp) Read(ctx context.Context, history historian, after int64) (SignedUp, error) {
	fail := func(err error) (SignedUp, error) {
		return SignedUp{UpTo: after}, fmt.Errorf("read the sign-up page %s: %w", p.Page, err)
	}
	revisions, err := history.History(ctx, p.Page, after)
	if err != nil {
		return fail(err)
	}
	out := SignedUp{UpTo: after, Preferences: map[string]*registry.Preference{}}
	if len(revisions) == 0 {
		return out, nil
	}
	if p.On == nil {
		p.On = wikitext.DefaultSite()
	}
	r := signUpHistory{SignUp: p, out: &out}
	r.cells = cellReader{on: p.On, self: p.Self, read: r.read}
	if err := r.cells.startBefore(ctx, history, revisions[0]); err != nil {
		return fail(err)
	}
	r.before = r.lines
	out.Changes, out.UpTo = r.all(revisions, after)
	return out, nil
}

// signUpHistory goes through the revisions of the page.
type signUpHistory struct {
	SignUp
	cells cellReader
	lines []SignUpLine // of the revision that was read last
	// before are those of the one before that could be read.
	before []SignUpLine
	out    *SignedUp
}

func (r *signUpHistory) all(revisions []wiki.Revision, after int64) (changes []registry.CellChange, upTo int64) {
	upTo = after
	for _, revision := range revisions {
		gap := r.cells.gap
		new, read := r.cells.all([]wiki.Revision{revision}, r.Page, 0)
		changes = append(changes, new...)
		if read == 0 {
			continue
		}
		upTo = read
		if !gap && revision.Registered && !revision.Temp {
			r.prefer(revision)
		}
		r.before = r.lines
	}
	return changes, upTo
}

var errBlank = errors.New("the page is blank")

// read returns who is named for what in a revision. A page that is blank is not
// read, unless nobody but its editor was named there.
func (r *signUpHistory) read(revision wiki.Revision) (stewards, error) {
	if revision.Hidden || revision.Missing {
		return nil, fmt.Errorf("the text of revision %d cannot be read", revision.ID)
	}
	if strings.TrimSpace(revision.Text) == "" && slices.ContainsFunc(r.before, func(l SignUpLine) bool { return l.User != accountName(r.On, revision.User) }) {
		return nil, errBlank
	}
	r.lines, _ = r.Lines(revision.Text)
	all := stewards{}
	for _, l := range r.lines {
		for _, item := range l.Items {
			all.add(post{item, l.Role}, entry{registry.Holder{Name: l.User, Kind: registry.User}, l.text})
		}
	}
	return all, nil
}

// prefer takes in what the editor of a revision has changed of their own lines.
func (r *signUpHistory) prefer(revision wiki.Revision) {
	user := accountName(r.On, revision.User)
	was, is := linesBy(r.before, user), linesBy(r.lines, user)
	if slices.EqualFunc(was, is, func(a, b SignUpLine) bool { return a.text == b.text }) {
		return
	}
	if len(is) == 0 {
		r.out.Preferences[user] = nil
		return
	}
	r.out.Preferences[user] = preferenceOf(user, is, registry.Evidence{
		Source: registry.CellsSource, Page: r.Page, Revision: revision.ID, User: user, Time: revision.Time,
	})
}

// linesBy are the lines of a user.
func linesBy(lines []SignUpLine, user string) (out []SignUpLine) {
	for _, l := range lines {
		if l.User == user {
			out = append(out, l)
		}
	}
	return out
}

// preferenceOf joins what the lines of a user say of messages: of two that say
// how often the last counts, and "only these" is about the items of the lines
// that say so.
func preferenceOf(user string, lines []SignUpLine, at registry.Evidence) *registry.Preference {
	out := &registry.Preference{User: user, Evidence: at}
	for _, l := range lines {
		p := l.Preference
		if p.Digest != "" {
			out.Digest = p.Digest
		}
		out.Ways = with(out.Ways, p.Ways)
		out.Items = with(out.Items, p.Items)
		out.Wikis = with(out.Wikis, p.Wikis)
		out.Seeking = with(out.Seeking, p.Seeking)
	}
	return out
}

// with adds to a list what is not in it.
func with[T comparable](to, more []T) []T {
	for _, x := range more {
		if !slices.Contains(to, x) {
			to = append(to, x)
		}
	}
	return to
}

// Standing are the names of users on the page now, by what they are to which
// item, as SaveCells stores them: to see whether what is stored is what the page
// says.
func (p SignUpPage) Standing(text string) map[registry.Claim]bool {
	lines, _ := p.Lines(text)
	out := map[registry.Claim]bool{}
	for _, l := range lines {
		for _, item := range l.Items {
			out[registry.Claim{Item: item, Role: l.Role, Holder: l.User, HolderKind: registry.User}] = true
		}
	}
	return out
}

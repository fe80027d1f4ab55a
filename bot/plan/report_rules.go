// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the report page says of the rules: those in force, a
// newer revision that is not, and how that ended; and the line that pings whoever
// saved such a revision.

package plan

import (
	"fmt"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
)

// Rejected is a revision of the config page that is not in force, and why.
type Rejected struct {
	// Revision is 0 where the page is gone.
	Revision int64 `json:"revision"`
	// User is who saved it, or moved or deleted the page; "" if that is hidden.
	User     string   `json:"user"`
	Problems []string `json:"problems"`
	// Untrusted says that it is no fault of the text: who may be trusted can
	// change without an edit of the page.
	Untrusted bool `json:"untrusted,omitempty"`
}

// Recovery tells how a time ended in which the newest revision of the config
// page was not in force.
type Recovery struct {
	Revision int64  `json:"revision"`
	User     string `json:"user"`
	// At is when the revision came into force, Bad and BadUser are what was not.
	At      time.Time `json:"at"`
	Bad     int64     `json:"bad"`
	BadUser string    `json:"bad_user"`
}

// tell tells it in wikitext.
func (r Recovery) tell(w *messages.Set) string {
	what := w.Text("report-recovered-gone")
	if r.Bad != 0 {
		what = w.Text("report-recovered-bad", byWhom(w, revisionLink(w, r.Bad), r.BadUser))
	}
	return w.Text("report-recovered", byWhom(w, revisionLink(w, r.Revision), r.User), momentIn(w, r.At), what)
}

func revisionLink(w *messages.Set, id int64) string { return linkTo(w, "Special:PermanentLink", id) }

func diffLink(w *messages.Set, id int64) string { return linkTo(w, "Special:Diff", id) }

func linkTo(w *messages.Set, special string, id int64) string {
	return fmt.Sprintf("[[%s/%d|%s]]", special, id, w.Text("report-revision", id))
}

// byWhom adds the author to something, if the name is known. No name is a ping: the
// page is unsigned.
func byWhom(w *messages.Set, what, user string) string {
	if user == "" {
		return what
	}
	return w.Text("report-by", what, isolated(w, userLink(user)))
}

// reportRules writes which rules are in force, and how far they let the bot go.
func reportRules(b *strings.Builder, site Site, s Standing) {
	w, config := s.Words, ownPage(s.Words, site.ConfigPage)
	if s.InForce == nil {
		b.WriteString(w.Text("report-no-rules", config) + "\n")
		return
	}
	b.WriteString(w.Text("report-rules", revisionLink(w, s.InForce.Revision), config, isolated(w, userLink(s.InForce.User)), momentIn(w, s.InForce.Since)) + "\n")
	switch {
	case s.Rules == nil:
	case !s.Rules.Enabled && s.Preview != nil:
		b.WriteString(w.Text("report-not-enabled", w.Text("report-would-below")) + "\n")
	case !s.Rules.Enabled:
		b.WriteString(w.Text("report-not-enabled", w.Text("report-would-soon")) + "\n")
	case s.TrialOver:
		b.WriteString(w.Text("report-trial-over", numeral(s.Rules.Trial.Edits)) + "\n")
	case s.Rules.Trial.Edits > 0:
		b.WriteString(w.Text("report-trial", numeral(s.Rules.Trial.Edits)) + "\n")
	}
}

// reportRejected writes what is wrong with the newest revision.
func reportRejected(b *strings.Builder, site Site, s Standing) {
	r, w := s.Rejected, s.Words
	if r == nil {
		return
	}
	if page := ownPage(w, site.ConfigPage); r.Revision == 0 {
		b.WriteString(w.Text("report-gone", page) + "\n")
	} else {
		revision := fmt.Sprintf("[[Special:PermanentLink/%d|%s]]", r.Revision, w.Text("report-revision-first", r.Revision))
		b.WriteString(w.Text("report-rejected", byWhom(w, w.Text("report-revision-of", revision, page), r.User)) + "\n")
	}
	for _, p := range r.Problems {
		fmt.Fprintf(b, "* %s\n", inEnglish(w, p))
	}
	if s.InForce != nil {
		b.WriteString(w.Text("report-rules-stay") + "\n")
	}
}

// PingPage plans the line that pings whoever saved a revision that is not in
// force, once for each revision; ok is false where nobody is to be pinged.
func PingPage(site Site, s Standing) (page Page, ok bool) {
	r, w := s.Rejected, s.Words
	if r == nil || r.Revision == 0 || !titleSafe(r.User) || s.Rules == nil || !s.Rules.Report.PingEditor {
		return Page{}, false
	}
	text := w.Text("report-ping", isolated(w, "[[User:"+r.User+"]]"), revisionLink(w, r.Revision), ownPage(w, site.ConfigPage), w.Text("report-problems"))
	message := Message{
		Key:     fmt.Sprintf("rules/%s/%d/User:%s", site.Wiki, r.Revision, r.User),
		Heading: w.Text("report-ping-heading", r.Revision),
		Body:    speechOn(site, w).span(text) + " ~~~~",
	}
	return Page{
		Title:   site.ReportPage,
		Scope:   Notices,
		Summary: w.Text("report-edit-rejected", r.Revision),
		Changes: []Change{message},
		Notices: []Notice{{Key: message.Key, Mark: message.mark()}},
	}, true
}

// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the report page says of the rules: those in force, a
// newer revision that is not, and how that ended; and the line that pings whoever
// saved such a revision.

package plan

import (
	"fmt"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
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

// String tells it in wikitext.
func (r Recovery) String() string {
	what := "the config page was gone"
	if r.Bad != 0 {
		what = fmt.Sprintf("%s%s was never in force", revisionLink(r.Bad), byUser(r.BadUser))
	}
	return fmt.Sprintf("Since %s%s all is well again (%s); %s.", revisionLink(r.Revision), byUser(r.User), since(r.At), what)
}

func revisionLink(id int64) string {
	return fmt.Sprintf("[[Special:PermanentLink/%d|revision %[1]d]]", id)
}

// byUser names the author of something. No name is a ping: the page is unsigned.
func byUser(name string) string {
	if name == "" {
		return ""
	}
	return " by " + userLink(name)
}

// reportRules writes which rules are in force, and how far they let the bot go.
func reportRules(b *strings.Builder, site Site, s Standing) {
	config := fmt.Sprintf("[[%s]]", site.ConfigPage)
	if s.InForce == nil {
		fmt.Fprintf(b, "'''No rules are in force''', so the bot edits nothing but its own pages. They are read from %s.\n", config)
		return
	}
	fmt.Fprintf(b, "Rules in force: %s of %s by %s, since %s.\n",
		revisionLink(s.InForce.Revision), config, userLink(s.InForce.User), since(s.InForce.Since))
	switch {
	case s.Rules == nil:
	case !s.Rules.Enabled:
		b.WriteString("'''Not enabled yet''': they do not say <code>\"enabled\": true</code>, so the bot edits nothing but its own pages. ")
		if s.Preview != nil {
			b.WriteString("What it would do is shown below.\n")
		} else {
			b.WriteString("What it would do is shown here as soon as its sources are read.\n")
		}
	case s.TrialOver:
		fmt.Fprintf(b, "'''The trial of %s is over''', so the bot edits nothing but its own pages until there are other rules.\n", count(s.Rules.Trial.Edits, "edit"))
	case s.Rules.Trial.Edits > 0:
		fmt.Fprintf(b, "They grant a trial of %s; then the bot stops by itself.\n", count(s.Rules.Trial.Edits, "edit"))
	}
}

// reportRejected writes what is wrong with the newest revision.
func reportRejected(b *strings.Builder, site Site, s Standing) {
	r := s.Rejected
	if r == nil {
		return
	}
	if r.Revision == 0 {
		fmt.Fprintf(b, "[[%s]] is '''not there''':\n", site.ConfigPage)
	} else {
		fmt.Fprintf(b, "[[Special:PermanentLink/%d|Revision %[1]d]] of [[%s]]%s is '''not in force''':\n", r.Revision, site.ConfigPage, byUser(r.User))
	}
	for _, p := range r.Problems {
		fmt.Fprintf(b, "* %s\n", wikitext.Escape(p))
	}
	if s.InForce != nil {
		b.WriteString("The rules named above stay in force until this is mended.\n")
	}
}

// PingPage plans the line that pings whoever saved a revision that is not in
// force, once for each revision; ok is false where nobody is to be pinged.
func PingPage(site Site, s Standing) (page Page, ok bool) {
	r := s.Rejected
	if r == nil || r.Revision == 0 || !titleSafe(r.User) || s.Rules == nil || !s.Rules.Report.PingEditor {
		return Page{}, false
	}
	message := Message{
		Key:     fmt.Sprintf("rules/%s/%d/User:%s", site.Wiki, r.Revision, r.User),
		Heading: fmt.Sprintf("Revision %d of the rules", r.Revision),
		Body: fmt.Sprintf("[[User:%s]]: %s of [[%s]], which you saved, is not in force. Why is said [[#Problems|above]]. ~~~~",
			r.User, revisionLink(r.Revision), site.ConfigPage),
	}
	return Page{
		Title:   site.ReportPage,
		Scope:   Notices,
		Summary: fmt.Sprintf("revision %d of the config page is not in force", r.Revision),
		Changes: []Change{message},
		Notices: []Notice{{Key: message.Key, Mark: message.mark()}},
	}, true
}

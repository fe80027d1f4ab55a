// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds that nobody is told anything who does not want it, and that no
// edit links to too many.

package publish

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
)

const optOutTitle = "Project:No messages"

// optingOut is a publisher that knows the opt-out page: a name on each line.
func optingOut(f *fake, now func() time.Time) *Publisher {
	p := f.publisher(nil)
	p.Now = now
	p.OptedOut = func(text string) []string { return strings.Split(text, "\n") }
	return p
}

func TestNobodyOnTheOptOutPageIsTold(t *testing.T) {
	ping := plan.Page{Title: "Project:Board", Scope: plan.Notices, MayCreate: true, Changes: []plan.Change{plan.Message{Key: "b", Heading: "h", Body: "x"}}}
	ping.Notices = []plan.Notice{{Key: "b", Mark: "<!-- codesteward b -->", Told: []registry.Told{{User: "ana_b", Way: "ping"}}}}
	talk := message("k")
	talk.Title = "User talk:Ana b"
	nobody := ping
	nobody.Notices = []plan.Notice{{Key: "b", Mark: "<!-- codesteward b -->", Told: []registry.Told{{Way: "noticeboard"}}}}
	withheld := ping
	withheld.Notices = []plan.Notice{{Key: "b", Mark: "<!-- codesteward b -->", Told: []registry.Told{{User: "Ana b", Withheld: "cooldown"}}}}
	for _, c := range []struct {
		name, text string
		page       plan.Page
		want       Result
	}{
		{"a message to somebody else", "Ben", talk, Saved},
		{"a message to her", "Ben\nAna b", talk, Excluded},
		{"in another spelling", "ana_b", talk, Excluded},
		{"a ping of hers", "Ana b", ping, Excluded},
		{"what is for nobody in particular", "Ana b", nobody, Saved},
		{"what she was not told", "Ana b", withheld, Saved},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake()
			f.put(optOutTitle, "Admin", c.text)
			got, err := optingOut(f, time.Now).Publish(t.Context(), c.page, Rules{Revision: 1, Enabled: true, OptOut: optOutTitle})
			if err != nil || got.Result != c.want {
				t.Errorf("%+v, %v, want %s", got, err, c.want)
			}
			if got.Result == Excluded && (got.Step != StepExclusion || !strings.Contains(got.Reason, optOutTitle)) {
				t.Errorf("%+v", got)
			}
		})
	}
}

// TestOptOutsCountFromTheNextWrite: an event drops what is remembered, also
// while the page is being read and between the gate and the save.
func TestOptOutsCountFromTheNextWrite(t *testing.T) {
	now := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	f := newFake()
	f.put(optOutTitle, "Admin", "nobody")
	p := optingOut(f, func() time.Time { return now })
	p.started = now.Add(-time.Hour)
	rules := Rules{Revision: 1, Enabled: true, OptOut: optOutTitle}
	publish := func(key string) Result {
		t.Helper()
		page := message(key)
		page.Title = "User talk:Ana"
		got, err := p.Publish(t.Context(), page, rules)
		if err != nil {
			t.Fatal(err)
		}
		return got.Result
	}
	if got := publish("a"); got != Saved {
		t.Fatalf("before she said so: %s", got)
	}
	f.put(optOutTitle, "Ana", "Ana")
	if got := publish("b"); got != Saved {
		t.Errorf("without an event, within ten seconds: %s", got)
	}
	p.Forget()
	if got := publish("c"); got != Excluded {
		t.Errorf("after the event: %s", got)
	}
	f.put(optOutTitle, "Ana", "nobody")
	now = now.Add(optOutPageAge)
	if got := publish("c"); got != Saved {
		t.Errorf("after ten seconds: %s", got)
	}
	f.onSave = func() {
		f.put(optOutTitle, "Ana", "Ana")
		p.Forget()
	}
	if got := publish("d"); got != Excluded {
		t.Errorf("between the gate and the save: %s", got)
	}
	f.onSave = nil
	f.put(optOutTitle, "Ana", "nobody")
	p.Forget()
	p.OptedOut = func(text string) []string { // while it is read, the next edit comes
		defer func() { p.OptedOut = func(text string) []string { return strings.Split(text, "\n") } }()
		f.put(optOutTitle, "Ana", "Ana")
		p.Forget()
		return strings.Split(text, "\n")
	}
	if got := publish("e"); got != Excluded {
		t.Errorf("while the page was read: %s", got)
	}
}

// unreadable is a wiki that does not show one page.
type unreadable struct{ *fake }

func (u unreadable) Page(ctx context.Context, title string) (wiki.Page, error) {
	if title == optOutTitle {
		return wiki.Page{}, &wiki.Error{Code: "http-503", Class: wiki.Transient, Action: "query", Title: title}
	}
	return u.fake.Page(ctx, title)
}

func TestAnOptOutPageThatCannotBeReadHoldsMessagesBack(t *testing.T) {
	f := newFake()
	p := optingOut(f, time.Now)
	p.Reader = unreadable{f}
	page := message("k")
	page.Title = "User talk:Ana"
	got, err := p.Publish(t.Context(), page, Rules{Revision: 1, Enabled: true, OptOut: optOutTitle})
	if err != nil || got.Result != Waits || got.Again.IsZero() || len(f.edits) > 0 {
		t.Errorf("%+v, %v, %d edits", got, err, len(f.edits))
	}
	table := plan.Page{Title: "Project:X", Scope: plan.Tables, MayCreate: true, Changes: []plan.Change{plan.Message{Key: "t", Heading: "h", Body: "x"}}}
	if got, err := p.Publish(t.Context(), table, Rules{Revision: 1, Enabled: true, OptOut: optOutTitle}); err != nil || got.Result != Saved {
		t.Errorf("what is no message: %+v, %v", got, err)
	}
}

func TestASignedEditLinksToFewUsers(t *testing.T) {
	links := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "[[User:U%d]] [[User talk:U%[1]d|t]] ", i)
		}
		return b.String()
	}
	for _, c := range []struct {
		name, body string
		want       Result
	}{
		{"as many as may be", links(mostPinged) + "~~~~", Saved},
		{"one more", links(mostPinged+1) + "~~~~", Refused},
		{"unsigned", links(mostPinged + 1), Saved},
		{"subpages", strings.NewReplacer("]]", "/x]]", "|t]]", "/x]]").Replace(links(mostPinged+1)) + "~~~~", Saved},
	} {
		f := newFake()
		page := plan.Page{Title: "Project:Board", Scope: plan.Notices, MayCreate: true, Changes: []plan.Change{plan.Message{Key: "k", Heading: "h", Body: c.body}}}
		got, err := f.publisher(nil).Publish(t.Context(), page, Rules{Revision: 1, Enabled: true})
		if err != nil || got.Result != c.want {
			t.Errorf("%s: %+v, %v, want %s", c.name, got, err, c.want)
		}
	}
}

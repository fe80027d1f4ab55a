// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of publishing, on a wiki of values.

package publish

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
)

const (
	self     = "Steward bot"
	stopPg   = "User:Steward bot/stop"
	reported = "User talk:Ada"
)

// fake is a wiki and a registry that remember what is done to them.
type fake struct {
	pages   map[string][]wiki.Revision // oldest first
	fail    []error                    // of the next saves
	edits   []wiki.Edit
	open    map[string]int64 // intents, to their base revision
	sent    map[string]int64 // to the revision
	reads   int
	onSave  func()
	readErr error
	barred  *wiki.Error
	saves   []saved // what the ledger has
	optOuts wiki.OptOuts
	models  map[string]string // of pages that are not wikitext
}

type saved struct {
	title string
	rules int64
	at    time.Time
}

func (f *fake) SaveEdit(_ context.Context, _, title, _ string, _, rules int64, at time.Time) error {
	f.saves = append(f.saves, saved{title, rules, at})
	return nil
}

func (f *fake) EditsSince(_ context.Context, _, title string, since time.Time) (n int, first time.Time, err error) {
	for _, s := range f.saves {
		if (title == "" || title == s.title) && s.at.After(since) {
			if n++; n == 1 {
				first = s.at
			}
		}
	}
	return n, first, nil
}

func (f *fake) EditsUnder(_ context.Context, _ string, rules int64) (n int, err error) {
	for _, s := range f.saves {
		if s.rules == rules {
			n++
		}
	}
	return n, nil
}

func newFake() *fake {
	return &fake{pages: map[string][]wiki.Revision{}, open: map[string]int64{}, sent: map[string]int64{}}
}

func (f *fake) put(title, user, text string) {
	n := int64(1)
	for _, revs := range f.pages {
		n += int64(len(revs))
	}
	f.pages[title] = append(f.pages[title], wiki.Revision{ID: n, User: user, Text: text})
}

func (f *fake) Page(_ context.Context, title string) (wiki.Page, error) {
	if title == stopPg {
		f.reads++
		if f.readErr != nil {
			return wiki.Page{}, f.readErr
		}
	}
	revs := f.pages[title]
	if len(revs) == 0 {
		return wiki.Page{Title: title, Namespace: namespaceOf(title), Missing: true, Model: f.models[title], Barred: f.barred}, nil
	}
	last := revs[len(revs)-1]
	redirect, _ := strings.CutPrefix(last.Text, "#REDIRECT ")
	if redirect == last.Text {
		redirect = ""
	}
	return wiki.Page{Title: title, Namespace: namespaceOf(title), Model: f.models[title], Barred: f.barred, Revision: last.ID, Text: last.Text, Redirect: redirect}, nil
}

func namespaceOf(title string) int {
	space, _, _ := strings.Cut(title, ":")
	return map[string]int{"User": 2, "User talk": 3, "Project": 4, "MediaWiki": 8, "Module": 828}[space]
}

func (f *fake) OptOuts(context.Context) (wiki.OptOuts, error) { return f.optOuts, nil }

func (f *fake) History(_ context.Context, title string, after int64) ([]wiki.Revision, error) {
	var revs []wiki.Revision
	for _, r := range f.pages[title] {
		if r.ID > after {
			revs = append(revs, r)
		}
	}
	return revs, nil
}

func (f *fake) Revisions(_ context.Context, ids ...int64) (map[int64]wiki.Revision, error) {
	found := map[int64]wiki.Revision{}
	for _, id := range ids {
		found[id] = wiki.Revision{ID: id, Missing: true}
		for _, revs := range f.pages {
			for _, r := range revs {
				if r.ID == id {
					found[id] = r
				}
			}
		}
	}
	return found, nil
}

func (f *fake) Save(ctx context.Context, e wiki.Edit) (wiki.Saved, error) {
	if f.onSave != nil {
		f.onSave()
	}
	if err := e.Allowed(ctx); err != nil {
		return wiki.Saved{}, err
	}
	if len(f.fail) > 0 {
		err := f.fail[0]
		f.fail = f.fail[1:]
		return wiki.Saved{}, err
	}
	f.edits = append(f.edits, e)
	f.put(e.Title, self, e.Text)
	revs := f.pages[e.Title]
	return wiki.Saved{Revision: revs[len(revs)-1].ID, Old: e.BaseRevision}, nil
}

func (f *fake) Intend(_ context.Context, _, _ string, base int64, keys []string, _ time.Time, _ ...registry.Told) error {
	for _, k := range keys {
		if _, ok := f.open[k]; !ok {
			f.open[k] = base
		}
	}
	return nil
}

func (f *fake) Sent(_ context.Context, _, _ string, revision int64, keys []string, _ time.Time) error {
	for _, k := range keys {
		f.sent[k] = revision
	}
	return nil
}

func (f *fake) Pending(_ context.Context, keys []string) (int64, bool, error) {
	for _, k := range keys {
		if base, ok := f.open[k]; ok && f.sent[k] == 0 {
			return base, true, nil
		}
	}
	return 0, false, nil
}

func (f *fake) publisher(dryRun *bytes.Buffer) *Publisher {
	c := Config{
		Site: plan.Site{Wiki: "testwiki", Bot: self, StopPage: stopPg}, Reader: f, Editor: f, Outbox: f, Ledger: f, Log: zerolog.Nop(),
	}
	if dryRun != nil {
		c.DryRun = dryRun
	}
	return New(c)
}

// message is a page plan that adds a section with a key.
func message(keys ...string) plan.Page {
	p := plan.Page{Title: reported, Scope: plan.Notices, Summary: "hello", MayCreate: true}
	for _, k := range keys {
		p.Changes = append(p.Changes, plan.Message{Key: k, Heading: k, Body: "Text. ~~~~"})
		p.Notices = append(p.Notices, plan.Notice{Key: k, Mark: "<!-- codesteward " + k + " -->"})
	}
	return p
}

func publish(t *testing.T, p *Publisher, page plan.Page) Outcome {
	t.Helper()
	outcome, err := p.Publish(t.Context(), page, Rules{Revision: 9, Enabled: true})
	if err != nil {
		t.Fatal(err)
	}
	return outcome
}

func refused(class wiki.Class, code string) error {
	return &wiki.Error{Class: class, Code: code, Action: "edit"}
}

func TestASavedMessageIsClosedAndNotSavedAgain(t *testing.T) {
	f := newFake()
	p := f.publisher(nil)
	if got := publish(t, p, message("k")); got.Result != Saved {
		t.Fatalf("outcome %+v", got)
	}
	if f.sent["k"] == 0 || f.open["k"] != 0 {
		t.Errorf("intent %v, sent %v", f.open, f.sent)
	}
	if e := f.edits[0]; !e.Create || e.Minor || !strings.Contains(e.Summary, stopPg) || !strings.Contains(e.Summary, "Special:Diff/9") {
		t.Errorf("edit %+v", e)
	}
	if got := publish(t, p, message("k")); got.Result != Unchanged || len(f.edits) != 1 {
		t.Errorf("outcome %+v after %d edits", got, len(f.edits))
	}
}

func TestANoticeSavedByAnEndedProcessIsFoundInTheHistory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		f.put(reported, "Ada", "Hi.")
		f.open["k"] = 1
		f.put(reported, self, "Hi.\n\n<!-- codesteward k -->\nText.")
		f.put(reported, "Ada", "Hi. I have read it.")
		// Another notice is due in the same edit by now: only that one is new.
		if got := publish(t, f.publisher(nil), message("k", "l")); got.Result != Again || f.sent["k"] != 2 {
			t.Errorf("outcome %+v, sent %v", got, f.sent)
		}
		if got := publish(t, f.publisher(nil), message("l")); got.Result != Saved || len(f.edits) != 1 || strings.Contains(f.edits[0].Text, "codesteward k") {
			t.Errorf("outcome %+v, edits %+v", got, f.edits)
		}
	})
}

func TestAnotherPersonsTextIsNoProofOfANotice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		f.put(reported, "Ada", "Hi.")
		f.open["k"] = 1
		f.put(reported, "Bo", "<!-- codesteward k -->")
		f.put(reported, "Ada", "Hi.")
		if got := publish(t, f.publisher(nil), message("k")); got.Result != Saved {
			t.Errorf("outcome %+v", got)
		}
	})
}

func TestRefusals(t *testing.T) {
	tests := []struct {
		name string
		prep func(*fake, *plan.Page)
		want Result
		gone bool
		text string // of the reason
	}{
		{"an edit conflict, once", func(f *fake, _ *plan.Page) { f.fail = []error{refused(wiki.Conflict, "editconflict")} }, Saved, false, ""},
		{"edit conflicts without end", func(f *fake, _ *plan.Page) {
			f.fail = slices.Repeat([]error{refused(wiki.Conflict, "editconflict")}, 10)
		}, Refused, false, "edited by others"},
		{"a protected page", func(f *fake, _ *plan.Page) { f.fail = []error{refused(wiki.Refused, "protectedpage")} }, Refused, false, "protectedpage"},
		{"a redirect", func(f *fake, _ *plan.Page) { f.put(reported, "Ada", "#REDIRECT User talk:Eda") }, Refused, false, "User talk:Eda"},
		{"a page that must exist", func(_ *fake, p *plan.Page) { p.MayCreate = false }, Refused, true, "does not exist any more"},
		{"nobots", func(f *fake, _ *plan.Page) { f.put(reported, "Ada", "{{nobots}}") }, Excluded, false, "{{nobots}}"},
		{"the stop page", func(f *fake, _ *plan.Page) { f.put(stopPg, "Ada", "stop") }, Stopped, false, stopPg},
		{"the stop page for notices", func(f *fake, _ *plan.Page) { f.put(stopPg, "Ada", "notices") }, Stopped, false, stopPg},
		{"the stop page for tables", func(f *fake, _ *plan.Page) { f.put(stopPg, "Ada", "tables") }, Saved, false, ""},
		{"a stop page that cannot be read", func(f *fake, _ *plan.Page) { f.readErr = refused(wiki.Refused, "readapidenied") }, Stopped, false, "cannot be read"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f, page := newFake(), message("k")
			test.prep(f, &page)
			got := publish(t, f.publisher(nil), page)
			if got.Result != test.want || got.Gone != test.gone || !strings.Contains(got.Reason, test.text) {
				t.Errorf("outcome %+v; want %s, gone %v, %q", got, test.want, test.gone, test.text)
			}
			if saved := len(f.edits) > 0; saved != (test.want == Saved) {
				t.Errorf("%d edits", len(f.edits))
			}
		})
	}
}

func TestAStopWhileTheEditWaitsIsObeyed(t *testing.T) {
	f := newFake()
	p := f.publisher(nil)
	f.onSave = func() {
		f.put(stopPg, "Ada", "stop")
		p.Forget() // as the event of that edit does
	}
	if got := publish(t, p, message("k")); got.Result != Stopped || len(f.edits) != 0 {
		t.Errorf("outcome %+v, %d edits", got, len(f.edits))
	}
}

func TestABlockedAccountStopsWriting(t *testing.T) {
	f := newFake()
	f.fail = []error{refused(wiki.Halt, "blocked")}
	p := f.publisher(nil)
	for range 2 {
		if got := publish(t, p, message("k")); got.Result != Halted || !strings.Contains(got.Reason, "blocked") {
			t.Errorf("outcome %+v", got)
		}
	}
	if len(f.edits) != 0 {
		t.Error("it has written after all")
	}
}

func TestALostLoginComesBackAsAnError(t *testing.T) {
	f := newFake()
	f.fail = []error{refused(wiki.Identity, "assertuserfailed")}
	_, err := f.publisher(nil).Publish(t.Context(), message("k"), Rules{Enabled: true})
	var e *wiki.Error
	if !errors.As(err, &e) || e.Class != wiki.Identity {
		t.Errorf("error %v", err)
	}
}

func TestTheStopPageIsReadOncePerTenSeconds(t *testing.T) {
	f := newFake()
	p := f.publisher(nil)
	now := time.Unix(1e9, 0)
	p.Now = func() time.Time { return now }
	publish(t, p, message("a"))
	publish(t, p, message("b"))
	if f.reads != 1 {
		t.Errorf("read %d times", f.reads)
	}
	now = now.Add(stopAge)
	publish(t, p, message("c"))
	if f.reads != 2 {
		t.Errorf("after ten seconds: read %d times", f.reads)
	}
	p.Forget()
	publish(t, p, message("d"))
	if f.reads != 3 {
		t.Errorf("after an event: read %d times", f.reads)
	}
}

func TestADryRunWritesNothingAnywhere(t *testing.T) {
	f := newFake()
	f.put(reported, "Ada", "Hi.")
	var out bytes.Buffer
	if got := publish(t, f.publisher(&out), message("k")); got.Result != DryRun {
		t.Errorf("outcome %+v", got)
	}
	if len(f.edits)+len(f.open)+len(f.sent) != 0 || !strings.Contains(out.String(), "+== k ==") || !strings.Contains(out.String(), " Hi.") {
		t.Errorf("edits %v, intents %v, output:\n%s", f.edits, f.open, out.String())
	}
}

// counting counts the readings of pages but the stop page.
type counting struct {
	*fake
	reads *int
}

func (c counting) Page(ctx context.Context, title string) (wiki.Page, error) {
	if title != stopPg {
		*c.reads++
	}
	return c.fake.Page(ctx, title)
}

// merging is an editor that joins its edit with another one.
type merging struct{ *fake }

func (m merging) Save(ctx context.Context, e wiki.Edit) (wiki.Saved, error) {
	saved, err := m.fake.Save(ctx, e)
	saved.Old++
	return saved, err
}

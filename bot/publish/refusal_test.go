// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests of refusals that depend on each other: filters in a row,
// halts and what follows them, opting out in the wiki's own names.

package publish

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/rs/zerolog"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

func TestOnlyFiltersCountTowardsAHalt(t *testing.T) {
	f := newFake()
	p := f.publisher(nil)
	codes := []string{"protectedpage", "abusefilter-disallowed", "titleblacklist-forbidden", "protectedpage", "spamblacklist", "contenttoobig", "abusefilter-warning", "protectedpage"}
	for i, code := range codes {
		f.fail = []error{refused(wiki.Refused, code)}
		if got := publish(t, p, table(fmt.Sprintf("Project:%d", i), "x")); got.Result != Refused {
			t.Errorf("%s: %+v", code, got)
		}
	}
	if got := publish(t, p, table("Project:Good", "x")); got.Result != Saved || p.filters != 0 {
		t.Errorf("outcome %+v, %d filters are counted after a saved edit", got, p.filters)
	}
}

// After a halt for filters one edit is tried at a time.
func TestAHaltForFiltersIsTriedWithOneEdit(t *testing.T) {
	f := newFake()
	p := f.publisher(nil)
	now := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	p.Now = func() time.Time { return now }
	n := 0
	next := func() Outcome {
		n++
		f.fail = []error{refused(wiki.Refused, "abusefilter-disallowed")}
		return publish(t, p, table(fmt.Sprintf("Project:%d", n), "x"))
	}
	for range filtered {
		next()
	}
	for range 3 {
		now = now.Add(haltFor)
		if got := next(); got.Result != Halted || len(f.fail) != 0 {
			t.Fatalf("outcome %+v, tried %v", got, len(f.fail) == 0)
		}
		if got := next(); got.Result != Halted || len(f.fail) != 1 {
			t.Fatalf("right after that: outcome %+v, tried %v", got, len(f.fail) == 0)
		}
	}
}

func TestAHaltIsLoggedWhenItBeginsAndWhenItIsOver(t *testing.T) {
	f := newFake()
	var log bytes.Buffer
	p := f.publisher(nil)
	p.Log = zerolog.New(&log)
	now := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	p.Now = func() time.Time { return now }
	for range 3 {
		f.fail = []error{refused(wiki.Halt, "assertbotfailed")}
		publish(t, p, table("Project:A", "x"))
		now = now.Add(haltFor)
	}
	f.fail = nil
	if got := publish(t, p, table("Project:A", "x")); got.Result != Saved {
		t.Errorf("outcome %+v", got)
	}
	if n, m := strings.Count(log.String(), "all writes on this wiki stop"), strings.Count(log.String(), "go on"); n != 1 || m != 1 {
		t.Errorf("logged %d and %d times:\n%s", n, m, log.String())
	}
}

func TestAStrangeAnswerIsTriedAgainSoonerThanARefusal(t *testing.T) {
	f := newFake()
	p := f.publisher(nil)
	now := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	p.Now = func() time.Time { return now }
	f.fail = []error{refused(wiki.Unknown, "http-403")}
	if got := publish(t, p, table("Project:A", "x")); got.Result != Waits || !got.Again.Equal(now.Add(strangeFor)) {
		t.Errorf("outcome %+v", got)
	}
	now = now.Add(strangeFor - time.Second)
	if got := publish(t, p, table("Project:A", "x")); got.Result != Waits {
		t.Errorf("too early: %+v", got)
	}
	now = now.Add(time.Second)
	if got := publish(t, p, table("Project:A", "x")); got.Result != Saved {
		t.Errorf("then: %+v", got)
	}
}

func TestAProtectedPageThatNeedsNoEditIsNoProblem(t *testing.T) {
	f := newFake()
	p := f.publisher(nil)
	publish(t, p, table("Project:A", "x"))
	f.barred = &wiki.Error{Code: "protectedpage", Class: wiki.Refused}
	if got := publish(t, p, table("Project:A", "x")); got.Result != Unchanged {
		t.Errorf("outcome %+v", got)
	}
	f.barred = &wiki.Error{Code: "blocked", Class: wiki.Halt}
	if got := publish(t, p, table("Project:A", "x")); got.Result != Halted {
		t.Errorf("outcome %+v", got)
	}
}

func TestOptingOutInTheWikisOwnNames(t *testing.T) {
	site, err := wikitext.NewSite([]byte(`{"query":{"general":{"case":"first-letter","lang":"de"},"namespaces":{"0":{"id":0,"case":"first-letter","name":""},
		"3":{"id":3,"case":"first-letter","name":"Benutzer Diskussion","canonical":"User talk"},"10":{"id":10,"case":"first-letter","name":"Vorlage","canonical":"Template"}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	names := wiki.OptOuts{Bots: []string{"Vorlage:Robots"}, Nobots: []string{"Vorlage:Keine Bots"}, Category: "Will keine_Nachrichten"}
	for text, want := range map[string]bool{
		"{{keine Bots}}": true, "{{Vorlage:Keine_Bots}}": true, "{{Template:nobots}}": true, "{{vorlage: Nobots }}": true, "{{Keine Bots|allow=Steward bot}}": false,
		"{{Robots}}": false, "{{robots|deny=all}}": true, "{{Keine Bots": true, "{{Vorlage:Keine Bots": true, "{{:Keine Bots}}": false, "{{Benutzer Diskussion:Nobots}}": false,
		"{{Keine Botsx}}": false, "<nowiki>{{Keine Bots}}</nowiki>": false,
	} {
		if by := newExclusion(site, "Steward bot", names).by(text); (by != "") != want {
			t.Errorf("%s: excluded by %q, want %v", text, by, want)
		}
	}
	f := newFake()
	f.optOuts = names
	p := f.publisher(nil)
	p.Text = site
	p.Reader = inCategory{f, "Kategorie:Will keine Nachrichten"}
	if got := publish(t, p, message("k")); got.Result != Excluded || got.Step != StepExclusion {
		t.Errorf("a message to somebody who wants none: %+v", got)
	}
	if got := publish(t, p, table("Project:A", "x")); got.Result != Saved {
		t.Errorf("a table on a page in that category: %+v", got)
	}
}

// Before the wiki has told its names, nothing is written; what it told holds
// while it does not answer.
func TestNamesForOptingOutThatCannotBeRead(t *testing.T) {
	f := newFake()
	p := f.publisher(nil)
	now := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	p.Now = func() time.Time { return now }
	broken := noNames{f}
	p.Reader = broken
	if got := publish(t, p, table("Project:A", "x")); got.Result != Waits || len(f.edits) != 0 {
		t.Errorf("outcome %+v, %d edits", got, len(f.edits))
	}
	p.Reader = f
	now = now.Add(strangeFor)
	if got := publish(t, p, table("Project:A", "x")); got.Result != Saved {
		t.Errorf("outcome %+v", got)
	}
	p.Reader = broken
	now = now.Add(2 * optOutAge)
	if got := publish(t, p, table("Project:A", "y")); got.Result != Unchanged {
		t.Errorf("outcome %+v", got)
	}
}

func TestEditsAreCountedByOutcomeAndStep(t *testing.T) {
	f, count := newFake(), prometheus.NewRegistry()
	p := New(Config{Site: plan.Site{Wiki: "testwiki", Bot: self, StopPage: stopPg}, Reader: f, Editor: f, Outbox: f, Ledger: f, Log: zerolog.Nop(), Metrics: count})
	again := New(Config{Site: plan.Site{Wiki: "otherwiki", Bot: self, StopPage: stopPg}, Reader: f, Editor: f, Outbox: f, Ledger: f, Log: zerolog.Nop(), Metrics: count})
	publish(t, p, table("Project:A", "x"))
	publish(t, p, table("Project:A", "x"))
	publish(t, p, table("MediaWiki:A", "x"))
	publish(t, again, table("Project:B", "x"))
	want := `
# HELP codesteward_edits_total Pages that were led through the write gate, by outcome and by the step that kept them back; edits have the outcome saved.
# TYPE codesteward_edits_total counter
codesteward_edits_total{outcome="refused",step="place",wiki="testwiki"} 1
codesteward_edits_total{outcome="saved",step="",wiki="otherwiki"} 1
codesteward_edits_total{outcome="saved",step="",wiki="testwiki"} 1
codesteward_edits_total{outcome="unchanged",step="",wiki="testwiki"} 1
`
	if err := testutil.GatherAndCompare(count, strings.NewReader(want)); err != nil {
		t.Error(err)
	}
}

// What the wiki joins with our edit may ask bots to go.
func TestAPageThatAsksBotsToGoAtTheMomentOfTheEditIsLeftAloneAfterIt(t *testing.T) {
	f := newFake()
	f.put("Project:A", "Ada", "Hi.")
	p := f.publisher(nil)
	p.Editor = joining{f, "{{nobots}}\n"}
	got := publish(t, p, table("Project:A", "x"))
	if got.Result != Saved || !got.Merged || !strings.Contains(got.Reason, "leaves it alone from now on") {
		t.Errorf("outcome %+v", got)
	}
	if got := publish(t, p, table("Project:A", "y")); got.Result != Excluded {
		t.Errorf("then: %+v", got)
	}
}

func TestAStopPageThatNobodyMayReadAnyMoreIsALostLogin(t *testing.T) {
	f := newFake()
	f.readErr = refused(wiki.Identity, "assertuserfailed")
	_, err := f.publisher(nil).Publish(t.Context(), message("k"), Rules{Enabled: true})
	if e, ok := errors.AsType[*wiki.Error](err); !ok || e.Class != wiki.Identity {
		t.Errorf("error %v", err)
	}
}

func TestWordsOfTheWikiTellNoAddresses(t *testing.T) {
	for info, want := range map[string]string{
		"Your IP address (203.0.113.7) is in a range, 2001:db8::1.": "Your IP address (an address) is in a range, (an address)",
		"Version 1.39 says no.": "Version 1.39 says no.",
	} {
		if got := quotable(&wiki.Error{Code: "blocked", Info: info}); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := quotable(&wiki.Error{Code: "autoblocked", Info: "used by Vandal"}); got != "" {
		t.Errorf("an autoblock is explained with %q", got)
	}
	long := refusedWords(&wiki.Error{Code: "hookaborted", Info: strings.Repeat("long ", 200)}, "A")
	if len(long) > 700 {
		t.Errorf("%d bytes: %s", len(long), long)
	}
}

func TestTheStopPageIsLinkedHoweverLongTheSummary(t *testing.T) {
	page := table("Project:A", "x")
	page.Summary = strings.Repeat("ä", 900)
	s := newFake().publisher(nil).summary(page, Rules{Revision: 1234567890})
	if n := len([]rune(s)); n > 480 || !strings.HasSuffix(s, "([["+stopPg+"|stop]])") {
		t.Errorf("%d characters: %s", n, s)
	}
}

// inCategory puts every page into a category.
type inCategory struct {
	*fake
	category string
}

func (c inCategory) Page(ctx context.Context, title string) (wiki.Page, error) {
	page, err := c.fake.Page(ctx, title)
	page.Categories = []string{c.category}
	return page, err
}

// noNames does not tell the wiki's names for opting out.
type noNames struct{ *fake }

func (noNames) OptOuts(context.Context) (wiki.OptOuts, error) {
	return wiki.OptOuts{}, &wiki.Error{Code: "http-403", Action: "query"}
}

// joining is an editor whose wiki joins an edit with one that puts something on
// top.
type joining struct {
	*fake
	top string
}

func (j joining) Save(ctx context.Context, e wiki.Edit) (wiki.Saved, error) {
	e.Text = j.top + e.Text
	saved, err := j.fake.Save(ctx, e)
	saved.Old++
	return saved, err
}

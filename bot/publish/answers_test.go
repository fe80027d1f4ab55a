// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// This file holds the table of what a wiki can answer to an edit, on a real
// MediaWiki: what becomes of the page, the outcome, what is counted, and what
// people read on the report page.

package publish

import (
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
)

var update = flag.Bool("update", false, "write the golden files anew")

// row is one answer that an edit can get. The title is the name, unless title
// says otherwise.
type row struct {
	name, title string
	before      string // what the page holds, "" if it does not exist
	theirs      string // what people make of it meanwhile; "" leaves it
	line        string // what the bot wants in its region; "row" if empty
	account     string // gateBot if empty
	page        func(*plan.Page)
	tag         string
	tries       bool // the outcome needs several tries, which take their time

	arrange, undo func(s *scene, title string) // before the bot begins, and after all
	between       func(s *scene, title string) // when its first edit is on its way; puts theirs there if it is nil
	each          bool                         // between happens at each edit
	fault         fault                        // on the wire
	toxic         string                       // of the network, see network_test.go
	want          Result
	step          Step
	class         wiki.Class // of the error, where there is no outcome
	merged        bool
}

// TestAnswers leads one page through the gate for each row.
func TestAnswers(t *testing.T) {
	s := newScene(t)
	s.rules()
	var golden strings.Builder
	rows, ran := slices.Concat(realRows(), faultRows(), networkRows()), 0
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			ran++
			outer := s.t
			s.t = t
			defer func() { s.t = outer }()
			fmt.Fprintf(&golden, "%s\n%s\n", r.name, s.run(r))
		})
	}
	if t.Failed() || ran < len(rows) {
		return
	}
	file := filepath.Join("testdata", "answers.txt")
	if *update {
		s.must(os.WriteFile(file, []byte(golden.String()), 0o644))
	}
	want, err := os.ReadFile(file)
	s.must(err)
	if diff := cmp.Diff(strings.Split(string(want), "\n\n"), strings.Split(golden.String(), "\n\n")); diff != "" {
		t.Errorf("what people read has changed; run with -update if that is right:\n%s", diff)
	}
}

// rules are what the wiki refuses all the time.
func (s *scene) rules() {
	s.must(s.wiki.AbuseFilter(s.t.Context(), "no casinos", `added_lines rlike "casino"`, "disallow"))
	s.must(s.wiki.AbuseFilter(s.t.Context(), "lotteries?", `added_lines rlike "lottery"`, "warn"))
	s.put("MediaWiki:Spam-blacklist", `bad\.example`)
	s.put("MediaWiki:Titleblacklist", `Listed .*`)
}

// run leads the page of a row through the gate, checks all that the row says,
// and returns what people can read of it.
func (s *scene) run(r row) string {
	s.t.Helper()
	title, account := r.title, r.account
	if title == "" {
		title = r.name
	}
	if account == "" {
		account = gateBot
	}
	if r.before != "" {
		s.put(title, r.before)
	}
	if r.arrange != nil {
		r.arrange(s, title)
	}
	if r.undo != nil {
		defer r.undo(s, title)
	}
	line := r.line
	if line == "" {
		line = "row"
	}
	page := tablePlan(title, line)
	if r.page != nil {
		r.page(&page)
	}
	w, done := newWire(), false
	w.fault = func(n int, q asked, next func() (*http.Response, error)) (*http.Response, error) {
		if q.action == "edit" && (!done || r.each) {
			done = true
			s.meanwhile(r, title)
		}
		if r.fault != nil {
			return r.fault(n, q, next)
		}
		return next()
	}
	through := func(*wiki.Config) {}
	if r.toxic != "" {
		p := s.proxy(r.toxic)
		defer p.struck()
		r.fault, through = p.strike, p.through(w)
	}
	count, store := prometheus.NewRegistry(), newFake()
	client := s.client(account, w, nil, through, func(c *wiki.Config) {
		if c.Tag = r.tag; r.want == Waits && !r.tries {
			c.EditWait = 300 * time.Millisecond
		}
	})
	_, err := client.Site(s.t.Context())
	s.must(err)
	p := s.publisher(account, client, store, count)
	got, err := p.Publish(s.t.Context(), page, Rules{Revision: 1, Enabled: true})

	if e, ok := errors.AsType[*wiki.Error](err); r.class != wiki.Unknown && (!ok || e.Class != r.class) || r.class == wiki.Unknown && err != nil {
		s.t.Errorf("error %v, want class %s", err, r.class)
	}
	if got.Result != r.want || got.Step != r.step || got.Merged != r.merged {
		s.t.Errorf("outcome %+v, want %s at step %q, merged %v", got, r.want, r.step, r.merged)
	}
	want, edits := s.expected(r, page)
	text, made := s.text(title, account)
	if text != want || made != edits || len(store.saves) != edits {
		s.t.Errorf("the page holds, after %d edits of which %d are noted:\n%s\nwant after %d:\n%s", made, len(store.saves), text, edits, want)
	}
	return s.told(got, err, count)
}

// meanwhile is what people do between the bot's reading and its edit.
func (s *scene) meanwhile(r row, title string) {
	s.t.Helper()
	if r.between != nil {
		r.between(s, title)
	} else if r.theirs != "" {
		s.put(title, r.theirs)
	}
}

// expected is what the page should hold, and how many edits the bot should have
// made.
func (s *scene) expected(r row, page plan.Page) (text string, edits int) {
	s.t.Helper()
	text = r.before
	if r.theirs != "" {
		text = r.theirs
	}
	if r.want != Saved {
		if text == "" {
			text = noPage
		}
		return text, 0
	}
	if text == noPage {
		text = ""
	}
	text, err := page.Apply(text)
	s.must(err)
	return text, 1
}

// told is what people can read: the outcome, the counter, the report page.
func (s *scene) told(got Outcome, err error, count *prometheus.Registry) string {
	s.t.Helper()
	var b strings.Builder
	families, gathered := count.Gather()
	s.must(gathered)
	for _, f := range families {
		for _, m := range f.GetMetric() {
			var labels []string
			for _, l := range m.GetLabel() {
				labels = append(labels, fmt.Sprintf("%s=%q", l.GetName(), l.GetValue()))
			}
			fmt.Fprintf(&b, "  %s{%s} %v\n", f.GetName(), strings.Join(labels, ","), m.GetCounter().GetValue())
		}
	}
	if err != nil {
		fmt.Fprintf(&b, "  error: %v\n", err)
	}
	report, reportErr := plan.ReportPage(plan.Site{ConfigPage: "C", ReportPage: "R", StopPage: "S"}, plan.Standing{Trouble: trouble(got)}).Create()
	s.must(reportErr)
	for line := range strings.Lines(report) {
		if strings.HasPrefix(line, "* ") {
			fmt.Fprintf(&b, "  report: %s", line)
		}
	}
	return strings.ReplaceAll(strings.ReplaceAll(b.String(), s.wiki.URL, "http://wiki"), strings.TrimPrefix(s.wiki.URL, "http://"), "wiki")
}

func trouble(o Outcome) []string {
	if o.Reason == "" {
		return nil
	}
	return []string{o.Reason}
}

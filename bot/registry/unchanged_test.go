// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the proof that what is the same is not written again.

package registry

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

// countWrites makes triggers that note every row that is written, in all tables
// but some, and returns how to read and forget the notes.
func countWrites(s *store, but ...string) (written func() []string) {
	s.t.Helper()
	r := s.open()
	do := func(text string) {
		s.t.Helper()
		if _, err := r.writer.Exec(text); err != nil {
			s.t.Fatalf("%s: %v", text, err)
		}
	}
	tables, err := tablesOf(s.t.Context(), r)
	if err != nil {
		s.t.Fatal(err)
	}
	do(`CREATE TABLE written (what VARCHAR(64) NOT NULL)`)
	var triggers []string
	for _, table := range tables {
		if slices.Contains(but, table) {
			continue
		}
		for _, op := range []string{"INSERT", "UPDATE", "DELETE"} {
			name := "watch_" + table + "_" + strings.ToLower(op)
			do(fmt.Sprintf(`CREATE TRIGGER %s AFTER %s ON %s FOR EACH ROW BEGIN INSERT INTO written VALUES ('%s %s'); END`, name, op, table, strings.ToLower(op), table))
			triggers = append(triggers, name)
		}
	}
	s.t.Cleanup(func() {
		r, err := Open(context.Background(), s.dsn)
		if err != nil {
			s.t.Error(err)
			return
		}
		defer r.Close()
		for _, name := range triggers {
			if _, err := r.writer.Exec(`DROP TRIGGER ` + name); err != nil {
				s.t.Error(err)
			}
		}
		if _, err := r.writer.Exec(`DROP TABLE written`); err != nil {
			s.t.Error(err)
		}
	})
	return func() []string {
		s.t.Helper()
		out := s.column("written", "what")
		if _, err := s.open().writer.Exec(`DELETE FROM written`); err != nil {
			s.t.Fatal(err)
		}
		return slices.Compact(out)
	}
}

// everything is a survey with all that one can say.
func everything(source, wiki string, minute int) Survey {
	now := at(minute)
	s := Survey{Source: source, Wiki: wiki, At: now, Mark: fmt.Sprint("etag ", minute)}
	for i := range 450 {
		key := NewKey(detect.Tool, "", fmt.Sprintf("tool-%d", i))
		s.Items = append(s.Items, Item{
			Key: key, Name: fmt.Sprintf(" Tool  %d\xff", i), URL: "https://" + key.Name(), Aliases: []string{"b", "a", "b", ""}, Changed: noon.Add(7), ChangedRevision: 3,
			Details: Details{Title: "T", Description: "D \U0001F600", Keywords: []string{"x", "", "y"}, Authors: []string{}, Deprecated: true, ReplacedBy: "z"},
		})
		s.Claims = append(s.Claims, Claim{Item: key, Role: Maintainer, Holder: "ana_b", HolderKind: User, Standing: Stated, Evidence: Evidence{Page: "P", Revision: int64(minute)}})
		s.Measures = append(s.Measures,
			Measure{Item: key, Metric: Users, Value: int64(i), AsOf: now},
			Measure{Item: key, Metric: Links, Value: 5, AtLeast: true, AsOf: noon})
		s.Accounts = append(s.Accounts, Account{Name: fmt.Sprintf("user %d", i), RenamedTo: "other", LastEdit: noon.Add(time.Nanosecond), Read: now})
	}
	return s
}

func TestAnUnchangedSurveyWritesNothingButFreshness(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		places := []struct{ source, wiki string }{{"one", "metawiki"}, {"two", "metawiki"}, {"all", AllWikis}}
		for _, p := range places {
			s.survey(everything(p.source, p.wiki, 1))
		}
		written := countWrites(s, "survey_state")
		for minute := 2; minute < 4; minute++ {
			for _, p := range places {
				if s.survey(everything(p.source, p.wiki, minute)) {
					t.Errorf("the same said by %s is a change", p.source)
				}
			}
		}
		if got := written(); len(got) > 0 {
			t.Errorf("written: %v", got)
		}
		e, _ := s.entry("metawiki", "tool:tool-7")
		for _, m := range e.Measures {
			if want := map[Metric]time.Time{Users: at(3), Links: noon}[m.Metric]; !m.AsOf.Equal(want) {
				t.Errorf("%s of %s as of %s, want %s", m.Metric, m.Source, m.AsOf, want)
			}
		}
		if len(e.Measures) != 6 || len(e.Claims) != 3 {
			t.Errorf("%d measures, %d claims", len(e.Measures), len(e.Claims))
		}
		for _, c := range e.Claims {
			if !c.Evidence.Read.Equal(at(3)) || !c.Evidence.Time.Equal(at(1)) || c.Evidence.Revision != 1 {
				t.Errorf("claim: %+v", c)
			}
		}

		v := everything("one", "metawiki", 5)
		v.Items[0].Version, v.Measures[0].Value, v.Claims[1].Standing, v.Accounts[2].Blocked = "2", 99, Confirmed, true
		if !s.survey(v) {
			t.Error("changes are no change")
		}
		want := []string{"delete account", "delete measure", "delete presence", "insert account", "insert claim", "insert measure", "insert presence", "update claim"}
		if diff := cmp.Diff(want, written()); diff != "" {
			t.Errorf("written for four changes (-want +got):\n%s", diff)
		}
	})
}

func TestAnUnchangedPartWritesOnlyWhenItWasCounted(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		part := func(minute int) Survey {
			v := everything("scripts", "metawiki", minute)
			v.Part, v.Accounts = true, nil
			return v
		}
		s.survey(part(1))
		written := countWrites(s, "survey_state", "measure")
		if s.survey(part(2)) {
			t.Error("the same part is a change")
		}
		if got := written(); len(got) > 0 {
			t.Errorf("written: %v", got)
		}
		e, _ := s.entry("metawiki", "tool:tool-7")
		if len(e.Measures) != 2 || !e.Measures[1].AsOf.Equal(at(2)) {
			t.Errorf("measures: %v", e.Measures)
		}
	})
}

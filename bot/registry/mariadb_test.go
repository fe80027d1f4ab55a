// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of what is different about MariaDB.

package registry

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry/mariadbtest"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

func TestNamesCompareByteByByte(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		names := []string{"Straße", "Strasse", "strasse", "é", "e", "e\u0301", "😀", "😁", "Ａ", "A", "ﬀ", "ff"}
		v := Survey{Source: "gadgets", Wiki: "metawiki", At: at(1)}
		var want []string
		for _, name := range names {
			key := NewKey(detect.Gadget, "metawiki", name)
			want = append(want, string(key))
			v.Items = append(v.Items, Item{Key: key, Name: name})
			v.Claims = append(v.Claims, Claim{Item: key, Role: Steward, Holder: name, HolderKind: Team, Standing: Stated})
			v.Measures = append(v.Measures, Measure{Item: key, Metric: Users, Value: 1})
		}
		s.survey(v)
		if s.survey(v) {
			t.Error("the same names again are a change")
		}
		slices.Sort(want)
		if diff := cmp.Diff(want, s.column("presence", "item_key")); diff != "" {
			t.Errorf("keys (-want +got):\n%s", diff)
		}
		for _, e := range s.view("metawiki").Entries {
			if len(e.Claims) != 1 || e.Claims[0].Holder != e.Item.Name || len(e.Measures) != 1 {
				t.Errorf("%s: %v, %v", e.Item.Key, e.Claims, e.Measures)
			}
		}
		for _, name := range []string{"note", "note ", "Note"} {
			if err := s.open().SetNote(t.Context(), "metawiki", name, "about "+name); err != nil {
				t.Fatal(err)
			}
		}
		if got := s.view("metawiki").Notes; len(got) != 3 || got["note "] != "about note " {
			t.Errorf("notes: %q", got)
		}
	})
}

func TestTextsOfAnySizeAreStored(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		long := strings.Repeat("ẞ😀x ", 30_000)
		many := make([]string, 3000)
		for i := range many {
			many[i] = long[:200+i%7]
		}
		v := Survey{Source: "toolhub", Wiki: "metawiki", At: at(1), Mark: "etag", Items: []Item{{
			Key: "tool:x", Name: long, Page: long, URL: long, Section: long, Aliases: append(many, long),
			Details: Details{Title: long, Description: long, Keywords: append(many, long), Authors: append(many, long), ReplacedBy: long, Version: long},
		}}, Claims: []Claim{
			{Item: "tool:x", Role: Steward, Holder: "Ana", HolderKind: User, Standing: Stated, Evidence: Evidence{Page: long, Wiki: "metawiki", User: long}},
			{Item: "tool:x", Role: Steward, Holder: long, HolderKind: User, Standing: Stated},
		}, Accounts: []Account{{Name: long}, {Name: "Ana", RenamedTo: long}}}
		s.survey(v)
		if s.survey(v) {
			t.Error("the same again is a change")
		}
		e, ok := s.entry("metawiki", "tool:x")
		if !ok || len(e.Claims) != 1 || !strings.HasPrefix(long, e.Item.Name) || len(e.Item.Name) < 100 || !strings.HasPrefix(long, e.Item.Description) || len(e.Item.Description) < 1000 {
			t.Errorf("%.500v", e)
		}
		b := edit(1, detect.Mention{Kind: detect.Tool, Name: "x", Section: long, Snippet: long, Rule: "link", Author: long, Aux: []string{long}})
		b.Change.User = long
		s.record(b)
		if s.record(b) {
			t.Error("the same mention again is a change")
		}
		s.withdraw(s.find("tool:x"))
		if left := s.view("metawiki").Mentions; len(left) > 0 {
			t.Error("a mention with a long section is not withdrawn")
		}
		if err := s.open().SurveyFailed(t.Context(), "toolhub", "metawiki", at(2), long); err != nil {
			t.Error(err)
		}
		if err := s.open().SaveRules(t.Context(), Rules{Wiki: "metawiki", Text: long, User: long}); err != nil {
			t.Error(err)
		}
		if err := s.open().SetNote(t.Context(), "metawiki", "n", long); err != nil {
			t.Error(err)
		}
	})
}

func TestAPasswordOfAnyCharacters(t *testing.T) {
	server := mariaDBs.running(t)
	const password = `p@ss/w:o?r#d%&'"\ ß`
	dsn := mariaDBs.take(t)
	defer mariaDBs.giveBack(t, dsn)
	database := strings.TrimPrefix(must(t, dsn).Path, "/")
	quoted := strings.ReplaceAll(strings.ReplaceAll(password, `\`, `\\`), `'`, `''`)
	for _, statement := range []string{"CREATE USER secretive IDENTIFIED BY '" + quoted + "'", "GRANT ALL ON " + database + ".* TO secretive"} {
		if err := server.Do(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	r, err := Open(t.Context(), server.DSN(url.UserPassword("secretive", password), database))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	r, err = Open(t.Context(), server.DSN(url.UserPassword("secretive", "WRONG"), database))
	if err == nil {
		r.Close()
	}
	if err == nil || strings.Contains(err.Error(), "WRONG") || !strings.Contains(err.Error(), "Access denied") {
		t.Errorf("with a wrong password: %v", err)
	}
}

func must(t *testing.T, dsn string) *url.URL {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestAServerThatRestartsIsWaitedFor(t *testing.T) {
	server, err := mariadbtest.Start(t.Context())
	if errors.Is(err, mariadbtest.ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer server.Stop()
	dsn, err := server.Database(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r, err := Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	const batches = 200
	restart := make(chan int)
	var wg sync.WaitGroup
	wg.Go(func() {
		for range restart {
			if err := server.Restart(); err != nil {
				t.Error(err)
			}
		}
	})
	for i := range batches {
		if i == 50 || i == 150 {
			restart <- i
		}
		b := edit(int64(i+1), mention(detect.Tool, "", "guc", ""))
		b.Cursor = events.Cursor{Streams: "s", ID: "[]", Time: at(i)}
		if _, err := r.Record(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	close(restart)
	wg.Wait()
	v, err := r.View(t.Context(), Query{Wiki: "metawiki"})
	if err != nil || len(v.Mentions) != batches {
		t.Errorf("%d mentions, %v, want %d", len(v.Mentions), err, batches)
	}
}

func TestACallerWaitsForAServerNoLongerThanItsContext(t *testing.T) {
	server, err := mariadbtest.Start(t.Context())
	if errors.Is(err, mariadbtest.ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	dsn, err := server.Database(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r, err := Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := r.SetNote(ctx, "metawiki", "n", "x"); err == nil || ctx.Err() == nil {
		t.Errorf("SetNote without a server: %v", err)
	}
}

func TestAViewSeesOneMoment(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		s.record(edit(1, mention(detect.Tool, "", "guc", "")))
		r := s.open()
		other, err := Open(t.Context(), s.dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		err = r.read(t.Context(), func(tx *sql.Tx) error {
			before, err := exists(t.Context(), tx, `SELECT COUNT(*) FROM presence`)
			if err != nil || !before {
				t.Errorf("at first: %t, %v", before, err)
			}
			if _, err := other.Record(t.Context(), edit(2, mention(detect.Tool, "", "guc", ""))); err != nil {
				t.Error(err)
			}
			var n int
			if err := tx.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM mention`).Scan(&n); err != nil || n != 1 {
				t.Errorf("%d mentions, %v: what was written meanwhile is seen", n, err)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

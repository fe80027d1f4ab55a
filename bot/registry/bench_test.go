// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how fast a store of the planned size is, and how much memory
// a look at all of it takes.

package registry

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

// The size of the store, on so many wikis; the first of them has a share of
// everything that is as large as all others together.
const (
	manyWikis      = 20
	manyGadgets    = 50_000
	manyScripts    = 100_000
	manyTools      = 5_000
	manyExtensions = 300
	manyMentions   = 1_000_000
)

// large is the store of the planned size, made once for each kind of store.
type large struct {
	r   *Registry
	err error // in making it
}

var larges = map[string]*large{}

// benchStores runs a benchmark on each kind of store of the planned size.
func benchStores(b *testing.B, bench func(b *testing.B, r *Registry)) {
	for _, kind := range []string{"sqlite", "mariadb"} {
		b.Run(kind, func(b *testing.B) { bench(b, largeStore(b, kind)) })
	}
}

func largeStore(b *testing.B, kind string) *Registry {
	b.Helper()
	l := larges[kind]
	if l == nil {
		l = &large{}
		l.r, l.err = makeLarge(context.Background(), b, kind)
		larges[kind] = l
	}
	if l.err != nil {
		b.Fatal(l.err)
	}
	return l.r
}

func makeLarge(ctx context.Context, b *testing.B, kind string) (*Registry, error) {
	var dsn string
	if kind == "mariadb" {
		server := mariaDBs.running(b)
		var err error
		if dsn, err = server.Database(ctx); err != nil {
			return nil, err
		}
		// What a server that is meant for this size has.
		if err := server.Do(ctx, "SET GLOBAL innodb_buffer_pool_size = 1 << 30"); err != nil {
			return nil, err
		}
	} else {
		dir, err := os.MkdirTemp("", "registry")
		if err != nil {
			return nil, err
		}
		atEnd = append(atEnd, func() error { return os.RemoveAll(dir) })
		dsn = "sqlite:" + filepath.Join(dir, "large.db")
	}
	r, err := Open(ctx, dsn)
	if err != nil {
		return nil, err
	}
	atEnd = append(atEnd, r.Close)
	return r, fill(ctx, r)
}

// wikiOf spreads things over the wikis: half to the first.
func wikiOf(i int) string {
	if i%2 == 0 {
		return "enwiki"
	}
	return fmt.Sprintf("w%dwiki", i/2%(manyWikis-1))
}

// fill makes the store of the planned size, of surveys, and of mentions that are
// inserted in bulk.
func fill(ctx context.Context, r *Registry) error {
	surveys := map[string]*Survey{}
	survey := func(source, wiki string) *Survey {
		s := surveys[source+wiki]
		if s == nil {
			s = &Survey{Source: source, Wiki: wiki, At: noon}
			surveys[source+wiki] = s
		}
		return s
	}
	for i := range manyGadgets {
		wiki := wikiOf(i)
		key := NewKey(detect.Gadget, wiki, fmt.Sprintf("Gadget-%d", i))
		s := survey("gadgets", wiki)
		s.Items = append(s.Items, Item{Key: key, Name: key.Name(), Page: "MediaWiki:Gadget-" + key.Name(), Section: "editing", Deployed: true, Aliases: []string{key.Name() + ".js", key.Name() + ".css"}})
		if i%3 == 0 {
			s.Claims = append(s.Claims, Claim{Item: key, Role: Maintainer, Holder: fmt.Sprintf("User %d", i%5000), HolderKind: User, Standing: Unconfirmed,
				Evidence: Evidence{Wiki: wiki, Page: "MediaWiki:Gadget-" + key.Name() + ".js", Revision: int64(i)}})
		}
		u := survey("gadgetusage", wiki)
		u.Measures = append(u.Measures, Measure{Item: key, Metric: Users, Value: int64(i)}, Measure{Item: key, Metric: ActiveUsers, Value: int64(i / 9)})
	}
	for i := range manyScripts {
		wiki := wikiOf(i)
		owner := fmt.Sprintf("User %d", i%20_000)
		key := NewKey(detect.UserScript, wiki, fmt.Sprintf("User:%s/script%d.js", owner, i))
		s := survey("scripts", wiki)
		s.Items = append(s.Items, Item{Key: key, Name: key.Name(), Page: key.Name()})
		s.Claims = append(s.Claims, Claim{Item: key, Role: Maintainer, Holder: owner, HolderKind: User, Standing: Stated, Evidence: Evidence{Wiki: wiki, Page: key.Name(), Revision: int64(i)}})
		s.Measures = append(s.Measures, Measure{Item: key, Metric: Importers, Value: int64(i % 90)})
	}
	for i := range 20_000 {
		s := survey("accounts", wikiOf(i))
		s.Accounts = append(s.Accounts, Account{Name: fmt.Sprintf("User %d", i), LastEdit: noon.AddDate(0, 0, -i%900)})
	}
	for i := range manyTools {
		key := Key(fmt.Sprintf("tool:tool-%d", i))
		s := survey("toolhub", AllWikis)
		s.Items = append(s.Items, Item{Key: key, Name: fmt.Sprintf("Tool %d", i), URL: "https://" + key.Name() + ".toolforge.org/", Aliases: []string{"toolhub:toolforge-" + key.Name()},
			Details: Details{Title: fmt.Sprintf("Tool %d", i), Description: "Counts the edits of a user on all wikis and shows them as a chart, by month and namespace.", Keywords: []string{"edits", "statistics"}, Type: "web app", Licence: "GPL-3.0-or-later"}})
		s.Claims = append(s.Claims, Claim{Item: key, Role: Maintainer, Holder: fmt.Sprintf("User %d", i), HolderKind: User, Standing: Stated, Evidence: Evidence{Page: "https://toolhub.wikimedia.org/tools/toolforge-" + key.Name()}})
	}
	for i := range manyExtensions {
		key := Key(fmt.Sprintf("extension:Extension%d", i))
		item := Item{Key: key, Name: key.Name(), Page: "mw:Extension:" + key.Name(), Deployed: true, Details: Details{Version: "1.0"}}
		for w := range 2 * manyWikis {
			s := survey("siteinfo", wikiOf(w))
			s.Items = append(s.Items, item)
			m := survey("maintainers", wikiOf(w))
			m.Claims = append(m.Claims, Claim{Item: key, Role: Steward, Holder: "Growth", HolderKind: Team, Standing: Stated, Evidence: Evidence{Wiki: "mediawikiwiki", Page: "Developers/Maintainers", Revision: 9}})
		}
	}
	for _, s := range surveys {
		if _, err := r.SaveSurvey(ctx, *s); err != nil {
			return err
		}
	}
	return fillMentions(ctx, r)
}

// benchKey is an item that some mention names: few are named often.
func benchKey(random *rand.Rand, wiki string, i int) (detect.Kind, Key) {
	n := int(float64(random.IntN(1000)) * random.Float64() * random.Float64())
	switch i % 4 {
	case 0:
		return detect.Extension, Key(fmt.Sprintf("extension:Extension%d", n%manyExtensions))
	case 1:
		return detect.Gadget, NewKey(detect.Gadget, wiki, fmt.Sprintf("Gadget-%d", 2*n))
	case 2:
		return detect.UserScript, NewKey(detect.UserScript, wiki, fmt.Sprintf("User:User %d/script%d.js", 2*n, 2*n))
	}
	return detect.Tool, Key(fmt.Sprintf("tool:tool-%d", (5*n+random.IntN(5))%manyTools))
}

// fillMentions makes the mentions of one week and copies them over the year.
func fillMentions(ctx context.Context, r *Registry) error {
	const weeks = 50
	const perWeek = manyMentions / weeks
	const week = 365 * 24 * time.Hour / weeks
	random := rand.New(rand.NewPCG(1, 2))
	mentioned, rows := map[string]map[Key]bool{}, [][]any{}
	for i := range perWeek {
		wiki := wikiOf(random.IntN(1 << 20))
		kind, key := benchKey(random, wiki, i)
		if kind == detect.Tool || kind == detect.UserScript {
			if mentioned[wiki] == nil {
				mentioned[wiki] = map[Key]bool{}
			}
			mentioned[wiki][key] = true
		}
		rows = append(rows, []any{mentionID(key, wiki, int64(i), "Bugs"), kind, key, key.Name(), wiki, fmt.Sprintf("Talk:Page %d", i), i, "Bugs", "link",
			fmt.Sprintf("User %d", i%9999), "", micros(noon.Add(-time.Duration(random.Int64N(int64(week))))),
			"something about [[" + key.Name() + "]] that somebody said in a discussion", "", 0})
	}
	indexes, err := dropIndexes(ctx, r)
	if err != nil {
		return err
	}
	id := `CONCAT(?, SUBSTR(id, 4))` // in order, so that they go in fast
	if r.engine.lock == "" {
		id = `? || SUBSTR(id, 4)`
	}
	const columns = `kind, item_key, name, wiki, title, revision, section, rule_name, user_name, author, made_at, snippet, aux, redacted`
	err = r.write(ctx, func(tx *sql.Tx) error {
		if err := insertRows(ctx, tx, `INSERT INTO mention (id, `+columns+`)`, rows); err != nil {
			return err
		}
		for wiki, keys := range mentioned {
			var items []Item
			for key := range keys {
				items = append(items, found(key, wiki))
			}
			if err := insertPresences(ctx, tx, wiki, fromMentions, items); err != nil {
				return err
			}
		}
		return nil
	})
	for n := 1; n < weeks && err == nil; n++ {
		err = r.write(ctx, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO mention (id, `+columns+`) SELECT `+id+`, kind, item_key, name, wiki, title, revision + ?,
				section, rule_name, user_name, author, made_at - ?, snippet, aux, redacted FROM mention WHERE revision < ? ORDER BY id`,
				fmt.Sprintf("w%02d", n), n*perWeek, int64(n)*week.Microseconds(), perWeek)
			return err
		})
	}
	for i := 0; i < len(indexes) && err == nil; i++ {
		_, err = r.writer.ExecContext(ctx, indexes[i])
	}
	return err
}

// dropIndexes takes the indexes of mentions away, since a table is filled far
// faster without them, and returns how to make them again.
func dropIndexes(ctx context.Context, r *Registry) (create []string, err error) {
	list := `SELECT index_name, CONCAT('CREATE INDEX ', index_name, ' ON mention (', GROUP_CONCAT(column_name ORDER BY seq_in_index), ')')
		FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'mention' AND index_name <> 'PRIMARY' GROUP BY index_name`
	if r.engine.lock == "" {
		list = `SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'mention' AND sql IS NOT NULL`
	}
	var names []string
	err = r.read(ctx, func(tx *sql.Tx) error {
		return query(ctx, tx, func(scan func(...any) error) error {
			var name, text string
			err := scan(&name, &text)
			names, create = append(names, name), append(create, text)
			return err
		}, list)
	})
	for i := 0; i < len(names) && err == nil; i++ {
		drop := `DROP INDEX ` + names[i]
		if r.engine.lock != "" {
			drop += ` ON mention`
		}
		_, err = r.writer.ExecContext(ctx, drop)
	}
	return create, err
}

// forget makes the next look the first one.
func (m *memory) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept = nil
}

// bar reports the time of one round beside its bar.
func bar(b *testing.B, milliseconds float64) {
	b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms")
	b.ReportMetric(milliseconds, "bar:ms")
}

func BenchmarkApply1000Findings(b *testing.B) {
	benchStores(b, func(b *testing.B, r *Registry) {
		random := rand.New(rand.NewPCG(3, 4))
		revision := 2 * manyMentions
		for b.Loop() {
			batches := make([]Batch, 1000)
			for i := range batches {
				revision++
				wiki := wikiOf(random.IntN(1 << 20))
				kind, key := benchKey(random, wiki, i)
				batches[i] = Batch{
					Change:   detect.Change{Wiki: wiki, Title: "Talk:Page", Revision: int64(revision), User: "Ana", Time: noon},
					Mentions: []detect.Mention{{Kind: kind, Wiki: key.Wiki(), Name: key.Name(), Rule: "link", Section: "Bugs", Snippet: "something"}},
					Cursor:   events.Cursor{Streams: "s", ID: "[]", Time: noon},
				}
			}
			if _, err := r.Record(b.Context(), batches...); err != nil {
				b.Fatal(err)
			}
		}
		bar(b, 1000)
	})
}

func BenchmarkVerdictsOfAllItems(b *testing.B) {
	benchStores(b, func(b *testing.B, r *Registry) {
		wikis, err := r.wikis(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		var judged int
		judge := func() {
			judged = 0
			for _, wiki := range wikis {
				v, err := r.View(b.Context(), Query{Wiki: wiki, Since: noon, Now: noon, Uncounted: true})
				if err != nil {
					b.Fatal(err)
				}
				for _, e := range v.Entries {
					Judge(e.Claims, v.Accounts, Limits{Inactive: 90 * 24 * time.Hour}, noon)
					judged++
				}
			}
		}
		r.memory.forget()
		began := time.Now()
		judge()
		first := time.Since(began)
		for b.Loop() {
			judge()
		}
		b.ReportMetric(float64(judged), "items")
		b.ReportMetric(first.Seconds()*1000, "ms-at-first")
		bar(b, 2000)
	})
}

func BenchmarkRowsOfOneTable(b *testing.B) {
	for _, tt := range []struct {
		name  string
		query Query
		rows  int
	}{
		{"tools", Query{Wiki: "enwiki", Kinds: []detect.Kind{detect.Tool}, Catalogue: true}, manyTools},
		{"extensions", Query{Wiki: "enwiki", Kinds: []detect.Kind{detect.Extension}}, manyExtensions},
		{"gadgets", Query{Wiki: "w3wiki", Kinds: []detect.Kind{detect.Gadget}}, manyGadgets / 2 / (manyWikis - 1)},
	} {
		b.Run(tt.name, func(b *testing.B) {
			benchStores(b, func(b *testing.B, r *Registry) {
				q := tt.query
				q.Since, q.Now = noon, noon
				r.memory.forget()
				began := time.Now()
				if _, err := r.View(b.Context(), q); err != nil {
					b.Fatal(err)
				}
				first := time.Since(began)
				for b.Loop() {
					v, err := r.View(b.Context(), q)
					if err != nil || len(v.Entries) < tt.rows {
						b.Fatalf("%d rows, %v", len(v.Entries), err)
					}
				}
				b.ReportMetric(float64(first.Microseconds())/1000, "ms-at-first")
				bar(b, 200)
			})
		})
	}
}

// BenchmarkMemory measures what a look at the largest wiki takes, and what is
// kept in memory when all wikis were looked at.
func BenchmarkMemory(b *testing.B) {
	heap := func() float64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc) / 1e6
	}
	benchStores(b, func(b *testing.B, r *Registry) {
		wikis, err := r.wikis(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		look := func(wiki string) View {
			v, err := r.View(b.Context(), Query{Wiki: wiki, Since: noon, Now: noon})
			if err != nil {
				b.Fatal(err)
			}
			return v
		}
		r.memory.forget()
		none := heap()
		for _, wiki := range wikis {
			look(wiki)
		}
		kept := heap()
		var v View
		for b.Loop() {
			v = look("enwiki")
		}
		b.ReportMetric(heap()-kept, "MB")
		b.ReportMetric(200, "bar:MB")
		b.ReportMetric(kept-none, "MB-kept")
		b.ReportMetric(400, "bar:MB-kept")
		b.ReportMetric(float64(len(v.Entries)), "items")
	})
}

// SPDX-License-Identifier: GPL-3.0-or-later

package registry

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

// filled is a store that holds some of everything.
func filled(s *store) {
	s.survey(everything("siteinfo", "metawiki", 1))
	s.survey(everything("toolhub", AllWikis, 1))
	for i := range 20 {
		s.record(edit(int64(100+i), mention(detect.Extension, "", fmt.Sprintf("Thing %d", i), "a “quote” | of \u202e {{it}}\n")))
	}
	save(s, "T", 5, CellChange{Item: "extension:Thing 1", Added: users("Ben"), User: "Ben", Registered: true, Revision: 5, Time: at(5)})
	ctx := s.t.Context()
	if err := errors.Join(
		s.open().SetNote(ctx, "metawiki", "gap", "text"),
		s.open().SetPage(ctx, "metawiki", "Page#table", PageHeld),
		s.open().SaveRules(ctx, Rules{Wiki: "metawiki", Revision: 7, User: "Ana", Since: at(1), Text: `{"version": 2}`}),
		s.open().Intend(ctx, "metawiki", "Page", 4, []string{"a", "b"}, at(2)),
		s.open().Sent(ctx, "metawiki", "Page", 5, []string{"a"}, at(3)),
	); err != nil {
		s.t.Fatal(err)
	}
}

// exported is all that is told of a store, to compare two.
func exported(t *testing.T, r *Registry) string {
	t.Helper()
	export, err := r.Export(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	status, err := r.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	status.Lease = LeaseState{}
	_, pending, err := r.Pending(t.Context(), []string{"b"})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%+v\n%+v\n%v", export, status, pending)
}

func TestABackupBringsEverythingIntoEitherKindOfStore(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newSource storeMaker) {
		onEveryStore(t, func(t *testing.T, newTarget storeMaker) {
			source := newSource(t)
			filled(source)
			var file bytes.Buffer
			if err := source.open().Backup(t.Context(), &file); err != nil {
				t.Fatal(err)
			}
			target := newTarget(t)
			r, err := Restore(t.Context(), target.dsn, bytes.NewReader(file.Bytes()))
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if diff := cmp.Diff(exported(t, source.open()), exported(t, r)); diff != "" {
				t.Errorf("(-source +target)\n%s", diff)
			}
			var again bytes.Buffer
			if err := r.Backup(t.Context(), &again); err != nil {
				t.Fatal(err)
			}
			lines := cmpopts.SortSlices(func(a, b string) bool { return a < b })
			if diff := cmp.Diff(strings.Split(file.String(), "\n")[1:], strings.Split(again.String(), "\n")[1:], lines); diff != "" && source.mariaDB() == target.mariaDB() {
				t.Errorf("a backup of what was restored differs:\n%s", diff)
			}
			// And it goes on from there.
			if err := r.SetNote(t.Context(), "metawiki", "gap", "other"); err != nil {
				t.Error(err)
			}
		})
	})
}

func TestABackupIsOfOneMoment(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		filled(s)
		r := s.open()
		stop, done := make(chan struct{}), make(chan error, 1)
		go func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					done <- nil
					return
				default:
				}
				b := edit(int64(1000+i), mention(detect.Extension, "", "Counted", "while it runs"))
				b.Cursor = events.Cursor{Streams: "s", ID: fmt.Sprintf("after %d", i), Time: at(i)}
				if _, err := r.Record(t.Context(), b); err != nil {
					done <- err
					return
				}
			}
		}()
		for range 5 {
			var file bytes.Buffer
			if err := r.Backup(t.Context(), &file); err != nil {
				t.Error(err)
			}
			if n := strings.Count(file.String(), `"while it runs"`); n > 0 && !strings.Contains(file.String(), fmt.Sprintf(`"after %d"`, n-1)) {
				t.Errorf("%d mentions, and the cursor is not after them", n)
			}
			if !strings.HasSuffix(file.String(), "}\n") {
				t.Errorf("the backup has no last line:\n%s", file.String())
			}
		}
		close(stop)
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestWhatIsNoWholeBackupIsNotRestored(t *testing.T) {
	source := newStore(t)
	filled(source)
	var file bytes.Buffer
	if err := source.open().Backup(t.Context(), &file); err != nil {
		t.Fatal(err)
	}
	whole := file.String()
	head, rest, _ := strings.Cut(whole, "\n")
	for name, tt := range map[string]struct{ text, want string }{
		"nothing":            {"", "first line"},
		"another file":       {"{\"a\": 1}\n", "no backup"},
		"a newer release":    {`{"codesteward": "backup", "version": 9999}` + "\n" + rest, "newer release"},
		"cut off":            {whole[:len(whole)*2/3], "cut off"},
		"cut off at a line":  {whole[:strings.LastIndex(strings.TrimSpace(whole), "\n")+1], "cut off"},
		"a row is missing":   {head + "\n" + strings.Replace(rest, "\n[", "\n{\"table\": \"note\", \"columns\": []}\n[", 1), "line"},
		"an unknown table":   {head + "\n" + `{"table": "note; DROP TABLE note", "columns": ["wiki"]}` + "\n", "no table"},
		"an unknown column":  {head + "\n" + `{"table": "note", "columns": ["wiki) --"]}` + "\n", "no column"},
		"a row of no table":  {head + "\n[1]\n", "no table"},
		"a line that is odd": {head + "\nx\n", "read line 2"},
	} {
		t.Run(name, func(t *testing.T) {
			onEveryStore(t, func(t *testing.T, newStore storeMaker) {
				s := newStore(t)
				r, err := Restore(t.Context(), s.dsn, strings.NewReader(tt.text))
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("got %v, want %q", err, tt.want)
				}
				if err == nil {
					r.Close()
				}
				if status, err := s.open().Status(t.Context()); err != nil || len(status.Notes) > 0 {
					t.Errorf("something was restored: %v %v", status, err)
				}
			})
		})
	}
	if _, err := Restore(t.Context(), source.dsn, strings.NewReader(whole)); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("over a store that is in use: %v", err)
	}
}

func TestABackupOfShardsGoesOnWhereTheyWere(t *testing.T) {
	source := newStore(t)
	r := source.open()
	for number := 1; number <= 2; number++ {
		r.Serve(number, 2)
		if held, err := r.Acquire(t.Context(), "a", at(1), time.Minute); !held || err != nil {
			t.Fatal(held, err)
		}
		if _, err := r.Record(t.Context(), Batch{Cursor: events.Cursor{Streams: "s", Time: at(number)}}); err != nil {
			t.Fatal(err)
		}
	}
	var file bytes.Buffer
	if err := r.Backup(t.Context(), &file); err != nil {
		t.Fatal(err)
	}
	restored, err := Restore(t.Context(), newStore(t).dsn+"-2", &file)
	if err != nil {
		t.Fatal(err)
	}
	defer restored.Close()
	// As one again, it begins where the one was that is furthest behind.
	if held, err := restored.Acquire(t.Context(), "b", at(9), time.Minute); !held || err != nil {
		t.Fatal(held, err)
	}
	if from, err := restored.NewestCursor(t.Context()); err != nil || !from.Time.Equal(at(1)) {
		t.Errorf("it begins at %v, %v", from.Time, err)
	}
}

// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of what is forgotten.

package registry

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

// column reads one column of a table, in order.
func (s *store) column(table, name string) []string {
	s.t.Helper()
	rows, err := s.open().reader.Query(`SELECT ` + name + ` FROM ` + table + ` ORDER BY 1`)
	if err != nil {
		s.t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			s.t.Fatal(err)
		}
		out = append(out, text)
	}
	if err := rows.Err(); err != nil {
		s.t.Fatal(err)
	}
	return out
}

func TestPurgeForgetsWhatIsOver(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		ctx := t.Context()
		s.survey(Survey{Source: "siteinfo", Wiki: "metawiki", At: at(0), Items: []Item{{Key: "extension:Echo", Name: "Echo"}}})
		for _, revision := range []int64{1, 2, 3} {
			s.record(edit(revision, mention(detect.Extension, "", "Echo", "")))
		}
		for i, key := range []string{"old", "new", "open"} {
			if err := s.open().Intend(ctx, "metawiki", "P", 0, []string{key}, at(0)); err != nil {
				t.Fatal(err)
			}
			if key == "open" {
				continue
			}
			if err := s.open().Sent(ctx, "metawiki", "P", 5, []string{key}, at(1+i)); err != nil {
				t.Fatal(err)
			}
		}
		for i, user := range []string{"Old", "New", "Stays"} {
			in, out := int64(2*i+1), int64(2*i+2)
			c := CellChange{Item: "extension:Echo", Added: users(user), User: user, Registered: true, Revision: in, Time: at(0)}
			save(s, "T", in, c)
			if user != "Stays" {
				c.Added, c.Removed, c.Revision, c.Time = nil, c.Added, out, at(1+i)
				save(s, "T", out, c)
			}
		}
		if err := s.open().SaveRules(ctx, Rules{Wiki: "metawiki", Revision: 12, Since: at(0)}); err != nil {
			t.Fatal(err)
		}
		for i, rules := range []int64{0, 11, 12, 0, 11, 12} {
			if err := s.open().SaveEdit(ctx, "metawiki", "P", "", int64(100+i), rules, at(1+i/3)); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.open().Purge(ctx, at(2)); err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			table, column string
			want          []string
		}{
			{"mention", "revision", []string{"2", "3"}},
			{"notice", "notice_key", []string{"new", "open"}},
			{"edit", "revision", []string{"102", "103", "104", "105"}},
			{"claim", "holder", []string{"New", "Stays"}},
		} {
			if diff := cmp.Diff(tt.want, s.column(tt.table, tt.column)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.table, diff)
			}
		}
	})
}

func TestPurgeKeepsTheChangesThatItemsShow(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		for name, minute := range map[string]int{"Item": 1, "lib": 1, "nothing": 1, "nothing yet": 9} {
			s.record(Batch{Touches: []detect.Touch{touch(detect.Gadget, name, detect.Edited, minute)}})
		}
		far := touch(detect.Tool, "far", detect.Edited, 1)
		far.Wiki = "elsewhere"
		s.record(Batch{Touches: []detect.Touch{far}})
		s.record(edit(8, mention(detect.Tool, "", "far", "")))
		s.survey(Survey{Source: "gadgets", Wiki: "metawiki", At: at(2), Items: []Item{{Key: "gadget:metawiki:Item", Name: "Item"}, {Key: "gadget:metawiki:A", Name: "A", Aliases: []string{"lib"}}}})
		before := s.view("metawiki").Entries
		if err := s.open().Purge(t.Context(), at(5)); err != nil {
			t.Fatal(err)
		}
		want := []string{"gadget:metawiki:Item", "gadget:metawiki:lib", "gadget:metawiki:nothing_yet", "tool:far"}
		if diff := cmp.Diff(want, s.column("page_change", "item_key")); diff != "" {
			t.Errorf("changes (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(before, s.view("metawiki").Entries); diff != "" {
			t.Errorf("items before and after (-want +got):\n%s", diff)
		}
	})
}

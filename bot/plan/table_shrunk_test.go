// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of what keeps a table from being saved.

package plan_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

func TestATableThatWouldLoseManyRowsAtOnceIsHeld(t *testing.T) {
	for _, test := range []struct {
		name         string
		before, lost int
		edit         func(b *book)
		held         bool
	}{
		{"nothing lost", 20, 0, nil, false},
		{"a fifth of the rows", 20, 4, nil, false},
		{"more than that", 19, 4, nil, true},
		{"the only row", 1, 1, nil, true},
		{"all of them", 15, 15, nil, true},
		{"with the words of people in them", 15, 5, func(b *book) {
			for i := range 5 {
				b.note(b.view.Entries[i].Item, "hello")
			}
		}, true},
		{"rows of which only the words of people were left", 15, 5, func(b *book) {
			for i := range 5 {
				b.note(b.view.Entries[i].Item, "hello")
			}
			all := b.view.Entries
			b.view.Entries = all[5:]
			b.publish()
			b.view.Entries = all
		}, false},
		{"renamed", 15, 0, func(b *book) {
			for i := range b.view.Entries {
				item := gadget(fmt.Sprint("New", i))
				item.Aliases = []string{b.view.Entries[i].Item.Key.Name()}
				b.view.Entries[i].Item = item
			}
		}, false},
		{"a broken page", 15, 15, func(b *book) { b.text["Project:All"] = strings.Replace(b.text["Project:All"], "|}", "", 1) }, false},
		{"a page without the table", 15, 15, func(b *book) { b.text["Project:All"] = "Hello" }, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBook(t, test.before)
			b.publish()
			if test.edit != nil {
				test.edit(b)
			}
			b.view.Entries = b.view.Entries[test.lost:]
			table := b.planned()[0]
			loss := table.Lost(b.text["Project:All"])
			if held := loss.Exceeds(20, 10); held != test.held || held && (len(loss.Rows) != test.lost || loss.Rows[0].Name != "G000") {
				t.Errorf("loss %v", loss)
			}
			if loss.Exceeds(0, 0) {
				t.Error("no limit, but too much")
			}
		})
	}
	// Tools come and go with what people write, but not all at once.
	for lost, held := range map[int]bool{9: false, 10: true} {
		b := newBook(t, 3)
		for i := range 12 {
			b.view.Entries = append(b.view.Entries, registry.Entry{Item: tool(fmt.Sprint("tool-", i))})
		}
		b.publish()
		b.view.Entries = b.view.Entries[:len(b.view.Entries)-lost]
		if loss := b.planned()[0].Lost(b.text["Project:All"]); loss.Exceeds(20, 10) != held || len(loss.Rows) != lost {
			t.Errorf("%d tools lost: %v", lost, loss)
		}
	}
	// Over its pages a table is one.
	b := newBook(t, 100)
	b.publish()
	b.view.Entries = append(b.view.Entries[2:22], b.view.Entries[30:]...)
	for _, table := range b.planned() {
		loss := table.Lost(b.text[table.Title])
		if loss.All != 10 || loss.Of != 100 || loss.Exceeds(20, 10) != (len(loss.Rows) > 0) {
			t.Errorf("%s: %v %v", table.Title, loss, loss.Rows)
		}
	}
	// Ten rows are many in a table of any length.
	rules1 := strings.Replace(many(""), `"page_size": 20`, `"page_size": 500`, 1)
	for lost, held := range map[int]bool{9: false, 10: true} {
		b := newBook(t, 300)
		b.rules = rules1
		b.publish()
		b.view.Entries = b.view.Entries[lost:]
		if loss := b.planned()[0].Lost(b.text["Project:All"]); loss.Exceeds(20, 10) != held {
			t.Errorf("%d lost: %v", lost, loss)
		}
	}
}

func TestTheLeastTimeBetweenEditsIsThatOfTheRules(t *testing.T) {
	for more, want := range map[string]time.Duration{"": time.Hour, `, "min_interval_minutes": 5`: 5 * time.Minute, `, "min_interval_minutes": 0`: 0} {
		text := strings.Replace(many(more), `"gadget", "tool", "extension"`, `"gadget"`, 1)
		v := newBook(t, 1).view
		for _, p := range plan.Pages(plan.Input{Site: site, Rules: rules(t, text), View: v, Now: now}) {
			if p.MinInterval != want {
				t.Errorf("%s: %s", more, p.MinInterval)
			}
		}
	}
}

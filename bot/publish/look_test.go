// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of the look ahead.

package publish

import (
	"context"
	"strings"
	"testing"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
)

func TestALookAheadTellsWhatWouldChangeAndWritesNothing(t *testing.T) {
	for name, tt := range map[string]struct {
		page    plan.Page
		prep    func(*fake)
		creates bool
		lines   bool
		refused string
	}{
		"a new page":        {page: table("Project:A", "x"), creates: true, lines: true},
		"a page that is so": {page: message("k"), prep: func(f *fake) { publishOn(f, message("k")) }},
		"a change":          {page: table("Project:A", "x"), prep: func(f *fake) { f.put("Project:A", "Ada", "Hi.") }, lines: true},
		"nobots":            {page: table("Project:A", "x"), prep: func(f *fake) { f.put("Project:A", "Ada", "{{nobots}}") }, refused: "nobots"},
		"the interface":     {page: table("MediaWiki:A", "x"), creates: true, refused: "never written"},
		"protected":         {page: table("Project:A", "x"), prep: func(f *fake) { f.barred = &wiki.Error{Code: "protectedpage", Class: wiki.Refused, Info: "protected"} }, creates: true, lines: true, refused: "protected"},
		"blocked":           {page: table("Project:A", "x"), prep: func(f *fake) { f.barred = &wiki.Error{Code: "blocked", Class: wiki.Halt, Info: "blocked"} }, creates: true, lines: true, refused: "blocked"},
		"stopped":           {page: table("Project:A", "x"), prep: func(f *fake) { f.put(stopPg, "Ada", "stop") }, creates: true, lines: true},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake()
			if tt.prep != nil {
				tt.prep(f)
			}
			before, p := len(f.edits), f.publisher(nil)
			e, err := p.Look(t.Context(), tt.page)
			if err != nil {
				t.Fatal(err)
			}
			if e.Creates != tt.creates || (e.Lines > 0) != tt.lines || (e.Refused != "") != (tt.refused != "") || !strings.Contains(e.Refused, tt.refused) {
				t.Errorf("effect %+v", e)
			}
			if len(f.edits) != before || p.halted != nil || len(p.resting) > 0 {
				t.Error("the look has changed something")
			}
		})
	}
}

func publishOn(f *fake, page plan.Page) {
	if _, err := f.publisher(nil).Publish(context.Background(), page, Rules{Enabled: true}); err != nil {
		panic(err)
	}
}

// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the play: what people do, and what must follow on the wiki.

package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki/wikitest"
)

// patience is how long the audience waits for what must follow.
const patience = 30 * time.Second

// scene is one act of a person and what must follow from it.
type scene struct {
	says string
	acts func(context.Context) error
	then []expectation
}

// expectation is what a page must come to hold, or must not.
type expectation struct {
	title   string
	has     []string
	hasNot  []string
	comment string // told when it is met
	passes  bool   // it is overtaken by a later scene
}

// play runs all scenes, and then looks once more at every expectation that no
// later scene has overtaken.
func (s *stage) play(ctx context.Context) error {
	script := s.script()
	for _, scene := range script {
		s.say("")
		s.say("▸ %s", scene.says)
		acted := time.Now()
		if scene.acts != nil {
			if err := scene.acts(ctx); err != nil {
				return fmt.Errorf("%s: %w", scene.says, err)
			}
			acted = time.Now()
		}
		for _, e := range scene.then {
			if err := s.expect(ctx, e); err != nil {
				return fmt.Errorf("%s: %w", scene.says, err)
			}
			s.say("  ✔ %s (after %.1f s)", e.comment, time.Since(acted).Seconds())
		}
		s.scenes++
	}
	if err := s.nothingTwice(ctx); err != nil {
		return err
	}
	for _, scene := range script {
		for _, e := range scene.then {
			if err := s.missing(ctx, e); err != nil && !e.passes {
				return fmt.Errorf("%s: at the end: %w", scene.says, err)
			}
		}
	}
	return nil
}

func (s *stage) script() []scene {
	ada, bo, cleo, admin := s.people.ada, s.people.bo, s.people.cleo, s.people.admin
	return []scene{
		{
			says: "The bot looks at the wiki for the first time",
			then: []expectation{
				{title: extensionsPage, has: []string{"AbuseFilter", "Demo Safety Team", "unassigned"}, comment: "the table of extensions names teams, and says what is unassigned"},
				{title: skinsPage, has: []string{"MonoBook"}, comment: "so does the table of skins"},
				{title: gadgetsPage, has: []string{"Tidy-refs", "Summary-presets", "Quiet-toc", "Local-time"}, comment: "all gadgets have a row"},
				{title: scriptsPage, has: []string{"codesteward begin scripts"}, comment: "user scripts have a table"},
				{title: toolsPage, has: []string{"codesteward begin tools"}, comment: "tools have a table"},
				{title: reportPage, has: []string{"No problems"}, comment: "the report page says that the rules are in force"},
			},
		},
		{
			says: "A team takes on a skin, and says so on the maintainers page",
			acts: does(func(ctx context.Context) (int64, error) {
				return admin.Replace(ctx, maintainersPage, "[[Skin:MonoBook|MonoBook]] || || Unassigned", "[[Skin:MonoBook|MonoBook]] || || Demo Classics Team", "we look after MonoBook")
			}),
			then: []expectation{{title: skinsPage, has: []string{"Demo Classics Team"}, comment: "the page is read at once, and the table says so"}},
		},
		{
			says: "Demo Ada asks on a talk page about an extension that nobody looks after",
			acts: does(func(ctx context.Context) (int64, error) {
				return ada.AddSection(ctx, villagePump, "Line breaks in verses",
					"Since last week [[mw:Extension:Poem|the poem tag]] drops every second line break. Whom can I ask? --~~~~")
			}),
			then: []expectation{{title: boardPage, has: []string{"Poem", "unassigned", "[[User:Demo Ada|Demo Ada]]", "Line breaks in verses"},
				comment: "the noticeboard has an entry with who, where and when"}},
		},
		{
			says: "An administrator adds a gadget to the definition page",
			acts: does(func(ctx context.Context) (int64, error) {
				if _, err := admin.Edit(ctx, "MediaWiki:Gadget-Map-peek.js", "// Shows a small map when you point at coordinates.\n", "new gadget"); err != nil {
					return 0, err
				}
				return admin.Append(ctx, definitionPage, "\n* Map-peek[ResourceLoader]|Map-peek.js\n", "add Map-peek")
			}),
			then: []expectation{{title: gadgetsPage, has: []string{"Map-peek"}, comment: "the new gadget has a row"}},
		},
		{
			says: "Demo Ada adopts the gadget: she enters herself in its Steward cell, and adds a note",
			acts: func(ctx context.Context) error {
				return s.fillCell(ctx, ada, gadgetsPage, "Map-peek", "[[User:Demo Ada|Demo Ada]]")
			},
			then: []expectation{{title: gadgetsPage, has: []string{"| [[User:Demo Ada|Demo Ada]]\n", "owned"}, comment: "her cell stays, and the verdict is \"owned\""}},
		},
		{
			says: "Demo Bo adopts another gadget, but his talk page says {{nobots}}",
			acts: func(ctx context.Context) error {
				return s.fillCell(ctx, bo, gadgetsPage, "Quiet-toc", "[[User:Demo Bo]]")
			},
			then: []expectation{{title: gadgetsPage, has: []string{"| [[User:Demo Bo]]\n"}, comment: "his cell stays too"}},
		},
		{
			says: "Demo Cleo talks about both gadgets, and about a tool",
			acts: does(func(ctx context.Context) (int64, error) {
				return cleo.AddSection(ctx, villagePump, "Maps on small screens",
					"With [[MediaWiki:Gadget-Map-peek.js]] and [[MediaWiki:Gadget-Quiet-toc.js]] on, the map covers the contents. "+
						"https://demo-geo-check.toolforge.org/?page=1 shows it well. --~~~~")
			}),
			then: []expectation{
				{title: adaTalk, has: []string{"Map-peek was mentioned", "[[User:" + botName + "|"}, comment: "Demo Ada gets a signed message on her talk page"},
				{title: toolsPage, has: []string{"demo-geo-check", "Demo Maps Team"}, comment: "the tool has a row, with the team that a list of the bot's operator names"},
				{title: "User talk:Demo Bo", has: []string{"{{nobots}}"}, hasNot: []string{"was mentioned"}, comment: "Demo Bo is left alone"},
			},
		},
		{
			says: "Demo Cleo publishes a user script",
			acts: does(func(ctx context.Context) (int64, error) {
				return cleo.Edit(ctx, "User:Demo Cleo/quick-diff.js", "// Opens a diff without leaving the page.\n", "first version")
			}),
			then: []expectation{{title: scriptsPage, has: []string{"User:Demo Cleo/quick-diff.js"}, comment: "the script has a row"}},
		},
		{
			says: "An administrator breaks the config page",
			acts: does(func(ctx context.Context) (int64, error) {
				return admin.Edit(ctx, configPage, strings.Replace(rules, `"kinds": ["skin"]`, `"kindz": ["skin"]`, 1), "shorter names")
			}),
			then: []expectation{{title: reportPage, has: []string{"not in force", "kindz", "kinds"}, passes: true, comment: "the report page says what is wrong; the old rules stay in force"}},
		},
		{
			says: "The administrator mends it",
			acts: does(func(ctx context.Context) (int64, error) {
				return admin.Edit(ctx, configPage, rules, "put it right")
			}),
			then: []expectation{{title: reportPage, has: []string{"No problems"}, hasNot: []string{"kindz"}, comment: "the report page says so"}},
		},
		{
			says: "An administrator stops the bot with the stop page; Demo Cleo asks about another extension",
			acts: does(func(ctx context.Context) (int64, error) {
				if _, err := admin.Edit(ctx, stopPageTitle, "Please wait until the vote is over.", "stop"); err != nil {
					return 0, err
				}
				return cleo.AddSection(ctx, villagePump, "Search box on the front page",
					"Is [[mw:Extension:InputBox]] still the right thing for this? --~~~~")
			}),
			then: []expectation{{title: boardPage, hasNot: []string{"InputBox"}, passes: true, comment: "nothing is written"}},
		},
		{
			says: "The administrator blanks the stop page",
			acts: does(func(ctx context.Context) (int64, error) { return admin.Edit(ctx, stopPageTitle, "", "go on") }),
			then: []expectation{{title: boardPage, has: []string{"InputBox", "Poem"}, comment: "the entry that was held is there now"}},
		},
		{
			says: "The bot is killed (SIGKILL) while Demo Bo asks about two more extensions; it is started again",
			acts: does(func(ctx context.Context) (int64, error) {
				s.bot.kill()
				return bo.AddSection(ctx, villagePump, "Image maps",
					"Who knows [[mw:Extension:ImageMap]] and [[mw:Extension:CategoryTree]]? --~~~~")
			}),
			then: []expectation{{title: boardPage, has: []string{"ImageMap", "CategoryTree"}, comment: "nothing was lost"}},
		},
	}
}

func does(edit func(context.Context) (int64, error)) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := edit(ctx)
		return err
	}
}

// fillCell enters text into the empty Steward cell of an item's row, as a
// person would in the editor.
func (s *stage) fillCell(ctx context.Context, who *wikitest.User, title, item, cell string) error {
	text, _, err := who.Read(ctx, title)
	if err != nil {
		return err
	}
	row := strings.Index(text, item+"]]")
	if row < 0 {
		return fmt.Errorf("%s has no row for %s", title, item)
	}
	empty := strings.Index(text[row:], "\n|\n")
	if empty < 0 {
		return fmt.Errorf("%s: the row of %s has no empty cell", title, item)
	}
	at := row + empty
	_, err = who.Edit(ctx, title, text[:at]+"\n| "+cell+"\n"+text[at+3:], "I look after "+item)
	return err
}

// expect waits until a page holds what it should. What must not come is waited
// for as well, for two seconds.
func (s *stage) expect(ctx context.Context, e expectation) error {
	if len(e.has) == 0 {
		if err := until(ctx, 2*time.Second, func(ctx context.Context) (bool, error) { return false, s.missing(ctx, e) }); err != nil && !errors.Is(err, errNotYet) {
			return err
		}
		return nil
	}
	var last error
	err := until(ctx, patience, func(ctx context.Context) (bool, error) {
		missing := s.missing(ctx, e)
		if ctx.Err() == nil {
			last = missing
		}
		return missing == nil, nil
	})
	if err != nil && last != nil {
		return fmt.Errorf("%w: %w", err, last)
	}
	return err
}

// missing says how a page differs from what is expected, nil if it does not.
func (s *stage) missing(ctx context.Context, e expectation) error {
	text, _, err := s.wiki.Anonymous().Read(ctx, e.title)
	var api *wikitest.APIError
	if errors.As(err, &api) && api.Code == "missingtitle" {
		text, err = "", nil
	}
	if err != nil {
		return err
	}
	for _, want := range e.has {
		if !strings.Contains(text, want) {
			return fmt.Errorf("%s should hold %q, but is:\n%s", e.title, want, text)
		}
	}
	for _, dont := range e.hasNot {
		if strings.Contains(text, dont) {
			return fmt.Errorf("%s should not hold %q, but is:\n%s", e.title, dont, text)
		}
	}
	return nil
}

// SPDX-License-Identifier: GPL-3.0-or-later

package publish

import (
	"testing"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

func TestStops(t *testing.T) {
	pages := []string{"Test:Gadgets", "Test:Board"}
	table := plan.Page{Title: "Test:Gadgets", Scope: plan.Tables}
	board := plan.Page{Title: "Test:Board", Scope: plan.Notices}
	talk := plan.Page{Title: "User talk:Ada", Scope: plan.Notices}
	report := plan.Page{Title: "User:Bot/config report", Scope: plan.Reports}
	tests := []struct {
		name, text                 string
		table, board, talk, report bool
	}{
		{"an empty page", "", false, false, false, false},
		{"only white space", " \n\t\n", false, false, false, false},
		{"any words", "Please wait until the vote is over.", true, true, true, true},
		{"a comment", "<!-- go on -->", true, true, true, true},
		{"a redirect", "#REDIRECT [[Elsewhere]]", true, true, true, true},
		{"the word tables", "tables", true, false, false, false},
		{"the word notices in a list", "* notices\n", false, true, true, false},
		{"both words", "tables\nnotices", true, true, true, false},
		{"the title of a page", "[[Test:Gadgets]]", true, false, false, false},
		{"two titles", "Test:Gadgets\nUser_talk:Ada", true, false, true, false},
		{"the title of a talk page", "User_talk:Ada", false, false, true, false},
		{"a link with a label in a list", "* [[User talk:ada|Ada]]", false, false, true, false},
		{"a sentence about a talk page", "User talk:Ada is being spammed by this bot, please stop it!", true, true, true, true},
		{"a link with a word after it", "[[User talk:Ada]]: stop!", true, true, true, true},
		{"a short sentence", "User talk:Ada stop it!", true, true, true, true},
		{"a short sentence without a full stop", "User talk:Ada stop it", true, true, true, true},
		{"a link to a talk page of two words", "[[User talk:Ada Lovelace]]", false, false, false, false},
		{"a title that is not the bot's", "Test:Something else", true, true, true, true},
		{"a word with more words below", "tables\nand everything else too", true, true, true, true},
		{"a sentence with a colon", "Stop: it writes nonsense", true, true, true, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for page, want := range map[*plan.Page]bool{&table: test.table, &board: test.board, &talk: test.talk, &report: test.report} {
				if got := stops(wikitext.DefaultSite(), test.text, *page, pages); got != want {
					t.Errorf("%s: stopped %v, want %v", page.Title, got, want)
				}
			}
		})
	}
}

func TestExcluded(t *testing.T) {
	tests := []struct {
		name, text string
		want       bool
	}{
		{"no template", "Hello", false},
		{"nobots", "{{nobots}}", true},
		{"nobots in any case with white space", "{{ NoBots\n}}", true},
		{"nobots that allows us", "{{nobots|allow=steward_bot}}", false},
		{"bots alone", "{{bots}}", false},
		{"allow all", "{{bots|allow=all}}", false},
		{"allow none", "{{bots|allow=none}}", true},
		{"allow another", "{{bots|allow=OtherBot}}", true},
		{"allow us and another", "{{bots|allow=OtherBot, Steward bot }}", false},
		{"an empty allow", "{{bots|allow=}}", false},
		{"deny all", "{{bots|deny=all}}", true},
		{"deny none", "{{bots|deny=none}}", false},
		{"deny us", "{{Bots|deny=A,STEWARD BOT}}", true},
		{"deny another", "{{bots|deny=OtherBot}}", false},
		{"opt out of all", "{{bots|optout=all}}", true},
		{"opt out of our messages", "{{bots|optout=afd, stewardship}}", true},
		{"opt out of other messages", "{{bots|optout=afd}}", false},
		{"the second of two", "{{bots}} text {{bots|deny=all}}", true},
		{"in a comment", "<!-- {{nobots}} -->", false},
		{"in nowiki", "<nowiki>{{nobots}}</nowiki>", false},
		{"in another template", "{{box|{{nobots}}}}", true},
		{"with the namespace", "{{Template:Nobots}}", true},
		{"not closed", "{{nobots", true},
		{"a template with a longer name", "{{nobotsy}}", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := newExclusion(wikitext.DefaultSite(), "Steward bot", wiki.OptOuts{}).by(test.text); (got != "") != test.want {
				t.Errorf("excluded says %q", got)
			}
		})
	}
}

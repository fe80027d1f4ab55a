// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the test that some well-known items are found in all the ways
// in which people write of them, and that nothing else on the page is.

package detect

import (
	"fmt"
	"strings"
	"testing"
)

// writtenNames are what the wiki of the test knows; some are ordinary words.
var writtenNames = aliases([]string{
	"extension:GuidedTour = Guided Tour", "extension:GlobalWatchlist", "extension:RealMe", "extension:UploadWizard = Upload Wizard", "extension:Toolhub",
	"extension:Flow", "extension:Math", "extension:Cite", "extension:Thanks", "extension:Translate", "extension:Echo", "extension:Nuke",
	"gadget:commonswiki:Cat-a-lot = Help:Gadget-Cat-a-lot", "userscript:commonswiki:User:Ann/RemoveGPS.js = Commons:RemoveGPS | RemoveGPS",
	"tool:toolhub:iabot = InternetArchiveBot | User:InternetArchiveBot", "tool:toolhub-extension-demo",
})

// writtenPage is an ordinary discussion; %s is where somebody names an item.
const writtenPage = `== Where the maps go ==
I thank everybody who came to the meeting; the thanks are in the minutes. Our guide will tour the museum on Friday. ~ The wizard of the
uploads was busy, and the real me would rather sleep. See [[Help:Contents]] and [[User:Bo]] for the flow of the evening.<ref>[[mw:Extension:Nuke]]</ref>
: Do the math: a global list to watch is too long. Cite your sources! [[User:Cy|Cy]] ([[User talk:Cy|talk]]) 09:00, 4 May 2026 (UTC)

== A question ==
%s [[User:Ann|Ann]] ([[User talk:Ann|talk]]) 10:00, 4 May 2026 (UTC)
:: I will translate it, says my cat, a lot. An echo came back from the archive of the internet. [[User:Bo|Bo]] 10:05, 4 May 2026 (UTC)

== Thanks ==
The extension of the deadline is a relief; <nowiki>[[mw:Extension:Echo]]</nowiki> stays hidden. https://example.org/UploadWizard/RealMe
`

func TestItemsAreFoundHoweverPeopleWriteOfThem(t *testing.T) {
	extension := func(name string) []string {
		return []string{
			"Who owns [[mw:Extension:" + name + "]]?", "Who owns [[:mw:Special:MyLanguage/Extension:" + name + "/de|this]]?", "[[mw:Extension talk:" + name + "#Speed]] has the answer.",
			"It is all at https://www.mediawiki.org/wiki/Extension:" + name + ".", "[https://m.mediawiki.org/w/index.php?title=Extension:" + name + "&action=history Look at the history].",
			"The code is at https://gerrit.wikimedia.org/g/mediawiki/extensions/" + name + "/+/HEAD/extension.json since May.",
			"There is a mirror: https://github.com/wikimedia/mediawiki-extensions-" + name, "Please file it in https://phabricator.wikimedia.org/tag/mediawiki-extensions-" + strings.ToLower(name) + "/",
			"We began to play with mw:Extension:" + name + " last week.", "Nobody answers for Extension:" + name + ", it seems.", "I gave up on the " + name + " extension years ago.",
		}
	}
	tests := []struct {
		want string
		ways []string
	}{
		{"extension GuidedTour", append(extension("GuidedTour"), "We tried GuidedTour for newcomers and [[phab:T264817]] stopped us.", "A new '''GuidedTour''' would help.")},
		{"extension GlobalWatchlist", append(extension("GlobalWatchlist"), "GlobalWatchlist has no owner any more.", "“GlobalWatchlist” is a volunteer's work.")},
		{"extension RealMe", append(extension("RealMe"), "RealMe went live in one day, and is small.")},
		{"extension UploadWizard", append(extension("UploadWizard"), "We want it in the Upload Wizard, but no team is in charge of it.", "That no one currently maintains the upload wizard is a pity.",
			"Will UploadWizard and upload forms become one?", "The [[c:Special:UploadWizard|UploadWizard]] broke again.")},
		{"extension Toolhub", extension("Toolhub")},
		{"gadget Cat-a-lot commonswiki", []string{
			"Cat-a-lot is such a core feature.", "Who looks after [[c:Help:Gadget-Cat-a-lot|this]]?", "[[c:MediaWiki:Gadget-Cat-a-lot.js]] has a bug.", "See [[:c:MediaWiki talk:Gadget-Cat-a-lot.js/translating]].",
			"https://commons.wikimedia.org/wiki/Help:Gadget-Cat-a-lot", "[[c:Help:Cat-a-lot]]", "Try https://commons.wikimedia.org/w/index.php?title=X&withJS=MediaWiki:Gadget-Cat-a-lot.js once.",
		}},
		{"userscript User:Ann/RemoveGPS.js commonswiki", []string{
			"See the [[c:Commons:RemoveGPS|RemoveGPS]] script.", "See the Commons:RemoveGPS script.", "RemoveGPS is half of the work.", "[[c:User:Ann/RemoveGPS.js]]", "[[c:User:Ann/RemoveGPS]]",
			"https://commons.wikimedia.org/wiki/Commons:RemoveGPS", "importScriptPage('User:Ann/RemoveGPS.js', 'commons.wikimedia.org');",
			"mw.loader.load('//commons.wikimedia.org/w/index.php?title=User:Ann/RemoveGPS.js&action=raw&ctype=text/javascript');",
		}},
		{"tool toolhub:iabot", []string{"Could you ask the maintainers of InternetArchiveBot?", "[[User:InternetArchiveBot]] did it.", "[[:en:User:InternetArchiveBot|The bot]] did it.", "https://toolhub.wikimedia.org/tools/iabot"}},
		{"tool toolhub-extension-demo", []string{
			"[[toolforge:toolhub-extension-demo]] is a live demo.", "toolforge:toolhub-extension-demo is a live demo.", "https://toolhub-extension-demo.toolforge.org/w/index.php is up.",
			"https://toolsadmin.wikimedia.org/tools/id/toolhub-extension-demo", "[[toolhub:tools/toolforge-toolhub-extension-demo]]", "https://gitlab.wikimedia.org/toolforge-repos/toolhub-extension-demo", "I run toolhub-extension-demo.",
		}},
	}
	d := New(Options{Wiki: "metawiki", Lexicon: NewLexicon(writtenNames)})
	if got := list("metawiki", d.Mentions(Change{After: fmt.Sprintf(writtenPage, "Nothing.")})); got != "-" {
		t.Fatalf("found %s on a page without items", got)
	}
	for _, tt := range tests {
		for _, way := range tt.ways {
			before := fmt.Sprintf(writtenPage, "Nothing.")
			for name, c := range map[string]Change{"new page": {}, "edit": {Before: strings.Replace(before, "Nothing. [[User:Ann|Ann]] ([[User talk:Ann|talk]]) 10:00, 4 May 2026 (UTC)\n", "", 1)}} {
				c.After = fmt.Sprintf(writtenPage, way)
				found := d.Mentions(c)
				if got := list("metawiki", found); got != tt.want {
					t.Errorf("%s: found %s in %q, want %s", name, got, way, tt.want)
					continue
				}
				if m := found[0]; m.Author != "Ann" || m.Section != "A question" {
					t.Errorf("%q is said by %q in section %q", way, m.Author, m.Section)
				}
			}
		}
	}
	got := d.Mentions(Change{After: fmt.Sprintf(writtenPage, "GuidedTour waits for phab:T264817.")})
	if len(got) != 1 || fmt.Sprint(got[0].Aux) != "[T264817]" {
		t.Errorf("the task of GuidedTour is %v", got)
	}
}

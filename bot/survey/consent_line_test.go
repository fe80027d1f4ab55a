// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how lines of the sign-up and the opt-out page are read.

package survey

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// signUpPage knows some items of Meta.
func signUpPage() SignUpPage {
	items := []registry.Item{
		{Key: "extension:Echo", Name: "Echo"}, {Key: "extension:Cite", Name: "Cite"}, {Key: "gadget:metawiki:Cat-a-lot", Name: "Cat-a-lot"},
		{Key: "gadget:metawiki:Twin", Name: "Twin"}, {Key: "tool:twin", Name: "Twin"}, {Key: "tool:guc", Name: "guc"},
		{Key: "userscript:metawiki:User:Ana/a, b.js", Name: "User:Ana/a, b.js", Page: "User:Ana/a, b.js"},
	}
	resolver := registry.NewResolver("metawiki", items)
	return SignUpPage{
		Wiki: "metawiki", Resolve: resolver.Resolve,
		KnownWiki: func(name string) bool { return slices.Contains([]string{"metawiki", "commonswiki"}, name) },
	}
}

func (l SignUpLine) describe() string {
	p := l.Preference
	return strings.TrimSpace(fmt.Sprintf("%s %s %v %s %v only%v wikis%v seeking%v", l.User, l.Role, l.Items, p.Digest, p.Ways, p.Items, p.Wikis, p.Seeking))
}

func TestLinesOfTheSignUpPage(t *testing.T) {
	const sign = " --[[User:Ana|Ana]] ([[User talk:Ana|talk]]) 12:00, 20 May 2026 (UTC)"
	tests := []struct{ name, line, want, problems string }{
		{"all there is", "* [[User:Ana]]: extension:Echo, gadget:Cat-a-lot; weekly; talk; wikis metawiki, commonswiki; looking for a co-maintainer",
			"Ana steward [extension:Echo gadget:metawiki:Cat-a-lot] weekly [talk] only[] wikis[metawiki commonswiki] seeking[extension:Echo gadget:metawiki:Cat-a-lot]", ""},
		{"any order", "* {{user|Ana}} wikis: metawiki; looking for a co-maintainer; Talk; WEEKLY; gadget:Cat-a-lot; extension:Echo",
			"Ana steward [gadget:metawiki:Cat-a-lot extension:Echo] weekly [talk] only[] wikis[metawiki] seeking[gadget:metawiki:Cat-a-lot extension:Echo]", ""},
		{"no items", "* [[User:Ana]]: at once, ping", "Ana steward [] at-once [ping] only[] wikis[] seeking[]", ""},
		{"nothing but a name", "# {{u|ana}}", "Ana steward []  [] only[] wikis[] seeking[]", ""},
		{"links to items", "* [[User:Ana|A]] – [[mw:Extension:Echo|Echo]], [[:Extension:Cite]]; maintainer",
			"Ana maintainer [extension:Echo extension:Cite]  [] only[] wikis[] seeking[]", ""},
		{"a name that means one item", "* [[User:Ana]]: Cat-a-lot, guc", "Ana steward [gadget:metawiki:Cat-a-lot tool:guc]  [] only[] wikis[] seeking[]", ""},
		{"a link with a comma", "* [[User:Ana]]: [[User:Ana/a, b.js]]", "Ana steward [userscript:metawiki:User:Ana/a, b.js]  [] only[] wikis[] seeking[]", ""},
		{"only these", "* [[User:Ana]]: tool:guc; only these", "Ana steward [tool:guc]  [] only[tool:guc] wikis[] seeking[]", ""},
		{"signed", "* [[User:Ana]]: extension:Echo, weekly" + sign, "Ana steward [extension:Echo] weekly [] only[] wikis[] seeking[]", ""},
		{"signed in front", "* [[User:Ana|Ana]] ([[User talk:Ana|talk]]) 12:00, 20 May 2026 (UTC): extension:Echo", "Ana steward [extension:Echo]  [] only[] wikis[] seeking[]", ""},
		{"signed by somebody else", "* [[User:Ben]]: extension:Echo" + sign, "Ben steward [extension:Echo]  [] only[] wikis[] seeking[]", ""},
		{"a date", "* [[User:Ana]]: extension:Echo; confirmed 2026-05-20", "Ana steward [extension:Echo]  [] only[] wikis[] seeking[]", ""},
		{"a date behind the name", "* [[User:Ana]] 2026-05-20: extension:Echo", "Ana steward [extension:Echo]  [] only[] wikis[] seeking[]", ""},
		{"in brackets", "* [[User:Ana]] (still here, 20 May 2026): extension:Echo; May 21, 2026", "Ana steward [extension:Echo]  [] only[] wikis[] seeking[]", ""},
		{"a date in a name", "* [[User:Ana]]: tool:a-2026-05-20", "Ana steward [tool:a-2026-05-20]  [] only[] wikis[] seeking[]", "unknown-item tool:a-2026-05-20"},
		{"a comment", "* [[User:Ana]]: extension:Echo <!-- weekly -->", "Ana steward [extension:Echo]  [] only[] wikis[] seeking[]", ""},
		{"a key of another wiki", "* [[User:Ana]]: gadget:commonswiki:Twin", "Ana steward [gadget:commonswiki:Twin]  [] only[] wikis[] seeking[]", "unknown-item gadget:commonswiki:Twin"},
		{"an item that nobody knows", "* [[User:Ana]]: extension:Nope, weekly", "Ana steward [extension:Nope] weekly [] only[] wikis[] seeking[]", "unknown-item extension:Nope"},
		{"an unknown word", "* [[User:Ana]]: extension:Echo, montly", "Ana steward [extension:Echo]  [] only[] wikis[] seeking[]", "unknown-word montly"},
		{"a name of two items", "* [[User:Ana]]: Twin", "Ana steward []  [] only[] wikis[] seeking[]", "many-items Twin gadget:metawiki:Twin tool:twin"},
		{"an unknown wiki", "* [[User:Ana]]: wikis metawiki, nowhere", "Ana steward []  [] only[] wikis[metawiki] seeking[]", "unknown-wiki nowhere"},
		{"how often, twice", "* [[User:Ana]]: daily, weekly", "Ana steward [] daily [] only[] wikis[] seeking[]", "contradicted weekly"},
		{"nobody", "* extension:Echo [[User:Ana]]", "", "no-user "},
		{"an example in nowiki", "* <nowiki>[[User:Ana]]: extension:Echo</nowiki>", "", ""},
		{"a comment of many lines", "<!--\n* [[User:Ana]]: extension:Echo\n-->", "", ""},
		{"prose", "Write [[User:Ana]] for help.", "", ""},
		{"a subpage is no user", "* [[User:Ana/x]]: extension:Echo", "", "no-user "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			lines, problems := signUpPage().Lines("Intro [[User:Zoe]]\n== Heading ==\n" + tt.line + "\n")
			var got, wrong []string
			for _, l := range lines {
				got = append(got, l.describe())
			}
			for _, p := range problems {
				text := p.Why + " " + p.About
				for _, k := range p.Means {
					text += " " + string(k)
				}
				wrong = append(wrong, text)
				if p.Line == "" || !slices.Contains(registry.LineProblems, p.Why) {
					t.Errorf("a problem without its line or its name: %+v", p)
				}
			}
			if strings.Join(got, "; ") != tt.want {
				t.Errorf("read %s\nwant %s", strings.Join(got, "; "), tt.want)
			}
			if strings.Join(wrong, "; ") != tt.problems {
				t.Errorf("problems %q, want %q", strings.Join(wrong, "; "), tt.problems)
			}
		})
	}
}

func TestTheOptionsThatPeopleAreToldOfAreUnderstood(t *testing.T) {
	for _, option := range registry.SignUpOptions {
		if _, problems := signUpPage().Lines("* [[User:Ana]]: " + option); len(problems) > 0 {
			t.Errorf("%s: %+v", option, problems)
		}
	}
}

func TestOptOuts(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"a link", "* [[User:Ana]]", "Ana"},
		{"in another spelling", "* [[user:ana_b|x]]", "Ana b"},
		{"by their talk page", "* [[User talk:Ana]]", "Ana"},
		{"on another wiki", "* [[:m:User:Ana]]", "Ana"},
		{"templates", "* {{user|Ana}}\n# {{u|Ben}}", "Ana, Ben"},
		{"a talk link beside it", "* [[User:Ana]] ([[User talk:Ana|talk]])", "Ana"},
		{"signed by themself", "* [[User:Ana|Ana]] ([[User talk:Ana|talk]]) 12:00, 20 May 2026 (UTC)", "Ana"},
		{"words and a signature", "* please write no more [[User:Ana|Ana]] ([[User talk:Ana|talk]]) 12:00, 20 May 2026 (UTC)", "Ana"},
		{"written by somebody else", "* [[User:Ana]] --[[User:Ben|Ben]] ([[User talk:Ben|talk]]) 12:00, 20 May 2026 (UTC)", "Ana"},
		{"for two", "* [[User:Ana]] and [[User:Ben]]", "Ana, Ben"},
		{"without a list", "[[User:Ana]]", "Ana"},
		{"an indented line", ": [[User:Ana]]", "Ana"},
		{"words around", "* '''[[User:Ana]]''': since it is too much", "Ana"},
		{"prose", "This page is kept by [[User:Ana]].", ""},
		{"a comment", "<!-- * [[User:Ana]] -->", ""},
		{"a heading", "== [[User:Ana]] ==", ""},
		{"nobody", "* nobody", " 1 problem"},
		{"a subpage", "* [[User:Ana/x]]", " 1 problem"},
	}
	for _, tt := range tests {
		users, problems := OptOuts(nil, tt.text)
		got := strings.Join(users, ", ")
		if len(problems) > 0 {
			got += fmt.Sprintf(" %d problem", len(problems))
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func FuzzConsentLines(f *testing.F) {
	for _, seed := range []string{
		"* [[User:Ana]]: extension:Echo, gadget:Bar; weekly; talk; wikis metawiki, commonswiki; looking for a co-maintainer",
		"# {{u|Ben}} --[[User:Cleo|Cleo]] ([[User talk:Cleo|talk]]) 12:00, 20 May 2026 (UTC)", "*[[User:", "* {{user|{{u|A}}}}: , ;;; wikis", "<!-- * [[User:A]]",
		"* [[User:Ana]]: tool:\xff", "* [[User:Ana]]: [[User:Ana/a, b.js]]: [[mw:Extension:Echo]]",
	} {
		f.Add(seed)
	}
	page := signUpPage()
	f.Fuzz(func(t *testing.T, text string) {
		lines, _ := page.Lines(text)
		named := map[string]bool{}
		for _, l := range lines {
			if l.User == "" || len(l.User) > maxWords || strings.ContainsAny(l.User, "\n[]{}|<>") {
				t.Errorf("no name of a user: %q", l.User)
			}
			named[l.User] = true
			for _, k := range l.Items {
				if !slices.Contains(detect.Kinds, k.Kind()) || k.Name() == "" {
					t.Errorf("no key: %q", k)
				}
			}
		}
		users, _ := OptOuts(nil, text)
		// Who can sign up with a line that names nobody else can opt out with it.
		for user := range named {
			if len(named) == 1 && !strings.Contains(text, "(") && len(users) > 0 && !slices.Contains(users, user) {
				t.Errorf("%q signs up but does not opt out with %q, which names %q", user, text, users)
			}
		}
	})
}

// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the history of the sign-up page is read.

package survey

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
)

func TestHistoryOfTheSignUpPage(t *testing.T) {
	const intro = "Sign up here.\n"
	rev := func(user string, lines ...string) wiki.Revision {
		return wiki.Revision{User: user, Registered: true, Text: intro + strings.Join(lines, "\n")}
	}
	temp := func(lines ...string) wiki.Revision {
		r := rev("~2026-1", lines...)
		r.Temp = true
		return r
	}
	hidden := rev("Vandal")
	hidden.Hidden, hidden.Text = true, ""
	blank := wiki.Revision{User: "Vandal", Registered: true}
	ana, ben := "* [[User:Ana]]: extension:Echo", "* [[User:Ben]]: extension:Cite"
	tests := []struct {
		name      string
		revisions []wiki.Revision
		want      []string
		wishes    string
	}{
		{"her own line", []wiki.Revision{rev("Admin"), rev("Ana", ana)}, []string{"2 Ana extension:Echo steward +user Ana"}, "Ana"},
		{"by somebody else", []wiki.Revision{rev("Admin"), rev("Ben", ana+"; weekly")}, []string{"2 Ben extension:Echo steward +user Ana"}, ""},
		{"by a temporary account", []wiki.Revision{rev("Admin"), temp(ana)}, []string{"2 ~2026-1 (not registered) extension:Echo steward +user Ana"}, ""},
		{"stepping down", []wiki.Revision{rev("Ana", ana), rev("Ana")}, []string{"1 Ana extension:Echo steward +user Ana", "2 Ana extension:Echo steward -user Ana"}, "Ana gone"},
		{"taken out by somebody else", []wiki.Revision{rev("Ana", ana), rev("Ben", ben)},
			[]string{"1 Ana extension:Echo steward +user Ana", "2 Ben extension:Cite steward +user Ben", "2 Ben extension:Echo steward -user Ana"}, "Ana; Ben"},
		{"another item", []wiki.Revision{rev("Ana", ana), rev("Ana", "* [[User:Ana]]: skin:Vector")},
			[]string{"1 Ana extension:Echo steward +user Ana", "2 Ana extension:Echo steward -user Ana", "2 Ana skin:Vector steward +user Ana"}, "Ana"},
		{"another role", []wiki.Revision{rev("Ana", ana), rev("Ana", ana+"; maintainer")},
			[]string{"1 Ana extension:Echo steward +user Ana", "2 Ana extension:Echo maintainer +user Ana", "2 Ana extension:Echo steward -user Ana"}, "Ana"},
		{"confirmed anew", []wiki.Revision{rev("Ana", ana), rev("Ana", ana+"; 2026-05-20")},
			[]string{"1 Ana extension:Echo steward +user Ana", "2 Ana extension:Echo steward =user Ana"}, "Ana"},
		{"options by somebody else do not count", []wiki.Revision{rev("Ana", ana+"; weekly"), rev("Ben", ana+"; at once")},
			[]string{"1 Ana extension:Echo steward +user Ana"}, "Ana weekly"},
		{"another line is no word of hers", []wiki.Revision{rev("Ana", ana), rev("Ana", ana, ben)},
			[]string{"1 Ana extension:Echo steward +user Ana", "2 Ana extension:Cite steward +user Ben"}, "Ana"},
		{"two lines", []wiki.Revision{rev("Ana", ana+"; weekly", "* {{u|Ana}}: extension:Cite; maintainer; talk")},
			[]string{"1 Ana extension:Cite maintainer +user Ana", "1 Ana extension:Echo steward +user Ana"}, "Ana weekly [talk]"},
		{"hand-over", []wiki.Revision{rev("Ana", ana), rev("Ana", ana, "* [[User:Ben]]: extension:Echo"), rev("Ben", ana, "* [[User:Ben]]: extension:Echo; talk"), rev("Ana", "* [[User:Ben]]: extension:Echo; talk")},
			[]string{"1 Ana extension:Echo steward +user Ana", "2 Ana extension:Echo steward +user Ben", "3 Ben extension:Echo steward =user Ben", "4 Ana extension:Echo steward -user Ana"}, "Ana gone; Ben [talk]"},
		{"a hidden revision is nobody's word", []wiki.Revision{rev("Admin"), hidden, rev("Ana", ana)}, []string{"3  extension:Echo steward +user Ana"}, ""},
		{"a page that is blanked takes nobody out", []wiki.Revision{rev("Ana", ana), blank, rev("Ben", ana)}, []string{"1 Ana extension:Echo steward +user Ana"}, "Ana"},
		{"who is alone may blank it", []wiki.Revision{rev("Ana", ana), {User: "Ana", Registered: true}}, []string{"1 Ana extension:Echo steward +user Ana", "2 Ana extension:Echo steward -user Ana"}, "Ana gone"},
		{"the bot says nothing", []wiki.Revision{rev("Admin"), rev("Bot", ana)}, nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := &canned{}
			for i, r := range tt.revisions {
				r.ID, r.Parent, r.Time = int64(i+1), int64(i), noon.Add(time.Duration(i)*time.Minute)
				c.history = append(c.history, r)
			}
			page := SignUp{SignUpPage: SignUpPage{Wiki: "metawiki"}, Page: "Sign-up", Self: "Bot"}
			read := func(after int64, history *canned) SignedUp {
				t.Helper()
				got, err := page.Read(t.Context(), history, after)
				if err != nil {
					t.Fatal(err)
				}
				return got
			}
			check := func(how string, changes []registry.CellChange, wishes map[string]*registry.Preference) {
				t.Helper()
				var got, who []string
				for _, c := range changes {
					text := strings.Replace(describe(c), string(c.Item), string(c.Item)+" "+string(c.Role), 1)
					for _, h := range c.Kept {
						text += " =" + string(h.Kind) + " " + h.Name
					}
					got = append(got, text)
				}
				if !slices.Equal(got, tt.want) {
					t.Errorf("%s:\n%s\nwant\n%s", how, strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
				}
				for user, p := range wishes {
					if p == nil {
						who = append(who, user+" gone")
						continue
					}
					text := user + " " + p.Digest
					if len(p.Ways) > 0 {
						text += fmt.Sprintf(" %v", p.Ways)
					}
					who = append(who, strings.Join(strings.Fields(text), " "))
				}
				slices.Sort(who)
				if strings.Join(who, "; ") != tt.wishes {
					t.Errorf("%s: wishes of %q, want %q", how, strings.Join(who, "; "), tt.wishes)
				}
			}
			whole := read(0, c)
			check("at once", whole.Changes, whole.Preferences)

			var changes []registry.CellChange
			wishes := map[string]*registry.Preference{}
			upTo := int64(0)
			for n := range c.history {
				got := read(upTo, &canned{history: c.history[:n+1]})
				changes, upTo = append(changes, got.Changes...), got.UpTo
				for user, p := range got.Preferences {
					wishes[user] = p
				}
			}
			check("edit by edit", changes, wishes)
		})
	}
}

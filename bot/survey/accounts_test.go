// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how accounts are told that no test wiki has: global and hidden
// ones, renames in a circle.

package survey

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
)

// answers is a wiki that is a function.
type answers func(p map[string]string) (string, error)

func (a answers) Get(_ context.Context, p map[string]string, out any) error {
	text, err := a(p)
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(text), out)
}

func ago(days int) string { return noon.AddDate(0, 0, -days).Format(time.RFC3339) }

// TestGlobalAccounts stands for wikis with CentralAuth, which the test wikis do
// not have.
func TestGlobalAccounts(t *testing.T) {
	// What the served wiki knows of each: an edit so many days ago, 0 for none.
	local := map[string]int{"Active": 3, "Away": 400, "Gone": 400, "Far": 400, "Locked": 400, "Torn": 400, "Alone": 400, "Barred": 400}
	global := map[string]string{
		"Active": `{"name":"Active","merged":[{"wiki":"a","url":"https://a.example","editcount":9}]}`,
		"Away":   `{"name":"Away","merged":[{"wiki":"home","editcount":99},{"wiki":"b","url":"https://b.example","editcount":1},{"wiki":"a","url":"https://a.example","editcount":9},{"wiki":"c","url":"https://c.example","editcount":0}]}`,
		"Gone":   `{"name":"Gone","merged":[{"wiki":"a","url":"https://a.example","editcount":9}]}`,
		"Far":    `{"name":"Far","merged":[{"wiki":"closed","url":"https://closed.example","editcount":9}]}`,
		"Barred": `{"name":"Barred","merged":[{"wiki":"closed","url":"https://closed.example","editcount":9}]}`,
		"Locked": `{"name":"Locked","locked":true,"merged":[{"wiki":"a","url":"https://a.example","editcount":9}]}`,
		"Torn":   `{"name":"Torn","merged":[{"wiki":"broken","url":"https://broken.example","editcount":9}]}`,
		"Alone":  `{"name":"Alone","merged":[]}`,
		"Remote": `{"name":"Remote","merged":[{"wiki":"a","url":"https://a.example","editcount":9}]}`,
		"Secret": `{"name":"Secret","hidden":"suppressed","merged":[]}`,
	}
	asked := map[string]int{}
	home := answers(func(p map[string]string) (string, error) {
		var users, contribs, info []string
		if p["list"] == "users" {
			for _, name := range strings.Split(p["ususers"], "|") {
				switch _, ok := local[name]; {
				case name == "Veiled":
					users = append(users, `{"name":"Veiled","userid":7,"hidden":true,"groups":["bot"],"blockid":3,"blockexpiry":"infinite"}`)
				case name == "Barred":
					users = append(users, fmt.Sprintf(`{"name":%q,"userid":7,"blockid":3,"blockexpiry":"infinite"}`, name))
				case ok:
					users = append(users, fmt.Sprintf(`{"name":%q,"userid":7}`, name))
				default:
					users = append(users, fmt.Sprintf(`{"name":%q,"missing":true}`, name))
				}
			}
		}
		if days := local[p["ucuser"]]; days > 0 {
			contribs = append(contribs, fmt.Sprintf(`{"timestamp":%q,"userhidden":true},{"timestamp":%q}`, ago(0), ago(days)))
		}
		if g, ok := global[p["guiuser"]]; ok {
			info = append(info, `"globaluserinfo":`+g+`,`)
		} else if p["meta"] != "" {
			info = append(info, `"globaluserinfo":{"missing":true},`)
		}
		if p["letype"] != "" {
			return "", &wiki.Error{Code: "badvalue"} // no such log here
		}
		return fmt.Sprintf(`{"query":{%s"users":[%s],"usercontribs":[%s],"logevents":[{"type":"suppress","timestamp":%q},{"type":"move","actionhidden":true,"timestamp":%q}]}}`,
			strings.Join(info, ""), strings.Join(users, ","), strings.Join(contribs, ","), ago(0), ago(0)), nil
	})
	elsewhere := func(name, server string) Asker {
		if server != "https://"+name+".example" {
			t.Errorf("asked for %s at %s", name, server)
		}
		if name == "closed" {
			return nil
		}
		return answers(func(p map[string]string) (string, error) {
			asked[name+" "+p["ucuser"]]++
			days := map[string]int{"a Away": 100, "b Away": 5, "a Gone": 300, "a Remote": 1, "a Locked": 2}[name+" "+p["ucuser"]]
			if name == "broken" || days == 0 {
				return "", errors.New("down")
			}
			return fmt.Sprintf(`{"query":{"usercontribs":[{"timestamp":%q}]}}`, ago(days)), nil
		})
	}
	names := []string{"Active", "Away", "Gone", "Far", "Locked", "Torn", "Alone", "Remote", "Secret", "Nowhere", "Barred", "Veiled"}
	read := func(elsewhere ...Elsewhere) map[string]string {
		t.Helper()
		e := registry.Entry{}
		for _, name := range names {
			e.Claims = append(e.Claims, registry.Claim{Role: registry.Maintainer, HolderKind: registry.User, Holder: name})
		}
		s, err := Accounts(home, "home", elsewhere...).Read(t.Context(), Reading{At: noon,
			Known: func(context.Context) ([]registry.Entry, error) { return []registry.Entry{e}, nil }})
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]string{}
		days := func(what string, at time.Time) string {
			if at.IsZero() {
				return ""
			}
			return fmt.Sprintf(" %s %d", what, int(noon.Sub(at).Hours()/24))
		}
		for _, a := range s.Accounts {
			text := days("here", a.LastEdit) + days("log", a.LastAction) + days("anywhere", a.LastGlobal)
			for what, is := range map[string]bool{" missing": a.Missing, " locked": a.Locked, " blocked": a.Blocked} {
				if is {
					text += what
				}
			}
			out[a.Name] = text
		}
		return out
	}
	want := map[string]string{
		"Active": " here 3", "Away": " here 400 anywhere 5", "Gone": " here 400 anywhere 300", "Locked": " here 400 locked", "Alone": " here 400",
		"Remote": " anywhere 1", "Secret": " missing", "Veiled": " missing", "Nowhere": " missing", "Barred": " here 400 blocked",
	}
	if diff := cmp.Diff(want, read(elsewhere)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if asked["a Active"]+asked["c Away"]+asked["a Locked"] > 0 || asked["a Away"] != 1 || asked["b Away"] != 1 {
		t.Errorf("asked elsewhere: %v", asked)
	}
	// Where other wikis cannot be asked, nobody is called silent who has edits there.
	want = map[string]string{"Active": " here 3", "Locked": " here 400 locked", "Alone": " here 400", "Secret": " missing", "Veiled": " missing", "Nowhere": " missing", "Barred": " here 400 blocked"}
	if diff := cmp.Diff(want, read()); diff != "" {
		t.Errorf("without other wikis (-want +got):\n%s", diff)
	}
}

func TestRenamesInACircleEnd(t *testing.T) {
	n := 0
	api := answers(func(p map[string]string) (string, error) {
		if n++; n > 50 {
			t.Fatal("it goes round and round")
		}
		next := map[string]string{"User:A": "B", "User:B": "C", "User:C": "A"}[p["letitle"]]
		old := strings.TrimPrefix(p["letitle"], "User:")
		return fmt.Sprintf(`{"query":{"users":[{"name":%q,"missing":true}],"logevents":[{"type":"renameuser","params":{"olduser":%q,"newuser":%q}}]}}`, p["ususers"], old, next), nil
	})
	e := registry.Entry{Claims: []registry.Claim{{Role: registry.Steward, HolderKind: registry.User, Holder: "A"}}}
	s, err := Accounts(api, "home").Read(t.Context(), Reading{At: noon,
		Known: func(context.Context) ([]registry.Entry, error) { return []registry.Entry{e}, nil }})
	want := []registry.Account{{Name: "A", Missing: true, Read: noon}}
	if diff := cmp.Diff(want, s.Accounts); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestAccountsThatCannotBeReadAreAnError(t *testing.T) {
	broken := answers(func(p map[string]string) (string, error) { return "", &wiki.Error{Code: "http-500"} })
	e := registry.Entry{Claims: []registry.Claim{{Role: registry.Steward, HolderKind: registry.User, Holder: "A"}}}
	_, err := Accounts(broken, "home").Read(t.Context(), Reading{At: noon,
		Known: func(context.Context) ([]registry.Entry, error) { return []registry.Entry{e}, nil }})
	if refused := (*wiki.Error)(nil); !errors.As(err, &refused) || !strings.Contains(err.Error(), "home") {
		t.Errorf("%v", err)
	}
}

// TestAccountsOfWhichNothingIsTold has answers that are good in form and say
// nothing: they must not make anybody missing or silent.
func TestAccountsOfWhichNothingIsTold(t *testing.T) {
	names := []string{"Ana", "Ben", "Cleo", "Dan", "Eve"}
	var claims []registry.Claim
	before := map[string]registry.Account{}
	for _, name := range names {
		claims = append(claims, registry.Claim{Role: registry.Steward, HolderKind: registry.User, Holder: name})
		before[name] = registry.Account{Name: name, LastEdit: noon.AddDate(0, 0, -3)}
	}
	shown := func(names ...string) string {
		var users []string
		for _, name := range names {
			users = append(users, fmt.Sprintf(`{"name":%q,"userid":7}`, name))
		}
		return strings.Join(users, ",")
	}
	for _, test := range []struct {
		name, users, edits, reason string
		fails                      string
		told                       int
	}{
		{"no account", "", "", "", "leaves out 5 of 5", 0},
		{"half of the accounts", shown("Ana", "Ben"), "", "", "leaves out 3 of 5", 0},
		{"all but one", shown("Ana", "Ben", "Cleo", "Dan"), `{"timestamp":"2026-01-01T00:00:00Z"}`, "", "", 4},
		{"no edits", shown(names...), "", "", errFewer.Error(), 0},
		{"no edits, twice", shown(names...), "", errFewer.Error(), "", 5},
	} {
		t.Run(test.name, func(t *testing.T) {
			api := answers(func(p map[string]string) (string, error) {
				return fmt.Sprintf(`{"query":{"users":[%s],"usercontribs":[%s],"logevents":[]}}`, test.users, test.edits), nil
			})
			s, err := Accounts(api, "home").Read(t.Context(), Reading{At: noon, Last: registry.SurveyState{Reason: test.reason},
				Known:    func(context.Context) ([]registry.Entry, error) { return []registry.Entry{{Claims: claims}}, nil },
				Accounts: func(context.Context) (map[string]registry.Account, error) { return before, nil },
			})
			if (err != nil) != (test.fails != "") || err != nil && !strings.Contains(err.Error(), test.fails) || len(s.Accounts) != test.told {
				t.Fatalf("%v, %+v", err, s.Accounts)
			}
			for _, a := range s.Accounts {
				if a.Missing {
					t.Errorf("%s is said to be missing", a.Name)
				}
			}
		})
	}
}

func TestOwnersOfScriptsAreNotAskedForOneByOne(t *testing.T) {
	var claims []registry.Claim
	for i := range 120 {
		source := []string{scriptsSource, strikerSource}[i%2]
		claims = append(claims, registry.Claim{Role: registry.Maintainer, HolderKind: registry.User, Holder: fmt.Sprintf("Owner %03d", i), Evidence: registry.Evidence{Source: source}})
	}
	claims = append(claims, registry.Claim{Role: registry.Steward, HolderKind: registry.User, Holder: "Owner 007"})
	requests := map[string]int{}
	api := answers(func(p map[string]string) (string, error) {
		requests[p["list"]+p["ucuser"]]++
		var users []string
		for _, name := range strings.Split(p["ususers"], "|") {
			users = append(users, fmt.Sprintf(`{"name":%q,"userid":7}`, name))
		}
		return fmt.Sprintf(`{"query":{"users":[%s],"usercontribs":[{"timestamp":%q}],"logevents":[]}}`, strings.Join(users, ","), ago(1)), nil
	})
	s, err := Accounts(api, "home").Read(t.Context(), Reading{At: noon,
		Known: func(context.Context) ([]registry.Entry, error) { return []registry.Entry{{Claims: claims}}, nil }})
	if err != nil || len(s.Accounts) != 120 {
		t.Fatalf("%d accounts, %v", len(s.Accounts), err)
	}
	want := map[string]int{"users": 3, "usercontribs|logeventsOwner 007": 1}
	if diff := cmp.Diff(want, requests); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

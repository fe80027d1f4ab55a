// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// This file holds the proof that nothing but the gate writes: what the code
// could ask of a wiki, and what it does ask in a whole run.

package publish

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
)

// actions are all modules of the Action API that the program asks.
var actions = []string{"query", "login", "parse", "edit"}

// sources calls each with the files of the whole program, tests and what only
// tests use left out.
func sources(t *testing.T, each func(path string, file *ast.File)) {
	t.Helper()
	root := filepath.Join("..", "..")
	n := 0
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		name := filepath.ToSlash(strings.TrimPrefix(path, root+string(filepath.Separator)))
		if err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "bot/wiki/wikitest/") || strings.HasPrefix(name, "cmd/demo/") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		n++
		each(name, file)
		return nil
	})
	if err != nil || n < 50 {
		t.Fatalf("read %d files: %v", n, err)
	}
}

// TestActionsAreAClosedList reads every value that any code gives an "action".
func TestActionsAreAClosedList(t *testing.T) {
	edits := 0
	sources(t, func(path string, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			value := actionIn(n)
			if value == "" {
				return true
			}
			if !slices.Contains(actions, value) {
				t.Errorf("%s asks for action=%s", path, value)
			}
			if value == "edit" {
				if edits++; path != "bot/wiki/edit.go" {
					t.Errorf("%s asks for edits; only the Editor of bot/wiki does", path)
				}
			}
			return true
		})
	})
	if edits == 0 {
		t.Error("no code asks for edits: the test looks at the wrong places")
	}
}

// actionIn is the value in "action": "value" and in request{action: "value", post: true},
// which is how a request to the API is written. What is not written out must be
// checked where it is sent: see bot/wiki, which reads with a closed list.
func actionIn(n ast.Node) string {
	pair, ok := n.(*ast.KeyValueExpr)
	if !ok {
		return ""
	}
	value, ok := pair.Value.(*ast.BasicLit)
	if !ok || value.Kind != token.STRING {
		return ""
	}
	if key, ok := pair.Key.(*ast.BasicLit); !ok || key.Value != `"action"` {
		if name, ok := pair.Key.(*ast.Ident); !ok || name.Name != "action" {
			return ""
		}
	}
	text, err := strconv.Unquote(value.Value)
	if err != nil {
		return ""
	}
	return text
}

// posts are the ways of Go's library and of ours to send something.
var posts = regexp.MustCompile(`^(Post|PostForm|PostRaw|MethodPost|MethodPut|MethodPatch|MethodDelete)$`)

func TestOnlyTheWikiPackageSendsAnything(t *testing.T) {
	sent := 0
	sources(t, func(path string, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && posts.MatchString(s.Sel.Name) {
				if sent++; !strings.HasPrefix(path, "bot/wiki/") {
					t.Errorf("%s sends with %s; requests to a wiki go through bot/wiki", path, s.Sel.Name)
				}
			}
			if l, ok := n.(*ast.BasicLit); ok && (l.Value == `"POST"` || l.Value == `"PUT"`) && !strings.HasPrefix(path, "bot/wiki/") {
				t.Errorf("%s writes %s; requests to a wiki go through bot/wiki", path, l.Value)
			}
			return true
		})
	})
	if sent == 0 {
		t.Error("nothing is sent at all: the test looks at the wrong places")
	}
}

// TestAllThatIsSent records every request of a publisher that saves, creates,
// meets conflicts and silence, and is refused.
func TestAllThatIsSent(t *testing.T) {
	m := newMemory(stormBot)
	m.put("Project:Gadgets", "Ada", "", "top\n\nmiddle\n\nbottom")
	w := newWire()
	w.fault = func(n int, q asked, _ func() (*http.Response, error)) (*http.Response, error) {
		if q.action != "edit" {
			return m.serve(q)
		}
		switch n {
		case 2:
			return q.answer(200, "application/json", `{"error":{"code":"badtoken","info":"?"}}`)
		case 4:
			m.put("Project:Gadgets", "Bo", "", "top\n\nmiddle\n\nbottom and mine")
		case 6:
			return q.answer(200, "application/json", `{"error":{"code":"protectedpage","info":"?"}}`)
		}
		return m.serve(q)
	}
	client, store := m.client(w), newFake()
	p := New(Config{
		Site:   plan.Site{Wiki: "memorywiki", Bot: stormBot, StopPage: "User:" + stormBot + "/stop"},
		Reader: client, Editor: wiki.NewEditor(client), Outbox: store, Ledger: store,
	})
	rules := Rules{Revision: 1, Enabled: true}
	long := strings.Repeat("long text ", 2000)
	pages := []plan.Page{tablePlan("Project:Gadgets", "a"), tablePlan("Project:Gadgets", "b"), tablePlan("Project:Gadgets", "c"), tablePlan("Project:New", long), message("k"), tablePlan("Project:Gadgets", "d"), tablePlan("Project:Gadgets", "e")}
	saved := 0
	for _, page := range pages {
		got, err := p.Publish(t.Context(), page, rules)
		if err != nil {
			t.Fatal(err)
		}
		if got.Result == Saved {
			saved++
		}
	}
	edits := 0
	for _, q := range w.log {
		url := q.req.URL.Query()
		for _, secret := range []string{"token", "lgpassword", "lgtoken", "text", "summary"} {
			if url.Has(secret) {
				t.Errorf("%s has %s in its address", q.action, secret)
			}
		}
		switch {
		case q.action == "edit":
			edits++
			checkEdit(t, q)
		case q.action == "login":
		case q.req.Method != http.MethodGet && q.req.Header.Get("Promise-Non-Write-API-Action") == "":
			t.Errorf("%s was sent with %s", q.action, q.req.Method)
		case q.action != "query" && q.action != "token":
			t.Errorf("asked for %s", q.action)
		}
	}
	if saved != 6 || edits < 9 {
		t.Errorf("%d pages saved with %d edits: the run has not gone through what it should", saved, edits)
	}
}

// checkEdit sees that an edit has all that keeps it from doing harm.
func checkEdit(t *testing.T, q asked) {
	t.Helper()
	p := q.params
	if q.req.Method != http.MethodPost || p.Get("assert") != "bot" || p.Get("assertuser") != stormBot || p.Get("token") == "" || len(p.Get("md5")) != 32 ||
		p.Get("starttimestamp") == "" || p.Get("maxlag") != "5" || p.Get("watchlist") != "nochange" || p.Has("recreate") || p.Has("section") || p.Has("basetimestamp") {
		t.Errorf("an edit was sent as %s %v", q.req.Method, p)
	}
	change := p.Get("baserevid") != "" && p.Get("nocreate") == "1" && !p.Has("createonly")
	create := p.Get("createonly") == "1" && !p.Has("nocreate") && !p.Has("baserevid")
	if change == create {
		t.Errorf("an edit says neither which revision it changes nor that it makes the page: %v", p)
	}
	if !strings.Contains(p.Get("summary"), "[[User:"+stormBot+"/stop|stop]]") {
		t.Errorf("the summary %q does not link the stop page", p.Get("summary"))
	}
}

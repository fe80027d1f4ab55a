// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds wikis that answer what the bot asks when nothing much happens:
// they keep pages that are edited, and know nothing else.

package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

// farmRules have all that there is on the wiki listed.
const farmRules = `{"version": 2, "enabled": true, "limits": {"per_minute": 0, "per_hour": 0, "per_day": 0},
	"tables": [{"id": "gadgets", "page": "Project:Gadgets", "kinds": ["gadget"]}], "noticeboard": {"page": "Project:Board"}}`

// wikis are those, by name.
type wikis struct {
	siteinfo map[string]any

	mu    sync.Mutex
	pages map[string]page // by wiki and title
	last  int64           // revision
}

type page struct {
	text     string
	revision int64
	user     string
	model    string
}

func newWikis() *wikis {
	text, err := os.ReadFile("../../wikitext/siteinfo.json")
	if err != nil {
		panic(err)
	}
	var info struct{ Query map[string]any }
	if err := json.Unmarshal(text, &info); err != nil {
		panic(err)
	}
	return &wikis{siteinfo: info.Query, pages: map[string]page{}}
}

func (ws *wikis) answer(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	wiki := strings.Split(r.URL.Path, "/")[1]
	ws.mu.Lock()
	defer ws.mu.Unlock()
	answer := ws.reply(wiki, r.Form.Get)
	answer["curtimestamp"] = time.Now().UTC().Format(time.RFC3339)
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(answer)
}

func (ws *wikis) reply(wiki string, get func(string) string) map[string]any {
	query := map[string]any{}
	answer := map[string]any{"batchcomplete": true, "query": query}
	switch {
	case get("action") == "login":
		return map[string]any{"login": map[string]any{"result": "Success", "lgusername": "Steward bot"}}
	case get("action") == "edit":
		ws.last++
		key := wiki + ":" + get("title")
		old := ws.pages[key].revision
		ws.pages[key] = page{get("text"), ws.last, "Steward bot", "wikitext"}
		return map[string]any{"edit": map[string]any{"result": "Success", "title": get("title"), "oldrevid": old, "newrevid": ws.last, "newtimestamp": time.Now().UTC().Format(time.RFC3339)}}
	case get("action") != "query":
		return map[string]any{"error": map[string]string{"code": "unknown_action", "info": "not here"}}
	}
	for _, meta := range strings.Split(get("meta"), "|") {
		switch meta {
		case "tokens":
			query["tokens"] = map[string]string{"logintoken": "a+\\", "csrftoken": "b+\\"}
		case "userinfo":
			query["userinfo"] = map[string]any{"id": 7, "name": "Steward bot", "groups": []string{"bot"}, "rights": []string{"read", "edit", "bot", "apihighlimits", "createpage", "createtalk"}}
		case "siteinfo":
			maps.Copy(query, ws.siteinfo)
			general := maps.Clone(ws.siteinfo["general"].(map[string]any))
			general["wikiid"], general["server"], general["articlepath"] = wiki, "https://example.org", "/wiki/$1"
			query["general"] = general
			if strings.Contains(get("siprop"), "usergroups") {
				query["usergroups"] = []any{map[string]any{"name": "sysop", "rights": []string{"edituserjson", "editsitejson"}}}
			}
		}
	}
	if get("list") == "users" {
		query["users"] = []any{map[string]any{"userid": 1, "name": get("ususers"), "groups": []string{"sysop"}, "rights": []string{"edituserjson"}}}
	}
	if titles := get("titles"); titles != "" {
		var all []any
		for _, title := range strings.Split(titles, "|") {
			all = append(all, ws.page(wiki, title))
		}
		query["pages"] = all
	}
	return answer
}

func (ws *wikis) page(wiki, title string) map[string]any {
	p, ok := ws.pages[wiki+":"+title]
	if strings.HasSuffix(title, "config.json") {
		p, ok = page{farmRules, 1, "Admin", "json"}, true
	}
	namespace := 0
	if prefix, _, found := strings.Cut(title, ":"); found {
		namespace = map[string]int{"User": 2, "User talk": 3, "Project": 4, "MediaWiki": 8}[prefix]
	}
	if !ok {
		return map[string]any{"ns": namespace, "title": title, "missing": true, "actions": map[string]any{"edit": []any{}, "create": []any{}}}
	}
	return map[string]any{
		"ns": namespace, "title": title, "pageid": len(title), "lastrevid": p.revision, "contentmodel": p.model, "actions": map[string]any{"edit": []any{}, "create": []any{}},
		"revisions": []any{map[string]any{
			"revid": p.revision, "parentid": 0, "user": p.user, "timestamp": time.Now().UTC().Add(-time.Hour).Format(time.RFC3339), "comment": fmt.Sprint("of ", wiki),
			"slots": map[string]any{"main": map[string]any{"contentmodel": p.model, "content": p.text}},
		}},
	}
}

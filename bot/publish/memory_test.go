// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds a wiki in memory that keeps histories, merges edits and
// refuses conflicts as MediaWiki does, for more saves than a real one has time
// for.

package publish

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// memory is the wiki. It is no server: its requests come one after the other.
type memory struct {
	bot   string
	pages map[string][]memoryRev
	next  int64
}

type memoryRev struct {
	id, parent          int64
	user, summary, text string
	at                  time.Time
}

func newMemory(bot string) *memory { return &memory{bot: bot, pages: map[string][]memoryRev{}} }

// text is what a page holds, "" if it does not exist.
func (m *memory) text(title string) string {
	if revs := m.pages[title]; len(revs) > 0 {
		return revs[len(revs)-1].text
	}
	return ""
}

// put saves a page as somebody.
func (m *memory) put(title, user, summary, text string) memoryRev {
	m.next++
	r := memoryRev{id: m.next, user: user, summary: summary, text: text, at: time.Now()}
	if revs := m.pages[title]; len(revs) > 0 {
		r.parent = revs[len(revs)-1].id
	}
	m.pages[title] = append(m.pages[title], r)
	return r
}

// serve answers a request.
func (m *memory) serve(q asked) (*http.Response, error) {
	p := q.params
	title := p.Get("titles")
	var answer any
	switch {
	case q.action == "login":
		answer = map[string]any{"login": map[string]any{"result": "Success"}}
	case q.action == "token":
		answer = query("tokens", map[string]any{"csrftoken": memoryToken, "logintoken": "l+\\"})
	case q.action == "edit":
		answer = m.edit(q)
	case p.Get("prop") == "redirects" || p.Get("meta") == "siteinfo":
		answer = query("pages", []any{})
	case strings.HasPrefix(p.Get("prop"), "revisions|info"):
		answer = m.page(title)
	case p.Get("prop") == "revisions":
		answer = m.history(title, p.Get("rvstartid"))
	default:
		answer = failure("test-unknown", p.Encode())
	}
	body, err := json.Marshal(answer)
	if err != nil {
		return nil, err
	}
	return q.answer(200, "application/json", string(body))
}

const memoryToken = "t+\\"

func query(what string, value any) map[string]any {
	return map[string]any{"query": map[string]any{what: value}, "curtimestamp": time.Now().UTC().Format(time.RFC3339)}
}

func failure(code, info string) map[string]any {
	return map[string]any{"error": map[string]any{"code": code, "info": info}}
}

func (m *memory) page(title string) any {
	p := map[string]any{"title": title, "ns": namespaceOf(title), "contentmodel": "wikitext"}
	revs := m.pages[title]
	if len(revs) == 0 {
		p["missing"] = true
	} else {
		p["revisions"] = []any{revs[len(revs)-1].json()}
	}
	return query("pages", []any{p})
}

func (m *memory) history(title, start string) any {
	from, _ := strconv.ParseInt(start, 10, 64)
	var revs []any
	for _, r := range m.pages[title] {
		if r.id >= from {
			revs = append(revs, r.json())
		}
	}
	return query("pages", []any{map[string]any{"title": title, "revisions": revs}})
}

func (r memoryRev) json() any {
	return map[string]any{"revid": r.id, "parentid": r.parent, "user": r.user, "comment": r.summary, "timestamp": r.at.UTC().Format(time.RFC3339),
		"slots": map[string]any{"main": map[string]any{"content": r.text, "contentmodel": "wikitext"}}}
}

// edit saves a page as the API's module of that name does.
func (m *memory) edit(q asked) any {
	p := q.params
	title, text := p.Get("title"), p.Get("text")
	sum := md5.Sum([]byte(text))
	revs := m.pages[title]
	base, _ := strconv.ParseInt(p.Get("baserevid"), 10, 64)
	switch {
	case p.Get("token") != memoryToken:
		return failure("badtoken", "Invalid CSRF token.")
	case p.Get("md5") != hex.EncodeToString(sum[:]):
		return failure("badmd5", "The supplied MD5 hash was incorrect.")
	case p.Get("createonly") == "1" && len(revs) > 0:
		return failure("articleexists", "The page you tried to create has been created already.")
	case p.Get("nocreate") == "1" && len(revs) == 0:
		return failure("missingtitle", "The page you specified doesn't exist.")
	}
	old := int64(0)
	if len(revs) > 0 {
		last := revs[len(revs)-1]
		if old = last.id; base != old && base != 0 { // without a base, MediaWiki overwrites
			i := slices.IndexFunc(revs, func(r memoryRev) bool { return r.id == base })
			if i < 0 {
				return failure("nosuchrevid", "There is no such revision.")
			}
			merged, ok := merge(revs[i].text, text, last.text)
			if !ok {
				return failure("editconflict", "Edit conflict: somebody was quicker.")
			}
			text = merged
		}
	}
	text = strings.ReplaceAll(text, "~~~~", fmt.Sprintf("[[User:%s]] %s", m.bot, time.Now().UTC().Format(time.TimeOnly)))
	result := map[string]any{"result": "Success", "title": title}
	if text == m.text(title) && len(revs) > 0 {
		result["nochange"] = true
	} else {
		r := m.put(title, m.bot, p.Get("summary"), text)
		result["oldrevid"], result["newrevid"], result["newtimestamp"] = old, r.id, r.at.UTC().Format(time.RFC3339)
	}
	return map[string]any{"edit": result}
}

// merge joins two changes of a text by lines, unless they touch. Each is taken
// for one piece, so that more conflicts are seen than diff3 would.
func merge(base, a, b string) (string, bool) {
	if a == b || b == base {
		return a, true
	}
	if a == base {
		return b, true
	}
	lines := strings.Split(base, "\n")
	x, y := pieceOf(lines, strings.Split(a, "\n")), pieceOf(lines, strings.Split(b, "\n"))
	if y.from < x.from {
		x, y = y, x
	}
	if x.to >= y.from {
		return "", false
	}
	return strings.Join(slices.Concat(lines[:x.from], x.lines, lines[x.to:y.from], y.lines, lines[y.to:]), "\n"), true
}

// piece is a change: lines instead of those from from to to.
type piece struct {
	from, to int
	lines    []string
}

func pieceOf(before, after []string) piece {
	from := 0
	for from < len(before) && from < len(after) && before[from] == after[from] {
		from++
	}
	end := 0
	for end < len(before)-from && end < len(after)-from && before[len(before)-1-end] == after[len(after)-1-end] {
		end++
	}
	return piece{from, len(before) - end, after[from : len(after)-end]}
}

// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds events in the shape of the real ones, made up from a seed.

package events

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
)

// corpus makes up events. Equal seeds give equal ones.
type corpus struct {
	rand *rand.Rand
	n    int
}

func newCorpus(seed uint64) *corpus {
	return &corpus{rand: rand.New(rand.NewPCG(seed, seed))}
}

// fields is a JSON object that keeps the order of its members.
type fields []member

type member struct {
	key   string
	value any
}

func (f fields) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, m := range f {
		if i > 0 {
			out.WriteByte(',')
		}
		fmt.Fprintf(&out, "%q:", m.key)
		out.Write(compact(m.value))
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// compact is JSON as the service writes it: no spaces, nothing escaped that need
// not be.
func compact(v any) []byte {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return bytes.TrimSpace(out.Bytes())
}

func pick[T any](c *corpus, from ...T) T { return from[c.rand.IntN(len(from))] }

var teaWords = strings.Fields(`kettle harbour lantern meadow quill amber willow copper velvet saffron Größe žena Чай 茶館
	orchard pebble thimble marble cinder bramble "quoted" back\slash ribbon juniper`)

func (c *corpus) words(n int) string {
	out := make([]string, n)
	for i := range out {
		out[i] = pick(c, teaWords...)
	}
	return strings.Join(out, " ")
}

func (c *corpus) uuid() string {
	c.n++
	return fmt.Sprintf("%08x-aaaa-4bbb-8ccc-%012x", c.rand.Uint32(), c.n)
}

// teaWiki is a wiki as events name it.
type teaWiki struct{ db, domain string }

var teaWikis = []teaWiki{
	{"metawiki", "meta.example.org"}, {"enwiki", "en.wiki.example.org"}, {"dewiki", "de.wiki.example.org"},
	{"commonswiki", "commons.example.org"}, {"wikidatawiki", "data.example.org"}, {"zh_min_nanwiki", "zh-min-nan.wiki.example.org"},
}

var teaSpaces = map[int]string{0: "", 1: "Talk:", 2: "User:", 3: "User talk:", 6: "File:", 8: "MediaWiki:", 10: "Template:", 14: "Category:", 828: "Module:"}

func (c *corpus) title() (int, string) {
	ns := pick(c, 0, 0, 0, 1, 2, 3, 6, 8, 10, 14, 828)
	return ns, teaSpaces[ns] + "The " + strings.NewReplacer(`\`, "", `"`, "").Replace(c.words(1+c.rand.IntN(5)))
}

func (c *corpus) meta(w teaWiki, stream, title string, more ...member) fields {
	return append(fields{
		{"uri", "https://" + w.domain + "/wiki/" + strings.ReplaceAll(title, " ", "_")},
		{"request_id", c.uuid()},
		{"id", c.uuid()},
		{"dt", fmt.Sprintf("2026-05-20T10:%02d:%02d.%03dZ", c.rand.IntN(60), c.rand.IntN(60), c.rand.IntN(1000))},
		{"domain", w.domain},
		{"stream", stream},
		{"topic", pick(c, "eqiad.", "codfw.") + stream},
		{"partition", 0},
		{"offset", 5_553_294_672 + c.n},
	}, more...)
}

// recentChange makes an edit, a new page, a log entry or a categorization.
func (c *corpus) recentChange() []byte {
	w := pick(c, teaWikis...)
	ns, title := c.title()
	comment := c.words(3 + c.rand.IntN(25))
	url := "https://" + w.domain + "/wiki/" + strings.ReplaceAll(title, " ", "_")
	kind := pick(c, "edit", "edit", "edit", "edit", "edit", "new", "log", "log", "categorize")
	f := fields{
		{"$schema", "/mediawiki/recentchange/1.0.0"},
		{"meta", c.meta(w, "mediawiki.recentchange", title)},
		{"id", 2_839_844_572 + c.n},
		{"type", kind},
		{"namespace", ns},
		{"title", title},
		{"title_url", url},
		{"comment", comment},
		{"timestamp", 1_779_271_200 + c.rand.IntN(3600)},
		{"user", strings.ReplaceAll(c.words(2), `"`, "")},
		{"bot", pick(c, true, false)},
		{"notify_url", fmt.Sprintf("https://%s/w/index.php?diff=%d&oldid=%d&rcid=%d", w.domain, 1_026_187_021+c.n, 711_357_579+c.n, 2_839_844_572+c.n)},
	}
	switch kind {
	case "edit":
		f = append(f, fields{
			{"minor", pick(c, true, false)}, {"patrolled", true},
			{"length", fields{{"old", c.rand.IntN(9999)}, {"new", c.rand.IntN(9999)}}},
			{"revision", fields{{"old", 711_357_579 + c.n}, {"new", 1_026_187_021 + c.n}}},
		}...)
	case "new":
		f = append(f, fields{
			{"minor", false}, {"patrolled", false},
			{"length", fields{{"new", c.rand.IntN(9999)}}}, {"revision", fields{{"new", 1_026_187_021 + c.n}}},
		}...)
	case "log":
		f = append(f, c.logEntry()...)
	}
	f = append(f, fields{
		{"server_url", "https://" + w.domain}, {"server_name", w.domain}, {"server_script_path", "/w"}, {"wiki", w.db},
		{"parsedcomment", fmt.Sprintf(`%s <a href="%s" title="%s">%s</a> %s`, comment, url, title, title, c.words(10))},
	}...)
	return compact(f)
}

func (c *corpus) logEntry() fields {
	_, target := c.title()
	entry := pick(c,
		fields{{"log_type", "move"}, {"log_action", pick(c, "move", "move_redir")}, {"log_params", fields{{"target", target}, {"noredir", "0"}}}},
		fields{{"log_type", "move"}, {"log_action", "move"}, {"log_params", pick[any](c, []string{target, "1"}, target+"\n1", []string{})}},
		fields{{"log_type", "delete"}, {"log_action", pick(c, "delete", "delete_redir", "restore", "event")}, {"log_params", []string{}}},
		fields{{"log_type", "delete"}, {"log_action", "revision"}, {"log_params", fields{{"type", "revision"}, {"ids", []any{pick[any](c, 7, "8")}}, {"ofield", 0}, {"nfield", 1}}}},
		fields{{"log_type", "newusers"}, {"log_action", "create"}, {"log_params", fields{{"userid", 47_019_178}}}},
		fields{{"log_type", "abusefilter"}, {"log_action", "hit"}, {"log_params", fields{{"action", "edit"}, {"filter", 79}, {"actions", "tag"}, {"log", 11_639_581}}}},
		fields{{"log_type", "protect"}, {"log_action", "protect"}, {"log_params", fields{{"details", []fields{{{"type", "edit"}, {"level", "sysop"}, {"expiry", "infinity"}}}}}}},
	)
	return append(fields{{"log_id", 161_650_906 + c.n}}, append(entry, member{"log_action_comment", c.words(8)})...)
}

// pageChange makes any kind of page_change.
func (c *corpus) pageChange() []byte {
	w := pick(c, teaWikis...)
	ns, title := c.title()
	kind := pick(c, "edit", "edit", "edit", "edit", "create", "move", "delete", "undelete", "visibility_change")
	key := strings.ReplaceAll(title, " ", "_")
	id := 9476 + c.n
	f := fields{
		{"changelog_kind", "update"}, {"page_change_kind", kind}, {"dt", "2026-05-20T10:00:00Z"}, {"wiki_id", w.db},
		{"page", fields{{"page_id", id}, {"page_title", key}, {"namespace_id", ns}, {"is_redirect", false}, {"namespace_is_content", ns == 0}}},
	}
	if c.rand.IntN(10) > 0 {
		f = append(f, member{"performer", c.performer(w)}, member{"comment", c.words(6)})
	}
	f = append(f, member{"revision", c.revision(w)})
	switch kind {
	case "edit":
		f = append(f, member{"prior_state", fields{{"revision", c.revision(w)}}})
	case "move":
		ns, old := c.title()
		f = append(f, member{"prior_state", fields{
			{"page", fields{{"page_id", id}, {"page_title", strings.ReplaceAll(old, " ", "_")}, {"namespace_id", ns}, {"is_redirect", false}}},
			{"revision", c.revision(w)},
		}})
	}
	f = append(f, member{"$schema", pick(c, "/mediawiki/page/change/1.12.0", "/mediawiki/page/change/1.1.0")},
		member{"meta", c.meta(w, "mediawiki.page_change.v1", title, member{"key", fields{{"wiki_id", w.db}, {"page_id", id}}})})
	return compact(f)
}

func (c *corpus) performer(w teaWiki) fields {
	if c.rand.IntN(20) == 0 {
		return nil // taken out, an empty object
	}
	return fields{
		{"user_text", strings.ReplaceAll(c.words(2), `"`, "")},
		{"groups", []string{"steward", "sysop", "translationadmin", "*", "user", "autoconfirmed"}},
		{"is_temp", c.rand.IntN(9) == 0}, {"wiki_id", w.db}, {"first_edit_dt", "2009-02-01T16:49:37Z"},
		{"user_id", c.rand.IntN(1e6)}, {"edit_count", c.rand.IntN(1e5)}, {"registration_dt", "2009-01-27T21:38:52Z"},
		{"user_central_id", c.rand.IntN(1e7)}, {"is_bot", c.rand.IntN(4) == 0}, {"is_system", false},
	}
}

func (c *corpus) revision(w teaWiki) fields {
	slots := fields{c.slot("main")}
	if c.rand.IntN(5) == 0 {
		slots = append(slots, c.slot("mediainfo"))
	}
	return fields{
		{"rev_id", 31_091_488 + c.n}, {"rev_dt", "2026-05-20T10:00:00Z"}, {"is_minor_edit", pick(c, true, false)},
		{"rev_sha1", "3rvgz4k2nvbc2ug9c49uj120aprcqtw"}, {"rev_size", c.rand.IntN(1e6)}, {"rev_parent_id", 31_091_436 + c.n},
		{"comment", c.words(8 + c.rand.IntN(10))},
		{"is_content_visible", true}, {"is_editor_visible", c.rand.IntN(9) > 0}, {"is_comment_visible", c.rand.IntN(9) > 0},
		{"editor", c.performer(w)}, {"content_slots", slots},
	}
}

func (c *corpus) slot(role string) member {
	return member{role, fields{
		{"slot_role", role}, {"content_model", pick(c, "wikitext", "javascript", "json")}, {"content_sha1", "3rvgz4k2nvbc2ug9c49uj120aprcqtw"},
		{"content_size", c.rand.IntN(1e6)}, {"content_format", "text/x-wiki"}, {"origin_rev_id", 31_091_488 + c.n},
	}}
}

// some makes n events with make, and tells how many bytes they have.
func some(n int, make func() []byte) (all [][]byte, size int) {
	for range n {
		data := make()
		all = append(all, data)
		size += len(data)
	}
	return all, size
}

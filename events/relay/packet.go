// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the way from a packet of RCFeed to an event of the
// recentchange stream: what MediaWiki's feed leaves out is added, in the form
// that Wikimedia's own services give it.

package relay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"
)

const (
	streamName = "mediawiki.recentchange"
	schema     = "/mediawiki/recentchange/1.0.1"
)

// topics are the Kafka topics that the stream is made of, one a data centre.
var topics = [2]string{"eqiad." + streamName, "codfw." + streamName}

// event is an event on its way, as JSON reads and writes it.
type event map[string]any

// parsePacket reads a packet and takes out its nulls, which the schema does not
// allow. A feed whose address has a path puts that path before each packet.
func parsePacket(packet []byte) (event, error) {
	start := bytes.IndexByte(packet, '{')
	if start < 0 {
		return nil, errors.New("read packet: no JSON object")
	}
	dec := json.NewDecoder(bytes.NewReader(packet[start:]))
	dec.UseNumber()
	var e event
	if err := dec.Decode(&e); err != nil {
		return nil, fmt.Errorf("read packet: %w", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("read packet: more than one JSON value")
	}
	if e.text("type") == "" || e.text("wiki") == "" {
		return nil, errors.New("read packet: not a change of a wiki")
	}
	dropNulls(e)
	return e, nil
}

// dropNulls takes the nulls out of a JSON value, however deep, and returns it.
func dropNulls(v any) any {
	switch v := v.(type) {
	case event:
		dropNulls(map[string]any(v))
	case map[string]any:
		for key, inner := range v {
			if inner == nil {
				delete(v, key)
				continue
			}
			v[key] = dropNulls(inner)
		}
	case []any:
		kept := v[:0]
		for _, inner := range v {
			if inner != nil {
				kept = append(kept, dropNulls(inner))
			}
		}
		return kept
	}
	return v
}

// text is the string under a key, "" if there is none.
func (e event) text(key string) string {
	s, _ := e[key].(string)
	return s
}

// number is the number under a path of keys, as text; "" if there is none.
func (e event) number(path ...string) string {
	var v any = map[string]any(e)
	for _, key := range path {
		m, _ := v.(map[string]any)
		v = m[key]
	}
	switch v := v.(type) {
	case json.Number:
		return v.String()
	case string: // some database drivers of PHP give numbers as strings
		return v
	}
	return ""
}

// complete adds the fields that a feed does not have. Those that a newer
// MediaWiki sends stay as they are.
func (e event) complete(articlePath string) {
	script := strings.TrimSuffix(e.text("server_script_path"), "/")
	if articlePath == "" {
		articlePath = script + "/index.php?title=$1"
		if script == "/w" {
			articlePath = "/wiki/$1"
		}
	}
	pages := e.text("server_url") + articlePath
	address := pageURL(pages, e.text("title"))
	if e.text("title_url") == "" {
		e["title_url"] = address
	}
	if notify := e.notifyURL(e.text("server_url") + script); notify != "" && e.text("notify_url") == "" {
		e["notify_url"] = notify
	}
	if _, ok := e["parsedcomment"]; !ok {
		e["parsedcomment"] = parseComment(e.text("comment"), pages)
	}
	e["$schema"] = schema
	e["meta"] = map[string]any{
		"uri":        e.text("title_url"),
		"request_id": uuid.NewString(),
		"id":         uuid.NewString(),
		"domain":     e.text("server_name"),
		"stream":     streamName,
	}
}

// notifyURL is the address of the change: its difference to the revision
// before, or the first revision of a page. Log entries have none. The row's id
// is in it where patrolling is on.
func (e event) notifyURL(scripts string) string {
	now, before := e.number("revision", "new"), e.number("revision", "old")
	if now == "" {
		return ""
	}
	query := "oldid=" + url.QueryEscape(now)
	if e.text("type") == "edit" {
		query = "diff=" + url.QueryEscape(now) + "&oldid=" + url.QueryEscape(before)
	}
	if _, ok := e["patrolled"]; ok {
		query += "&rcid=" + url.QueryEscape(e.number("id"))
	}
	return scripts + "/index.php?" + query
}

// pageURL puts a title into a pattern such as https://wiki.example/wiki/$1.
func pageURL(pattern, title string) string {
	title = strings.ReplaceAll(title, " ", "_")
	escaped := url.PathEscape(title)
	if strings.Contains(pattern, "?") {
		escaped = url.QueryEscape(title)
	}
	escaped = strings.NewReplacer("%2F", "/", "%3A", ":", "%2C", ",", "%3B", ";", "%28", "(", "%29", ")", "%40", "@", "%21", "!").Replace(escaped)
	return strings.ReplaceAll(pattern, "$1", escaped)
}

// newCanary is an artificial event, which has nothing but meta.
func newCanary() event {
	return event{
		"$schema": schema,
		"meta": map[string]any{
			"uri":        "https://canary/canary",
			"request_id": uuid.NewString(),
			"id":         uuid.NewString(),
			"domain":     "canary",
			"stream":     streamName,
		},
	}
}

// encode writes the event with its place in a topic.
func (e event) encode(topic int, offset int64, at time.Time) ([]byte, error) {
	meta := e["meta"].(map[string]any) // complete and newCanary have set it
	meta["dt"] = at.UTC().Format("2006-01-02T15:04:05.000Z")
	meta["topic"] = topics[topic]
	meta["partition"] = 0
	meta["offset"] = offset
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(map[string]any(e)); err != nil {
		return nil, fmt.Errorf("encode event: %w", err)
	}
	return bytes.TrimSpace(out.Bytes()), nil
}

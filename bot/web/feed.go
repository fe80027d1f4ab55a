// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the Atom feed of new mentions of items that nobody looks
// after (RFC 4287).

package web

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"time"

	"github.com/google/uuid"
)

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Sub     string      `xml:"subtitle"`
	Updated string      `xml:"updated"`
	Links   []atomLink  `xml:"link"`
	Author  atomAuthor  `xml:"author"`
	Made    string      `xml:"generator"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomAuthor struct {
	Name string `xml:"name"`
}

type atomEntry struct {
	ID        string         `xml:"id"`
	Title     string         `xml:"title"`
	Updated   string         `xml:"updated"`
	Published string         `xml:"published"`
	Author    *atomAuthor    `xml:"author"`
	Links     []atomLink     `xml:"link"`
	Category  []atomCategory `xml:"category"`
	Content   atomText       `xml:"content"`
}

type atomCategory struct {
	Term string `xml:"term,attr"`
}

// atomText is plain text: nothing in it is markup for any reader.
type atomText struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

// feed writes a feed of mentions, newest first. Base is the site's own address
// without a slash at the end, "" if that is not known.
func feed(base, wiki, key string, list []mention, state time.Time) ([]byte, error) {
	query := params("wiki", wiki, "key", key)
	f := atomFeed{
		Lang:    "en",
		ID:      uuid.NewSHA1(mentionSpace, []byte("feed\x00"+wiki+"\x00"+key)).URN(),
		Title:   "Mentions without a steward" + about(wiki, key),
		Sub:     "New mentions of extensions, skins, gadgets, user scripts and tools that have no steward who answers. If you can answer, please do so where the question was asked.",
		Updated: stamp(state),
		Author:  atomAuthor{"codesteward"},
		Made:    "codesteward",
		Links: []atomLink{
			{"self", "application/atom+xml", base + "/mentions.atom" + query},
			{"alternate", "text/html", base + "/mentions" + query},
		},
	}
	if len(list) > 0 {
		f.Updated = stamp(list[0].Time)
	}
	for _, m := range list {
		place := m.Title
		if m.Section != "" {
			place += " § " + m.Section
		}
		e := atomEntry{
			ID: m.ID, Title: fmt.Sprintf("%s (%s, %s) on %s", m.Name, m.Kind, m.Verdict, place), Updated: stamp(m.Time), Published: stamp(m.Time),
			Links:    []atomLink{{"related", "text/html", base + "/item" + params("key", m.Item, "wiki", m.Wiki)}},
			Category: []atomCategory{{m.Kind}, {m.Verdict}, {m.Wiki}},
			Content:  atomText{"text", fmt.Sprintf("%s was mentioned in %s on %s.", m.Name, place, m.Wiki)},
		}
		alternate := string(m.URL)
		if alternate == "" {
			alternate = base + "/item" + params("key", m.Item, "wiki", m.Wiki)
		}
		e.Links = append(e.Links, atomLink{"alternate", "text/html", alternate})
		if m.User != "" {
			e.Author = &atomAuthor{m.User}
		}
		if m.Quote != "" {
			e.Content.Text += " “" + m.Quote + "”"
		}
		f.Entries = append(f.Entries, e)
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	if err := xml.NewEncoder(&b).Encode(f); err != nil {
		return nil, fmt.Errorf("write feed: %w", err) // unreachable
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

func about(wiki, key string) string {
	switch {
	case wiki == "" && key == "":
		return ""
	case key == "":
		return ": " + wiki
	case wiki == "":
		return ": " + key
	}
	return ": " + key + " on " + wiki
}

// stamp is a time as RFC 3339 has it. One that is not known is the beginning of
// time.
func stamp(t time.Time) string {
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	return t.UTC().Format(time.RFC3339)
}

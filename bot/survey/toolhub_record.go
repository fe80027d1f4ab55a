// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the records of tools, as Toolhub and Striker write them: the
// toolinfo schema 1.2 with what Toolhub adds, and what becomes of them.

package survey

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// What of a record is kept, in bytes and in numbers.
const (
	maxTitle       = 255
	maxDescription = 2000
	maxWord        = 100
	maxKeywords    = 50
	maxAuthors     = 30
	maxToolName    = 255
)

// toolinfo is a record. Fields that nobody here needs may be of any shape.
type toolinfo struct {
	Name, Title, Description, URL string
	Keywords                      textList
	Author                        personList
	License                       string
	CreatedDate                   time.Time `json:"created_date"`
	ModifiedDate                  time.Time `json:"modified_date"`
	toolfacts
	// Annotations are what the community added, in Toolhub alone.
	Annotations toolfacts

	listed string // the name as the list has it
}

// toolfacts are the fields that a record and its annotations both have.
type toolfacts struct {
	Deprecated    bool
	ReplacedBy    string `json:"replaced_by"`
	Experimental  bool
	ToolType      string `json:"tool_type"`
	Repository    string
	UserDocs      linkList `json:"user_docs_url"`
	DeveloperDocs linkList `json:"developer_docs_url"`
}

// textList is a list of texts; older records have one text with commas.
type textList []string

func (l *textList) UnmarshalJSON(b []byte) error {
	if b[0] != '"' {
		return json.Unmarshal(b, (*[]string)(l))
	}
	var text string
	err := json.Unmarshal(b, &text)
	*l = strings.Split(text, ",")
	return err
}

// toolPerson is an author. The field email is not even read.
type toolPerson struct {
	Name          string
	WikiUsername  string `json:"wiki_username"`
	DeveloperName string `json:"developer_username"`
}

// personList is a list of authors; older records have their names as one text
// with commas.
type personList []toolPerson

func (l *personList) UnmarshalJSON(b []byte) error {
	if b[0] == '[' || b[0] == 'n' {
		return json.Unmarshal(b, (*[]toolPerson)(l))
	}
	var names textList
	err := json.Unmarshal(b, &names)
	for _, name := range names {
		*l = append(*l, toolPerson{Name: name})
	}
	return err
}

// linkList are the addresses of pages in several languages: an address, or one
// or more with their language.
type linkList []toolLink

type toolLink struct{ URL, Language string }

func (l *linkList) UnmarshalJSON(b []byte) error {
	switch b[0] {
	case '[', 'n':
		var each []json.RawMessage
		if err := json.Unmarshal(b, &each); err != nil {
			return err
		}
		for _, one := range each {
			var link toolLink
			if err := link.read(one); err != nil {
				return err
			}
			*l = append(*l, link)
		}
		return nil
	}
	var link toolLink
	err := link.read(b)
	*l = linkList{link}
	return err
}

func (l *toolLink) read(b []byte) error {
	if bytes.HasPrefix(bytes.TrimSpace(b), []byte(`"`)) {
		return json.Unmarshal(b, &l.URL)
	}
	return json.Unmarshal(b, l)
}

// address is the page in English, else the first, "" if there is none.
func (l linkList) address() string {
	first := ""
	for _, link := range l {
		address := keptAddress(link.URL)
		if address != "" && strings.HasPrefix(strings.ToLower(link.Language), "en") {
			return address
		}
		first = cmp.Or(first, address)
	}
	return first
}

// toolSlug is a name as Toolhub gives them: letters, digits and signs that need
// no escape.
var toolSlug = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{M}\p{N}_.-]*$`)

// toolKey makes the key of the tool that Toolhub lists under a name; ok is
// false for a name that Toolhub cannot give.
func toolKey(name string) (key registry.Key, ok bool) {
	key = registry.NewKey(detect.Tool, "", "toolhub:"+name)
	bare := strings.TrimPrefix(name, toolforgePrefix)
	return key, toolSlug.MatchString(bare) && len(key.Name()) <= maxToolName && !hasMail(name)
}

// toolforgePrefix marks the names of Toolforge's tools in Toolhub.
const toolforgePrefix = "toolforge-"

// item makes an item of a record. What the record itself says counts, else what
// the community added; warnings count whoever gives them.
func (t toolinfo) item(key registry.Key) registry.Item {
	core, more := t.toolfacts, t.Annotations
	item := registry.Item{
		Key:     key,
		Name:    cmp.Or(keptText(t.Title, maxTitle), key.Name()),
		URL:     keptAddress(t.URL),
		Changed: t.ModifiedDate,
		Details: registry.Details{
			Title:       keptText(t.Title, maxTitle),
			Description: keptText(t.Description, maxDescription),
			Keywords:    keptWords(t.Keywords, maxKeywords),
			Type:        keptText(cmp.Or(core.ToolType, more.ToolType), maxWord),
			Licence:     keptText(t.License, maxWord),
			Docs: cmp.Or(core.UserDocs.address(), more.UserDocs.address(),
				core.DeveloperDocs.address(), more.DeveloperDocs.address()),
			Repository:   cmp.Or(keptAddress(core.Repository), keptAddress(more.Repository)),
			Authors:      t.Author.names(),
			Experimental: core.Experimental || more.Experimental,
			Deprecated:   core.Deprecated || more.Deprecated,
			ReplacedBy:   cmp.Or(keptReplacement(core.ReplacedBy), keptReplacement(more.ReplacedBy)),
		},
	}
	if item.ReplacedBy == item.URL || strings.HasSuffix(item.ReplacedBy, "toolhub.wikimedia.org/tools/"+t.Name) {
		item.ReplacedBy = "" // by itself
	}
	item.Aliases = t.aliases(item)
	return item
}

// keptReplacement is what took a tool's place: an address, or a name.
func keptReplacement(s string) string {
	if strings.Contains(s, "://") {
		return keptAddress(s)
	}
	return keptText(s, maxTitle)
}

// aliases are the other names of a tool: that in Toolhub, the title of its page
// on Wikitech, and the key of the gadget or user script that it is.
func (t toolinfo) aliases(item registry.Item) []string {
	var out []string
	add := func(alias string) {
		if alias != "" && len(alias) <= maxToolName && alias != item.Name {
			out = append(out, alias)
		}
	}
	add(t.Name)
	if t.listed != t.Name {
		add(keptText(t.listed, maxTitle))
	}
	for _, address := range []string{item.URL, item.Docs, item.Repository} {
		add(wikitechTitle(address))
	}
	if item.Type != "gadget" && item.Type != "user script" {
		return out
	}
	for _, address := range []string{item.URL, item.Repository} {
		if key, ok := scriptAt(address); ok {
			add(string(key))
		}
	}
	return out
}

// wikitechTitle returns the title of a tool's page on Wikitech, such as
// "Tool:IA Upload"; "" for other addresses.
func wikitechTitle(address string) string {
	u, err := url.Parse(address)
	if err != nil || !strings.EqualFold(u.Host, "wikitech.wikimedia.org") {
		return ""
	}
	title, ok := strings.CutPrefix(u.Path, "/wiki/Tool:")
	title, _, _ = strings.Cut(strings.TrimSpace(strings.ReplaceAll(title, "_", " ")), "/")
	if title = keptText(title, maxTitle); !ok || title == "" {
		return ""
	}
	return "Tool:" + title
}

// scriptAt returns the key of the gadget or user script whose page on a wiki an
// address leads to.
func scriptAt(address string) (key registry.Key, ok bool) {
	if address == "" {
		return "", false
	}
	// An address is found in text as detectors find it.
	for _, m := range detect.New(detect.Options{}).Mentions(detect.Change{After: "[" + address + "]"}) {
		if (m.Kind == detect.Gadget || m.Kind == detect.UserScript) && m.Wiki != "" {
			return registry.NewKey(m.Kind, m.Wiki, m.Name), true
		}
	}
	return "", false
}

// names are the names of authors as a hint for people, without e-mail
// addresses.
func (l personList) names() []string {
	var out []string
	for _, p := range l {
		out = append(out, cmp.Or(keptText(p.Name, maxWord), keptText(p.WikiUsername, maxWord), keptText(p.DeveloperName, maxWord)))
	}
	return keptWords(out, maxAuthors)
}

// account is the name of the author's account on the wikis, "" if the record
// gives none that can be one.
func (p toolPerson) account() string {
	name := visibleText(p.WikiUsername)
	if rest, ok := strings.CutPrefix(name, "User:"); ok {
		name = strings.TrimSpace(rest)
	}
	if name == "" || len(name) > maxToolName || hasMail(name) || strings.ContainsAny(name, "#<>[]|{}/@:") {
		return ""
	}
	return wikitext.NormalizeTitle(name)
}

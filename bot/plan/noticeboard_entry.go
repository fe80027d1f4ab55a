// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds an entry of the noticeboard: what it says, and how that is
// found on the page and taken out again.

package plan

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// BoardEntry is one mention on the noticeboard, or one proposal.
type BoardEntry struct {
	// Anchor is the id that the entry carries on the page, and by which it is
	// found again.
	Anchor string
	Time   time.Time
	// Line is the entry's wikitext without its anchor.
	Line string
	// Heading is the line above its month, where there is none yet.
	Heading string
	// Ping is the line below it that pings people, signed; "" where it pings
	// nobody.
	Ping string
}

const (
	// entryEnd is where the bot's words in an entry end. What people add to the
	// line stands behind it.
	entryEnd = "<!-- cs end -->"
	// takenBackMark is on an entry whose text was taken back.
	takenBackMark = "<!-- cs back -->"
	// The names that an entry pings stand between these.
	pingMark, pingEnd = "<!-- cs ping -->", "<!-- cs ping end -->"
	// mostPings is how many people one edit pings. Beyond 50 Echo pings nobody.
	mostPings = 10
)

// anchorMark is what the page holds where the entry with an anchor stands.
func anchorMark(anchor string) string { return `<span id="` + anchor + `"></span>` }

// HasEntry reports whether the entry with an anchor stands in a text.
func HasEntry(text, anchor string) bool { return strings.Contains(text, anchorMark(anchor)) }

func (e BoardEntry) mark() string { return anchorMark(e.Anchor) }

// text is the entry as it is added to the page.
func (e BoardEntry) text() string {
	text := "* " + e.mark() + e.Line + entryEnd + "\n"
	if e.Ping != "" {
		text += e.Ping + "\n"
	}
	return text
}

// BoardKey is the key of a mention's entry on the noticeboard. It is made from
// the name as written: what that name stands for may change.
func BoardKey(m registry.Mention) string {
	b := make([]byte, 0, 128) // as there are many
	b = append(b, "board/"...)
	b = append(b, m.Wiki...)
	b = append(b, '/')
	b = append(b, m.As...)
	b = append(b, '/')
	b = strconv.AppendInt(b, m.Revision, 10)
	b = append(b, '/')
	return string(append(b, sectionHash(m.Section)...))
}

// sectionHash tells the sections of one revision apart; headings have any
// length and any characters.
func sectionHash(section string) string {
	h := fnv.New32a()
	h.Write([]byte(section))
	var sum [4]byte
	return hex.EncodeToString(h.Sum(sum[:0]))
}

// boardEntry is the entry of a mention as it would be written now. Users are
// linked only where nobody is pinged with the same edit.
func boardEntry(in Input, e registry.Entry, m registry.Mention, verdict registry.Verdict, linked bool) BoardEntry {
	item := wikitext.Escape(m.Name)
	if e.Item.Name != "" {
		item = itemLink(e.Item)
	}
	item = isolated(in.Words, item)
	kind := in.Words.Text("words-kind-" + string(m.Kind))
	entry := BoardEntry{Anchor: Anchor(m), Time: m.Time, Heading: monthOf(m.Time).heading(in.Words)}
	switch {
	case m.Redacted:
		entry.Line = in.Words.Text("board-hidden", item, kind)
		return entry
	case !m.Withdrawn.IsZero():
		entry.Line = takenBackMark + in.Words.Text("board-taken-back", item, kind, isolated(in.Words, revisionOf(m.Title, m.Revision)), momentIn(in.Words, m.Time))
		return entry
	}
	line := in.Words.Text("board-entry", item, kind, boardVerdict(in.Words, verdict), isolated(in.Words, sectionLink(m.Title, m.Section, m.Revision)), byline(in, m.User, linked), momentIn(in.Words, m.Time))
	if beside := besideLinks(in.Site, m.Aux); beside != "" {
		line += "; " + in.Words.Text("board-beside", isolated(in.Words, beside))
	}
	if quote := quote(m.Snippet); quote != "" {
		line += ". " + in.Words.Text("board-quote", isolated(in.Words, quote))
	}
	entry.Line = line
	return entry
}

// boardVerdict is a verdict in words, as far as there are any.
func boardVerdict(words *messages.Set, verdict registry.Verdict) string {
	if name := "words-verdict-" + string(verdict); messages.Has(name) {
		return words.Text(name)
	}
	return string(verdict)
}

func byline(in Input, user string, linked bool) string {
	switch {
	case user == "":
		return in.Words.Text("board-user-hidden")
	case linked:
		return isolated(in.Words, userLink(user))
	}
	return nameIn(in.Words, user)
}

// revisionOf is a permanent link. What the page was called then stays its label,
// wherever it goes.
func revisionOf(title string, revision int64) string {
	return fmt.Sprintf("[[Special:PermanentLink/%d|%s]]", revision, wikitext.Escape(title))
}

// sectionLink is a permanent link to a section.
func sectionLink(title, section string, revision int64) string {
	if section == "" {
		return revisionOf(title, revision)
	}
	where := wikitext.Escape(title) + " § " + wikitext.Escape(mail.ReplaceAllString(section, "…"))
	target := fmt.Sprintf("Special:PermanentLink/%d", revision)
	if !mail.MatchString(section) {
		target += "#" + fragment(section)
	}
	return fmt.Sprintf("[[%s|%s]]", target, where)
}

var (
	taskName   = regexp.MustCompile(`^T[0-9]{1,9}$`)
	changeName = regexp.MustCompile(`^gerrit:[0-9]{1,9}$`)
)

// besideLinks shows tasks and changes, as links where the wiki has a prefix for
// them.
func besideLinks(site Site, names []string) string {
	var all []string
	for _, name := range names {
		number := strings.TrimPrefix(name, "gerrit:")
		switch {
		case taskName.MatchString(name) && site.TaskPrefix != "":
			name = fmt.Sprintf("[[%s%s|%s]]", site.TaskPrefix, name, name)
		case changeName.MatchString(name) && site.ChangePrefix != "":
			name = fmt.Sprintf("[[%s%s|%s]]", site.ChangePrefix, number, name)
		default:
			name = wikitext.Escape(name)
		}
		all = append(all, name)
	}
	return strings.Join(all, ", ")
}

// pingLine is the line below an entry that pings users. The wiki makes a
// signature of its end, without which nobody would be pinged.
func pingLine(words *messages.Set, users []string) string {
	var links []string
	for _, user := range users {
		if titleSafe(user) && len(links) < mostPings {
			links = append(links, "[[User:"+user+"|"+wikitext.Escape(user)+"]]")
		}
	}
	if len(links) == 0 {
		return ""
	}
	return "*: " + words.Text("board-ping", pingMark+strings.Join(links, ", ")+pingEnd) + " ~~~~"
}

var (
	pinged   = regexp.MustCompile(regexp.QuoteMeta(pingMark) + `[^\n]*?` + regexp.QuoteMeta(pingEnd))
	pingLink = regexp.MustCompile(`\[\[[^\[\]|]*\|([^\[\]]*)\]\]`)
)

// withoutPings turns the links of the bot's pings into names: the edit that moves
// them is the bot's as well as the signature, so it would ping again.
func withoutPings(text string) string {
	return pinged.ReplaceAllStringFunc(text, func(names string) string { return pingLink.ReplaceAllString(names, "$1") })
}

// leadingStrike are the tags with which people strike an entry from its first
// word on.
var leadingStrike = regexp.MustCompile(`^\s*(?:(?i:<(?:s|strike|del)(?:\s[^<>]*)?>)\s*)+`)

// redact gives entries that stand in a text other words. What people wrote before
// and behind the bot's words stays.
func redact(text string, entries []BoardEntry) string {
	for _, e := range entries {
		for from := 0; ; {
			n := strings.Index(text[from:], e.mark())
			if n < 0 {
				break
			}
			from += n + len(e.mark())
			own := ownWords(text[from:])
			strike := leadingStrike.FindString(own)
			line := strike + e.Line + entryEnd
			text = text[:from] + line + text[from+len(own):]
			from += len(line)
		}
	}
	return text
}

// ownWords is the bot's part of what follows the anchor of an entry.
func ownWords(rest string) string {
	line, _, _ := strings.Cut(rest, "\n")
	until := len(rest)
	if next := entryAnchor.FindStringIndex(rest); next != nil {
		until = next[0]
	}
	if n := strings.Index(rest[:until], entryEnd); n >= 0 {
		return rest[:n+len(entryEnd)]
	}
	line = line[:min(len(line), until)]
	// An entry from before there was a mark at the end ends with a quote, or with
	// its time.
	for _, end := range []string{"”", " UTC"} {
		if n := strings.LastIndex(line, end); n >= 0 {
			return line[:n+len(end)]
		}
	}
	return line
}

// summaryNames are the names of items in an edit summary.
func summaryNames(names []string) string {
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}

// nameOf is what an item is called, or what was written where it is none.
func nameOf(e registry.Entry, m registry.Mention) string { return cmp.Or(e.Item.Name, m.Name) }

// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds talk-page messages to stewards, and who gets one.

package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// Message is a new section at the end of a user's talk page.
type Message struct {
	// Key is written into the message, invisibly, so that it can be found.
	Key     string
	Heading string
	// Body is wikitext that ends with a signature.
	Body string
}

// messageAge is how old a mention may be to be told of. When messages are
// switched on, or the bot was stopped, the past is not made up for.
const messageAge = 7 * 24 * time.Hour

// messagePages plans the messages that are due: to each user whose claim to be
// the steward of an item is confirmed, once in a week for an item, when
// somebody else mentions it. Of several mentions the oldest is told.
func messagePages(in Input) []Page {
	if in.Rules.Notices == nil || !in.Rules.Notices.Talk || in.Pending[registry.CellsSource] {
		return nil // who has stepped down meanwhile must not be written to
	}
	entries := entriesByKey(in.View)
	type reader struct {
		item registry.Key
		user string
	}
	planned := map[reader]bool{}
	var pages []Page
	for _, m := range slices.Backward(in.View.Mentions) {
		age := in.Now.Sub(m.Time)
		if m.Redacted || age < minutes(in.Rules.Notices.SettleMinutes) || age > messageAge {
			continue
		}
		e := entries[m.Item]
		for _, c := range e.Claims {
			if c.Role != registry.Steward || c.Standing != registry.Confirmed || c.HolderKind != registry.User {
				continue
			}
			key, to := MessageKey(m, c.Holder), reader{m.Item, c.Holder}
			if c.Holder == m.User || m.Time.Before(c.Evidence.Time) || planned[to] || sent(in.View, key) {
				continue
			}
			planned[to] = true
			page := messagePage(e, m, c, key)
			page.Seen = !in.Rules.Notices.BotFlag
			pages = append(pages, page)
		}
	}
	return pages
}

// MessageKey is the key of the message about an item to a user in the ISO week
// of the mention.
func MessageKey(m registry.Mention, user string) string {
	year, week := m.Time.UTC().ISOWeek()
	return fmt.Sprintf("notice/%s/%s/%d-W%02d/User:%s", m.Wiki, m.Item, year, week, user)
}

func messagePage(e registry.Entry, m registry.Mention, c registry.Claim, key string) Page {
	name := wikitext.Escape(e.Item.Name)
	where := fmt.Sprintf("[[Special:PermanentLink/%d|%s]]", m.Revision, wikitext.Escape(m.Title))
	body := fmt.Sprintf("%s was mentioned in %s on %s", itemLink(e.Item), where, m.Time.UTC().Format(time.DateOnly))
	if quote := quote(m.Snippet); quote != "" {
		body += ": “" + quote + "”"
	}
	body += ".\n\n" +
		fmt.Sprintf("You get this message because you entered yourself as steward of %s in [[Special:Diff/%d|%s]]. ", name, c.Evidence.Revision, wikitext.Escape(c.Evidence.Page)) +
		"If somebody needs an answer, please give it there. To step down, take your name out of that table. " +
		"To get no such messages, put <code><nowiki>{{nobots}}</nowiki></code> on this page. ~~~~"
	message := Message{Key: key, Heading: name + " was mentioned", Body: body}
	return Page{
		Title:     "User talk:" + c.Holder,
		Scope:     Notices,
		Summary:   "message to the steward of " + e.Item.Name + ", which was mentioned in " + m.Title,
		Changes:   []Change{message},
		MayCreate: true,
		Notices:   []Notice{{Key: key, Mark: message.mark()}},
	}
}

// Apply adds the message at the end, unless its key is on the page.
func (m Message) Apply(text string) (string, error) {
	mark := m.mark()
	if strings.Contains(text, mark) {
		return text, nil
	}
	if text = strings.TrimRight(text, "\n"); text != "" {
		text += "\n\n"
	}
	return text + "== " + m.Heading + " ==\n" + mark + "\n" + m.Body, nil
}

// mark is the comment that carries the key. A key holds user-made names, so
// what could end the comment is taken out.
func (m Message) mark() string {
	return "<!-- codesteward " + strings.NewReplacer("--", "- -", "<", "", ">", "").Replace(m.Key) + " -->"
}

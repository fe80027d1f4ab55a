// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how messages are added to a page: as a new section at the end,
// and not a second time.

package plan

import "strings"

// Message is a new section at the end of a page.
type Message struct {
	// Key is written into the message, invisibly, so that it can be found.
	Key     string
	Heading string
	// Body is wikitext that ends with a signature.
	Body string
}

// Apply adds the message at the end, unless its key is on the page.
func (m Message) Apply(text string) (string, error) {
	return Letter{Heading: m.Heading, Parts: []LetterPart{{Mark: m.mark(), Text: m.Body}}}.Apply(text)
}

func (m Message) mark() string { return keyMark(m.Key) }

// keyMark is the comment that carries a key. A key holds user-made names, so
// what could end the comment is taken out.
func keyMark(key string) string {
	return "<!-- codesteward " + strings.NewReplacer("--", "- -", "<", "", ">", "").Replace(key) + " -->"
}

// Letter is a message of several parts under one heading, with one signature.
type Letter struct {
	Heading string
	Parts   []LetterPart
	// Closing stands below all parts, with a signature behind it; "" where the
	// parts are signed.
	Closing string
	// Speech is the language of the letter, where it is not that of the page.
	Speech speech
}

// LetterPart is what a letter says of one thing, once.
type LetterPart struct{ Mark, Text string }

// Apply adds the letter at the end of a page, with those parts that are not there
// yet; without any there is none.
func (l Letter) Apply(text string) (string, error) {
	var lines []string
	for _, part := range l.Parts {
		if !strings.Contains(text, part.Mark) {
			lines = append(lines, part.Mark, part.Text)
		}
	}
	if len(lines) == 0 {
		return text, nil
	}
	if l.Closing != "" {
		lines = append(lines, "", l.Closing)
	}
	body := l.Speech.within(strings.Join(lines, "\n"))
	switch {
	case l.Closing == "":
	case l.Speech == (speech{}):
		body += " ~~~~"
	default:
		body += "\n~~~~" // in the wiki's language, as Echo and people look for it
	}
	if text = strings.TrimRight(text, "\n"); text != "" {
		text += "\n\n"
	}
	return text + "== " + l.Heading + " ==\n" + body, nil
}

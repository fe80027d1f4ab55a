// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the check of a wiki's own words for what the bot writes.

package config

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// maxMessage is how many characters a text can have.
const maxMessage = 2000

//go:embed messages.txt
var messageList string

// messageForm is what a message is like: the highest number of its parameters,
// and whether it has several lines.
type messageForm struct {
	parameters int
	lines      bool
}

// messageForms are the known messages, and their names in order. The list is
// made by the tests of the package that holds the texts.
var messageForms = sync.OnceValues(func() (map[string]messageForm, []string) {
	forms := map[string]messageForm{}
	var names []string
	for line := range strings.Lines(messageList) {
		fields := strings.Fields(line)
		if len(fields) != 3 {
			continue
		}
		n, _ := strconv.Atoi(fields[1])
		forms[fields[0]] = messageForm{n, fields[2] == "lines"}
		names = append(names, fields[0])
	}
	return forms, names
})

var messageParameter = regexp.MustCompile(`\$([0-9]+)`)

// checkMessages finds texts that cannot take the place of a message.
func checkMessages(p page) []fault {
	var faults []fault
	group := p.root.member("messages")
	if group == nil || !group.isGroup() {
		return nil // the schema tells
	}
	forms, names := messageForms()
	for _, key := range group.keys {
		n := group.members[key]
		tell := func(at int, format string, args ...any) {
			faults = append(faults, fault{at, n.path, fmt.Sprintf(format, args...)})
		}
		form, known := forms[key]
		text, isText := n.value.(string)
		switch {
		case key == "$comment" && isText:
		case !known && key != "$comment":
			near := nearest(key, names)
			if near != "" {
				near = "; did you mean " + quote(near) + "?"
			}
			tell(n.key, "there is no message %s%s", quote(key), near)
		case !isText:
			tell(n.at, "a message is text in double quotes")
		case strings.TrimSpace(text) == "":
			tell(n.at, "this text is empty; leave the message out to have the bot's own words")
		case len([]rune(text)) > maxMessage:
			tell(n.at, "this text is too long: it has %d characters, and at most %d are allowed", len([]rune(text)), maxMessage)
		case strings.Contains(text, "<!--"):
			tell(n.at, `"<!--" begins a comment, which cannot be in a message`)
		case !form.lines && strings.ContainsAny(text, "\n\r"):
			tell(n.at, "this message has one line, so its text cannot have several")
		case strings.Contains(text, "~~~"):
			tell(n.at, `"~~~" would sign; the bot signs by itself where it has to`)
		default:
			for _, found := range messageParameter.FindAllStringSubmatch(text, -1) {
				if number, err := strconv.Atoi(found[1]); err != nil || number < 1 || number > form.parameters {
					tell(n.at, "this message has no %s%s", found[0], allowedParameters(form.parameters))
					break
				}
			}
		}
	}
	return faults
}

// allowedParameters names the parameters that a message has.
func allowedParameters(n int) string {
	if n == 0 {
		return "; it has none"
	}
	var all []string
	for i := range n {
		all = append(all, "$"+strconv.Itoa(i+1))
	}
	return "; it has " + strings.Join(slices.Clip(all), ", ")
}

// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the last looks at a message to people before it is saved:
// whether its user is on the page of those who want none, and whether it links to
// so many that a wiki would tell none of them.

package publish

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

const (
	// optOutPageAge is how long a reading of the opt-out page holds.
	optOutPageAge = 10 * time.Second
	// optOutAgain is after how long a message is tried again that waits for the
	// page to be readable.
	optOutAgain = time.Minute
	// mostPinged is how many users one signed edit may link to. Where there are
	// more than 50, Echo tells none: EchoMaxMentionsCount.
	mostPinged = 40
)

// unwantedError ends the save of a message whose user wants none, or of whom
// nobody can tell.
type unwantedError struct {
	reason string
	result Result
}

func (e *unwantedError) Error() string { return e.reason }

// optOutPage is the opt-out page as it was last read.
type optOutPage struct {
	mu    sync.Mutex
	title string
	users []string
	read  time.Time // zero: not read, or forgotten
	// forgotten counts how often it was; a reading that began before the last time
	// is not kept.
	forgotten int
}

func (o *optOutPage) forget() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.read = time.Time{}
	o.forgotten++
}

// unwanted returns an *unwantedError if a page tells something to somebody who
// is on the opt-out page. Where that cannot be read, nobody is told anything.
func (p *Publisher) unwanted(ctx context.Context, page plan.Page, rules Rules) error {
	told := p.told(page)
	if len(told) == 0 || rules.OptOut == "" || p.OptedOut == nil {
		return nil
	}
	users, err := p.optedOut(ctx, rules.OptOut)
	if err != nil {
		return err
	}
	for _, user := range told {
		if slices.Contains(users, user) {
			return &unwantedError{fmt.Sprintf("%s is on %s and gets no messages", user, rules.OptOut), Excluded}
		}
	}
	return nil
}

// told are the users whom a page tells something: those that its notices name,
// and the owner of a talk page that gets a message.
func (p *Publisher) told(page plan.Page) []string {
	var users []string
	for _, n := range page.Notices {
		for _, t := range n.Told {
			if t.User != "" && t.Withheld == "" {
				users = append(users, p.account(t.User))
			}
		}
	}
	if t, err := p.Text.ParseTitle(page.Title); page.Scope == plan.Notices && err == nil && t.Interwiki == "" && t.Namespace == nsUserTalk && !strings.Contains(t.Name, "/") {
		users = append(users, t.Name)
	}
	slices.Sort(users)
	return slices.Compact(users)
}

// account writes the name of a user as the wiki does.
func (p *Publisher) account(name string) string {
	if t, err := p.Text.ParseTitle("User:" + name); err == nil && t.Interwiki == "" {
		return t.Name
	}
	return name
}

// optedOut reads the opt-out page.
func (p *Publisher) optedOut(ctx context.Context, title string) ([]string, error) {
	o := &p.consent
	o.mu.Lock()
	fresh, users, forgotten := o.title == title && !o.read.IsZero() && p.Now().Sub(o.read) < optOutPageAge, o.users, o.forgotten
	o.mu.Unlock()
	if fresh {
		return users, nil
	}
	at := p.Now()
	live, err := p.Reader.Page(ctx, title)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case classOf(err) == wiki.Identity:
		return nil, err
	case err != nil:
		return nil, &unwantedError{fmt.Sprintf("%s cannot be read, so nobody gets a message: %s", title, err), Waits}
	case live.Redirect != "":
		return nil, &unwantedError{fmt.Sprintf("%s is a redirect to %s, so nobody gets a message; name the target in the rules", title, live.Redirect), Waits}
	}
	users = p.OptedOut(live.Text)
	for i := range users {
		users[i] = p.account(users[i])
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.title == title && (live.Missing || strings.TrimSpace(live.Text) == "") {
		users = o.users // whoever has blanked or moved it, nobody on it has agreed
	}
	if o.forgotten == forgotten {
		o.title, o.users, o.read = title, users, at
	}
	return users, nil
}

// wanted is the step that looks at the opt-out page.
func (p *Publisher) wanted(ctx context.Context, a *attempt) (*Outcome, error) {
	return nil, p.unwanted(ctx, a.page, a.rules)
}

// outcome is what becomes of a page that nobody wants.
func (e *unwantedError) outcome(now time.Time) Outcome {
	out := Outcome{Result: e.result, Step: StepExclusion, Reason: e.reason}
	if e.result == Waits {
		out.Again = now.Add(optOutAgain)
	}
	return out
}

// crowded refuses a signed edit that links to too many users.
func (p *Publisher) crowded(_ context.Context, a *attempt) (*Outcome, error) {
	var users []string
	signed := false
	for _, span := range wikitext.Added(a.live.Text, a.text) {
		text := a.text[span.Start:span.End]
		signed = signed || strings.Contains(text, "~~~")
		for l := range p.Text.Parse(text).Links() {
			if t, err := l.Title(); err == nil && t.Interwiki == "" && (t.Namespace == nsUser || t.Namespace == nsUserTalk) && !strings.Contains(t.Name, "/") {
				users = append(users, t.Name)
			}
		}
	}
	slices.Sort(users)
	if n := len(slices.Compact(users)); signed && n > mostPinged {
		return refuse(StepChange, Refused, "%s is left as it is: the edit would link to %d users at once, and the wiki would tell none of them", a.page.Title, n), nil
	}
	return nil, nil
}

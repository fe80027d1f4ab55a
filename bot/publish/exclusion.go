// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds {{bots}} and {{nobots}}: how a page says that bots should
// leave it alone. Implementations differ; this is the strictest reading of
// them all, so any template that any of them would obey is obeyed.

package publish

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// messageCodes are the values of optout= that mean this bot's messages.
var messageCodes = []string{"all", "stewardship", "stewardship-ping", "toolstatus"}

// optOutAge is how long the wiki's own names for opting out hold.
const optOutAge = 24 * time.Hour

// exclusion reads pages for templates that keep a bot off.
type exclusion struct {
	site *wikitext.Site
	bot  string
	// nobots has the templates' names, folded: true for those that deny where
	// they say nothing else.
	nobots map[string]bool
	// begun finds where one begins, closed or not: a namespace and the name.
	begun *regexp.Regexp
	// category is the name of the category of talk pages that want no messages,
	// "" for none.
	category string
	asked    time.Time
}

// newExclusion knows the templates by their own names and by those of the
// redirects that lead to them.
func newExclusion(site *wikitext.Site, bot string, names wiki.OptOuts) *exclusion {
	x := &exclusion{site: site, bot: fold(bot), nobots: map[string]bool{"bots": false, "nobots": true}, category: fold(names.Category)}
	for _, title := range names.Bots {
		x.nobots[x.templateName(title)] = false
	}
	for _, title := range names.Nobots {
		x.nobots[x.templateName(title)] = true
	}
	var words []string
	for name := range x.nobots {
		words = append(words, strings.ReplaceAll(regexp.QuoteMeta(name), " ", `[\s_]+`))
	}
	x.begun = regexp.MustCompile(`(?i)\{\{\s*([^{}|:\n]*:)?\s*(?:` + strings.Join(words, "|") + `)\s*($|[|}])`)
	return x
}

// templateName is a template's name as it is compared, without the namespace of
// templates in any of the wiki's words for it.
func (x *exclusion) templateName(name string) string {
	const nsTemplate = 10
	if t, err := x.site.ParseTitle(name); err == nil && t.Interwiki == "" && t.Namespace == nsTemplate {
		name = t.Name
	}
	return fold(name)
}

// by returns the template on a page that keeps the bot off it, "" where there
// is none. Templates in comments and nowiki do not count; of several, any that
// denies is enough.
func (x *exclusion) by(text string) string {
	if by := x.in(x.site.Parse(text)); by != "" {
		return by
	}
	return x.in(x.site.ParseTransclusion(text)) // also what is in includeonly
}

func (x *exclusion) in(doc *wikitext.Document) string {
	found := 0
	for t := range doc.Templates() {
		denied, known := x.nobots[x.templateName(t.Name)]
		if !known {
			continue
		}
		if found++; x.denies(t, denied) {
			return "{{" + strings.TrimSpace(t.Name) + "}}"
		}
	}
	for _, m := range x.begun.FindAllStringSubmatch(doc.Masked(), -1) {
		if m[1] == "" || x.templateName(m[1]+"x") == "x" {
			found--
		}
	}
	if found < 0 {
		return "{{bots}} or {{nobots}} in a way that cannot be read"
	}
	return ""
}

// denies reads one template; alone says that it denies without arguments.
func (x *exclusion) denies(t wikitext.Template, alone bool) bool {
	us := []string{"all", x.bot}
	allowed, listed := false, false
	for a := range t.Args() {
		names := values(a.Value)
		switch fold(a.Name) {
		case "allow":
			listed = listed || len(names) > 0
			allowed = allowed || intersect(names, us)
		case "deny":
			if intersect(names, us) {
				return true
			}
		case "optout":
			if intersect(names, messageCodes) {
				return true
			}
		}
	}
	return (alone || listed) && !allowed
}

// wantsNone reports whether a talk page is in the category of those that want
// no messages.
func (x *exclusion) wantsNone(live wiki.Page) bool {
	return x.category != "" && slices.ContainsFunc(live.Categories, func(title string) bool {
		_, name, _ := strings.Cut(title, ":")
		return fold(name) == x.category
	})
}

// excluded obeys {{nobots}} and its kin, and for messages the category of those
// who want none.
func (p *Publisher) excluded(ctx context.Context, a *attempt) (*Outcome, error) {
	x, err := p.exclusions(ctx)
	if err != nil {
		return nil, err
	}
	if by := x.by(a.live.Text); by != "" {
		return refuse(StepExclusion, Excluded, "%s says %s", a.page.Title, by), nil
	}
	if a.page.Scope == plan.Notices && x.wantsNone(a.live) {
		return refuse(StepExclusion, Excluded, "%s is in the category of pages that want no messages", a.page.Title), nil
	}
	return nil, nil
}

// WantsNone reports whether a talk page asks bots to stay away, or is in the
// category of those that want no messages: then its user is not pinged either. It
// returns the wiki's error.
func (p *Publisher) WantsNone(ctx context.Context, title string) (bool, error) {
	x, err := p.exclusions(ctx)
	if err != nil {
		return false, err
	}
	live, err := p.Reader.Page(ctx, title)
	if err != nil {
		return false, fmt.Errorf("read %s: %w", title, err)
	}
	return x.by(live.Text) != "" || x.wantsNone(live), nil
}

// exclusions asks the wiki for its own names once a day. What was told before
// holds while the wiki does not answer; before it has, nothing is written.
func (p *Publisher) exclusions(ctx context.Context) (*exclusion, error) {
	if x := p.optOut; x != nil && p.Now().Sub(x.asked) < optOutAge {
		return x, nil
	}
	names, err := p.Reader.OptOuts(ctx)
	if err != nil && p.optOut == nil {
		return nil, fmt.Errorf("ask for the names of {{nobots}}: %w", err)
	}
	if err == nil {
		p.optOut = newExclusion(p.Text, p.Site.Bot, names)
	}
	p.optOut.asked = p.Now()
	return p.optOut, nil
}

// values splits a list argument.
func values(s string) []string {
	var names []string
	for _, v := range strings.Split(s, ",") {
		if v = fold(v); v != "" {
			names = append(names, v)
		}
	}
	return names
}

func fold(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(strings.ReplaceAll(s, "_", " ")), " "))
}

func intersect(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

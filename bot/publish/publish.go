// SPDX-License-Identifier: GPL-3.0-or-later

// Package publish makes the wiki hold what was planned. It is the only writer:
// every edit passes the same gate, in the same order: stop page, live text,
// exclusion templates, the change itself, dry run, notices that were sent
// before, intent, save; and the stop page again before each sending of a save
// that had to wait.
//
// When in doubt it does not write.
package publish

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// attempts is how often a page is read and planned again after an edit conflict.
const attempts = 3

// Result says what became of a page.
type Result string

// The results. A closed set, used as a metric label.
const (
	Saved     Result = "saved"
	Unchanged Result = "unchanged"
	Stopped   Result = "stopped"  // by the stop page
	Excluded  Result = "excluded" // by {{nobots}} or its kin
	Refused   Result = "refused"  // by us or by the wiki; see the reason
	Halted    Result = "halted"   // the wiki does not let the account write at all
	DryRun    Result = "dry-run"
	Again     Result = "again" // some of it was sent before, as is noted now: plan it again at once
)

// Outcome is a result with its reason, a sentence for people, and the revision
// that was saved.
type Outcome struct {
	Result   Result
	Reason   string
	Revision int64
	// Gone says that the page, or the region on it, does not stand any more
	// where the bot once wrote it.
	Gone bool
}

// reader reads pages; editor saves one. *wiki.Client and *wiki.Editor are them.
type reader interface {
	Page(ctx context.Context, title string) (wiki.Page, error)
	History(ctx context.Context, title string, after int64) ([]wiki.Revision, error)
}

type editor interface {
	Save(ctx context.Context, e wiki.Edit) (wiki.Saved, error)
}

// outbox remembers notices: the intent before the edit, the revision after it.
type outbox interface {
	Intend(ctx context.Context, wiki, page string, base int64, keys []string, at time.Time) error
	Sent(ctx context.Context, wiki, page string, revision int64, keys []string, at time.Time) error
	// Pending returns the lowest base revision of the intents among keys whose
	// edits are not known to be saved; ok is false where there is none.
	Pending(ctx context.Context, keys []string) (base int64, ok bool, err error)
}

// Config is what a Publisher needs.
type Config struct {
	Site   plan.Site
	Reader reader
	Editor editor
	Outbox outbox
	// DryRun, when not nil, gets a diff of each edit that would be made, and
	// nothing is saved.
	DryRun io.Writer
	Log    zerolog.Logger
	// Now tells the time; time.Now where it is nil.
	Now func() time.Time
}

// Publisher writes to one wiki. Its methods must not be called concurrently,
// except Forget.
type Publisher struct {
	Config
	stop   stopPage
	said   map[string]string // the last reason by page and region, so that it is logged once
	halted string            // why the wiki does not let the account write; "" while it does
}

// New returns a publisher for one wiki.
func New(c Config) *Publisher {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Publisher{Config: c, stop: stopPage{title: c.Site.StopPage}, said: map[string]string{}}
}

// Forget drops what is remembered of the stop page, so that the next write
// reads it again.
func (p *Publisher) Forget() { p.stop.forget() }

// Rules is what a publisher needs to know of the rules that a page was planned
// under.
type Rules struct {
	// Revision of the config page, 0 where there are no rules.
	Revision int64
	// Pages are the titles that the rules name.
	Pages []string
}

// Publish makes one page hold what was planned. What the wiki or a page refuses
// is an outcome; the error is one of our own store, of the context, or a
// *wiki.Error of class Identity: the wiki does not know the account any more.
func (p *Publisher) Publish(ctx context.Context, page plan.Page, rules Rules) (Outcome, error) {
	outcome, err := p.publish(ctx, page, rules)
	if err != nil {
		return Outcome{}, fmt.Errorf("publish %s: %w", page.Title, err)
	}
	if said := p.said[page.Name()]; outcome.Result == Saved || outcome.Reason != "" && said != outcome.Reason {
		p.Log.Info().Str("title", page.Title).Str("outcome", string(outcome.Result)).
			Int64("rev", outcome.Revision).Strs("keys", page.Keys()).Str("reason", outcome.Reason).Msg("page")
	}
	p.said[page.Name()] = outcome.Reason
	return outcome, nil
}

func (p *Publisher) publish(ctx context.Context, page plan.Page, rules Rules) (Outcome, error) {
	if p.halted != "" {
		return Outcome{Result: Halted, Reason: p.halted}, nil
	}
	for range attempts {
		if reason := p.stop.check(ctx, p.Reader, page, rules, p.Now()); reason != "" {
			return Outcome{Result: Stopped, Reason: reason}, ctx.Err()
		}
		outcome, err := p.try(ctx, page, rules)
		var stopped *stoppedError
		switch class := classOf(err); {
		case errors.As(err, &stopped):
			return Outcome{Result: Stopped, Reason: stopped.reason}, nil
		case class == wiki.Conflict:
			continue
		case class != noError:
			return p.refusal(ctx, err)
		}
		return outcome, err
	}
	return Outcome{Result: Refused, Reason: fmt.Sprintf("%s was edited by others %d times while the bot tried to save it; it tries again later", page.Title, attempts)}, nil
}

// try reads the page, applies the plan and saves, once.
func (p *Publisher) try(ctx context.Context, page plan.Page, rules Rules) (Outcome, error) {
	live, err := p.Reader.Page(ctx, page.Title)
	if err != nil {
		return Outcome{}, err
	}
	if live.Redirect != "" {
		return Outcome{Result: Refused, Reason: fmt.Sprintf("%s is a redirect to %s; name the target instead", page.Title, live.Redirect)}, nil
	}
	if live.Missing && !page.MayCreate {
		return Outcome{Result: Refused, Gone: true, Reason: page.Title + " does not exist any more; make it again, with the region's markers, or take it out of the rules"}, nil
	}
	if reason := excluded(live.Text, p.Site.Bot); reason != "" {
		return Outcome{Result: Excluded, Reason: fmt.Sprintf("%s says %s", page.Title, reason)}, nil
	}
	text, err := apply(page, live)
	if err != nil {
		var region *wikitext.RegionError
		var gone *plan.GoneError
		if !errors.As(err, &region) && !errors.As(err, &gone) {
			return Outcome{}, err
		}
		return Outcome{Result: Refused, Gone: gone != nil, Reason: fmt.Sprintf("%s is left as it is: %s", page.Title, err)}, nil
	}
	if !live.Missing && text == live.Text {
		return Outcome{Result: Unchanged}, p.sent(ctx, page, live.Revision)
	}
	if p.DryRun != nil {
		return Outcome{Result: DryRun}, writeDiff(p.DryRun, page.Title, live.Text, text)
	}
	if found, err := p.sentBefore(ctx, page); err != nil || found {
		return Outcome{Result: Again}, err
	}
	if err := p.Outbox.Intend(ctx, p.Site.Wiki, page.Title, live.Revision, page.Keys(), p.Now()); err != nil {
		return Outcome{}, err
	}
	saved, err := p.Editor.Save(ctx, wiki.Edit{
		Title:        page.Title,
		Text:         text,
		Summary:      p.summary(page, rules),
		Minor:        page.Minor,
		Bot:          true,
		Create:       live.Missing,
		BaseRevision: live.Revision,
		Read:         live.Read,
		Allowed: func(ctx context.Context) error {
			if reason := p.stop.check(ctx, p.Reader, page, rules, p.Now()); reason != "" {
				return &stoppedError{reason}
			}
			return ctx.Err()
		},
	})
	if err != nil {
		return Outcome{}, err
	}
	if err := p.sent(ctx, page, saved.Revision); err != nil {
		return Outcome{}, err
	}
	if saved.NoChange {
		return Outcome{Result: Unchanged}, nil
	}
	return Outcome{Result: Saved, Revision: saved.Revision}, nil
}

// sent closes the notices of a page with the revision that holds them.
func (p *Publisher) sent(ctx context.Context, page plan.Page, revision int64) error {
	return p.Outbox.Sent(ctx, p.Site.Wiki, page.Title, revision, page.Keys(), p.Now())
}

func apply(page plan.Page, live wiki.Page) (string, error) {
	if live.Missing {
		return page.Create()
	}
	return page.Apply(live.Text)
}

// sentBefore finds out which notices of the page an earlier process saved and
// was ended before it could note so, though people have taken them off the
// page since. It closes them; the page has to be planned again without them.
func (p *Publisher) sentBefore(ctx context.Context, page plan.Page) (found bool, err error) {
	base, ok, err := p.Outbox.Pending(ctx, page.Keys())
	if err != nil || !ok {
		return false, err
	}
	revisions, err := p.Reader.History(ctx, page.Title, base)
	if err != nil {
		return false, err
	}
	for _, n := range page.Notices {
		if _, pending, err := p.Outbox.Pending(ctx, []string{n.Key}); err != nil || !pending {
			if err != nil {
				return found, err
			}
			continue
		}
		i := slices.IndexFunc(revisions, func(r wiki.Revision) bool { return r.User == p.Site.Bot && strings.Contains(r.Text, n.Mark) })
		if i < 0 {
			continue
		}
		found = true
		if err := p.Outbox.Sent(ctx, p.Site.Wiki, page.Title, revisions[i].ID, []string{n.Key}, p.Now()); err != nil {
			return found, err
		}
	}
	return found, nil
}

// summary is the edit summary: what and why, under which rules, and where to
// stop the bot.
func (p *Publisher) summary(page plan.Page, rules Rules) string {
	s := wikitext.EscapeSummary(page.Summary)
	if rules.Revision != 0 {
		s += fmt.Sprintf(" (rules: [[Special:Diff/%d|%[1]d]])", rules.Revision)
	}
	return s + fmt.Sprintf(" ([[%s|stop]])", p.Site.StopPage)
}

// SPDX-License-Identifier: GPL-3.0-or-later

// Package publish makes the wiki hold what was planned. It is the only writer:
// every edit passes the same gates, in the same order (see gates), then dry run,
// notices that were sent before, intent, save, record; and the stop page again
// before each sending of a save that had to wait.
//
// When in doubt it does not write.
package publish

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// attempts is how often a page is read and planned again after an edit conflict.
const attempts = 3

// recordFor is how long writing down what was saved may take while the bot is
// being stopped.
const recordFor = 5 * time.Second

// longestSummary is what there is room for in an edit summary, in runes, before
// the rules and the stop page. MediaWiki cuts summaries at 500.
const longestSummary = 300

// Result says what became of a page.
type Result string

// The results. A closed set, used as a metric label.
const (
	Saved     Result = "saved"
	Unchanged Result = "unchanged"
	Stopped   Result = "stopped"  // by the stop page
	Held      Result = "held"     // until people say so: not enabled yet, the trial is over, reverted, or too many rows would go
	Waits     Result = "waits"    // for a quota, or for the wiki
	Excluded  Result = "excluded" // by {{nobots}} or its kin
	Refused   Result = "refused"  // by us or by the wiki; see the reason
	Halted    Result = "halted"   // the wiki does not let the account write at all
	DryRun    Result = "dry-run"
	Again     Result = "again" // some of it was sent before, as is noted now: plan it again at once
)

// Outcome is what became of a page.
type Outcome struct {
	Result Result
	// Step is the part of the gate that refused, "" where none did.
	Step Step
	// Reason is a sentence for people, "" where there is nothing to say.
	Reason   string
	Revision int64 // that was saved
	// Gone says that the page, or the region on it, does not stand any more
	// where the bot once wrote it.
	Gone bool
	// Merged says that the wiki has joined the edit with somebody else's, made
	// at the same moment: the page has to be looked at again.
	Merged bool
	// Reread says that the sources of the table should be read again soon, to see
	// whether they say the same.
	Reread bool
	// Again is when trying again makes sense; zero: whenever something changes.
	Again time.Time
}

// reader reads pages; editor saves one. *wiki.Client and *wiki.Editor are them.
type reader interface {
	Page(ctx context.Context, title string) (wiki.Page, error)
	History(ctx context.Context, title string, after int64) ([]wiki.Revision, error)
	Revisions(ctx context.Context, ids ...int64) (map[int64]wiki.Revision, error)
	OptOuts(ctx context.Context) (wiki.OptOuts, error)
}

type editor interface {
	Save(ctx context.Context, e wiki.Edit) (wiki.Saved, error)
}

// outbox remembers notices: the intent before the edit, the revision after it.
type outbox interface {
	Intend(ctx context.Context, wiki, page string, base int64, keys []string, at time.Time, told ...registry.Told) error
	Sent(ctx context.Context, wiki, page string, revision int64, keys []string, at time.Time) error
	// Pending returns the lowest base revision of the intents among keys whose
	// edits are not known to be saved; ok is false where there is none.
	Pending(ctx context.Context, keys []string) (base int64, ok bool, err error)
}

// Config is what a Publisher needs.
type Config struct {
	Site plan.Site
	// Text is how the wiki reads titles and templates; a wiki without local names
	// where it is nil.
	Text   *wikitext.Site
	Reader reader
	Editor editor
	Outbox outbox
	Ledger ledger
	// Memory keeps what is known of regions over restarts; nil keeps it only
	// while the process lasts.
	Memory notebook
	// Deny are titles that the operator has ruled out. One that ends in "/*"
	// stands for all subpages, one that ends in ":*" for a namespace.
	Deny []string
	// OptedOut reads who is named on an opt-out page; nil: there are none.
	OptedOut func(text string) []string
	// DryRun, when not nil, gets a diff of each edit that would be made, and
	// nothing is saved.
	DryRun io.Writer
	// Lease is asked before each sending of an edit. Its error, which is one of our
	// own, ends Publish: another process writes by now.
	Lease func(context.Context) error
	Log   zerolog.Logger
	// Metrics gets codesteward_edits_total; nil counts nothing.
	Metrics prometheus.Registerer
	// Now tells the time; time.Now where it is nil.
	Now func() time.Time
	// Clock is that of this machine, as compared with the wiki's before people are
	// told something; nil compares nothing.
	Clock func() time.Time
}

// Publisher writes to one wiki. Its methods must not be called concurrently,
// except Forget and Retry.
type Publisher struct {
	Config
	stop     stopPage
	consent  optOutPage
	edits    *prometheus.CounterVec
	optOut   *exclusion        // nil before the wiki was asked for its names
	said     map[string]string // the last reason by page and region, so that it is logged once
	halted   *Outcome          // why the wiki does not let the account write; nil while it does, or while that is tried
	haltCode string            // the wiki's code for it, "" when an edit was saved since
	filters  int               // refusals by filters since the last saved edit

	started time.Time            // of the process
	ours    map[string]bool      // keys of notices that this process has begun to save
	doubted map[string]time.Time // pages with an edit of which nobody knows whether it arrived, and since when

	guards map[string]*Guard    // by page and region; nil before they were read
	unread map[string]time.Time // regions that wait for the cells of people to be read, and since when

	mu      sync.Mutex
	losses  map[string]seenLoss // tables that would lose too much, by page and region
	resting map[string]resting  // pages that the wiki has refused, by page and region
}

// New returns a publisher for one wiki.
func New(c Config) *Publisher {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Text == nil {
		c.Text = wikitext.DefaultSite()
	}
	return &Publisher{
		Config: c, stop: stopPage{title: c.Site.StopPage, site: c.Text}, edits: newCounter(c.Metrics),
		said: map[string]string{}, resting: map[string]resting{},
		started: c.Now(), ours: map[string]bool{}, doubted: map[string]time.Time{},
		losses: map[string]seenLoss{}, unread: map[string]time.Time{},
	}
}

// fingerprint tells two plans of a page apart.
func fingerprint(page plan.Page) string {
	sum := sha256.Sum256([]byte(page.Is()))
	return string(sum[:])
}

// Forget drops what is remembered of the stop page, so that the next write
// reads it again.
func (p *Publisher) Forget() {
	p.stop.forget()
	p.consent.forget()
}

// Retry says that a page has changed, so that it is worth trying again though
// the wiki has refused it today; "" stands for all pages.
func (p *Publisher) Retry(title string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for name, r := range p.resting {
		if title == "" || r.title == title {
			delete(p.resting, name)
		}
	}
	for name, l := range p.losses {
		if title == "" || l.title == title {
			delete(p.losses, name)
		}
	}
}

// Rules is what a publisher needs to know of the rules that a page was planned
// under.
type Rules struct {
	// Revision of the config page, 0 where there are no rules.
	Revision int64
	// Pages are the titles that the rules name.
	Pages []string
	// Enabled says that an administrator lets the bot edit more than its report.
	Enabled bool
	// Trial is how many edits these rules grant; 0 is as many as the limits.
	Trial  int
	Limits Limits
	// OptOut is the title of the page of those who want no messages, "" for none.
	OptOut string
	// Thaw is how long a region stays frozen that people have reverted; 0 is
	// until the rules are edited.
	Thaw time.Duration
	// A table must not lose more than ShrinkPercent of its rows at once, nor
	// ShrinkRows or more; 0 is no limit.
	ShrinkPercent, ShrinkRows int
	// Planned is the time by Now for which the page was planned, and Began when that
	// was, with a monotonic clock; zero if nobody has looked.
	Planned, Began time.Time
}

// Publish makes one page hold what was planned. What the wiki or a page refuses
// is an outcome; the error is one of our own store, of the context, or a
// *wiki.Error of class Identity: the wiki does not know the account any more.
func (p *Publisher) Publish(ctx context.Context, page plan.Page, rules Rules) (Outcome, error) {
	outcome, err := p.publish(ctx, page, rules)
	if err != nil {
		return Outcome{}, fmt.Errorf("publish %s: %w", page.Title, err)
	}
	p.edits.WithLabelValues(p.Site.Wiki, string(outcome.Result), string(outcome.Step)).Inc()
	if said := p.said[page.Name()]; outcome.Result == Saved || outcome.Reason != "" && said != outcome.Reason {
		p.Log.Info().Str("title", page.Title).Str("outcome", string(outcome.Result)).
			Int64("rev", outcome.Revision).Strs("keys", page.Keys()).Str("reason", outcome.Reason).Msg("page")
	}
	p.said[page.Name()] = outcome.Reason
	return outcome, nil
}

func (p *Publisher) publish(ctx context.Context, page plan.Page, rules Rules) (Outcome, error) {
	for range attempts {
		outcome, err := p.try(ctx, &attempt{page: page, rules: rules})
		var stopped *stoppedError
		var unwanted *unwantedError
		switch class := classOf(err); {
		case errors.As(err, &stopped):
			return Outcome{Result: Stopped, Step: StepStop, Reason: stopped.reason}, nil
		case errors.As(err, &unwanted):
			return unwanted.outcome(p.Now()), nil
		case class == wiki.Conflict:
			continue
		case class != noError:
			return p.refusal(ctx, page, err)
		}
		return outcome, err
	}
	return *refuse(StepEdit, Refused, "%s was edited by others %d times while the bot tried to save it; it tries again later", page.Title, attempts), nil
}

// try leads the page through the gate and saves it, once.
func (p *Publisher) try(ctx context.Context, a *attempt) (Outcome, error) {
	if refusal, err := p.pass(ctx, a); err != nil {
		return Outcome{}, err
	} else if refusal != nil {
		return *refusal, nil
	}
	page, live := a.page, a.live
	if a.unchanged() {
		if err := p.sent(ctx, page, live.Revision); err != nil {
			return Outcome{}, err
		}
		return Outcome{Result: Unchanged}, p.done(ctx, a, 0)
	}
	if p.DryRun != nil {
		return Outcome{Result: DryRun}, writeDiff(p.DryRun, page.Title, live.Text, a.text)
	}
	if wait := p.mistimed(a); wait != nil {
		return *wait, nil
	}
	if no, err := p.sentBefore(ctx, a); err != nil {
		return Outcome{}, err
	} else if no != nil {
		return *no, nil
	}
	p.intended(page)
	if err := p.begin(ctx, a); err != nil {
		return Outcome{}, err
	}
	if err := p.Outbox.Intend(ctx, p.Site.Wiki, page.Title, live.Revision, page.Keys(), p.Now(), page.Told()...); err != nil {
		return Outcome{}, err
	}
	saved, err := p.Editor.Save(ctx, wiki.Edit{
		Title:        page.Title,
		Text:         a.text,
		Summary:      p.summary(page, a.rules),
		Minor:        page.Minor,
		Bot:          !page.Seen,
		Create:       live.Missing,
		Once:         len(page.Notices) > 0,
		BaseRevision: live.Revision,
		Read:         live.Read,
		Allowed: func(ctx context.Context) error {
			if p.Lease != nil {
				if err := p.Lease(ctx); err != nil {
					return err
				}
			}
			if err := p.stop.check(ctx, p.Reader, page, a.rules, p.Now()); err != nil {
				return err
			}
			return p.unwanted(ctx, page, a.rules)
		},
	})
	if err != nil {
		p.doubt(page, err)
		return Outcome{}, err
	}
	return p.record(ctx, a, saved)
}

// record writes down what was saved. It does so also when the bot is being
// stopped.
func (p *Publisher) record(ctx context.Context, a *attempt, saved wiki.Saved) (Outcome, error) {
	ctx, cancel := outlive(ctx, recordFor)
	defer cancel()
	p.resume()
	if err := p.sent(ctx, a.page, saved.Revision); err != nil {
		return Outcome{}, err
	}
	if saved.NoChange {
		return Outcome{Result: Unchanged}, p.done(ctx, a, 0)
	}
	if err := p.done(ctx, a, saved.Revision); err != nil {
		return Outcome{}, err
	}
	if err := p.note(ctx, a, saved.Revision, p.Now()); err != nil {
		return Outcome{}, err
	}
	outcome := Outcome{Result: Saved, Revision: saved.Revision, Merged: !a.live.Missing && saved.Old != a.live.Revision}
	if outcome.Merged {
		outcome.Reason = p.joined(ctx, a)
	}
	return outcome, nil
}

// outlive returns a context that ends a while after ctx has.
func outlive(ctx context.Context, by time.Duration) (context.Context, context.CancelFunc) {
	longer, end := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(by, end)
		context.AfterFunc(longer, func() { timer.Stop() })
	})
	return longer, func() {
		stop()
		end()
	}
}

// note enters an edit in the ledger.
func (p *Publisher) note(ctx context.Context, a *attempt, revision int64, at time.Time) error {
	under := a.rules.Revision
	if a.page.Scope == plan.Reports {
		under = 0
	}
	return p.Ledger.SaveEdit(ctx, p.Site.Wiki, a.page.Title, a.page.Region, revision, under, at)
}

// joined looks at a page that the wiki has joined from our edit and somebody
// else's: theirs may ask bots to stay away, which from the next edit on is
// obeyed anyway.
func (p *Publisher) joined(ctx context.Context, a *attempt) string {
	now, err := p.Reader.Page(ctx, a.page.Title)
	if err != nil {
		return ""
	}
	if by := p.optOut.by(now.Text); by != "" {
		return fmt.Sprintf("%s got %s at the moment when the bot saved it; the bot leaves it alone from now on", a.page.Title, by)
	}
	return ""
}

// summary is the edit summary: what and why, under which rules, and where to
// stop the bot.
func (p *Publisher) summary(page plan.Page, rules Rules) string {
	s := wikitext.EscapeSummary(page.Summary)
	if r := []rune(s); len(r) > longestSummary {
		s = string(r[:longestSummary-1]) + "…"
	}
	if rules.Revision != 0 {
		s += fmt.Sprintf(" (rules: [[Special:Diff/%d|%[1]d]])", rules.Revision)
	}
	return s + fmt.Sprintf(" ([[%s|stop]])", p.Site.StopPage)
}

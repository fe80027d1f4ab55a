// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the detector of one wiki: made of the rules in force and of
// what the registry has names for, and made anew when one of them changes.

package bot

import (
	"context"
	"hash/maphash"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// learnAfter is how long names are left to gather before a lexicon is made of
// them: at the start each source brings some.
const learnAfter = 2 * time.Second

// detection is the detector that is in use, and what it is made of.
type detection struct {
	atomic.Pointer[detect.Detector]
	mu      sync.Mutex // held while one is made
	lexicon *detect.Lexicon
	learned bool   // what the registry knows, not the seed
	sum     uint64 // of the names
	news    signal // of names
}

// commonNames are the names that are the same on all wikis, made ready once.
type commonNames struct {
	mu      sync.Mutex
	sum     uint64
	lexicon *detect.Lexicon
}

// sumSeed makes the sums of this process.
var sumSeed = maphash.MakeSeed()

// sumOf tells lists of names apart.
func sumOf(aliases []detect.Alias) uint64 {
	var h maphash.Hash
	h.SetSeed(sumSeed)
	for _, a := range aliases {
		maphash.WriteComparable(&h, a)
	}
	return h.Sum64()
}

// commonLexicon returns the names that are the same on all wikis.
func (b *Bot) commonLexicon(ctx context.Context) (*detect.Lexicon, uint64, error) {
	b.names.mu.Lock()
	defer b.names.mu.Unlock()
	aliases, err := b.Registry.Names(ctx, registry.AllWikis)
	if err != nil {
		return nil, 0, err
	}
	if sum := sumOf(aliases); b.names.lexicon == nil || sum != b.names.sum {
		b.names.sum, b.names.lexicon = sum, detect.NewLexicon(aliases)
	}
	return b.names.lexicon, b.names.sum, nil
}

// useDetector makes a detector of the rules in force and the names that are
// known, and puts it to use.
func (s *site) useDetector() {
	s.detector.mu.Lock()
	defer s.detector.mu.Unlock()
	o := detect.Options{Wiki: s.conf.Wiki.Wiki, Site: s.text, Lexicon: s.detector.lexicon}
	if rules := s.inForce(); rules != nil {
		for _, t := range rules.Watch.Templates {
			o.Templates = append(o.Templates, detect.NamingTemplate{Template: t.Template, Kind: detect.Kind(t.Kind), Argument: t.Argument, Page: t.Page})
		}
		for _, i := range rules.Watch.Ignore {
			o.Ignore = append(o.Ignore, detect.Ignored(i))
		}
		// The event may not have told the user.
		ignored := slices.Clone(rules.Watch.IgnoreUsers)
		for i, name := range ignored {
			ignored[i] = localUser(s.text, name)
		}
		o.IsBot = func(user string) bool { return slices.Contains(ignored, user) || user == s.conf.User }
	}
	s.detector.Store(detect.New(o))
}

// learn reads the names that the registry knows, and has them looked for if there
// are others than before. As long as it knows none, those that a detector can
// start with are.
func (s *site) learn(ctx context.Context) error {
	aliases, err := s.reg.Names(ctx, s.conf.Wiki.Wiki)
	if err != nil {
		return err
	}
	var common *detect.Lexicon
	sum := uint64(0)
	if s.usesCatalogue() {
		if common, sum, err = s.bot.commonLexicon(ctx); err != nil {
			return err
		}
	} else {
		aliases = slices.DeleteFunc(aliases, func(a detect.Alias) bool { return slices.Contains(plan.Catalogued, a.Source) })
	}
	learned := len(aliases) > 0
	if !learned {
		aliases = detect.Seed()
	}
	sum ^= sumOf(aliases)
	s.detector.mu.Lock()
	same := s.detector.lexicon != nil && sum == s.detector.sum
	s.detector.mu.Unlock()
	if same {
		return nil
	}
	lexicon := common.With(aliases)
	s.detector.mu.Lock()
	s.detector.lexicon, s.detector.learned, s.detector.sum = lexicon, learned, sum
	s.detector.mu.Unlock()
	s.useDetector()
	if learned {
		s.log.Info().Int("names", len(aliases)).Msg("names to look for")
	}
	return nil
}

// learning keeps the names true until ctx ends.
func (s *site) learning(ctx context.Context) error {
	for {
		if err := s.detector.news.wait(ctx, idle); err != nil {
			return err
		}
		s.detector.mu.Lock()
		learned := s.detector.learned
		s.detector.mu.Unlock()
		if learned {
			if err := newSignal().wait(ctx, learnAfter); err != nil {
				return err
			}
		}
		if err := s.learn(ctx); err != nil {
			return err
		}
	}
}

// wantedOnly takes the mentions out of a view that the rules leave out, also
// those that were found before the rules said so.
func (s *site) wantedOnly(view registry.View, at time.Time) registry.View {
	d := s.detector.Load()
	month, quarter := map[registry.Key]int{}, map[registry.Key]int{} // left out, by item
	view.Mentions = slices.DeleteFunc(view.Mentions, func(m registry.Mention) bool {
		found := detect.Mention{Kind: m.As.Kind(), Name: m.Name, Wiki: m.As.Wiki(), Alias: m.Item.Name(), Snippet: m.Snippet}
		if m.Redacted || !d.Ignores(found, m.Title) {
			return false
		}
		quarter[m.Item]++
		if at.Sub(m.Time) < 30*24*time.Hour {
			month[m.Item]++
		}
		return true
	})
	for i := range view.Entries {
		e := &view.Entries[i]
		e.Month, e.Quarter = max(0, e.Month-month[e.Item.Key]), max(0, e.Quarter-quarter[e.Item.Key])
	}
	return view
}

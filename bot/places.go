// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the wikis that sources are read from: those that the bot
// serves, and those that it only reads, which all served wikis share.

package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/survey"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// place is a wiki that is only read. What it says of itself is asked when it is
// needed, so that one that is away keeps nobody from starting.
type place struct {
	conf   config.ReadWiki
	client *shared

	mu      sync.Mutex
	text    *wikitext.Site // nil before it was asked
	article string         // address of a page, with $1
}

func (b *Bot) newPlace(w config.ReadWiki) (*place, error) {
	client, err := wiki.New(wiki.Config{
		Wiki: w.Wiki, API: w.API, UserAgent: b.UserAgent, Transport: b.Transport, Log: b.Log, Metrics: b.Metrics,
	})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", w.Wiki, err)
	}
	return &place{conf: w, client: newShared(client, b.SurveyEvery)}, nil
}

// site returns how the wiki reads titles, after seeing that it is the one that
// it should be.
func (p *place) site(ctx context.Context) (text *wikitext.Site, article string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.text != nil {
		return p.text, p.article, nil
	}
	about, err := p.client.Site(ctx)
	if err != nil {
		return nil, "", fmt.Errorf("ask %s which wiki it is: %w", p.conf.API, err)
	}
	if about.DB != p.conf.Wiki {
		return nil, "", fmt.Errorf("%s is the wiki %q, not %q; the operator has to correct the wikis file", p.conf.API, about.DB, p.conf.Wiki)
	}
	if text, err = wikitext.NewSite(about.Info); err != nil {
		return nil, "", fmt.Errorf("ask %s about its titles: %w", p.conf.API, err)
	}
	p.text, p.article = text, about.Server+about.ArticlePath
	return p.text, p.article, nil
}

// unread is the error where rules name a wiki that the bot does not read.
func unread(name string) error {
	return fmt.Errorf("the bot does not read the wiki %s; its operator can add it to the wikis file", name)
}

// reading returns who asks a wiki that is read or served, how it reads titles,
// and the address of its pages.
func (b *Bot) reading(ctx context.Context, name string) (survey.Asker, *wikitext.Site, string, error) {
	if s, served := b.sites[name]; served {
		if !s.loggedIn.Load() {
			return nil, nil, "", fmt.Errorf("the wiki %s does not let the bot in, or does not answer", name)
		}
		return s.client, s.text, s.about.Server + s.about.ArticlePath, nil
	}
	p, ok := b.places[name]
	if !ok {
		return nil, nil, "", unread(name)
	}
	text, article, err := p.site(ctx)
	return p.client, text, article, err
}

// sameAccounts returns the client of a wiki on which accounts may have edits, if
// the bot reads it.
func (b *Bot) sameAccounts(name, _ string) survey.Asker {
	if s, served := b.sites[name]; served {
		return s.client
	}
	if p, read := b.places[name]; read {
		return p.client.Client
	}
	return nil
}

// prefixTo returns what makes a title on another wiki a link on this one, such
// as "mw:", "" where the wiki has no prefix for it.
func (s *site) prefixTo(article string) string {
	_, wanted, _ := strings.Cut(article, "//")
	best := ""
	for _, p := range interwiki(s.about.Info) {
		_, leads, _ := strings.Cut(p.URL, "//")
		if leads == wanted && (best == "" || len(p.Prefix) < len(best)) {
			best = p.Prefix
		}
	}
	if best == "" {
		return ""
	}
	return best + ":"
}

// interwikiPrefix is what a link to another wiki begins with, and where it leads.
type interwikiPrefix struct{ Prefix, URL string }

// interwiki reads them from the answer of siteinfo.
func interwiki(siteinfo json.RawMessage) []interwikiPrefix {
	var info struct {
		Query struct{ InterwikiMap []interwikiPrefix }
	}
	if err := json.Unmarshal(siteinfo, &info); err != nil {
		return nil // it was read before, or the wiki would not be served
	}
	return info.Query.InterwikiMap
}

// prefixes are those that a wiki knows.
func prefixes(siteinfo json.RawMessage) []string {
	var all []string
	for _, p := range interwiki(siteinfo) {
		all = append(all, p.Prefix)
	}
	return all
}

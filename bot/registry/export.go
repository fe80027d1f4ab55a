// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the registry as JSON, for people and other programs.

package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Export is the registry as JSON. It holds what is on public wiki pages and
// nothing of the process: no rules, leases, cursors or notes.
type Export struct {
	Wikis []ExportedWiki `json:"wikis"` // sorted by name
}

// ExportedWiki is all about one wiki.
type ExportedWiki struct {
	Wiki string `json:"wiki"`
	// ArticleURL is the address of a page, $1 in it stands for the title; ""
	// if the wiki was never reached.
	ArticleURL string `json:"article_url,omitempty"`

	Surveys  []SurveyState  `json:"surveys"`
	Items    []ExportedItem `json:"items"` // sorted by key
	Mentions []Mention      `json:"mentions"`
	// Collisions are the names that several items have.
	Collisions []Collision `json:"collisions,omitempty"`
}

// ExportedItem is an item with its claims in force and the verdict on them.
type ExportedItem struct {
	Item
	Opinion
	Claims   []Claim   `json:"claims"`
	Measures []Measure `json:"measures,omitempty"`
	// Month and Quarter are how many mentions were made in the last 30 and 90
	// days, Wikis is on how many of the served wikis it runs.
	Month   int `json:"mentions_30_days,omitempty"`
	Quarter int `json:"mentions_90_days,omitempty"`
	Wikis   int `json:"wikis,omitempty"`
}

// Export reads everything for export, each wiki at one moment.
func (r *Registry) Export(ctx context.Context) (Export, error) {
	wikis, err := r.wikis(ctx)
	if err != nil {
		return Export{}, fmt.Errorf("export: %w", err)
	}
	out := Export{Wikis: []ExportedWiki{}}
	now := time.Now()
	for _, wiki := range wikis {
		v, err := r.View(ctx, Query{Wiki: wiki, Now: now})
		if err != nil {
			return Export{}, fmt.Errorf("export: %w", err)
		}
		address, err := r.articleURL(ctx, wiki)
		if err != nil {
			return Export{}, fmt.Errorf("export: %w", err)
		}
		known, err := r.Resolver(ctx, wiki)
		if err != nil {
			return Export{}, fmt.Errorf("export: %w", err)
		}
		w := ExportedWiki{
			Wiki: wiki,

			ArticleURL: address,
			Surveys:    append([]SurveyState{}, v.Surveys...),
			Items:      make([]ExportedItem, 0, len(v.Entries)),
			Mentions:   append([]Mention{}, v.Mentions...),
			Collisions: known.Collisions(),
		}
		for _, e := range v.Entries {
			opinion := Judge(e.Claims, v.Accounts, Limits{}, now)
			opinion.Reason = opinion.Ground // ages mean nothing in a file
			w.Items = append(w.Items, ExportedItem{Item: e.Item, Opinion: opinion, Claims: append([]Claim{}, e.Claims...),
				Measures: e.Measures, Month: e.Month, Quarter: e.Quarter, Wikis: e.Wikis})
		}
		out.Wikis = append(out.Wikis, w)
	}
	return out, nil
}

// wikis returns the wikis that anything is known about, sorted.
func (r *Registry) wikis(ctx context.Context) (out []string, err error) {
	err = r.read(ctx, func(tx *sql.Tx) error {
		out = nil
		return query(ctx, tx, func(scan func(...any) error) error {
			var wiki string
			err := scan(&wiki)
			out = append(out, wiki)
			return err
		}, `SELECT wiki FROM presence WHERE wiki <> '' UNION SELECT wiki FROM mention UNION SELECT wiki FROM survey_state WHERE wiki <> '' ORDER BY 1`)
	})
	return out, err
}

// SetArticleURL stores the address of a page on a wiki, with $1 for its title.
func (r *Registry) SetArticleURL(ctx context.Context, wiki, address string) error {
	err := r.write(ctx, func(tx *sql.Tx) error {
		return put(ctx, tx, `UPDATE wiki SET article_url = ? WHERE wiki = ?`, `INSERT INTO wiki (article_url, wiki) VALUES (?, ?)`, address, wiki)
	})
	if err != nil {
		return fmt.Errorf("store the address of %s: %w", wiki, err)
	}
	return nil
}

func (r *Registry) articleURL(ctx context.Context, wiki string) (address string, err error) {
	err = r.read(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT article_url FROM wiki WHERE wiki = ?`, wiki).Scan(&address)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return address, err
}

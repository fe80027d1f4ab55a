// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the comparison with MediaWiki: the same texts go to both, and the first difference in each is told.

package wikitext

import (
	"context"
	_ "embed"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"golang.org/x/sync/errgroup"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki/wikitest"
)

var textsDir = flag.String("texts", "testdata/texts", "folder with the `files` that TestAgreesWithMediaWiki compares, whatever their extensions; "+
	"a .txtar file is an archive of texts")

//go:embed testdata/agree.php
var agreePHP string

// answer is what MediaWiki says of a text.
type answer struct {
	// Wikitext is the text as MediaWiki got it: in NFC, without NULs and control characters, and in valid UTF-8.
	Wikitext string
	// ParseTree is the tree of the page, Transclusion that of what another page gets.
	ParseTree, Transclusion string

	Links []struct {
		NS    int
		Title string
	}
	Images        []string
	Categories    []struct{ Category string }
	LangLinks     []struct{ Lang, Title, URL string }
	IwLinks       []struct{ Prefix, URL, Title string }
	ExternalLinks []string
	Sections      []struct {
		Level, Line, Index string
		ByteOffset         *int
	}
	Error string
}

// reference is a MediaWiki that is asked for its opinion of many texts.
type reference struct {
	user *wikitest.User
	site *Site
}

const (
	batchTexts = 200
	batchBytes = 300_000
	askers     = 3
)

func startReference(t *testing.T) *reference {
	w := wikitest.Start(t, wikitest.Options{Workers: askers, Extra: strings.TrimPrefix(agreePHP, "<?php")})
	r := &reference{user: w.Anonymous()}
	info, err := r.user.Do(t.Context(), map[string]string{"action": "query", "meta": "siteinfo",
		"siprop": "general|namespaces|namespacealiases|interwikimap|extensiontags|protocols|magicwords|functionhooks|variables|specialpagealiases|languages"})
	if err != nil {
		t.Fatal(err)
	}
	if r.site, err = NewSite(info); err != nil {
		t.Fatal(err)
	}
	return r
}

// ask calls got with MediaWiki's answer to each page. The calls come one at a time, in any order.
func (r *reference) ask(ctx context.Context, pages []page, got func(page, *answer)) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(askers)
	var mu sync.Mutex
	for len(pages) > 0 {
		n, size := 0, 0
		for n < len(pages) && n < batchTexts && (n == 0 || size+len(pages[n].text) <= batchBytes) {
			size += len(pages[n].text)
			n++
		}
		batch := pages[:n]
		pages = pages[n:]
		g.Go(func() error {
			answers, err := r.askBatch(ctx, batch)
			if err != nil {
				return fmt.Errorf("ask about %s and %d more: %w", batch[0].name, len(batch)-1, err)
			}
			mu.Lock()
			defer mu.Unlock()
			for i := range batch {
				got(batch[i], &answers[i])
			}
			return nil
		})
	}
	return g.Wait()
}

func (r *reference) askBatch(ctx context.Context, batch []page) ([]answer, error) {
	texts := make([]string, len(batch))
	for i, p := range batch {
		texts[i] = p.text
	}
	b, err := json.Marshal(texts)
	if err != nil {
		return nil, err
	}
	raw, err := r.user.Do(ctx, map[string]string{"action": "agree", "texts": string(b),
		"prop": "wikitext|parsetree|links|images|categories|langlinks|iwlinks|externallinks|sections"})
	if err != nil {
		return nil, err
	}
	var got struct{ Agree []answer }
	if err := json.Unmarshal(raw, &got); err != nil {
		return nil, err
	}
	if len(got.Agree) != len(batch) {
		return nil, fmt.Errorf("%d answers to %d texts: %.200s", len(got.Agree), len(batch), raw)
	}
	return got.Agree, nil
}

// TestAgreesWithMediaWiki compares what we read in the texts of a folder with what MediaWiki reads in them: templates,
// arguments, comments, extension tags and headings, both as a page and as a transclusion; links of all kinds and
// sections. Another folder can be given:
//
//	go test ./wikitext -run TestAgreesWithMediaWiki -texts DIR
//
// MediaWiki puts texts into NFC and replaces NULs and bytes that are no UTF-8 before it reads them; both sides are given
// what comes of that.
func TestAgreesWithMediaWiki(t *testing.T) {
	pages, err := readTexts(*textsDir)
	if err != nil {
		t.Fatal(err)
	}
	if *textsDir == flag.Lookup("texts").DefValue {
		pages = append(pages, constructs()...)
		for _, p := range benchPages() {
			if len(p.text) < 120_000 {
				pages = append(pages, p)
			}
		}
		if len(pages) < 320 {
			t.Errorf("there are %d texts only", len(pages))
		}
	}
	compare(t, pages, nil)
}

// compare asks MediaWiki about the pages and fails the test for each that we read differently. The links of texts that
// match leftAlone are not looked at.
func compare(t *testing.T, pages []page, leftAlone *regexp.Regexp) {
	r := startReference(t)
	different := 0
	err := r.ask(t.Context(), pages, func(p page, a *answer) {
		difference := r.difference(a)
		if difference == "" && (leftAlone == nil || !leftAlone.MatchString(a.Wikitext)) {
			difference = r.linkDifference(a)
		}
		if difference != "" {
			different++
			if different <= 40 {
				t.Errorf("%s: %s", p.name, difference)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if different > 0 {
		t.Errorf("%d of %d texts are read differently", different, len(pages))
	}
	t.Logf("%d texts", len(pages))
}

// difference returns the first thing but a link in which we disagree, "" if there is none.
func (r *reference) difference(a *answer) string {
	if a.Error != "" {
		return "MediaWiki fails: " + a.Error
	}
	text := a.Wikitext
	for _, side := range []struct {
		name, tree string
		ours       *Document
	}{{"", a.ParseTree, r.site.Parse(text)}, {"transcluded, ", a.Transclusion, r.site.ParseTransclusion(text)}} {
		theirs, err := mediaWikiFacts(side.tree, text)
		if err != nil {
			return side.name + err.Error()
		}
		if s := firstDifference(text, theirs, ourFacts(side.ours)); s != "" {
			return side.name + s
		}
	}
	return ""
}

// firstDifference compares sorted lists of facts.
func firstDifference(text string, theirs, ours []fact) string {
	const nothing = "nothing more"
	for i := range max(len(theirs), len(ours)) {
		at, said, says := len(text), nothing, nothing
		if i < len(theirs) {
			at, said = theirs[i].start, theirs[i].String()
		}
		if i < len(ours) {
			at, says = min(at, ours[i].start), ours[i].String()
		}
		if said != says {
			return fmt.Sprintf("byte %d: MediaWiki says %s; we say %s; at %s", at, said, says, excerpt(text, at))
		}
	}
	return ""
}

// readTexts reads every file in a folder and below it. The last line break of a file is no part of its text, as
// MediaWiki never keeps one.
func readTexts(dir string) ([]page, error) {
	var pages []page
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if filepath.Ext(path) != ".txtar" {
			pages = append(pages, page{path, strings.TrimSuffix(string(b), "\n")})
			return nil
		}
		for _, f := range txtar.Parse(b).Files {
			pages = append(pages, page{path + ": " + f.Name, strings.TrimSuffix(string(f.Data), "\n")})
		}
		return nil
	})
	return pages, err
}

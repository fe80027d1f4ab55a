// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the source scripts: the user scripts of a wiki that people
// load or that are known otherwise, how many load them, and who looks after
// them.

package survey

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// scriptsSource is the name of the source in the store.
const scriptsSource = "scripts"

// The most that one survey reads. Where there is more, numbers are said to be at
// least so many, and what was not read stays as it was.
const (
	maxLoaders = 20_000 // pages that load scripts
	maxScripts = 20_000 // scripts of the wiki itself
)

// keepEvery is after how many requests what was read is kept.
const keepEvery = 20

// pointHolds is how long an unfinished survey can be gone on with. What it
// counted is of different days then.
const pointHolds = 2 * 24 * time.Hour

// Scripts is the source scripts. People load scripts on pages of their own, such
// as User:X/common.js: those are found by searching for the calls that do so,
// and by the links to known scripts that script-installer leaves. Each account
// counts once for a script. Scripts of other wikis that are loaded here are
// named, too, but not read.
//
// The user in whose space a script is looks after it: its title says so, and no
// one else can edit it but interface administrators. Maintainers in its head are
// unconfirmed claims. Nothing triggers the source: people edit their scripts all
// the time, and the bot sees such edits anyway.
func Scripts(api asker, wiki string, on *wikitext.Site) Source {
	return newScripts(scriptReader{api: api, wiki: wiki, on: on, maxLoaders: maxLoaders, maxScripts: maxScripts, keepEvery: keepEvery})
}

// newScripts is the source with readings like one that has not begun.
func newScripts(like scriptReader) Source {
	return Source{
		Name:  scriptsSource,
		Every: 24 * time.Hour,
		Read: func(ctx context.Context, in Reading) (registry.Survey, error) {
			r := like
			r.in = in
			s, err := r.read(ctx)
			if err != nil {
				return registry.Survey{}, fmt.Errorf("read the user scripts of %s: %w", r.wiki, err)
			}
			return s, nil
		},
	}
}

// scriptReader is one reading.
type scriptReader struct {
	api  asker
	wiki string
	on   *wikitext.Site
	in   Reading

	maxLoaders, maxScripts, keepEvery int

	loads loadReader
	point scriptPoint
	// known are the scripts that the store has, of this wiki and of others.
	known map[registry.Key]bool
	// resumed says that parts of the scripts were read before.
	resumed bool
	// bots are the accounts of bots.
	bots map[string]bool
	// done is how many pages were read, of so many.
	done, whole int
	requests    int
	histories   int
}

// scriptPoint is how far an unfinished survey came.
type scriptPoint struct {
	Started time.Time `json:"started"`
	// Loader is the last page whose owner was counted, Counted says that all
	// were.
	Loader  string `json:"loader,omitempty"`
	Counted bool   `json:"counted,omitempty"`
	// Script is the last script that was read.
	Script registry.Key `json:"script,omitempty"`
	// Cut says that there are more pages that load scripts than were read.
	Cut bool `json:"cut,omitempty"`
	// Importers are how many accounts load a script, and how many of those are
	// active.
	Importers map[registry.Key][2]int64 `json:"importers"`
	// Hosts are those of other wikis.
	Hosts map[string]string `json:"hosts"`
}

// read reads everything, or the rest.
func (r *scriptReader) read(ctx context.Context) (registry.Survey, error) {
	r.resume()
	if err := r.about(ctx); err != nil {
		return registry.Survey{}, err
	}
	if err := r.readKnown(ctx); err != nil {
		return registry.Survey{}, err
	}
	if !r.point.Counted {
		if err := r.count(ctx); err != nil {
			return registry.Survey{}, err
		}
	}
	if err := tooFew(ctx, r.in, registry.Importers, len(r.point.Importers)); err != nil {
		return registry.Survey{}, err
	}
	return r.readScripts(ctx)
}

// resume takes up an unfinished survey, or begins a new one.
func (r *scriptReader) resume() {
	err := json.Unmarshal([]byte(r.in.Last.Checkpoint), &r.point)
	if age := r.in.At.Sub(r.point.Started); err != nil || age < 0 || age > pointHolds {
		r.point = scriptPoint{Started: r.in.At}
	}
	if r.point.Importers == nil {
		r.point.Importers = make(map[registry.Key][2]int64)
	}
	if r.point.Hosts == nil {
		r.point.Hosts = make(map[string]string)
	}
	r.resumed = r.point.Script != ""
}

// about reads what addresses look like on the wiki, and who is a bot.
func (r *scriptReader) about(ctx context.Context) error {
	var answer struct {
		Query struct {
			General struct{ Server, ArticlePath, ScriptPath string }
		}
	}
	if err := r.api.Get(ctx, map[string]string{"action": "query", "meta": "siteinfo", "siprop": "general"}, &answer); err != nil {
		return fmt.Errorf("ask the wiki about itself: %w", err)
	}
	g := answer.Query.General
	r.loads = loadReader{wiki: r.wiki, on: r.on, scriptPath: g.ScriptPath}
	if u, err := url.Parse(g.Server); err == nil {
		r.loads.host = strings.ToLower(u.Host)
	}
	r.loads.articlePath, _, _ = strings.Cut(g.ArticlePath, "$1")
	var err error
	r.bots, err = r.readBots(ctx)
	return err
}

// readKnown takes the scripts that there are from the store.
func (r *scriptReader) readKnown(ctx context.Context) error {
	r.known = make(map[registry.Key]bool)
	if r.in.Known == nil {
		return nil
	}
	entries, err := r.in.Known(ctx)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if key := e.Item.Key; key.Kind() == detect.UserScript && e.Item.Gone.IsZero() {
			r.known[key] = true
		}
	}
	return nil
}

// own lists the scripts of this wiki that are loaded or known, sorted.
func (r *scriptReader) own() (own []registry.Key) {
	for _, keys := range []func(func(registry.Key) bool){maps.Keys(r.point.Importers), maps.Keys(r.known)} {
		for key := range keys {
			if key.Wiki() == r.wiki && (script{title: key.Name()}).canBe() && askable(key.Name()) {
				own = append(own, key)
			}
		}
	}
	slices.Sort(own)
	return slices.Compact(own)
}

// readScripts reads the pages of the wiki's own scripts and puts everything
// together.
func (r *scriptReader) readScripts(ctx context.Context) (registry.Survey, error) {
	own := r.own()
	from, _ := slices.BinarySearch(own, r.point.Script+"\x00")
	r.whole += len(own)
	r.done += from
	cut := len(own) > r.maxScripts
	own = own[:min(len(own), r.maxScripts)]
	part := r.survey() // what was not kept yet
	var all registry.Survey
	keep := func(next *registry.Survey) {
		all.Items, all.Claims = append(all.Items, next.Items...), append(all.Claims, next.Claims...)
		all.Measures, all.Left = append(all.Measures, next.Measures...), append(all.Left, next.Left...)
		*next = r.survey()
	}
	for batch := range slices.Chunk(own[min(from, len(own)):], batchOf(ctx, r.api)) {
		if err := r.readPages(ctx, batch, &part); err != nil {
			return registry.Survey{}, err
		}
		r.point.Script = batch[len(batch)-1]
		if r.isTime() && r.in.Keep != nil {
			kept := part
			kept.Part, kept.Checkpoint = true, r.checkpoint()
			if err := r.in.Keep(ctx, kept); err != nil {
				return registry.Survey{}, err
			}
			keep(&part)
		}
	}
	r.nameForeign(&part)
	keep(&part)
	s := r.survey()
	s.Items, s.Claims, s.Measures = all.Items, all.Claims, all.Measures
	if r.resumed || r.point.Cut || cut {
		s.Part, s.Left = true, all.Left
	}
	return s, nil
}

// survey is an empty survey.
func (r *scriptReader) survey() registry.Survey {
	return registry.Survey{Source: scriptsSource, Wiki: r.wiki, At: r.in.At}
}

// isTime counts a request and reports whether it is time to keep what was read.
func (r *scriptReader) isTime() bool {
	r.requests++
	return r.requests%r.keepEvery == 0
}

func (r *scriptReader) checkpoint() string {
	text, err := json.Marshal(r.point)
	if err != nil {
		return "" // unreachable: it is text and numbers
	}
	return string(text)
}

// tell says how far the reading is.
func (r *scriptReader) tell(pages int) {
	r.done += pages
	tell(r.in, r.done, max(r.whole, r.done))
}

// nameForeign names the scripts of other wikis that are loaded here. They are
// not read: what they hold is that wiki's matter.
func (r *scriptReader) nameForeign(s *registry.Survey) {
	for _, key := range slices.Sorted(maps.Keys(r.point.Importers)) {
		if key.Wiki() == r.wiki {
			continue
		}
		title := key.Name()
		s.Items = append(s.Items, registry.Item{
			Key: key, Name: title, URL: scriptAddress(r.point.Hosts[key.Wiki()], title), Deployed: true, Aliases: documentationOf(title),
		})
		s.Claims = append(s.Claims, ownerClaim(key, title, 0))
		r.measure(s, key)
	}
	if r.point.Cut {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(r.known)) {
		if _, loaded := r.point.Importers[key]; key.Wiki() != r.wiki && !loaded {
			s.Left = append(s.Left, key)
		}
	}
}

// scriptAddress is the address of a script on one of Wikimedia's wikis.
func scriptAddress(host, title string) string {
	u := url.URL{Scheme: "https", Host: host, Path: "/wiki/" + strings.ReplaceAll(title, " ", "_")}
	return u.String()
}

// measure says how many load a script.
func (r *scriptReader) measure(s *registry.Survey, key registry.Key) {
	n := r.point.Importers[key]
	for i, metric := range []registry.Metric{registry.Importers, registry.ActiveImporters} {
		s.Measures = append(s.Measures, registry.Measure{Item: key, Metric: metric, Value: n[i], AtLeast: r.point.Cut, Source: scriptsSource, AsOf: r.in.At})
	}
}

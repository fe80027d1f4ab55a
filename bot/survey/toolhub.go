// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the source toolhub: the catalogue of tools of the Wikimedia
// movement.

package survey

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

const (
	toolhubSource = "toolhub"
	// toolhubEvery is how often Toolhub is asked what changed, toolhubWhole how
	// often all of it is read, which is what finds tools that have left.
	toolhubEvery = time.Hour
	toolhubWhole = 24 * time.Hour
	// wholePage is how many records a page of the whole has: the most that
	// Toolhub gives. A page of what changed has fewer.
	wholePage   = 1000
	changesPage = 100
	// toolhubTries is how often the whole is read while it changes under way,
	// toolhubBack how many pages back in time changes are followed.
	toolhubTries = 3
	toolhubBack  = 10
)

// errShifted says that the pages of a list are not what it counts, so that
// records may have slipped through: it changed while it was read.
var errShifted = errors.New("its pages do not add up to the number of records that it counts")

// toolhubMark is what a reading of Toolhub has to know of the last one.
type toolhubMark struct {
	// Address is that of the list, whose times and numbers these are.
	Address string `json:"address"`
	// Whole is when all of it was last read.
	Whole time.Time `json:"whole"`
	// Modified is the newest change that was seen, Count how many records there
	// were.
	Modified time.Time `json:"modified,omitzero"`
	Count    int       `json:"count"`
	// Newest are the validators of the page with the newest changes.
	Newest validators `json:"newest,omitzero"`
}

// Toolhub reads the tools that Toolhub lists; address is that of its API, such
// as https://toolhub.wikimedia.org/api/. It says the same of every wiki. Once a
// day it reads all of them, in between those that have changed.
//
// Authors are no maintainers: Toolhub makes no claims. E-mail addresses are not
// kept.
func Toolhub(f *Fetcher, address string) Source {
	return Source{
		Name:  toolhubSource,
		Every: toolhubEvery,
		Read: func(ctx context.Context, in Reading) (registry.Survey, error) {
			s, err := readToolhub(ctx, f, address, in)
			if err != nil && !errors.Is(err, ErrUnchanged) {
				return registry.Survey{}, fmt.Errorf("read Toolhub: %w", err)
			}
			return s, err
		},
	}
}

func readToolhub(ctx context.Context, f *Fetcher, address string, in Reading) (registry.Survey, error) {
	v, err := f.visit(address)
	if err != nil {
		return registry.Survey{}, err
	}
	v.home = v.home.JoinPath("tools/")
	r := toolhubReader{visit: v, in: in}
	if mark, ok := r.mark(); ok {
		s, err := r.changes(ctx, mark)
		if !errors.Is(err, errShifted) {
			return s, err
		}
		r.conf.Log.Debug().Str("source", toolhubSource).Msg("more than changes; reading the whole list")
	}
	for range toolhubTries {
		var s registry.Survey
		if s, err = r.whole(ctx); !errors.Is(err, errShifted) {
			return s, err
		}
		r.left = f.conf.MaxWhole
	}
	return registry.Survey{}, fmt.Errorf("%w, %d times", err, toolhubTries)
}

// toolhubReader is one reading of Toolhub.
type toolhubReader struct {
	*visit
	in Reading
}

// mark returns the mark of the last reading; ok is false if all has to be read.
// While a smaller answer waits for a second one like it, that is so, too.
func (r toolhubReader) mark() (mark toolhubMark, ok bool) {
	if json.Unmarshal([]byte(r.in.Last.Mark), &mark) != nil || mark.Address != r.place() || mark.Modified.IsZero() {
		return toolhubMark{}, false
	}
	age := r.in.At.Sub(mark.Whole)
	return mark, age >= 0 && age < toolhubWhole-toolhubEvery/2 && r.in.Last.Held.IsZero()
}

// toolhubAnswer is a page without its records.
type toolhubAnswer struct {
	count int
	next  *url.URL // nil on the last one
}

// whole reads the list in the order of names, in which an edit moves nothing.
// Tools that come or leave between two pages move the rest, so that a tool can
// slip through: then the number of records changes, or is not that of the names
// that were seen, and the error is errShifted.
func (r toolhubReader) whole(ctx context.Context) (registry.Survey, error) {
	list := newToolList(r.in.At)
	mark := toolhubMark{Address: r.place(), Whole: r.in.At}
	pages := make(map[string]bool)
	for at := r.query("name", wholePage); at != nil; {
		if pages[at.RawQuery] {
			return registry.Survey{}, errors.New("its pages go round in circles")
		}
		list.newPage()
		seen := list.records
		page, _, err := r.page(ctx, at, validators{}, list.add)
		switch {
		case len(pages) > 0 && isMissing(err): // there are fewer pages now
			return registry.Survey{}, errShifted
		case err != nil:
			return registry.Survey{}, err
		case len(pages) > 0 && page.count != mark.Count:
			return registry.Survey{}, errShifted
		case page.next != nil && (list.records == seen || list.records > 2*page.count+wholePage):
			return registry.Survey{}, errors.New("its pages have no end")
		}
		pages[at.RawQuery] = true
		mark.Count = page.count
		if r.in.Progress != nil {
			r.in.Progress(list.records, page.count)
		}
		at = page.next
	}
	list.report(r.conf.Log, toolhubSource)
	if list.listed() != mark.Count {
		return registry.Survey{}, errShifted
	}
	if list.unusable() {
		return registry.Survey{}, fmt.Errorf("none of its %d records can be read", list.records)
	}
	mark.Modified = list.newest
	return r.survey(list, mark, false)
}

// changes reads the records that changed since the last reading. It is
// errShifted when that is not all that happened: tools have left, or there are
// too many changes to follow them.
func (r toolhubReader) changes(ctx context.Context, last toolhubMark) (registry.Survey, error) {
	list := newToolList(r.in.At)
	mark := last
	created, done := 0, false
	before := time.Time{}
	add := func(raw json.RawMessage) error {
		record, ok, err := list.read(raw, toolhubName)
		if err != nil || !ok || done {
			return err
		}
		at := record.ModifiedDate
		if at.IsZero() || !before.IsZero() && at.After(before) {
			return errShifted // no order to go by
		}
		before = at
		if done = at.Before(last.Modified); done {
			return nil
		}
		if list.keep(record) && list.since(record.CreatedDate, last.Modified) {
			created++
		}
		return nil
	}
	at := r.query("-modified_date", changesPage)
	for pages := 0; at != nil && !done; pages++ {
		known := validators{}
		if pages == 0 {
			known = last.Newest
		}
		list.newPage()
		page, now, err := r.page(ctx, at, known, add)
		switch {
		case pages > 0 && isMissing(err):
			return registry.Survey{}, errShifted
		case err != nil:
			return registry.Survey{}, err
		case pages > 0 && page.count != mark.Count || pages == toolhubBack:
			return registry.Survey{}, errShifted
		case pages == 0:
			mark.Newest = now
		}
		mark.Count = page.count
		at = page.next
	}
	list.report(r.conf.Log, toolhubSource)
	if mark.Count != last.Count+created {
		return registry.Survey{}, errShifted
	}
	if list.newest.After(mark.Modified) {
		mark.Modified = list.newest
	}
	if mark == last {
		return registry.Survey{}, ErrUnchanged
	}
	return r.survey(list, mark, true)
}

func isMissing(err error) bool {
	e := (*fetchError)(nil)
	return errors.As(err, &e) && e.status == http.StatusNotFound
}

func (r toolhubReader) survey(list *toolList, mark toolhubMark, part bool) (registry.Survey, error) {
	text, err := json.Marshal(mark)
	return registry.Survey{
		Source: toolhubSource, Wiki: registry.AllWikis, At: r.in.At, Items: list.items, Part: part, Mark: string(text),
	}, err
}

// place is the address of the list as the mark keeps it.
func (r toolhubReader) place() string { return r.home.Host + r.home.Path }

// query is the address of the first page of the list in an order.
func (r toolhubReader) query(ordering string, size int) *url.URL {
	at := *r.home
	at.RawQuery = url.Values{"ordering": {ordering}, "page_size": {fmt.Sprint(size)}}.Encode()
	return &at
}

// page reads one page of the list, record by record.
func (r toolhubReader) page(ctx context.Context, at *url.URL, known validators, each func(json.RawMessage) error) (toolhubAnswer, validators, error) {
	var page toolhubAnswer
	now, err := r.get(ctx, at, known, r.conf.MaxPage, func(dec *json.Decoder) error {
		var link string
		counted, listed := false, false
		err := readObject(dec, func(key string) error {
			switch key {
			case "count":
				counted = true
				return badJSON(dec.Decode(&page.count))
			case "next":
				return badJSON(dec.Decode(&link))
			case "results":
				listed = true
				return readList(dec, each)
			}
			var other json.RawMessage
			return badJSON(dec.Decode(&other))
		})
		if err != nil {
			return err
		}
		if !counted || !listed {
			return &fetchError{outcome: gotInvalid, reason: "answers without the count and the results of a list"}
		}
		if link != "" {
			if page.next, err = r.at(link); err != nil {
				return err
			}
			page.next.Path, page.next.RawPath = r.home.Path, r.home.RawPath
		}
		return nil
	})
	return page, now, err
}

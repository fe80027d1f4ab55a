// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the texts of edits: many in one request, and each only once.

package bot

import (
	"cmp"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"maps"
	"slices"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
)

const (
	// patience is how long a wiki is waited for that refuses to show any text,
	// and shortPatience how long for some texts where it shows others.
	patience      = time.Hour
	shortPatience = 20 * time.Second
	// textsInAll is how many bytes of texts are kept of all wikis.
	textsInAll = 64 << 20
	// textsAtOnce is how many bytes of texts are asked for at once, as far as can
	// be told from the last ones.
	textsAtOnce = 16 << 20
	// textsLeast is how many texts may be asked for whatever their length.
	textsLeast = 50
	// sumsOfPages is of how many pages the sums of the last texts are kept, and
	// sumsOfPage how many of each.
	sumsOfPages, sumsOfPage = 2_000, 20
)

// wants says what the text of an edit is looked at for.
type wants uint8

const (
	wantsMentions wants = 1 << iota
	wantsOwners         // the items whose own page it is
	wantsDefinitions
	wantsProposals
	wantsTold // the entries of the noticeboard whose texts stand on it
)

// texts is what is remembered of the texts of a wiki. Its queue alone uses it.
type texts struct {
	// newest are the texts of the last edits, by revision: the next edit of a
	// page begins with one.
	newest *recent[int64, string]
	// sums are the SHA-1 sums of the last texts of pages, by title.
	sums *recent[string, []textSum]
	// size is the mean length of the last texts.
	size int
}

func newTexts(bytes int) texts {
	return texts{
		newest: newRecent[int64](bytes, func(text string) int { return len(text) + 100 }),
		sums:   newRecent[string](sumsOfPages, func([]textSum) int { return 1 }),
	}
}

// textSum is the SHA-1 sum of the text of a revision, in hexadecimal.
type textSum struct {
	revision int64
	sum      string
}

// needs are the revisions whose texts an entry takes and that are not known.
func (s *site) needs(e *entry) []int64 {
	switch _, known := s.texts.newest.get(e.Parent); {
	case e.wants == 0:
		return nil
	case e.Parent == 0 || known:
		return []int64{e.Revision}
	}
	return []int64{e.Revision, e.Parent}
}

// batchSize is how many texts are asked for at once.
func (s *site) batchSize(ctx context.Context) int {
	limit := s.client.TitleLimit(ctx)
	if s.texts.size > 0 {
		limit = min(limit, max(textsLeast, textsAtOnce/s.texts.size))
	}
	return limit
}

// read reads the texts that entries need; those of the result that were known
// hold nothing else.
func (s *site) read(ctx context.Context, all []*entry) (map[int64]wiki.Revision, error) {
	var ids []int64
	known := map[int64]wiki.Revision{}
	for _, e := range all {
		ids = append(ids, s.needs(e)...)
		if text, ok := s.texts.newest.get(e.Parent); ok && e.wants != 0 {
			known[e.Parent] = wiki.Revision{ID: e.Parent, Text: text}
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) == 0 {
		return known, nil
	}
	found, err := s.readAll(ctx, ids)
	if err != nil {
		return nil, err
	}
	bytes := 0
	for id, r := range found {
		bytes += len(r.Text)
		known[id] = r
	}
	s.texts.size = (s.texts.size + bytes/len(ids)) / 2
	return known, nil
}

// readAll reads revisions, again and again where the wiki's answer is not about
// them: the mentions in them would be lost. Those that it refuses alone are not
// in the result.
func (s *site) readAll(ctx context.Context, ids []int64) (map[int64]wiki.Revision, error) {
	since := time.Now()
	f := fetch{client: s.client, found: map[int64]wiki.Revision{}}
	for wait := time.Second; ; wait = min(2*wait, time.Minute) {
		if err := f.try(ctx, ids); err != nil {
			return nil, err
		}
		waited := time.Since(since)
		if ids = f.refused; len(ids) == 0 || waited > patience || waited > shortPatience && len(f.found) > 0 {
			break
		}
		s.log.Warn().Err(f.why).Int("texts", len(ids)).Dur("next_try", wait).Msg("texts cannot be read for now")
		if err := newSignal().wait(ctx, wait); err != nil {
			return nil, err
		}
		f.refused, f.failures = nil, 0
	}
	for _, id := range slices.Concat(ids, f.tooBig) {
		s.metrics.skipped.WithLabelValues("refused").Inc()
		s.log.Warn().Err(f.why).Int64("rev", id).Msg("a text cannot be read")
	}
	return f.found, nil
}

// fetch is a reading of revisions of which the wiki may refuse some.
type fetch struct {
	client   *wiki.Client
	found    map[int64]wiki.Revision
	refused  []int64
	tooBig   []int64
	failures int
	why      error // the last refusal
}

// failuresAlike is after how many refusals, and no answer, the fault is taken for
// the wiki's and not looked for in single texts.
const failuresAlike = 6

// try reads revisions, in ever smaller portions where the wiki refuses them, so
// that one bad text is alone in the end. The error is one that is not about them.
func (f *fetch) try(ctx context.Context, ids []int64) error {
	revisions, err := f.client.Revisions(ctx, ids...)
	refused, ok := errors.AsType[*wiki.Error](err)
	switch {
	case err == nil:
		maps.Copy(f.found, revisions)
		return nil
	case !ok || refused.Class != wiki.Unknown:
		return err
	}
	f.why = err
	f.failures++
	switch {
	case len(ids) == 1 && refused.Code == "too-big":
		f.tooBig = append(f.tooBig, ids...)
		return nil
	case len(ids) == 1 || len(f.found) == 0 && f.failures > failuresAlike && refused.Code != "too-big":
		f.refused = append(f.refused, ids...)
		return nil
	}
	for half := range slices.Chunk(ids, (len(ids)+1)/2) {
		if err := f.try(ctx, half); err != nil {
			return err
		}
	}
	return nil
}

// earlier returns the sums of the texts that a page had before an edit, and
// remembers that edit's. An edit that is handled again is none before itself.
func (s *site) earlier(c detect.Change, parent int64) []string {
	known, _ := s.texts.sums.get(c.Title)
	next := slices.Clone(known)
	var sums []string
	for _, k := range known {
		if k.revision < c.Revision {
			sums = append(sums, k.sum)
		}
	}
	for revision, text := range map[int64]string{parent: c.Before, c.Revision: c.After} {
		if text != "" && !slices.ContainsFunc(next, func(k textSum) bool { return k.revision == revision }) {
			sum := sha1.Sum([]byte(text))
			next = append(next, textSum{revision, hex.EncodeToString(sum[:])})
		}
	}
	slices.SortFunc(next, func(a, b textSum) int { return cmp.Compare(a.revision, b.revision) })
	s.texts.sums.put(c.Title, next[max(0, len(next)-sumsOfPage):])
	return sums
}

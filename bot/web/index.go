// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the index: what is looked for among the items of all wikis,
// made from the registry at one time and never changed.

package web

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// index is all that search looks at. It is never changed.
type index struct {
	made   time.Time
	groups []group // sorted by name, then key
	byKey  []int32 // places in groups, sorted by key
	rows   []row
	blocks blocks
	names  names
	// mentions are those to show, by wiki, the newest first.
	mentions map[string][]mention
	toolinfo func() ([]byte, error) // toolinfo.json, compressed
}

// group is one item, as one or more wikis see it.
type group struct {
	key   string
	name  string // folded
	other string // folded: other names, and who looks after it
	first int32  // of its rows
	count int32
}

// row is an item as one wiki sees it.
type row struct {
	at       spot
	wiki     uint16
	kind     uint8
	verdict  uint8
	mentions int32 // in 90 days
	gone     bool
}

// names are the few words that many rows share, by number.
type names struct{ wikis, kinds, verdicts []string }

// number returns the place of a word in a list, which it joins if it is new.
func number(list *[]string, word string) int {
	if i := slices.Index(*list, word); i >= 0 {
		return i
	}
	*list = append(*list, word)
	return len(*list) - 1
}

// mentionsShown is how many mentions of a wiki are shown at most.
const mentionsShown = 1000

// draft is an index in the making.
type draft struct {
	index
	clean cleaner
	fold  folder
	at    places
	write blockWriter
	found []drafted
	texts map[string]string
}

type drafted struct {
	group
	row
}

// newIndex reads all wikis.
func newIndex(ctx context.Context, source Source, state State, about About, mask func(string) string, now time.Time) (*index, error) {
	d := &draft{
		index: index{made: now, mentions: map[string][]mention{}, names: names{verdicts: verdictNames()}},
		clean: cleaner{mask}, fold: newFolder(), at: placesOf(state), texts: map[string]string{},
	}
	for _, w := range state.Wikis {
		var failed error
		err := source.Read(ctx, w.Wiki, func(p Part) {
			if failed == nil {
				failed = d.add(w.Wiki, p)
			}
		})
		if err = cmp.Or(err, failed); err != nil {
			return nil, fmt.Errorf("index %s: %w", w.Wiki, err)
		}
	}
	recorded, err := source.Recorded(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for records of tools: %w", err)
	}
	x := d.finish()
	x.toolinfo = toolinfoOf(x, botRecord(about, state), recorded)
	return x, nil
}

func verdictNames() []string {
	var list []string
	for _, v := range registry.Verdicts {
		list = append(list, string(v))
	}
	return list
}

func placesOf(s State) places {
	at := places{}
	for _, p := range s.Places {
		at[p.Wiki] = p
	}
	for _, w := range s.Wikis {
		at[w.Wiki] = w.Place
	}
	return at
}

// add puts a part of a wiki in.
func (d *draft) add(wiki string, p Part) error {
	unowned := map[registry.Key]item{}
	for _, e := range p.View.Entries {
		opinion := p.Judge(e)
		shown, ok := newItem(e, opinion, wiki, d.at, d.clean)
		if !ok {
			continue
		}
		at, err := d.write.add(shown)
		if err != nil {
			return err
		}
		d.found = append(d.found, drafted{
			group{key: shown.Key, name: d.fold.fold(shown.Name), other: d.other(shown)},
			row{
				at: at, wiki: uint16(number(&d.names.wikis, wiki)), kind: uint8(number(&d.names.kinds, shown.Kind)),
				verdict: uint8(number(&d.names.verdicts, shown.Verdict)), mentions: int32(shown.Quarter), gone: !shown.Gone.IsZero(),
			},
		})
		if slices.Contains(p.Unowned, opinion.Verdict) {
			unowned[e.Item.Key] = shown
		}
	}
	for _, m := range p.View.Mentions {
		of, ok := unowned[m.Item]
		if !ok || m.Redacted || !m.Dismissed.IsZero() || m.Time.After(p.Settled) {
			continue
		}
		d.mentions[wiki] = append(d.mentions[wiki], newMention(m, of, d.at[wiki], d.clean))
	}
	return nil
}

// other returns what else an item is found by.
func (d *draft) other(i item) string {
	var b strings.Builder
	for _, list := range [][]string{{i.Key, i.Title}, i.Aliases, i.holders("steward", "maintainer")} {
		for _, s := range list {
			if s != "" && s != i.Name {
				b.WriteString(d.fold.fold(s))
				b.WriteByte('\n')
			}
		}
	}
	text := b.String()
	if known, ok := d.texts[text]; ok {
		return known
	}
	d.texts[text] = text
	return text
}

// finish sorts what was put in.
func (d *draft) finish() *index {
	d.write.flush()
	slices.SortFunc(d.found, func(a, b drafted) int {
		return cmp.Or(strings.Compare(a.key, b.key), cmp.Compare(a.wiki, b.wiki))
	})
	out := d.index
	out.blocks = slices.Clip(d.write.done)
	out.rows = make([]row, 0, len(d.found))
	for i, f := range d.found {
		if n := len(out.groups); i > 0 && out.groups[n-1].key == f.key {
			g := &out.groups[n-1]
			g.count++
			if f.other != g.other && !strings.Contains(g.other, f.other) {
				g.other += f.other
			}
		} else {
			f.group.first, f.group.count = int32(i), 1
			out.groups = append(out.groups, f.group)
		}
		out.rows = append(out.rows, f.row)
	}
	slices.SortStableFunc(out.groups, func(a, b group) int { return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.key, b.key)) })
	out.groups = slices.Clip(out.groups)
	out.byKey = make([]int32, len(out.groups))
	for i := range out.byKey {
		out.byKey[i] = int32(i)
	}
	slices.SortFunc(out.byKey, func(a, b int32) int { return strings.Compare(out.groups[a].key, out.groups[b].key) })
	for wiki, list := range out.mentions {
		slices.SortStableFunc(list, func(a, b mention) int { return b.Time.Compare(a.Time) })
		out.mentions[wiki] = list[:min(len(list), mentionsShown)]
	}
	return &out
}

// members are the rows of an item.
func (x *index) members(g group) []row { return x.rows[g.first : g.first+g.count] }

// find returns an item as the wikis see it, or one of them if wiki is not "".
func (x *index) find(key, wiki string) ([]item, error) {
	n, ok := slices.BinarySearchFunc(x.byKey, key, func(i int32, key string) int { return strings.Compare(x.groups[i].key, key) })
	if !ok {
		return nil, nil
	}
	var out []item
	for _, r := range x.members(x.groups[x.byKey[n]]) {
		if wiki != "" && x.names.wikis[r.wiki] != wiki {
			continue
		}
		i, err := x.blocks.get(r.at)
		if err != nil {
			return nil, err
		}
		out = append(out, i)
	}
	return out, nil
}

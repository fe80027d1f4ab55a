// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the names of the items that are known, as detectors use them.

package detect

import (
	"slices"
	"strings"
)

// Alias is a name by which people may call an item that the registry knows.
type Alias struct {
	Kind Kind
	// Name is how people may write it.
	Name string
	// Item is the item's own name, which a mention gets; Wiki is the wiki of a
	// gadget or a user script.
	Item, Wiki string
	// Source says what makes it a name of the item, such as "redirect" or
	// "directory", for people who ask why.
	Source string
}

// sameItem reports whether two names are of one item.
func (a Alias) sameItem(b Alias) bool {
	return a.Kind == b.Kind && a.Item == b.Item && a.Wiki == b.Wiki
}

// Lexicon is the names of items, made ready to be looked up and searched for. It
// does not change, and serves several goroutines at once. A nil Lexicon knows
// none.
//
// Lexicons lie on each other: With puts the names of one wiki on those that all
// wikis share, which are kept once.
type Lexicon struct {
	// layers are this lexicon and those below it, less those without names.
	layers []*Lexicon

	owners  []owner
	records []record
	sources []string
	names   nameTable
	heads   nameHeads
	filter  nameFilter
	longest int // bytes of a name that is searched for
	// accounts says that some tool is known by its account, titles that some item
	// is by the title of a page.
	accounts, titles bool
}

// owner is an item that has names.
type owner struct {
	name, wiki string
	kind       uint8 // in Kinds
}

// record is an alias: the numbers of its item and its source.
type record struct {
	name   string
	owner  uint32
	source uint16
}

// NewLexicon makes a lexicon. In plain text a name that several items have is
// found only beside a word that says which kind is meant, if that leaves one;
// a name that is an ordinary word only beside such a word, and with a capital.
// What is of no kind is left out.
func NewLexicon(aliases []Alias) *Lexicon { return (*Lexicon)(nil).With(aliases) }

// With returns a lexicon that has further names besides those of l. It takes
// memory only for names that l does not have, so that aliases may hold those, too.
func (l *Lexicon) With(aliases []Alias) *Lexicon {
	own := &Lexicon{}
	own.read(aliases, l)
	if l != nil {
		own.layers = l.layers
	}
	if len(own.records) > 0 {
		own.layers = append([]*Lexicon{own}, own.layers...)
	}
	return own
}

// read fills a lexicon with the names that one below it does not have.
func (l *Lexicon) read(aliases []Alias, below *Lexicon) {
	b := tableBuilder{sources: map[string]uint16{}, owners: map[owner]uint32{}, lexicon: l}
	for _, a := range aliases {
		kind := slices.Index(Kinds, a.Kind)
		if kind < 0 || a.Name == "" || below.has(a) {
			continue
		}
		it := owner{a.Item, a.Wiki, uint8(kind)}
		n, ok := b.owners[it]
		if !ok {
			n = uint32(len(l.owners))
			b.owners[it] = n
			l.owners = append(l.owners, it)
			b.named = append(b.named, false)
		}
		b.named[n] = b.named[n] || a.Name == a.Item
		b.add(a, n)
	}
	for n, named := range b.named { // an item is also known by its own name
		if it := l.owners[n]; !named {
			b.whole(Alias{Kind: Kinds[it.kind], Name: it.name, Item: it.name, Wiki: it.wiki}, uint32(n))
		}
	}
	b.finish()
}

// alias returns the alias that a record stands for.
func (l *Lexicon) alias(r uint32) Alias {
	rec := l.records[r]
	it := l.owners[rec.owner]
	return Alias{Kind: Kinds[it.kind], Name: rec.name, Item: it.name, Wiki: it.wiki, Source: l.sources[rec.source]}
}

// form is a way in which an alias may be written: its record and, in the lowest
// bits, how it is made of it.
type form uint32

func (f form) record() uint32 { return uint32(f) >> 3 }
func (f form) how() spelling  { return spelling(f & 7) }

// meaning is what a spelling may mean.
type meaning struct {
	Alias
	how spelling
}

// meanings calls yield with what a spelling in lower case may mean.
func (l *Lexicon) meanings(name string, yield func(meaning)) {
	if l == nil {
		return
	}
	for _, layer := range l.layers {
		if i, ok := layer.names.at(name); ok {
			for _, f := range layer.names.of(i) {
				yield(meaning{layer.alias(f.record()), f.how()})
			}
		}
	}
}

// has reports whether there is such a name of such an item, whatever its source.
func (l *Lexicon) has(a Alias) (found bool) {
	l.meanings(key(a.Name), func(m meaning) { found = found || m.Name == a.Name && m.sameItem(a) })
	return found
}

// nameTable has spellings in order, and what each may mean.
type nameTable struct {
	// text is the spellings one after the other, ends where they end. The forms
	// of one follow those of the one before it, first tells where.
	text        string
	ends, first []uint32
	forms       []form
}

func (t *nameTable) len() int { return len(t.ends) }

func (t *nameTable) name(i int) string {
	if i == 0 {
		return t.text[:t.ends[0]]
	}
	return t.text[t.ends[i-1]:t.ends[i]]
}

// of returns the forms of a spelling.
func (t *nameTable) of(i int) []form { return t.forms[t.first[i]:t.first[i+1]] }

// searched reports whether a spelling is searched for in texts.
func (t *nameTable) searched(i int) bool {
	return slices.ContainsFunc(t.of(i), func(f form) bool { return f.how() <= joined })
}

// at returns the number of a spelling, and whether there is one.
func (t *nameTable) at(name string) (int, bool) {
	i := t.from(name, 0, t.len())
	return i, i < t.len() && t.name(i) == name
}

// from returns the number of the first spelling between two others that is not
// before a name.
func (t *nameTable) from(name string, low, high int) int {
	for low < high {
		if mid := int(uint(low+high) >> 1); t.name(mid) < name {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

// tableBuilder makes the table of a lexicon.
type tableBuilder struct {
	lexicon *Lexicon
	sources map[string]uint16
	owners  map[owner]uint32
	named   []bool // owners by their own name
	all     []spelled
}

type spelled struct {
	name string
	form form
}

// add adds an alias with all of its spellings.
func (b *tableBuilder) add(a Alias, owner uint32) {
	first := len(b.all)
	b.whole(a, owner)
	for how, name := range spellings(a.Name) {
		switch {
		case name == "":
		case how == int(asIs):
			b.all[first].form &^= form(whole)
			b.lexicon.longest = max(b.lexicon.longest, len(name))
		default:
			b.all = append(b.all, spelled{name, b.all[first].form&^7 | form(how)})
			b.lexicon.longest = max(b.lexicon.longest, len(name))
		}
	}
}

// whole adds an alias that is only looked up.
func (b *tableBuilder) whole(a Alias, owner uint32) {
	source, ok := b.sources[a.Source]
	if !ok {
		if len(b.sources) < 1<<16-1 {
			source = uint16(len(b.sources))
			b.sources[a.Source] = source
			b.lexicon.sources = append(b.lexicon.sources, a.Source)
		}
	}
	record := form(len(b.lexicon.records)) << 3
	b.lexicon.records = append(b.lexicon.records, recordOf(a.Name, owner, source))
	name := key(a.Name)
	b.all = append(b.all, spelled{name, record | form(whole)})
	space, title, ok := strings.Cut(name, ":")
	if ok {
		b.lexicon.titles = true
		b.all = append(b.all, spelled{titleMark + strings.TrimSpace(title), record | form(ofTitle)})
	}
	switch {
	case a.Kind != Tool:
	case ok && space == "user":
		b.all = append(b.all, spelled{accountMark + strings.TrimSpace(title), record | form(ofAccount)})
		b.lexicon.accounts = true
	case strings.HasPrefix(a.Source, "bot"):
		b.all = append(b.all, spelled{accountMark + name, record | form(ofAccount)})
		b.lexicon.accounts = true
	}
}

func recordOf(name string, owner uint32, source uint16) record {
	return record{name: name, owner: owner, source: source}
}

// finish puts everything in order.
func (b *tableBuilder) finish() {
	l := b.lexicon
	slices.SortFunc(b.all, func(a, c spelled) int {
		if n := strings.Compare(a.name, c.name); n != 0 {
			return n
		}
		return int(a.form) - int(c.form)
	})
	var text strings.Builder
	t := &l.names
	t.forms = make([]form, len(b.all))
	for i, s := range b.all {
		if i == 0 || s.name != b.all[i-1].name {
			text.WriteString(s.name)
			t.ends = append(t.ends, uint32(text.Len()))
			t.first = append(t.first, uint32(i))
		}
		t.forms[i] = s.form
	}
	t.first = append(t.first, uint32(len(b.all)))
	t.text = strings.Clone(text.String())
	t.ends, t.first = slices.Clip(t.ends), slices.Clip(t.first)
	l.owners, l.records = slices.Clip(l.owners), slices.Clip(l.records)
	l.heads = newNameHeads(t)
	l.filter = newNameFilter(l)
}

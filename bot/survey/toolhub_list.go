// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tools of a catalogue while it is read: one item for every
// tool, and how many records there were.

package survey

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// maxRecords is ten times as many records as any catalogue has.
const maxRecords = 50_000

// toolList are the tools that were read so far. A record that cannot be read is
// passed over and counted.
type toolList struct {
	items  []registry.Item
	places map[registry.Key]int // in items
	names  map[string]bool      // of records, also those that were passed over

	onPage   map[string]bool // names on the page that is read
	records  int
	repeated int // records whose name stands twice on one page
	nameless int
	skipped  []string  // names of records that were passed over, as far as they have any
	newest   time.Time // change that was seen

	now time.Time
}

func newToolList(now time.Time) *toolList {
	return &toolList{places: make(map[registry.Key]int), names: make(map[string]bool), now: now}
}

// newPage says that the records that follow come from another page.
func (l *toolList) newPage() { l.onPage = make(map[string]bool) }

// add reads a record of Toolhub and keeps its tool.
func (l *toolList) add(raw json.RawMessage) error {
	record, ok, err := l.read(raw, toolhubName)
	if ok {
		l.keep(record)
	}
	return err
}

// toolhubName is the name that Toolhub gives a record of its own.
func toolhubName(record toolinfo) string { return record.Name }

// read reads a record and names it as Toolhub does; ok is false for one that is
// passed over. The error is that there are too many records.
func (l *toolList) read(raw json.RawMessage, name func(toolinfo) string) (record toolinfo, ok bool, _ error) {
	if l.records++; l.records > maxRecords {
		return toolinfo{}, false, &fetchError{outcome: gotTooMuch, reason: fmt.Sprintf("answers with more than %d records", maxRecords)}
	}
	err := json.Unmarshal(raw, &record)
	if err != nil {
		var named struct{ Name string }
		_ = json.Unmarshal(raw, &named) // what there is of it
		record.Name = named.Name
	}
	switch {
	case record.Name == "":
		l.nameless++
	case l.onPage[record.Name]:
		l.repeated++
	default:
		l.names[record.Name], l.onPage[record.Name] = true, true
	}
	record.listed = record.Name
	record.Name = name(record)
	if _, fine := toolKey(record.Name); err != nil || !fine {
		l.skipped = append(l.skipped, record.listed)
		return toolinfo{}, false, nil
	}
	return record, true, nil
}

// keep takes in the tool of a record and reports whether it did. Of a tool that
// is there already it takes the other names alone.
func (l *toolList) keep(record toolinfo) bool {
	key, _ := toolKey(record.Name)
	if at := record.ModifiedDate; l.since(at, l.newest) {
		l.newest = at
	}
	if i, again := l.places[key]; again {
		for _, alias := range record.aliases(l.items[i]) {
			if !slices.Contains(l.items[i].Aliases, alias) {
				l.items[i].Aliases = append(l.items[i].Aliases, alias)
			}
		}
		return false
	}
	l.places[key] = len(l.items)
	l.items = append(l.items, record.item(key))
	return true
}

// since reports whether a time is after another one and not in the future,
// which would hide all changes until then. Clocks may differ by an hour.
func (l *toolList) since(at, other time.Time) bool {
	return at.After(other) && at.Before(l.now.Add(time.Hour))
}

// listed is how many records there are, if nothing moved between the pages.
func (l *toolList) listed() int { return len(l.names) + l.nameless + l.repeated }

// unusable reports whether there are records and not one can be read, so that
// the list is one of something else.
func (l *toolList) unusable() bool { return l.records > 0 && len(l.items) == 0 }

// shownSkipped is how many names of records that were passed over are logged.
const shownSkipped = 10

// report logs what was passed over.
func (l *toolList) report(log zerolog.Logger, source string) {
	if len(l.skipped) == 0 {
		return
	}
	var names []string
	for _, name := range l.skipped[:min(len(l.skipped), shownSkipped)] {
		names = append(names, keptText(name, maxWord))
	}
	log.Warn().Str("source", source).Int("records", len(l.skipped)).Strs("records_named", names).
		Msg("records that cannot be read were passed over")
}

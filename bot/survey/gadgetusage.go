// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the source gadgetusage: how many accounts have turned a
// gadget on.

package survey

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// What keeps a wiki from saying how its gadgets are used.
var (
	errUsageOff  = errors.New("the wiki has switched its list GadgetUsage off")
	errUsageNone = errors.New("the wiki has not made its list GadgetUsage yet")
)

// gadgetNamespace is the number of the namespace Gadget. The list has it in place
// of the number of active users where the wiki does not count those
// ($wgSpecialGadgetUsageActiveUsers).
const gadgetNamespace = 2300

// GadgetUsage is the source gadgetusage: Special:GadgetUsage of a wiki, a list
// that larger wikis make only every few days, so that its numbers are as of
// then. Gadgets that nobody has turned on have 0; of those that are on by
// default, the list counts only who asked for them, and so only those that it
// has are named.
func GadgetUsage(api asker, wiki string) Source {
	return Source{
		Name:  "gadgetusage",
		Every: 12 * time.Hour,
		Read: func(ctx context.Context, in Reading) (registry.Survey, error) {
			s, err := readUsage(ctx, api, wiki, in)
			if err != nil {
				return registry.Survey{}, fmt.Errorf("read the usage of gadgets on %s: %w", wiki, err)
			}
			return s, nil
		},
	}
}

// usageAnswer is an answer of list=querypage.
type usageAnswer struct {
	Query struct {
		QueryPage *struct {
			Disabled, Cached bool
			CachedTimestamp  time.Time
			MaxResults       int
			Results          []usageRow
		}
	}
}

// usageRow is a row of Special:GadgetUsage. MediaWiki fits it into the form of
// a list of pages: the number of active users stands in the place of the
// namespace, and the title is that of a page there.
type usageRow struct {
	NS    int64
	Title string
	Value json.Number
}

func readUsage(ctx context.Context, api asker, wiki string, in Reading) (registry.Survey, error) {
	s := registry.Survey{Source: "gadgetusage", Wiki: wiki, At: in.At}
	var list struct {
		Query struct{ Gadgets *[]listedGadget }
	}
	err := api.Get(ctx, map[string]string{"action": "query", "list": "gadgets", "gaprop": "id|metadata"}, &list)
	if err != nil {
		return s, fmt.Errorf("ask for the list of gadgets: %w", err)
	}
	if list.Query.Gadgets == nil {
		return s, nil // without the extension there is nothing to count
	}
	isDefault := make(map[string]bool) // of all that there are
	for _, g := range *list.Query.Gadgets {
		isDefault[g.ID] = g.Metadata.Settings.Default
	}

	asOf, most := in.At, math.MaxInt
	var rows []usageRow
	err = askAll(ctx, api, map[string]string{"action": "query", "list": "querypage", "qppage": "GadgetUsage", "qplimit": "max"},
		func(body json.RawMessage) error {
			var answer usageAnswer
			if err := json.Unmarshal(body, &answer); err != nil {
				return fmt.Errorf("read the answer: %w", err)
			}
			page := answer.Query.QueryPage
			switch {
			case page == nil:
				return errors.New("the answer has no list")
			case page.Disabled:
				return errUsageOff
			case page.Cached && page.CachedTimestamp.IsZero():
				return errUsageNone
			case page.Cached:
				asOf = page.CachedTimestamp
				if page.MaxResults > 0 {
					most = page.MaxResults
				}
			}
			rows = append(rows, page.Results...)
			return nil
		})
	if err != nil {
		return s, err
	}
	counted := countUsage(rows, isDefault, len(rows) < most)
	used := 0
	for _, u := range counted {
		if u.users > 0 {
			used++
		}
	}
	if err := tooFew(ctx, in, registry.Users, used); err != nil {
		return s, err
	}
	for _, id := range slices.Sorted(maps.Keys(counted)) {
		u := counted[id]
		measure := registry.Measure{Item: registry.NewKey(detect.Gadget, wiki, id), Metric: registry.Users, Value: u.users, Source: s.Source, AsOf: asOf}
		s.Measures = append(s.Measures, measure)
		if u.activeKnown {
			measure.Metric, measure.Value = registry.ActiveUsers, u.active
			s.Measures = append(s.Measures, measure)
		}
	}
	return s, nil
}

// usage is how many accounts have turned a gadget on.
type usage struct {
	users, active int64
	activeKnown   bool
}

// countUsage reads the rows about the gadgets that there are. If the rows are
// all that the wiki has, gadgets without one are used by nobody.
func countUsage(rows []usageRow, isDefault map[string]bool, all bool) map[string]usage {
	counted := make(map[string]usage)
	// One gadget may have that many active users, but then it has more users.
	activeCounted := len(rows) > 0 && slices.ContainsFunc(rows, func(r usageRow) bool { return r.NS != gadgetNamespace })
	for _, r := range rows {
		id, ok := gadgetOfPreference(r.Title, isDefault)
		value, err := r.Value.Float64()
		if !ok || err != nil || value < 0 || value > 1<<53 {
			continue
		}
		u := usage{users: int64(value)}
		if activeCounted && r.NS >= 0 && r.NS <= u.users {
			u.active, u.activeKnown = r.NS, true
		}
		counted[id] = u
	}
	if !all {
		return counted
	}
	for id, isDefault := range isDefault {
		if _, known := counted[id]; !known && !isDefault {
			counted[id] = usage{activeKnown: activeCounted}
		}
	}
	return counted
}

// gadgetOfPreference returns the gadget whose preference, "gadget-ID", is in a
// title, behind the false name of a namespace. Gadgets that there are not any
// more still have rows.
func gadgetOfPreference(title string, known map[string]bool) (id string, ok bool) {
	title = strings.ReplaceAll(title, " ", "_")
	for {
		_, rest, found := strings.Cut(title, "gadget-")
		if !found {
			return "", false
		}
		if _, ok := known[rest]; ok {
			return rest, true
		}
		title = rest
	}
}

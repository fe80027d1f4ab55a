// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the wiki's own lists of what happened, recent changes and
// logs, as a source of events: for what a stream could not deliver.

package events

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"strings"
	"time"
)

// API asks one wiki. Get sends a query of the Action API and decodes the whole
// answer, which has formatversion 2, into out.
type API interface {
	Get(ctx context.Context, params map[string]string, out any) error
}

// batch is how many rows are asked for at once: what every account may have.
const batch = "500"

// RecentChanges yields what happened on a wiki from one time to another, both
// included, oldest first: edits, new pages and log entries, as the stream of
// recent changes had told them, but that the namespace of a moved page is known,
// which that stream leaves to be guessed. They have the ID "rc/WIKI/RCID" or
// "log/WIKI/LOGID", the Stream "recentchanges" and no Cursor. A zero from
// begins with the oldest that there is, a zero to has no end.
//
// It reads list=recentchanges, and beside it list=logevents for moves and for
// deletions, restorations and changes of visibility. A wiki forgets its recent
// changes after some time (30 to 90 days, $wgRCMaxAge), its logs never; and a
// page that is deleted takes its edits out of the list. What is hidden by now is
// missing: the user or the comment is "" then, and a log entry whose page is
// hidden is left out.
//
// An error that matches ErrUnknown is that of one row that cannot be read; the
// next follows. Any other is the API's, and the last that is yielded. No more
// than one answer of each list is held in memory.
func RecentChanges(ctx context.Context, api API, wiki, domain string, from, to time.Time) iter.Seq2[Event, error] {
	return merge(ctx, wiki, domain, changesList(api, from, to), logList(api, "delete", from, to), logList(api, "move", from, to))
}

// merge yields the rows of several lists in the order of their times. A log
// entry that is in two lists comes once: from the first, which knows its place
// among the other changes of the same second.
func merge(ctx context.Context, wiki, domain string, lists ...*list) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		var second time.Time
		told := map[int64]bool{} // log entries of that second
		for {
			var next *list
			for _, l := range lists {
				if err := l.fill(ctx); err != nil {
					yield(Event{}, fmt.Errorf("list changes of %s: %w", wiki, err))
					return
				}
				if len(l.rows) > 0 && (next == nil || l.before(next)) {
					next = l
				}
			}
			if next == nil {
				return
			}
			r := next.take()
			if r.err != nil {
				if !yield(Event{}, r.err) {
					return
				}
				continue
			}
			if !r.at.Equal(second) {
				second = r.at
				clear(told)
			}
			logged := int64(r.LogID)
			if r.hidden() || logged != 0 && told[logged] {
				continue
			}
			told[logged] = true
			if !yield(r.event(wiki, domain), nil) {
				return
			}
		}
	}
}

// row is a row of list=recentchanges, or of list=logevents with its names
// changed to those of the other.
type row struct {
	Type      string          `json:"type"`
	NS        integer         `json:"ns"`
	Title     string          `json:"title"`
	RevID     integer         `json:"revid"`
	OldRevID  integer         `json:"old_revid"`
	RCID      integer         `json:"rcid"`
	LogID     integer         `json:"logid"`
	User      string          `json:"user"`
	Bot       bool            `json:"bot"`
	Minor     bool            `json:"minor"`
	Time      timestamp       `json:"timestamp"`
	Comment   string          `json:"comment"`
	LogType   string          `json:"logtype"`
	LogAction string          `json:"logaction"`
	LogParams json.RawMessage `json:"logparams"`

	// Those of logevents.
	Action string          `json:"action"`
	Params json.RawMessage `json:"params"`

	at  time.Time
	id  int64 // in its list
	err error // it cannot be read; at and id are those of the row before
}

// hidden reports whether the page that the row is about is not public any more.
func (r *row) hidden() bool { return r.Title == "" }

// event turns a row into what the stream says of the same change.
func (r *row) event(wiki, domain string) Event {
	e := Event{
		ID:        fmt.Sprintf("rc/%s/%d", wiki, r.RCID),
		Stream:    "recentchanges",
		Wiki:      wiki,
		Domain:    domain,
		Time:      r.at,
		Namespace: int(r.NS),
		Title:     spaces(r.Title),
		User:      r.User,
		Bot:       r.Bot,
		Minor:     r.Minor,
		Comment:   r.Comment,
	}
	if r.RCID == 0 {
		e.ID = fmt.Sprintf("log/%s/%d", wiki, r.LogID)
	}
	switch r.Type {
	case "edit", "new":
		e.Kind = Edit
		if r.Type == "new" {
			e.Kind = Create
		}
		e.Revision, e.Parent = int64(r.RevID), int64(r.OldRevID)
	case "log":
		rc := recentChange{LogType: r.LogType, LogAction: r.LogAction, LogParams: r.LogParams}
		rc.entry(&e)
		if to, ns := r.target(); r.LogType == "move" && to != "" {
			e.Kind, e.OldTitle, e.Title, e.Namespace = Move, spaces(r.Title), to, ns
		}
	default:
		e.Kind = Other
	}
	return e
}

// target is the title that a page was moved to, and its namespace, under the
// names that the API has for them.
func (r *row) target() (title string, namespace int) {
	var params struct {
		Title string  `json:"target_title"`
		NS    integer `json:"target_ns"`
	}
	if json.Unmarshal(r.LogParams, &params) != nil {
		return "", 0 // a list, where there are no parameters
	}
	return spaces(params.Title), int(params.NS)
}

// list reads one list, an answer at a time.
type list struct {
	api    API
	name   string
	params map[string]string
	start  string // the parameter for the time to begin at
	rows   []row  // of the last answer, those not taken yet
	more   map[string]string
	ended  bool
	logs   bool
	// clock is what time it was on the wiki at the first answer, zero if it did
	// not say.
	clock time.Time

	// at and id are those of the last row. The lists are sorted by both.
	at        time.Time
	id        int64
	restarted time.Time // the at of the last new start
}

// changesList is list=recentchanges. It asks for nothing that an Event has no
// place for.
func changesList(api API, from, to time.Time) *list {
	return newList(api, "recentchanges", "rc", from, to, map[string]string{
		"rctype": "edit|new|log",
		"rcprop": "ids|title|user|comment|timestamp|flags|loginfo",
	})
}

// logList is list=logevents of one type.
func logList(api API, kind string, from, to time.Time) *list {
	l := newList(api, "logevents", "le", from, to, map[string]string{
		"letype": kind,
		"leprop": "ids|title|type|user|comment|timestamp|details",
	})
	l.logs = true
	return l
}

func newList(api API, name, prefix string, from, to time.Time, params map[string]string) *list {
	params["action"], params["list"], params["curtimestamp"] = "query", name, "1"
	params[prefix+"dir"], params[prefix+"limit"] = "newer", batch
	if !from.IsZero() {
		params[prefix+"start"] = apiTime(from)
	}
	if !to.IsZero() {
		params[prefix+"end"] = apiTime(to)
	}
	return &list{api: api, name: name, params: params, start: prefix + "start", ended: !to.IsZero() && to.Before(from)}
}

func apiTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// before reports whether the next row of l comes before that of other.
func (l *list) before(other *list) bool {
	a, b := l.rows[0], other.rows[0]
	switch {
	case !a.at.Equal(b.at):
		return a.at.Before(b.at)
	case l.logs != other.logs:
		return other.logs
	}
	return a.id < b.id
}

func (l *list) take() row {
	r := l.rows[0]
	l.rows = l.rows[1:]
	return r
}

// fill sees that there is a row to take, unless the list has ended.
func (l *list) fill(ctx context.Context) error {
	for len(l.rows) == 0 && !l.ended {
		if err := l.ask(ctx); err != nil {
			return err
		}
	}
	return nil
}

// ask gets the next answer.
func (l *list) ask(ctx context.Context) error {
	params := maps.Clone(l.params)
	maps.Copy(params, l.more)
	var answer struct {
		Time     timestamp `json:"curtimestamp"`
		Continue map[string]any
		Query    map[string]json.RawMessage
	}
	err := l.api.Get(ctx, params, &answer)
	if err != nil && l.more != nil && !l.at.Equal(l.restarted) && strings.Contains(err.Error(), "badcontinue") {
		// The wiki was upgraded meanwhile, and does not know its own words any
		// more. The time is as good.
		l.more, l.restarted = nil, l.at
		l.params[l.start] = apiTime(l.at)
		return nil
	}
	if err != nil {
		return err
	}
	if l.clock.IsZero() {
		l.clock = answer.Time.seconds()
	}
	var found []json.RawMessage
	if text := answer.Query[l.name]; text != nil {
		if err := json.Unmarshal(text, &found); err != nil {
			return fmt.Errorf("list=%s of another shape: %w", l.name, err)
		}
	}
	for _, text := range found {
		l.add(text)
	}
	if len(answer.Continue) == 0 {
		l.ended = true
		return nil
	}
	more := make(map[string]string, len(answer.Continue))
	for k, v := range answer.Continue {
		more[k] = fmt.Sprint(v)
	}
	if maps.Equal(more, l.more) {
		return fmt.Errorf("list=%s continues where it was", l.name)
	}
	l.more = more
	return nil
}

// add reads a row, and leaves out those that were there before.
func (l *list) add(text json.RawMessage) {
	r := row{at: l.at, id: l.id}
	switch err := unmarshal(text, &r); {
	case err != nil:
		r.err = fmt.Errorf("row of list=%s: %w", l.name, err)
	case r.Time.seconds().IsZero():
		r.err = fmt.Errorf("%w: row of list=%s without a time", ErrUnknown, l.name)
	default:
		r.at, r.id = r.Time.seconds(), int64(r.RCID)
		if l.logs {
			r.id = int64(r.LogID)
			r.Type, r.LogType, r.LogAction, r.LogParams = "log", r.Type, r.Action, r.Params
		}
		if r.id == 0 {
			r.err = fmt.Errorf("%w: row of list=%s without an id", ErrUnknown, l.name)
			break
		}
		if r.at.Before(l.at) || r.at.Equal(l.at) && r.id <= l.id {
			return
		}
		l.at, l.id = r.at, r.id
	}
	l.rows = append(l.rows, r)
}

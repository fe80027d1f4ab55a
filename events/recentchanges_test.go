// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of the wiki's lists that no real wiki shows: answers
// in many parts, odd rows, refusals.

package events_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

// lists is a wiki's API as far as its lists go.
type lists struct {
	mu      sync.Mutex
	rows    map[string][]listed // by list and type of log entries
	limit   int                 // rows in an answer
	asked   []map[string]string
	trouble func(params map[string]string) error // nil: none
}

// listed is a row at a place in its list.
type listed struct {
	at    time.Time
	id    int64
	text  string
	place string // sorts as the list does; set by put
}

var day = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func at(seconds int) time.Time { return day.Add(time.Duration(seconds) * time.Second) }

func (l *lists) edit(id int64, at time.Time) {
	l.put("recentchanges", listed{at: at, id: id, text: fmt.Sprintf(`{"type":"edit","ns":1,"title":"Talk:Page %d","rcid":%d,"revid":%d,"old_revid":%d,"user":"Quill","bot":false,"minor":false,"timestamp":%q,"comment":""}`,
		id, id, 100+id, 99+id, at.Format(time.RFC3339))})
}

func (l *lists) entry(rcid, logid int64, at time.Time, kind, action, title string) {
	if rcid != 0 {
		l.put("recentchanges", listed{at: at, id: rcid, text: fmt.Sprintf(`{"type":"log","ns":0,"title":%q,"rcid":%d,"logid":%d,"logtype":%q,"logaction":%q,"logparams":[],"timestamp":%q}`,
			title, rcid, logid, kind, action, at.Format(time.RFC3339))})
	}
	l.put("logevents "+kind, listed{at: at, id: logid, text: fmt.Sprintf(`{"logid":%d,"ns":0,"title":%q,"type":%q,"action":%q,"params":{},"timestamp":%q}`,
		logid, title, kind, action, at.Format(time.RFC3339))})
}

func (l *lists) put(list string, rows ...listed) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.rows == nil {
		l.rows = map[string][]listed{}
	}
	for _, r := range rows {
		r.place = fmt.Sprintf("%s|%020d", r.at.Format("20060102150405"), r.id)
		i, _ := slices.BinarySearchFunc(l.rows[list], r, func(a, b listed) int { return strings.Compare(a.place, b.place) })
		l.rows[list] = slices.Insert(l.rows[list], i, r)
	}
}

func (l *lists) Get(ctx context.Context, params map[string]string, out any) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = append(l.asked, params)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if l.trouble != nil {
		if err := l.trouble(params); err != nil {
			return err
		}
	}
	name, prefix := params["list"], "rc"
	rows := l.rows[name]
	if name == "logevents" {
		prefix = "le"
		rows = l.rows[name+" "+params["letype"]]
	}
	start, _ := time.Parse(time.RFC3339, params[prefix+"start"])
	end, _ := time.Parse(time.RFC3339, params[prefix+"end"])
	var found []string
	next := ""
	for _, r := range rows {
		if r.at.Before(start) || !end.IsZero() && r.at.After(end) || r.place < params[prefix+"continue"] {
			continue
		}
		if len(found) == l.limit {
			next = r.place
			break
		}
		found = append(found, r.text)
	}
	answer := fmt.Sprintf(`{"curtimestamp":%q,"query":{%q:[%s]}}`, time.Now().UTC().Format(time.RFC3339), name, strings.Join(found, ","))
	if next != "" {
		answer = fmt.Sprintf(`{"continue":{"continue":"-||",%q:%q},%s`, prefix+"continue", next, answer[1:])
	}
	return json.Unmarshal([]byte(answer), out)
}

// fails makes the answers fail as trouble says, or not if it is nil.
func (l *lists) fails(trouble func(params map[string]string) error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.trouble = trouble
}

// questions returns how many there were.
func (l *lists) questions() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.asked)
}

func ids(list []events.Event) string {
	var out []string
	for _, e := range list {
		out = append(out, strings.TrimPrefix(strings.Replace(e.ID, "teawiki/", "", 1), "rc/"))
	}
	return strings.Join(out, " ")
}

func TestListsAreMergedInOrderWithoutDoubles(t *testing.T) {
	l := &lists{}
	l.edit(1, at(0))
	l.edit(101, at(1))
	l.entry(102, 50, at(1), "move", "move", "A")
	l.edit(103, at(1))
	l.entry(0, 51, at(1), "delete", "delete", "B") // no longer, or never, in the list of changes
	l.entry(0, 49, at(1), "delete", "restore", "B")
	l.entry(104, 52, at(2), "delete", "delete", "C")
	l.edit(105, at(2))
	l.entry(0, 40, at(-5), "move", "move", "D")
	for limit := 1; limit < 8; limit++ {
		l.limit, l.asked = limit, nil
		got := collect(t, events.RecentChanges(t.Context(), l, "teawiki", "tea.example", time.Time{}, at(10)))
		if want := "log/40 1 101 102 103 log/49 log/51 104 105"; ids(got) != want {
			t.Errorf("%d rows an answer: %s, want %s", limit, ids(got), want)
		}
	}
}

func TestOddRowsAreToldAndTheOthersFollow(t *testing.T) {
	l := &lists{limit: 3}
	l.edit(1, at(0))
	for i, text := range []string{
		`{}`, `null`, `[]`, `7`, `{"type":"edit","rcid":"x","timestamp":"2026-03-01T12:00:00Z"}`,
		`{"type":"edit","title":"No time","rcid":5}`, `{"type":"edit","title":"No id","timestamp":"2026-03-01T12:00:00Z"}`,
		`{"type":"edit","title":["list"],"rcid":6,"timestamp":"2026-03-01T12:00:00Z"}`,
	} {
		l.put("recentchanges", listed{at: at(0), id: int64(10 + i), text: text})
	}
	l.put("recentchanges", listed{at: at(0), id: 30, text: `{"type":"sparkle","title":"New kind","rcid":30,"timestamp":"2026-03-01T12:00:00Z","user":null,"later":{"a":[1]}}`})
	l.put("recentchanges", listed{at: at(0), id: 31, text: `{"type":"log","rcid":31,"actionhidden":true,"timestamp":"2026-03-01T12:00:00Z"}`})
	l.put("recentchanges", listed{at: at(0), id: 32, text: `{"type":"log","title":"From","logtype":"move","logaction":"move","logparams":["To"],"rcid":32,"logid":9,"timestamp":"2026-03-01T12:00:00Z"}`})
	l.put("recentchanges", listed{at: at(0), id: 33, text: `{"type":"log","title":"From","logtype":"move","logaction":"move","rcid":33,"logid":10,"timestamp":"2026-03-01T12:00:00Z"}`})
	l.edit(40, at(1))
	var got []events.Event
	odd := 0
	for e, err := range events.RecentChanges(t.Context(), l, "teawiki", "tea.example", time.Time{}, time.Time{}) {
		switch {
		case errors.Is(err, events.ErrUnknown):
			odd++
		case err != nil:
			t.Fatal(err)
		default:
			got = append(got, e)
		}
	}
	if odd != 8 || ids(got) != "1 30 32 33 40" {
		t.Fatalf("%d odd rows and %s", odd, ids(got))
	}
	if e := got[1]; e.Kind != events.Other || e.User != "" {
		t.Errorf("a new kind: %+v", e)
	}
	if e := got[2]; e.Kind != events.Move || e.Title != "To" || e.OldTitle != "From" {
		t.Errorf("a move in the form of before 2011: %+v", e)
	}
	if e := got[3]; e.Kind != events.Log {
		t.Errorf("a move to nowhere: %+v", e)
	}
}

func TestAContinuationThatIsNotTakenIsReplaced(t *testing.T) {
	l := &lists{limit: 2}
	for i := range 9 {
		l.edit(int64(i+1), at(i/3))
	}
	refused := 0
	l.trouble = func(params map[string]string) error {
		if strings.HasSuffix(params["rccontinue"], "5") && refused == 0 {
			refused++
			return errors.New("query: badcontinue: invalid continue param")
		}
		return nil
	}
	got := collect(t, events.RecentChanges(t.Context(), l, "teawiki", "tea.example", at(0), at(60)))
	if ids(got) != "1 2 3 4 5 6 7 8 9" || refused != 1 {
		t.Errorf("%s after %d refusals", ids(got), refused)
	}
	// One that refuses every continuation is no endless loop.
	l.trouble = func(params map[string]string) error {
		if params["rccontinue"] != "" {
			return errors.New("query: badcontinue: invalid continue param")
		}
		return nil
	}
	l.asked = nil
	var failed error
	for _, err := range events.RecentChanges(t.Context(), l, "teawiki", "tea.example", at(0), at(60)) {
		failed = err
	}
	if failed == nil || len(l.asked) > 20 {
		t.Errorf("error %v after %d questions", failed, len(l.asked))
	}
}

func TestAnErrorOfTheAPIIsTheLast(t *testing.T) {
	l := &lists{limit: 1}
	l.edit(1, at(0))
	l.edit(2, at(1))
	down := errors.New("down")
	l.trouble = func(params map[string]string) error {
		if params["rccontinue"] != "" {
			return down
		}
		return nil
	}
	n, failed := 0, error(nil)
	for _, err := range events.RecentChanges(t.Context(), l, "teawiki", "tea.example", time.Time{}, time.Time{}) {
		n++
		failed = err
	}
	if n != 2 || !errors.Is(failed, down) {
		t.Errorf("%d events, the last with %v", n, failed)
	}
}

// endless has as many edits as anybody asks for.
type endless struct{ given int }

func (l *endless) Get(_ context.Context, params map[string]string, out any) error {
	if params["list"] != "recentchanges" {
		return json.Unmarshal([]byte(`{}`), out)
	}
	n, err := strconv.Atoi(params["rclimit"])
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, `{"continue":{"rccontinue":"%d"},"query":{"recentchanges":[`, l.given+n)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		l.given++
		fmt.Fprintf(&b, `{"type":"edit","title":"Page","rcid":%d,"timestamp":"2026-03-01T12:00:00Z"}`, l.given)
	}
	b.WriteString("]}}")
	return json.Unmarshal([]byte(b.String()), out)
}

func TestNoMoreThanABatchIsHeld(t *testing.T) {
	l := &endless{}
	n := 0
	for _, err := range events.RecentChanges(t.Context(), l, "teawiki", "tea.example", time.Time{}, time.Time{}) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; l.given-n >= 500 {
			t.Fatalf("%d rows read, %d handed over", l.given, n)
		}
		if n == 5000 {
			break
		}
	}
}

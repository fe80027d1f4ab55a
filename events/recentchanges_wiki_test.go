// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the proof on a real wiki that its lists and its stream tell
// the same.

package events_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"iter"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/rs/zerolog"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki/wikitest"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events/relay"
)

// told is a wiki whose changes also come as a stream.
type told struct {
	*testing.T
	wiki   *wikitest.Wiki
	client *wiki.Client
	admin  *wikitest.User
	began  time.Time
	feed   *httptest.Server
}

// uploads lets the wiki take files, from addresses on this machine.
const uploads = `
$wgEnableUploads = true;
$wgAllowCopyUploads = true;
$wgCopyUploadsFromSpecialUpload = true;
$wgUploadDirectory = "$wikitestDir/images";
$wgGroupPermissions['sysop']['upload_by_url'] = true;
$wgVerifyMimeType = false;
`

func startTold(t *testing.T, extra string) *told {
	t.Helper()
	if testing.Short() {
		t.Skip("needs a MediaWiki, left out under -short")
	}
	r := relay.New(relay.Config{Log: zerolog.Nop(), Canary: 100 * time.Millisecond})
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- r.ServeUDP(ctx, conn) }()
	w := &told{T: t, feed: httptest.NewServer(r), began: time.Now().UTC().Truncate(time.Second)}
	t.Cleanup(func() {
		r.Close()
		w.feed.CloseClientConnections()
		w.feed.Close()
		cancel()
		conn.Close()
		<-served
	})
	w.wiki = wikitest.Start(t, wikitest.Options{Feed: conn.LocalAddr().String(), Extra: extra})
	w.admin = w.wiki.Admin()
	w.client, err = wiki.New(wiki.Config{Wiki: w.wiki.DB, API: w.wiki.API, UserAgent: "codesteward-test/0 (https://example.org)", Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.client.Close)
	return w
}

func (w *told) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *told) edit(who *wikitest.User, title, text string) int64 {
	w.Helper()
	rev, err := who.Edit(context.Background(), title, text, "test of "+title)
	w.must(err)
	return rev
}

func (w *told) do(who *wikitest.User, pairs ...string) json.RawMessage {
	w.Helper()
	params := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		params[pairs[i]] = pairs[i+1]
	}
	answer, err := who.Do(context.Background(), params)
	w.must(err)
	return answer
}

// stream returns what the stream told until it told of a last page.
func (w *told) stream() []events.Event {
	w.Helper()
	const last = "The last page"
	w.edit(w.admin, last, "over")
	ctx, cancel := context.WithTimeout(w.Context(), 30*time.Second)
	defer cancel()
	s := events.New(events.Config{URL: w.feed.URL + "/v2/stream", Streams: []string{"mediawiki.recentchange"}, Log: zerolog.Nop()})
	var out []events.Event
	for e, err := range s.Events(ctx, events.Cursor{Time: w.began}) {
		w.must(err)
		if e.Kind == events.Canary || e.Kind == events.Progress {
			continue
		}
		out = append(out, e)
		if e.Title == last {
			return out
		}
	}
	w.Fatal("the stream has not told of the last page")
	return nil
}

func (w *told) lists(from, to time.Time) []events.Event {
	w.Helper()
	return collect(w.T, events.RecentChanges(w.Context(), w.client, w.wiki.DB, "127.0.0.1", from, to))
}

func collect(t *testing.T, seq iter.Seq2[events.Event, error]) []events.Event {
	t.Helper()
	var out []events.Event
	for e, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

// but leaves out the fields in which the two may differ.
var but = cmpopts.IgnoreFields(events.Event{}, "ID", "Stream", "Cursor")

// lastLog returns the id of the newest log entry of a type.
func (w *told) lastLog(kind string) string {
	w.Helper()
	var answer struct {
		Query struct{ LogEvents []struct{ LogID int64 } }
	}
	w.must(json.Unmarshal(w.do(w.admin, "action", "query", "list", "logevents", "letype", kind, "lelimit", "1"), &answer))
	if len(answer.Query.LogEvents) != 1 {
		w.Fatalf("no log entry of type %s", kind)
	}
	return strconv.FormatInt(answer.Query.LogEvents[0].LogID, 10)
}

func TestListsTellWhatTheStreamTold(t *testing.T) {
	w := startTold(t, uploads)
	ctx := t.Context()
	robot, err := w.wiki.CreateUser(ctx, "Ticker", "bot")
	w.must(err)
	ada, err := w.wiki.CreateUser(ctx, "Ada")
	w.must(err)
	picture, err := base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
	w.must(err)
	files := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "image/png")
		rw.Write(picture)
	}))
	defer files.Close()

	w.edit(ada, "Talk:Tea_house", "one") // new page
	second := w.edit(ada, "Talk:Tea_house", "one two")
	w.do(ada, "action", "edit", "title", "Talk:Tea house", "text", "one two three", "summary", "/* Top */ [[link]] & <b>", "minor", "1")
	w.do(robot, "action", "edit", "title", "Talk:Tea house", "text", "by a machine", "bot", "1", "minor", "1")
	_, err = w.wiki.Anonymous().Edit(ctx, "Talk:Visitors", "from nobody", "")
	w.must(err)
	w.must(w.admin.Move(ctx, "Talk:Tea house", "Test Wiki talk:Tea house", "with a redirect"))
	w.edit(ada, "Talk:Coffee", "x")
	w.do(w.admin, "action", "move", "from", "Talk:Coffee", "to", "Template:Coffee_and_cake", "noredirect", "1", "reason", "without one")
	w.edit(ada, "Project:Wanted", "target")
	w.edit(ada, "Project:Wanting", "source")
	w.edit(w.admin, "Project:Wanted", "#REDIRECT [[Project:Wanting]]")
	w.must(w.admin.Delete(ctx, "Test Wiki:Wanted", "gone"))
	w.must(w.admin.Undelete(ctx, "Test Wiki:Wanted", "back"))
	w.must(w.admin.Protect(ctx, "Test Wiki:Wanted", "sysop"))
	w.must(w.admin.HideRevision(ctx, "Test Wiki talk:Tea house", second, "content", "comment"))
	first := w.edit(ada, "Talk:Several", "1")
	w.edit(ada, "Talk:Several", "2")
	w.edit(ada, "Talk:Several", "3")
	w.do(w.admin, "action", "revisiondelete", "type", "revision", "target", "Talk:Several", "ids", fmt.Sprintf("%d|%d", first, first+1), "hide", "content", "reason", "two at once")
	w.do(w.admin, "action", "upload", "filename", "Dot.png", "url", files.URL+"/dot.png", "comment", "a dot", "ignorewarnings", "1")
	w.must(w.admin.Block(ctx, "Ticker", "too loud"))
	w.do(w.admin, "action", "userrights", "user", "Ada", "add", "bot", "reason", "why not")
	w.do(w.admin, "action", "managetags", "operation", "create", "tag", "odd", "reason", "a log entry without much")

	// The edits of a page that is deleted leave the list, as they leave the wiki.
	told := w.stream()
	got := w.lists(w.began, time.Time{})
	gone := func(e events.Event) bool {
		return e.Kind != events.Log && e.Title == "Test Wiki:Wanted" && (e.Kind == events.Create || e.Kind == events.Edit)
	}
	want := slices.DeleteFunc(slices.Clone(told), gone)
	for i := range want {
		// The stream does not tell the namespace that a page was moved to.
		if to, ok := map[string]int{"Test Wiki talk:Tea house": 5, "Template:Coffee and cake": 10}[want[i].Title]; ok && want[i].Kind == events.Move {
			want[i].Namespace = to
		}
		// What this one says was hidden since.
		if want[i].Revision == second && want[i].Kind == events.Edit {
			want[i].Comment = ""
		}
	}
	if diff := cmp.Diff(want, got, but); diff != "" {
		t.Errorf("the lists differ from the stream (-stream +lists)\n%s", diff)
	}
	kinds := map[events.Kind]int{}
	types := map[string]int{}
	ids := map[string]bool{}
	for _, e := range got {
		kinds[e.Kind]++
		types[e.LogType+"/"+e.LogAction]++
		if ids[e.ID] || !strings.HasPrefix(e.ID, "rc/testwiki/") || e.Stream != "recentchanges" || !e.Cursor.IsZero() {
			t.Errorf("event %+v", e)
		}
		ids[e.ID] = true
	}
	for _, k := range []events.Kind{events.Create, events.Edit, events.Move, events.Delete, events.Undelete, events.Visibility, events.Log} {
		if kinds[k] == 0 {
			t.Errorf("no event of kind %s was compared", k)
		}
	}
	t.Logf("%d events compared: %v %v", len(got), kinds, types)

	// Older than the wiki remembers: only the logs are left.
	w.must(w.forget())
	var logs []events.Event
	for _, e := range want {
		switch e.LogType {
		case "move", "delete":
			logs = append(logs, e)
		}
	}
	// A log does not say whether a bot made it.
	if diff := cmp.Diff(logs, w.lists(time.Time{}, time.Time{}), but); diff != "" {
		t.Errorf("the logs differ from the stream (-stream +lists)\n%s", diff)
	}
}

// forget empties the list of recent changes.
func (w *told) forget() error { return w.wiki.ForgetRecentChanges(context.Background()) }

func TestListsShowNothingThatIsHidden(t *testing.T) {
	w := startTold(t, "$wgGroupPermissions['sysop']['suppressrevision'] = true;")
	ctx := t.Context()
	rev := w.edit(w.admin, "Secret person", "x")
	w.edit(w.admin, "Secret person", "y")
	w.must(w.admin.HideRevision(ctx, "Secret person", rev, "user", "comment"))
	hide := func(kind, what string) {
		id := w.lastLog(kind)
		w.do(w.admin, "action", "revisiondelete", "type", "logging", "ids", id, "hide", what, "reason", "hidden")
	}
	w.must(w.admin.Move(ctx, "Secret person", "Public person", "secret reason"))
	hide("move", "user|comment")
	w.edit(w.admin, "Secret place", "x")
	w.must(w.admin.Delete(ctx, "Secret place", "secret reason"))
	hide("delete", "content") // the page and the action

	got := w.lists(w.began, time.Now().Add(time.Minute))
	var moved, edited bool
	for _, e := range got {
		if strings.Contains(e.Title, "Secret place") && e.Kind == events.Delete || strings.Contains(e.Comment, "secret reason") {
			t.Errorf("it shows what is hidden: %+v", e)
		}
		if e.Title == "" {
			t.Errorf("an event without a page: %+v", e)
		}
		moved = moved || e.Kind == events.Move && e.User == "" && e.OldTitle == "Secret person" && e.Title == "Public person"
		edited = edited || e.Revision == rev && e.User == "" && e.Comment == ""
	}
	if !moved || !edited {
		t.Errorf("the move and the first edit are to be there without their user:\n%+v", got)
	}
}

func TestTheRangeOfTheLists(t *testing.T) {
	w := startTold(t, "")
	w.edit(w.admin, "A", "x")
	all := w.lists(time.Time{}, time.Time{})
	at := all[len(all)-1].Time
	if n := len(w.lists(at, at)); n == 0 {
		t.Error("both ends of the range belong to it")
	}
	for name, r := range map[string][2]time.Time{
		"the future":    {time.Now().Add(time.Hour), time.Now().Add(2 * time.Hour)},
		"the far past":  {time.Unix(0, 0), time.Unix(1e6, 0)},
		"back to front": {time.Now().Add(time.Hour), w.began},
	} {
		if got := w.lists(r[0], r[1]); len(got) != 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := w.lists(time.Unix(1e9, 0), time.Time{}); len(got) != len(all) {
		t.Errorf("from before the wiki was made: %d events, want %d", len(got), len(all))
	}
}

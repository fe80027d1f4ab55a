// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of queues: how few requests they make, that nothing
// is lost or out of order, and that wikis do not wait for each other.

package bot

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

// Each edit has a parent that nobody has seen: two thousand texts.
func TestAThousandEditsTakeFewRequests(t *testing.T) {
	for _, tt := range []struct{ limit, most int }{{50, 45}, {500, 6}} {
		t.Run(fmt.Sprintf("%d at once", tt.limit), func(t *testing.T) {
			w := newFakeWiki("testwiki", tt.limit)
			q := newQueues(t, database(t), nil, w)
			var all []events.Event
			for i := range int64(1000) {
				title := fmt.Sprintf("Talk:Page %d", i)
				w.edit(title, 10_000+i, 0, "Before.")
				all = append(all, w.edit(title, 20_000+i, 10_000+i, fmt.Sprintf("Before.\n\nWho knows [[mw:Extension:Poem]]? %s", strings.Repeat("word ", 200))))
			}
			at := time.Now()
			q.tell(all...)
			q.await("all of them", func() bool { return q.placed() == 1000 })
			texts, requests := w.counts()
			t.Logf("1000 edits: %d requests for texts, %d in all, %s", texts, requests, time.Since(at).Round(time.Millisecond))
			if requests > tt.most {
				t.Errorf("%d requests, want at most %d", requests, tt.most)
			}
			if n := len(q.mentions("testwiki")); n != 1000 {
				t.Errorf("%d mentions, want 1000", n)
			}
		})
	}
}

// The text after an edit is the one before the next.
func TestEveryTextIsReadOnce(t *testing.T) {
	w := newFakeWiki("testwiki", 50)
	q := newQueues(t, database(t), nil, w)
	w.edit("Talk:Page", 1, 0, "Start.")
	text := "Start."
	var want []string
	for i := range int64(200) {
		text += fmt.Sprintf("\n== Topic %d ==\nAnd [[mw:Extension:X%d]]?", i, i)
		want = append(want, fmt.Sprintf("Talk:Page: X%d", i))
		q.tell(w.edit("Talk:Page", 2+i, 1+i, text))
	}
	q.await("all of them", func() bool { return q.placed() == 200 })
	if got := q.mentions("testwiki"); !slices.Equal(got, want) {
		t.Errorf("mentions %q", got)
	}
	for id, n := range w.asked {
		if n != 1 {
			t.Errorf("revision %d was asked for %d times", id, n)
		}
	}
	if texts, _ := w.counts(); len(w.asked) != 201 || texts > 200/50+2 {
		t.Errorf("%d texts in %d requests", len(w.asked), texts)
	}
}

func TestASingleEditDoesNotWaitForOthers(t *testing.T) {
	w := newFakeWiki("testwiki", 50)
	q := newQueues(t, database(t), nil, w)
	at := time.Now()
	q.tell(w.edit("Talk:Page", 2, 0, "[[mw:Extension:Poem]]"))
	q.await("the edit", func() bool { return q.placed() == 1 })
	t.Logf("handled after %s", time.Since(at))
}

func TestTextsThatNobodyMaySeeAreNormal(t *testing.T) {
	w := newFakeWiki("testwiki", 50)
	q := newQueues(t, database(t), nil, w)
	const poem = "[[mw:Extension:Poem]]"
	hidden := w.edit("Talk:Hidden", 10, 0, poem)
	w.revisions[10]["slots"] = map[string]any{"main": map[string]any{"texthidden": true}}
	parent := w.edit("Talk:Parent is hidden", 12, 10, poem)
	lost := w.edit("Talk:Parent is lost", 13, 7, poem)
	deleted := w.edit("Talk:Deleted", 14, 0, poem)
	delete(w.revisions, 14)
	q.tell(hidden, parent, lost, deleted, w.edit("Talk:Fine", 15, 0, poem))
	q.await("all of them", func() bool { return q.placed() == 5 })
	if got := q.mentions("testwiki"); !slices.Equal(got, []string{"Talk:Fine: Poem"}) {
		t.Errorf("mentions %q", got)
	}
}

func TestTextThatIsBroughtBackIsNoNews(t *testing.T) {
	w := newFakeWiki("testwiki", 50)
	q := newQueues(t, database(t), nil, w)
	const first, second = "[[mw:Extension:Poem]]", "[[mw:Extension:Poem]]\n\n[[mw:Extension:Cite]]"
	all := []events.Event{
		w.edit("Talk:Page", 1, 0, first), w.edit("Talk:Page", 2, 1, "Gone."), w.edit("Talk:Page", 3, 2, first),
		w.edit("Talk:Page", 4, 3, second), w.edit("Talk:Page", 5, 4, "Gone."), w.edit("Talk:Page", 6, 5, second),
	}
	q.tell(all...)
	q.await("all of them", func() bool { return q.placed() == 6 })
	q.tell(all...) // as after a restart
	q.await("all of them again", func() bool { return q.placed() == 12 })
	if got := q.mentions("testwiki"); !slices.Equal(got, []string{"Talk:Page: Poem", "Talk:Page: Cite"}) {
		t.Errorf("mentions %q", got)
	}
}

// What is given up in the middle is handled again, and found.
func TestAnEditThatIsHandledAgainIsNotItsOwnEarlierText(t *testing.T) {
	w := newFakeWiki("testwiki", 50)
	q := newQueues(t, database(t), nil, w)
	q.stop()
	s := q.bot.sites["testwiki"]
	w.edit("Talk:Page", 1, 0, "Start.")
	e := w.edit("Talk:Page", 2, 1, "Start.\n[[mw:Extension:Poem]]")
	for range 2 {
		waits := &entry{Event: e, wants: s.wants(e)}
		texts, err := s.read(t.Context(), []*entry{waits})
		if err != nil {
			t.Fatal(err)
		}
		if got := s.findings(waits, texts).Mentions; len(got) != 1 {
			t.Errorf("mentions %v", got)
		}
	}
}

func TestOneTextThatBreaksTheWikiIsAloneWithIt(t *testing.T) {
	w := newFakeWiki("testwiki", 50)
	q := newQueues(t, database(t), nil, w)
	w.broken = 7
	var all []events.Event
	for i := range int64(20) {
		all = append(all, w.edit(fmt.Sprintf("Talk:Page %02d", i), 1+i, 0, "[[mw:Extension:Poem]]"))
	}
	q.tell(all...)
	q.await("the others", func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return len(w.asked) == 19
	})
	w.mu.Lock()
	w.broken = 0 // it was a matter of moments
	w.mu.Unlock()
	q.await("all of them", func() bool { return q.placed() == 20 })
	if n := len(q.mentions("testwiki")); n != 20 {
		t.Errorf("%d mentions, want 20", n)
	}
}

func TestMentionsFollowAMoveInTheSameBatch(t *testing.T) {
	w := newFakeWiki("testwiki", 50)
	q := newQueues(t, database(t), nil, w)
	before := w.edit("Talk:Old", 1, 0, "[[mw:Extension:Poem]]")
	move := events.Event{Kind: events.Move, Wiki: "testwiki", Namespace: 1, OldTitle: "Talk:Old", Title: "Talk:New", Time: timeOf(2)}
	after := w.edit("Talk:Old", 3, 0, "[[mw:Extension:Cite]]") // another page
	q.tell(before, move, after)
	q.await("all of them", func() bool { return q.placed() == 3 })
	if got := q.mentions("testwiki"); !slices.Equal(got, []string{"Talk:New: Poem", "Talk:Old: Cite"}) {
		t.Errorf("mentions %q", got)
	}
}

func TestDefinitionsOfGadgetsAreCompared(t *testing.T) {
	w := newFakeWiki("testwiki", 50)
	q := newQueues(t, database(t), nil, w)
	w.edit("MediaWiki:Gadgets-definition", 1, 0, "* Alpha|a.js\n* Beta|b.js")
	e := w.edit("MediaWiki:Gadgets-definition", 2, 1, "* Alpha[default]|a.js\n* Gamma|c.js")
	e.Namespace, e.Bot = 8, true
	s := q.bot.sites["testwiki"]
	if !s.wanted(e) {
		t.Fatal("the edit is not wanted")
	}
	q.stop()
	waits := &entry{Event: e, wants: s.wants(e)}
	texts, err := s.read(t.Context(), []*entry{waits})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, touch := range s.findings(waits, texts).Touches {
		got = append(got, string(touch.Action)+" "+touch.Name)
	}
	if want := []string{"edited Alpha", "created Gamma", "deleted Beta"}; !slices.Equal(got, want) {
		t.Errorf("touches %q, want %q", got, want)
	}
}

// A wiki that hangs keeps its own events and, up to the bound, the position.
func TestAWikiThatHangsDelaysNoOther(t *testing.T) {
	slow, quick := newFakeWiki("slowwiki", 50), newFakeWiki("quickwiki", 50)
	db := database(t)
	const room = 40
	small := func(f *feed) {
		for _, s := range f.sites {
			s.queue.room = room
		}
	}
	q := newQueues(t, db, small, slow, quick)
	back := slow.goAway()
	defer back()
	var want []string
	id := int64(100)
	both := func(n int) {
		for range n {
			id++
			title := fmt.Sprintf("Talk:Page %d", id)
			q.tell(slow.edit(title, id, 0, "[[mw:Extension:Poem]]"), quick.edit(title, id, 0, "[[mw:Extension:Poem]]"))
			want = append(want, title+": Poem")
		}
	}
	both(room - 5)
	q.await("the quick one", func() bool { return len(q.mentions("quickwiki")) == room-5 })
	if n := q.placed(); n != 0 {
		t.Errorf("the position has moved on by %d events that nobody has handled", n)
	}
	both(200)
	q.await("the quick one", func() bool { return len(q.mentions("quickwiki")) == room+195 })
	s := q.bot.sites["slowwiki"]
	q.feed.mu.Lock()
	waiting, order := len(s.queue.waiting)+len(s.queue.hand), len(q.feed.order)
	q.feed.mu.Unlock()
	if waiting > room || order > 2*room {
		t.Errorf("%d events wait, %d in all", waiting, order)
	}
	q.tell(events.Event{Kind: events.Progress})
	q.await("the position moves on", func() bool { return q.placed() == q.n })
	behind, err := q.reg.Behind(t.Context(), "slowwiki")
	if err != nil || len(behind) != 1 || behind[0].From.After(timeOf(101)) || !behind[0].To.IsZero() {
		t.Errorf("behind %+v, %v", behind, err)
	}

	// The process ends while it is behind; the next one knows.
	q.stop()
	q2 := newQueues(t, db, small, slow, quick)
	q2.n = q.n
	q = q2
	both(10)
	back()
	both(10)
	q.await("the slow one is caught up with", func() bool { return len(q.mentions("slowwiki")) == len(want) })
	if got := q.mentions("slowwiki"); !slices.Equal(got, want) {
		t.Errorf("mentions %q", got)
	}
	q.await("nothing is behind", func() bool {
		behind, err := q.reg.Behind(t.Context(), registry.AllWikis)
		return err == nil && len(behind) == 0
	})
	both(3)
	q.await("it goes on as before", func() bool { return len(q.mentions("slowwiki")) == len(want) })
	q.tell(events.Event{Kind: events.Progress})
	q.await("the position", func() bool { return q.placed() == q.n })
}

// A quiet wiki that hangs has few events, and holds the position up all the same.
func TestAWikiHoldsUpThePositionForSomeTimeOnly(t *testing.T) {
	slow, quick := newFakeWiki("slowwiki", 50), newFakeWiki("quickwiki", 50)
	q := newQueues(t, database(t), func(f *feed) { f.waitAtMost = 100 * time.Millisecond }, slow, quick)
	back := slow.goAway()
	defer back()
	q.tell(slow.edit("Talk:One", 1, 0, "[[mw:Extension:Poem]]"))
	id := int64(1)
	q.await("the position moves on", func() bool {
		id++
		q.tell(quick.edit("Talk:Other", id, 0, "[[mw:Extension:Poem]]"))
		return q.placed() > 1
	})
	slow.edit("Talk:Two", 2, 0, "[[mw:Extension:Poem]]") // of which the wiki alone tells now
	back()
	q.await("the slow one", func() bool { return len(q.mentions("slowwiki")) == 2 })
	q.await("nothing is behind", func() bool {
		behind, err := q.reg.Behind(t.Context(), registry.AllWikis)
		return err == nil && len(behind) == 0
	})
	e := slow.edit("Talk:Three", id+1, 0, "[[mw:Extension:Poem]]")
	slow.mu.Lock()
	slow.changes = nil // of which the stream alone tells
	slow.mu.Unlock()
	q.tell(e)
	q.await("the next", func() bool { return len(q.mentions("slowwiki")) == 3 })
}

// What a stream leaves out comes before what it brings after that.
func TestAGapIsLookedUpInItsPlace(t *testing.T) {
	w := newFakeWiki("testwiki", 50)
	q := newQueues(t, database(t), nil, w)
	first := w.edit("Talk:Old", 10, 0, "[[mw:Extension:Poem]]")
	w.edit("Talk:Between", 20, 0, "[[mw:Extension:Poem]]") // of which nobody is told
	gap := events.Event{Kind: events.Gap, Time: timeOf(25), Gap: &events.GapInfo{From: timeOf(15), To: timeOf(25), Missing: 1, Cause: "hole"}}
	q.tell(first, gap, w.edit("Talk:After", 30, 0, "[[mw:Extension:Poem]]"))
	q.await("all of them", func() bool { return len(q.mentions("testwiki")) == 3 })
	q.await("the gap is filled", func() bool {
		gaps, err := q.reg.Gaps(t.Context(), "testwiki", 5)
		return err == nil && len(gaps) == 1 && gaps[0].Found == 1
	})
	q.await("the position", func() bool { return q.placed() == 3 })
}

// SPDX-License-Identifier: GPL-3.0-or-later

// Package events reads what happens on wikis: one Event type, decoded from the
// recentchange and mediawiki.page_change.v1 streams of EventStreams, and the
// Cursor that says where to go on after a restart.
//
// Delivery is at least once. A consumer must be able to see the same event
// again, and stores the cursor of an event only together with what the event
// led to, so that the stored cursor is never ahead of the stored findings.
package events

import "time"

// Kind says what happened.
type Kind string

// The kinds of event. Everything that is not about a page's content or place
// is Log or Other; a Canary is an artificial event that only shows that the
// stream is alive.
const (
	Create     Kind = "create"
	Edit       Kind = "edit"
	Move       Kind = "move"
	Delete     Kind = "delete"
	Undelete   Kind = "undelete"
	Visibility Kind = "visibility"
	Log        Kind = "log"
	Other      Kind = "other"
	Canary     Kind = "canary"
	// Gap says that the stream could not deliver some events; see Event.Gap.
	Gap Kind = "gap"
	// Progress carries nothing but a Cursor, while all events are dropped.
	Progress Kind = "progress"
)

// GapInfo says what a stream could not deliver.
type GapInfo struct {
	// From and To are the time that has to be looked up elsewhere, with a
	// margin.
	From, To time.Time
	// Topic is the one that has the gap, "" if all have.
	Topic string
	// Missing is how many events there are, those of all wikis; -1 if nobody
	// knows.
	Missing int64
	// Cause is why: "hole" in the numbers of a topic, "retention" if the cursor
	// was older than what the server keeps, "refused" if it did not take it.
	Cause string
}

// The causes of a gap.
const (
	gapHole      = "hole"
	gapRetention = "retention"
	gapRefused   = "refused"
)

// Event is one change on one wiki.
type Event struct {
	// ID is the event's meta.id, a UUID that is the same when the event is
	// delivered again, also by another data centre.
	ID string
	// Stream is the name of the stream, such as "mediawiki.recentchange".
	Stream string
	Kind   Kind
	// Wiki is the database name, such as "metawiki".
	Wiki string
	// Domain is the server name, such as "meta.wikimedia.org".
	Domain string
	// Time is when the change was made, in UTC, to the second.
	Time time.Time

	// Namespace is the number of the page's namespace, -1 for special pages.
	Namespace int
	// Title is the full page title with namespace and spaces. For a Move it is
	// the title after the move.
	Title string
	// OldTitle is the title before a Move, else "".
	OldTitle string
	// PageID is 0 where the stream does not tell (recentchange).
	PageID int64
	// Revision is the id of the revision that the change made, 0 where there
	// is none; Parent is the revision before it, 0 for a new page.
	Revision, Parent int64
	// ContentModel of the main slot, "" where the stream does not tell.
	ContentModel string

	// User is the name of the account or the address that made the change, ""
	// when it is hidden.
	User string
	// Bot, Minor and Temp are the flags of the edit and the account; Temp is
	// only known from page_change.
	Bot, Minor, Temp bool
	Comment          string
	// LogType and LogAction are those of a log entry, such as "delete" and
	// "restore".
	LogType, LogAction string

	// Gap is set with the kind Gap only. The Cursor of such an event is to be
	// stored once the gap is filled.
	Gap *GapInfo

	// Cursor is the position to resume from once this event is handled.
	Cursor Cursor
}

// Cursor is a position in a set of streams: the whole SSE id of the last
// handled event. It belongs to exactly one set of streams, because an id
// replaces the list of topics that the server reads.
type Cursor struct {
	// Streams is the set, sorted and joined by commas.
	Streams string
	// ID is the SSE id as the server gave it: a JSON array with an entry for
	// each topic and partition. "" means: start live.
	ID string
	// Time is the newest event time seen so far, for the resume margin and
	// for showing the cursor's age.
	Time time.Time
	// Seen are the ids of the newest events that were handed over, as many as
	// may come again, at most 4096. Cursors share it: it must not be changed.
	Seen []string
	// Offsets are the last offsets seen, dropped events included, by
	// "topic/partition". Cursors share it: it must not be changed.
	Offsets map[string]int64
}

// IsZero reports whether the cursor holds no position.
func (c Cursor) IsZero() bool { return c.ID == "" && c.Time.IsZero() }

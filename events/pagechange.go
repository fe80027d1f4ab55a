// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the decoder of mediawiki.page_change.v1, the stream that
// tells everything that happens to pages, with their ids.

package events

import "fmt"

// pageChange is the part of /mediawiki/page/change/1.x that an Event needs.
// Everything about a person may be missing or empty: some pages have their
// editors taken out before the event is published.
type pageChange struct {
	Time      timestamp  `json:"dt"`
	Comment   *string    `json:"comment"`
	Page      page       `json:"page"`
	Performer *performer `json:"performer"`
	Revision  struct {
		ID             integer    `json:"rev_id"`
		Parent         integer    `json:"rev_parent_id"`
		Comment        string     `json:"comment"`
		Minor          bool       `json:"is_minor_edit"`
		EditorVisible  *bool      `json:"is_editor_visible"`
		CommentVisible *bool      `json:"is_comment_visible"`
		Editor         *performer `json:"editor"`
		Slots          map[string]struct {
			Model string `json:"content_model"`
		} `json:"content_slots"`
	} `json:"revision"`
	Prior struct {
		Page page `json:"page"`
	} `json:"prior_state"`
}

type page struct {
	ID        integer `json:"page_id"`
	Title     string  `json:"page_title"`
	Namespace integer `json:"namespace_id"`
}

type performer struct {
	Name string `json:"user_text"`
	Bot  bool   `json:"is_bot"`
	Temp bool   `json:"is_temp"`
}

// changeKinds are the values of page_change_kind.
var changeKinds = map[string]Kind{
	"create":            Create,
	"edit":              Edit,
	"move":              Move,
	"delete":            Delete,
	"undelete":          Undelete,
	"visibility_change": Visibility,
}

func decodePageChange(head header, data []byte) (Event, error) {
	kind, ok := changeKinds[head.PageChangeKind]
	if !ok {
		return Event{}, fmt.Errorf("%w: page_change of kind %q", ErrUnknown, shorten(head.PageChangeKind))
	}
	var pc pageChange
	if err := unmarshal(data, &pc); err != nil {
		return Event{}, fmt.Errorf("decode page_change: %w", err)
	}
	if pc.Page.Title == "" || head.WikiID == "" {
		return Event{}, fmt.Errorf("%w: page_change without a page", ErrUnknown)
	}
	e := head.event()
	e.Kind = kind
	e.Wiki = head.WikiID
	if t := pc.Time.seconds(); !t.IsZero() {
		e.Time = t
	}
	e.Namespace = int(pc.Page.Namespace)
	e.Title = spaces(pc.Page.Title)
	e.PageID = int64(pc.Page.ID)
	e.ContentModel = pc.Revision.Slots["main"].Model
	if kind == Move {
		e.OldTitle = spaces(pc.Prior.Page.Title)
	}
	pc.people(&e)
	pc.revision(&e)
	return e, nil
}

// people fills in who did it and what they wrote. The revision's own editor
// and comment are those of the change only if the change made the revision.
func (pc *pageChange) people(e *Event) {
	made := e.Kind == Create || e.Kind == Edit
	who := pc.Performer
	if made && (who == nil || who.Name == "") && shown(pc.Revision.EditorVisible) {
		who = pc.Revision.Editor
	}
	if who != nil && (!made || shown(pc.Revision.EditorVisible)) {
		e.User = who.Name
		e.Bot, e.Temp = who.Bot, who.Temp
	}
	switch {
	case pc.Comment != nil:
		e.Comment = *pc.Comment
	case made || e.Kind == Move:
		e.Comment = pc.Revision.Comment
	}
	if (made || e.Kind == Move) && !shown(pc.Revision.CommentVisible) {
		e.Comment = ""
	}
}

// revision fills in the ids. A deletion makes no revision; the one in its
// event is the last that the page had.
func (pc *pageChange) revision(e *Event) {
	switch e.Kind {
	case Create, Edit, Move:
		e.Revision, e.Parent = int64(pc.Revision.ID), int64(pc.Revision.Parent)
		e.Minor = pc.Revision.Minor
	case Undelete, Visibility:
		e.Revision = int64(pc.Revision.ID)
	}
}

// shown reads a visibility flag, which older schemas do not have.
func shown(flag *bool) bool { return flag == nil || *flag }

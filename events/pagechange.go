// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the events of mediawiki.page_change.v1 mean, the stream
// that tells everything that happens to pages, with their ids.

package events

// pageChange is the part of /mediawiki/page/change/1.x that an Event needs.
// Everything about a person may be missing or empty: some pages have their
// editors taken out before the event is published.
type pageChange struct {
	Time      timestamp  `json:"dt"`
	Comment   *string    `json:"comment"`
	Page      page       `json:"page"`
	Performer *performer `json:"performer"`
	Revision  revision   `json:"revision"`
	Prior     struct {
		Page page `json:"page"`
	} `json:"prior_state"`
}

type revision struct {
	ID             integer         `json:"rev_id"`
	Parent         integer         `json:"rev_parent_id"`
	Comment        string          `json:"comment"`
	Minor          bool            `json:"is_minor_edit"`
	EditorVisible  *bool           `json:"is_editor_visible"`
	CommentVisible *bool           `json:"is_comment_visible"`
	Editor         *performer      `json:"editor"`
	Slots          map[string]slot `json:"content_slots"`
	// mainModel is the model of the main slot if it was read without Slots.
	mainModel string
}

type slot struct {
	Model string `json:"content_model"`
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

// fill fills in what a change means whose kind is set.
func (pc *pageChange) fill(e *Event) {
	if t := pc.Time.seconds(); !t.IsZero() {
		e.Time = t
	}
	e.Namespace = int(pc.Page.Namespace)
	e.Title = spaces(pc.Page.Title)
	e.PageID = int64(pc.Page.ID)
	if e.ContentModel = pc.Revision.mainModel; e.ContentModel == "" {
		e.ContentModel = pc.Revision.Slots["main"].Model
	}
	if e.Kind == Move {
		e.OldTitle = spaces(pc.Prior.Page.Title)
	}
	pc.people(e)
	pc.ids(e)
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

// ids fills in those of the revision. A deletion makes none; the one in its event
// is the last that the page had.
func (pc *pageChange) ids(e *Event) {
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

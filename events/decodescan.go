// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the quick way to read the JSON of an event. It reads what is
// written as plainly as the service writes it, and gives up at whatever else
// there may be, which is then left to encoding/json.

package events

// scan reads an event in one pass. If it reports false, the form is in no
// defined state and the event may be anything; if true, the form is as
// encoding/json would have filled it.
func (f *form) scan(data []byte) bool {
	s := scanner{data: data}
	if !at(data, blanks(data, 0), '{') {
		return false
	}
	for more := s.open(); more; more = s.more() {
		switch string(s.key()) {
		case "$schema":
			s.text(&f.Schema)
		case "meta":
			s.meta(&f.Meta)
		case "type":
			s.text(&f.Type)
		case "wiki":
			s.text(&f.Wiki)
		case "wiki_id":
			s.text(&f.WikiID)
		case "page_change_kind":
			s.text(&f.PageChangeKind)
		case "namespace":
			s.whole(&f.change.Namespace)
		case "title":
			s.text(&f.change.Title)
		case "comment":
			if s.text(&f.change.Comment); !s.null {
				s.fail(f.page.Comment != nil)
				f.page.Comment = new(f.change.Comment)
			}
		case "timestamp":
			s.whole(&f.change.Timestamp)
		case "user":
			s.text(&f.change.User)
		case "bot":
			s.flag(&f.change.Bot)
		case "minor":
			s.flag(&f.change.Minor)
		case "server_name":
			s.text(&f.change.ServerName)
		case "log_type":
			s.text(&f.change.LogType)
		case "log_action":
			s.text(&f.change.LogAction)
		case "log_params":
			f.change.LogParams = s.value()
		case "revision":
			s.revision(&f.page.Revision, &f.change)
		case "dt":
			s.time(&f.page.Time)
		case "page":
			s.page(&f.page.Page)
		case "performer":
			f.page.Performer = s.person(f.page.Performer)
		case "prior_state":
			for more := s.open(); more; more = s.more() {
				if string(s.key()) == "page" {
					s.page(&f.page.Prior.Page)
				} else {
					s.value()
				}
			}
		default:
			s.value()
		}
	}
	return !s.failed && blanks(data, s.i) == len(data)
}

func (s *scanner) meta(m *meta) {
	for more := s.open(); more; more = s.more() {
		switch string(s.key()) {
		case "id":
			s.text(&m.ID)
		case "stream":
			s.text(&m.Stream)
		case "domain":
			s.text(&m.Domain)
		case "dt":
			s.time(&m.Time)
		default:
			s.value()
		}
	}
}

// revision reads what both streams call so.
func (s *scanner) revision(r *revision, rc *recentChange) {
	for more := s.open(); more; more = s.more() {
		switch string(s.key()) {
		case "old":
			s.whole(&rc.Revision.Old)
		case "new":
			s.whole(&rc.Revision.New)
		case "rev_id":
			s.whole(&r.ID)
		case "rev_parent_id":
			s.whole(&r.Parent)
		case "comment":
			s.text(&r.Comment)
		case "is_minor_edit":
			s.flag(&r.Minor)
		case "is_editor_visible":
			r.EditorVisible = s.optionalFlag(r.EditorVisible)
		case "is_comment_visible":
			r.CommentVisible = s.optionalFlag(r.CommentVisible)
		case "editor":
			r.Editor = s.person(r.Editor)
		case "content_slots":
			s.fail(r.mainModel != "")
			for more := s.open(); more; more = s.more() {
				var other slot
				if string(s.key()) == "main" {
					s.fail(r.mainModel != "")
					s.slot(&other)
					r.mainModel = other.Model
				} else {
					s.slot(&other)
				}
			}
		default:
			s.value()
		}
	}
}

func (s *scanner) slot(to *slot) {
	for more := s.open(); more; more = s.more() {
		if string(s.key()) == "content_model" {
			s.text(&to.Model)
		} else {
			s.value()
		}
	}
}

func (s *scanner) page(p *page) {
	for more := s.open(); more; more = s.more() {
		switch string(s.key()) {
		case "page_id":
			s.whole(&p.ID)
		case "page_title":
			s.text(&p.Title)
		case "namespace_id":
			s.whole(&p.Namespace)
		default:
			s.value()
		}
	}
}

func (s *scanner) person(before *performer) *performer {
	s.fail(before != nil)
	var p performer
	more := s.open()
	if s.null {
		return nil
	}
	for ; more; more = s.more() {
		switch string(s.key()) {
		case "user_text":
			s.text(&p.Name)
		case "is_bot":
			s.flag(&p.Bot)
		case "is_temp":
			s.flag(&p.Temp)
		default:
			s.value()
		}
	}
	return &p
}

// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the warnings on messages to people.

package config

import "slices"

// notices looks for settings of messages that do nothing, or not what somebody
// who wrote them wants.
func (w *warner) notices(root *node) {
	notices := root.member("notices")
	if notices == nil || !notices.isGroup() {
		return
	}
	ways := notices.member("ways").list()
	if !notices.member("talk").isTrue() {
		for _, key := range []string{"ways", "digest", "cooldown_days", "per_person_day", "per_wiki_day", "quiet_hours", "ladder"} {
			if n := notices.member(key); n != nil && !n.isSupplied() {
				w.faults = append(w.faults, fault{n.key, n.path, `this does nothing without "talk": true`})
			}
		}
	}
	if hours := notices.member("quiet_hours"); hours != nil {
		from, begins := hours.member("from").integer()
		to, ends := hours.member("to").integer()
		if begins && ends && from == to {
			w.tell(hours, "these hours end when they begin, so there are none")
		}
	}
	for i, way := range ways {
		if i+1 < len(ways) && way.isGroup() && way.member("kinds") == nil && way.member("verdicts") == nil {
			w.tell(ways[i+1], "this entry does nothing: the one on line %d is for everything", w.lines.number(way.at))
			break
		}
	}
	pings := slices.ContainsFunc(ways, func(way *node) bool {
		return slices.ContainsFunc(way.member("ways").list(), func(n *node) bool { return n.text() == WayPing || n.text() == WayNoticeboard })
	})
	if board := root.member("noticeboard"); pings && board == nil {
		w.tell(notices.member("ways"), "there is no noticeboard that people could be told on")
	}
	if requests := notices.member("requests"); len(requests.list()) > 0 && root.member("noticeboard") == nil {
		w.tell(requests, "this does nothing without a noticeboard")
	}
	rungs := notices.member("ladder").list()
	for i, rung := range rungs {
		to := rung.member("to")
		if to.text() == ToAdoption && root.member("adoption") == nil {
			w.tell(to, "there is no adoption page")
		}
		if j := slices.IndexFunc(rungs[:i], func(r *node) bool { return to.text() != "" && r.member("to").text() == to.text() }); j >= 0 {
			w.again(rung, rungs[j], "step")
		}
	}
}

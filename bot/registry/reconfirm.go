// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds when somebody's own word that they look after an item has to
// be given again. It is pure, as the verdict is.

package registry

import "time"

const (
	// enoughReminders is how many reminders must have been sent before a claim
	// lapses; lapsesAfter how long after the last of them it does.
	enoughReminders = 2
	lapsesAfter     = 30 * 24 * time.Hour
)

// confirmDue is when a word that was given at a time has to be given again.
func confirmDue(at time.Time, months int) time.Time { return at.AddDate(0, months, 0) }

// lapsed reports whether a confirmed claim has to be confirmed again and was
// not, though its user was reminded twice: an edit of theirs that names them, or
// changes what stands beside their name, gives it its worth back. Who was never
// asked loses nothing.
func (l Limits) lapsed(c *Claim, now time.Time) bool {
	return l.Reconfirm > 0 && c.Reminded >= enoughReminders && c.confirms() &&
		!now.Before(confirmDue(c.Evidence.Time, l.Reconfirm)) && !now.Before(c.RemindedAt.Add(lapsesAfter))
}

// Lapsed reports whether a confirmed claim has lost its worth because its user was
// asked twice whether it still holds and has not said so.
func (l Limits) Lapsed(c *Claim, now time.Time) bool { return l.lapsed(c, now) }

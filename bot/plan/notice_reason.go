// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds why somebody was not told of a mention.

package plan

// Reason is why somebody was not told. A closed set: the log shows it.
type Reason string

// Reasons that pass by themselves: somebody may still be told.
const (
	Settling    Reason = "settling"     // the text has not stood long enough
	LadderWaits Reason = "ladder-waits" // those who were told before have time to answer
	QuietHours  Reason = "quiet-hours"
	DigestWaits Reason = "digest-waits" // the next message of the user is not due
	PersonQuota Reason = "person-quota" // the user had as many messages as a day may bring
	WikiQuota   Reason = "wiki-quota"   // the wiki had
	PingWaits   Reason = "ping-waits"   // another entry of the noticeboard pings first
)

// Reasons that stand until something changes.
const (
	Cooldown      Reason = "cooldown"    // told of the same item lately
	OptedOut      Reason = "opted-out"   // on the page of those who want no messages
	Blocked       Reason = "blocked"     //
	Locked        Reason = "locked"      //
	Renamed       Reason = "renamed"     // and the new name claims nothing
	Missing       Reason = "missing"     // there is no such account
	BotAccount    Reason = "bot-account" //
	OwnMention    Reason = "own-mention" // the user wrote it
	NotConfirmed  Reason = "unconfirmed" // somebody else named the user
	NotWanted     Reason = "not-wanted"  // the item or the wiki is none of those that the user has named
	Answered      Reason = "answered"    // somebody who was told has acted since, or a person took the entry off the noticeboard
	TooOld        Reason = "too-old"     // the past is not made up for
	Excluded      Reason = "excluded"    // the page asks bots to stay away, or cannot be written
	NoWay         Reason = "no-way"      // none of the ways that may be used leads there
	OnNoticeboard Reason = "noticeboard" // the entry on the noticeboard is all that is wanted
	NothingToShow Reason = "hidden"      // the revision is hidden
)

// Reasons lists them.
var Reasons = []Reason{
	Settling, LadderWaits, QuietHours, DigestWaits, PersonQuota, WikiQuota, PingWaits,
	Cooldown, OptedOut, Blocked, Locked, Renamed, Missing, BotAccount, OwnMention, NotConfirmed, NotWanted, Answered, TooOld, Excluded, NoWay,
	OnNoticeboard, NothingToShow,
}

// Waits reports whether the reason passes by itself.
func (r Reason) Waits() bool {
	switch r {
	case Settling, LadderWaits, QuietHours, DigestWaits, PersonQuota, WikiQuota, PingWaits:
		return true
	}
	return false
}

// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what people said of messages to them, and what the bot told
// whom.

package registry

import "time"

// Preference is how a user wants to be told, as a line of theirs on the sign-up
// page says. Only a line that the user saved counts.
type Preference struct {
	User string `json:"user"`
	// Digest is "at-once", "daily" or "weekly", "" for what the rules say.
	Digest string `json:"digest,omitempty"`
	// Ways are as in the rules; empty for what the rules say.
	Ways []string `json:"ways,omitempty"`
	// Items are those that the user wants to be told of; empty for all of theirs.
	Items []Key `json:"items,omitempty"`
	// Wikis are the database names of the wikis on which a mention counts; empty
	// for all.
	Wikis []string `json:"wikis,omitempty"`
	// Seeking are the items for which the user looks for somebody to share the
	// work with.
	Seeking  []Key    `json:"seeking,omitempty"`
	Evidence Evidence `json:"evidence"`
}

// Confirmation is a claim whose user is to be asked whether it still holds.
type Confirmation struct {
	User string `json:"user"`
	Item Key    `json:"item"`
	// Due is since when a word of theirs is wanted.
	Due time.Time `json:"due"`
	// Reminded is how many reminders were sent since, from 0 to 2.
	Reminded int `json:"reminded,omitempty"`
}

// OptOut is a user who wants no messages, whoever has said so.
type OptOut struct {
	User     string   `json:"user"`
	Evidence Evidence `json:"evidence"`
}

// Told is that a user was told of an item, or was not and why: one line of the
// public log.
type Told struct {
	Wiki string `json:"wiki"`
	// Key is that of the notice; of one that was not sent, of the one that it
	// would have been.
	Key string `json:"key"`
	// User is who was told, "" where nobody in particular was.
	User string `json:"user,omitempty"`
	Item Key    `json:"item"`
	// Mention is the key of the mention's entry on the noticeboard, "" where the
	// notice is about none, as a reminder is.
	Mention string `json:"mention,omitempty"`
	// Rung is the step of the ladder, and Way how, both as in the rules. A
	// reminder to confirm has the rung "confirm".
	Rung string    `json:"rung"`
	Way  string    `json:"way"`
	At   time.Time `json:"at"`
	// Page is where it was said, Revision the one that says it; 0 where it was
	// not sent.
	Page     string `json:"page,omitempty"`
	Revision int64  `json:"revision,omitempty"`
	// Why it was not sent, as the name of a reason; "" where it was.
	Withheld string `json:"withheld,omitempty"`
}

// LineProblem is a line of the sign-up or the opt-out page that cannot be used as
// a whole.
type LineProblem struct {
	Page string `json:"page"`
	// Line is the line as it is written, cut where it is long.
	Line string `json:"line"`
	// Why names what is wrong: one of the LineProblems.
	Why string `json:"why"`
	// About is the part of the line that is wrong, "" where it is the whole.
	About string `json:"about,omitempty"`
	// Means are the items that the part could mean.
	Means []Key `json:"means,omitempty"`
}

// What is wrong with lines.
const (
	NoUser       = "no-user"        // it does not begin with a user
	UnknownWord  = "unknown-word"   // a part is neither an item nor an option
	UnknownItem  = "unknown-item"   // a part names an item that nobody knows
	ManyItems    = "many-items"     // a part could mean several items
	UnknownWiki  = "unknown-wiki"   // the bot does not read the wiki
	Contradicted = "contradicted"   // two options exclude each other
	TooMany      = "too-many-parts" // it has more parts than are read
)

// LineProblems lists them.
var LineProblems = []string{NoUser, UnknownWord, UnknownItem, ManyItems, UnknownWiki, Contradicted, TooMany}

// SignUpOptions are the words that a line of the sign-up page can have besides
// items. They are the same on all wikis.
var SignUpOptions = []string{
	"at once", "daily", "weekly", "noticeboard", "ping", "talk", "item",
	"steward", "maintainer", "only these", "wikis metawiki, commonswiki", "looking for a co-maintainer",
}

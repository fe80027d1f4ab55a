// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what a detector says when it is asked why.

package detect

// Explanation is what an edit names, and what it nearly does.
type Explanation struct {
	// Mentions are those of Detector.Mentions.
	Mentions []Mention
	// Near are those that something speaks against, sorted by Start.
	Near []NearMiss
	// Aux are the tasks and changes that the added text names, such as "T123"
	// and "gerrit:456", in the order of the text. They are no mentions.
	Aux []Aux
}

// NearMiss is a stretch of text that looks like a mention and is none.
type NearMiss struct {
	// Kind and Name say of what; Kind is "" where that cannot be told.
	Kind Kind
	Name string
	Wiki string
	// Rule is the name of the rule that all but found it.
	Rule string
	// Reason says what speaks against it, such as "inside a citation".
	Reason string
	// Start and End are byte offsets in the text after the edit.
	Start, End int
}

// Aux is a task of Phabricator or a change of Gerrit named in a text.
type Aux struct {
	// Name is "T123" for a task, "gerrit:456" for a change.
	Name       string
	Start, End int
}

// Explain returns the mentions in an edit and what is nearly one, with the
// reason why it is not.
func (d *Detector) Explain(c Change) Explanation { return Explanation{Mentions: d.Mentions(c)} }

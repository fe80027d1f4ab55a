// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the errors that the wiki answers with, and what class each belongs to.

package wiki

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Class says what an error means for whoever asked.
type Class int

// The classes of errors.
const (
	Unknown   Class = iota // none of the others: report it, do not repeat it at once
	Transient              // passes by itself; waited out here, so callers see it only when their context has ended, or from Save
	Identity               // the wiki does not know us: the login is wrong, or refused for now
	Conflict               // the page is not what the edit was based on: read and plan again
	Refused                // this page or this text is refused: skip the page and report it
	Halt                   // stop writing on this wiki; a person has to look
)

// String returns the class's name in lower case.
func (c Class) String() string {
	switch c {
	case Transient:
		return "transient"
	case Identity:
		return "identity"
	case Conflict:
		return "conflict"
	case Refused:
		return "refused"
	case Halt:
		return "halt"
	}
	return "unknown"
}

// Error is a refusal of the wiki, or a failure on the way to it. All errors of this package are of this type,
// but for those of Edit.Allowed.
type Error struct {
	// Code is the Action API's, or one of ours: network (no answer came), http-NNN (an answer that is not the API's),
	// not-json, too-big, unreadable (JSON of another shape), another-wiki (an answer about another wiki or page), canceled
	// (the context ended first), waited (an edit was not saved within a minute), in-doubt (nobody knows whether it was),
	// blocked-here (a block from some pages or namespaces, not from the wiki), no-base, invalid-title.
	Code       string
	Info       string // what the wiki or the network said, for people
	Class      Class
	Action     string        // what was asked: query, edit, login and so on
	Title      string        // the page that it was about, if any
	Request    string        // the id of the request, as its "requestid" parameter has it; "" where there was none
	RetryAfter time.Duration // how long the wiki asked us to wait; 0 if it did not say

	cause    error
	doubtful bool // the request was sent and may have been carried out
}

// Error returns the action, the page, the code and the wiki's words in one line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Action)
	if e.Title != "" {
		fmt.Fprintf(&b, " %q", e.Title)
	}
	fmt.Fprintf(&b, ": %s", e.Code)
	if e.Info != "" {
		fmt.Fprintf(&b, ": %s", e.Info)
	}
	if e.cause != nil && e.cause.Error() != e.Info {
		fmt.Fprintf(&b, " (%v)", e.cause)
	}
	return b.String()
}

// Unwrap returns the context's error if that is what ended the waiting, so that errors.Is finds context.Canceled.
func (e *Error) Unwrap() error { return e.cause }

// ClassOf returns the class of the *Error in err, and Unknown for other errors.
func ClassOf(err error) Class {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Class
	}
	return Unknown
}

// classOf sorts an error code. The codes are those of MediaWiki's ApiMessageTrait, ApiEditPage and ApiMain, and of the
// extensions that Wikimedia wikis run.
func classOf(code string) Class {
	for _, rule := range codes {
		if slices.Contains(rule.exact, code) || slices.ContainsFunc(rule.prefixes, func(p string) bool { return strings.HasPrefix(code, p) }) {
			return rule.class
		}
	}
	return Unknown
}

var codes = []struct {
	class           Class
	exact, prefixes []string
}{
	{
		class:    Transient,
		exact:    []string{"maxlag", "readonly", "ratelimited", "network", "not-json", "http-408", "http-425", "http-429", "timeouterror"},
		prefixes: []string{"internal_api_error", "http-5"},
	},
	{
		class:    Identity,
		exact:    []string{"badtoken", "assertuserfailed", "assertbotfailed", "assertnameduserfailed", "notloggedin", "readapidenied"},
		prefixes: []string{"mwoauth-"},
	},
	{
		class: Conflict,
		exact: []string{"editconflict", "articleexists", "missingtitle", "pagedeleted", "undofailure", "nosuchsection", "nosuchrevid"},
	},
	{
		class:    Halt,
		exact:    []string{"blocked", "autoblocked", "systemblocked", "confirmemail", "captcha", "writeapidenied", "noapiwrite"},
		prefixes: []string{"globalblocking-", "wikimedia-globalblocking-", "torblock-"},
	},
	{
		class: Refused,
		exact: []string{blockedHere, "protectedpage", "cascadeprotected", "protectedtitle", "spamblacklist", "spamdetected", "contenttoobig",
			"no-direct-editing", "hookaborted", "permissiondenied", "noedit", "noedit-anon", "emptypage", "contentnotallowedhere",
			"invalid-content-data", "invalidtitle", "invalid-title", "texthidden", "tpt-target-page", "cantchangecontentmodel",
			"unsupportednamespace"},
		prefixes: []string{"protectednamespace", "abusefilter-", "titleblacklist-", "cantcreate", "customcss", "customjs", "sitecss",
			"sitejs", "mycustom"},
	},
}

// blockedHere is our code for a block from some pages or namespaces. MediaWiki's own is the same as for a block from the
// whole wiki; only the data beside it tells them apart.
const blockedHere = "blocked-here"

// blockData is what an answer tells of a block.
type blockData struct {
	BlockedBy, BlockReason string
	BlockPartial           bool
}

// tell adds to the wiki's words, where they are about a block, who has made it and why.
func (b blockData) tell(info string) string {
	info = strings.TrimSpace(info)
	if b.BlockedBy == "" || strings.Contains(info, b.BlockedBy) {
		return info
	}
	if b.BlockReason == "" {
		return fmt.Sprintf("%s (by %s)", info, b.BlockedBy)
	}
	return fmt.Sprintf("%s (by %s: %s)", info, b.BlockedBy, b.BlockReason)
}

// codeOf is the code of an error in an answer, where a partial block has its own.
func codeOf(code string, block blockData) string {
	if block.BlockPartial {
		return blockedHere
	}
	return code
}

// crashed reports codes of failures of the wiki's program.
func crashed(code string) bool { return strings.HasPrefix(code, "internal_api_error") }

// sessionLost reports codes which say that a login that was good is not any more.
func sessionLost(code string) bool {
	return code == "assertuserfailed" || code == "assertbotfailed" || code == "assertnameduserfailed" || code == "notloggedin"
}

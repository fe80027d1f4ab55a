// SPDX-License-Identifier: GPL-3.0-or-later

// Package wiki talks to the Action API of one MediaWiki wiki.
//
// It reads through a Client and writes through an Editor, and it keeps two promises to the rest of the bot.
// Trouble that passes by itself (lag, read-only mode, rate limits, errors of servers and networks) is waited out here,
// until the caller's context ends, so that callers only see answers and refusals; but an edit is waited for only one
// minute, and a request that alone fails on a wiki that answers others is given up. And an edit is sent again only when
// it is still allowed and the page's history shows that the first attempt did not arrive.
package wiki

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

// Config says which wiki a Client talks to, and as whom.
type Config struct {
	Wiki string // database name, such as metawiki; it labels logs and metrics
	API  string // address of api.php

	User      string // the account's name, which owns the edits; default: Login up to its @
	Auth      Auth   // how the account is proven
	Login     string // the bot password's login name, User@app; "" with BotPassword stays logged out
	Password  string `json:"-"` // the secret: a bot password, an access token, or the four words of OAuth1
	UserAgent string // names the tool and who answers for it, see https://foundation.wikimedia.org/wiki/Policy:User-Agent_policy

	Transport    http.RoundTripper // nil: one of its own
	MaxLag       int               // seconds of replication lag at which edits wait; 0 means 5, negative sends no maxlag
	EditInterval time.Duration     // least time between the starts of two edits; 0 means no spacing
	Tag          string            // change tag of each edit; the account needs the right to apply it, or edits go without. "" for none

	Patience  time.Duration // for one answer; 0 means 90 seconds
	EditWait  time.Duration // for all the waiting of one edit; 0 means a minute
	FirstWait time.Duration // before the first repetition of a request, doubled each time; 0 means a second

	Log     zerolog.Logger
	Metrics prometheus.Registerer // nil counts nothing
}

// Page is a page as one response showed it: an edit of Text must be based on Revision, and carry Read.
type Page struct {
	Title      string // as the wiki writes it
	ID         int64
	Namespace  int
	Missing    bool
	Redirect   string // where the page leads, "" if it is no redirect
	Revision   int64
	Text       string
	Model      string // content model, such as wikitext or json; of a missing page the one that it would get
	User       string // who made Revision; "" if hidden
	Time       time.Time
	Categories []string          // full titles of the categories that the page is in, hidden ones too
	Protection map[string]string // action (edit, move, create) to the level it needs
	Barred     *Error            // why the wiki will not let the account edit or make the page, as its own checks see it now; nil if it will
	Read       string            // the wiki's clock at the reading, for Edit.Read
}

// Revision is one revision of a page.
type Revision struct {
	ID, Parent int64
	Title      string
	Namespace  int
	PageID     int64
	User       string // "" if hidden
	Registered bool   // User is an account, not an address
	Temp       bool   // User is a temporary account
	Time       time.Time
	Model      string
	Comment    string // "" if hidden
	Tags       []string
	Text       string
	Hidden     bool // the text is hidden, or the revision is deleted
	Missing    bool // no such revision, or its page is deleted
}

// Site is what a wiki says about itself.
type Site struct {
	DB          string // the wiki's id, as in events
	Server      string // such as https://meta.wikimedia.org
	ArticlePath string // such as /wiki/$1
	Language    string // code of the language that its pages are in
	Namespaces  []Namespace
	Info        []byte // the whole answer of meta=siteinfo, for wikitext.NewSite
}

// Namespace is one namespace of a wiki.
type Namespace struct {
	ID        int
	Name      string // local name, "" for the main namespace
	Canonical string // English name
	Aliases   []string
}

// User is an account as the wiki sees it.
type User struct {
	Name      string
	ID        int64
	Missing   bool // no such account
	Invalid   bool // the name cannot be an account's
	Blocked   bool // blocked from the whole site; partial blocks do not count
	Groups    []string
	EditCount int
}

// Edit is one wanted change of a page.
type Edit struct {
	Title   string
	Text    string // the whole new text of the page
	Summary string
	Minor   bool
	Bot     bool // carry the bot flag
	Create  bool // the page must not exist yet; without it, it must
	Once    bool // making it twice would be worse than not making it: after silence it is not sent again

	BaseRevision int64  // revision that Text was made from; not used with Create
	Read         string // Page.Read of that reading

	// Allowed is asked right before each sending of the edit, repetitions included; an error keeps it from being sent.
	// It may read the wiki, but not save. Where it is nil, the edit is always allowed.
	Allowed func(ctx context.Context) error
}

// Saved is what an edit did.
type Saved struct {
	Revision int64 // the new revision; 0 if NoChange
	Old      int64 // the revision before it; 0 for a new page
	NoChange bool  // the page held this text already
	Time     time.Time
}

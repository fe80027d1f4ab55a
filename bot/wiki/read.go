// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds reading: any query, a page, the site, an account.

package wiki

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// readActions are the modules that change nothing.
var readActions = []string{"query", "parse", "paraminfo", "expandtemplates"}

// maxQuery is how long the parameters of a GET may be; longer ones go as a POST, since servers bound addresses.
const maxQuery = 4000

// Get asks a module that only reads (query, parse, paraminfo, expandtemplates) and decodes the whole answer, which has
// formatversion 2, into out. Values must not be empty, not even those of flags: write "1".
func (c *Client) Get(ctx context.Context, params map[string]string, out any) error {
	body, err := c.read(ctx, params, params["titles"])
	if err != nil {
		return err
	}
	return decode(body, params["action"], out)
}

// GetAll is Get for queries with more results than fit into one answer: it asks on, and gives each answer's body to
// each, until there is no more or each returns an error, which it passes on.
func (c *Client) GetAll(ctx context.Context, params map[string]string, each func(answer []byte) error) error {
	p := maps.Clone(params)
	var last map[string]string
	for {
		body, err := c.read(ctx, p, params["titles"])
		if err != nil {
			return err
		}
		if err := each(body); err != nil {
			return err
		}
		var more struct{ Continue map[string]any }
		if err := decode(body, params["action"], &more); err != nil {
			return err
		}
		if len(more.Continue) == 0 {
			return nil
		}
		next := map[string]string{}
		for k, v := range more.Continue {
			next[k] = fmt.Sprint(v)
		}
		if reflect.DeepEqual(next, last) {
			return &Error{Code: "unreadable", Action: params["action"], Info: "the wiki continues where it was"}
		}
		last = next
		p = maps.Clone(params)
		maps.Copy(p, next)
	}
}

// read sends a request after seeing that it can only read.
func (c *Client) read(ctx context.Context, params map[string]string, title string) ([]byte, error) {
	action := params["action"]
	if !slices.Contains(readActions, action) {
		return nil, &Error{Code: "not-a-read", Action: action, Info: "only " + strings.Join(readActions, ", ") + " are read with Get"}
	}
	size := 0
	for k, v := range params {
		if v == "" {
			return nil, &Error{Code: "empty-parameter", Action: action, Info: fmt.Sprintf("%s has no value; the library may drop it", k)}
		}
		size += len(k) + len(url.QueryEscape(v)) + 2
	}
	if strings.Contains(title, "|") {
		title = "" // several
	}
	p := maps.Clone(params)
	p["formatversion"] = "2"
	body, err := c.call(ctx, request{action: action, title: title, params: p, post: size > maxQuery})
	if err != nil {
		return nil, err
	}
	if action == "query" && isHollow(body) {
		return nil, &Error{Code: "unreadable", Action: action, Title: title, Info: "the answer has nothing in it: " + excerpt(body)}
	}
	return body, nil
}

// isHollow reports an answer that neither has something nor says that there is nothing. Something between us and the
// wiki has given it, and it must not pass for an empty list or history.
func isHollow(body []byte) bool {
	var answer struct{ Query, Continue, BatchComplete present }
	return json.Unmarshal(body, &answer) == nil && !bool(answer.Query || answer.Continue || answer.BatchComplete)
}

// present is whether an answer has a field, whatever is in it.
type present bool

// UnmarshalJSON notes that the field is there.
func (p *present) UnmarshalJSON([]byte) error {
	*p = true
	return nil
}

func decode(body []byte, action string, out any) error {
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		return &Error{Code: "unreadable", Action: action, Info: err.Error()}
	}
	return nil
}

// queryPage is a page in an answer of action=query.
type queryPage struct {
	PageID     int64
	NS         int
	Title      string
	Missing    bool
	Invalid    bool
	Reason     string `json:"invalidreason"`
	Special    bool
	Redirect   bool
	Revisions  []queryRevision
	Model      string `json:"contentmodel"`
	URL        string `json:"fullurl"`
	Categories []struct{ Title string }
	Protection []struct{ Type, Level string }
	Actions    map[string][]struct {
		Code, Text string
		Data       struct{ BlockInfo blockData }
	}
}

// barred reads why an action would be refused. A block of the account is told first, since it goes for every page.
func (q queryPage) barred() *Error {
	action := "edit"
	if q.Missing {
		action = "create"
	}
	var first *Error
	for _, why := range append(q.Actions["edit"], q.Actions[action]...) {
		code := codeOf(why.Code, why.Data.BlockInfo)
		e := &Error{Code: code, Class: classOf(code), Action: "edit", Title: q.Title, Info: why.Data.BlockInfo.tell(why.Text)}
		if first == nil || e.Class == Halt && first.Class != Halt {
			first = e
		}
	}
	return first
}

// Page reads a page: its text and the revision to base an edit on come from one answer. A page that does not exist is
// no error but has Missing set. Redirects are not followed. A title that no page can have is an error of class Refused.
func (c *Client) Page(ctx context.Context, title string) (Page, error) {
	if err := checkTitle("query", title); err != nil {
		return Page{}, err
	}
	var answer struct {
		CurTimestamp string
		Query        struct {
			Pages      []queryPage
			Interwiki  []struct{ Title string }
			Normalized []struct{ To string }
		}
	}
	if err := c.Get(ctx, map[string]string{"action": "query", "prop": "revisions|info|categories", "titles": title, "inprop": "protection|url",
		"cllimit": "max", "intestactions": "edit|create", "intestactionsdetail": "full", "rvprop": "ids|timestamp|user|content", "rvslots": "main", "curtimestamp": "1"}, &answer); err != nil {
		return Page{}, err
	}
	if len(answer.Query.Interwiki) > 0 {
		return Page{}, &Error{Code: "invalid-title", Class: Refused, Action: "query", Title: title, Info: "this title leads to another wiki"}
	}
	if len(answer.Query.Pages) != 1 || answer.CurTimestamp == "" {
		return Page{}, &Error{Code: "unreadable", Action: "query", Title: title, Info: "the answer is not about one page"}
	}
	q := answer.Query.Pages[0]
	if q.Invalid || q.Special {
		return Page{}, &Error{Code: "invalid-title", Class: Refused, Action: "query", Title: title, Info: q.Reason}
	}
	asked := q.Title == title || slices.ContainsFunc(answer.Query.Normalized, func(n struct{ To string }) bool { return n.To == q.Title })
	if server := c.server.Load(); !asked || server != nil && !sameServer(*server, q.URL) {
		return Page{}, &Error{Code: "another-wiki", Action: "query", Title: title, Info: fmt.Sprintf("the answer is about %s at %s", q.Title, excerpt([]byte(q.URL)))}
	}
	p := Page{Title: q.Title, ID: q.PageID, Namespace: q.NS, Missing: q.Missing, Model: q.Model, Protection: map[string]string{}, Barred: q.barred(), Read: answer.CurTimestamp}
	for _, cat := range q.Categories {
		p.Categories = append(p.Categories, cat.Title)
	}
	for _, lock := range q.Protection {
		// A page can be protected directly and through another page. Of two levels administrators' is the higher.
		if p.Protection[lock.Type] != "sysop" {
			p.Protection[lock.Type] = lock.Level
		}
	}
	if p.Missing {
		return p, nil
	}
	if len(q.Revisions) != 1 {
		return Page{}, &Error{Code: "unreadable", Action: "query", Title: title, Info: "the answer has no revision"}
	}
	r := q.Revisions[0].revision(q)
	if r.Hidden {
		// Without this a hidden text would pass for an empty page.
		return Page{}, &Error{Code: "texthidden", Class: Refused, Action: "query", Title: title, Info: "the text of the page is hidden"}
	}
	p.Revision, p.Text, p.Model, p.User, p.Time = r.ID, r.Text, r.Model, r.User, r.Time
	if q.Redirect {
		if m := redirectTarget.FindStringSubmatch(p.Text); m != nil {
			p.Redirect = strings.TrimSpace(m[1])
		}
	}
	return p, nil
}

// redirectTarget finds what a redirect's text leads to. The wiki has said that it is one, so the magic word, which
// differs between languages, need not be known.
var redirectTarget = regexp.MustCompile(`^\s*#\S+?\s*:?\s*\[\[:?([^\]|#]+)`)

// sameServer reports whether an address is on a wiki's server. An answer without an address tells nothing.
func sameServer(server, address string) bool {
	want, err := url.Parse(server)
	got, err2 := url.Parse(address)
	return err != nil || err2 != nil || address == "" || want.Host == got.Host
}

// checkTitle sees that a parameter holds one title.
func checkTitle(action, title string) error {
	if title == "" || strings.ContainsAny(title, "|\x1f\n") {
		return &Error{Code: "invalid-title", Class: Refused, Action: action, Title: title, Info: "not a title"}
	}
	return nil
}

// siteProps are the parts of siteinfo that Site asks for: what it reads, and what tells how the wiki reads wikitext.
const siteProps = "general|namespaces|namespacealiases|interwikimap|extensiontags|protocols|magicwords|functionhooks|variables"

// Site reads what the wiki says about itself.
func (c *Client) Site(ctx context.Context) (Site, error) {
	var answer struct {
		Query struct {
			General    struct{ WikiID, Server, ArticlePath, Lang string }
			Namespaces map[string]struct {
				ID              int
				Name, Canonical string
			}
			NamespaceAliases []struct {
				ID    int
				Alias string
			}
		}
	}
	body, err := c.read(ctx, map[string]string{"action": "query", "meta": "siteinfo", "siprop": siteProps}, "")
	if err != nil {
		return Site{}, err
	}
	if err := decode(body, "query", &answer); err != nil {
		return Site{}, err
	}
	g := answer.Query.General
	s := Site{DB: g.WikiID, Server: g.Server, ArticlePath: g.ArticlePath, Language: g.Lang, Info: body}
	if strings.HasPrefix(s.Server, "//") { // whatever the reader uses
		scheme, _, _ := strings.Cut(c.cfg.API, "//")
		s.Server = scheme + s.Server
	}
	aliases := map[int][]string{}
	for _, a := range answer.Query.NamespaceAliases {
		aliases[a.ID] = append(aliases[a.ID], a.Alias)
	}
	c.server.Store(&s.Server)
	for _, n := range answer.Query.Namespaces {
		s.Namespaces = append(s.Namespaces, Namespace{ID: n.ID, Name: n.Name, Canonical: n.Canonical, Aliases: aliases[n.ID]})
	}
	slices.SortFunc(s.Namespaces, func(a, b Namespace) int { return a.ID - b.ID })
	return s, nil
}

// UserInfo reads about an account. One that does not exist is no error but has Missing set.
func (c *Client) UserInfo(ctx context.Context, name string) (User, error) {
	if strings.ContainsAny(name, "|\x1f") || name == "" {
		return User{Name: name, Invalid: true}, nil
	}
	var answer struct{ Query struct{ Users []queryUser } }
	err := c.Get(ctx, map[string]string{"action": "query", "list": "users", "ususers": name, "usprop": "groups|editcount|blockinfo"}, &answer)
	if err != nil {
		return User{}, err
	}
	users := answer.Query.Users
	if len(users) != 1 {
		return User{}, &Error{Code: "unreadable", Action: "query", Info: fmt.Sprintf("the answer is not about user %q", name)}
	}
	u := users[0]
	return User{Name: u.Name, ID: u.UserID, Missing: u.Missing, Invalid: u.Invalid, Blocked: u.BlockID != 0 && !u.BlockPartial,
		Groups: u.Groups, EditCount: u.EditCount}, nil
}

// queryUser is an account in an answer of action=query.
type queryUser struct {
	Name             string
	UserID           int64
	Missing, Invalid bool
	Groups           []string
	EditCount        int
	BlockID          int64
	BlockPartial     bool
}

// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the JSON API, which openapi.json describes, and the other
// answers for programs.

package web

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

//go:embed openapi.json
var openAPI []byte

const (
	jsonType = "application/json; charset=utf-8"
	// shortAge is how long others may keep what can be hidden on a wiki, pageAge
	// what else changes, longAge what hardly does.
	shortAge = 10 * time.Second
	pageAge  = 30 * time.Second
	longAge  = time.Hour
	// mentionsAtOnce is how many mentions one answer has.
	mentionsAtOnce = 100
)

func (s *Site) apiRoutes() map[string]route {
	return map[string]route{
		"/openapi.json": s.description, "/api/v1/status": s.apiStatus, "/api/v1/wikis/{wiki}": s.apiWiki, "/api/v1/items": s.apiItems,
		"/api/v1/item": s.apiItem, "/api/v1/mentions": s.apiMentions, "/api/": s.apiMissing,
	}
}

// status is how the bot is doing.
type apiStatus struct {
	Health    health       `json:"health"`
	LastEvent *time.Time   `json:"last_event"`
	Lag       *float64     `json:"lag_seconds"`
	Version   string       `json:"version"`
	AsOf      time.Time    `json:"as_of"`
	Wikis     []apiSummary `json:"wikis"`
}

// apiSummary is how the bot is doing on one wiki, in short.
type apiSummary struct {
	Wiki     string               `json:"wiki"`
	Account  string               `json:"account"`
	Mode     Mode                 `json:"mode"`
	Trial    string               `json:"trial,omitempty"`
	Rules    *registry.RulesState `json:"rules"`
	Rejected int64                `json:"rejected_revision,omitempty"`
	Stopped  bool                 `json:"stopped"`
	Held     int                  `json:"held_writes"`
	LastEdit *time.Time           `json:"last_edit"`
}

// apiWiki is all about one wiki.
type apiWiki struct {
	apiSummary
	Problems []string        `json:"problems"`
	Stops    []Stop          `json:"stops"`
	Halted   string          `json:"halted,omitempty"`
	Waiting  []Held          `json:"waiting"`
	Refused  []Held          `json:"refused"`
	Sources  []SourceState   `json:"sources"`
	Gaps     []registry.Gap  `json:"gaps"`
	Edits    []registry.Edit `json:"edits"`
}

// apiHit is an item in a list.
type apiHit struct {
	Key      string    `json:"key"`
	Kind     string    `json:"kind"`
	Name     string    `json:"name"`
	Stewards []string  `json:"stewards"`
	URL      address   `json:"url,omitempty"`
	Verdicts []apiSeen `json:"verdicts"`
}

type apiSeen struct {
	Verdict string `json:"verdict"`
	Wikis   int    `json:"wikis"`
}

func summary(w Wiki) apiSummary {
	return apiSummary{
		Wiki: w.Wiki, Account: w.Account, Mode: w.Mode, Trial: w.Trial, Rules: w.Rules, Rejected: w.Rejected, Stopped: w.stopped(),
		Held: len(w.Waiting) + len(w.Refused), LastEdit: orNull(w.lastEdit()),
	}
}

// stopped reports whether everything is stopped.
func (w Wiki) stopped() bool {
	return w.Halted != "" || slices.ContainsFunc(w.Stops, func(s Stop) bool { return s.What == "" })
}

func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// orNone is a list that JSON has as [] where it is empty.
func orNone[T any](list []T) []T { return append([]T{}, list...) }

func (s *Site) apiStatus(ctx context.Context, _ *http.Request) (answer, error) {
	state, err := s.state.get(ctx)
	if err != nil {
		return answer{}, err
	}
	out := apiStatus{Health: state.health(), LastEvent: orNull(state.LastEvent), Version: s.about.Version, AsOf: state.Now, Wikis: []apiSummary{}}
	if lag := state.lag(); lag >= 0 {
		seconds := lag.Seconds()
		out.Lag = &seconds
	}
	for _, w := range state.Wikis {
		out.Wikis = append(out.Wikis, summary(w))
	}
	return writeJSON(out, shortAge)
}

func (s *Site) apiWiki(ctx context.Context, r *http.Request) (answer, error) {
	state, err := s.state.get(ctx)
	if err != nil {
		return answer{}, err
	}
	w, err := state.wiki(r.PathValue("wiki"))
	if err != nil {
		return answer{}, err
	}
	return writeJSON(apiWiki{
		summary(w), orNone(w.Problems), orNone(w.Stops), w.Halted, orNone(w.Waiting), orNone(w.Refused), orNone(w.Sources), orNone(w.Gaps), orNone(w.Edits),
	}, shortAge)
}

func (s *Site) apiItems(ctx context.Context, r *http.Request) (answer, error) {
	state, x, err := s.known(ctx)
	if err != nil {
		return answer{}, err
	}
	wanted, err := searchOf(r, state, x)
	if err != nil {
		return answer{}, err
	}
	found, err := x.search(wanted)
	if err != nil {
		return answer{}, err
	}
	items := []apiHit{}
	for _, h := range found.Items {
		hit := apiHit{Key: h.Key, Kind: h.Kind, Name: h.Name, Stewards: orNone(h.holders("steward")), URL: h.URL}
		for _, v := range h.Seen {
			hit.Verdicts = append(hit.Verdicts, apiSeen(v))
		}
		items = append(items, hit)
	}
	return writeJSON(struct {
		Total   int       `json:"total"`
		Page    int       `json:"page"`
		PerPage int       `json:"per_page"`
		AsOf    time.Time `json:"as_of"`
		Items   []apiHit  `json:"items"`
	}{found.Total, wanted.Page, perPage, x.made, items}, pageAge)
}

func (s *Site) apiItem(ctx context.Context, r *http.Request) (answer, error) {
	_, items, x, err := s.wantedItem(ctx, r)
	if err != nil {
		return answer{}, err
	}
	return writeJSON(struct {
		Key   string    `json:"key"`
		AsOf  time.Time `json:"as_of"`
		Wikis []item    `json:"wikis"`
	}{items[0].Key, x.made, items}, pageAge)
}

func (s *Site) apiMentions(ctx context.Context, r *http.Request) (answer, error) {
	_, _, list, _, err := s.wantedMentions(ctx, r)
	if err != nil {
		return answer{}, err
	}
	return writeJSON(struct {
		Mentions []mention `json:"mentions"`
	}{list}, shortAge)
}

func (s *Site) apiMissing(context.Context, *http.Request) (answer, error) {
	return answer{}, &refusal{http.StatusNotFound, "There is no such route; /openapi.json describes those that there are."}
}

// wantedItem returns the item that the query names, as the wikis see it: at
// least one of them.
func (s *Site) wantedItem(ctx context.Context, r *http.Request) (State, []item, *index, error) {
	state, x, err := s.known(ctx)
	if err != nil {
		return State{}, nil, nil, err
	}
	q := r.URL.Query()
	items, err := x.find(q.Get("key"), q.Get("wiki"))
	if err == nil && len(items) == 0 {
		err = &refusal{http.StatusNotFound, "The registry has no such item."}
	}
	return state, items, x, err
}

// wantedMentions returns the mentions that the query asks for.
func (s *Site) wantedMentions(ctx context.Context, r *http.Request) (wiki, key string, list []mention, x *index, err error) {
	state, x, err := s.known(ctx)
	if err != nil {
		return "", "", nil, nil, err
	}
	q := r.URL.Query()
	wiki, key = q.Get("wiki"), q.Get("key")
	if wiki != "" {
		if _, err := state.wiki(wiki); err != nil {
			return "", "", nil, nil, err
		}
	}
	if key != "" {
		if known, err := x.find(key, wiki); err != nil || len(known) == 0 {
			return "", "", nil, nil, cmpErr(err, &refusal{http.StatusNotFound, "The registry has no such item."})
		}
	}
	list, err = s.mentionsOf(ctx, x, wiki, key, mentionsAtOnce)
	return wiki, key, list, x, err
}

func cmpErr(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// searchOf reads what a query looks for.
func searchOf(r *http.Request, state State, x *index) (search, error) {
	q := r.URL.Query()
	s := search{Text: strings.TrimSpace(cut(visible(q.Get("q")), maxText)), Wiki: q.Get("wiki"), Kind: q.Get("kind"), Verdict: q.Get("verdict"), Page: 1}
	if s.Wiki != "" {
		if _, err := state.wiki(s.Wiki); err != nil {
			return search{}, err
		}
	}
	if s.Kind != "" && !slices.Contains(kindNames(), s.Kind) {
		return search{}, &refusal{http.StatusBadRequest, "There is no such kind of item."}
	}
	if s.Verdict != "" && !slices.Contains(x.names.verdicts, s.Verdict) {
		return search{}, &refusal{http.StatusBadRequest, "There is no such verdict."}
	}
	if text := q.Get("page"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxPages {
			return search{}, &refusal{http.StatusBadRequest, fmt.Sprintf("A page is a number from 1 to %d.", maxPages)}
		}
		s.Page = n
	}
	return s, nil
}

func (s *Site) feed(ctx context.Context, r *http.Request) (answer, error) {
	wiki, key, list, x, err := s.wantedMentions(ctx, r)
	if err != nil {
		return answer{}, err
	}
	body, err := feed(s.about.Home, wiki, key, list, x.made)
	return answer{kind: "application/atom+xml; charset=utf-8", body: body, maxAge: shortAge}, err
}

func (s *Site) description(context.Context, *http.Request) (answer, error) {
	return answer{kind: jsonType, body: openAPI, maxAge: longAge}, nil
}

// toolinfo answers with the record of the bot, and those of the gadgets that
// have none.
func (s *Site) toolinfo(ctx context.Context, _ *http.Request) (answer, error) {
	x, err := s.index.get(ctx)
	if err != nil {
		return answer{}, err
	}
	compressed, err := x.toolinfo()
	return answer{kind: jsonType, body: compressed, compressed: true, maxAge: longAge}, err
}

func (s *Site) robots(context.Context, *http.Request) (answer, error) {
	return answer{kind: "text/plain; charset=utf-8", body: []byte("User-agent: *\nDisallow: /item\nDisallow: /mentions\nDisallow: /api/\n"), maxAge: longAge}, nil
}

func writeJSON(v any, age time.Duration) (answer, error) {
	body, err := json.Marshal(v) // "<" and such are escaped, for browsers that guess
	return answer{kind: jsonType, body: append(body, '\n'), maxAge: age}, err
}

func failJSON(_ *http.Request, e refusal) answer {
	a, err := writeJSON(map[string]string{"error": e.text}, 0)
	if err != nil {
		a.body = nil // unreachable
	}
	a.status = e.status
	return a
}

// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the reading of a wiki's siteinfo.

package wikitext

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// siteinfo is the answer of action=query&meta=siteinfo.
type siteinfo struct {
	Query struct {
		General *struct {
			MainPage, Lang, Timezone, Case, LegalTitleChars, Generator string

			Fallback []struct{ Code string }
		}
		Namespaces map[string]struct {
			ID              int
			Name, Canonical string
			Star            string `json:"*"` // formatversion 1
			Case            string
		}
		NamespaceAliases []struct {
			ID    int
			Alias string
			Star  string `json:"*"`
		}
		InterwikiMap []struct {
			Prefix         string
			Language       string
			LocalInterwiki presence
		}
		ExtensionTags, Protocols, FunctionHooks, Variables []string
		MagicWords                                         []struct {
			Name      string
			Aliases   []string
			Sensitive presence `json:"case-sensitive"`
		}
	}
}

// presence is true or false in formatversion 2, there or not in formatversion 1.
type presence bool

func (f *presence) UnmarshalJSON(b []byte) error {
	*f = string(b) != "false" && string(b) != "null"
	return nil
}

// NewSite reads the answer of action=query&meta=siteinfo with siprop=general|
// namespaces|namespacealiases|interwikimap|extensiontags|protocols|magicwords|
// functionhooks|variables, in either formatversion. It needs the first two;
// tags, protocols, words and prefixes that are missing are those of
// DefaultSite.
func NewSite(answer []byte) (*Site, error) {
	var info siteinfo
	if err := json.Unmarshal(answer, &info); err != nil {
		return nil, fmt.Errorf("read siteinfo: %w", err)
	}
	q := &info.Query
	if q.General == nil || len(q.Namespaces) == 0 {
		return nil, errors.New("read siteinfo: no general information or no namespaces")
	}
	if err := info.fill(); err != nil {
		return nil, err
	}
	s := &Site{dateReader: new(siteDates), lang: q.General.Lang, timezone: q.General.Timezone, mainPage: q.General.MainPage, letters: info.letters()}
	s.readNamespaces(&info)
	s.readInterwikis(&info)
	s.readTitles(&info)
	s.readTags(&info)
	s.readWords(&info)
	s.index()
	return s, nil
}

// fill takes what was not asked for from the default.
func (info *siteinfo) fill() error {
	q := &info.Query
	if q.InterwikiMap != nil && q.ExtensionTags != nil && q.Protocols != nil && q.FunctionHooks != nil && q.Variables != nil && q.MagicWords != nil {
		return nil
	}
	var usual siteinfo
	if err := json.Unmarshal(defaultSiteinfo, &usual); err != nil {
		return fmt.Errorf("read the default siteinfo: %w", err)
	}
	u := &usual.Query
	if q.InterwikiMap == nil {
		q.InterwikiMap = u.InterwikiMap
	}
	if q.ExtensionTags == nil {
		q.ExtensionTags = u.ExtensionTags
	}
	if q.Protocols == nil {
		q.Protocols = u.Protocols
	}
	if q.FunctionHooks == nil || q.Variables == nil || q.MagicWords == nil { // they belong together
		q.FunctionHooks, q.Variables, q.MagicWords = u.FunctionHooks, u.Variables, u.MagicWords
	}
	return nil
}

func (s *Site) readNamespaces(info *siteinfo) {
	q := &info.Query
	s.spaces, s.prefixes = map[int]space{}, map[string]int{}
	add := func(name string, id int) {
		if name != "" {
			s.prefixes[foldCase(strings.ReplaceAll(name, "_", " "))] = id
		}
	}
	for _, n := range q.Namespaces {
		rule := n.Case
		if rule == "" {
			rule = q.General.Case
		}
		s.spaces[n.ID] = space{name: n.Name + n.Star, capital: rule != "case-sensitive"}
		add(n.Name+n.Star, n.ID)
	}
	// Of two with the same name MediaWiki takes the later of these.
	for _, a := range q.NamespaceAliases {
		add(a.Alias+a.Star, a.ID)
	}
	for _, n := range q.Namespaces {
		add(n.Canonical, n.ID)
	}
}

func (s *Site) readInterwikis(info *siteinfo) {
	s.interwikis = map[string]interwiki{}
	for _, w := range info.Query.InterwikiMap {
		s.interwikis[strings.ReplaceAll(w.Prefix, "_", " ")] = interwiki{prefix: w.Prefix, own: bool(w.LocalInterwiki), language: w.Language != ""}
	}
}

// readTitles reads what titles can have; it needs the namespaces.
func (s *Site) readTitles(info *siteinfo) {
	s.illegal = illegalBytes(info.Query.General.LegalTitleChars)
	for c := range s.plain {
		s.plain[c] = c > ' ' && c < 0x7f && !s.illegal[c] && !strings.ContainsRune("_:#%&.~", rune(c))
	}
	s.capital = s.spaces[spaceMain].capital
}

// letters chooses the rules of the language or of what it falls back to, as
// MediaWiki chooses the class of a language.
func (info *siteinfo) letters() letters {
	g := info.Query.General
	l := letters{wikimedia: strings.Contains(g.Generator, "-wmf.")}
	codes := []string{g.Lang}
	for _, f := range g.Fallback {
		codes = append(codes, f.Code)
	}
	for _, code := range codes {
		switch code {
		case "tr", "az", "kaa":
			l.dotted = true
			return l
		case "ar":
			l.arabic = true
			return l
		case "ml":
			l.malayalam = true
			return l
		}
	}
	return l
}

func (s *Site) readTags(info *siteinfo) {
	for _, t := range info.Query.ExtensionTags {
		s.tags = append(s.tags, strings.ToLower(strings.Trim(t, "<>")))
	}
	for _, p := range info.Query.Protocols {
		s.protocols = append(s.protocols, strings.ToLower(p))
	}
}

// hashless are the parser functions that take no "#"; siteinfo does not tell.
// They are those of MediaWiki's core but special, speciale, tag and formatdate,
// and the few of extensions on Wikimedia's wikis.
var hashless = set(strings.Fields(`
	anchorencode basepagename basepagenamee bidi canonicalurl canonicalurle cascadingsources defaultsort displaytitle
	filepath formatnum fullpagename fullpagenamee fullurl fullurle gender grammar int language lc lcfirst localurl localurle
	namespace namespacee namespacenumber ns nse numberingroup numberofactiveusers numberofadmins numberofarticles
	numberofedits numberoffiles numberofpages numberofusers padleft padright pageid pagename pagenamee pagesincategory
	pagesinnamespace pagesize plural protectionexpiry protectionlevel revisionday revisionday2 revisionid revisionmonth
	revisionmonth1 revisiontimestamp revisionuser revisionyear rootpagename rootpagenamee subjectpagename subjectpagenamee
	subjectspace subjectspacee subpagename subpagenamee talkpagename talkpagenamee talkspace talkspacee uc ucfirst urlencode
	noexternallanglinks pagebanner pagesusingpendingchanges pendingchangelevel useliquidthreads`))

// readWords reads the magic words: what they are and what they are called here.
// showsCaption are the words' names that make a file's caption visible.
var showsCaption = map[string]bool{"img_thumbnail": true, "img_manualthumb": true, "img_framed": true}

// englishFileWords are what every wiki knows besides its own words.
var englishFileWords = map[string]bool{
	"thumb": true, "thumbnail": true, "frame": true, "framed": true, "enframed": true,
	"alt": false, "link": false, "class": false, "lang": false, "page": false, "upright": false,
	"left": false, "right": false, "center": false, "none": false, "border": false, "frameless": false,
}

func (s *Site) readWords(info *siteinfo) {
	q := &info.Query
	s.functions, s.variables = map[string]bool{}, map[string]bool{}
	s.switches, s.switchesFold = map[string]bool{}, map[string]bool{}
	functions, variables := set(q.FunctionHooks), set(q.Variables)
	s.fileWords = maps.Clone(englishFileWords)
	for _, w := range q.MagicWords {
		if strings.HasPrefix(w.Name, "img_") {
			for _, alias := range w.Aliases {
				word, _, _ := strings.Cut(alias, "=")
				if word, _, _ = strings.Cut(word, "$1"); strings.TrimSpace(word) != "" {
					s.fileWords[strings.TrimSpace(word)] = showsCaption[w.Name]
				}
			}
			continue
		}
		isSwitch := slices.ContainsFunc(w.Aliases, func(a string) bool {
			return len(a) > 4 && strings.HasPrefix(a, "__") && strings.HasSuffix(a, "__")
		})
		for _, alias := range w.Aliases {
			switches := s.switches
			if !w.Sensitive {
				alias, switches = foldCase(alias), s.switchesFold
			}
			if isSwitch {
				switches[alias] = true
			}
			if variables[w.Name] {
				s.variables[alias] = true
			}
			if functions[w.Name] {
				alias = strings.TrimSuffix(alias, ":")
				if !hashless[strings.ToLower(w.Name)] {
					alias = "#" + alias
				}
				s.functions[alias] = true
			}
		}
	}
}

func set(names []string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

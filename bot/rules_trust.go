// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds whether a revision of the config page may come into force:
// what kind of page it is on, and whether somebody is behind its text whom the
// operator trusts.

package bot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// judgement is what is found of a revision: why it cannot come into force, or
// its rules with what is odd about them.
type judgement struct {
	rejected *plan.Rejected
	rules    *config.Rules
	warnings []string
}

// judge says whether a revision of the config page may come into force. All that
// is asked of the wiki is asked about that very revision.
func (s *site) judge(ctx context.Context, page wiki.Page) (judgement, error) {
	if page.Missing {
		user, why, err := s.whereItWent(ctx)
		return judgement{rejected: &plan.Rejected{User: user, Problems: []string{why}}}, err
	}
	no := &plan.Rejected{Revision: page.Revision, User: page.User}
	if page.Redirect != "" {
		no.Problems = []string{"the config page is a redirect to " + page.Redirect}
		return judgement{rejected: no}, nil
	}
	why, err := s.mistrust(ctx, page)
	if err != nil {
		return judgement{}, err
	}
	if why != "" {
		no.Problems, no.Untrusted = append(no.Problems, why), true
	}
	if page.Model != "json" {
		no.Problems = append(no.Problems, fmt.Sprintf("the page's content model is %s; it must be json", page.Model))
	}
	rules, problems := config.ParseRules(page.Text)
	no.Problems = append(no.Problems, sentences(problems)...)
	var warnings []string
	if rules != nil {
		var wrong []string
		if wrong, warnings, err = s.check(ctx, rules); err != nil {
			return judgement{}, err
		}
		no.Problems = append(no.Problems, wrong...)
		localRules(s.text, rules)
	}
	if len(no.Problems) > 0 {
		return judgement{rejected: no}, nil
	}
	return judgement{rules: rules, warnings: warnings}, nil
}

// implicit are the groups that accounts are in without anybody's doing.
var implicit = []string{"*", "user", "autoconfirmed"}

// levelRights are the rights behind the protection levels that have names of
// their own; the others are rights themselves.
var levelRights = map[string]string{"sysop": "editprotected", "autoconfirmed": "editsemiprotected"}

// mistrust says why nobody whom the operator trusts is behind the page's text, ""
// if somebody is: the page is protected to administrators or to one of the
// operator's rights, or whoever wrote the text has one of those.
func (s *site) mistrust(ctx context.Context, page wiki.Page) (string, error) {
	rights := s.conf.ConfigRights
	lock := "the page is not protected"
	if level := page.Protection["edit"]; level != "" {
		lock = "the page is protected only to the level " + level
		if level == "sysop" || slices.Contains(rights, level) {
			has, err := s.client.Rights(ctx, implicit)
			if err != nil {
				return "", err
			}
			if right := cmp.Or(levelRights[level], level); !slices.Contains(has, right) {
				return "", nil
			}
			lock = fmt.Sprintf("the page is protected to the level %s, but every account passes that", level)
		}
	}
	author, err := s.author(ctx, page)
	if err != nil {
		return "", err
	}
	if author == "" {
		return lock + ", and the name of whoever edited it last is hidden", nil
	}
	user, err := s.client.UserInfo(ctx, author)
	if err != nil {
		return "", err
	}
	who := author + ", who edited it last,"
	if author != page.User {
		who = author + ", who wrote this text,"
	}
	switch {
	case user.Missing, user.Invalid:
		return fmt.Sprintf("%s, and %s has no account here", lock, who), nil
	case user.Blocked:
		return fmt.Sprintf("%s, and %s is blocked", lock, who), nil
	}
	has, err := s.client.Rights(ctx, user.Groups)
	if err != nil {
		return "", err
	}
	if slices.ContainsFunc(has, func(r string) bool { return slices.Contains(rights, r) }) {
		return "", nil
	}
	return fmt.Sprintf("%s, and %s has none of the rights %s on this wiki", lock, who, strings.Join(rights, ", ")), nil
}

// authorsLookedAt is how many revisions are looked at for the one that brought
// the text.
const authorsLookedAt = 20

// author returns who wrote the text of a page. Moving and protecting a page makes
// a revision with the text of the one before; that says nothing about the text.
func (s *site) author(ctx context.Context, page wiki.Page) (string, error) {
	var answer struct {
		Query struct {
			Pages []struct {
				Revisions []struct {
					RevID      int64
					User, SHA1 string
				}
			}
		}
	}
	err := s.client.Get(ctx, map[string]string{
		"action": "query", "prop": "revisions", "titles": page.Title, "rvprop": "ids|user|sha1",
		"rvlimit": strconv.Itoa(authorsLookedAt), "rvstartid": strconv.FormatInt(page.Revision, 10),
	}, &answer)
	if err != nil {
		return "", err
	}
	author := page.User
	if len(answer.Query.Pages) != 1 {
		return author, nil
	}
	revisions := answer.Query.Pages[0].Revisions
	for i, r := range revisions {
		author = r.User
		if r.SHA1 == "" || i+1 == len(revisions) || revisions[i+1].SHA1 != r.SHA1 {
			break
		}
	}
	return author, nil
}

// whereItWent says who has moved or deleted the config page, and when.
func (s *site) whereItWent(ctx context.Context) (user, sentence string, err error) {
	const gone = "the config page does not exist any more"
	var answer struct {
		Query struct {
			LogEvents []struct {
				Type, Action, User string
				Timestamp          time.Time
				Params             struct {
					Title string `json:"target_title"`
				}
			}
		}
	}
	err = s.client.Get(ctx, map[string]string{
		"action": "query", "list": "logevents", "letitle": s.pages.ConfigPage, "leprop": "type|user|timestamp|details", "lelimit": "10",
	}, &answer)
	if err != nil {
		return "", "", err
	}
	for _, e := range answer.Query.LogEvents {
		by, at := cmp.Or(e.User, "somebody"), e.Timestamp.UTC().Format("2006-01-02 15:04 UTC")
		switch {
		case e.Type == "move":
			return e.User, fmt.Sprintf("%s: %s moved it to %s on %s; move it back, or make it again", gone, by, e.Params.Title, at), nil
		case e.Type == "delete" && strings.HasPrefix(e.Action, "delete"):
			return e.User, fmt.Sprintf("%s: %s deleted it on %s; restore it, or make it again", gone, by, at), nil
		}
	}
	return "", gone + "; restore it, or make it again", nil
}

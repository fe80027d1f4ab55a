// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how links are counted on wikis that answer badly or without end.

package survey

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
)

// TestAPageWithEndlessLinksTakesFewRequests has a wiki that always knows of more
// links to one page, and tells of the others after it.
func TestAPageWithEndlessLinksTakesFewRequests(t *testing.T) {
	requests, next := 0, 0
	api := answers(func(p map[string]string) (string, error) {
		if p["prop"] == "" {
			return `{"query":{"interwikimap":[]}}`, nil
		}
		if requests++; requests > 20 {
			return "", errors.New("far too many requests")
		}
		var pages []string
		for _, title := range strings.Split(p["titles"], "|") {
			switch {
			case title == "User:A/all.js":
				var here []string
				for range 200 {
					next++
					here = append(here, fmt.Sprintf(`{"pageid":%d}`, next))
				}
				pages = append(pages, fmt.Sprintf(`{"title":%q,"linkshere":[%s]}`, title, strings.Join(here, ",")))
			case !strings.Contains(p["titles"], "all.js"):
				pages = append(pages, fmt.Sprintf(`{"title":%q,"linkshere":[{"pageid":7}]}`, title))
			}
		}
		more := ""
		if strings.Contains(p["titles"], "all.js") {
			more = fmt.Sprintf(`"continue":{"lhcontinue":"%d"},`, next)
		}
		return fmt.Sprintf(`{%s"query":{"pages":[%s]}}`, more, strings.Join(pages, ",")), nil
	})
	known := []registry.Entry{
		{Item: registry.Item{Key: "userscript:x:User:A/all.js", Deployed: true}}, {Item: registry.Item{Key: "userscript:x:User:A/z.js", Deployed: true}},
	}
	s, err := Links(api, "x", LinkLimits{}).Read(t.Context(), Reading{At: noon, Known: func(context.Context) ([]registry.Entry, error) { return known, nil }})
	if err != nil || len(s.Measures) != 2 {
		t.Fatalf("%+v, %v", s.Measures, err)
	}
	if m := s.Measures[0]; m.Value != 500 || !m.AtLeast {
		t.Errorf("%+v", m)
	}
	if m := s.Measures[1]; m.Value != 1 || m.AtLeast {
		t.Errorf("%+v", m)
	}
	if requests != 4 {
		t.Errorf("%d requests", requests)
	}
}

func TestLinksThatCannotBeReadAreAnError(t *testing.T) {
	known := []registry.Entry{{Item: registry.Item{Key: "tool:guc", Listed: true}}}
	for code, fails := range map[string]bool{"http-500": true, "badquery": false} {
		api := answers(func(p map[string]string) (string, error) {
			if p["list"] == "" {
				return `{"query":{"interwikimap":[]}}`, nil
			}
			return "", &wiki.Error{Code: code}
		})
		s, err := Links(api, "x", LinkLimits{}).Read(t.Context(), Reading{At: noon, Known: func(context.Context) ([]registry.Entry, error) { return known, nil }})
		if (err != nil) != fails || len(s.Measures) > 0 {
			t.Errorf("%s: %v, %+v", code, err, s.Measures)
		}
	}
}

func TestLinksThatAreAllGoneAreConfirmedFirst(t *testing.T) {
	api := answers(func(p map[string]string) (string, error) {
		return `{"query":{"interwikimap":[],"exturlusage":[]}}`, nil
	})
	var known []registry.Entry
	for _, name := range []string{"tool:a", "tool:b"} {
		known = append(known, registry.Entry{Item: registry.Item{Key: registry.Key(name), Listed: true},
			Measures: []registry.Measure{{Item: registry.Key(name), Metric: registry.Links, Value: 7}}})
	}
	in := Reading{At: noon, Known: func(context.Context) ([]registry.Entry, error) { return known, nil }}
	_, err := Links(api, "x", LinkLimits{}).Read(t.Context(), in)
	if !errors.Is(err, errFewer) {
		t.Fatalf("the first: %v", err)
	}
	in.Last.Reason, in.Last.Failed = err.Error(), noon
	in.At = noon.Add(time.Minute)
	if _, err = Links(api, "x", LinkLimits{}).Read(t.Context(), in); !errors.Is(err, errFewer) {
		t.Errorf("a minute later: %v", err)
	}
	in.At = noon.Add(ConfirmAfter)
	s, err := Links(api, "x", LinkLimits{}).Read(t.Context(), in)
	if err != nil || len(s.Measures) != 2 || s.Measures[0].Value != 0 {
		t.Errorf("a second one like it: %+v, %v", s.Measures, err)
	}
}

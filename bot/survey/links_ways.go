// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the ways to link to what is not on the wiki: by address and by
// interwiki prefix.

package survey

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
)

// way is one request for pages that link to an item.
type way struct {
	// An external link: addresses of a protocol that begin so, of which those
	// count whose path begins with segment.
	protocol, address, segment string
	// An interwiki link: a prefix and a title, which stands for all titles that
	// begin with it if it ends in a slash.
	prefix, title string
}

// ways are the ways to link to an item that is elsewhere.
func (l links) ways(item registry.Item) (out []way) {
	address := func(address, segment string) {
		out = append(out, way{protocol: "https", address: address, segment: segment}, way{protocol: "http", address: address, segment: segment})
	}
	inter := func(prefixes []string, titles ...string) {
		for _, p := range prefixes {
			for _, t := range titles {
				out = append(out, way{prefix: p, title: strings.ReplaceAll(t, " ", "_")})
			}
		}
	}
	name := item.Key.Name()
	switch kind := item.Key.Kind(); kind {
	case detect.Extension, detect.Skin:
		if l.wiki != mediawikiOrg {
			title := pageOf(item.Key)
			inter(l.mediawiki, title, "Special:MyLanguage/"+title)
		}
	case detect.Tool:
		if project, ok := strings.CutPrefix(name, "wmcloud:"); ok {
			if isHostLabel(project) {
				address(project+".wmcloud.org", "")
				address(project+".wmflabs.org", "")
			}
			return out
		}
		if record, ok := strings.CutPrefix(name, "toolhub:"); ok {
			if record = url.PathEscape(record); record != "" {
				out = append(out, way{protocol: "https", address: "toolhub.wikimedia.org/tools/" + record, segment: "tools/" + record})
				inter(l.toolhub, "tools/"+record)
			}
			return out
		}
		if isHostLabel(name) {
			address(name+".toolforge.org", "")
			address("tools.wmflabs.org/"+name, name)
			inter(l.tools, name, name+"/")
			out = append(out, way{protocol: "https", address: "toolhub.wikimedia.org/tools/toolforge-" + name, segment: "tools/toolforge-" + name})
			inter(l.toolhub, "tools/toolforge-"+name)
		}
	}
	return out
}

// isHostLabel reports whether a name can be a part of a host name.
func isHostLabel(name string) bool {
	return name != "" && len(name) <= 63 && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-._") == ""
}

// countWay asks once and adds what it finds.
func (l links) countWay(ctx context.Context, w way, c *count) error {
	if len(c.pages) >= l.Pages {
		return nil
	}
	var answer struct {
		Continue map[string]any
		Query    struct {
			ExtURLUsage []struct {
				PageID     int64
				Title, URL string
			}
			IWBacklinks []struct {
				PageID         int64
				Title, IWTitle string
			}
		}
	}
	err := l.api.Get(ctx, w.params(l.Pages), &answer)
	if refused := (*wiki.Error)(nil); errors.As(err, &refused) && slices.Contains([]string{"badquery", "bad_query", "badcontinue", "unknown_continue"}, refused.Code) {
		return nil // this wiki cannot be asked so
	}
	if err != nil {
		return err
	}
	c.asked = true
	more := len(answer.Continue) > 0
	for _, e := range answer.Query.ExtURLUsage {
		if w.leads(e.URL) && !l.Own(e.Title) {
			c.pages[e.PageID] = true
		}
	}
	for _, b := range answer.Query.IWBacklinks {
		if w.isPrefix() && !strings.HasPrefix(strings.ReplaceAll(b.IWTitle, " ", "_"), w.title) {
			more = false // the list is sorted: those that follow are others, too
			break
		}
		if !l.Own(b.Title) {
			c.pages[b.PageID] = true
		}
	}
	c.more = c.more || more
	return nil
}

func (w way) isPrefix() bool { return strings.HasSuffix(w.title, "/") }

// params are what the wiki is asked.
func (w way) params(most int) map[string]string {
	limit := strconv.Itoa(most)
	if w.prefix == "" {
		return map[string]string{
			"action": "query", "list": "exturlusage", "euprotocol": w.protocol, "euquery": w.address, "euprop": "ids|title|url", "eulimit": limit,
		}
	}
	p := map[string]string{"action": "query", "list": "iwbacklinks", "iwblprefix": w.prefix, "iwblprop": "iwtitle", "iwbllimit": limit}
	if w.isPrefix() {
		// There is no search for beginnings, but the list is sorted by title, and
		// can be entered at any.
		p["iwblcontinue"] = w.prefix + "|" + w.title + "|0"
	} else {
		p["iwbltitle"] = w.title
	}
	return p
}

// leads reports whether an address is one of the way's: the wiki finds all that
// begin alike.
func (w way) leads(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	host, _, _ := strings.Cut(w.address, "/")
	if !strings.EqualFold(u.Hostname(), host) {
		return false
	}
	if w.segment == "" {
		return true
	}
	path := strings.TrimPrefix(u.EscapedPath(), "/")
	return path == w.segment || strings.HasPrefix(path, w.segment+"/")
}

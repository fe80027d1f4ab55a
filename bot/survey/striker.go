// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the source striker: the tools of Toolforge with their
// maintainers, as its own console lists them.

package survey

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

const (
	strikerSource = "striker"
	// strikerEvery is how often the list is read. It is made anew for everybody
	// who asks, and is one answer of some megabytes.
	strikerEvery = 6 * time.Hour
	// maxMaintainers is how many maintainers of one tool are kept.
	maxMaintainers = 50
)

// strikerMark is what a reading of Striker has to know of the last one.
type strikerMark struct {
	// Address is that of the list, whose validators these are.
	Address string `json:"address"`
	validators
}

// Striker reads the list of Toolforge's tools; address is that of its
// toolinfo.json of version 1.2. It says the same of every wiki.
//
// The field author holds "Authors and maintainers of this tool", and only those
// who have access to the tool can edit it: each is a maintainer, by the source's
// own word. One whose account on the wikis is given is a user; of the others
// only the name is known. Names alone never make a steward.
func Striker(f *Fetcher, address string) Source {
	return Source{
		Name:  strikerSource,
		Every: strikerEvery,
		Read: func(ctx context.Context, in Reading) (registry.Survey, error) {
			s, err := readStriker(ctx, f, address, in)
			if err != nil && !errors.Is(err, ErrUnchanged) {
				return registry.Survey{}, fmt.Errorf("read Toolforge's list of tools: %w", err)
			}
			return s, err
		},
	}
}

func readStriker(ctx context.Context, f *Fetcher, address string, in Reading) (registry.Survey, error) {
	v, err := f.visit(address)
	if err != nil {
		return registry.Survey{}, err
	}
	mark := strikerMark{Address: v.home.Host + v.home.Path}
	var last strikerMark
	known := validators{}
	// The mark is that of the last answer that was taken in, not of one that is held.
	if json.Unmarshal([]byte(in.Last.Mark), &last) == nil && last.Address == mark.Address {
		known = last.validators
	}

	tools := strikerTools{toolList: newToolList(in.At), host: v.home.Host, seen: make(map[registry.Claim]bool)}
	tools.newPage()
	mark.validators, err = v.get(ctx, v.home, known, f.conf.MaxWhole, func(dec *json.Decoder) error {
		return readList(dec, tools.add)
	})
	if err != nil {
		return registry.Survey{}, err
	}
	tools.report(f.conf.Log, strikerSource)
	if tools.unusable() {
		return registry.Survey{}, fmt.Errorf("none of its %d records can be read", tools.records)
	}
	if in.Progress != nil {
		in.Progress(tools.records, tools.records)
	}
	text, err := json.Marshal(mark)
	return registry.Survey{
		Source: strikerSource, Wiki: registry.AllWikis, At: in.At, Items: tools.items, Claims: tools.claims, Mark: string(text),
	}, err
}

// strikerTools are the tools of Striker's list so far.
type strikerTools struct {
	*toolList
	claims []registry.Claim
	seen   map[registry.Claim]bool
	host   string
}

// add reads a record and keeps its tool and the maintainers. A tool may have
// several records.
func (t *strikerTools) add(raw json.RawMessage) error {
	record, ok, err := t.read(raw, strikerName)
	if !ok {
		return err
	}
	key, _ := toolKey(record.Name)
	t.keep(record)
	tool, onToolforge := strings.CutPrefix(record.Name, toolforgePrefix)
	if !onToolforge {
		return nil
	}
	for _, p := range record.Author[:min(len(record.Author), maxMaintainers)] {
		holder, kind := p.account(), registry.User
		if holder == "" {
			holder, kind = strings.Trim(cmp.Or(keptText(p.Name, maxWord), keptText(p.DeveloperName, maxWord)), " ,;:"), registry.Team
		}
		if holder == "" || registry.IsNobody(holder) {
			continue
		}
		claim := registry.Claim{
			Item: key, Role: registry.Maintainer, Holder: holder, HolderKind: kind, Standing: registry.Stated,
			Evidence: registry.Evidence{Source: strikerSource, Page: t.host + "/tools/id/" + tool},
		}
		if !t.seen[claim] {
			t.seen[claim] = true
			t.claims = append(t.claims, claim)
		}
	}
	return nil
}

var (
	// notInSlug and slugSpace are how Toolhub makes a name fit for an address.
	notInSlug = regexp.MustCompile(`[^\p{L}\p{M}\p{N}_\s-]`)
	slugSpace = regexp.MustCompile(`[-\s]+`)
)

// strikerName is the name that Toolhub gives a record of Striker's, so that
// both catalogues speak of one tool: "toolforge.x" is toolforge-x. A record
// without the prefix is that of the Toolforge tool whose address it has.
func strikerName(record toolinfo) string {
	name := record.Name
	if rest, ok := strings.CutPrefix(name, "toolforge."); ok {
		name = toolforgePrefix + rest
	}
	name = slugSpace.ReplaceAllString(notInSlug.ReplaceAllString(strings.ToLower(name), ""), "-")
	name = strings.Trim(name, "-_")
	if strings.HasPrefix(name, toolforgePrefix) || name == "" {
		return name
	}
	if tool := toolforgeTool(record.URL); tool != "" {
		return toolforgePrefix + tool
	}
	return name
}

// toolforgeTool returns the tool that an address on Toolforge or in its console
// belongs to, "" for any other.
func toolforgeTool(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	host := strings.ToLower(u.Hostname())
	tool, ok := strings.CutSuffix(host, ".toolforge.org")
	if host == "toolsadmin.wikimedia.org" {
		tool, ok = strings.CutPrefix(u.Path, "/tools/id/")
	}
	if tool = strings.TrimSuffix(tool, "/"); !ok || !toolforgeName.MatchString(tool) {
		return ""
	}
	return tool
}

// toolforgeName is the name of a tool on Toolforge, a label of its host.
var toolforgeName = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

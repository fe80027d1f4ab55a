// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the source operators: the bot itself, a tool like others, with
// the people who answer for it.

package survey

import (
	"context"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

const (
	operatorsSource = "operators"
	operatorsEvery  = time.Hour
	// ownTool is the name of the bot's tool on Toolforge, whatever its account.
	ownTool = "codesteward"
)

// Operators names the bot's account on a wiki as a tool, and the accounts of its
// operators as stewards: the operator of the process states so.
func Operators(wiki string, on *wikitext.Site, bot string, operators []string) Source {
	return Source{
		Name:  operatorsSource,
		Every: operatorsEvery,
		Read: func(_ context.Context, in Reading) (registry.Survey, error) {
			if on == nil {
				on = wikitext.DefaultSite()
			}
			mark := strings.Join(append([]string{bot}, operators...), "\n")
			if in.Last.Mark == mark {
				return registry.Survey{}, ErrUnchanged
			}
			page := "User:" + bot
			if t, err := on.ParseTitle(page); err == nil {
				page = t.String()
			}
			key := registry.NewKey(detect.Tool, "", ownTool)
			s := registry.Survey{Source: operatorsSource, Wiki: wiki, At: in.At, Mark: mark}
			s.Items = []registry.Item{{Key: key, Name: bot, Page: page, Listed: true, Deployed: true, Aliases: []string{bot}}}
			for _, name := range operators {
				s.Claims = append(s.Claims, registry.Claim{
					Item: key, Role: registry.Steward, Holder: accountName(on, name), HolderKind: registry.User, Standing: registry.Stated,
					Evidence: registry.Evidence{Source: operatorsSource, Wiki: wiki, Page: page, Time: in.At},
				})
			}
			return s, nil
		},
	}
}

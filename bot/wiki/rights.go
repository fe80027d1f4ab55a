// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what membership in user groups allows.

package wiki

import (
	"context"
	"slices"
)

// Rights returns the rights that membership in the groups gives on this wiki,
// sorted. It does not ask for a user's own rights: to a session with a bot
// password MediaWiki names only those rights of another user that the bot
// password itself has (PermissionManager::getUserPermissions, seen in 1.39).
func (c *Client) Rights(ctx context.Context, groups []string) ([]string, error) {
	var answer struct {
		Query struct {
			UserGroups []struct {
				Name   string
				Rights []string
			}
		}
	}
	err := c.Get(ctx, map[string]string{"action": "query", "meta": "siteinfo", "siprop": "usergroups"}, &answer)
	if err != nil {
		return nil, err
	}
	var rights []string
	for _, g := range answer.Query.UserGroups {
		if slices.Contains(groups, g.Name) {
			rights = append(rights, g.Rights...)
		}
	}
	slices.Sort(rights)
	return slices.Compact(rights), nil
}

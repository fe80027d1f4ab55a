// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how much the wiki takes in one request.

package wiki

import (
	"context"
	"slices"
)

// The numbers of values that a parameter takes, https://www.mediawiki.org/wiki/API:Data_formats#Multivalue_parameters.
const (
	usualLimit = 50
	highLimit  = 500 // with the right apihighlimits
)

// TitleLimit returns how many titles, or other values of one parameter, the wiki takes from this account at once: 50, or
// 500 with the right apihighlimits. The wiki is asked once; while it cannot be asked, the answer is 50.
func (c *Client) TitleLimit(ctx context.Context) int {
	if limit := c.titles.Load(); limit != 0 {
		return int(limit)
	}
	var answer struct {
		Query struct{ UserInfo struct{ Rights []string } }
	}
	if err := c.Get(ctx, map[string]string{"action": "query", "meta": "userinfo", "uiprop": "rights"}, &answer); err != nil {
		return usualLimit
	}
	limit := usualLimit
	if slices.Contains(answer.Query.UserInfo.Rights, "apihighlimits") {
		limit = highLimit
	}
	c.titles.Store(int64(limit))
	return limit
}

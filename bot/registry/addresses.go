// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds where the pages of the wikis are.

package registry

import (
	"context"
	"database/sql"
	"fmt"
)

// ArticleURLs returns the address of a page on each wiki that was ever reached,
// by the wiki's name; $1 in it stands for the title.
func (r *Registry) ArticleURLs(ctx context.Context) (map[string]string, error) {
	var out map[string]string
	err := r.read(ctx, func(tx *sql.Tx) error {
		out = make(map[string]string)
		return query(ctx, tx, func(scan func(...any) error) error {
			var wiki, address string
			err := scan(&wiki, &address)
			out[wiki] = address
			return err
		}, `SELECT wiki, article_url FROM wiki`)
	})
	if err != nil {
		return nil, fmt.Errorf("read the addresses of the wikis: %w", err)
	}
	return out, nil
}

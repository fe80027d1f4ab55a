// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// This file holds what is done to a wiki from its own machine, with MediaWiki's maintenance scripts.

package wikitest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// CreateUser makes an account in the given groups: sysop, interface-admin, bureaucrat, bot, suppress.
func (w *Wiki) CreateUser(ctx context.Context, name string, groups ...string) (*User, error) {
	u := w.newUser(name, rand.Text())
	args := []string{name, u.Password}
	if len(groups) > 0 {
		args = append([]string{"--custom-groups=" + strings.Join(groups, ",")}, args...)
	}
	if err := w.script(ctx, "createAndPromote.php", args...); err != nil {
		return nil, fmt.Errorf("create user %s: %w", name, err)
	}
	return u, nil
}

// BotPassword gives an account a bot password with some grants, by default those that the bot asks for, and returns what
// to log in with. Each account can have one.
func (w *Wiki) BotPassword(ctx context.Context, user string, grants ...string) (login, password string, err error) {
	if len(grants) == 0 {
		grants = []string{"basic", "editpage", "createeditmovepage", "highvolume", "editprotected"}
	}
	// MediaWiki takes a login for that of a bot only if the password has the form [0-9a-w]{32,}.
	secret := make([]byte, 16)
	if _, err := rand.Read(secret); err != nil {
		return "", "", fmt.Errorf("make bot password for %s: %w", user, err)
	}
	password = hex.EncodeToString(secret)
	if err := w.script(ctx, "createBotPassword.php", "--appid", "codesteward",
		"--grants", strings.Join(grants, ","), user, password); err != nil {
		return "", "", fmt.Errorf("make bot password for %s: %w", user, err)
	}
	return user + "@codesteward", password, nil
}

// RevokeBotPassword takes an account's bot password away; what is logged in with it is logged out.
func (w *Wiki) RevokeBotPassword(ctx context.Context, user string) error {
	err := w.sql(ctx, `DELETE FROM bot_passwords WHERE bp_user = (SELECT user_id FROM user WHERE user_name = `+quoteSQL(user)+`)`)
	if err != nil {
		return fmt.Errorf("revoke bot password of %s: %w", user, err)
	}
	return nil
}

// ForgetRecentChanges empties the list of recent changes, as a wiki does with what is older than $wgRCMaxAge.
func (w *Wiki) ForgetRecentChanges(ctx context.Context) error {
	if err := w.sql(ctx, `DELETE FROM recentchanges`); err != nil {
		return fmt.Errorf("forget recent changes: %w", err)
	}
	return nil
}

// RunJobs does the work that MediaWiki has put off, such as refreshing pages that use a changed template.
func (w *Wiki) RunJobs(ctx context.Context) error {
	if err := w.script(ctx, "runJobs.php"); err != nil {
		return fmt.Errorf("run jobs: %w", err)
	}
	return nil
}

// AbuseFilter switches an abuse filter on. The rule is in the extension's language, such as
// added_lines rlike "casino"; the actions are those of the extension: warn, disallow, tag, block. No action only logs.
func (w *Wiki) AbuseFilter(ctx context.Context, description, rule string, actions ...string) error {
	now := time.Now().UTC().Format("20060102150405")
	err := w.sql(ctx, `INSERT INTO abuse_filter
		(af_pattern, af_user, af_user_text, af_timestamp, af_comments, af_public_comments, af_actions)
		VALUES (`+quoteSQL(rule)+`, 1, 'Admin', '`+now+`', '', `+quoteSQL(description)+`, `+quoteSQL(strings.Join(actions, ","))+`)`)
	for _, a := range actions {
		if err == nil {
			err = w.sql(ctx, `INSERT INTO abuse_filter_action (afa_filter, afa_consequence, afa_parameters)
				SELECT max(af_id), `+quoteSQL(a)+`, '' FROM abuse_filter`)
		}
	}
	if err != nil {
		return fmt.Errorf("make abuse filter %q: %w", description, err)
	}
	return nil
}

func (w *Wiki) sql(ctx context.Context, query string) error {
	return w.script(ctx, "sql.php", "--query", query)
}

func quoteSQL(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// script runs one of MediaWiki's maintenance scripts; the error has its output.
func (w *Wiki) script(ctx context.Context, name string, args ...string) error {
	out, err := w.php(ctx, w.template, append([]string{filepath.Join(Root(), "maintenance", name)}, args...)...)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, strings.TrimSpace(out))
	}
	return nil
}

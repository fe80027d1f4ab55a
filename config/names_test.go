// SPDX-License-Identifier: GPL-3.0-or-later

package config_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// TestNamesAreThoseOfTheOtherStages keeps the names that the schema allows the
// same as those that detect and registry use, which config cannot import.
func TestNamesAreThoseOfTheOtherStages(t *testing.T) {
	verdicts := []registry.Verdict{registry.Owned, registry.IndividualOnly, registry.UnconfirmedOnly, registry.Inactive,
		registry.InDispute, registry.Unassigned, registry.Unknown}
	quoted := func(list []string) string { return `["` + strings.Join(list, `", "`) + `"]` }
	var kinds, all []string
	for _, kind := range detect.Kinds {
		kinds = append(kinds, string(kind))
	}
	for _, verdict := range verdicts {
		all = append(all, string(verdict))
	}
	_, problems := config.ParseRules(fmt.Sprintf(`{"version": 1, "tables": [{"id": "a", "page": "A", "kinds": %s, "verdicts": %s}]}`, quoted(kinds), quoted(all)))
	if problems != nil {
		t.Error(problems)
	}
	_, problems = config.ParseRules(`{"version": 1, "tables": [{"id": "a", "page": "A", "kinds": ["#"], "verdicts": ["#"]}]}`)
	for i, names := range [][]string{kinds, all} {
		if len(problems) != 2 || strings.Count(problems[i].Message, `", "`) != len(names)-1 {
			t.Errorf("not these names: %v in %v", names, problems)
		}
	}
}

func TestWaysToLogInAreThoseOfTheClient(t *testing.T) {
	ways := map[string]wiki.Auth{config.BotPassword: wiki.BotPassword, config.OAuth2: wiki.OAuth2, config.OAuth1: wiki.OAuth1}
	for way, auth := range ways {
		if way != string(auth) {
			t.Errorf("%q is %q for the client", way, auth)
		}
	}
}

func TestPagesCanBeParsedAtTheSameTime(t *testing.T) {
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if _, problems := config.ParseRules(`{"version": 1, "tablez": []}`); len(problems) != 1 {
				t.Errorf("got %v", problems)
			}
		})
	}
	group.Wait()
}

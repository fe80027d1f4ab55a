// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the test of the export command.

package main

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

func TestExportTellsSharesMeasuresAndCollisions(t *testing.T) {
	db := "sqlite:" + t.TempDir() + "/registry.db"
	reg, err := registry.Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Now().Add(-3*time.Hour - 20*time.Minute)
	item := func(name string, aliases ...string) registry.Item {
		return registry.Item{Key: registry.NewKey(detect.Extension, "", name), Name: name, Aliases: aliases, Deployed: true, Details: registry.Details{Version: "1." + name}}
	}
	listed := item("Poem")
	listed.Deployed, listed.Listed = false, true
	for _, s := range []registry.Survey{
		{Source: "siteinfo", Wiki: "teawiki", At: at, Items: []registry.Item{item("Poem", "Verse"), item("Cite", "Verse"), item("Echo")}},
		{Source: "maintainers", Wiki: "teawiki", At: at, Items: []registry.Item{listed}, Claims: []registry.Claim{{
			Item: listed.Key, Role: registry.Steward, HolderKind: registry.Nobody, Standing: registry.Stated,
			Evidence: registry.Evidence{Wiki: "teawiki", Page: "Maintainers", Revision: 3},
		}}},
		{Source: "links", Wiki: "teawiki", At: at, Measures: []registry.Measure{{Item: listed.Key, Metric: registry.Links, Value: 500, AtLeast: true, AsOf: at}}},
	} {
		if _, err := reg.SaveSurvey(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	_, err = reg.Record(t.Context(), registry.Batch{
		Mentions: []detect.Mention{{Kind: detect.Extension, Name: "Poem", Rule: "link", Snippet: "Poem fails, tell ana@example.org or ana (at) example dot org, thanks"}},
		Change:   detect.Change{Wiki: "teawiki", Title: "Talk:Tea", Revision: 9, User: "Ana", Time: at},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := reg.Close(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	c := exportCmd{stateFlags: stateFlags{DB: db}}
	if err := c.Run(&program{ctx: t.Context(), stdout: &out}); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Wikis []struct {
			Items []struct {
				Name, Version, Verdict, Reason string
				Measures                       []struct{ Value int }
			}
			Shares     struct{ Listed, Deployed struct{ Part, Whole int } }
			Collisions []struct{ Keys []string }
		}
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil || len(got.Wikis) != 1 {
		t.Fatalf("%v in\n%s", err, &out)
	}
	if bytes.Contains(out.Bytes(), []byte("example")) || !bytes.Contains(out.Bytes(), []byte("Poem fails, tell")) {
		t.Errorf("a quote holds an address, or nothing:\n%s", &out)
	}
	w := got.Wikis[0]
	if w.Shares.Listed.Part != 1 || w.Shares.Listed.Whole != 1 || w.Shares.Deployed.Part != 3 || w.Shares.Deployed.Whole != 3 {
		t.Errorf("the shares are %+v; want 1 of 1 listed, and 3 of 3 deployed", w.Shares)
	}
	if len(w.Collisions) != 1 || len(w.Collisions[0].Keys) != 2 {
		t.Errorf("the collisions are %+v; want that of Verse", w.Collisions)
	}
	for _, item := range w.Items {
		if item.Version != "1."+item.Name {
			t.Errorf("the version of %s is %q", item.Name, item.Version)
		}
		if item.Name == "Poem" && (item.Verdict != "unassigned" || len(item.Measures) != 1 || item.Measures[0].Value != 500) {
			t.Errorf("Poem is exported as %+v", item)
		}
		if want := "Unassigned in Maintainers, revision 3, read 3 h ago; no other source"; item.Name == "Poem" && item.Reason != want {
			t.Errorf("the reason is %q, want %q", item.Reason, want)
		}
	}
}

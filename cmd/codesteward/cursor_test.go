// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the test of a damaged cursor, as operators meet it.

package main

import (
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

func TestDamagedCursorEndsTheBotAndSaysHowToGoOn(t *testing.T) {
	k := newKillTest(t)
	k.setPassword()
	db := "sqlite:" + k.dir + "/registry.db"
	reg, err := registry.Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	damaged := events.Cursor{Streams: "mediawiki.recentchange", ID: `[{"topic":"eqi`, Time: time.Now()}
	if _, err := reg.Record(t.Context(), registry.Batch{Cursor: damaged}); err != nil {
		t.Fatal(err)
	}
	if err := reg.Close(); err != nil {
		t.Fatal(err)
	}
	wants := []string{"cursor of mediawiki.recentchange is damaged", "UPDATE stream_cursor SET", "go on from " + damaged.Time.UTC().Format("2006-01-02T15:04")}
	out, errs, code := k.command("status", "--db", db)
	if code != exitDone {
		t.Errorf("status: exit code %d\n%s", code, errs)
	}
	_, errs, code = k.command(k.runArgs()...)
	if code != exitFound {
		t.Errorf("run: exit code %d", code)
	}
	for _, want := range wants {
		if !strings.Contains(out, want) {
			t.Errorf("status does not say %q:\n%s", want, out)
		}
		if !strings.Contains(errs, want) {
			t.Errorf("run does not say %q:\n%s", want, errs)
		}
	}
}

// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// This file holds the soak: a bot, a process of its own, on a real wiki behind a
// network that fails, among eight people who do what people do, and killed again
// and again. What has to hold in the end is in soak_check_test.go.

package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki/wikitest"
)

const (
	soakPeople = 8
	soakRules  = `{"version": 2, "enabled": true, "watch": {"namespaces": [1]},
		"limits": {"per_minute": 0, "per_hour": 0, "per_day": 0},
		"safety": {"thaw_days": 1},
		"sources": {"maintainers": [{"page": "Maintainers"}]},
		"tables": [{"id": "gadgets", "page": "Project:Gadgets", "kinds": ["gadget"]}, {"id": "extensions", "page": "Project:Extensions", "kinds": ["extension"]}],
		"noticeboard": {"page": "Project:Board", "settle_minutes": 0},
		"notices": {"talk": true, "settle_minutes": 0, "cooldown_days": 90, "per_person_day": 20, "per_wiki_day": 500, "opt_out": "Project:Opt out"}}`
	soakGadgets = 6
)

// TestSoak lasts ten minutes under SOAK=1, and one otherwise.
func TestSoak(t *testing.T) {
	lasts := 40 * time.Second
	if os.Getenv("SOAK") != "" {
		lasts = 10 * time.Minute
	}
	if text := os.Getenv("SOAK_LASTS"); text != "" {
		var err error
		if lasts, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
	}
	k := newSoak(t)
	k.storm(lasts)
	k.calm()
	k.check()
}

// soak is a wiki under a storm.
type soak struct {
	*killTest
	seed   uint64
	faults *faults
	web    string
	people []*wikitest.User
	said   tokens
	counts struct{ edits, conflicts, kills, terms, broken atomic.Int64 }
	usage  []usage
}

// tokens are words of people that must not be lost, and where.
type tokens struct {
	sync.Mutex
	notes    map[string]string // the last of a gadget's Notes cell
	stewards map[string]string // of a gadget
	mentions []string          // titles of pages that name what nobody looks after
}

func newSoak(t *testing.T) *soak {
	k := &soak{killTest: newKillTest(t), seed: uint64(time.Now().UnixNano())}
	t.Logf("seed %d", k.seed)
	k.said.notes, k.said.stewards = map[string]string{}, map[string]string{}
	var list strings.Builder
	for i := range soakGadgets {
		name := fmt.Sprintf("Gadget%d", i)
		fmt.Fprintf(&list, "* %s[ResourceLoader]|%s.js\n", name, name)
		k.edit(k.admin, "MediaWiki:Gadget-"+name, name)
	}
	k.edit(k.admin, "MediaWiki:Gadgets-definition", list.String())
	k.edit(k.admin, "User:Steward bot/config.json", soakRules)
	k.edit(k.admin, "Project:Opt out", "Add yourself:")
	for i := range soakPeople {
		u, err := k.wiki.CreateUser(context.Background(), fmt.Sprintf("Person%d", i))
		if err != nil {
			t.Fatal(err)
		}
		k.people = append(k.people, u)
	}
	k.faults = newFaults(t, k.wiki.URL)
	k.api, k.web = k.faults.URL+"/api.php", freeAddress(t)
	k.serve("stream")
	k.args = []string{"--web", k.web}
	return k
}

// storm has people, the network and the operator do their worst for a while.
func (k *soak) storm(lasts time.Duration) {
	t := k.T
	k.start()
	k.await("the table", func() bool { return strings.Contains(k.text(killTable), "Gadget0") })
	ctx, end := context.WithTimeout(context.Background(), lasts)
	defer end()
	dice := rand.New(rand.NewPCG(k.seed, 1))
	var mu sync.Mutex
	k.faults.set(func(edit bool) fault {
		mu.Lock()
		defer mu.Unlock()
		if dice.IntN(20) > 0 && (!edit || dice.IntN(5) > 0) {
			return ""
		}
		k.counts.broken.Add(1)
		return []fault{slow, broken, cut, cutAfter}[dice.IntN(4)]
	})
	var people sync.WaitGroup
	for i, u := range k.people {
		people.Go(func() { k.lives(ctx, i, u, rand.New(rand.NewPCG(k.seed, uint64(10+i)))) })
	}
	operator := rand.New(rand.NewPCG(k.seed, 2))
	for turn := 0; ctx.Err() == nil; turn++ {
		pause(t, time.Duration(2000+operator.IntN(6000))*time.Millisecond)
		k.measure()
		switch {
		case ctx.Err() != nil:
		case turn%3 == 2:
			k.counts.terms.Add(1)
			tell(t, k.cmd, syscall.SIGTERM)
			began := time.Now()
			if err := k.cmd.Wait(); err != nil {
				t.Errorf("told to end, the bot ended with %v:\n%s", err, k.log())
			}
			if took := time.Since(began); took > endsWithin {
				t.Errorf("the bot took %s to end", took)
			}
			k.cmd = nil
			k.start()
		case turn%3 == 1:
			k.counts.kills.Add(1)
			k.kill()
			k.start()
		}
	}
	people.Wait()
	k.faults.set(nil)
}

// lives has a person edit until ctx ends.
func (k *soak) lives(ctx context.Context, i int, u *wikitest.User, dice *rand.Rand) {
	for n := 0; ctx.Err() == nil; n++ {
		timer := time.NewTimer(time.Duration(500+dice.IntN(1500)) * time.Millisecond)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		k.counts.edits.Add(1)
		if err := k.act(context.WithoutCancel(ctx), i, n, u, dice.IntN(12)); err != nil {
			var api *wikitest.APIError
			if !errors.As(err, &api) {
				k.Errorf("%s: %v", u, err)
				return
			}
			k.counts.conflicts.Add(1) // somebody else was there first, or the page is gone
		}
	}
}

// act is one thing that a person does.
func (k *soak) act(ctx context.Context, i, n int, u *wikitest.User, what int) error {
	gadget := fmt.Sprintf("Gadget%d", (i+n)%soakGadgets)
	title := fmt.Sprintf("Talk:%s asks %d", u.Name, n)
	switch what {
	case 0, 1, 2: // about what nobody looks after
		_, err := u.Edit(ctx, title, fmt.Sprintf("Who knows [[mw:Extension:Poem]]? word%dx%d --~~~~", i, n), "asks")
		if err == nil {
			k.said.Lock()
			k.said.mentions = append(k.said.mentions, title)
			k.said.Unlock()
		}
		return err
	case 3, 4: // about a gadget that somebody may look after
		_, err := u.Edit(ctx, title, "[[MediaWiki:Gadget-"+gadget+".js]] is slow. --~~~~", "asks")
		return err
	case 5: // adopts
		return k.adopts(ctx, u, gadget)
	case 6: // a note, in the last cell of a row
		return k.note(ctx, u, gadget, fmt.Sprintf("note%dx%d", i, n))
	case 7: // takes back what was asked, or somebody else's page goes
		_, err := u.Edit(ctx, title, "[[mw:Extension:Poem]]!", "asks")
		if err == nil {
			_, err = u.Edit(ctx, title, "Never mind.", "takes back")
		}
		return err
	case 8:
		_, err := u.Edit(ctx, title, "[[mw:Extension:Poem]] moves.", "asks")
		if err == nil {
			err = u.Move(ctx, title, title+" moved", "test")
		}
		return err
	case 9:
		_, err := u.Edit(ctx, title, "[[mw:Extension:Poem]] goes.", "asks")
		if err == nil {
			err = k.admin.Delete(ctx, title, "test")
		}
		return err
	case 10: // steers
		if n%2 == 0 {
			_, err := k.admin.Edit(ctx, "User:Steward bot/config.json", strings.Replace(soakRules, `"thaw_days": 1`, fmt.Sprintf(`"thaw_days": 1, "shrink_rows": %d`, 10+n), 1), "other rules")
			return err
		}
		if _, err := k.admin.Edit(ctx, "User:Steward bot/stop", "notices", "stops"); err != nil {
			return err
		}
		_, err := k.admin.Edit(ctx, "User:Steward bot/stop", "", "goes on")
		return err
	default:
		if i%4 != 0 {
			_, err := u.Append(ctx, "Talk:Chat", "\n* chat", "chats")
			return err
		}
		_, err := u.Append(ctx, "Project:Opt out", "\n* [[User:"+u.Name+"]]", "no messages")
		return err
	}
}

// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of answers that serve several wikis.

package bot

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
)

func TestOneAnswerServesAllWhoAskTheSame(t *testing.T) {
	var requests atomic.Int32
	var refuse atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		n := requests.Add(1)
		if refuse.Load() {
			fmt.Fprint(rw, `{"error":{"code":"internal_test","info":"refused"}}`)
			return
		}
		fmt.Fprintf(rw, `{"n":%d}`, n)
	}))
	defer server.Close()
	client, err := wiki.New(wiki.Config{Wiki: "mediawikiwiki", API: server.URL, UserAgent: "codesteward-test/0", Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	s := newShared(client, 0)
	get := func(ctx context.Context, page string) (n int, err error) {
		var answer struct{ N int }
		err = s.Get(ctx, map[string]string{"action": "parse", "page": page}, &answer)
		return answer.N, err
	}
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			if n, err := get(t.Context(), "A"); n != 1 || err != nil {
				t.Errorf("answer %d, %v", n, err)
			}
		})
	}
	wait.Wait()
	for _, step := range []struct {
		name, page string
		before     func()
		want       int
	}{
		{"another page", "B", nil, 2},
		{"the first one again", "A", nil, 1},
		{"after a change", "A", s.forget, 3},
		{"some time later", "A", func() { s.keep = time.Nanosecond }, 4},
	} {
		if step.before != nil {
			step.before()
		}
		if n, err := get(t.Context(), step.page); n != step.want || err != nil {
			t.Errorf("%s: answer %d, %v, want %d", step.name, n, err, step.want)
		}
	}
	s.keep = time.Hour
	s.forget()
	refuse.Store(true)
	if _, err := get(t.Context(), "A"); err == nil {
		t.Error("a refusal is no error")
	}
	refuse.Store(false)
	if n, err := get(t.Context(), "A"); n != 6 || err != nil {
		t.Errorf("after a refusal: answer %d, %v", n, err)
	}
}

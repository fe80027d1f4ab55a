// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the answers of a wiki that serve all wikis which ask the same:
// a page such as mw:Developers/Maintainers is a source for each of them, and
// they all want it when it changes.

package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"sync"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
)

// sharedFor is how long an answer serves others, at most. It is less than the
// time after which a second reading confirms what is held.
const sharedFor = 5 * time.Minute

// shared asks a wiki once what several ask for at about the same time. Answers
// are forgotten when a page changes that some source depends on.
type shared struct {
	*wiki.Client
	keep time.Duration

	mu      sync.Mutex
	answers map[string]*sharedAnswer // by the parameters
}

// sharedAnswer is an answer, or a request for one that is under way.
type sharedAnswer struct {
	asked time.Time
	done  chan struct{} // closed when body and err are there
	body  json.RawMessage
	err   error
}

func newShared(client *wiki.Client, surveyEvery time.Duration) *shared {
	keep := sharedFor
	if surveyEvery > 0 {
		keep = min(keep, surveyEvery/8)
	}
	return &shared{Client: client, keep: keep, answers: map[string]*sharedAnswer{}}
}

// Get is that of the client, or the answer that it gave to another a short time
// ago. An error is nobody else's, since it may be that of another's context.
func (s *shared) Get(ctx context.Context, params map[string]string, out any) error {
	a, first := s.answer(params)
	if first {
		a.err = s.Client.Get(ctx, params, &a.body)
		if a.err != nil {
			s.drop(a)
		}
		close(a.done)
	} else {
		select {
		case <-a.done:
		case <-ctx.Done():
			return ctx.Err()
		}
		if a.err != nil {
			return s.Client.Get(ctx, params, out)
		}
	}
	if a.err != nil {
		return a.err
	}
	if err := json.Unmarshal(a.body, out); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	return nil
}

// answer returns the answer to a question, which whoever is first has to ask.
func (s *shared) answer(params map[string]string) (a *sharedAnswer, first bool) {
	values := url.Values{}
	for k, v := range params {
		values.Set(k, v)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for key, a := range s.answers {
		if now.Sub(a.asked) >= s.keep {
			delete(s.answers, key)
		}
	}
	key := values.Encode()
	if a, known := s.answers[key]; known {
		return a, false
	}
	a = &sharedAnswer{asked: now, done: make(chan struct{})}
	s.answers[key] = a
	return a, true
}

func (s *shared) drop(failed *sharedAnswer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, a := range s.answers {
		if a == failed {
			delete(s.answers, key)
		}
	}
}

// forget has everything asked anew, also what is being asked just now.
func (s *shared) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.answers)
}

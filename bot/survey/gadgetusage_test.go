// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of how the usage of gadgets is read.

package survey

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
)

// someGadgets is a list=gadgets in which only "d" is on by default.
const someGadgets = `{"query":{"gadgets":[{"id":"a"},{"id":"my-gadget-a"},{"id":"x_y"},{"id":"unused"},
	{"id":"d","metadata":{"settings":{"default":true}}},{"id":"e","metadata":{"settings":{"default":true}}}]}}`

func TestGadgetUsage(t *testing.T) {
	rows := func(head, rows string) string {
		return `{"query":{"querypage":{"name":"GadgetUsage",` + head + `"results":[` + rows + `]}}}`
	}
	old := time.Date(2026, 5, 17, 3, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name, usage string
		asOf        time.Time
		want        []string
	}{
		{"numbers in the place of namespaces", rows("", `{"value":"120","ns":1,"title":"Talk:gadget-a"},{"value":30,"ns":57,"title":"Special:Badtitle/NS57:gadget-my-gadget-a"},
			{"value":"7","ns":0,"title":"gadget-x y"},{"value":"9","ns":4,"title":"Project:gadget-gone"},{"value":"2","ns":2,"title":"User:gadget-d"}`),
			noon, []string{"a users 120", "a active_users 1", "d users 2", "d active_users 2", "my-gadget-a users 30", "unused users 0", "unused active_users 0",
				"x_y users 7", "x_y active_users 0"}},
		{"as of the list", rows(`"cached":true,"cachedtimestamp":"2026-05-17T03:00:00Z","maxresults":1000,`, `{"value":"3","ns":3,"title":"User talk:gadget-a"}`),
			old, []string{"a users 3", "a active_users 3", "my-gadget-a users 0", "my-gadget-a active_users 0", "unused users 0", "unused active_users 0", "x_y users 0", "x_y active_users 0"}},
		{"a list that is cut off", rows(`"cached":true,"cachedtimestamp":"2026-05-17T03:00:00Z","maxresults":1,`, `{"value":"3","ns":3,"title":"User talk:gadget-a"}`),
			old, []string{"a users 3", "a active_users 3"}},
		{"nobody counts the active", rows("", `{"value":"5000","ns":2300,"title":"Gadget:gadget-a"},{"value":"5","ns":2300,"title":"Gadget:gadget-x_y"}`),
			noon, []string{"a users 5000", "my-gadget-a users 0", "unused users 0", "x_y users 5"}},
		{"nobody uses any", rows("", ""), noon, []string{"a users 0", "my-gadget-a users 0", "unused users 0", "x_y users 0"}},
		{"rows that make no sense", rows("", `{"value":"-2","ns":-1,"title":"Special:gadget-a"},{"value":null,"ns":1,"title":"Talk:gadget-a"},
			{"value":"1","ns":1,"title":"Talk:"},{"value":"4.0","ns":0,"title":"gadget-a"}`),
			noon, []string{"a users 4", "a active_users 0", "my-gadget-a users 0", "my-gadget-a active_users 0", "unused users 0", "unused active_users 0", "x_y users 0", "x_y active_users 0"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			api := &memoryWiki{list: someGadgets, usage: test.usage}
			s, err := GadgetUsage(api, "metawiki").Read(t.Context(), Reading{At: noon})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, m := range s.Measures {
				got = append(got, fmt.Sprint(m.Item.Name(), " ", m.Metric, " ", m.Value))
				if m.Item.Wiki() != "metawiki" || !m.AsOf.Equal(test.asOf) || m.AtLeast {
					t.Errorf("%+v", m)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if s.Source != "gadgetusage" || s.Wiki != "metawiki" || len(s.Items)+len(s.Claims) > 0 || len(api.asked) != 2 {
				t.Errorf("%+v after %d requests", s, len(api.asked))
			}
		})
	}
}

func TestGadgetUsageThatCannotBeRead(t *testing.T) {
	unknown := &wiki.Error{Code: "badvalue", Info: "unrecognized value for parameter qppage"}
	for _, test := range []struct {
		name, usage string
		fail, want  error
	}{
		{"switched off", `{"query":{"querypage":{"name":"GadgetUsage","disabled":true}}}`, nil, errUsageOff},
		{"not made yet", `{"query":{"querypage":{"name":"GadgetUsage","cached":true,"maxresults":1000,"results":[]}}}`, nil, errUsageNone},
		{"refused", "", unknown, unknown},
		{"no list", `{"batchcomplete":true}`, nil, nil},
		{"a number that is none", `{"query":{"querypage":{"results":[{"ns":1,"title":"Talk:gadget-a","value":"many"}]}}}`, nil, nil},
		{"half of it", `{"query":{"querypage":{"results":[{"ns":"x"}]}}}`, nil, nil},
	} {
		api := &memoryWiki{list: someGadgets, usage: test.usage}
		api.fail = func(params map[string]string) error {
			if params["list"] == "querypage" {
				return test.fail
			}
			return nil
		}
		s, err := GadgetUsage(api, "metawiki").Read(t.Context(), Reading{At: noon})
		if err == nil || test.want != nil && !errors.Is(err, test.want) || len(s.Measures) > 0 {
			t.Errorf("%s: %v, %+v", test.name, err, s)
		}
	}
	api := &memoryWiki{list: noList}
	if s, err := GadgetUsage(api, "metawiki").Read(t.Context(), Reading{At: noon}); err != nil || len(s.Measures) > 0 || len(api.asked) != 1 {
		t.Errorf("without the extension: %+v, %v", s, err)
	}
}

func TestFarFewerUsedGadgetsAreConfirmedFirst(t *testing.T) {
	var before []registry.Entry
	for i := range 10 {
		before = append(before, registry.Entry{Measures: []registry.Measure{{Metric: registry.Users, Value: int64(i)}, {Metric: registry.Links, Value: 1}}})
	}
	in := Reading{At: noon, Known: func(context.Context) ([]registry.Entry, error) { return before, nil }}
	for _, test := range []struct {
		counted int
		reason  string
		want    error
	}{{9, "", nil}, {8, "", nil}, {7, "", nil}, {6, "", errFewer}, {0, "", errFewer}, {0, "http-500", errFewer}, {0, "read it: " + errFewer.Error() + ": 0", nil}} {
		in.Last.Reason = test.reason
		if err := tooFew(t.Context(), in, registry.Users, test.counted); !errors.Is(err, test.want) {
			t.Errorf("%d, %q: %v, want %v", test.counted, test.reason, err, test.want)
		}
	}
	broken := errors.New("broken")
	in.Known = func(context.Context) ([]registry.Entry, error) { return nil, broken }
	in.Last.Reason = ""
	if err := tooFew(t.Context(), in, registry.Users, 0); !errors.Is(err, broken) {
		t.Error("an error of the store is lost")
	}
}

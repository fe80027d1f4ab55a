// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"flag"
	"fmt"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/rs/zerolog"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/publish"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

var update = flag.Bool("update", false, "write the list of metrics anew")

// metricsList is the page that lists the metrics, beside the alerts that use
// them.
const metricsList = "../../deploy/toolforge/METRICS.md"

// listed is a metric as it is registered.
type listed struct {
	kind, help string
	labels     []string
}

// lists is a prometheus.Registerer that keeps what it is given, by name.
type lists map[string]listed

var described = regexp.MustCompile(`^Desc\{fqName: ("(?:[^"\\]|\\.)*"), help: ("(?:[^"\\]|\\.)*"), unit: "[^"]*", constLabels: \{(.*)\}, variableLabels: \{(.*)\}\}$`)

func (l lists) Register(c prometheus.Collector) error {
	kind := "gauge"
	switch c.(type) {
	case *prometheus.CounterVec:
		kind = "counter"
	case *prometheus.HistogramVec:
		kind = "histogram"
	}
	descs := make(chan *prometheus.Desc, 1000)
	c.Describe(descs)
	close(descs)
	for d := range descs {
		m := described.FindStringSubmatch(d.String())
		if m == nil {
			return fmt.Errorf("a metric is described as %s", d)
		}
		name, err1 := strconv.Unquote(m[1])
		help, err2 := strconv.Unquote(m[2])
		if err1 != nil || err2 != nil {
			return fmt.Errorf("a metric is described as %s", d)
		}
		var labels []string
		for _, label := range strings.Split(m[3]+","+m[4], ",") {
			if label, _, _ = strings.Cut(label, "="); label != "" {
				labels = append(labels, label)
			}
		}
		l[name] = listed{kind, help, labels}
	}
	return nil
}

func (l lists) MustRegister(all ...prometheus.Collector) {
	for _, c := range all {
		if err := l.Register(c); err != nil {
			panic(err)
		}
	}
}

func (l lists) Unregister(prometheus.Collector) bool { return false }

// allMetrics are those that a running bot registers, but for those of the Go
// library about the process.
func allMetrics(t *testing.T) lists {
	t.Helper()
	reg, err := registry.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "registry.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer reg.Close()
	all := lists{}
	addProgramMetrics(all)
	conf := bot.Config{
		Registry: reg, Metrics: all, UserAgent: "codesteward-test", Log: zerolog.Nop(),
		Wikis: []bot.Served{{Password: "x", Wiki: config.Wiki{
			Wiki: "testwiki", API: "https://test.wikipedia.org/w/api.php", User: "ExampleBot", Login: "ExampleBot@x", Auth: config.BotPassword,
		}}},
	}
	if _, err = bot.New(conf); err != nil {
		t.Fatal(err)
	}
	if _, err = bot.NewShards(bot.ShardConfig{Config: conf, Of: 2, Each: 1}); err != nil {
		t.Fatal(err)
	}
	publish.New(publish.Config{Metrics: all})
	maps.DeleteFunc(all, func(name string, _ listed) bool {
		return strings.HasPrefix(name, "go_") || strings.HasPrefix(name, "process_")
	})
	return all
}

func TestMetricsAreListed(t *testing.T) {
	all := allMetrics(t)
	var page strings.Builder
	page.WriteString("# Metrics\n\nMade by `go test ./cmd/codesteward -run MetricsAreListed -update`. Served at `/metrics`, beside those of the Go library about the\n" +
		"process (`process_…`) and its memory (`go_…`). All labels are from closed sets: the operator's wikis and streams, our actions,\nsources, reasons and outcomes; never titles or names of people.\n\n" +
		"| Metric | Kind | Labels | Meaning |\n| --- | --- | --- | --- |\n")
	for _, name := range slices.Sorted(maps.Keys(all)) {
		m := all[name]
		labels := ""
		if len(m.labels) > 0 {
			labels = "`" + strings.Join(m.labels, "`, `") + "`"
		}
		fmt.Fprintf(&page, "| `%s` | %s | %s | %s |\n", name, m.kind, labels, m.help)
	}
	if *update {
		if err := os.WriteFile(metricsList, []byte(page.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	stands, err := os.ReadFile(metricsList)
	if err != nil {
		t.Fatal(err)
	}
	if string(stands) != page.String() {
		t.Errorf("%s is not what the program registers; run this test with -update", metricsList)
	}
}

// TestMetricsAreNamedAsUsual has the names, units and help of all metrics looked
// at by the linter of the Prometheus library.
func TestMetricsAreNamedAsUsual(t *testing.T) {
	var text strings.Builder
	all := allMetrics(t)
	if len(all) < 30 {
		t.Errorf("only %d metrics were found", len(all))
	}
	for name, m := range all {
		if !strings.HasPrefix(name, "codesteward_") || !strings.HasSuffix(m.help, ".") {
			t.Errorf("%s: %q", name, m.help)
		}
		for _, label := range m.labels {
			if !slices.Contains(knownLabels, label) {
				t.Errorf("%s has the label %s, which is not one of the closed sets", name, label)
			}
		}
		fmt.Fprintf(&text, "# HELP %s %s\n# TYPE %s %s\n", name, m.help, name, m.kind)
		if m.kind == "histogram" {
			fmt.Fprintf(&text, "%s_bucket{le=\"+Inf\"} 1\n%s_sum 1\n%s_count 1\n", name, name, name)
		} else {
			fmt.Fprintf(&text, "%s 1\n", name)
		}
	}
	problems, err := promlint.New(strings.NewReader(text.String())).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

// knownLabels are the labels whose values are closed sets.
var knownLabels = []string{
	"action", "cause", "feed", "finding", "goversion", "outcome", "reason", "source", "step", "stream", "version", "way", "wiki",
}

func TestProfilesAreForThisMachineOnly(t *testing.T) {
	for _, address := range []string{":6060", "0.0.0.0:6060", "[::]:6060", "192.0.2.1:6060", "localhost:6060", "6060", ""} {
		if l, err := listenDebug(address); err == nil {
			l.Close()
			t.Errorf("%q is listened on", address)
		}
	}
	for _, address := range []string{"127.0.0.1:0", "127.8.9.10:0"} {
		l, err := listenDebug(address)
		if err != nil {
			t.Errorf("%q: %v", address, err)
			continue
		}
		l.Close()
	}
	tests := []struct {
		name, host, path string
		status           int
	}{
		{"the list", "127.0.0.1:6060", "/debug/pprof/", 200},
		{"the heap", "[::1]:6060", "/debug/pprof/heap", 200},
		{"a name that leads here", "rebound.example:6060", "/debug/pprof/heap", 403},
		{"no host", "", "/debug/pprof/heap", 403},
		{"the command line, which may hold a password", "127.0.0.1:6060", "/debug/pprof/cmdline", 404},
		{"something else", "127.0.0.1:6060", "/metrics", 404},
	}
	for _, test := range tests {
		r := httptest.NewRequest("GET", test.path, nil)
		r.Host = test.host
		w := httptest.NewRecorder()
		debugHandler().ServeHTTP(w, r)
		if w.Code != test.status {
			t.Errorf("%s: status %d, want %d: %s", test.name, w.Code, test.status, strings.TrimSpace(w.Body.String()))
		}
	}
}

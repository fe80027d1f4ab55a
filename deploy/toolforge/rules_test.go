// SPDX-License-Identifier: GPL-3.0-or-later

package toolforge

import (
	"encoding/json"
	"maps"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// metric finds names of the bot's metrics.
var metric = regexp.MustCompile(`\bcodesteward_[a-z_]+[a-z]\b`)

// listed returns the metrics that the program registers, by the list that is
// made of them, with their labels.
func listed(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| ([a-z]+) \\| (.*?) \\|").FindAllStringSubmatch(string(read(t, "METRICS.md")), -1) {
		labels := strings.FieldsFunc(m[3], func(r rune) bool { return strings.ContainsRune("`, ", r) })
		all[m[1]] = labels
		if m[2] == "histogram" {
			for _, end := range []string{"_bucket", "_sum", "_count"} {
				all[m[1]+end] = append(labels[:len(labels):len(labels)], "le")
			}
		}
	}
	if len(all) < 30 {
		t.Fatalf("METRICS.md lists %d metrics", len(all))
	}
	return all
}

// promtool runs Prometheus's own checks.
func promtool(t *testing.T, args ...string) {
	t.Helper()
	path, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed (Debian package prometheus)")
	}
	if out, err := exec.Command(path, args...).CombinedOutput(); err != nil {
		t.Errorf("promtool %v: %v\n%s", args, err, out)
	}
}

func TestAlertRulesAreGood(t *testing.T) {
	promtool(t, "check", "rules", "--lint-fatal", "alerts.yaml")
	promtool(t, "test", "rules", "alerts_test.yaml")
}

type ruleFile struct {
	Groups []struct {
		Name  string
		Rules []struct {
			Alert, Expr, For    string
			Labels, Annotations map[string]string
		}
	}
}

func TestAlertsAreAboutMetricsThatThereAre(t *testing.T) {
	var file ruleFile
	if err := decode(read(t, "alerts.yaml"), &file); err != nil {
		t.Fatal(err)
	}
	var tests struct {
		RuleFiles []string `yaml:"rule_files"`
		Every     string   `yaml:"evaluation_interval"`
		Tests     []struct {
			Name     string
			Interval string
			Series   []struct{ Series, Values string } `yaml:"input_series"`
			Alerts   []struct {
				At    string `yaml:"eval_time"`
				Alert string `yaml:"alertname"`
				Want  []any  `yaml:"exp_alerts"`
			} `yaml:"alert_rule_test"`
		}
	}
	if err := decode(read(t, "alerts_test.yaml"), &tests); err != nil {
		t.Fatal(err)
	}
	metrics, guide := listed(t), string(read(t, "README.md"))
	for _, group := range file.Groups {
		for _, rule := range group.Rules {
			known(t, rule.Alert, rule.Expr, metrics)
			comes, stays := false, false
			for _, test := range tests.Tests {
				for _, a := range test.Alerts {
					comes = comes || a.Alert == rule.Alert && len(a.Want) > 0
					stays = stays || a.Alert == rule.Alert && len(a.Want) == 0
				}
			}
			if !comes || !stays {
				t.Errorf("%s has no test in which it comes, or none in which it does not", rule.Alert)
			}
			if !slices.Contains([]string{"page", "ticket"}, rule.Labels["severity"]) || rule.Annotations["summary"] == "" {
				t.Errorf("%s has %v and %v", rule.Alert, rule.Labels, rule.Annotations)
			}
			if !regexp.MustCompile(`(?m)^\| [^|]*\b` + rule.Alert + `\b[^|]* \|`).MatchString(guide) {
				t.Errorf("the guide does not say what to do about %s", rule.Alert)
			}
		}
	}
	for _, test := range tests.Tests {
		for _, s := range test.Series {
			if name := metric.FindString(s.Series); name != "" && metrics[name] == nil && !slices.Contains(slices.Collect(maps.Keys(metrics)), name) {
				t.Errorf("%s: there is no metric %s", test.Name, name)
			}
		}
	}
}

// known complains of metrics in a query that there are not, and of labels that
// none of its metrics has.
func known(t *testing.T, what, query string, metrics map[string][]string) {
	t.Helper()
	labels := []string{"job", "instance"}
	for _, name := range metric.FindAllString(query, -1) {
		of, ok := metrics[name]
		if !ok {
			t.Errorf("%s: there is no metric %s", what, name)
		}
		labels = append(labels, of...)
	}
	for _, m := range regexp.MustCompile(`([a-z_]+)\s*(?:=~|!~|!=|=)\s*"`).FindAllStringSubmatch(query, -1) {
		if !slices.Contains(labels, m[1]) {
			t.Errorf("%s: no metric of the query has the label %s", what, m[1])
		}
	}
	for _, m := range regexp.MustCompile(`\b(?:by|without|on)\s*\(([^)]*)\)`).FindAllStringSubmatch(query, -1) {
		for _, label := range strings.FieldsFunc(m[1], func(r rune) bool { return r == ',' || r == ' ' }) {
			if !slices.Contains(labels, label) {
				t.Errorf("%s: no metric of the query has the label %s", what, label)
			}
		}
	}
}

// panel is a part of a Grafana dashboard.
type panel struct {
	Title, Type, Description string
	GridPos                  struct{ X, Y, W, H int }
	Targets                  []struct{ Expr, LegendFormat string }
	FieldConfig              struct{ Defaults struct{ Unit string } }
}

func TestDashboardIsAboutMetricsThatThereAre(t *testing.T) {
	var dashboard struct {
		UID, Title    string
		SchemaVersion int
		Templating    struct{ List []struct{ Name, Type string } }
		Panels        []panel
	}
	if err := json.Unmarshal(read(t, "dashboard.json"), &dashboard); err != nil {
		t.Fatal(err)
	}
	metrics := listed(t)
	if dashboard.UID == "" || dashboard.SchemaVersion < 36 || len(dashboard.Panels) < 10 {
		t.Errorf("the dashboard has version %d and %d panels", dashboard.SchemaVersion, len(dashboard.Panels))
	}
	var queries []string
	for i, p := range dashboard.Panels {
		if p.Type == "row" {
			continue
		}
		if p.Title == "" || p.Description == "" || len(p.Targets) == 0 || p.FieldConfig.Defaults.Unit == "" {
			t.Errorf("panel %q lacks a title, a description, a unit or a query", p.Title)
		}
		for _, q := range dashboard.Panels[:i] {
			a, b := p.GridPos, q.GridPos
			if a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H {
				t.Errorf("panels %q and %q overlap", p.Title, q.Title)
			}
		}
		for _, target := range p.Targets {
			known(t, p.Title, target.Expr, metrics)
			queries = append(queries, strings.NewReplacer("$__rate_interval", "5m", "$wiki", "testwiki").Replace(target.Expr))
		}
	}
	// Prometheus itself reads the queries, as recording rules.
	var rules strings.Builder
	rules.WriteString("groups:\n  - name: dashboard\n    rules:\n")
	for _, q := range queries {
		text, err := json.Marshal(q)
		if err != nil {
			t.Fatal(err)
		}
		rules.WriteString("      - {record: dashboard, labels: {number: \"" + strings.Repeat("i", 1+strings.Count(rules.String(), "\n")) + "\"}, expr: " + string(text) + "}\n")
	}
	promtool(t, "check", "rules", writeFile(t, "dashboard.yaml", rules.String()))
}

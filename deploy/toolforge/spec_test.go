// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what Toolforge accepts, as its APIs document it: the keys of
// jobs.yaml and of a components file, and their limits. See
// https://wikitech.wikimedia.org/wiki/Help:Toolforge/Running_jobs and
// https://wikitech.wikimedia.org/wiki/Help:Toolforge/Deploy_your_tool.

package toolforge

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

var (
	jobName   = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)
	quantity  = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?(m|[KMG]i?)?$`)
	schedule  = regexp.MustCompile(`^(@(hourly|daily|weekly|monthly|yearly)|(\S+ ){4}\S+)$`)
	envvar    = regexp.MustCompile(`^[A-Z][A-Z_0-9]{2,}[A-Z0-9]$`)
	emails    = []any{"none", "onfailure", "onfinish", "all"}
	mounts    = []any{"none", "all"}
	protocols = []any{"tcp", "udp"}
)

// key is one key of a job: what it takes, and in which kinds of job.
type key struct {
	ok    func(value any) bool
	kinds string // of "continuous", "scheduled" and "one-off"; "" for all
}

func text(value any) bool { s, ok := value.(string); return ok && s != "" }
func yes(value any) bool  { _, ok := value.(bool); return ok }
func oneOf(all []any) func(any) bool {
	return func(value any) bool { return slices.Contains(all, value) }
}
func like(pattern *regexp.Regexp) func(any) bool {
	return func(value any) bool { return pattern.MatchString(fmt.Sprint(value)) }
}
func from(least, most int) func(any) bool {
	return func(value any) bool { n, ok := value.(int); return ok && least <= n && n <= most }
}
func path(value any) bool { s, ok := value.(string); return ok && strings.HasPrefix(s, "/") }

// jobKeys are the keys of a job in jobs.yaml.
var jobKeys = map[string]key{
	"name":                {func(v any) bool { return like(jobName)(v) && len(fmt.Sprint(v)) <= 52 }, ""},
	"command":             {text, ""},
	"image":               {text, ""},
	"continuous":          {yes, "continuous"},
	"schedule":            {like(schedule), "scheduled"},
	"mem":                 {like(quantity), ""},
	"cpu":                 {like(quantity), ""},
	"replicas":            {from(0, 100), "continuous"},
	"port":                {from(1, 65535), "continuous"},
	"health-check-script": {text, "continuous"},
	"health-check-http":   {path, "continuous"},
	"timeout":             {from(0, 1<<31), "scheduled"},
	"retry":               {from(0, 5), "scheduled one-off"},
	"emails":              {oneOf(emails), ""},
	"filelog":             {yes, ""},
	"no-filelog":          {yes, ""},
	"filelog-stdout":      {text, ""},
	"filelog-stderr":      {text, ""},
	"mount":               {oneOf(mounts), ""},
	"wait":                {yes, "one-off"},
}

// runKeys are those of "run" in a components file.
var runKeys = map[string]key{
	"command":             {text, ""},
	"cpu":                 {like(quantity), ""},
	"memory":              {like(quantity), ""},
	"emails":              {oneOf(emails), ""},
	"filelog":             {yes, ""},
	"filelog_stdout":      {text, ""},
	"filelog_stderr":      {text, ""},
	"mount":               {oneOf(mounts), ""},
	"port":                {from(1, 65535), "continuous"},
	"port_protocol":       {oneOf(protocols), "continuous"},
	"replicas":            {from(1, 100), "continuous"},
	"health_check_http":   {path, "continuous"},
	"health_check_script": {text, "continuous"},
	"publish":             {oneOf([]any{"/"}), "continuous"},
	"schedule":            {like(schedule), "scheduled"},
	"timeout":             {from(0, 1<<31), "scheduled"},
	"retry":               {from(0, 5), "scheduled"},
}

// checkKeys says what is wrong with the keys of a job of a kind.
func checkKeys(what, kind string, job map[string]any, known map[string]key) (problems []error) {
	for _, name := range slices.Sorted(maps.Keys(job)) {
		k, ok := known[name]
		switch {
		case !ok:
			problems = append(problems, fmt.Errorf("%s: there is no key %q", what, name))
		case !strings.Contains(k.kinds, kind) && k.kinds != "":
			problems = append(problems, fmt.Errorf("%s: %q is not for a %s job", what, name, kind))
		case !k.ok(job[name]):
			problems = append(problems, fmt.Errorf("%s: %q cannot be %v", what, name, job[name]))
		}
	}
	return problems
}

// needs says which of some keys are missing.
func needs(what string, job map[string]any, names ...string) (problems []error) {
	for _, name := range names {
		if _, ok := job[name]; !ok {
			problems = append(problems, fmt.Errorf("%s: %q is missing", what, name))
		}
	}
	return problems
}

// checkHealth says what is wrong with how a job is probed, and with its logs.
func checkHealth(what string, job map[string]any, dash string) (problems []error) {
	name := func(words ...string) any { return job[strings.Join(words, dash)] }
	if name("health", "check", "http") != nil && name("health", "check", "script") != nil {
		problems = append(problems, fmt.Errorf("%s: there can be one health check", what))
	}
	if job["port"] == nil && (name("health", "check", "http") != nil || job["publish"] != nil) {
		problems = append(problems, fmt.Errorf("%s: it needs a port", what))
	}
	if job["filelog"] == true && job["mount"] != "all" {
		problems = append(problems, fmt.Errorf("%s: logs to files need a mount", what))
	}
	return problems
}

// checkJobs says what Toolforge would not take in a jobs file.
func checkJobs(file []byte) error {
	var jobs []map[string]any
	if err := decode(file, &jobs); err != nil {
		return err
	}
	var problems []error
	seen := map[any]bool{}
	for _, job := range jobs {
		what, kind := fmt.Sprint("job ", job["name"]), "one-off"
		switch {
		case job["continuous"] == true && job["schedule"] != nil:
			problems = append(problems, fmt.Errorf("%s: it cannot be continuous and scheduled", what))
		case job["continuous"] == true:
			kind = "continuous"
		case job["schedule"] != nil:
			kind = "scheduled"
		}
		problems = slices.Concat(problems, needs(what, job, "name", "command", "image"), checkKeys(what, kind, job, jobKeys), checkHealth(what, job, "-"))
		if seen[job["name"]] {
			problems = append(problems, fmt.Errorf("%s: there are two", what))
		}
		seen[job["name"]] = true
	}
	return errors.Join(problems...)
}

// checkComponents says what Toolforge would not take in a components file.
func checkComponents(file []byte) error {
	var all struct {
		Version    string `yaml:"config_version"`
		SourceURL  string `yaml:"source_url"`
		Components map[string]struct {
			Type  string         `yaml:"component_type"`
			Build map[string]any `yaml:"build"`
			Run   map[string]any `yaml:"run"`
		}
	}
	if err := decode(file, &all); err != nil {
		return err
	}
	var problems []error
	if all.Version != "v1beta1" {
		problems = append(problems, fmt.Errorf("config_version cannot be %q", all.Version))
	}
	for name, c := range all.Components {
		if !jobKeys["name"].ok(name) {
			problems = append(problems, fmt.Errorf("component %s: it cannot have this name", name))
		}
		if c.Type != "" && c.Type != "continuous" && c.Type != "scheduled" {
			problems = append(problems, fmt.Errorf("component %s: component_type cannot be %q", name, c.Type))
		}
		kind := c.Type
		if kind == "" {
			kind = "continuous"
		}
		build := map[string]key{
			"repository": {like(regexp.MustCompile(`^https://`)), ""}, "ref": {text, ""},
			"use_latest_versions": {yes, ""}, "use_deprecated_versions": {yes, ""}, "reuse_from": {text, ""},
		}
		wanted := []string{"repository", "ref"}
		if c.Build["reuse_from"] != nil {
			wanted = nil
		}
		problems = slices.Concat(problems, needs("build of "+name, c.Build, wanted...), checkKeys("build of "+name, kind, c.Build, build),
			needs("run of "+name, c.Run, "command"), checkKeys("run of "+name, kind, c.Run, runKeys), checkHealth("run of "+name, c.Run, "_"))
	}
	return errors.Join(problems...)
}

// decode reads YAML and takes no key that is not known, and none twice.
func decode(file []byte, into any) error {
	d := yaml.NewDecoder(bytes.NewReader(file))
	d.KnownFields(true)
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("read YAML: %w", err)
	}
	if err := d.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		return errors.New("read YAML: there is more than one document")
	}
	return nil
}

// procfile returns the commands of a Procfile by their names.
func procfile(name string) (map[string]string, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	line := regexp.MustCompile(`^([A-Za-z0-9_-]+): (\S.*)$`)
	commands := map[string]string{}
	for entry := range strings.Lines(string(data)) {
		m := line.FindStringSubmatch(strings.TrimSuffix(entry, "\n"))
		if m == nil {
			return nil, fmt.Errorf("%q is no line of a Procfile", entry)
		}
		commands[m[1]] = m[2]
	}
	return commands, nil
}

// settings returns the names and values in the list of settings.
func settings(name string) (map[string]string, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok || !envvar.MatchString(name) {
			return nil, fmt.Errorf("%q is no setting", line)
		}
		all[name] = value
	}
	return all, nil
}

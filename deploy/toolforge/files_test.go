// SPDX-License-Identifier: GPL-3.0-or-later

package toolforge

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// installed is where the build service puts the program.
const installed = "/layers/heroku_go/go_target/bin/codesteward"

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestToolforgeTakesTheFiles(t *testing.T) {
	if err := checkJobs(read(t, "jobs.yaml")); err != nil {
		t.Errorf("jobs.yaml: %v", err)
	}
	if err := checkComponents(read(t, "components.yaml")); err != nil {
		t.Errorf("components.yaml: %v", err)
	}
}

// TestMistakesInTheFilesAreSeen shows that the checks bite.
func TestMistakesInTheFilesAreSeen(t *testing.T) {
	jobs := string(read(t, "jobs.yaml"))
	components := string(read(t, "components.yaml"))
	tests := []struct{ name, old, new, want string }{
		{"a key that there is not", "mem: 512Mi", "env: {A: b}", `no key "env"`},
		{"a long name", "- name: bot", "- name: " + strings.Repeat("b", 53), `"name" cannot be`},
		{"capitals", "- name: bot", "- name: Bot", `"name" cannot be`},
		{"no command", "command: bot", "cpu: 1", `"command" is missing`},
		{"memory in words", "512Mi", "much", `"mem" cannot be much`},
		{"a port that there is not", "port: 8000", "port: 80000", `"port" cannot be 80000`},
		{"a probe without a port", "port: 8000", "cpu: 1", "needs a port"},
		{"two probes", "port: 8000", "port: 8000\n  health-check-script: 'true'", "one health check"},
		{"a port for a schedule", "continuous: true", "schedule: '@daily'", `"port" is not for a scheduled job`},
		{"mail at all times", "onfailure", "always", `"emails" cannot be always`},
		{"a key twice", "port: 8000", "port: 8000\n  port: 8001", "already defined"},
		{"logs to files, without any", "emails: onfailure", "filelog: true", "need a mount"},
	}
	for _, test := range tests {
		changed := strings.Replace(jobs, test.old, test.new, 1)
		if err := checkJobs([]byte(changed)); changed == jobs || err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	tests = []struct{ name, old, new, want string }{
		{"a later version", "v1beta1", "v2", "config_version"},
		{"a key that there is not", "  bot:\n", "  bot:\n    image: x\n", "not found"},
		{"keys of jobs.yaml", "memory: 512Mi", "mem: 512Mi", `no key "mem"`},
		{"another path", "publish: /", "publish: /bot", `"publish" cannot be`},
		{"nothing to build", "      ref: main\n", "", `"ref" is missing`},
		{"no copy", "replicas: 1", "replicas: 0", `"replicas" cannot be 0`},
		{"published without a port", "port: 8000", "cpu: 1", "needs a port"},
	}
	for _, test := range tests {
		changed := strings.Replace(components, test.old, test.new, 1)
		if err := checkComponents([]byte(changed)); changed == components || err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// TestTheImageHasWhatTheJobStarts follows the command from the job to the
// package that is built.
func TestTheImageHasWhatTheJobStarts(t *testing.T) {
	commands, err := procfile("../../Procfile")
	if err != nil {
		t.Fatal(err)
	}
	if names := slices.Sorted(maps.Keys(commands)); !slices.Equal(names, []string{"bot", "web"}) {
		t.Errorf("the Procfile has %v", names)
	}
	for name, command := range commands {
		words := strings.Fields(command)
		if words[0] != installed {
			t.Errorf("%s starts %q; the path must be absolute", name, command)
		}
		if out, err := exec.Command(build(t), append(words[1:], "--help")...).CombinedOutput(); err != nil {
			t.Errorf("%s starts %q: %v\n%s", name, command, err, out)
		}
	}
	var jobs []struct {
		Name, Command, Image string
		Port                 int
		Rest                 map[string]any `yaml:",inline"`
	}
	if err := decode(read(t, "jobs.yaml"), &jobs); err != nil {
		t.Fatal(err)
	}
	for _, job := range jobs {
		if !strings.HasSuffix(commands[job.Command], fmt.Sprint(" --web :", job.Port)) || job.Image != "tool-codesteward/tool-codesteward:latest" {
			t.Errorf("job %s starts %q of %s at port %d", job.Name, job.Command, job.Image, job.Port)
		}
	}
	mod := string(read(t, "../../go.mod"))
	packages := regexp.MustCompile(`(?m)^// \+heroku install (\S+)$`).FindStringSubmatch(mod)
	if packages == nil || packages[1] != "./cmd/codesteward" {
		t.Errorf("go.mod has what is built as %q", packages)
	}
	version := regexp.MustCompile(`(?m)^// \+heroku goVersion go(1\.[0-9]+)$`).FindStringSubmatch(mod)
	if version == nil || !strings.Contains(mod, "\ngo "+version[1]+".") {
		t.Errorf("go.mod has the version of Go as %q", version)
	}
}

// mostBytes is how big the program may be in the image, built with the build
// variable of the guide.
const mostBytes = 40e6

func TestTheProgramIsSmall(t *testing.T) {
	info, err := os.Stat(build(t))
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > mostBytes {
		t.Errorf("the program has %.1f MB, over %.0f", float64(info.Size())/1e6, mostBytes/1e6)
	}
	t.Logf("the program has %.1f MB", float64(info.Size())/1e6)
}

// TestTheProgramTakesTheSettings starts the program with what the Procfile and
// the list of settings say, but for the database and the network: it must come
// as far as the wiki, which cannot be reached.
func TestTheProgramTakesTheSettings(t *testing.T) {
	program := build(t)
	values, err := settings("envvars")
	if err != nil {
		t.Fatal(err)
	}
	address := values["CODESTEWARD_DB"]
	values["CODESTEWARD_DB"] = "sqlite:" + t.TempDir() + "/registry.db"
	values["CODESTEWARD_PASSWORD_TESTWIKI"] = "0123456789abcdefghijklmnopqrstuv"
	start := func(values map[string]string) (string, int) {
		cmd := exec.Command(program, "run", "--web", "127.0.0.1:0", "--start-within", "1s")
		cmd.Env = append(os.Environ(), "HTTPS_PROXY=http://127.0.0.1:1", "NO_PROXY=")
		for name, value := range values {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		return string(out), cmd.ProcessState.ExitCode()
	}
	if out, code := start(values); code != 3 || !strings.Contains(out, "testwiki: the wiki has not answered") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	values["CODESTEWARD_DB"] = address
	if out, code := start(values); code != 2 || !strings.Contains(out, "TOOL_TOOLSDB_USER") {
		t.Errorf("without the variables of ToolsDB: exit code %d\n%s", code, out)
	}
	values["CODESTEWARD_WIKKIS"] = "testwiki"
	if out, code := start(values); code != 2 || !strings.Contains(out, "unknown environment variable CODESTEWARD_WIKKIS") {
		t.Errorf("with a setting that there is not: exit code %d\n%s", code, out)
	}
}

func TestTheFirstRulesAreGoodAndEditNothing(t *testing.T) {
	rules, problems := config.ParseRules(string(read(t, "rules.json")))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if rules.Enabled || len(rules.Tables) == 0 || rules.Noticeboard == nil {
		t.Errorf("the rules are %+v", rules)
	}
}

func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

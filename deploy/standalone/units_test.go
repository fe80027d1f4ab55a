// SPDX-License-Identifier: GPL-3.0-or-later

package standalone

import (
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// installed is where the program is on a machine and in the image.
const installed = "/usr/local/bin/codesteward"

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// instructions are those of the Containerfile.
func instructions(text string) (all [][2]string) {
	for line := range strings.Lines(strings.ReplaceAll(text, "\\\n", " ")) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") {
			name, rest, _ := strings.Cut(line, " ")
			all = append(all, [2]string{name, strings.TrimSpace(rest)})
		}
	}
	return all
}

// program is built once, by the command of the Containerfile.
var program = sync.OnceValues(func() (string, error) {
	text, err := os.ReadFile("Containerfile")
	if err != nil {
		return "", err
	}
	dir, err := filepath.Abs("../../.build/deploy/standalone")
	if err != nil {
		return "", err
	}
	for _, in := range instructions(string(text)) {
		if in[0] != "RUN" || !strings.Contains(in[1], "go build") {
			continue
		}
		cmd := exec.Command("sh", "-eu", "-c", strings.ReplaceAll(in[1], "/out/", dir+"/"))
		cmd.Dir, cmd.Env = "../..", append(os.Environ(), "GOFLAGS="+os.Getenv("GOFLAGS")+" -buildvcs=false")
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("%s: %w\n%s", in[1], err, out)
		}
	}
	return filepath.Join(dir, "codesteward"), nil
})

func build(t *testing.T) string {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// TestContainerfile reads what cannot be built here, and builds its program.
func TestContainerfile(t *testing.T) {
	known := []string{"FROM", "WORKDIR", "COPY", "RUN", "ENV", "VOLUME", "EXPOSE", "USER", "STOPSIGNAL", "ENTRYPOINT", "CMD"}
	stages, last := map[string]bool{}, map[string]string{}
	for _, in := range instructions(read(t, "Containerfile")) {
		name, rest := in[0], in[1]
		if !slices.Contains(known, name) || rest == "" {
			t.Errorf("there is no instruction %s %s", name, rest)
		}
		switch name {
		case "FROM":
			if m := regexp.MustCompile(`^[a-z0-9.-]+/\S+:\S+( AS (\w+))?$`).FindStringSubmatch(rest); m == nil {
				t.Errorf("FROM %s does not name a registry and a tag", rest)
			} else {
				stages[m[2]] = true
			}
			last = map[string]string{}
		case "COPY":
			words := strings.Fields(rest)
			from := ""
			for strings.HasPrefix(words[0], "--") {
				if stage, ok := strings.CutPrefix(words[0], "--from="); ok {
					from = stage
				}
				words = words[1:]
			}
			for _, source := range words[:len(words)-1] {
				if _, err := os.Stat(filepath.Join("../..", source)); from == "" && err != nil {
					t.Error(err)
				}
			}
			if from != "" && !stages[from] {
				t.Errorf("COPY %s: there is no such stage", rest)
			}
			last["COPY "+words[len(words)-1]] = rest
		case "ENV":
			key, value, _ := strings.Cut(rest, "=")
			last["ENV "+key] = value
		}
		last[name] = rest
	}
	if last["USER"] == "" || strings.HasPrefix(last["USER"], "0") || last["ENTRYPOINT"] != `["`+installed+`"]` || last["CMD"] != `["run"]` ||
		last["COPY "+installed] == "" || !strings.Contains(last["COPY /var/lib/codesteward"], "--chown="+last["USER"]) || last["VOLUME"] != "/var/lib/codesteward" {
		t.Errorf("the image is %v", last)
	}
	if m := regexp.MustCompile(`(?m)^go (1\.[0-9]+)`).FindStringSubmatch(read(t, "../../go.mod")); !strings.Contains(read(t, "Containerfile"), "golang:"+m[1]+"-") {
		t.Errorf("the Containerfile builds with another Go than %s", m[1])
	}
	file, err := elf.Open(build(t))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, p := range file.Progs {
		if p.Type == elf.PT_INTERP {
			t.Error("the program needs a linker, which the image does not have")
		}
	}
	if info, err := os.Stat(build(t)); err != nil || info.Size() > 40e6 {
		t.Errorf("the program has %d bytes, %v", info.Size(), err)
	}
}

// service returns a unit with the program where the test has it.
func service(t *testing.T, name string) string {
	t.Helper()
	text := read(t, name)
	if !strings.Contains(text, "ExecStart="+installed+" ") {
		t.Errorf("%s does not start %s", name, installed)
	}
	dir := t.TempDir()
	environment := filepath.Join(dir, "environment")
	if err := os.WriteFile(environment, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, name)
	text = strings.NewReplacer(installed, build(t), "/etc/codesteward/environment", environment).Replace(text)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestUnitsAreGoodAndTight(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd is not installed")
	}
	for _, name := range []string{"codesteward.service", "codesteward-relay.service"} {
		file := service(t, name)
		if out, err := exec.Command(analyze, "verify", "--man=no", "--recursive-errors=no", file).CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
		out, err := exec.Command(analyze, "security", "--offline=true", "--threshold=20", "--no-pager", file).CombinedOutput()
		if err != nil {
			t.Errorf("%s lets the service do too much: %v\n%s", name, err, out)
		}
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		t.Log(lines[len(lines)-1])
	}
}

// TestTheProgramTakesTheSettings starts the program with the settings of the
// unit and of its files, but for places: it must come as far as the wiki.
func TestTheProgramTakesTheSettings(t *testing.T) {
	cmd := exec.Command(build(t), "run", "--start-within", "1s")
	cmd.Env = append(os.Environ(), "HTTPS_PROXY=http://127.0.0.1:1", "NO_PROXY=")
	for _, m := range regexp.MustCompile(`(?m)^(?:Environment=)?(CODESTEWARD_[A-Z_]+)=(.*)$`).FindAllStringSubmatch(read(t, "codesteward.service")+read(t, "environment"), -1) {
		value := strings.NewReplacer("/var/lib/codesteward", t.TempDir(), "/etc/codesteward/wikis.json", "wikis.json", ":8091", ":0").Replace(m[2])
		if strings.HasPrefix(m[1], "CODESTEWARD_PASSWORD") {
			value = "0123456789abcdefghijklmnopqrstuv"
		}
		cmd.Env = append(cmd.Env, m[1]+"="+value)
	}
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 3 || !strings.Contains(string(out), "examplewiki") {
		t.Errorf("%v\n%s", err, out)
	}
}

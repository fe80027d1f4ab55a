// SPDX-License-Identifier: GPL-3.0-or-later

// This file runs the guide: every command of README.md, in its order, in a real
// shell. Files are put below a folder of the test; systemd and containers are
// played.

package standalone

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"sudo": played(sudo), "systemctl": played(systemctl), "journalctl": played(journalctl), "podman": played(podman),
	})
}

func TestEveryCommandOfTheGuideRuns(t *testing.T) {
	var script strings.Builder
	page := read(t, "README.md")
	for _, m := range regexp.MustCompile("(?ms)^```([a-z]*)\n(.*?)^```$").FindAllStringSubmatch(page, -1) {
		switch m[1] {
		case "sh":
			script.WriteString(m[2])
		case "php":
			if !strings.Contains(read(t, "../../README.md"), m[2]) {
				t.Errorf("the README has another setting than\n%s", m[2])
			}
		case "ini":
			for _, set := range regexp.MustCompile(`(?m)^(\S+?)=`).FindAllStringSubmatch(m[2], -1) {
				help, err := exec.Command(build(t), "run", "--help").Output()
				if err != nil || !strings.Contains(string(help), "$"+set[1]) {
					t.Errorf("there is no setting %s: %v", set[1], err)
				}
			}
		default:
			t.Errorf("a block of code is %q:\n%s", m[1], m[2])
		}
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "guide.txtar")
	text := "exec sh -eux guide.sh\n-- guide.sh --\ncd $ROOT/deploy/standalone\n" + script.String()
	// What the guide makes goes below the test's folder.
	text = strings.NewReplacer("-o codesteward ", "-o $PLAYED/codesteward ", " -m 755 codesteward ", " -m 755 $PLAYED/codesteward ").Replace(text)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Run("in order", func(t *testing.T) {
		testscript.Run(t, testscript.Params{Files: []string{file}, Setup: func(env *testscript.Env) error {
			env.Vars = append(env.Vars, "PLAYED="+dir, "ROOT="+root, "GOFLAGS="+os.Getenv("GOFLAGS")+" -buildvcs=false")
			for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH"} {
				value, err := exec.Command("go", "env", name).Output()
				if err != nil {
					return err
				}
				env.Vars = append(env.Vars, name+"="+strings.TrimSpace(string(value)))
			}
			return nil
		}})
	})
	for name, mode := range map[string]os.FileMode{
		installed: 0o755, "/etc/codesteward/wikis.json": 0o644, "/etc/codesteward/environment": 0o600,
		"/etc/systemd/system/codesteward.service": 0o644, "/etc/systemd/system/codesteward-relay.service": 0o644,
	} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s is not there as it should be: %v", name, err)
		}
	}
	out, err := exec.Command(filepath.Join(dir, installed), "version").Output()
	if err != nil || !strings.HasPrefix(string(out), "codesteward ") {
		t.Errorf("the program that was put in place says %q, %v", out, err)
	}
}

func played(part func(args []string) error) func() {
	return func() {
		if err := part(os.Args[1:]); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", filepath.Base(os.Args[0]), err)
			os.Exit(2)
		}
		os.Exit(0)
	}
}

// below is where a file of the machine is in the test.
func below(name string) string { return filepath.Join(os.Getenv("PLAYED"), name) }

// sudo puts files below the test's folder, and hands the rest on.
func sudo(args []string) error {
	switch args[0] {
	case "install":
		if len(args) != 6 || args[1] != "-D" || args[2] != "-m" || !filepath.IsAbs(args[5]) {
			return fmt.Errorf("install %q is not played", args)
		}
		return run("install", append(args[1:5:5], below(args[5]))...)
	case "systemctl":
		return systemctl(args[1:])
	case "tar":
		if i := slices.Index(args, "--directory"); i < 0 || args[i+1] != "/var/lib/private/codesteward" {
			return fmt.Errorf("%q does not copy the state", args)
		}
		return nil
	}
	return fmt.Errorf("%q is not played", args)
}

func run(name string, args ...string) error {
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, out)
	}
	return nil
}

// systemctl takes a command about a unit that was put in place.
func systemctl(args []string) error {
	if slices.Equal(args, []string{"daemon-reload"}) {
		return nil
	}
	unit := args[len(args)-1]
	if _, err := os.Stat(below("/etc/systemd/system/" + unit + ".service")); err != nil {
		return fmt.Errorf("there is no unit %s", unit)
	}
	switch command := strings.Join(args[:len(args)-1], " "); command {
	case "enable --now", "disable --now", "status", "start", "stop", "restart", "kill --signal=USR1", "kill --signal=USR2":
		return nil
	default:
		return fmt.Errorf("there is no command %q", command)
	}
}

func journalctl(args []string) error {
	if !slices.Equal(args, []string{"--unit", "codesteward", "--lines", "20"}) {
		return fmt.Errorf("%q is not played", args)
	}
	return nil
}

// podman looks at the files that a command names, and at where they go.
func podman(args []string) error {
	line := strings.Join(args, " ")
	switch args[0] {
	case "build":
		if _, err := os.Stat(args[slices.Index(args, "--file")+1]); err != nil {
			return err
		}
		_, err := os.Stat(filepath.Join(args[len(args)-1], "go.mod"))
		return err
	case "run":
		for _, want := range []string{":/var/lib/codesteward ", ":/etc/codesteward/wikis.json:ro ", ":8091 ", "--env-file environment "} {
			if !strings.Contains(line, want) {
				return fmt.Errorf("%q lacks %q", line, want)
			}
		}
		return nil
	case "logs":
		return nil
	}
	return fmt.Errorf("podman %q is not played", args)
}

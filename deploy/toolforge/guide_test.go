// SPDX-License-Identifier: GPL-3.0-or-later

// This file runs the guide: every command of README.md, in its order, in a real
// shell. What is of Toolforge is played by this program, which takes what the
// documentation says and nothing else; the rest is real.

package toolforge

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"toolforge": played(toolforge), "ssh": played(ssh), "become": played(become), "git": played(git),
		"mariadb": played(mariadb), "mariadb-dump": played(mariadbDump), "kubectl": played(kubectl),
	})
}

// program is built without asking git for the version: git is played.
var program = sync.OnceValues(func() (string, error) {
	path, err := filepath.Abs("../../.build/deploy/toolforge/codesteward")
	if err != nil {
		return "", err
	}
	out, err := exec.Command("go", "build", "-buildvcs=false", "-ldflags=-s", "-o", path, "../../cmd/codesteward").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return path, err
})

// build returns the path of the program, built as on Toolforge.
func build(t *testing.T) string {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var fence = regexp.MustCompile("(?ms)^```([a-z]*)\n(.*?)^```$")

// guide returns the commands of a page as one script. Each block of code must
// say what it is, so that none is left out by mistake.
func guide(t *testing.T, page string) string {
	t.Helper()
	var script strings.Builder
	for _, m := range fence.FindAllStringSubmatch(string(read(t, page)), -1) {
		switch m[1] {
		case "sh":
			script.WriteString(m[2])
		default:
			t.Errorf("%s: a block of code is %q, not sh:\n%s", page, m[1], m[2])
		}
	}
	return script.String()
}

func TestEveryCommandOfTheGuideRuns(t *testing.T) {
	script := guide(t, "README.md")
	dir := t.TempDir()
	home, bin := filepath.Join(dir, "home"), filepath.Join(dir, "bin")
	for _, d := range []string{home, bin} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(home, "replica.my.cnf"), []byte("[client]\nuser = 's12345'\npassword = 'x'\n"), 0o400); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(build(t), filepath.Join(bin, "codesteward")); err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	file := writeScript(t, dir, script)
	t.Run("in order", func(t *testing.T) { // which waits until the script has ended
		testscript.Run(t, testscript.Params{
			Files: []string{file},
			Setup: func(env *testscript.Env) error {
				env.Vars = append(env.Vars, "HOME="+home, "PLAYED="+dir, "ROOT="+root, "GOBIN="+filepath.Join(dir, "gobin"), "GOFLAGS="+os.Getenv("GOFLAGS")+" -buildvcs=false")
				for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH", "GOPROXY"} {
					value, err := exec.Command("go", "env", name).Output()
					if err != nil {
						return err
					}
					env.Vars = append(env.Vars, name+"="+strings.TrimSpace(string(value)))
				}
				for i, v := range env.Vars {
					if path, ok := strings.CutPrefix(v, "PATH="); ok {
						env.Vars[i] = "PATH=" + bin + string(filepath.ListSeparator) + path
					}
				}
				return nil
			},
		})
	})
	said, err := os.ReadFile(filepath.Join(dir, "said"))
	if err != nil {
		t.Fatal(err)
	}
	// What the whole is for was done, in a good order.
	at := -1
	for _, step := range []string{
		"become codesteward", "made the database s12345__codesteward", "set CODESTEWARD_DB", "built", "loaded jobs.yaml",
		"set CODESTEWARD_PASSWORD_METAWIKI", "restarted bot", "web service", "deployed", "status", "level", "dumped s12345__codesteward", "built v1.0.0", "deleted bot",
	} {
		next := strings.Index(string(said)[at+1:], step)
		if next < 0 {
			t.Errorf("%q was not done, or not after the steps before it:\n%s", step, said)
			break
		}
		at += 1 + next
	}
	left := regexp.MustCompile(`(?m)^set (\S+)$`).FindAllStringSubmatch(string(said), -1)
	for _, m := range left {
		if !strings.Contains(string(said), "unset "+m[1]+"\n") {
			t.Errorf("who leaves for good leaves %s behind", m[1])
		}
	}
	values, err := settings("envvars")
	if err != nil {
		t.Fatal(err)
	}
	for name := range values {
		if !strings.Contains(string(said), "set "+name+"\n") {
			t.Errorf("the guide does not set %s", name)
		}
	}
}

func writeScript(t *testing.T, dir, commands string) string {
	t.Helper()
	file := filepath.Join(dir, "guide.txtar")
	script := "exec sh -eux guide.sh\n-- guide.sh --\n" + commands
	if err := os.WriteFile(file, []byte(script), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// played makes a program of a part. Its error ends the program like bad usage.
func played(part func(args []string) error) func() {
	return func() {
		if err := part(os.Args[1:]); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", filepath.Base(os.Args[0]), err)
			os.Exit(2)
		}
		os.Exit(0)
	}
}

// say notes what was done.
func say(format string, args ...any) error {
	f, err := os.OpenFile(filepath.Join(os.Getenv("PLAYED"), "said"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = fmt.Fprintf(f, format+"\n", args...)
	return err
}

// done reports whether something was noted.
func done(what string) bool {
	said, _ := os.ReadFile(filepath.Join(os.Getenv("PLAYED"), "said")) // nothing was noted if there is no file
	return strings.Contains("\n"+string(said), "\n"+what+"\n")
}

// flags takes known flags out of the arguments: those that end in "=" have a
// value, which is the next argument or stands in the same one.
func flags(args []string, known ...string) (rest []string, values map[string]string, err error) {
	values = map[string]string{}
	for i := 0; i < len(args); i++ {
		name, value, joined := strings.Cut(args[i], "=")
		switch {
		case !strings.HasPrefix(args[i], "-"):
			rest = append(rest, args[i])
		case slices.Contains(known, name) && !joined:
			values[name] = "yes"
		case slices.Contains(known, name+"=") && joined:
			values[name] = value
		case slices.Contains(known, name+"=") && i+1 < len(args):
			i++
			values[name] = args[i]
		default:
			return nil, nil, fmt.Errorf("there is no flag %s here", args[i])
		}
	}
	return rest, values, nil
}

func ssh(args []string) error {
	if !slices.Equal(args, []string{"login.toolforge.org"}) {
		return fmt.Errorf("no such machine: %q", args)
	}
	return nil
}

func become(args []string) error {
	if len(args) != 1 || !jobName.MatchString(args[0]) {
		return fmt.Errorf("no such tool: %q", args)
	}
	return say("become %s", args[0])
}

func git(args []string) error {
	if len(args) != 5 || !slices.Equal(args[:3], []string{"clone", "--depth", "1"}) || !strings.HasPrefix(args[3], "https://") {
		return fmt.Errorf("git %q is not played", args)
	}
	return os.Symlink(os.Getenv("ROOT"), args[4])
}

// mariadb takes what makes the database.
func mariadb(args []string) error {
	rest, values, err := flags(args, "--defaults-file=", "--host=", "--execute=")
	if err != nil {
		return err
	}
	if err := toolsDB(values); err != nil {
		return err
	}
	m := regexp.MustCompile(`^CREATE DATABASE IF NOT EXISTS (s12345__[a-z]+) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin$`).FindStringSubmatch(values["--execute"])
	if m == nil || len(rest) > 0 {
		return fmt.Errorf("%q is not what makes a database of the tool", values["--execute"])
	}
	return say("made the database %s", m[1])
}

func mariadbDump(args []string) error {
	rest, values, err := flags(args, "--defaults-file=", "--host=", "--single-transaction")
	if err != nil {
		return err
	}
	if err := toolsDB(values); err != nil {
		return err
	}
	if len(rest) != 1 || !done("made the database "+rest[0]) {
		return fmt.Errorf("there is no database %q", rest)
	}
	return say("dumped %s", rest[0])
}

func toolsDB(values map[string]string) error {
	if _, err := os.Stat(values["--defaults-file"]); err != nil || values["--host"] != "tools.db.svc.wikimedia.cloud" {
		return fmt.Errorf("cannot log in with %v", values)
	}
	return nil
}

// kubectl takes commands in the container of the job. The program itself is
// run here, with a database of its own.
func kubectl(args []string) error {
	if len(args) < 4 || !slices.Equal(args[:3], []string{"exec", "deployment/bot", "--"}) || !done("loaded jobs.yaml") {
		return fmt.Errorf("kubectl %q is not played", args)
	}
	command := args[3:]
	switch {
	case len(command) == 3 && command[0] == "pkill" && (command[1] == "-USR1" || command[1] == "-USR2") && command[2] == "codesteward":
		return say("level")
	case command[0] != installed:
		return fmt.Errorf("%s is not in the image", command[0])
	}
	cmd := exec.Command("codesteward", command[1:]...)
	cmd.Env = append(os.Environ(), "CODESTEWARD_DB=sqlite:"+filepath.Join(os.Getenv("PLAYED"), "registry.db"))
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return err
	}
	return say("%s", command[1])
}

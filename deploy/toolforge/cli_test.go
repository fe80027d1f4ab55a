// SPDX-License-Identifier: GPL-3.0-or-later

// This file plays the toolforge command: the subcommands and flags that the
// guide may use, and what has to come before what.

package toolforge

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

const source = "https://gitlab.wikimedia.org/toolforge-repos/codesteward"

func toolforge(args []string) error {
	if len(args) < 2 {
		return errors.New("it needs a command")
	}
	if !slices.ContainsFunc([]string{"build", "envvars", "jobs", "webservice", "components"}, func(c string) bool { return c == args[0] }) {
		return fmt.Errorf("there is no command %q", args[0])
	}
	switch group, command, rest := args[0], args[1], args[2:]; group + " " + command {
	case "build start":
		return buildStart(rest)
	case "build show", "build logs", "build list":
		return none(rest)
	case "envvars create":
		return envvarsCreate(rest)
	case "envvars list":
		return none(rest)
	case "envvars delete":
		if len(rest) != 1 || !done("set "+rest[0]) {
			return fmt.Errorf("%q is not set", rest)
		}
		return say("unset %s", rest[0])
	case "jobs load":
		return jobsLoad(rest)
	case "jobs list", "jobs quota":
		return none(rest)
	case "jobs logs", "jobs show", "jobs restart", "jobs delete":
		return jobsOne(command, rest)
	case "webservice buildservice":
		return webservice(rest)
	case "webservice stop":
		return none(rest)
	case "components config":
		return componentsConfig(rest)
	case "components deployment":
		if !slices.Equal(rest, []string{"create"}) || !done("components.yaml") {
			return fmt.Errorf("deployment %q needs a config", rest)
		}
		return say("deployed")
	default:
		return fmt.Errorf("there is no command %q of %q", command, group)
	}
}

func none(rest []string) error {
	if len(rest) > 0 {
		return fmt.Errorf("%q is too much", rest)
	}
	return nil
}

func buildStart(args []string) error {
	rest, values, err := flags(args, "-L", "--use-latest-versions", "--ref=", "--envvar=", "-i=", "--image-name=")
	if err != nil {
		return err
	}
	if !slices.Equal(rest, []string{source}) {
		return fmt.Errorf("%q is not the repository", rest)
	}
	if name, _, ok := strings.Cut(values["--envvar"], "="); values["--envvar"] != "" && (!ok || !envvar.MatchString(name)) {
		return fmt.Errorf("%q is no build variable", values["--envvar"])
	}
	if err := say("built %s", values["--ref"]); err != nil {
		return err
	}
	return say("built")
}

func envvarsCreate(args []string) error {
	rest, _, err := flags(args, "--value=")
	if err != nil {
		return err
	}
	if len(rest) != 1 || !envvar.MatchString(rest[0]) {
		return fmt.Errorf("%q cannot be the name of a setting", rest)
	}
	return say("set %s", rest[0])
}

// jobsLoad takes a file when all is there that its jobs need.
func jobsLoad(args []string) error {
	rest, _, err := flags(args, "--job=")
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return fmt.Errorf("load %q is not one file", rest)
	}
	file, err := os.ReadFile(rest[0])
	if err != nil {
		return err
	}
	if err := checkJobs(file); err != nil {
		return err
	}
	values, err := settings("envvars")
	if err != nil {
		return err
	}
	for name := range values {
		if !done("set " + name) {
			return fmt.Errorf("the job would start without %s", name)
		}
	}
	if !done("built") || !done("made the database s12345__codesteward") {
		return errors.New("the job would start without an image or a database")
	}
	return say("loaded %s", rest[0])
}

func jobsOne(command string, args []string) error {
	rest, _, err := flags(args, "-f", "--follow", "-l=", "--last=")
	if err != nil {
		return err
	}
	if !slices.Equal(rest, []string{"bot"}) || !done("loaded jobs.yaml") {
		return fmt.Errorf("there is no job %q", rest)
	}
	switch command {
	case "restart":
		return say("restarted bot")
	case "delete":
		return say("deleted bot")
	}
	return nil
}

func webservice(args []string) error {
	rest, values, err := flags(args, "--mount=", "--cpu=", "--mem=", "--replicas=")
	if err != nil {
		return err
	}
	commands, err := procfile("../../Procfile")
	if err != nil {
		return err
	}
	if !slices.Equal(rest, []string{"start"}) || values["--mount"] != "none" || commands["web"] == "" {
		return fmt.Errorf("webservice %q cannot start", args)
	}
	return say("web service")
}

func componentsConfig(args []string) error {
	if len(args) != 2 || args[0] != "create" {
		return fmt.Errorf("there is no command config %q", args)
	}
	file, err := os.ReadFile(args[1])
	if err != nil {
		return err
	}
	if err := checkComponents(file); err != nil {
		return err
	}
	return say("components.yaml")
}

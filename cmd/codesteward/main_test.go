// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the test binary be codesteward, for scripts and for the tests
// that start and kill it as a process.
func TestMain(m *testing.M) {
	if os.Getenv("BE_CODESTEWARD") != "" {
		os.Unsetenv("BE_CODESTEWARD")
		main()
	}
	testscript.Main(m, map[string]func(){"codesteward": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script"})
}

func TestExitCodes(t *testing.T) {
	tests := []struct {
		name    string
		args    []string
		environ []string
		want    int
	}{
		{"help", []string{"--help"}, nil, exitDone},
		{"help of a subcommand", []string{"run", "-h"}, nil, exitDone},
		{"no subcommand", nil, nil, exitUsage},
		{"an unknown flag", []string{"version", "--loud"}, nil, exitUsage},
		{"a known variable", []string{"version"}, []string{"CODESTEWARD_LOG_LEVEL=warn", "CODESTEWARD_PASSWORD=x", "CODESTEWARD_PASSWORD_METAWIKI=x"}, exitDone},
		{"an unknown variable", []string{"version"}, []string{"CODESTEWARD_LOGLEVEL=warn"}, exitUsage},
		{"somebody else's variable", []string{"version"}, []string{"TOOL_DATA_DIR=/x"}, exitDone},
		{"a file that is not there", []string{"check", "testdata/nothing.json"}, nil, exitFound},
		{"a wikis file that is not there", []string{"run", "--wikis", "testdata/nothing.json"}, nil, exitUsage},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer null.Close()
			if got := execute(context.Background(), test.args, null, null, null, test.environ); got != test.want {
				t.Errorf("exit code %d, want %d", got, test.want)
			}
		})
	}
}

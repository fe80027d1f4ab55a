// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the detect command.

package main

import (
	"encoding/json"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

type detectCmd struct {
	Wiki   string `required:"" help:"Database name of the wiki that the page is on, such as metawiki."`
	Title  string `required:"" help:"Full title of the page."`
	Before string `help:"The text before the edit; without it all of FILE counts as added." type:"path"`
	File   string `arg:"" help:"The text after the edit, - for standard input."`
}

// finding is one line of output. Start and End are byte offsets in FILE.
type finding struct {
	Kind    detect.Kind  `json:"kind"`
	Name    string       `json:"name"`
	Key     registry.Key `json:"key"`
	Rule    string       `json:"rule"`
	Section string       `json:"section"`
	Start   int          `json:"start"`
	End     int          `json:"end"`
}

func (c *detectCmd) Run(p *program) error {
	after, err := readFile(p, c.File)
	if err != nil {
		return err
	}
	var before []byte
	if c.Before != "" {
		if before, err = readFile(p, c.Before); err != nil {
			return err
		}
	}
	out := json.NewEncoder(p.stdout)
	out.SetEscapeHTML(false)
	for _, m := range detect.Mentions(detect.Change{Wiki: c.Wiki, Title: c.Title, Before: string(before), After: string(after)}) {
		err := out.Encode(finding{m.Kind, m.Name, registry.NewKey(m.Kind, m.Wiki, m.Name), m.Rule, m.Section, m.Start, m.End})
		if err != nil {
			return err
		}
	}
	return nil
}

// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the detect command.

package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

type detectCmd struct {
	Wiki   string    `required:"" help:"Database name of the wiki that the page is on, such as metawiki."`
	Title  string    `required:"" help:"Full title of the page."`
	Before string    `help:"The text before the edit; without it all of FILE counts as added." type:"path"`
	At     time.Time `help:"Time of the edit, such as 2026-05-04T08:23:00Z: what is signed long before it was moved or copied."`
	Names  string    `help:"A file of known names, so that they are found without a link: JSON, or an item key a line, such as \"extension:UploadWizard = Upload Wizard | upload wizard\". Without this and --db the extensions and skins of Wikimedia's wikis are known." type:"path"`
	DB     string    `help:"The registry whose names are known: sqlite:PATH."`
	Why    bool      `help:"Also print what is nearly a mention, and what speaks against it."`
	File   string    `arg:"" help:"The text after the edit, - for standard input."`
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
	// Alias is the known name that matched.
	Alias  string   `json:"alias,omitempty"`
	Author string   `json:"author,omitempty"`
	Aux    []string `json:"aux,omitempty"`
}

// nearMiss is a line about what is no mention.
type nearMiss struct {
	Kind  detect.Kind `json:"kind,omitempty"`
	Name  string      `json:"name"`
	Rule  string      `json:"rule"`
	Start int         `json:"start"`
	End   int         `json:"end"`
	Why   string      `json:"why"`
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
	lexicon, err := c.lexicon(p)
	if err != nil {
		return err
	}
	d := detect.New(detect.Options{Wiki: c.Wiki, Lexicon: lexicon})
	change := detect.Change{Wiki: c.Wiki, Title: c.Title, Time: c.At, Before: string(before), After: string(after)}
	found := detect.Explanation{}
	if c.Why {
		found = d.Explain(change)
	} else {
		found.Mentions = d.Mentions(change)
	}
	if f, ok := p.stdout.(*os.File); ok && c.Why && isTerminal(f) {
		return explain(p.stdout, change.After, found)
	}
	return printFindings(p.stdout, found)
}

// printFindings writes a JSON line for each mention and near miss.
func printFindings(w io.Writer, found detect.Explanation) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	for _, m := range found.Mentions {
		err := out.Encode(finding{m.Kind, m.Name, registry.NewKey(m.Kind, m.Wiki, m.Name), m.Rule, m.Section, m.Start, m.End, m.Alias, m.Author, m.Aux})
		if err != nil {
			return err
		}
	}
	for _, n := range found.Near {
		if err := out.Encode(nearMiss{n.Kind, n.Name, n.Rule, n.Start, n.End, n.Reason}); err != nil {
			return err
		}
	}
	return nil
}

// explain writes the same for people, in the order of the text.
func explain(w io.Writer, text string, found detect.Explanation) error {
	line := func(start, end int, format string, args ...any) error {
		number := 1 + strings.Count(text[:start], "\n")
		shown := strings.ReplaceAll(text[start:end], "\n", " ")
		if len(shown) > 80 {
			shown = strings.ToValidUTF8(shown[:77], "") + "..."
		}
		_, err := fmt.Fprintf(w, "line %d, bytes %d to %d: %s\n    %s\n", number, start, end, fmt.Sprintf(format, args...), shown)
		return err
	}
	near := found.Near
	missed := func(before int) error {
		for ; len(near) > 0 && near[0].Start < before; near = near[1:] {
			n := near[0]
			if err := line(n.Start, n.End, "not %s: %s (rule %s)", strings.TrimSpace(string(n.Kind)+" "+n.Name), n.Reason, n.Rule); err != nil {
				return err
			}
		}
		return nil
	}
	for _, m := range found.Mentions {
		if err := missed(m.Start); err != nil {
			return err
		}
		more := ""
		if m.Alias != "" {
			more += fmt.Sprintf(", known as %q", m.Alias)
		}
		if m.Author != "" {
			more += ", said by " + m.Author
		}
		if len(m.Aux) > 0 {
			more += ", with " + strings.Join(m.Aux, ", ")
		}
		if err := line(m.Start, m.End, "%s (rule %s%s)", registry.NewKey(m.Kind, m.Wiki, m.Name), m.Rule, more); err != nil {
			return err
		}
	}
	return missed(len(text) + 1)
}

// lexicon returns the known names; without others those of the seed.
func (c *detectCmd) lexicon(p *program) (*detect.Lexicon, error) {
	var aliases []detect.Alias
	if c.Names != "" {
		data, err := readFile(p, c.Names)
		if err != nil {
			return nil, err
		}
		if aliases, err = readNames(data); err != nil {
			return nil, fmt.Errorf("names in %s: %w", c.Names, err)
		}
	}
	if c.DB != "" {
		reg, err := registry.Open(p.ctx, c.DB)
		if err != nil {
			return nil, err
		}
		defer reg.Close()
		names, err := reg.Names(p.ctx, c.Wiki)
		if err != nil {
			return nil, err
		}
		aliases = append(aliases, names...)
	}
	if c.Names == "" && c.DB == "" {
		aliases = detect.Seed()
	}
	return detect.NewLexicon(aliases), nil
}

// readNames reads known names: a JSON list of keys or of objects with kind, name
// and, where they differ from that, item and wiki; or lines with a key and,
// behind "=", further names divided by "|".
func readNames(data []byte) ([]detect.Alias, error) {
	text := strings.TrimSpace(string(data))
	var aliases []detect.Alias
	if !strings.HasPrefix(text, "[") {
		for line := range strings.Lines(text) {
			if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			names, err := namesOf(line)
			if err != nil {
				return nil, err
			}
			aliases = append(aliases, names...)
		}
		return aliases, nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, err
	}
	for _, entry := range list {
		var line string
		if json.Unmarshal(entry, &line) == nil {
			names, err := namesOf(line)
			if err != nil {
				return nil, err
			}
			aliases = append(aliases, names...)
			continue
		}
		var a detect.Alias // encoding/json takes its fields' names in any case
		if err := json.Unmarshal(entry, &a); err != nil {
			return nil, err
		}
		if !slices.Contains(detect.Kinds, a.Kind) || a.Name == "" {
			return nil, fmt.Errorf("%s has no name, or no kind that there is", entry)
		}
		a.Item = cmp.Or(a.Item, a.Name)
		aliases = append(aliases, a)
	}
	return aliases, nil
}

// namesOf reads "KEY = name | name".
func namesOf(line string) ([]detect.Alias, error) {
	written, names, _ := strings.Cut(line, "=")
	key := registry.Key(strings.TrimSpace(written))
	if !slices.Contains(detect.Kinds, key.Kind()) || key.Name() == "" {
		return nil, fmt.Errorf("%q is no item key, such as extension:UploadWizard or gadget:commonswiki:Cat-a-lot", written)
	}
	item := detect.Alias{Kind: key.Kind(), Name: key.Name(), Item: key.Name(), Wiki: key.Wiki(), Source: "name"}
	aliases := []detect.Alias{item}
	for name := range strings.SplitSeq(names, "|") {
		if item.Name = strings.TrimSpace(name); item.Name != "" {
			item.Source = "list"
			aliases = append(aliases, item)
		}
	}
	return aliases, nil
}

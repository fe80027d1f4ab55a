// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of what is made from the schema, and of its examples.

package config

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

func TestWhatIsMadeFromTheSchemaIsUpToDate(t *testing.T) {
	for file, got := range map[string]string{
		"SETTINGS.md": "# Settings of the config page\n\n" +
			"Made from `rules.schema.json` by `go test ./config -update`. `[]` stands for each entry of a list.\n\n" + Settings(),
		"HELP.wikitext": "<!-- Made from rules.schema.json by \"go test ./config -update\". -->\n" + Help(),
	} {
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s: run go test ./config -update (-file +schema)\n%s", file, diff)
		}
	}
}

// What people copy from the help page works as it is.
func TestExamplesOnTheHelpPageAreGoodRules(t *testing.T) {
	parts := strings.Split(Help(), "</syntaxhighlight>")
	for _, part := range parts[:len(parts)-1] {
		_, text, _ := strings.Cut(part, "<syntaxhighlight lang=\"json\" copy>\n")
		if rules, problems := ParseRules(text); rules == nil || rules.Warnings != nil {
			t.Errorf("%s\n%v", text, problems)
		}
	}
	if len(parts) < 10 {
		t.Errorf("only %d examples", len(parts)-1)
	}
}

func TestTheHelpPageHasEverySetting(t *testing.T) {
	help := Help()
	for _, each := range rulesSchema().settings() {
		if !strings.Contains(help, "\n| <code>"+wikiText(each.path)+"</code>\n") && !strings.Contains(help, "\n== "+each.path+" ==\n") {
			t.Errorf("no word of %s", each.path)
		}
	}
}

func TestTheHelpPageIsNoWikitextByAccident(t *testing.T) {
	if got, want := wikiText("`[]` or {{a|b}} <i> ''x'' & y"), "<code>&#91;&#93;</code> or &#123;&#123;a&#124;b&#125;&#125; &lt;i&gt; &#39;&#39;x&#39;&#39; &amp; y"; got != want {
		t.Errorf("got %s", got)
	}
}

// TestExamplesAndDefaultsInTheSchemasAreValid checks each against the setting
// that it is of, also in the file of the operator.
func TestExamplesAndDefaultsInTheSchemasAreValid(t *testing.T) {
	for _, text := range []string{rulesSchemaText, processSchemaText} {
		document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		compiler := newCompiler()
		if err := compiler.AddResource("schema.json", document); err != nil {
			t.Fatal(err)
		}
		checked := 0
		var walk func(pointer string, value any)
		walk = func(pointer string, value any) {
			members, _ := value.(map[string]any)
			for key, member := range members {
				if key != "examples" && key != "default" && key != "enum" {
					walk(pointer+"/"+key, member)
				}
			}
			examples, _ := members["examples"].([]any)
			if value, ok := members["default"]; ok && value != "" { // which stands for none
				examples = append(examples, value)
			}
			if _, is := members["type"]; !is || len(examples) == 0 {
				return
			}
			rule, err := compiler.Compile("schema.json#" + pointer)
			if err != nil {
				t.Fatal(err)
			}
			for _, example := range examples {
				checked++
				if err := rule.Validate(example); err != nil {
					t.Errorf("%s: %v", pointer, err)
				}
			}
		}
		walk("", document)
		if checked < 5 {
			t.Errorf("only %d", checked)
		}
	}
}

// An editor that knows the schema can check a page with it, without the bot's
// own formats.
func TestTheSchemaIsGoodWithoutTheBot(t *testing.T) {
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft7) // the schema itself says which
	for i, text := range []string{rulesSchemaText, processSchemaText} {
		document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("%d.json", i)
		if err := compiler.AddResource(name, document); err != nil {
			t.Fatal(err)
		}
		schema, err := compiler.Compile(name)
		if err != nil {
			t.Fatal(err)
		}
		if schema.DraftVersion != 2020 {
			t.Errorf("%s is of draft %d", name, schema.DraftVersion)
		}
	}
}

// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests of the tree of everything.

package wikitext

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var kindNames = map[Kind]string{
	TextNode: "text", CommentNode: "comment", NowikiNode: "nowiki", TagNode: "tag", IgnoredNode: "ignored",
	TemplateNode: "template", FunctionNode: "function", ParameterNode: "parameter", ArgumentNode: "argument",
	LinkNode: "link", FileNode: "file", URLNode: "url", HeadingNode: "heading", TableNode: "table",
	CaptionNode: "caption", RowNode: "row", CellNode: "cell", ItemNode: "item", SignatureNode: "signature",
	TimestampNode: "timestamp", SwitchNode: "switch",
}

func TestNodes(t *testing.T) {
	tests := []struct {
		name, src string
		want      string // a line a node, indented by depth
	}{
		{"template", "a{{b|c=[[d]]}}", `
text "a"
template "{{b|c=[[d]]}}" b
 text "{{b|"
 argument "c=[[d]]"
  text "c="
  link "[[d]]"
   text "[[d]]"
 text "}}"`},
		{"function and variable", "{{#if:x|{{PAGENAME}}}}{{{1}}}", `
function "{{#if:x|{{PAGENAME}}}}" #if:x
 text "{{#if:x|"
 argument "{{PAGENAME}}"
  function "{{PAGENAME}}" PAGENAME
   text "{{PAGENAME}}"
 text "}}"
parameter "{{{1}}}"
 text "{{{1}}}"`},
		{"tags and comments", "<!-- a --><nowiki>[[b]]</nowiki><ref>''c''</ref><math>x</math><noinclude>d</noinclude>__TOC__", `
comment "<!-- a -->"
nowiki "<nowiki>[[b]]</nowiki>" nowiki
tag "<ref>''c''</ref>" ref
 text "<ref>''c''</ref>"
tag "<math>x</math>" math
ignored "<noinclude>"
text "d"
ignored "</noinclude>"
switch "__TOC__" __TOC__`},
		{"lists", "* [https://a.example b] c\n#: d", `
item "* [https://a.example b] c" *
 text "* "
 url "[https://a.example b]"
  text "[https://a.example b]"
 text " c"
text "\n"
item "#: d" #:
 text "#: d"`},
		{"file with a link in its caption, in a heading", "== [[File:a.png|b [[c]]]] ==", `
heading "== [[File:a.png|b [[c]]]] =="
 text "== "
 file "[[File:a.png|b [[c]]]]"
  text "[[File:a.png|b "
  link "[[c]]"
   text "[[c]]"
  text "]]"
 text " =="`},
		{"signature", "a [[User:Map|M]] ([[User talk:Map|t]]) 12:34, 5 May 2020 (UTC)", `
text "a "
signature "[[User:Map|M]] ([[User talk:Map|t]]) 12:34, 5 May 2020 (UTC)" Map
 link "[[User:Map|M]]"
  text "[[User:Map|M]]"
 text " ("
 link "[[User talk:Map|t]]"
  text "[[User talk:Map|t]]"
 text ") "
 timestamp "12:34, 5 May 2020 (UTC)"`},
		{"table", "{|\n|+ a\n|-\n! b\n| c || d\n|}", `
table "{|\n|+ a\n|-\n! b\n| c || d\n|}"
 text "{|\n"
 caption "|+ a"
  text "|+ a"
 text "\n"
 row "|-\n! b\n| c || d"
  text "|-\n"
  cell "! b"
   text "! b"
  text "\n"
  cell "| c "
   text "| c "
  cell "|| d"
   text "|| d"
 text "\n|}"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b strings.Builder
			for n := range Parse(tt.src).Nodes() {
				line := fmt.Sprintf("\n%s%s %q %s", strings.Repeat(" ", n.Depth), kindNames[n.Kind], tt.src[n.Start:n.End], n.Name)
				b.WriteString(strings.TrimRight(line, " "))
			}
			if diff := cmp.Diff(tt.want, b.String()); diff != "" {
				t.Errorf("Nodes(%q) (-want +got):\n%s", tt.src, diff)
			}
		})
	}
}

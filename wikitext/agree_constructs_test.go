// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds a text for each construct that is easily read wrong, and hostile texts short enough for MediaWiki.

package wikitext

import (
	"fmt"
	"strings"
)

// constructs returns the texts; the name of each is the text itself.
func constructs() []page {
	var pages []page
	for _, text := range constructTexts {
		pages = append(pages, page{fmt.Sprintf("%.80q", text), text})
	}
	// PHP runs out of stack at a nesting of about a thousand.
	for _, h := range hostile {
		for _, n := range []int{1, 2, 3, 7, 50} {
			pages = append(pages, page{fmt.Sprintf("%s × %d", h.name, n), h.text(n)})
		}
	}
	return pages
}

var constructTexts = append(strings.Split(lineConstructs, "\n"),
	// Lines matter in these.
	"{{a\nb}}", "{{a|\n=b=\n}}", "{{a|\n==b==\n}}", "{{a|\n===b===\n|=c=\n}}", "{{a\n|b\n=c\n}}", "{{#if:x|\n==a==\n}}",
	"== b ==\n{{x|\n==c==\n}}\n==d==", "==c{{d==\n}}==", "==c[[d==\n]]==", "==c<ref>\n</ref>==", "==c<!--\n-->==", "==a==\n\n==b==", "=a=\n==b==\n===c===\n==d==\n=e=",
	"==a==<nowiki/>", "==a=={{b}}", "==a== <!-- c --> \t", "==a<!-- c -->==", "<!-- c -->==a==", "\n<!-- c -->\n==a==", "\n<!-- c --> \n ==a==", "\n <!-- c --> <!-- d --> \n==a==", "x<!-- c -->\n==a==",
	"<!-- c -->\n==a==", "\n<!-- c -->==a==", "\n<!-- c\n-->==a==", "\n<!-- c --><!-- d -->\n\n==a==", "\n<!-- c -->\n<!-- d -->\n==a==", "\n<!-- c -->", "\n<!-- c -->\n", "\n\t<!-- c", "a\n  <!-- c -->\nb",
	"<noinclude>==a==</noinclude>", "<noinclude>\n==a==\n</noinclude>", "<includeonly>\n==a==\n</includeonly>\n==b==", "<onlyinclude>\n==a==\n</onlyinclude>", "a<onlyinclude>b</onlyinclude>c<onlyinclude>d", "<onlyinclude>{{a|</onlyinclude>b}}",
	"\n==a==<onlyinclude>b</onlyinclude>\n==c==", "{{a|<onlyinclude>b}}</onlyinclude>c", "<onlyinclude/>a</onlyinclude>", "<ONLYINCLUDE>a</ONLYINCLUDE>b", "<onlyinclude >a</onlyinclude >b", "<onlyinclude>a</onlyinclude><noinclude>b</noinclude>",
	"<includeonly>{{a}}", "<includeonly>{{a", "<noinclude>{{a", "<noinclude>a{{b|</noinclude>c}}", "<includeonly>a{{b|</includeonly>c}}", "<IncludeOnly>a</includeonly >b", "<includeonly/>a", "<includeonly />a</includeonly>", "<noinclude/>a", "</noinclude>a", "<noinclude x>a</noinclude y>b",
	"<ref>\n==a==\n</ref>\n==b==", "<poem>\n==a==\n</poem>\n==b==", "<nowiki>\n==a==\n</nowiki>\n==b==", "{{{a|\n==b==\n}}}\n==c==", "[[a|\n==b==\n]]\n==c==", "-{\n==a==\n}-\n==b==", "{{a\n==b==\n", "[[a\n==b==\n", "{|\n|\n==a==\n|}", "<b\n==a==\n>",
	"==a==\n{{{x|\n==b==\n}}\n==c==", "{{a|{{b|\n==c==\n}}|\n==d==\n}}\n==e==", "=\n==a==", "==\n=a=", "======\n=======\n========", "==a=\n=b==", "==a== =", "== a = b ==", "==a==b==", "= =\n=  =\n==  ==", "==\u00a0==", "==a==\u00a0", "==a==\u3000", " ==a==", "\t==a==", "==a==\r", "===a==\n==b===",
	"{{a|b\n|c=d\n|e}}", "{{a|[[b\nc]]|d}}", "<nowiki>a\n</nowiki>", "[[a|b\nc]]", "[[a\n|b]]", "[[File:a.png|b\n\nc [[d]]]]", "[http://a\nb]", "{|\n|a[[b||c]]\n|}", "{|\n!a!![[b!!c]]\n|}",
	"----\n==a==", "\n\n\n", "\x7f'\"`UNIQ--nowiki-00000000-QINU`\"'\x7f", "a\x7fUNIQ\x7fb", "[[a\x7fb]]", "[[\u00a0]]", "[[\u200e]]", "\ufeff==a==", "==a==\v", "==a==\f", "{{a|\fb\v=\fc\v}}", "{{\u00a0a\u00a0}}", "{{\u3000a}}", "{{a|\u00a0b\u00a0=\u00a0c\u00a0}}",
)

const lineConstructs = `{{a|[[b|c}}
{{a|[[b|c]]|d}}
{{a|[http://x.example y|z]}}
[[a|{{b]]|c}}
{{a|-{b|c}}
{{a|-{x|y}-|e}}
-{{{a}}}-
-{{a}}-
-{{{{a}}}}-
-{-{a}-}-
-{a|b=c}-
-{{a|b}}
--{{a}}--
-{[[a]]}-
{{-{a}-}}
-{{a}-
-{a}}-
{{{{a}}}}
{{{{{a}}}}}
{{{{{{a}}}}}}
{{{{{{{a}}}}}}}
{{{a}}
{{a}}}
{{{{a}}}
{{{a}}}}
{{{{a}}
{{a}}}}
{{}}
{{ }}
{{|a}}
{{{}}}
{{{|a}}}
{{{|}}}
{{a|}}
{{a||}}
{{a|b|b=c|2=d|1=e}}
{{a|b=c|b=d}}
{{a|=b}}
{{a| = }}
{{a|b==c}}
{{a|<b x=1>}}
{{a|<b x=1>c</b>}}
{{a|<ref name=x>b=c</ref>}}
{{a|<ref name="x" />}}
{{a|[[b=c]]}}
{{a|{{b=c}}}}
{{a|{{{b=c}}}}}
{{a|-{b=c}-}}
{{a|[b=c]}}
{{a|<!--=-->b}}
{{a|<!-- = -->b=c}}
{{a|<nowiki>=</nowiki>}}
{{a|<nowiki>|</nowiki>}}
{{a|<!-- | -->}}
{{a|b{{!}}c}}
{{a|b{{=}}c}}
{{{!}} a {{!}}}
{{a<!-- c -->}}
{{<!-- c -->a}}
{{a<nowiki/>}}
{{a<nowiki>|</nowiki>b}}
{{a{{b}}}}
{{{{b}}a}}
{{{{b}} {{c}}|d}}
{{a|{{b|{{c|d}}|e}}|f}}
{{[[a]]}}
{{[[Template:U|U]]}}
{{a#x}}
{{a<b>}}
{{a]]}}
{{a[b]}}
{{a}b}}
{{a{b}}
{{a{b}c}}
{{#if:a|b|c}}
{{#if: a = b | c = d }}
{{#switch:a|b|c=d|#default=e}}
{{PAGENAME}}
{{pagename}}
{{PAGENAME|x}}
{{PAGENAME:x}}
{{!}}
{{!|x}}
{{subst:a}}
{{safesubst:a|b}}
{{msgnw:a}}
{{int:edit}}
{{lc:A}}
{{LC:A}}
{{T:A}}
{{:A}}
{{/x}}
{{User:A/b}}
{{DEFAULTSORT:a}}
{{#tag:ref|a {{b}} [[c]]|name=d}}
{{#foo:a|b}}
<nowiki>{{a}}</nowiki>
<nowiki>{{a}}
<nowiki/>{{a}}
<nowiki />{{a}}
<nowiki>a</nowiki >b
<nowiki>a</nowiki b>c</nowiki>
<NOWIKI>{{a}}</nowiki>
<nowiki >{{a}}</NoWiki>
<nowiki{{a}}</nowiki>
<nowiki|>{{a}}</nowiki>
<nowiki/ >{{a}}</nowiki>
<ref name=">">{{a}}</ref>
<ref name="a>b">{{c}}</ref>
<ref name="{{a}}">b</ref>
<ref name="{{a}}" />
<ref name={{a|b}}>c</ref>
<ref {{a}}/>
<ref>a<ref>b</ref>c</ref>
<ref>{{a}}
<ref>a</ref></ref>
<ref>{{a|</ref>b}}
{{a|<ref>b}}</ref>c}}
{{a|<ref>b|c</ref>}}
{{a|<pre>b|c</pre>}}
{{a|<math>b|c}}</math>}}
{{a|<poem>b|{{c}}</poem>}}
<gallery>File:A.png|{{b|c}}</gallery>
<math>{{a}} [[b]]</math>
<syntaxhighlight lang=c>{{a}}</syntaxhighlight>
<source>{{a}}</source>
<templatedata>{"a":"{{b}}"}</templatedata>
<code>{{a}} [[b]]</code>
<tt>{{a}}</tt>
<blockquote>{{a}}</blockquote>
<pre>{{a}}</pre>
<html>{{a}}</html>
<indicator name="a">{{b}}</indicator>
<!-- {{a}} -->
<!-- {{a}}
<!-->{{a}}-->
<!--->{{a}}-->
<!---->{{a}}
<!-- a -- >{{b}}-->
<! -- {{a}} -->
{{a|<!-- }} -->b}}
{{a|<!--}}
[[a<!-- b -->c]]
[[a<includeonly>[</includeonly>b]]
[[<!-- a -->b|c]]
<ref><!-- </ref> -->a</ref>
<!-- <nowiki> -->{{a}}</nowiki>
<nowiki><!-- </nowiki>{{a}} -->
== a
a ==
=a=
==a==
===a==
==a===
======a======
=======a=======
=
==
===
====
=====
======
=======
=a
==a==x
==a== <nowiki/>
== {{a}} ==
== {{a|=}} ==
== [[a]] ==
== <ref>a</ref> ==
==a== <!-- b --> <!-- c -->
==a<!-- b -->
==a<!-- ==
== a <!-- == --> ==
{{a|==b==}}
{{==a==}}
[[a]]b
[[a]]é
[[a|b|c]]
[[a|[http://x.example y]]]
[[http://x.example]]
[[a|[[b]]]]
[[a[[b]]]]
[[[a]]]
[[[[a]]]]
[[a]
[a]]
[[a]]]
[[File:a.png|b [[c]] d]]
[[File:a.png|[[File:b.png|c]] d]]
[[File:a.png|[[File:b.png|[[c]]]] [[d]]]]
[[Image:a.png|thumb|[http://b.example c]]]
[[File:a.png]]
[[:File:a.png|b]]
[[a%20b]]
[[%41]]
[[a{{b}}c]]
[[{{a}}|b]]
[[a|{{b}}]]
[[{{{1}}}]]
[[a{{!}}b]]
[[:a]]
[[::a]]
[[fr:a]]
[[:fr:a]]
[[Category:a]]
[[:Category:a|b]]
[[/a]]
[[../a]]
[[#a]]
[[a#b|c]]
[[a|]]
[[|a]]
[[|]]
[[]]
[[ ]]
[[a|'']]b''
[[a <nowiki/>b]]
[[a|<nowiki>]]</nowiki>b]]
[http://a.example b]
[http://a.example]
[//a.example b]
//a.example
[mailto:a@b.example c]
http://a.example
http://a.example.
http://a.example,;:!?
http://a.example/(b)
(http://a.example)
http://a.example/(b))
http://a.example''b''
http://a.example&lt;b
http://a.example&amp;b
http://a.example<b>
http://a.example{{b}}
http://a.example/{{b}}/c
[http://a.example/{{b}} c]
[http://a.example {{b}}]
{{a|http://b.example}}
{{a|http://b.example|c}}
{{a|[http://b.example c]}}
xhttp://a.example
[http://a.example [b]]
[[a]][http://b.example]
~~~~
<ref>~~~~</ref>
{{a|b
}}c}}
{| a |}
:{|
{{{1|{{{2|}}}}}}
{{{1|a|b}}}
{{{1=a}}}
{{{1|a=b}}}
{{{{{1}}}|a}}
{{{a{{b}}}}}
{{{{{{1}}}}}}
[{{a}}]
[[{{a}}]]
{[a]}
{[[a]]}
{{[a}}
{{a|[[b}}]]}}
{{a|{b}}}
{{a|{{b}}
{{a|b}
a}}b{{c
[[{{a]]}}
[[{{a|]]}}]]
-{{a|}-}}
{{a|}-b}}
-{a
}-
<includeonly>a</includeonly>b
<onlyinclude>a</onlyinclude>b
<noinclude>a</noinclude>b
http://a.example<ref>http://b.example</ref>
http://a.example<nowiki/>http://b.example
http://a.example<!--[http://b.example
http://a.example<includeonly>[http://b.example c]
http://a.example<includeonly>[http://b.example c]</includeonly>http://d.example
[[..]]
[[.]]
[[./b]]
[[a/../b]]
[[:]]
[[Talk:]]
[[File:a.png|thumb|http://b.example|]]
[[File:a.png|thumb|alt=http://b.example]]
[[File:a.png|thumb|http://b.example c|upright]]
[[File:a.png|thumb=b.png|http://b.example]]
[[Category:A]]http://b.example
[[fr:a]]http://b.example
<!-- -->{|[[a]]
<noinclude>{|[[a]]
<noinclude>{| class="[[a]]"</noinclude>
__TOC__http://a.example
http://a.example__TOC__b
[[a]]__TOC__b
[[a]]<!-- b -->c
[http://a.example<!-- b -->c d]
[http://a.example <!-- b -->]
[http://a.example<ref>b</ref> c]
[http://a.example{{b|c}} d]
[http://a.example|b]
[http://a.example]]
[[[http://a.example]]]
<gallery>[[a]]</gallery>
<gallery>File:A.png|[[b]] http://c.example</gallery>
[[File:a.png|link=http://b.example|c]]
[[File:a.png|link=B|c]]
[[File:a.png|link=|alt=[[c]]]]`

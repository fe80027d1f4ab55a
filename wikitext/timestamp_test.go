// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests of timestamps and signatures that need no wiki.

package wikitext

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// siteIn is the default site in another language and another zone.
func siteIn(tb testing.TB, lang, zone string) *Site {
	tb.Helper()
	var info map[string]map[string]any
	if err := json.Unmarshal(defaultSiteinfo, &info); err != nil {
		tb.Fatal(err)
	}
	general := info["query"]["general"].(map[string]any)
	general["lang"], general["timezone"] = lang, zone
	answer, err := json.Marshal(info)
	if err != nil {
		tb.Fatal(err)
	}
	site, err := NewSite(answer)
	if err != nil {
		tb.Fatal(err)
	}
	return site
}

func TestTimestamps(t *testing.T) {
	const noon = "12:34, 5 May 2026 (UTC)"
	tests := []struct{ name, text, want string }{
		{"one", "a " + noon + " b", noon},
		{"two on a line", noon + noon, noon + " " + noon},
		{"none", "Wait (UTC) until 12:34, 5 May 2026 UTC", ""},
		{"no such month", "12:34, 5 Mai 2026 (UTC)", ""},
		{"no such day", "12:34, 31 June 2026 (UTC)", ""},
		{"no such hour", "24:34, 5 May 2026 (UTC)", ""},
		{"too many digits", "112:34, 5 May 2026 (UTC)", ""},
		{"one digit too few", "1:34, 5 May 2026 (UTC)", ""},
		{"in another zone", "12:34, 5 May 2026 (CET)", ""},
		{"in a comment", "<!-- " + noon + " -->", ""},
		{"in nowiki", "<nowiki>" + noon + "</nowiki>", ""},
		{"in the name of a template", "{{a " + noon + "}}", ""},
		{"in the target of a link", "[[a " + noon + "|b]]", ""},
		{"in an attribute", "<ref name=\"" + noon + "\">a</ref>", ""},
		{"in a label", "[[a|" + noon + "]] [https://a.example " + noon + "]", noon + " " + noon},
		{"in an argument", "{{unsigned|Ada|" + noon + "}}", noon},
		{"in a reference", "<ref>" + noon + "</ref>", noon},
		{"in a file's caption", "[[File:A.png|thumb|" + noon + "]]", noon},
		{"in a heading", "== " + noon + " ==", noon},
		{"across the end of an argument", "{{a|12:34, 5 May 2026 (UTC}})", ""},
		{"across a line", "12:34, 5 May\n2026 (UTC)", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for ts := range Parse(tt.text).Timestamps() {
				got = append(got, tt.text[ts.Start:ts.End])
				if want := time.Date(2026, 5, 5, 12, 34, 0, 0, time.UTC); !ts.Time.Equal(want) {
					t.Errorf("%v, want %v", ts.Time, want)
				}
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("%q (-want +got):\n%s", tt.text, diff)
			}
		})
	}
}

func TestTimestampsOfOtherWikis(t *testing.T) {
	tests := []struct{ name, lang, zone, text, want string }{
		{"summer", "de", "Europe/Berlin", "12:34, 5. Mai 2026 (CEST)", "2026-05-05 10:34"},
		{"winter", "de", "Europe/Berlin", "12:34, 5. Dez. 2026 (CET)", "2026-12-05 11:34"},
		{"copied from a wiki in UTC", "de", "Europe/Berlin", "12:34, 5. Dez. 2026 (UTC)", "2026-12-05 12:34"},
		{"summer time in winter", "de", "Europe/Berlin", "12:34, 5. Dez. 2026 (CEST)", ""},
		{"a time that clocks leave out", "de", "Europe/Berlin", "02:30, 29. Mär. 2026 (CEST)", ""},
		{"the first of two", "de", "Europe/Berlin", "02:30, 25. Okt. 2026 (CEST)", "2026-10-25 00:30"},
		{"the second of two", "de", "Europe/Berlin", "02:30, 25. Okt. 2026 (CET)", "2026-10-25 01:30"},
		{"Arabic digits", "ar", "UTC", "٠٧:١٨، ٥ مارس ٢٠٢٤ (ت ع م)", "2024-03-05 07:18"},
		{"ASCII digits on an Arabic wiki", "ar", "UTC", "07:18، 5 مارس 2024 (ت ع م)", "2024-03-05 07:18"},
		{"a mark of direction", "fa", "UTC", "\u200f۵ مارس ۲۰۲۴، ساعت ۰۷:۱۸ (UTC)", "2024-03-05 07:18"},
		{"a month whose name ends like another's", "zh", "UTC", "2024年11月5日 (二) 07:18 (UTC)", "2024-11-05 07:18"},
		{"years of the Thai calendar", "th", "UTC", "07:18, 5 มีนาคม 2567 (UTC)", "2024-03-05 07:18"},
		{"an unknown language", "qqq", "UTC", "12:34, 5 May 2026 (UTC)", "2026-05-05 12:34"},
		{"an unknown zone", "en", "Moon/Crater", "12:34, 5 May 2026 (UTC)", "2026-05-05 12:34"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			for ts := range siteIn(t, tt.lang, tt.zone).Parse("x " + tt.text).Timestamps() {
				got += ts.Time.Format("2006-01-02 15:04")
			}
			if got != tt.want {
				t.Errorf("%q is %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}

func TestSignatures(t *testing.T) {
	const ada, noon = "[[User:Ada|Ada]] ([[User talk:Ada|talk]])", "12:34, 5 May 2026 (UTC)"
	tests := []struct {
		name, text string
		want       []string // user: signature
	}{
		{"as MediaWiki signs", "Yes. " + ada + " " + noon, []string{"Ada: " + ada + " " + noon}},
		{"links of other names", "x [[user talk:ada b#top|A]] " + noon, []string{"Ada b: [[user talk:ada b#top|A]] " + noon}},
		{"an address", "[[Special:Contributions/192.0.2.1|192.0.2.1]] " + noon, []string{"192.0.2.1: [[Special:Contributions/192.0.2.1|192.0.2.1]] " + noon}},
		{"another name of that page", "[[special:contribs/ada]] " + noon, []string{"Ada: [[special:contribs/ada]] " + noon}},
		{"a special page", "[[Special:Diff/1]] " + noon, nil},
		{"a subpage", "[[User:Ada/draft]] " + noon, nil},
		{"a user of another wiki", "[[:de:User:Ada]] " + noon, nil},
		{"a mention", "As [[User:Bo]] said. " + ada + " " + noon, []string{"Ada: " + ada + " " + noon}},
		{"two comments on a line", ada + " " + noon + " [[User:Bo]] " + noon, []string{"Ada: " + ada + " " + noon, "Bo: [[User:Bo]] " + noon}},
		{"two timestamps for one user", ada + " " + noon + ", again " + noon, []string{"Ada: " + ada + " " + noon}},
		{"the user on another line", ada + "\n" + noon, nil},
		{"the user far away", ada + strings.Repeat(" x", 128) + noon, nil},
		{"no timestamp", ada, nil},
		{"a template for the unsigned", "{{unsigned|Ada|" + noon + "}} {{unsigned2|" + noon + "|Ada}}", nil},
		{"markup between", "<small>—[[User:Ada|<b>Ada</b>]]</small> <sup>[[User talk:Ada|✉]]</sup> " + noon, []string{"Ada: [[User:Ada|<b>Ada</b>]]</small> <sup>[[User talk:Ada|✉]]</sup> " + noon}},
		{"in an argument", "{{collapse|" + ada + " " + noon + "}}", []string{"Ada: " + ada + " " + noon}},
		{"links in a template", "x {{small|" + ada + "}} " + noon, []string{"Ada: {{small|" + ada + "}} " + noon}},
		{"links in a template of other lines", "{{small|\n" + ada + "}} " + noon, nil},
		{"a timestamp in a template", ada + " {{small|" + noon + "}}", nil},
		{"a timestamp in a link", ada + " [[Special:Diff/1|" + noon + "]]", []string{"Ada: " + ada + " [[Special:Diff/1|" + noon + "]]"}},
		{"in nowiki", "<nowiki>" + ada + " " + noon + "</nowiki>", nil},
		{"a link in a comment", "<!-- " + ada + " --> " + noon, nil},
		{"a file", "[[File:A.png|" + ada + "]] " + noon, []string{"Ada: [[File:A.png|" + ada + "]] " + noon}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for s := range Parse(tt.text).Signatures() {
				got = append(got, s.User+": "+tt.text[s.Start:s.End])
				if s.Time.Hour() != 12 || tt.text[s.TimeSpan.Start:s.TimeSpan.End] != noon {
					t.Errorf("the time is %v, %q", s.Time, tt.text[s.TimeSpan.Start:s.TimeSpan.End])
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%q (-want +got):\n%s", tt.text, diff)
			}
		})
	}
}

func TestSignaturesOfOtherWikis(t *testing.T) {
	text := "[[Spezial:Beiträge/192.0.2.1|192.0.2.1]] 12:34, 5. Mai 2026 (CEST)"
	site := siteIn(t, "de", "Europe/Berlin")
	site.prefixes["spezial"] = spaceSpecial
	for s := range site.Parse(text).Signatures() {
		if s.User != "192.0.2.1" || s.Start != 0 {
			t.Errorf("%+v", s)
		}
		return
	}
	t.Error("no signature")
}

// signedTexts were made to be slow to read.
var signedTexts = map[string]func(n int) string{
	"timestamps":      func(n int) string { return strings.Repeat("12:34, 5 May 2026 (UTC)", n) },
	"zones":           func(n int) string { return strings.Repeat(" (UTC)", n) },
	"brackets":        func(n int) string { return strings.Repeat(")", 6*n) },
	"links on a line": func(n int) string { return strings.Repeat("[[User:A]]", n) + " 12:34, 5 May 2026 (UTC)" },
	"nothing of it":   func(n int) string { return strings.Repeat("Some words without a sign ", n) },
	"signatures":      func(n int) string { return strings.Repeat("[[User:A]] 12:34, 5 May 2026 (UTC) ", n) },
	"in nested templates": func(n int) string {
		return strings.Repeat("{{a|[[User:A]] 12:34, 5 May 2026 (UTC)", n) + strings.Repeat("}}", n)
	},
	"behind open links": func(n int) string {
		return strings.Repeat("[[User:A|b ", n) + strings.Repeat("12:34, 5 May 2026 (UTC)\n", n)
	},
	"behind deep nesting": func(n int) string {
		return strings.Repeat("{{a|", n) + strings.Repeat("}}", n) + strings.Repeat("12:34, 5 May 2026 (UTC)", n)
	},
	"inside deep nesting": func(n int) string {
		return strings.Repeat("{{a|", n) + strings.Repeat("[[User:A]] 12:34, 5 May 2026 (UTC)\n", n) + strings.Repeat("}}", n)
	},
	"digits":               func(n int) string { return strings.Repeat("1", 6*n) + " (UTC)" },
	"links before and not": func(n int) string { return strings.Repeat("[[User:A]] x [[B]] 12:34, 5 May 2026 (UTC)", n) },
}

func TestSignaturesTakeLinearTime(t *testing.T) {
	const n = 20_000
	took := func(s string) time.Duration {
		d := Parse(s)
		start := time.Now()
		sink += count(d.Signatures())
		return time.Since(start)
	}
	for name, text := range signedTexts {
		t.Run(name, func(t *testing.T) {
			if !soaking {
				took(text(500))
				return
			}
			for range 3 {
				small, large := took(text(n)), took(text(4*n))
				if large < 150*time.Millisecond || large < 10*small {
					return
				}
				t.Logf("%v, then %v for four times the text", small, large)
			}
			t.Error("time grows faster than the text")
		})
	}
}

func FuzzSignatures(f *testing.F) {
	for _, text := range signedTexts {
		f.Add(text(3))
	}
	seed(f)
	f.Add("07:18, 5 March 2024 (UTC) [[Special:Contributions/::1|x]] 07:18, 5 March 2024 (UTC)")
	sites := []*Site{DefaultSite(), siteIn(f, "de", "Europe/Berlin"), siteIn(f, "ar", "UTC"), siteIn(f, "zh", "Asia/Shanghai")}
	f.Fuzz(func(t *testing.T, s string) {
		for _, site := range sites {
			d := site.Parse(s)
			stamps := map[Span]time.Time{}
			last := 0
			for ts := range d.Timestamps() {
				if ts.Start < last || ts.End <= ts.Start || ts.End > len(s) || strings.Contains(s[ts.Start:ts.End], "\n") {
					t.Fatalf("timestamp %+v in %q", ts, s)
				}
				last, stamps[ts.Span] = ts.End, ts.Time
			}
			last = 0
			for sig := range d.Signatures() {
				if at, ok := stamps[sig.TimeSpan]; !ok || at != sig.Time || sig.Start < last || sig.Start >= sig.TimeSpan.Start || sig.End < sig.TimeSpan.End {
					t.Fatalf("signature %+v in %q", sig, s)
				}
				if title, err := site.ParseTitle("User:" + sig.User); err != nil || title.Name != sig.User {
					t.Fatalf("signature of %q: %v", sig.User, err)
				}
				last = sig.TimeSpan.End
			}
		}
	})
}

func BenchmarkSignatures(b *testing.B) {
	talk := strings.Join(talkPage(400), "")
	for _, bb := range []struct{ name, text string }{
		{"talk_page", talk},
		{"page_without", strings.ReplaceAll(talk, "(UTC)", "(other)")},
	} {
		d := Parse(bb.text)
		b.Run(bb.name, func(b *testing.B) {
			b.SetBytes(int64(len(bb.text)))
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				n += count(d.Signatures())
			}
			b.ReportMetric(float64(n)/float64(b.N), "signatures")
		})
	}
}

func TestSignaturesAreNodes(t *testing.T) {
	text := "* Yes. [[User:Ada|Ada]] ([[User talk:Ada|talk]]) 12:34, 5 May 2026 (UTC)\n"
	var got []string
	for n := range Parse(text).Nodes() {
		got = append(got, fmt.Sprintf("%d %d %q %s", n.Depth, n.Kind, text[n.Start:n.End], n.Name))
	}
	want := []string{
		fmt.Sprintf("0 %d %q *", ItemNode, strings.TrimSuffix(text, "\n")),
		fmt.Sprintf("1 %d %q ", TextNode, "* Yes. "),
		fmt.Sprintf("1 %d %q Ada", SignatureNode, text[7:len(text)-1]),
		fmt.Sprintf("2 %d %q ", LinkNode, "[[User:Ada|Ada]]"),
		fmt.Sprintf("3 %d %q ", TextNode, "[[User:Ada|Ada]]"),
		fmt.Sprintf("2 %d %q ", TextNode, " ("),
		fmt.Sprintf("2 %d %q ", LinkNode, "[[User talk:Ada|talk]]"),
		fmt.Sprintf("3 %d %q ", TextNode, "[[User talk:Ada|talk]]"),
		fmt.Sprintf("2 %d %q ", TextNode, ") "),
		fmt.Sprintf("2 %d %q ", TimestampNode, "12:34, 5 May 2026 (UTC)"),
		fmt.Sprintf("0 %d %q ", TextNode, "\n"),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the test of the overview and the adoption page on a real wiki.

package bot_test

import (
	"html"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

const (
	overviewPage = "Test Wiki:Overview"
	adoptionPage = "Test Wiki:Adopt"
	signUpPage   = "Test Wiki:Sign up"
)

// fetched is what a browser gets.
func (w *world) fetched(address string) string {
	w.Helper()
	answer, err := http.Get(address)
	w.must(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	w.must(err)
	return string(body)
}

func TestAnItemIsAdoptedFromTheAdoptionPage(t *testing.T) {
	w := newWorld(t)
	w.edit(w.admin, signUpPage, "People who look after something:\n")
	w.edit(w.admin, configPage, strings.NewReplacer(`"version": 1`, `"version": 2, "enabled": true`, `"notices": {`, `"overview": {"page": "Project:Overview", "data": "Stewards"}, "adoption": {"page": "Project:Adopt"}, "notices": {"sign_up": "Project:Sign up", `).Replace(goodRules))
	w.start()
	w.settled()
	w.awaits(overviewPage, "== The last twelve months ==", "codesteward-trend", "(extension)")
	w.awaits(adoptionPage, `id="adopt-extension:Poem"`)
	w.awaits(reportPage, "overview.data: this wiki keeps no pages in the namespace Data")
	if text := w.text("Data:Stewards.tab"); text != "" {
		t.Errorf("a wiki that keeps no data got some:\n%s", text)
	}
	for _, title := range []string{overviewPage, adoptionPage} {
		shown, err := w.wiki.HTML(t.Context(), title)
		w.must(err)
		if bad := regexp.MustCompile(`class="[^"]*error[^"]*"|\{\{|&lt;(div|span|bdi)|⧼`).FindString(shown); bad != "" {
			t.Errorf("%s shows %q:\n%s", title, bad, shown)
		}
	}

	// The link on the page opens a form with the line.
	shown, err := w.wiki.HTML(t.Context(), adoptionPage)
	w.must(err)
	_, card, _ := strings.Cut(shown, `id="adopt-extension:Poem"`)
	link := regexp.MustCompile(`href="([^"]*preload=[^"]*)"`).FindStringSubmatch(card)
	if link == nil {
		t.Fatalf("no link to the form:\n%s", card)
	}
	w.awaits(signUpPage+"/adopt", "$1")
	address := html.UnescapeString(link[1])
	if strings.HasPrefix(address, "//") {
		address = "http:" + address
	}
	form := w.fetched(address)
	area := regexp.MustCompile(`(?s)<textarea[^>]*name="wpTextbox1"[^>]*>\n?(.*?)</textarea>`).FindStringSubmatch(form)
	if area == nil {
		t.Fatalf("no form at %s:\n%s", link[1], form)
	}
	line := strings.TrimSpace(html.UnescapeString(area[1]))
	if line != "* [[User:{{subst:REVISIONUSER}}]]: extension:Poem" {
		t.Errorf("the form has %q", line)
	}
	_, err = w.ada.Append(t.Context(), signUpPage, "\n"+line, "I do")
	w.must(err)
	w.awaits(signUpPage, "* [[User:Ada]]: extension:Poem")
	w.await("Poem is adopted", func() bool { return !strings.Contains(w.text(adoptionPage), "extension:Poem") })
	w.awaits(overviewPage, "new steward", "[[User:Ada|Ada]]")

	// A restart changes nothing.
	w.must(w.stop())
	before := w.botEdits(overviewPage) + w.botEdits(adoptionPage) + w.botEdits(signUpPage+"/adopt")
	w.log.reset()
	w.start()
	w.settled()
	if after := w.botEdits(overviewPage) + w.botEdits(adoptionPage) + w.botEdits(signUpPage+"/adopt"); after != before {
		t.Errorf("%d edits after a restart that changed nothing:\n%s", after-before, w.text(overviewPage))
	}
}

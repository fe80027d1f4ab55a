// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the pages look in a real browser.

package web

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/web/browsertest"
)

// shots are the pages that are looked at, by the name of their picture.
var shots = []struct {
	name, path    string
	width, height int
	dark          bool
}{
	{"overview", "/", 1200, 900, false},
	{"overview-dark", "/", 1200, 900, true},
	{"overview-phone", "/", 360, 780, false},
	{"items", "/items?q=e", 1200, 700, false},
	{"item", "/item?key=extension%3AGuidedTour", 1200, 900, false},
	{"item-phone-dark", "/item?key=extension%3AGuidedTour", 360, 780, true},
	{"wiki", "/wikis/metawiki", 1200, 900, false},
	{"mentions", "/mentions", 1200, 700, false},
	{"about", "/about", 1200, 700, false},
	{"about-phone", "/about", 360, 780, false},
	{"wiki-phone", "/wikis/commonswiki", 360, 780, false},
	{"mentions-phone", "/mentions", 360, 780, true},
	{"items-phone", "/items", 360, 780, false},
	{"missing", "/nothing-here", 360, 400, false},
}

// TestPagesInABrowser opens every page at the width of a phone and of a desk, by
// day and by night. With PICTURES=1 it remakes the pictures.
func TestPagesInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a browser")
	}
	b := browsertest.Start(t)
	s := newSite(t, newWorld())
	server := httptest.NewServer(s.Handler())
	defer server.Close()
	for _, shot := range shots {
		b.Complaints = nil
		b.Open(server.URL+shot.path, shot.width, shot.height, shot.dark)
		var found struct {
			Scroll, Client, Small, Unnamed int
			Wide                           []string
			Paper                          string
			Styled                         bool
		}
		b.Value(looks, &found)
		switch {
		case found.Scroll > found.Client:
			t.Errorf("%s is %d pixels wide in a window of %d: %v", shot.name, found.Scroll, found.Client, found.Wide)
		case !found.Styled:
			t.Errorf("%s has no style", shot.name)
		case (found.Paper == "rgb(20, 24, 28)") != shot.dark:
			t.Errorf("%s: the paper is %s", shot.name, found.Paper)
		case found.Small > 0:
			t.Errorf("%s has %d fields and buttons that a finger misses", shot.name, found.Small)
		case found.Unnamed > 0:
			t.Errorf("%s has %d fields without a label", shot.name, found.Unnamed)
		}
		for _, c := range b.Complaints {
			if shot.name != "missing" || !strings.Contains(c, "404") {
				t.Errorf("%s: the browser says %s", shot.name, c)
			}
		}
		if os.Getenv("PICTURES") != "" && shot.name != "missing" {
			file := filepath.Join("testdata", "pictures", shot.name+".png")
			if err := os.WriteFile(file, b.Picture(), 0o644); err != nil {
				t.Error(err)
			}
		}
	}
}

// looks measures a page.
const looks = `(() => {
	const client = document.documentElement.clientWidth;
	const inScroll = e => e.closest('.scroll') && !e.matches('.scroll');
	const shown = e => e.getClientRects().length > 0 && !e.matches('.skip');
	return {
		scroll: document.documentElement.scrollWidth, client,
		wide: [...document.body.querySelectorAll('*')].filter(e => shown(e) && !inScroll(e) && e.getBoundingClientRect().right > client + 1).map(e => e.tagName + '.' + e.className).slice(0, 5),
		small: [...document.querySelectorAll('input, select, button')].filter(e => e.getBoundingClientRect().height < 40).length,
		unnamed: [...document.querySelectorAll('input, select')].filter(e => !e.labels.length).length,
		paper: getComputedStyle(document.documentElement).backgroundColor,
		styled: document.styleSheets.length === 1 && document.styleSheets[0].cssRules.length > 20,
	};
})()`

// TestTheBrowserKeepsTheRulesOfThePage shows that what a page must not do would
// be told: an element that the page does not have is put in.
func TestTheBrowserKeepsTheRulesOfThePage(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a browser")
	}
	b := browsertest.Start(t)
	s := newSite(t, newWorld())
	server := httptest.NewServer(s.Handler())
	defer server.Close()
	b.Open(server.URL+"/", 1200, 900, false)
	var ran string
	b.Value(`new Promise(done => {
		const e = document.createElement('script');
		e.textContent = 'document.title = "ran"';
		document.body.append(e);
		const p = document.createElement('p');
		p.setAttribute('style', 'position: fixed');
		document.body.append(p);
		setTimeout(() => done(document.title + ' ' + getComputedStyle(p).position), 50);
	})`, &ran)
	if strings.HasPrefix(ran, "ran") || strings.HasSuffix(ran, "fixed") {
		t.Errorf("a script or a style in the page has an effect: %s", ran)
	}
	if len(b.Complaints) < 2 {
		t.Errorf("the browser does not complain: %v", b.Complaints)
	}
}

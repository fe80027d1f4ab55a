// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the test of the API's description: it is a good one, every
// route in it is there, and what the routes answer is what it says.

package web

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
)

// described is the validator of the description.
func described(t *testing.T, text []byte) validator.Validator {
	t.Helper()
	doc, err := libopenapi.NewDocument(text)
	if err != nil {
		t.Fatal(err)
	}
	v, errs := validator.NewValidator(doc)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return v
}

// agrees reports what is wrong with an answer, by the description.
func agrees(v validator.Validator, path string, w *httptest.ResponseRecorder) (wrong []string) {
	r := httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil)
	check := v.ValidateHttpRequestResponse
	if w.Code == http.StatusBadRequest {
		check = v.ValidateHttpResponse // the request is not as described
	}
	if ok, errs := check(r, w.Result()); !ok {
		for _, e := range errs {
			wrong = append(wrong, e.Message+": "+e.Reason)
			for _, s := range e.SchemaValidationErrors {
				wrong = append(wrong, s.Location+": "+s.Reason)
			}
		}
	}
	return wrong
}

func TestTheAPIAnswersAsItIsDescribed(t *testing.T) {
	s := newSite(t, newWorld())
	v := described(t, []byte(show(t, s, "/openapi.json")))
	if ok, errs := v.ValidateDocument(); !ok {
		for _, e := range errs {
			t.Error(e.Message, e.Reason, e.SchemaValidationErrors)
		}
	}
	paths := map[string]int{
		"/api/v1/status": 200, "/api/v1/wikis/metawiki": 200, "/api/v1/wikis/commonswiki": 200, "/api/v1/wikis/nowiki": 404,
		"/api/v1/items": 200, "/api/v1/items?q=guided&wiki=metawiki&kind=extension&verdict=owned&page=1": 200, "/api/v1/items?q=nothing-like-this": 200,
		"/api/v1/items?kind=robot": 400, "/api/v1/items?verdict=fine": 400, "/api/v1/items?page=0": 400, "/api/v1/items?page=x": 400,
		"/api/v1/items?wiki=nowiki":               404,
		"/api/v1/item?key=extension%3AGuidedTour": 200, "/api/v1/item?key=extension%3APoem&wiki=metawiki": 200, "/api/v1/item?key=extension%3ANone": 404,
		"/api/v1/item?key=userscript%3Ametawiki%3AUser%3ALou%2Ftidy.js": 200,
		"/api/v1/mentions": 200, "/api/v1/mentions?wiki=metawiki&key=extension%3APoem": 200, "/api/v1/mentions?wiki=nowiki": 404,
		"/toolinfo.json": 200, "/openapi.json": 200, "/mentions.atom": 200,
	}
	for path, status := range paths {
		w := get(t, s, path)
		if w.Code != status {
			t.Errorf("GET %s: status %d, want %d: %s", path, w.Code, status, w.Body)
			continue
		}
		if strings.HasSuffix(path, ".atom") {
			continue // XML, which TestFeed reads
		}
		for _, wrong := range agrees(v, path, w) {
			t.Errorf("GET %s: %s", path, wrong)
		}
	}
	doc, err := libopenapi.NewDocument(openAPI)
	if err != nil {
		t.Fatal(err)
	}
	model, err := doc.BuildV3Model()
	if err != nil {
		t.Fatal(err)
	}
	for path := range model.Model.Paths.PathItems.KeysFromOldest() {
		of, _, _ := strings.Cut(path, "{")
		asked := slices.ContainsFunc(slices.Collect(maps.Keys(paths)), func(p string) bool { return strings.HasPrefix(p, of) && paths[p] == 200 })
		if !asked {
			t.Errorf("%s is described and not tested", path)
		}
	}
	for path := range s.apiRoutes() {
		if _, ok := model.Model.Paths.PathItems.Get(path); !ok && path != "/api/" {
			t.Errorf("%s is not described", path)
		}
	}
}

// What the description forbids is found: the test above can fail.
func TestAnAnswerThatIsNotAsDescribedIsFound(t *testing.T) {
	s := newSite(t, newWorld())
	for _, change := range [][2]string{
		{`"health":"ok"`, `"health":"fine"`},
		{`"stopped":false`, `"stopped":"no"`},
		{`"version":`, `"build":`},
	} {
		w := get(t, s, "/api/v1/status")
		body := w.Body.String()
		if !strings.Contains(body, change[0]) {
			t.Fatalf("%s is not in %s", change[0], body)
		}
		wrong := httptest.NewRecorder()
		wrong.Header().Set("Content-Type", w.Header().Get("Content-Type"))
		wrong.WriteString(strings.Replace(body, change[0], change[1], 1))
		if len(agrees(described(t, openAPI), "/api/v1/status", wrong)) == 0 {
			t.Errorf("nobody sees that %s became %s", change[0], change[1])
		}
	}
}

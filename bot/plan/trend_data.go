// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the pages with the numbers of a year and their chart, for wikis
// with the namespace Data and the extension Chart:
// https://www.mediawiki.org/wiki/Help:Tabular_Data and
// https://www.mediawiki.org/wiki/Extension:Chart. They are JSON, so no markers
// can stand on them, and the whole page is the bot's or it is not.

package plan

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// The content models of the pages, as JsonConfig and Chart name them.
const (
	TableModel = "Tabular.JsonConfig"
	ChartModel = "Chart.JsonConfig"
)

// DataRegion stands for a whole page with data where others name a region.
const DataRegion = "data"

const (
	dataSpace   = "Data:"
	tableEnding = ".tab"
	chartEnding = ".chart"
	// dataMark is what the description of a page says that the bot made, in every
	// language: a page without it is somebody else's.
	dataMark = "codesteward"
)

// dataTitles are the titles of the pages with data that rules name.
func dataTitles(rules *config.Rules) []string {
	if rules.Overview == nil || rules.Overview.Data == "" {
		return nil
	}
	return []string{dataSpace + rules.Overview.Data + tableEnding, dataSpace + rules.Overview.Data + chartEnding}
}

// chartName is the name of the chart and of its numbers; ok is false where the
// bot does not keep both.
func chartName(in Input) (name string, ok bool) {
	for _, title := range dataTitles(in.Rules) {
		ok = in.Site.Charts && in.View.Pages[RegionName(title, DataRegion)] == registry.PageHeld
		if !ok {
			return "", false
		}
	}
	return in.Rules.Overview.Data, ok
}

// dataPages plans the numbers of the year and their chart.
func dataPages(in Input) []Page {
	titles := dataTitles(in.Rules)
	weeks := year(in.View.Tallies)
	if len(titles) == 0 || !in.Site.Charts || len(weeks) == 0 || !titleSafe(titles[0]) {
		return nil
	}
	name := in.Rules.Overview.Data
	var pages []Page
	for i, d := range []Data{
		{Model: TableModel, Body: dataTable(in, weeks)},
		{Model: ChartModel, Body: dataChart(in, name)},
	} {
		d.State = in.View.Pages[RegionName(titles[i], DataRegion)]
		pages = append(pages, Page{
			Title: titles[i], Region: DataRegion, Model: d.Model, Scope: Tables, Minor: true, MayCreate: d.State == "",
			Summary: in.Words.Text("overview-data-summary"), Changes: []Change{d},
		})
	}
	return pages
}

// dataTable is the table of the year: a row for each week, with null where nobody
// knows the number. Its columns are always the same.
func dataTable(in Input, weeks []weekly) map[string]any {
	fields := []any{map[string]any{"name": "week", "type": "string", "title": localized(in, "overview-data-week")}}
	for _, v := range registry.Verdicts {
		fields = append(fields, map[string]any{
			"name": strings.ReplaceAll(string(v), "-", "_"), "type": "number", "title": localized(in, "words-verdict-"+string(v)),
		})
	}
	rows := make([]any, len(weeks))
	for i, of := range weeks {
		row := []any{of.week.Format(time.DateOnly)}
		for _, v := range registry.Verdicts {
			if of.counts == nil {
				row = append(row, nil)
			} else {
				row = append(row, of.counts[v])
			}
		}
		rows[i] = row
	}
	return map[string]any{
		"license": "CC0-1.0", "description": localized(in, "overview-data-table", in.Site.Wiki, dataMark),
		"sources": pageLink(in.Rules.Overview.Page), "schema": map[string]any{"fields": fields}, "data": rows,
	}
}

// dataChart is the chart of the table.
func dataChart(in Input, name string) map[string]any {
	return map[string]any{
		"license": "CC0-1.0", "version": 1, "type": "line", "source": name + tableEnding,
		"description": localized(in, "overview-data-chart", in.Site.Wiki, dataMark),
		"title":       localized(in, "overview-data-title", in.Site.Wiki),
		"xAxis":       map[string]any{"title": localized(in, "overview-data-week"), "format": "none"},
		"yAxis":       map[string]any{"title": localized(in, "overview-data-items"), "format": "auto"},
	}
}

// localized is a message in all languages, by their codes.
func localized(in Input, name string, args ...any) map[string]any {
	texts := map[string]any{in.Words.Language(): in.Words.Text(name, args...)}
	for _, language := range messages.Languages() {
		if _, own := texts[language]; !own {
			texts[language] = messages.In(language, nil).Text(name, args...)
		}
	}
	return texts
}

// Data is a page with a table or a chart.
type Data struct {
	Model string
	Body  map[string]any
	State registry.PageState
}

// Apply writes the page where it is missing, and a table anew that the bot made:
// what people added in other languages, and the categories they chose, stay. A
// chart that shows the table is left as it is, whoever has shaped it. The error is
// a *GoneError or a *wikitext.RegionError: what somebody else made is not written
// over.
func (d Data) Apply(text string) (string, error) {
	body := d.Body
	if strings.TrimSpace(text) == "" {
		if d.State != "" {
			return "", &GoneError{"the page does not stand any more; make it again, or take \"data\" out of the rules"}
		}
		return encode(body)
	}
	var live map[string]any
	if err := json.Unmarshal([]byte(text), &live); err != nil {
		return "", &wikitext.RegionError{ID: DataRegion, Reason: fmt.Sprintf("the page cannot be read as data (%v); undo the edit that broke it", err)}
	}
	if d.Model == ChartModel && reflect.DeepEqual(live["source"], body["source"]) {
		return text, nil
	}
	if description, _ := live["description"].(map[string]any); !marked(description) {
		return "", &wikitext.RegionError{ID: DataRegion, Reason: "the page was made by somebody else; give another name in the rules (\"data\")"}
	}
	if d.Model == ChartModel {
		return "", &wikitext.RegionError{ID: DataRegion, Reason: "the chart shows another table now; undo that, or give another name in the rules (\"data\")"}
	}
	written, err := encode(keep(body, live))
	if err != nil {
		return "", err
	}
	var next map[string]any
	if err := json.Unmarshal([]byte(written), &next); err != nil {
		return "", fmt.Errorf("read what was encoded: %w", err)
	}
	if reflect.DeepEqual(next, live) {
		return text, nil // the wiki has its own way to write it
	}
	return written, nil
}

// marked reports whether a description says that the bot made the page.
func marked(description map[string]any) bool {
	for _, text := range description {
		if text, ok := text.(string); ok && strings.Contains(text, dataMark) {
			return true
		}
	}
	return false
}

// keep returns the body with what people added to the page.
func keep(body, live map[string]any) map[string]any {
	kept := maps.Clone(body)
	if categories, ok := live["mediawikiCategories"]; ok {
		kept["mediawikiCategories"] = categories
	}
	ours, _ := body["description"].(map[string]any)
	theirs, _ := live["description"].(map[string]any)
	texts := map[string]any{}
	maps.Copy(texts, theirs)
	maps.Copy(texts, ours)
	kept["description"] = texts
	return kept
}

// encode writes JSON as the wiki does, with nothing escaped that need not be.
func encode(body map[string]any) (string, error) {
	var b strings.Builder
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	out.SetIndent("", "    ")
	if err := out.Encode(body); err != nil {
		return "", fmt.Errorf("write data: %w", err)
	}
	return strings.TrimSpace(b.String()), nil
}

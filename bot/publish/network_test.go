// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// This file holds faults of the network itself, made by a proxy of connections
// that strikes while the first edit is on its way.

package publish

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
)

// networkRows are faults that look the same to the client whether the edit has
// arrived or not. Toxics are described at
// https://github.com/Shopify/toxiproxy#toxics.
func networkRows() []row {
	var rows []row
	for _, f := range []struct{ name, toxic string }{
		{"a connection reset on the way back", `{"type":"reset_peer","stream":"downstream"}`},
		{"a connection reset on the way there", `{"type":"reset_peer","stream":"upstream"}`},
		{"silence on the way back", `{"type":"timeout","stream":"downstream","attributes":{"timeout":100}}`},
		{"silence on the way there", `{"type":"timeout","stream":"upstream","attributes":{"timeout":100}}`},
		{"an answer cut in its head", `{"type":"limit_data","stream":"downstream","attributes":{"bytes":60}}`},
		{"an answer cut in its body", `{"type":"limit_data","stream":"downstream","attributes":{"bytes":700}}`},
		{"an edit cut in its head", `{"type":"limit_data","stream":"upstream","attributes":{"bytes":60}}`},
		{"an edit cut in its body", `{"type":"limit_data","stream":"upstream","attributes":{"bytes":900}}`},
		{"an answer that drips", `{"type":"slicer","stream":"downstream","attributes":{"average_size":16,"size_variation":8,"delay":1000}}`},
	} {
		rows = append(rows, row{name: f.name, before: threeLines, want: Saved, toxic: f.toxic})
	}
	return rows
}

// proxy carries connections to a wiki.
type proxy struct {
	*toxiproxy.Proxy
	t     *testing.T
	toxic string
	on    bool
	count *prometheus.Registry // of the client's requests
}

func (s *scene) proxy(toxic string) *proxy {
	s.t.Helper()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), zerolog.Nop())
	p := &proxy{count: prometheus.NewRegistry(), Proxy: toxiproxy.NewProxy(server, "wiki", "127.0.0.1:0", strings.TrimPrefix(s.wiki.URL, "http://")), t: s.t, toxic: toxic}
	s.must(p.Start())
	s.t.Cleanup(p.Stop)
	return p
}

// through has a client ask through the proxy, with a connection for each
// request.
func (p *proxy) through(w *wire) func(*wiki.Config) {
	w.base = &http.Transport{DisableKeepAlives: true}
	return func(c *wiki.Config) {
		api, err := url.Parse(c.API)
		if err != nil {
			p.t.Fatal(err)
		}
		api.Host = p.Listen
		c.API, c.Metrics = api.String(), p.count
	}
}

// struck sees that the fault did break an edit, or only delayed it.
func (p *proxy) struck() {
	p.t.Helper()
	broken := 0.0
	families, err := p.count.Gather()
	if err != nil {
		p.t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if labels := fmt.Sprint(m.GetLabel()); f.GetName() == "codesteward_api_requests_total" && strings.Contains(labels, `"edit"`) && strings.Contains(labels, `"transient"`) {
				broken += m.GetCounter().GetValue()
			}
		}
	}
	if slow := strings.Contains(p.toxic, "slicer"); slow && broken != 0 || !slow && broken != 1 {
		p.t.Errorf("%v edits were broken by %s", broken, p.toxic)
	}
}

// strike makes the network fail for the first edit alone.
func (p *proxy) strike(n int, q asked, next func() (*http.Response, error)) (*http.Response, error) {
	if p.on {
		p.on = false
		if err := p.Toxics.RemoveToxic(context.Background(), "fault"); err != nil {
			p.t.Error(err)
		}
	}
	if q.action == "edit" && n == 1 {
		p.on = true
		if _, err := p.Toxics.AddToxicJson(strings.NewReader(strings.Replace(p.toxic, "{", `{"name":"fault",`, 1))); err != nil {
			p.t.Error(err)
		}
	}
	return next()
}

// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of dropping events by their raw bytes.

package events

import (
	"os"
	"path/filepath"
	"testing"
)

// checkKeeps compares what the raw bytes say with what the decoder says.
func checkKeeps(t *testing.T, data []byte) {
	t.Helper()
	e, err := decodeStandard(data)
	h, certain := readHead(data)
	if certain != h.certain {
		t.Errorf("readHead says %v, its head %v\n%s", certain, h.certain, data)
	}
	if err == nil && certain {
		if string(h.wiki) != e.Wiki || h.namespace != e.Namespace || h.canary != (e.Kind == Canary) || string(h.id) != e.ID || string(h.stream) != e.Stream {
			t.Errorf("head %q %d %v %q %q, decoded %+v\n%s", h.wiki, h.namespace, h.canary, h.id, h.stream, e, data)
		}
		if slow := decodedHead(data, e); string(slow.topic) != string(h.topic) || slow.partition != h.partition || slow.offset != h.offset || string(slow.dt) != string(h.dt) {
			t.Errorf("place %q %d %d %q, decoded %q %d %d %q\n%s", h.topic, h.partition, h.offset, h.dt, slow.topic, slow.partition, slow.offset, slow.dt, data)
		}
	}
	wants := []struct {
		name string
		want func(wiki []byte, namespace int) bool
	}{
		{"everything", nil},
		{"nothing", func([]byte, int) bool { return false }},
		{"this", func(wiki []byte, ns int) bool { return string(wiki) == e.Wiki && ns == e.Namespace }},
		{"all but this", func(wiki []byte, ns int) bool { return string(wiki) != e.Wiki || ns != e.Namespace }},
		{"one wiki", func(wiki []byte, ns int) bool { return string(wiki) == "dewiki" }},
	}
	for _, w := range wants {
		kept, _ := keeps(data, w.want)
		wanted := w.want == nil || w.want([]byte(e.Wiki), e.Namespace)
		switch {
		case err == nil && kept != (e.Kind == Canary || wanted):
			t.Errorf("who wants %s: kept %v, decoded %+v\n%s", w.name, kept, e, data)
		case err != nil && !kept && (!certain || wanted && w.want == nil):
			t.Errorf("who wants %s: dropped what cannot be read\n%s", w.name, data)
		}
	}
}

// TestFilterAgrees drops and decodes events in the shape of the real ones, whole
// and spoiled.
func TestFilterAgrees(t *testing.T) {
	c := newCorpus(3)
	certain, decoded, n := 0, 0, 400
	for i := range n {
		data := streams[i%len(streams)].make(c)
		checkKeeps(t, data)
		for range 8 {
			if c.rand.IntN(4) > 0 {
				data = streams[i%len(streams)].make(c)
			}
			data = c.mutate(data)
			checkKeeps(t, data)
			if _, ok := readHead(data); ok {
				certain++
			}
			if _, err := Decode(data); err == nil {
				decoded++
			}
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	if certain < n*2 || decoded < n*2 {
		t.Errorf("of %d spoiled events %d had a head and %d could be decoded: spoiled too much to show anything", n*8, certain, decoded)
	}
}

func TestReadHead(t *testing.T) {
	const id = `"meta":{"id":"a-1","domain":"meta.example.org","stream":"mediawiki.recentchange","topic":"eqiad.mediawiki.recentchange","partition":1,"offset":7,"dt":"2026-05-20T10:00:05Z"}`
	rc := func(rest string) string { return `{"$schema":"/mediawiki/recentchange/1.0.0",` + id + `,` + rest + `}` }
	tests := []struct {
		name, data string
		certain    bool
		wiki       string
		namespace  int
	}{
		{"an edit", rc(`"type":"edit","namespace":-1,"wiki":"metawiki"`), true, "metawiki", -1},
		{"the words of other fields", rc(`"type":"edit","namespace":2,"comment":"\"wiki\":\"dewiki\",\\","log_params":{"wiki":"x","namespace":[3]},"wiki":"metawiki"`), true, "metawiki", 2},
		{"white space", " {\n\t\"type\" : \"edit\" ,\r\n \"namespace\" : 2 , \"wiki\" : \"metawiki\" } ", true, "metawiki", 2},
		{"a page change", `{"page_change_kind":"move","wiki_id":"dewiki","page":{"namespace_id":10,"page_id":2},"wiki":"x","namespace":1,` + id + `}`, true, "dewiki", 10},
		{"no namespace", rc(`"type":"edit","wiki":"metawiki"`), true, "metawiki", 0},
		{"a deletion", rc(`"type":"log","log_type":"delete","namespace":2,"wiki":"metawiki"`), true, "metawiki", 2},

		{"a move", rc(`"type":"log","log_type":"move","namespace":2,"wiki":"metawiki"`), false, "", 0},
		{"another stream", `{"$schema":"/mediawiki/page/move/1.0.0","wiki":"metawiki"}`, false, "", 0},
		{"an escape in the wiki", rc(`"type":"edit","wiki":"met\u0061wiki"`), false, "", 0},
		{"another alphabet in the wiki", rc(`"type":"edit","wiki":"métawiki"`), false, "", 0},
		{"an escape in a key", rc(`"type":"edit","wiki":"metawiki","wik\u0069":"dewiki"`), false, "", 0},
		{"the Kelvin sign in a key", rc("\"type\":\"edit\",\"wiki\":\"metawiki\",\"wi\u212ai\":\"dewiki\""), false, "", 0},
		{"a key in capitals", rc(`"type":"edit","wiki":"metawiki","WIKI":"dewiki"`), false, "", 0},
		{"a key that comes twice", rc(`"type":"edit","wiki":"metawiki","wiki":"dewiki"`), false, "", 0},
		{"meta that comes twice", rc(`"type":"edit","wiki":"metawiki","meta":{}`), false, "", 0},
		{"a namespace as text", rc(`"type":"edit","wiki":"metawiki","namespace":"2"`), false, "", 0},
		{"a namespace of zeros", rc(`"type":"edit","wiki":"metawiki","namespace":02`), false, "", 0},
		{"half a namespace", rc(`"type":"edit","wiki":"metawiki","namespace":2.5`), false, "", 0},
		{"a huge namespace", rc(`"type":"edit","wiki":"metawiki","namespace":1000000000000000000`), false, "", 0},
		{"a wiki that is null", rc(`"type":"edit","wiki":null`), false, "", 0},
		{"a list", `[{"wiki":"metawiki"}]`, false, "", 0},
		{"two objects", rc(`"type":"edit","wiki":"metawiki"`) + `{}`, false, "", 0},
		{"half an object", rc(`"type":"edit","wiki":"metawiki","title":"`)[:250], false, "", 0},
		{"nothing", ``, false, "", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h, certain := readHead([]byte(test.data))
			if certain != test.certain || string(h.wiki) != test.wiki || h.namespace != test.namespace {
				t.Errorf("readHead = %q %d %v, want %q %d %v", h.wiki, h.namespace, certain, test.wiki, test.namespace, test.certain)
			}
			checkKeeps(t, []byte(test.data))
		})
	}
	h, _ := readHead([]byte(rc(`"type":"edit"`)))
	if string(h.id) != "a-1" || string(h.topic) != "eqiad.mediawiki.recentchange" || h.partition != 1 || h.offset != 7 ||
		string(h.stream) != "mediawiki.recentchange" || string(h.domain) != "meta.example.org" || string(h.dt) != "2026-05-20T10:00:05Z" {
		t.Errorf("the head says %+v", h)
	}
}

func FuzzFilter(f *testing.F) {
	c := newCorpus(4)
	for i := range 40 {
		data := streams[i%len(streams)].make(c)
		f.Add(data)
		f.Add(c.mutate(data))
	}
	for _, file := range pageChangeFiles(f) {
		f.Add(file)
	}
	f.Add([]byte(`{"meta":{"domain":"canary","dt":7}}`))
	f.Add([]byte(`{"type":"edit","wiki":"a","namespace":1}`))
	f.Fuzz(checkKeeps)
}

// pageChangeFiles are the events of testdata.
func pageChangeFiles(tb testing.TB) (all [][]byte) {
	files, err := filepath.Glob("testdata/page_change/*.json")
	if err != nil || len(files) == 0 {
		tb.Fatalf("no events: %v", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		all = append(all, data)
	}
	return all
}

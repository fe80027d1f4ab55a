// SPDX-License-Identifier: GPL-3.0-or-later

//go:build linux

// This file holds the benchmarks of the bot as a process of its own: how much
// memory it takes, how much of a processor at Wikimedia's rate of events, how
// soon it follows the stream, and how big the program is.

package main

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// The rate and size of events at Wikimedia.
const (
	liveRate  = 30   // a second
	liveBytes = 3000 // each
)

// BenchmarkIdleOneWiki and BenchmarkIdleFiftyWikis measure the memory of a bot
// that has read its sources and written its pages.
func BenchmarkIdleOneWiki(b *testing.B) { benchIdle(b, 1, 1000, 40) }

func BenchmarkIdleFiftyWikis(b *testing.B) { benchIdle(b, 50, 1000, 128) }

func benchIdle(b *testing.B, wikis, items int, bar float64) {
	for b.Loop() {
		p := newFootprint(b, wikis, items)
		p.settle()
		b.ReportMetric(p.rss(), "MiB")
		b.ReportMetric(p.status("RssAnon:")/1024, "anon-MiB")
		b.ReportMetric(p.peak(), "peak-MiB")
		p.end()
	}
	b.ReportMetric(bar, "bar:MiB")
}

// BenchmarkLiveRate measures the share of one core that the bot needs while events
// come at Wikimedia's rate, of which it serves none to a few.
func BenchmarkLiveRate(b *testing.B) {
	for b.Loop() {
		p := newFootprint(b, 1, 1000)
		p.settle()
		p.farm.live.Store(true)
		p.await("events", func() bool { return p.farm.sent.Load() > 0 })
		const window = 20 * time.Second
		busy, sent := p.busy(), p.farm.sent.Load()
		pause20(b, window)
		b.ReportMetric(100*(p.busy()-busy).Seconds()/window.Seconds(), "%-of-a-core")
		b.ReportMetric(float64(p.farm.sent.Load()-sent)/window.Seconds(), "events/second")
		b.ReportMetric(p.rss(), "MiB")
		p.end()
	}
	b.ReportMetric(5, "bar:%-of-a-core")
}

// BenchmarkColdStart measures the time from the start of the process to the first
// event, with 50 000 items.
func BenchmarkColdStart(b *testing.B) {
	for b.Loop() {
		p := newFootprint(b, 50, 1000)
		p.settle()
		p.end()
		p.farm.asked.Store(0)
		p.farm.live.Store(true)
		began := time.Now()
		p.start()
		p.await("the stream", func() bool { return p.farm.asked.Load() > 0 && p.farm.sent.Load() > 0 })
		b.ReportMetric(time.Since(began).Seconds(), "s")
		p.end()
	}
	b.ReportMetric(3, "bar:s")
}

// BenchmarkProgramSize measures the program as it is built for an image.
func BenchmarkProgramSize(b *testing.B) {
	for b.Loop() {
		info, err := os.Stat(imageProgram(b))
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(info.Size())/1e6, "MB-size")
	}
	b.ReportMetric(40, "bar:MB-size")
}

// imageProgram builds the program as for an image.
func imageProgram(b *testing.B) string {
	b.Helper()
	file := filepath.Join(b.TempDir(), "codesteward")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", file, ".")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return file
}

// footprint is a bot at work on a farm of wikis.
type footprint struct {
	*testing.B
	dir     string
	program string
	farm    *farm
	cmd     *exec.Cmd
	log     *os.File
}

func newFootprint(b *testing.B, wikis, items int) *footprint {
	b.Helper()
	p := &footprint{B: b, dir: b.TempDir(), program: imageProgram(b), farm: newFarm(b)}
	reg, err := registry.Open(b.Context(), p.db())
	if err != nil {
		b.Fatal(err)
	}
	var file strings.Builder
	for i := range wikis {
		name := fmt.Sprintf("w%dwiki", i)
		gadgets := registry.Survey{Source: "gadgets", Wiki: name, At: time.Now()}
		for n := range items {
			key := registry.NewKey(detect.Gadget, name, fmt.Sprintf("Gadget number %d", n))
			gadgets.Items = append(gadgets.Items, registry.Item{Key: key, Name: key.Name(), Deployed: true, Page: "MediaWiki:Gadget-" + key.Name()})
			gadgets.Claims = append(gadgets.Claims, registry.Claim{
				Item: key, Role: registry.Maintainer, Holder: fmt.Sprintf("User %d", n%97), HolderKind: registry.User, Standing: registry.Stated,
			})
		}
		if _, err := reg.SaveSurvey(b.Context(), gadgets); err != nil {
			b.Fatal(err)
		}
		fmt.Fprintf(&file, `, {"wiki": %q, "api": %q, "user": "Steward bot"}`, name, p.farm.URL+"/"+name+"/api.php")
	}
	if err := reg.Close(); err != nil {
		b.Fatal(err)
	}
	text := `{"wikis": [` + strings.TrimPrefix(file.String(), ", ") + "]}"
	if err := os.WriteFile(filepath.Join(p.dir, "wikis.json"), []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	p.start()
	return p
}

func (p *footprint) db() string { return "sqlite:" + filepath.Join(p.dir, "registry.db") }

func (p *footprint) start() {
	p.Helper()
	var err error
	if p.log, err = os.Create(filepath.Join(p.dir, "bot.log")); err != nil {
		p.Fatal(err)
	}
	p.cmd = exec.Command(p.program, "run", "--wikis", filepath.Join(p.dir, "wikis.json"), "--db", p.db(), "--stream", p.farm.URL+"/v2/stream")
	p.cmd.Env = append(os.Environ(), "CODESTEWARD_PASSWORD=0123456789abcdefghijklmnopqrstuv")
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	if err := p.cmd.Start(); err != nil {
		p.Fatal(err)
	}
	p.Cleanup(p.end)
}

func (p *footprint) end() {
	if p.cmd == nil {
		return
	}
	p.cmd.Process.Kill()
	p.cmd.Wait()
	p.cmd = nil
	p.log.Close()
}

// settle waits until the bot has nothing more to do: it has asked the wikis for
// nothing for a while, or uses no processor.
func (p *footprint) settle() {
	p.Helper()
	p.await("the stream", func() bool { return p.farm.asked.Load() > 0 })
	pause20(p.B, trimFirst+5*time.Second)
	last, quiet := p.busy(), 0
	for range 180 {
		pause20(p.B, time.Second)
		now := p.busy()
		if now-last < 30*time.Millisecond {
			quiet++
		} else {
			quiet = 0
		}
		if last = now; quiet == 5 {
			return
		}
	}
	p.Fatal("the bot does not come to rest")
}

func (p *footprint) await(what string, ok func() bool) {
	p.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !ok(); pause20(p.B, 5*time.Millisecond) {
		if time.Now().After(deadline) {
			text, _ := os.ReadFile(p.log.Name())
			p.Fatalf("waited 2 min for %s; the log:\n%s", what, text[max(0, len(text)-4000):])
		}
	}
}

func pause20(b *testing.B, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-b.Context().Done():
	}
}

// rss and peak are how much memory the process has, and had at most, in MiB.
func (p *footprint) rss() float64  { return p.status("VmRSS:") / 1024 }
func (p *footprint) peak() float64 { return p.status("VmHWM:") / 1024 }

func (p *footprint) status(name string) float64 {
	p.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		p.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			n, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			if err != nil {
				p.Fatal(err)
			}
			return n
		}
	}
	p.Fatalf("no %s in the status of the process", name)
	return 0
}

// busy is for how long the process has used a processor: proc(5), in ticks of
// 10 ms.
func (p *footprint) busy() time.Duration {
	p.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		p.Fatal(err)
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// farm answers for the APIs of any number of wikis, and for their stream.
type farm struct {
	*httptest.Server
	wikis   *wikis
	live    atomic.Bool  // events come
	asked   atomic.Int64 // connections to the stream
	sent    atomic.Int64 // events
	padding string
}

func newFarm(b *testing.B) *farm {
	f := &farm{wikis: newWikis(), padding: strings.Repeat("x", liveBytes-500)}
	f.Server = httptest.NewUnstartedServer(f)
	f.Server.Config.BaseContext = nil
	f.Listener.Close()
	var err error
	if f.Listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		b.Fatal(err)
	}
	f.Start()
	b.Cleanup(func() {
		f.CloseClientConnections()
		f.Close()
	})
	return f
}

func (f *farm) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/v2/stream") {
		f.stream(w, r)
		return
	}
	f.wikis.answer(w, r)
}

// stream sends events of other wikis, a few of the first one among them.
func (f *farm) stream(w http.ResponseWriter, r *http.Request) {
	f.asked.Add(1)
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	w.WriteHeader(http.StatusOK)
	w.(http.Flusher).Flush()
	ticker := time.NewTicker(time.Second / liveRate)
	defer ticker.Stop()
	for n := 0; ; n++ {
		select {
		case <-r.Context().Done():
			return
		case <-ticker.C:
		}
		if !f.live.Load() {
			continue
		}
		wiki := "enwiki"
		if n%100 == 0 {
			wiki = "w0wiki"
		}
		now := time.Now().UTC()
		fmt.Fprintf(w, "event: message\nid: [{\"topic\":\"eqiad.mediawiki.page_change.v1\",\"partition\":0,\"offset\":%d,\"timestamp\":%d}]\ndata: "+
			`{"$schema":"/mediawiki/page/change/1.3.0","meta":{"stream":"mediawiki.page_change.v1","id":"%d","dt":%q,"domain":"example.org","uri":"https://example.org/wiki/A"},`+
			`"wiki_id":%q,"page_change_kind":"edit","changelog_kind":"update","dt":%q,"page":{"page_id":%d,"page_title":"Talk:A%d","namespace_id":1,"is_redirect":false},`+
			`"performer":{"user_text":"Ada","user_id":5,"is_bot":false},"revision":{"rev_id":%d,"rev_parent_id":%d,"rev_dt":%q,"is_content_visible":true,"is_editor_visible":true,"is_comment_visible":true,"comment":%q}}`+"\n\n",
			n+1, now.UnixMilli(), n, now.Format(time.RFC3339), wiki, now.Format(time.RFC3339), n, n, 1000+n, 999+n, now.Format(time.RFC3339), f.padding)
		w.(http.Flusher).Flush()
		f.sent.Add(1)
	}
}

// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds a real browser for the tests: Chromium without a window,
// steered over its debugging pipe.

package plan_test

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"testing"
	"time"
)

// browser is a running Chromium with one page open.
type browser struct {
	t       *testing.T
	to      *os.File
	answers chan answer
	session string
	id      int
	width   int // of the window
}

// answer is what the browser says.
type answer struct {
	ID     int             `json:"id"`
	Method string          `json:"method"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Message string `json:"message"`
	} `json:"error"`
}

// openBrowser starts Chromium, or skips the test where there is none.
func openBrowser(t *testing.T) *browser {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("there is no chromium")
	}
	theirs, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	from, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	// What the browser leaves behind may still write there when it was killed.
	profile, err := os.MkdirTemp("", "browser")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(profile) })
	cmd := exec.CommandContext(t.Context(), program,
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars", "--disable-dev-shm-usage",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-pipe",
		"--user-data-dir="+profile, "about:blank")
	cmd.ExtraFiles = []*os.File{theirs, out}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirs.Close()
	out.Close()
	b := &browser{t: t, to: to, answers: make(chan answer, 1000)}
	go func() {
		defer close(b.answers)
		for in := bufio.NewReader(from); ; {
			text, err := in.ReadBytes(0)
			if err != nil {
				return
			}
			var a answer
			if json.Unmarshal(text[:len(text)-1], &a) == nil {
				b.answers <- a
			}
		}
	}()
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		to.Close()
		from.Close()
	})
	var target struct{ TargetID, SessionID string }
	b.do("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	b.do("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &target)
	b.session = target.SessionID
	b.do("Page.enable", nil, nil)
	return b
}

// do runs a command and reads its result.
func (b *browser) do(method string, params, result any) {
	b.t.Helper()
	b.id++
	command := map[string]any{"id": b.id, "method": method}
	if params != nil {
		command["params"] = params
	}
	if b.session != "" {
		command["sessionId"] = b.session
	}
	text, err := json.Marshal(command)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.to.Write(append(text, 0)); err != nil {
		b.t.Fatal(err)
	}
	id := b.id
	a := b.await(func(a answer) bool { return a.ID == id })
	if a.Error != nil {
		b.t.Fatalf("%s: %s", method, a.Error.Message)
	}
	if result != nil {
		if err := json.Unmarshal(a.Result, result); err != nil {
			b.t.Fatalf("%s: %v", method, err)
		}
	}
}

// await returns the next answer that is wanted.
func (b *browser) await(wanted func(answer) bool) answer {
	b.t.Helper()
	patience := time.After(2 * time.Minute)
	for {
		select {
		case a, ok := <-b.answers:
			if !ok {
				b.t.Fatal("the browser has gone")
			}
			if wanted(a) {
				return a
			}
		case <-patience:
			b.t.Fatal("the browser does not answer")
		}
	}
}

// open shows an address in a window of a width, by day or by night.
func (b *browser) open(address string, width int, dark bool) {
	b.t.Helper()
	b.width = width
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	b.do("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}, nil)
	b.do("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}}}, nil)
	// A script of the wiki's that did not come once, on a busy machine, comes with
	// another try.
	for range 5 {
		var went struct{ ErrorText string }
		b.do("Page.navigate", map[string]any{"url": address}, &went)
		if went.ErrorText != "" {
			b.t.Fatalf("open %s: %s", address, went.ErrorText)
		}
		b.await(func(a answer) bool { return a.Method == "Page.loadEventFired" })
		var ready bool
		b.value(`(async () => {
			const there = () => window.mw && mw.loader && mw.loader.using;
			for (let i = 0; i < 300 && !there(); i++) { await new Promise(r => setTimeout(r, 50)) }
			if (there()) { await mw.loader.using('jquery'); await document.fonts.ready }
			return Boolean(there()) })()`, &ready)
		if ready {
			return
		}
	}
	b.t.Fatalf("open %s: its scripts do not come", address)
}

// value evaluates an expression on the page, and waits for what it promises.
func (b *browser) value(expression string, result any) {
	b.t.Helper()
	var out struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails json.RawMessage
	}
	b.do("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true, "awaitPromise": true}, &out)
	if out.ExceptionDetails != nil {
		b.t.Fatalf("evaluate %s: %s", expression, out.ExceptionDetails)
	}
	if err := json.Unmarshal(out.Result.Value, result); err != nil {
		b.t.Fatalf("evaluate %s: %v", expression, err)
	}
}

// picture returns the whole page as PNG.
func (b *browser) picture() []byte {
	b.t.Helper()
	var shot struct{ Data string }
	// The window gets as high as the page: what skins hide beside it from right to
	// left is in no picture then.
	var height int
	b.value(`document.documentElement.scrollHeight`, &height)
	b.do("Emulation.setDeviceMetricsOverride", map[string]any{"width": b.width, "height": height, "deviceScaleFactor": 1, "mobile": b.width < 500}, nil)
	b.do("Page.captureScreenshot", map[string]any{"format": "png"}, &shot)
	data, err := base64.StdEncoding.DecodeString(shot.Data)
	if err != nil {
		b.t.Fatal(err)
	}
	return data
}

// SPDX-License-Identifier: GPL-3.0-or-later

// Package browsertest drives a headless Chromium in tests, through the protocol
// of its developer tools (https://chromedevtools.github.io/devtools-protocol/).
package browsertest

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"testing"
	"time"
)

// Browser is a running Chromium with one page open.
type Browser struct {
	t        *testing.T
	to       *os.File
	messages chan message
	session  string
	id       int
	width    int // of the window
	// Complaints are what the browser said of the page: what its policy forbids,
	// what does not load.
	Complaints []string
}

// message is what the browser says.
type message struct {
	ID     int                       `json:"id"`
	Method string                    `json:"method"`
	Params json.RawMessage           `json:"params"`
	Result json.RawMessage           `json:"result"`
	Error  *struct{ Message string } `json:"error"`
}

// Start starts Chromium, or skips the test where there is none. It ends with the
// test.
func Start(t *testing.T) *Browser {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("there is no chromium")
	}
	theirIn, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	from, theirOut, err := os.Pipe()
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
	cmd.ExtraFiles = []*os.File{theirIn, theirOut}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirIn.Close()
	theirOut.Close()
	b := &Browser{t: t, to: to, messages: make(chan message, 1000)}
	go func() {
		defer close(b.messages)
		for in := bufio.NewReader(from); ; {
			text, err := in.ReadBytes(0)
			if err != nil {
				return
			}
			var m message
			if json.Unmarshal(text[:len(text)-1], &m) == nil {
				b.messages <- m
			}
		}
	}()
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		to.Close()
		from.Close()
	})
	var target struct {
		TargetID  string
		SessionID string
	}
	b.do("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	b.do("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &target)
	b.session = target.SessionID
	for _, domain := range []string{"Page", "Log", "Runtime", "Network"} {
		b.do(domain+".enable", nil, nil)
	}
	return b
}

// do runs a command and reads its result.
func (b *Browser) do(method string, params any, result any) {
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
	m := b.await(func(m message) bool { return m.ID == id })
	if m.Error != nil {
		b.t.Fatalf("%s: %s", method, m.Error.Message)
	}
	if result != nil {
		if err := json.Unmarshal(m.Result, result); err != nil {
			b.t.Fatal(err)
		}
	}
}

// await returns the next message that is wanted.
func (b *Browser) await(wanted func(message) bool) message {
	b.t.Helper()
	patience := time.After(2 * time.Minute)
	for {
		select {
		case m, ok := <-b.messages:
			if !ok {
				b.t.Fatal("the browser has gone")
			}
			switch m.Method {
			case "Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Network.loadingFailed":
				b.Complaints = append(b.Complaints, string(m.Params))
			}
			if wanted(m) {
				return m
			}
		case <-patience:
			b.t.Fatal("the browser does not answer")
		}
	}
}

// Open shows an address in a window of a size, by day or by night.
func (b *Browser) Open(address string, width, height int, dark bool) {
	b.t.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	b.size(width, height)
	b.do("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}}}, nil)
	var went struct{ ErrorText string }
	b.do("Page.navigate", map[string]any{"url": address}, &went)
	if went.ErrorText != "" {
		b.t.Fatalf("open %s: %s", address, went.ErrorText)
	}
	b.await(func(m message) bool { return m.Method == "Page.loadEventFired" })
}

// Value evaluates an expression on the page, and waits for what it promises.
func (b *Browser) Value(expression string, result any) {
	b.t.Helper()
	var out struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct{ Text string }
	}
	b.do("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true, "awaitPromise": true}, &out)
	if out.ExceptionDetails != nil {
		b.t.Fatalf("evaluate %s: %s", expression, out.ExceptionDetails.Text)
	}
	if err := json.Unmarshal(out.Result.Value, result); err != nil {
		b.t.Fatalf("evaluate %s: %v", expression, err)
	}
}

// Picture returns the whole page as PNG.
func (b *Browser) Picture() []byte {
	b.t.Helper()
	// The window gets as high as the page: what pages hide beside themselves from
	// right to left is in no picture then.
	var height int
	b.Value(`document.documentElement.scrollHeight`, &height)
	b.size(b.width, height)
	var shot struct{ Data string }
	b.do("Page.captureScreenshot", map[string]any{"format": "png"}, &shot)
	data, err := base64.StdEncoding.DecodeString(shot.Data)
	if err != nil {
		b.t.Fatal(err)
	}
	return data
}

// size gives the window a size; a narrow one is a phone's.
func (b *Browser) size(width, height int) {
	b.t.Helper()
	b.width = width
	b.do("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}, nil)
}

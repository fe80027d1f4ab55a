// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// This file holds the tests of a relay in a process of its own: it is killed
// while it writes, and must not take much memory.

package relay

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

const (
	childDir  = "RELAY_TEST_DIR"
	childAt   = "RELAY_TEST_ADDRESSES" // UDP and TCP
	childTear = "RELAY_TEST_TEAR"      // kills itself within this write
)

// TestMain is also the relay that the tests kill.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := runChild(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func runChild(dir string) error {
	udp, tcp, _ := strings.Cut(os.Getenv(childAt), ",")
	feed, err := net.ListenPacket("udp", udp)
	if err != nil {
		return err
	}
	r, err := Open(Config{Dir: dir, StoreBytes: 4 << 30, Canary: 5 * time.Millisecond, Log: zerolog.New(os.Stderr)})
	if err != nil {
		return err
	}
	if tear, err := strconv.Atoi(os.Getenv(childTear)); err == nil {
		r.ring.store.write = func(f *os.File, record []byte) (int, error) {
			if tear--; tear < 0 {
				f.Write(record[:rand.IntN(len(record))])
				return 0, syscall.Kill(os.Getpid(), syscall.SIGKILL)
			}
			return f.Write(record)
		}
	}
	listener, err := net.Listen("tcp", tcp)
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	go r.ServeUDP(context.Background(), feed)
	return http.Serve(listener, r)
}

// child is a relay that gets killed.
type child struct {
	*exec.Cmd
	stderr strings.Builder
}

func startChild(t *testing.T, dir, udp, tcp string, tear int) (*child, string) {
	t.Helper()
	c := &child{Cmd: exec.Command(os.Args[0])}
	c.Env = append(os.Environ(), childDir+"="+dir, childAt+"="+udp+","+tcp, childTear+"=")
	if tear >= 0 {
		c.Env[len(c.Env)-1] += strconv.Itoa(tear)
	}
	c.Stderr = &c.stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Process.Kill(); c.Wait() })
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		c.Wait()
		t.Fatalf("relay did not start: %v\n%s", err, &c.stderr)
	}
	return c, strings.TrimSpace(address)
}

// seenEvent is what a reader has seen of an event.
type seenEvent struct {
	ID, Title string
	Offset    int64
	Topic     string
	Stamp     time.Time
}

// readEvents reads whole events of a stream until it ends or do says enough.
func readEvents(ctx context.Context, url, id string, do func(seenEvent) bool) error {
	req, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		return err
	}
	if id != "" {
		req.Header.Set("Last-Event-ID", id)
	}
	resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != 200 {
		return fmt.Errorf("%s", resp.Status)
	}
	in := bufio.NewReader(resp.Body)
	var e struct {
		Title string
		Meta  struct {
			ID, Topic string
			Offset    int64
			Dt        time.Time
		}
	}
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return err
		}
		if data, ok := strings.CutPrefix(line, "data: "); ok {
			e.Title = ""
			if err := json.Unmarshal([]byte(data), &e); err != nil {
				return err
			}
		}
		if line == "\n" && e.Meta.ID != "" && !do(seenEvent{e.Meta.ID, e.Title, e.Meta.Offset, e.Meta.Topic, e.Meta.Dt}) {
			return nil
		}
	}
}

// TestKilledRelayLosesNothingThatAReaderGot kills the relay at random moments,
// half the time within the write of a record, while packets keep coming. A
// reader that resumes by offset gets every offset once, and in the end the
// store holds just what the reader got.
func TestKilledRelayLosesNothingThatAReaderGot(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 0))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	dir := t.TempDir()

	// Both addresses stay the same over all processes.
	hold, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	udp := hold.LocalAddr().String()
	hold.Close()
	tcp := "127.0.0.1:0"

	var sender sync.WaitGroup
	stop := make(chan struct{})
	sender.Go(func() {
		out, err := net.Dial("udp", udp)
		if err != nil {
			t.Error(err)
			return
		}
		defer out.Close()
		tick := time.NewTicker(100 * time.Microsecond)
		defer tick.Stop()
		for n := 1; ; n++ {
			select {
			case <-stop:
				return
			case <-tick.C:
				// Refused while no relay is there, as it happens.
				out.Write([]byte(strings.Replace(edit, "Tea house", strconv.Itoa(n), 1)))
			}
		}
	})
	defer sender.Wait()
	defer close(stop)

	kills := 20
	var got []seenEvent
	next := [2]int64{0, 0}
	for kill := range kills {
		tear := -1
		if kill%2 == 0 {
			tear = 20 + rnd.IntN(200)
		}
		c, address := startChild(t, dir, udp, tcp, tear)
		tcp = address
		id := fmt.Sprintf(`[{"topic":%q,"partition":0,"offset":%d},{"topic":%q,"partition":0,"offset":%d}]`, topics[0], next[0], topics[1], next[1])
		enough := len(got) + 10 + rnd.IntN(100)
		err := readEvents(ctx, "http://"+tcp+"/v2/stream/recentchange", id, func(e seenEvent) bool {
			topic := 0
			if e.Topic == topics[1] {
				topic = 1
			}
			if e.Offset != next[topic] {
				t.Fatalf("after kill %d: offset %d of %s, want %d", kill, e.Offset, e.Topic, next[topic])
			}
			if len(got) > 0 && e.Stamp.Before(got[len(got)-1].Stamp) {
				t.Fatalf("time goes back from %s to %s", got[len(got)-1].Stamp, e.Stamp)
			}
			next[topic]++
			got = append(got, e)
			return tear >= 0 || len(got) < enough
		})
		if ctx.Err() != nil {
			t.Fatalf("kill %d: %v\n%s", kill, err, &c.stderr)
		}
		c.Process.Kill()
		c.Wait()
	}
	ids, last := map[string]bool{}, 0
	for _, e := range got {
		if ids[e.ID] {
			t.Fatalf("%s came twice", e.ID)
		}
		ids[e.ID] = true
		if n, err := strconv.Atoi(e.Title); err == nil && n <= last {
			t.Fatalf("packet %d came after %d", n, last)
		} else if err == nil {
			last = n
		}
	}

	// A reader of the last one gets it all from the disk, in the same order.
	_, address := startChild(t, dir, udp, tcp, -1)
	i := 0
	err = readEvents(ctx, "http://"+address+"/v2/stream/recentchange?since=0", "", func(e seenEvent) bool {
		if e != got[i] {
			t.Fatalf("event %d is %+v, was %+v", i, e, got[i])
		}
		i++
		return i < len(got)
	})
	if i < len(got) {
		t.Fatalf("%d of %d events: %v", i, len(got), err)
	}
	t.Logf("%d events over %d kills; the last packet is %d", len(got), kills, last)
}

// TestSoakMillionStoredEvents shows that a million events on disk take little
// memory, in a process of its own, and how long the start takes.
func TestSoakMillionStoredEvents(t *testing.T) {
	if os.Getenv("SOAK") == "" {
		t.Skip("long; make soak runs it")
	}
	events := 1_000_000
	if raceDetector() { // it takes several times the memory, and the time
		events = 50_000
	}
	dir := t.TempDir()
	r, err := Open(Config{Dir: dir, StoreBytes: 4 << 30})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	publish(t, r, 1, events)
	t.Logf("%d published in %s, %d bytes", events, time.Since(began), r.Stats().StoredBytes)
	r.Close()
	began = time.Now()
	c, address := startChild(t, dir, "127.0.0.1:0", "127.0.0.1:0", -1)
	t.Logf("opened in %s, %s", time.Since(began), residentSize(t, c.Process.Pid))
	n := 0
	began = time.Now()
	err = readEvents(t.Context(), "http://"+address+"/v2/stream/recentchange?since=0", "", func(e seenEvent) bool {
		if e.Title != "" {
			n++
		}
		return n < events
	})
	if n < events {
		t.Fatalf("%d events, then %v", n, err)
	}
	size := residentSize(t, c.Process.Pid)
	t.Logf("read in %s, %s", time.Since(began), size)
	var kib int
	if fmt.Sscanf(size, "VmHWM: %d kB", &kib); runtime.GOOS == "linux" && !raceDetector() && (kib == 0 || kib > 50<<10) {
		t.Errorf("%s, want at most 50 MiB", size)
	}
}

// raceDetector reports whether this is built with it.
func raceDetector() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// residentSize is the most memory that a process has had.
func residentSize(t *testing.T, pid int) string {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return "memory unknown"
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	line, _, _ := strings.Cut(rest, "\n")
	return "VmHWM:" + line
}

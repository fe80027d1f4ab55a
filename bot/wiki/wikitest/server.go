// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// This file holds the web server of a wiki: its settings, its start, and the certainty that it ends.

package wikitest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

var (
	errPortTaken = errors.New("somebody else took the port between our looking and PHP's binding")
	errNotOurs   = errors.New("the answer does not come from this wiki")
)

// serve writes the settings and starts the server on a free port.
func (w *Wiki) serve(ctx context.Context, o Options, t *template) error {
	w.template = t
	w.mark = rand.Text()
	for range 5 {
		port, err := freePort()
		if err != nil {
			return err
		}
		addr := fmt.Sprintf("127.0.0.1:%d", port)
		w.URL = "http://" + addr
		w.API = w.URL + "/api.php"
		if err := w.writeSettings(o); err != nil {
			return err
		}
		if w.server, err = startServer(w, addr, o.Workers); err != nil {
			return err
		}
		if err = w.awaitAnswer(ctx); err == nil {
			return nil
		}
		err = errors.Join(err, w.server.stop())
		if !errors.Is(err, errPortTaken) {
			return fmt.Errorf("%w\n%s", err, w.LogTail())
		}
	}
	return errPortTaken
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// writeSettings writes LocalSettings.php: what is particular to this wiki, what is common, and the caller's own.
func (w *Wiki) writeSettings(o Options) error {
	var b strings.Builder
	b.WriteString("<?php\n")
	for _, v := range [][2]string{
		{"wikitestDir", w.dir}, {"wgServer", w.URL}, {"wgDBname", w.DB}, {"wgSQLiteDataDir", filepath.Join(w.dir, "db")},
		{"wgSitename", o.Sitename}, {"wgSecretKey", rand.Text() + rand.Text()},
	} {
		fmt.Fprintf(&b, "$%s = %s;\n", v[0], quotePHP(v[1]))
	}
	b.WriteString("$wikitestExtensions = [")
	for _, e := range extensions {
		b.WriteString(" " + quotePHP(e) + ",")
	}
	b.WriteString(" ];\n")
	fmt.Fprintf(&b, "if ( PHP_SAPI !== 'cli' ) {\n\theader( %s );\n}\n", quotePHP("X-Wikitest: "+w.mark))
	b.WriteString(strings.TrimPrefix(settings, "<?php\n"))
	if o.Feed != "" {
		fmt.Fprintf(&b, "\n$wgRCFeeds['wikitest'] = [ 'class' => 'UDPRCFeedEngine', 'formatter' => 'JSONRCFeedFormatter',\n"+
			"\t'uri' => %s, 'omit_bots' => false ];\n", quotePHP("udp://"+o.Feed))
	}
	if o.Extra != "" {
		b.WriteString("\n" + o.Extra + "\n")
	}
	if err := os.WriteFile(w.settingsFile(), []byte(b.String()), 0o600); err != nil {
		return fmt.Errorf("write the wiki's settings: %w", err)
	}
	return nil
}

func quotePHP(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

// awaitAnswer waits until our server answers, and sees to it that it is ours.
func (w *Wiki) awaitAnswer(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		last := w.ask(ctx)
		if last == nil {
			return nil
		}
		next := tick.C
		if errors.Is(last, errNotOurs) {
			// Either PHP is about to end because it did not get the port, or the settings are broken.
			next = time.After(2 * time.Second)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for the wiki to answer: %w (%w)", ctx.Err(), last)
		case <-w.server.done:
			if strings.Contains(w.LogTail(), "Address already in use") {
				return errPortTaken
			}
			return fmt.Errorf("the PHP server ended: %w", w.server.err)
		case <-next:
			if errors.Is(last, errNotOurs) {
				return last
			}
		}
	}
}

func (w *Wiki) ask(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.API+"?action=query&meta=siteinfo&format=json&formatversion=2", nil)
	if err != nil {
		return err
	}
	resp, err := w.transport.RoundTrip(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	switch {
	case err != nil:
		return err
	case resp.Header.Get("X-Wikitest") != w.mark:
		return fmt.Errorf("%w: status %d: %.500s", errNotOurs, resp.StatusCode, body)
	case resp.StatusCode != http.StatusOK || !strings.Contains(string(body), `"wikiid"`):
		return fmt.Errorf("status %d: %.500s", resp.StatusCode, body)
	}
	return nil
}

// server is PHP's own web server with its workers, all in one process group.
type server struct {
	cmd   *exec.Cmd
	alive *os.File // open as long as we live
	done  chan struct{}
	err   error // how it ended, after done
}

// guard runs PHP and kills the whole process group when the pipe on descriptor 3 breaks, which it does even if we are
// killed. PHP's workers would outlive their parent otherwise.
const guard = `"$@" 3<&- & php=$!; (read -r _ <&3; kill -KILL 0) & wait $php`

func startServer(w *Wiki, addr string, workers int) (*server, error) {
	log, err := os.OpenFile(filepath.Join(w.dir, "php.log"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open PHP's log: %w", err)
	}
	defer log.Close()
	read, write, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("start the PHP server: %w", err)
	}
	defer read.Close()

	args := append([]string{"-c", guard, "sh", "php"}, w.template.phpOptions()...)
	s := &server{alive: write, done: make(chan struct{})}
	s.cmd = exec.Command("sh", append(args, "-S", addr, "-t", Root())...)
	s.cmd.Env = append(w.environ(), fmt.Sprintf("PHP_CLI_SERVER_WORKERS=%d", workers))
	s.cmd.Stdout, s.cmd.Stderr = log, log
	s.cmd.ExtraFiles = []*os.File{read}
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the PHP server: %w", errors.Join(err, write.Close()))
	}
	go func() {
		s.err = s.cmd.Wait()
		close(s.done)
	}()
	return s, nil
}

// stop kills the process group and waits for its leader.
func (s *server) stop() error {
	err := syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL)
	if errors.Is(err, syscall.ESRCH) {
		err = nil // all gone already
	}
	<-s.done
	if err = errors.Join(err, s.alive.Close()); err != nil && !errors.Is(err, os.ErrClosed) {
		return fmt.Errorf("stop the PHP server: %w", err)
	}
	return nil
}

// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the programs that the demo runs: started, watched, started
// again when they die, and taken down.

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// process is one running program that writes its log to a file.
type process struct {
	name string
	log  *os.File
	args []string
	env  []string
	died func(error) // called when it ends without being told to; nil: nothing

	mu      sync.Mutex
	cmd     *exec.Cmd
	stopped bool
	done    chan struct{} // closed when the watching goroutine has ended
}

// startProcess starts a program that dies with the demo and is started again
// when it ends without being told to, as a platform would.
func startProcess(name, logFile string, env []string, died func(error), args ...string) (*process, error) {
	log, err := os.Create(logFile)
	if err != nil {
		return nil, err
	}
	p := &process{name: name, log: log, args: args, env: env, died: died, done: make(chan struct{})}
	if err := p.start(); err != nil {
		log.Close()
		return nil, err
	}
	go p.watch()
	return p, nil
}

func (p *process) start() error {
	cmd := exec.Command(p.args[0], p.args[1:]...)
	cmd.Stdout, cmd.Stderr = p.log, p.log
	cmd.Env = p.env
	cmd.SysProcAttr = dieWithParent()
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", p.name, err)
	}
	p.cmd = cmd
	return nil
}

// watch waits for the program's end, and starts it again unless it was told to
// end.
func (p *process) watch() {
	defer close(p.done)
	for {
		p.mu.Lock()
		cmd := p.cmd
		p.mu.Unlock()
		err := cmd.Wait()
		p.mu.Lock()
		told, over := p.stopped, p.stopped
		if !told {
			if again := p.start(); again != nil {
				err, over = errors.Join(err, again), true
			}
		}
		p.mu.Unlock()
		if !told && p.died != nil {
			p.died(err)
		}
		if over {
			return
		}
	}
}

// kill ends the program as a machine that loses power would.
func (p *process) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cmd.Process.Kill()
}

// stop asks the program to end, and makes it after ten seconds.
func (p *process) stop() error {
	p.mu.Lock()
	p.stopped = true
	cmd := p.cmd
	cmd.Process.Signal(syscall.SIGTERM)
	p.mu.Unlock()
	timer := time.AfterFunc(10*time.Second, func() { cmd.Process.Kill() })
	<-p.done
	defer p.log.Close()
	if !timer.Stop() {
		return fmt.Errorf("%s did not end within 10 s of SIGTERM", p.name)
	}
	return nil
}

// logLine waits for a line of the program's log with a message, and decodes it.
func (p *process) logLine(ctx context.Context, message string, into any) error {
	return until(ctx, 20*time.Second, func(context.Context) (bool, error) {
		f, err := os.Open(p.log.Name())
		if err != nil {
			return false, err
		}
		defer f.Close()
		for d := json.NewDecoder(f); ; {
			var raw json.RawMessage
			if d.Decode(&raw) != nil {
				return false, nil
			}
			var line struct{ Message string }
			if json.Unmarshal(raw, &line) == nil && line.Message == message {
				return true, json.Unmarshal(raw, into)
			}
		}
	})
}

// errNotYet is what until returns when its time is up.
var errNotYet = errors.New("it did not happen in time")

// until asks again and again until the answer is yes, there is an error, or the
// time is up.
func until(ctx context.Context, within time.Duration, ask func(context.Context) (bool, error)) error {
	ctx, cancel := context.WithTimeoutCause(ctx, within, fmt.Errorf("%w (%s)", errNotYet, within))
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, err := ask(ctx)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
	}
}

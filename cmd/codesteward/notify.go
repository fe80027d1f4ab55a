// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the service manager of a machine is told, if there is
// one: that the bot runs, and again and again that it is alive. See sd_notify(3).

package main

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"
)

// manager is a service manager that wants to hear of the bot.
type manager struct {
	socket string
	// every is how often it has to hear that the bot is alive, 0 if it does not
	// ask for that.
	every time.Duration
}

// newManager returns the manager that the environment names, nil if there is
// none.
func newManager(getenv func(string) string) *manager {
	m := &manager{socket: getenv("NOTIFY_SOCKET")}
	if m.socket == "" {
		return nil
	}
	if n, err := strconv.ParseInt(getenv("WATCHDOG_USEC"), 10, 64); err == nil && n > 0 {
		m.every = time.Duration(n) * time.Microsecond / 3
	}
	return m
}

// watched is a bot that knows how it is.
type watched interface {
	Stuck() []string
	Unready() []string
}

// keep tells the manager how the bot is until ctx ends. A bot with a loop that is
// stuck says nothing more, so that it is started again.
func (m *manager) keep(ctx context.Context, b watched) error {
	if m == nil {
		return nil
	}
	every := m.every
	if every == 0 {
		every = 10 * time.Second
	}
	if err := m.tell("READY=1"); err != nil {
		return err
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		status := "at work"
		if missing := b.Unready(); len(missing) > 0 {
			status = strings.Join(missing, "; ")
		}
		if stuck := b.Stuck(); len(stuck) > 0 {
			status = strings.Join(stuck, "; ")
		} else {
			status += "\nWATCHDOG=1"
		}
		if err := m.tell("STATUS=" + status); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return m.tell("STOPPING=1")
		case <-tick.C:
		}
	}
}

func (m *manager) tell(state string) error {
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: m.socket, Net: "unixgram"})
	if err != nil {
		return fmt.Errorf("tell the service manager: %w", err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte(state)); err != nil {
		return fmt.Errorf("tell the service manager: %w", err)
	}
	return nil
}

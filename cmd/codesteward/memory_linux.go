// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the process gives back memory that it does not need while
// nothing happens: what is free in the heap, and the parts of the program that
// only the start used. They are read from the file again if they are needed.

package main

import (
	"bufio"
	"context"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// trimFirst is when memory is given back for the first time: by then the
	// sources have been read on a usual day. trimEvery is how often after that.
	trimFirst = 20 * time.Second
	trimEvery = 2 * time.Minute
	// gcPercent lets the heap grow by half between two collections: most of what
	// the bot holds stays.
	gcPercent = 50
)

// trim gives memory back until ctx ends.
func trim(ctx context.Context) error {
	debug.SetGCPercent(gcPercent)
	timer := time.NewTimer(trimFirst)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		debug.FreeOSMemory()
		dropProgram()
		timer.Reset(trimEvery)
	}
}

// dropProgram gives back the pages of the program's file that are mapped
// unchanged, and asks for those that are needed again to be read one by one.
// Where the system does not say what is mapped, there is nothing to do.
func dropProgram() {
	exe, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	maps, err := os.Open("/proc/self/maps") // see proc(5)
	if err != nil {
		return
	}
	defer maps.Close()
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) < 6 || fields[5] != exe || strings.Contains(fields[1], "w") {
			continue
		}
		from, to, _ := strings.Cut(fields[0], "-")
		start, err1 := strconv.ParseUint(from, 16, 64)
		end, err2 := strconv.ParseUint(to, 16, 64)
		if err1 != nil || err2 != nil || end <= start {
			continue
		}
		for _, advice := range []uintptr{unix.MADV_RANDOM, unix.MADV_DONTNEED} {
			// It cannot fail in a way that matters: the pages stay as they are.
			_, _, _ = unix.Syscall(unix.SYS_MADVISE, uintptr(start), uintptr(end-start), advice)
		}
	}
}

// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how tests measure time where other processes run, too: by what
// this one had of the processors.

package detect

import (
	"syscall"
	"testing"
	"time"
)

// cpuTime is how much processor time the process has had.
func cpuTime() time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		panic("read the use of the processor: " + err.Error())
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

// reportSpeed reports how many megabytes were read in a second of processor time
// since a moment, and the bar for it if that is not 0.
func reportSpeed(b *testing.B, since time.Duration, bytes, bar int) {
	b.Helper()
	b.ReportMetric(float64(bytes)*float64(b.N)/1e6/(cpuTime()-since).Seconds(), "cpuMB/s")
	if bar > 0 {
		b.ReportMetric(float64(bar), "bar:cpuMB/s")
	}
}

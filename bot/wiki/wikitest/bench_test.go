// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// This file holds measurements: how long a wiki takes to start, and how many edits it takes.

package wikitest

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
)

func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		w, err := New(b.Context(), Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEdits(b *testing.B) {
	w := Start(b, Options{})
	users := make(chan *User, 4)
	for i := range cap(users) {
		u, err := w.CreateUser(b.Context(), fmt.Sprintf("Editor %d", i), "bot")
		if err != nil {
			b.Fatal(err)
		}
		users <- u
	}
	var n atomic.Int64
	b.SetParallelism(2) // on two cores: four at once
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		u := <-users
		defer func() { users <- u }()
		for pb.Next() {
			i := n.Add(1)
			if _, err := u.Edit(context.Background(), fmt.Sprintf("Page %d", i%50), fmt.Sprintf("text %d", i), "bench"); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "edits/s")
}

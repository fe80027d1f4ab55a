// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the count of what became of pages.

package publish

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

// newCounter makes the counter and registers it with to, unless that is nil.
// Publishers that share a registry share it. All of its labels are closed sets:
// the operator's wikis, Result and Step.
func newCounter(to prometheus.Registerer) *prometheus.CounterVec {
	c := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "codesteward_edits_total",
		Help: "Pages that were led through the write gate, by outcome and by the step that kept them back; edits have the outcome saved.",
	}, []string{"wiki", "outcome", "step"})
	if to == nil {
		return c
	}
	err := to.Register(c)
	if again, ok := errors.AsType[prometheus.AlreadyRegisteredError](err); ok {
		if same, ok := again.ExistingCollector.(*prometheus.CounterVec); ok {
			return same
		}
	}
	if err != nil {
		panic(err) // the name is used for something else: a mistake in the program
	}
	return c
}

// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the rule for answers that count far fewer things than before.
// The registry holds back such answers about items and claims; what numbers and
// accounts mean, only their sources know.

package survey

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// ConfirmAfter is how long after an answer that names far less than before a
// second one like it confirms it, at the earliest: what breaks an answer often
// lasts for minutes.
const ConfirmAfter = 10 * time.Minute

// errFewer says that a source counts far fewer things than before.
var errFewer = errors.New("far fewer things are counted than before, which waits for a second answer like it")

// fewer returns errFewer if a reading counted nothing of what there was, or over
// 20 % and at least 3 fewer things, unless a reading some time before it was one
// like it.
func fewer(in Reading, before, counted int) error {
	if before == 0 || counted > 0 && (before-counted < 3 || 5*counted >= 4*before) {
		return nil
	}
	if strings.Contains(in.Last.Reason, errFewer.Error()) && in.At.Sub(in.Last.Failed) >= ConfirmAfter {
		return nil
	}
	return fmt.Errorf("%w: %d, before %d", errFewer, counted, before)
}

// tooFew is fewer for a reading that counted more than nothing of some items,
// of those of which the store has such a number.
func tooFew(ctx context.Context, in Reading, metric registry.Metric, counted int) error {
	if in.Known == nil {
		return nil
	}
	entries, err := in.Known(ctx)
	if err != nil {
		return err
	}
	before := 0
	for _, e := range entries {
		if counts(e, metric) {
			before++
		}
	}
	return fewer(in, before, counted)
}

// counts reports whether more than nothing was counted of an item.
func counts(e registry.Entry, metric registry.Metric) bool {
	return slices.ContainsFunc(e.Measures, func(m registry.Measure) bool { return m.Metric == metric && m.Value > 0 })
}

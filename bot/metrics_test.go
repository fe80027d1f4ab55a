// SPDX-License-Identifier: GPL-3.0-or-later

package bot

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/publish"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

func TestNoticesAreCountedOnceByWayAndOutcome(t *testing.T) {
	all := prometheus.NewRegistry()
	s := &site{metrics: newMetrics(all), waiting: map[string]waiting{}}
	s.conf.Wiki.Wiki = "teawiki"
	board := plan.Page{Title: "Board", Region: "board", Notices: []plan.Notice{
		{Key: "a", Told: []registry.Told{{Way: config.WayNoticeboard}, {Way: config.WayPing, User: "Ada"}}},
		{Key: "b"},
	}}
	talk := plan.Page{Title: "User talk:Ada", Notices: []plan.Notice{{Key: "c", Told: []registry.Told{
		{Way: config.WayTalk, User: "Ada"}, {Way: config.WayTalk, User: "Ada", Withheld: "cooldown"},
	}}}}
	for _, step := range []struct {
		page          plan.Page
		before, after publish.Result
	}{
		{board, "", publish.Waits}, {board, publish.Waits, publish.Waits}, {board, publish.Waits, publish.Saved},
		{plan.Page{Title: "Board", Region: "board"}, publish.Saved, publish.Unchanged},
		{talk, "", publish.Saved},
	} {
		s.published(step.page, step.before, step.after)
		s.waiting[step.page.Name()] = waiting{result: step.after}
	}
	const want = `
# HELP codesteward_notices_total Messages to people and entries on noticeboards, by way and outcome.
# TYPE codesteward_notices_total counter
codesteward_notices_total{outcome="saved",way="noticeboard",wiki="teawiki"} 2
codesteward_notices_total{outcome="saved",way="ping",wiki="teawiki"} 1
codesteward_notices_total{outcome="saved",way="talk",wiki="teawiki"} 1
codesteward_notices_total{outcome="waits",way="noticeboard",wiki="teawiki"} 2
codesteward_notices_total{outcome="waits",way="ping",wiki="teawiki"} 1
codesteward_notices_total{outcome="withheld",way="talk",wiki="teawiki"} 1
`
	if err := testutil.GatherAndCompare(all, strings.NewReader(want), "codesteward_notices_total"); err != nil {
		t.Error(err)
	}
	if n := testutil.ToFloat64(s.metrics.pages.WithLabelValues("teawiki", "unchanged")); n != 1 {
		t.Errorf("%v pages are unchanged", n)
	}
	s.left("Board#board")
	for _, outcome := range []string{"waits", "saved", "unchanged"} {
		if n := testutil.ToFloat64(s.metrics.pages.WithLabelValues("teawiki", outcome)); n != 0 {
			t.Errorf("%v pages are %s after the region has left", n, outcome)
		}
	}
}

func TestASourceThatIsNotReadAnyMoreHasNoAge(t *testing.T) {
	m := newMetrics(prometheus.NewRegistry())
	at := time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC)
	m.scheduled("teawiki", "gadgets", time.Hour, at)
	m.scheduled("teawiki", "links", time.Hour, time.Time{})
	m.surveyed("teawiki", "gadgets", readFailed, at.Add(time.Hour))
	if got := testutil.ToFloat64(m.read.WithLabelValues("teawiki", "gadgets")); got != float64(at.Unix()) {
		t.Errorf("a source that failed was read at %v", got)
	}
	if n := testutil.CollectAndCount(m.read); n != 1 {
		t.Errorf("%d sources have an age, though one was never read", n)
	}
	m.dropped("teawiki", "gadgets")
	if n, k := testutil.CollectAndCount(m.read), testutil.CollectAndCount(m.schedule); n != 0 || k != 1 {
		t.Errorf("%d ages and %d schedules are left", n, k)
	}
}

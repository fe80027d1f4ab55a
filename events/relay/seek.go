// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds a reader's way through what the relay remembers: from a time
// or an offset to the event there, and from one event to the next.

package relay

import (
	"errors"
	"io/fs"
	"sort"
)

// reader is the place of one reader.
type reader struct {
	number int64 // of the next entry to look at
	// start is the first offset wanted of each topic, -1 for a topic that is
	// not read at all.
	start [2]int64
	// places is what the ids say of each topic.
	places [2]place
	files  fileReader
}

// wants reports whether an entry is one that the reader asked for.
func (rd *reader) wants(e entry) bool {
	return rd.start[e.topic] >= 0 && e.offset() >= rd.start[e.topic]
}

// pass moves the reader past an entry that it was sent.
func (rd *reader) pass(e entry) {
	after := e.stamp + 1
	rd.places[e.topic] = place{topic: e.topic, stamp: &after}
}

// from returns up to limit entries from the reader's number on, good until the
// next call. If there are none it returns a channel that is closed when there
// are. It returns errBehind if what the reader wants is forgotten.
func (r *ring) from(rd *reader, limit int) ([]entry, <-chan struct{}, error) {
	r.mu.Lock()
	first, more := r.first, r.more
	if rd.number >= first {
		rest := r.hot[min(rd.number-first, int64(len(r.hot))):]
		batch := make([]entry, min(len(rest), limit))
		copy(batch, rest)
		r.mu.Unlock()
		rd.files.close()
		return batch, more, nil
	}
	r.mu.Unlock()
	batch, err := r.fromStore(rd, first)
	if err == nil && len(batch) == 0 {
		return r.from(rd, limit) // all that is left is in memory
	}
	return batch, more, err
}

// fromStore returns entries that come before the first one in memory. It goes
// over holes, which readers see from the offsets.
func (r *ring) fromStore(rd *reader, first int64) ([]entry, error) {
	for rd.number < first {
		views := r.store.views()
		if len(views) == 0 || rd.number < views[0].first() {
			return nil, errBehind
		}
		i := sort.Search(len(views), func(i int) bool { return views[i].end() > rd.number })
		if i == len(views) || views[i].first() >= first {
			rd.number = first
			break
		}
		v := views[i]
		rd.number = max(rd.number, v.first())
		batch, err := rd.files.read(v, rd.number)
		var bad *recordError
		switch {
		case err == nil:
			n := sort.Search(len(batch), func(i int) bool { return batch[i].number() >= first })
			return batch[:n], nil
		case errors.As(err, &bad):
			r.log.Error().Err(err).Msg("stored events are damaged and left out")
			rd.files.close()
			next := sort.Search(len(v.marks), func(i int) bool { return v.marks[i].pos > bad.pos })
			if rd.number = v.end(); next < len(v.marks) {
				rd.number = v.marks[next].number()
			}
		case errors.Is(err, fs.ErrNotExist) && r.oldest() <= rd.number:
			r.log.Error().Err(err).Msg("a file of the event store is gone")
			rd.number = v.end()
		case errors.Is(err, fs.ErrNotExist):
			return nil, errBehind
		default:
			return nil, err
		}
	}
	return nil, nil
}

// oldest is the number of the first event in the store.
func (r *ring) oldest() int64 {
	if views := r.store.views(); len(views) > 0 {
		return views[0].first()
	}
	return 0
}

// bounds tells the offsets that there are: the least of each topic, the next,
// and the time of the oldest event, 0 if there is none.
func (r *ring) bounds() (earliest, next [2]int64, since int64) {
	r.mu.Lock()
	next = r.next
	earliest = next
	if len(r.hot) > 0 {
		earliest, since = r.hot[0].next, r.hot[0].stamp
	}
	r.mu.Unlock()
	// A small store may have less than memory.
	if views := r.store.views(); len(views) > 0 && views[0].first() < earliest[0]+earliest[1] {
		earliest, since = views[0].marks[0].next, views[0].marks[0].stamp
	}
	return earliest, next, since
}

// seek turns the places that a reader asked for into the place where it starts.
// A time becomes the offset of the first event at or after it, or the end of
// the topic if there is none; so does an offset that is out of range.
func (r *ring) seek(asked []place) *reader {
	earliest, next, _ := r.bounds()
	end := next[0] + next[1]
	rd := &reader{start: [2]int64{-1, -1}}
	var numbers [2]int64
	for _, p := range asked {
		at, number := int64(offsetLatest), end
		find := func(after func(spot) bool) {
			if s, ok := r.find(&rd.files, after); ok {
				at, number = s.next[p.topic], s.number()
			}
		}
		switch {
		case p.stamp != nil:
			find(func(s spot) bool { return s.stamp >= *p.stamp })
			if at >= next[p.topic] {
				at = offsetLatest
			}
		case *p.offset == offsetEarliest || *p.offset >= earliest[p.topic] && *p.offset < next[p.topic]:
			wanted := max(*p.offset, earliest[p.topic])
			find(func(s spot) bool { return s.after(p.topic) > wanted })
			at = wanted
		case *p.offset == next[p.topic]:
			at = *p.offset
		}
		rd.places[p.topic] = place{topic: p.topic, offset: &at}
		rd.start[p.topic], numbers[p.topic] = at, number
		if at == offsetLatest {
			rd.start[p.topic], numbers[p.topic] = next[p.topic], end
		}
	}
	rd.number = end
	for topic, start := range rd.start {
		if start >= 0 {
			rd.number = min(rd.number, numbers[topic])
		}
	}
	return rd
}

// find returns the first event that after holds for. After must hold for all
// events from some one on.
func (r *ring) find(files *fileReader, after func(spot) bool) (found spot, ok bool) {
	r.mu.Lock()
	i := sort.Search(len(r.hot), func(i int) bool { return after(r.hot[i].spot) })
	if ok = i < len(r.hot); ok {
		found = r.hot[i].spot
	}
	r.mu.Unlock()
	if i > 0 {
		return found, ok // older ones are all before it
	}
	views := r.store.views()
	i = sort.Search(len(views), func(i int) bool { return after(views[i].last) })
	if i == len(views) || ok && found.number() <= views[i].first() {
		return found, ok
	}
	at, err := files.find(views[i], after)
	if err == nil {
		return at, true
	}
	r.log.Error().Err(err).Msg("stored events cannot be read and are left out")
	for _, v := range views[i:] {
		if i := sort.Search(len(v.marks), func(i int) bool { return after(v.marks[i].spot) }); i < len(v.marks) && (!ok || v.marks[i].number() < found.number()) {
			return v.marks[i].spot, true
		}
	}
	return found, ok
}

// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how an event as it lies in Kafka becomes one as EventStreams
// hands it out.

package events

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// Placed returns an event with its place in Kafka put into its meta, where
// EventStreams has it, on one line. Of what is no event only the place is left,
// so that it is counted as one that cannot be read rather than as missing. The
// result may share memory with data.
func Placed(data []byte, topic string, partition int32, offset int64) []byte {
	name, err := json.Marshal(topic)
	if err != nil {
		panic(err) // unreachable: a string always marshals
	}
	place := append([]byte(`"topic":`), name...)
	place = strconv.AppendInt(append(place, `,"partition":`...), int64(partition), 10)
	place = strconv.AppendInt(append(place, `,"offset":`...), offset, 10)
	if i := bareMeta(data); i > 0 {
		placed := make([]byte, 0, len(data)+len(place)+1)
		placed = append(append(append(placed, data[:i]...), place...), ',')
		return oneLine(append(placed, data[i:]...))
	}
	var whole, meta map[string]json.RawMessage
	if json.Unmarshal(data, &whole) != nil || whole == nil || json.Unmarshal(whole["meta"], &meta) != nil || meta == nil {
		return append(append([]byte(`{"meta":{`), place...), `}}`...)
	}
	meta["topic"] = name
	meta["partition"] = strconv.AppendInt(nil, int64(partition), 10)
	meta["offset"] = strconv.AppendInt(nil, offset, 10)
	if whole["meta"], err = json.Marshal(meta); err == nil {
		data, err = json.Marshal(whole)
	}
	if err != nil {
		panic(err) // unreachable: it has just been read
	}
	return data
}

// oneLine makes the ends of lines in a JSON text spaces. Within its strings
// there are none.
func oneLine(data []byte) []byte {
	for _, end := range []byte{'\n', '\r'} {
		for i := bytes.IndexByte(data, end); i >= 0; i = bytes.IndexByte(data, end) {
			data[i] = ' '
		}
	}
	return data
}

// bareMeta returns the index behind the brace of the object meta of an event, 0
// unless it is plain that there is one which has keys, but none that tells a
// place.
func bareMeta(data []byte) int {
	meta := 0
	end := eachKey(data, blanks(data, 0), func(key []byte, value int) bool {
		if string(key) == "meta" && meta == 0 {
			meta = value
			return true
		}
		return string(key) != "meta"
	})
	if end < 0 || blanks(data, end) != len(data) || meta == 0 {
		return 0
	}
	keys := 0
	if eachKey(data, meta, func(key []byte, _ int) bool {
		keys++
		return !placeKey(key)
	}) < 0 || keys == 0 {
		return 0
	}
	return meta + 1
}

// placeKey reports whether encoding/json may take a key for one of those that
// tell a place.
func placeKey(key []byte) bool {
	for _, name := range []string{"topic", "partition", "offset"} {
		if bytes.EqualFold(key, []byte(name)) {
			return true
		}
	}
	return false
}

// eachKey calls each for the keys of the object at an index, with the index of
// the value, until it returns false. It returns the index behind the object, -1
// if that was not reached.
func eachKey(data []byte, i int, each func(key []byte, value int) bool) int {
	if !at(data, i, '{') {
		return -1
	}
	i = blanks(data, i+1)
	if at(data, i, '}') {
		return i + 1
	}
	for at(data, i, '"') {
		start := i + 1
		if i = plainKey(data, start); i < 0 {
			return -1
		}
		key := data[start : i-1]
		if i = blanks(data, i); !at(data, i, ':') {
			return -1
		}
		i = blanks(data, i+1)
		if !each(key, i) {
			return -1
		}
		if i = pass(data, i); i < 0 {
			return -1
		}
		switch i = blanks(data, i); {
		case at(data, i, '}'):
			return i + 1
		case !at(data, i, ','):
			return -1
		}
		i = blanks(data, i+1)
	}
	return -1
}

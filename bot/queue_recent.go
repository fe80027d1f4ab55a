// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds a small memory that forgets what was not used for longest.

package bot

import "container/list"

// recent keeps values up to a sum of their weights.
type recent[K comparable, V any] struct {
	weigh  func(V) int
	room   int
	weight int
	order  *list.List // of *kept, the last used in front
	places map[K]*list.Element
}

type keptValue[K comparable, V any] struct {
	key   K
	value V
}

func newRecent[K comparable, V any](room int, weigh func(V) int) *recent[K, V] {
	return &recent[K, V]{weigh: weigh, room: room, order: list.New(), places: map[K]*list.Element{}}
}

func (r *recent[K, V]) get(key K) (value V, ok bool) {
	at, ok := r.places[key]
	if !ok {
		return value, false
	}
	r.order.MoveToFront(at)
	return at.Value.(keptValue[K, V]).value, true
}

func (r *recent[K, V]) put(key K, value V) {
	r.drop(key)
	r.places[key] = r.order.PushFront(keptValue[K, V]{key, value})
	r.weight += r.weigh(value)
	for r.weight > r.room && r.order.Len() > 0 {
		r.drop(r.order.Back().Value.(keptValue[K, V]).key)
	}
}

func (r *recent[K, V]) drop(key K) {
	at, ok := r.places[key]
	if !ok {
		return
	}
	r.weight -= r.weigh(at.Value.(keptValue[K, V]).value)
	r.order.Remove(at)
	delete(r.places, key)
}

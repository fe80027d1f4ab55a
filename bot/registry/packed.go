// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds rows as they are kept in memory: packed, since there are many
// and most say the same as others. All texts of a part stand in one, each once.

package registry

import (
	"math"
	"reflect"
	"strings"
)

// packing puts texts into one.
type packing struct {
	all  strings.Builder
	seen map[string]span
}

// span is where a text stands in the one of all.
type span struct{ from, to uint32 }

// add returns where a text stands. The text of all is never over 4 GB: rowsKept
// bounds it.
func (p *packing) add(s string) span {
	if s == "" {
		return span{}
	}
	if at, ok := p.seen[s]; ok {
		return at
	}
	if p.seen == nil {
		p.seen = map[string]span{}
	}
	if p.all.Len()+len(s) > math.MaxUint32 {
		panic("texts of over 4 GB in one part of a survey")
	}
	at := span{uint32(p.all.Len()), uint32(p.all.Len() + len(s))}
	p.all.WriteString(s)
	p.seen[s] = at
	return at
}

// packedItems are presences.
type packedItems struct {
	text string
	rows []packedItem
}

type packedItem struct {
	wiki, source, key, name, page, url, section span
	deployed, listed, byDefault                 bool
	changed, revision, gone                     int64
	more                                        *itemMore // nil for most
}

// itemMore is what few items have.
type itemMore struct {
	aliases []string
	details Details
}

func packItems(rows []presence) packedItems {
	var p packing
	out := packedItems{rows: make([]packedItem, len(rows))}
	for i := range rows {
		item := &rows[i].item
		row := packedItem{
			wiki: p.add(rows[i].wiki), source: p.add(rows[i].source),
			key: p.add(string(item.Key)), name: p.add(item.Name), page: p.add(item.Page), url: p.add(item.URL), section: p.add(item.Section),
			deployed: item.Deployed, listed: item.Listed, byDefault: item.Default,
			changed: micros(item.Changed), revision: item.ChangedRevision, gone: micros(item.Gone),
		}
		if item.Aliases != nil || !reflect.ValueOf(item.Details).IsZero() {
			row.more = &itemMore{item.Aliases, item.Details}
		}
		out.rows[i] = row
	}
	out.text = strings.Clone(p.all.String())
	return out
}

func (p packedItems) at(n int) presence {
	row := &p.rows[n]
	out := presence{
		wiki: p.of(row.wiki), source: p.of(row.source),
		item: Item{
			Key: Key(p.of(row.key)), Name: p.of(row.name), Page: p.of(row.page), URL: p.of(row.url), Section: p.of(row.section),
			Deployed: row.deployed, Listed: row.listed, Default: row.byDefault,
			Changed: moment(row.changed), ChangedRevision: row.revision, Gone: moment(row.gone),
		},
	}
	if row.more != nil {
		out.item.Aliases, out.item.Details = row.more.aliases, row.more.details
	}
	return out
}

func (p packedItems) key(n int) Key { return Key(p.of(p.rows[n].key)) }

func (p packedItems) of(s span) string { return p.text[s.from:s.to] }

// packedClaims are claims in force, without the times at which they were read.
type packedClaims struct {
	text string
	rows []packedClaim
}

type packedClaim struct {
	id                                             int64
	wiki, item, role, holder, holderKind, standing span
	source, pageWiki, page, user                   span
	revision, made, superseded                     int64
}

func packClaims(claims []storedClaim) packedClaims {
	var p packing
	out := packedClaims{rows: make([]packedClaim, len(claims))}
	for i := range claims {
		c := &claims[i]
		e := &c.Evidence
		out.rows[i] = packedClaim{
			id: c.id, wiki: p.add(c.wiki), item: p.add(string(c.Item)), role: p.add(string(c.Role)), holder: p.add(c.Holder),
			holderKind: p.add(string(c.HolderKind)), standing: p.add(string(c.Standing)),
			source: p.add(e.Source), pageWiki: p.add(e.Wiki), page: p.add(e.Page), user: p.add(e.User),
			revision: e.Revision, made: micros(e.Time), superseded: micros(c.Superseded),
		}
	}
	out.text = strings.Clone(p.all.String())
	return out
}

func (p packedClaims) at(n int) storedClaim {
	row := &p.rows[n]
	return storedClaim{id: row.id, wiki: p.of(row.wiki), Claim: Claim{
		Item: Key(p.of(row.item)), Role: Role(p.of(row.role)), Holder: p.of(row.holder), HolderKind: HolderKind(p.of(row.holderKind)),
		Standing: Standing(p.of(row.standing)), Superseded: moment(row.superseded),
		Evidence: Evidence{
			Source: p.of(row.source), Wiki: p.of(row.pageWiki), Page: p.of(row.page), Revision: row.revision, User: p.of(row.user), Time: moment(row.made),
		},
	}}
}

func (p packedClaims) item(n int) Key { return Key(p.of(p.rows[n].item)) }

func (p packedClaims) of(s span) string { return p.text[s.from:s.to] }

// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds regions.

package wikitext

import "errors"

// ErrNoRegion says that a page holds no marker of a region.
var ErrNoRegion = errors.New("no such region")

type RegionError struct{ ID, Reason string }

func (e *RegionError) Error() string { return e.Reason }

type Region struct {
	Start, End int
	Body       string
}

func (d *Document) Region(id string) (Region, error)    { return Region{}, ErrNoRegion }
func SetRegion(src, id, body string) (string, error)    { return src, ErrNoRegion }
func AppendRegion(src, id, body string) (string, error) { return src, nil }
func NewRegion(id, body string) string                  { return body }
func (d *Document) Masked() string                      { return d.masked() }
func (d *Document) Links() []Link                       { return nil }
func (d *Document) URLs() []URL                         { return nil }
func (d *Document) Headings() []Heading                 { return nil }
func (d *Document) Templates() []Template               { return nil }
func (d *Document) Section(offset int) string           { return "" }
func (d *Document) mask() string                        { return d.src }
func (d *Document) index() *index                       { return nil }

type tree struct{}
type index struct{}

func scan(src string) tree { return tree{} }

type Table struct{ rows []Row }
type Row struct {
	ID    string
	Cells []Cell
}
type Cell struct {
	Raw, Attrs string
	Start, End int
}

func ParseTable(body string) (Table, error) { return Table{}, nil }
func (t Table) Header() []string            { return nil }
func (t Table) Rows() []Row                 { return t.rows }
func Escape(s string) string                { return s }
func EscapeSummary(s string) string         { return s }
func NormalizeTitle(s string) string        { return s }
func Added(before, after string) []Span     { return nil }

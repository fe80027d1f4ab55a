// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds regions: the parts of a page between a bot's markers, the
// only parts that it may rewrite.

package wikitext

import (
	"errors"
	"fmt"
	"strings"
)

const (
	beginMarker = "<!-- codesteward begin "
	endMarker   = "<!-- codesteward end "
	beginNote   = " (edits between these lines are overwritten, except in the columns marked ✎) -->"
)

// ErrNoRegion says that a page holds no marker of a region at all.
var ErrNoRegion = errors.New("the page has no such region")

// RegionError says why a region cannot be edited.
type RegionError struct {
	ID string
	// Reason is a sentence for editors, such as "the end marker of region
	// gadgets is missing".
	Reason string
}

// Error returns the reason.
func (e *RegionError) Error() string { return e.Reason }

// Region is the part of a page between the markers of one id.
type Region struct {
	// Start and End span the body: the lines between the two markers, without
	// the last line break. Both are at the end marker if there is no line.
	Start, End int
	Body       string
}

// marker is one begin or end marker.
type marker struct {
	id         string
	end        bool
	start, eol int // of its line; eol is after the line break, if there is one
	trouble    string
}

func (m marker) name() string {
	if m.end {
		return "end"
	}
	return "begin"
}

// Region returns the region of an id. It must have one begin and one end marker
// in this order, on lines of their own, with no other marker between them, and
// neither inside a comment, an extension tag such as nowiki or a template;
// otherwise the error is a *RegionError, or ErrNoRegion where there is no
// marker at all.
func (d *Document) Region(id string) (Region, error) {
	refuse := func(format string, args ...any) (Region, error) {
		return Region{}, &RegionError{ID: id, Reason: fmt.Sprintf(format, args...)}
	}
	if !validRegionID(id) {
		return refuse("%q cannot be the name of a region: only letters, digits, \"-\", \"_\" and \".\" can stand in it", id)
	}
	var begin, end *marker
	all := d.markers()
	for i := range all {
		m := &all[i]
		if m.id != id {
			continue
		}
		if m.trouble != "" {
			return refuse("the %s marker of region %s %s", m.name(), id, m.trouble)
		}
		this := &begin
		if m.end {
			this = &end
		}
		if *this != nil {
			return refuse("the %s marker of region %s is there more than once", m.name(), id)
		}
		*this = m
	}
	switch {
	case begin == nil && end == nil:
		return Region{}, fmt.Errorf("region %s: %w", id, ErrNoRegion)
	case begin == nil:
		return refuse("the begin marker of region %s is missing", id)
	case end == nil:
		return refuse("the end marker of region %s is missing", id)
	case end.start < begin.start:
		return refuse("the end marker of region %s stands before its begin marker", id)
	}
	open := map[string]bool{} // the regions that begin before it and do not end there
	for _, m := range all {
		switch {
		case m.id == id:
		case m.start < begin.start:
			open[m.id] = !m.end
		case m.start < end.start:
			return refuse("a marker of region %s stands inside region %s", m.id, id)
		case m.end && open[m.id]:
			return refuse("region %s stands inside region %s", id, m.id)
		}
	}
	r := Region{Start: begin.eol, End: max(begin.eol, end.start-1)}
	r.Body = d.src[r.Start:r.End]
	return r, nil
}

// markers returns all the markers in the text, in order.
func (d *Document) markers() []marker {
	var found []marker
	var comments map[int]comment
	for i := 0; ; {
		n := strings.Index(d.src[i:], "<!-- codesteward ")
		if n < 0 {
			return found
		}
		i += n
		if comments == nil {
			comments = d.comments()
		}
		m, ok := readMarker(d.src[i:])
		if ok {
			m.start, m.eol = i, len(d.src)
			m.trouble = d.markerTrouble(&m, i, comments)
			found = append(found, m)
		}
		i += len("<!--")
	}
}

// comment is a comment of the text.
type comment struct {
	end    int
	inside bool // of a template, an argument or a tag
}

// comments returns all comments by where they begin.
func (d *Document) comments() map[int]comment {
	found := map[int]comment{}
	inside := int32(0)
	for i := range d.nodes {
		switch n := &d.nodes[i]; n.kind {
		case CommentNode:
			found[int(n.inner)] = comment{end: int(n.innerEnd), inside: n.start < inside}
		case TemplateNode, ParameterNode, TagNode, IgnoredNode:
			inside = max(inside, n.end)
		}
	}
	return found
}

// readMarker reads the marker at the beginning of s.
func readMarker(s string) (marker, bool) {
	var m marker
	rest, ok := strings.CutPrefix(s, beginMarker)
	if !ok {
		rest, ok = strings.CutPrefix(s, endMarker)
		m.end = true
	}
	if !ok {
		return m, false
	}
	n := 0
	for n < len(rest) && isRegionID(rest[n]) && !strings.HasPrefix(rest[n:], "-->") {
		n++
	}
	m.id = rest[:n]
	rest = rest[n:]
	return m, n > 0 && (strings.HasPrefix(rest, " ") || strings.HasPrefix(rest, "-->"))
}

// markerTrouble says what is wrong with the marker at i, "" if nothing is, and
// sets where its line begins and ends.
func (d *Document) markerTrouble(m *marker, i int, comments map[int]comment) string {
	n, ok := comments[i]
	switch {
	case !ok:
		return "stands inside another comment or a tag such as nowiki"
	case n.inside:
		return "stands inside a template or a tag such as ref"
	case !strings.HasSuffix(d.src[i:n.end], "-->"):
		return "is not closed: \"-->\" is missing"
	case strings.Contains(d.src[i:n.end], "\n"):
		return "runs over more than one line"
	}
	start := trimBlanksLeft(d.src, 0, i)
	end := n.end
	for end < len(d.src) && strings.IndexByte(" \t\r", d.src[end]) >= 0 {
		end++
	}
	if start > 0 && d.src[start-1] != '\n' || end < len(d.src) && d.src[end] != '\n' {
		return "does not stand on a line of its own"
	}
	m.start, m.eol = start, min(end+1, len(d.src))
	return ""
}

// ReplaceRegion is the edit that gives a region another body. Line breaks at the
// end of the body do not count.
type ReplaceRegion struct{ ID, Body string }

func (e ReplaceRegion) refusal(format string, args ...any) error {
	return refuseRegion(e.ID, "region "+e.ID+": "+format, args...)
}

func (e ReplaceRegion) splice(d *Document) (splice, error) {
	r, err := d.Region(e.ID)
	if err != nil {
		return splice{}, regionError(e.ID, err)
	}
	body := strings.TrimRight(e.Body, "\n")
	if r.Body == body {
		return unchanged(r.Start), nil
	}
	c := splice{start: r.Start, end: r.End, text: body, check: checkBody(e.ID, body)}
	line := strings.HasPrefix(d.src[r.End:], "\n") // otherwise the markers are on adjacent lines
	switch {
	case body == "" && line:
		c.end++
	case body != "" && !line:
		c.text += "\n"
	}
	return c, nil
}

// AddRegion is the edit that adds a region at the end of a page, an empty line
// before it. A page that has the region stays as it is, whatever its body.
type AddRegion struct{ ID, Body string }

func (e AddRegion) refusal(format string, args ...any) error {
	return refuseRegion(e.ID, "region "+e.ID+": "+format, args...)
}

func (e AddRegion) splice(d *Document) (splice, error) {
	switch _, err := d.Region(e.ID); {
	case err == nil:
		return unchanged(0), nil
	case !errors.Is(err, ErrNoRegion):
		return splice{}, regionError(e.ID, err)
	}
	end := len(d.src)
	return splice{start: end, end: end, text: gap(d.src) + NewRegion(e.ID, e.Body), check: checkBody(e.ID, strings.TrimRight(e.Body, "\n"))}, nil
}

// gap returns the line breaks that make an empty line after a text.
func gap(src string) string {
	switch {
	case src == "", strings.HasSuffix(src, "\n\n"):
		return ""
	case strings.HasSuffix(src, "\n"):
		return "\n"
	}
	return "\n\n"
}

// SetRegion returns the text with another body in a region and every other byte
// as it was, and as it was read. Line breaks at the end of the body do not
// count. The errors are those of Region; a body that would swallow or add
// markers, or change how the page is read outside of it, is refused, too.
func SetRegion(src, id, body string) (string, error) {
	return applyRegion(src, ReplaceRegion{ID: id, Body: body})
}

// AppendRegion returns the text with a new region at its end, an empty line
// before it. It is a *RegionError if the text holds any marker of the id, or if
// it or the body leaves something open that would swallow the markers.
func AppendRegion(src, id, body string) (string, error) {
	if _, err := Parse(src).Region(id); err == nil {
		return "", &RegionError{ID: id, Reason: fmt.Sprintf("region %s is there already", id)}
	}
	return applyRegion(src, AddRegion{ID: id, Body: body})
}

func applyRegion(src string, e Edit) (string, error) {
	set, err := Apply(src, e)
	var region *RegionError
	switch {
	case err == nil:
		return set, nil
	case errors.As(err, &region):
		return "", region
	}
	return "", errors.Unwrap(err)
}

// NewRegion returns the markers of an id with a body between them. There is no
// line break at the end, because MediaWiki would cut it off a page.
func NewRegion(id, body string) string {
	body = strings.TrimRight(body, "\n")
	if body != "" {
		body += "\n"
	}
	return beginMarker + id + beginNote + "\n" + body + endMarker + id + " -->"
}

// checkBody reports whether a text, read again, has that body in the region.
func checkBody(id, body string) func(*Document) error {
	return func(d *Document) error {
		r, err := d.Region(id)
		switch {
		case err != nil:
			return regionError(id, err)
		case r.Body != body:
			return refuseRegion(id, "the new text of region %s moves its markers", id)
		}
		return nil
	}
}

func refuseRegion(id, format string, args ...any) error {
	return regionError(id, &RegionError{ID: id, Reason: fmt.Sprintf(format, args...)})
}

// regionError makes an *EditError of an error of Region.
func regionError(id string, err error) error {
	why := err.Error()
	if errors.Is(err, ErrNoRegion) {
		why = ErrNoRegion.Error()
	}
	return &EditError{What: "region " + id, Why: why, err: err}
}

func validRegionID(id string) bool {
	for i := range len(id) {
		if !isRegionID(id[i]) {
			return false
		}
	}
	return id != "" && !strings.Contains(id, "--")
}

func isRegionID(c byte) bool { return isWord(c) || c == '-' || c == '.' }

package web

import (
	"encoding/base64"
	"encoding/binary"
	"hash/fnv"
	"io"
	"strconv"
	"strings"

	"neike/internal/kit/fault"
)

// MaxLimit is the longest page of a list; DefaultLimit the one when nothing is asked.
const (
	MaxLimit     = 200
	DefaultLimit = 50
)

// Page is one page of a list. NextCursor is empty on the last one.
type Page[T any] struct {
	Items      []T    `json:"items" nullable:"false"`
	NextCursor string `json:"next_cursor,omitempty" doc:"Give it back as cursor for the next page; absent on the last"`
}

// Paging is embedded by the input of a list call.
type Paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many, at most 200"`
	Cursor string `query:"cursor" doc:"next_cursor of the page before"`
}

// Size is the limit asked, within 1 … MaxLimit; DefaultLimit when none is asked.
func (p Paging) Size() int {
	switch {
	case p.Limit <= 0:
		return DefaultLimit
	case p.Limit > MaxLimit:
		return MaxLimit
	default:
		return p.Limit
	}
}

// Cursor packs the key of the last row shown. Its form is nobody's business but ParseCursor's.
func Cursor(parts ...int64) string {
	b := make([]byte, 0, 9*len(parts))
	for _, p := range parts {
		b = binary.AppendVarint(b, p)
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// ParseCursor unpacks n parts. An empty cursor is nil: the first page. One we did not make is Invalid.
func ParseCursor(s string, n int) ([]int64, error) {
	if s == "" {
		return nil, nil
	}
	wrong := &fault.Error{Kind: fault.Invalid, Key: "form.invalid", Args: map[string]any{"count": 1},
		Fields: []fault.Field{{Name: "cursor", Key: "web.cursor"}}}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return nil, wrong
	}
	parts := make([]int64, 0, n)
	for len(b) > 0 {
		p, used := binary.Varint(b)
		if used <= 0 || len(parts) == n {
			return nil, wrong
		}
		parts, b = append(parts, p), b[used:]
	}
	if len(parts) != n {
		return nil, wrong
	}
	return parts, nil
}

// Cut makes a page of up to limit items out of rows that were fetched with one more than limit; key
// gives the cursor of the last item shown.
func Cut[T any](rows []T, limit int, key func(T) string) Page[T] {
	if rows == nil {
		rows = []T{}
	}
	if len(rows) <= limit {
		return Page[T]{Items: rows}
	}
	rows = rows[:limit]
	return Page[T]{Items: rows, NextCursor: key(rows[limit-1])}
}

// ETag names a state of a record, from its version or whatever changes with it.
func ETag(parts ...any) string {
	h := fnv.New64a()
	for _, p := range parts {
		switch p := p.(type) {
		case int64:
			_ = binary.Write(h, binary.LittleEndian, p) // a hash takes all
		case int:
			_ = binary.Write(h, binary.LittleEndian, int64(p))
		case string:
			_, _ = io.WriteString(h, p)
		default:
			panic("web: an ETag is made of numbers and strings")
		}
		_, _ = h.Write([]byte{0xff})
	}
	return `"` + strconv.FormatUint(h.Sum64(), 36) + `"`
}

// IfMatch is embedded by the input of an edit.
type IfMatch struct {
	IfMatch string `header:"If-Match" doc:"ETag of the state the edit was made on"`
}

// Check is nil when the edit was made on this state, or said nothing about one.
func (i IfMatch) Check(etag string) error {
	if i.IfMatch == "" || matches(i.IfMatch, etag) {
		return nil
	}
	return fault.New(fault.Precondition, "web.changed-meanwhile")
}

// matches compares an If-Match or If-None-Match list with the ETag, weakly: compression does not change a state.
func matches(list, etag string) bool {
	if list == "" {
		return false
	}
	etag = strings.TrimPrefix(etag, "W/")
	for one := range strings.SplitSeq(list, ",") {
		one = strings.TrimPrefix(strings.TrimSpace(one), "W/")
		if one == "*" || one == etag {
			return true
		}
	}
	return false
}

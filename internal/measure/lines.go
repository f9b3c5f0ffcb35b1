package measure

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime/multipart"
	"slices"
	"strings"

	"neike/internal/kit/fault"
	"neike/internal/kit/xlsx"
)

// takeLines judges lines, and takes them when that was asked for and nothing is wrong. A file becomes lines that can be corrected.
func (s *Service) takeLines(ctx context.Context, o Own, in *valuesForm) (*Recorded, error) {
	if len(in.Files) > 0 {
		text, err := textOf(in.Files[0])
		if err != nil {
			return nil, err
		}
		in.Lines, in.Do = text, "check"
	}
	lines, _ := linesOf(in.Lines, o)
	if len(lines) == 0 {
		return nil, invalid("lines", "measure.no-lines")
	}
	entries, unread := make([]Entry, len(lines)), make([]fault.Fields, len(lines))
	wrong := 0
	for i, t := range lines {
		entries[i] = t.entry(&unread[i])
		if unread[i].Len() > 0 {
			wrong++
		}
	}
	out, err := s.Record(ctx, o.Code, entries, true)
	if err != nil {
		return nil, err
	}
	if wrong > 0 {
		out.unread(unread)
	}
	if in.Do == "check" || out.Wrong > 0 {
		return &out, nil
	}
	out, err = s.Record(ctx, o.Code, entries, false)
	return &out, err
}

// unread adds what could not be read to the rows, in place of what is said to be missing there.
func (r *Recorded) unread(found []fault.Fields) {
	for i := range r.Rows {
		if found[i].Len() == 0 {
			continue
		}
		row := &r.Rows[i]
		if row.Bad.Len() == 0 {
			r.Wrong++
			switch row.Plan {
			case Fresh:
				r.Fresh--
			case Changed:
				r.Changed--
			default:
				r.Same--
			}
		}
		all := found[i]
		for _, f := range row.Bad.All() {
			if !slices.ContainsFunc(found[i].All(), func(x fault.Field) bool { return x.Name == f.Name }) {
				all.Add(f.Name, f.Key, fault.Flat(f.Args)...)
			}
		}
		row.Bad = all
	}
}

// textOf is a file as lines whose cells are parted by tabs.
func textOf(head *multipart.FileHeader) (string, error) {
	f, err := head.Open()
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // it was read, not written
	body, err := io.ReadAll(io.LimitReader(f, 4<<20))
	if err != nil {
		return "", err
	}
	table, err := xlsx.Open(bytes.NewReader(body), int64(len(body)), xlsx.Limits{})
	if err != nil {
		return "", err
	}
	defer func() { _ = table.Close() }()
	var b strings.Builder
	for n := 0; n <= mostEntries; n++ {
		row, err := table.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", err
		}
		for i, cell := range row.Cells {
			if i > 0 {
				b.WriteByte('\t')
			}
			b.WriteString(strings.Join(strings.Fields(cell), " "))
		}
		b.WriteByte('\n')
	}
	return b.String(), nil
}

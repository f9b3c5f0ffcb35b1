package request

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"neike/internal/app/importer"
	"neike/internal/kit/fault"
	"neike/internal/kit/xlsx"
)

// staged is a case while its rows are gathered.
type staged struct {
	pastCase
	line     int
	problems []importer.Problem
}

// reading turns the rows of a file into cases. A row that is a whole case goes on at once; events are gathered first.
type reading struct {
	mapping  historyMapping
	zone     *time.Location
	header   xlsx.Header
	perEvent bool
	emit     func(importer.Row) error
	lines    map[string]int     // one row per case: the line of each
	cases    map[string]*staged // one row per event: what is gathered of each
	order    []*staged
}

// all reads the table to its end.
func (r *reading) all(table *xlsx.Reader) error {
	var columns []xlsx.Column
	mapped := slices.Collect(maps.Values(r.mapping.Columns)) // what the mapping names has no other name
	for _, name := range fileColumns() {
		c := xlsx.Column{Name: name}
		if h := columnHeadings[name]; h != "" && !slices.Contains(mapped, name) {
			c.Headings = []string{h}
		}
		columns = append(columns, c)
	}
	var err error
	if r.header, err = xlsx.FindHeader(table, columns, r.mapping.Columns); err != nil {
		if errors.Is(err, io.EOF) {
			return fault.New(fault.Invalid, "xlsx.empty")
		}
		return err
	}
	_, events := r.header.At["event"]
	_, states := r.header.At["state"]
	_, times := r.header.At["at"]
	r.perEvent = events || states && times // a table of cases often has a column that tells its state today
	need := []string{"case"}
	if r.perEvent {
		need = append(need, "at")
	} else {
		need = append(need, "opened_at")
	}
	var f fault.Fields
	for _, name := range need {
		if _, ok := r.header.At[name]; !ok {
			f.Add(name, "request.import.no-column", "column", name)
		}
	}
	for _, heading := range r.header.Twice {
		f.Add(heading, "importer.column-twice", "value", heading)
	}
	for _, heading := range r.header.Absent {
		f.Add("columns."+heading, "importer.mapping-heading", "value", heading)
	}
	if err := f.Err(); err != nil {
		return err
	}
	for {
		row, err := table.Next()
		switch {
		case errors.Is(err, io.EOF):
			return r.rest()
		case err != nil:
			return err
		}
		if err := r.row(row); err != nil {
			return err
		}
	}
}

// rest hands over the cases that were gathered.
func (r *reading) rest() error {
	for _, c := range r.order {
		if err := r.done(c); err != nil {
			return err
		}
	}
	return nil
}

// done hands a case over.
func (r *reading) done(c *staged) error {
	inOrder(c.Events)
	body, err := json.Marshal(c.pastCase)
	if err != nil {
		return err
	}
	return r.emit(importer.Row{Line: c.line, Body: body, Problems: c.problems})
}

// cell is the value of a column in a row, through the mapping.
func (r *reading) cell(row xlsx.Row, column string) string {
	value := ""
	if i, ok := r.header.At[column]; ok && i < len(row.Cells) {
		value = row.Cells[i]
	}
	if other, ok := r.mapping.Values[column][value]; ok {
		value = other
	} else if !slices.Contains(wordColumns, column) {
		value = xlsx.Narrow(value)
	}
	if value == "" {
		value = r.mapping.Defaults[column]
	}
	return value
}

// row adds a row to its case.
func (r *reading) row(row xlsx.Row) error {
	key := r.cell(row, "case")
	c := r.cases[key]
	if c == nil || key == "" {
		c = &staged{pastCase: pastCase{External: key}, line: row.Line}
		if r.perEvent {
			r.cases[key] = c
			r.order = append(r.order, c)
		}
	}
	if line, twice := r.lines[key]; twice {
		c.wrong(row.Line, "case", "importer.twice", "value", key, "line", line)
	}
	if key == "" {
		c.wrong(row.Line, "case", "request.import.empty", "column", "case")
	}
	for _, to := range []struct {
		name string
		into *string
	}{{"service", &c.Service}, {"title", &c.Title}, {"asked_by", &c.AskedBy}, {"on_behalf_of", &c.For}, {"customer_unit", &c.Customer}, {"place", &c.Place}} {
		if *to.into == "" {
			*to.into = r.cell(row, to.name)
		}
	}
	for column, i := range r.header.At {
		if i < len(row.Cells) && xlsx.IsError(row.Cells[i]) {
			c.wrong(row.Line, column, "importer.formula-error", "value", row.Cells[i])
		}
		if field, ok := strings.CutPrefix(column, "fields."); ok && c.Fields[field] == "" {
			if v := r.cell(row, column); v != "" {
				if c.Fields == nil {
					c.Fields = map[string]string{}
				}
				c.Fields[field] = v
			}
		}
	}
	if r.perEvent {
		r.event(c, row)
		return nil
	}
	if key != "" {
		r.lines[key] = row.Line
	}
	r.whole(c, row)
	return r.done(c)
}

func (c *staged) wrong(line int, column, key string, args ...any) {
	c.problems = append(c.problems, importer.Wrong(line, column, key, args...))
}

// event adds the one event of a row.
func (r *reading) event(c *staged, row xlsx.Row) {
	e := pastEvent{Line: row.Line, Kind: Verb(r.cell(row, "event")), By: r.cell(row, "by"), Person: r.cell(row, "person"), Unit: r.cell(row, "unit"),
		Text: r.cell(row, "text"), Score: r.cell(row, "score")}
	e.State = State(r.cell(row, "state"))
	if e.Kind == "-" || e.State == "-" { // the mapping says that it means nothing here
		return
	}
	if e.Kind != "" {
		e.State = "" // the event says it more exactly
	}
	if e.State != "" {
		if !slices.Contains(States, e.State) {
			c.wrong(row.Line, "state", "request.import.state", "value", string(e.State))
			return
		}
	} else if !tellable(e.Kind) {
		c.wrong(row.Line, "event", "request.import.event", "value", string(e.Kind))
		return
	}
	at, ok := r.time(r.cell(row, "at"))
	if !ok {
		c.wrong(row.Line, "at", "request.import.time", "value", r.cell(row, "at"))
		return
	}
	e.At = at
	if text := r.cell(row, "due"); text != "" {
		if e.Due, ok = r.time(text); !ok {
			c.wrong(row.Line, "due", "request.import.time", "value", text)
			return
		}
	}
	c.Events = append(c.Events, e)
}

// whole adds the events that the columns of one row tell.
func (r *reading) whole(c *staged, row xlsx.Row) {
	assignee := r.cell(row, "assignee")
	c.Worker = assignee
	end := State(r.cell(row, "state"))
	off := end == StateCancelled || end == StateWithdrawn // such a case was closed, not delivered and accepted
	for _, t := range timeColumns {
		text := r.cell(row, t.name)
		if text == "" || off && t.kind == VerbDeliver {
			continue
		}
		if off && t.kind == VerbAccept {
			t.kind = VerbCancel
		}
		at, ok := r.time(text)
		if !ok {
			c.wrong(row.Line, t.name, "request.import.time", "value", text)
			continue
		}
		e := pastEvent{Line: row.Line, At: at, Kind: t.kind, Column: t.name}
		switch t.kind {
		case VerbTake, VerbMessage, VerbAsk, VerbDeliver:
			e.By = assignee
		}
		switch t.kind {
		case VerbAgree:
			if e.Due, ok = r.time(r.cell(row, "agreed_due")); !ok {
				c.wrong(row.Line, "agreed_due", "request.import.time", "value", r.cell(row, "agreed_due"))
				continue
			}
		case VerbDeliver:
			e.Text = r.cell(row, "resolution")
		case VerbCancel:
			e.Text = r.cell(row, "reason")
		}
		c.Events = append(c.Events, e)
	}
	if score := r.cell(row, "score"); score != "" && len(c.Events) > 0 {
		last := c.Events[len(c.Events)-1]
		c.Events = append(c.Events, pastEvent{Line: row.Line, At: last.At, Kind: VerbRate, Score: score, Text: r.cell(row, "comment")})
	}
}

package request

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"neike/internal/app/importer"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/xlsx"
)

// pastCase is one request of a file of history, as it is staged.
type pastCase struct {
	External string            `json:"external"`
	Service  string            `json:"service"`
	Title    string            `json:"title"`
	AskedBy  string            `json:"asked_by"`
	For      string            `json:"on_behalf_of,omitempty"`
	Customer string            `json:"customer_unit,omitempty"`
	Fields   map[string]string `json:"fields,omitempty"`
	Events   []pastEvent       `json:"events"`
}

// pastEvent is one thing that happened to it, with the line it stands in.
type pastEvent struct {
	Line   int       `json:"line"`
	At     time.Time `json:"at"`
	Kind   Verb      `json:"kind"`
	By     string    `json:"by,omitempty"`
	Person string    `json:"person,omitempty"`
	Unit   string    `json:"unit,omitempty"`
	Text   string    `json:"text,omitempty"`
	Score  string    `json:"score,omitempty"`
	Column string    `json:"column,omitempty"` // that names it in a file with one row per case
	State  State     `json:"state,omitempty"`  // what the case became, in a log of states
}

// The columns of a history file. A file with the column event, or state and at, has one row per event; any other one row per case.
var caseColumns = []string{"case", "service", "title", "asked_by", "on_behalf_of", "customer_unit"}

var eventColumnsOfFile = []string{"at", "event", "state", "by", "person", "unit", "text", "score"}

// timeColumns of a file with one row per case: what happened when, in the order of the way.
var timeColumns = []struct {
	name string
	kind Verb
}{
	{"opened_at", VerbOpen}, {"taken_at", VerbTake}, {"responded_at", VerbMessage}, {"asked_at", VerbAsk}, {"answered_at", VerbAnswer},
	{"delivered_at", VerbDeliver}, {"accepted_at", VerbAccept}, {"withdrawn_at", VerbWithdraw}, {"cancelled_at", VerbCancel},
}

var caseOnlyColumns = []string{"assignee", "resolution", "reason", "score", "comment"}

// wordColumns hold what people wrote, or a number of another system; the others hold codes, numbers and times, in which
// characters of full width are plain ones.
var wordColumns = []string{"case", "title", "text", "resolution", "reason", "comment"}

// layouts are the ways of writing a time that are tried after those of the mapping.
var layouts = []string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006/1/2 15:04:05", "2006/1/2 15:04", "2006-01-02"}

// historyMapping is the mapping of the importer with what a log needs beside it.
type historyMapping struct {
	importer.Mapping `yaml:",inline"`
	Zone             string   `yaml:"zone"` // IANA; of times without one. Default: the company's
	Time             []string `yaml:"time"` // layouts, in Go's or strftime's writing
}

// Imports are the kinds of files that this room takes in.
func (s *Service) Imports() []importer.Kind {
	return []importer.Kind{{
		Name: "requests", Title: lang.Text{Zh: "历史请求", En: "Request history"},
		Read: s.readHistory, Check: s.checkHistory, Apply: s.applyHistory,
	}}
}

// readHistory turns a log into one row per case.
func (s *Service) readHistory(ctx context.Context, src importer.Source, emit func(importer.Row) error) error {
	m, err := readHistoryMapping(src.Mapping)
	if err != nil {
		return err
	}
	zone := s.Org.Company(ctx).Location()
	if m.Zone != "" {
		if zone, err = time.LoadLocation(m.Zone); err != nil {
			return fault.Wrap(fault.Invalid, err, "request.import.zone", "value", m.Zone)
		}
	}
	table, err := xlsx.Open(src.Data, src.Size, xlsx.Limits{})
	if err != nil {
		return err
	}
	defer table.Close()
	r := reading{mapping: m, zone: zone, cases: map[string]*staged{}}
	if err := r.all(table); err != nil {
		return err
	}
	src.Ignored(r.header.Unknown)
	for _, c := range r.order {
		inOrder(c.Events)
		body, err := json.Marshal(c.pastCase)
		if err != nil {
			return err
		}
		if err := emit(importer.Row{Line: c.line, Body: body, Problems: c.problems}); err != nil {
			return err
		}
	}
	return nil
}

// inOrder sorts events by time. Those of one moment stay as the file has them, which may tell the newest first.
func inOrder(list []pastEvent) {
	if n := len(list); n > 1 && list[n-1].At.Before(list[0].At) {
		slices.Reverse(list)
	}
	slices.SortStableFunc(list, func(a, b pastEvent) int { return a.At.Compare(b.At) })
}

// steppedEvents turns the rows of a log of states, from one on, into what happened; rows that change nothing fall away.
func steppedEvents(list []pastEvent, now State) []pastEvent {
	out := list[:0:0]
	for _, e := range list {
		if e.State != "" {
			if e.Kind = changing(now, e.State); e.Kind == "" {
				continue
			}
			now = e.State
		}
		out = append(out, e)
	}
	return out
}

// staged is a case while its rows are gathered.
type staged struct {
	pastCase
	line     int
	problems []importer.Problem
}

// reading gathers the rows of a file into cases.
type reading struct {
	mapping  historyMapping
	zone     *time.Location
	header   xlsx.Header
	perEvent bool
	cases    map[string]*staged
	order    []*staged
}

func readHistoryMapping(text []byte) (historyMapping, error) {
	var m historyMapping
	if err := yaml.Unmarshal(text, &m); err != nil {
		return m, fault.Wrap(fault.Invalid, err, "importer.mapping-malformed", "reason", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	var f fault.Fields
	check := func(where, name string) {
		if !knownColumn(name) {
			f.Add(where, "importer.mapping-column", "value", name)
		}
	}
	for heading, name := range m.Columns {
		check("columns."+heading, name)
	}
	for name := range m.Values {
		check("values."+name, name)
	}
	for name := range m.Defaults {
		check("defaults."+name, name)
	}
	return m, f.Err()
}

func knownColumn(name string) bool {
	return strings.HasPrefix(name, "fields.") || slices.Contains(fileColumns(), name)
}

func fileColumns() []string {
	out := slices.Concat(caseColumns, eventColumnsOfFile, caseOnlyColumns)
	for _, t := range timeColumns {
		out = append(out, t.name)
	}
	return out
}

// all reads the table to its end.
func (r *reading) all(table *xlsx.Reader) error {
	var columns []xlsx.Column
	for _, name := range fileColumns() {
		columns = append(columns, xlsx.Column{Name: name})
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
			return nil
		case err != nil:
			return err
		}
		r.row(row)
	}
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
func (r *reading) row(row xlsx.Row) {
	key := r.cell(row, "case")
	c, known := r.cases[key]
	if !known || key == "" {
		c = &staged{pastCase: pastCase{External: key, Fields: map[string]string{}}, line: row.Line}
		r.cases[key] = c
		r.order = append(r.order, c)
	} else if !r.perEvent {
		c.wrong(row.Line, "case", "request.import.twice", "value", key)
	}
	if key == "" {
		c.wrong(row.Line, "case", "request.import.empty", "column", "case")
	}
	for _, to := range []struct {
		name string
		into *string
	}{{"service", &c.Service}, {"title", &c.Title}, {"asked_by", &c.AskedBy}, {"on_behalf_of", &c.For}, {"customer_unit", &c.Customer}} {
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
				c.Fields[field] = v
			}
		}
	}
	if r.perEvent {
		r.event(c, row)
		return
	}
	r.whole(c, row)
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
	} else if _, ok := ways[e.Kind]; !ok && e.Kind != VerbOpen {
		c.wrong(row.Line, "event", "request.import.event", "value", string(e.Kind))
		return
	}
	at, ok := r.time(r.cell(row, "at"))
	if !ok {
		c.wrong(row.Line, "at", "request.import.time", "value", r.cell(row, "at"))
		return
	}
	e.At = at
	c.Events = append(c.Events, e)
}

// whole adds the events that the columns of one row tell.
func (r *reading) whole(c *staged, row xlsx.Row) {
	assignee := r.cell(row, "assignee")
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

// time reads an instant by the mapping's layouts, then by the usual ones.
func (r *reading) time(text string) (time.Time, bool) {
	for _, layout := range slices.Concat(r.mapping.Time, layouts) {
		if strings.Contains(layout, "%") {
			layout = goLayout(layout)
		}
		if t, err := time.ParseInLocation(layout, text, r.zone); err == nil {
			return t.UTC().Truncate(time.Millisecond), true
		}
	}
	return time.Time{}, false
}

var strftime = strings.NewReplacer("%Y", "2006", "%m", "01", "%d", "02", "%H", "15", "%M", "04", "%S", "05", "%I", "03", "%p", "PM", "%y", "06", "%b", "Jan", "%z", "-0700", "%e", "_2")

// goLayout turns strftime's writing of a layout into Go's.
func goLayout(layout string) string { return strftime.Replace(layout) }

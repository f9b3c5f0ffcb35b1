package form

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

// InputsProps is what Inputs draws.
type InputsProps struct {
	Form   Form
	Raw    map[string]any // answers as they were typed, or canonical Values, or Defaults; nil: none yet
	Errors ui.Errors      // findings of Validate in words

	PeopleSource string                      // JSON endpoint of the picker of people
	UnitSource   string                      // JSON endpoint of the picker of units
	Sources      map[string]string           // JSON endpoints of pickers of related records, by entity; without one the number is typed
	Units        []ui.Option                 // all units, when they are few enough for a plain select
	Chosen       map[string][]Ref            // by key: what a person, unit, record or file that is chosen already is called; see Chosen
	Preview      bool                        // nothing can be filled in: the form is only shown, with its conditions in words
	Draft        string                      // key under which long texts are kept on this device
	Attrs        map[string]templ.Attributes // by key: more attributes of the input
}

// drawing is InputsProps with what the answers so far come to.
type drawing struct {
	InputsProps
	values Values
	states map[string]state
	live   bool // something changes while one types: conditions, formulas, sums
}

func (p InputsProps) drawing(ctx context.Context) drawing {
	d := drawing{InputsProps: p, live: p.Form.live()}
	if d.live {
		d.values, d.states = p.Form.outcome(ctx, p.Raw)
	}
	return d
}

func (f Form) live() bool {
	return slices.ContainsFunc(f.Sections, func(s Section) bool { return s.VisibleIf != nil }) || live(f.Fields)
}

func live(fields []Field) bool {
	return slices.ContainsFunc(fields, func(f Field) bool {
		return f.VisibleIf != nil || f.RequiredIf != nil || f.ReadOnlyIf != nil || f.Type == Formula || f.Sum || live(f.Fields)
	})
}

// part is a section with its fields in rows; the fields that stand in none are one without a title.
type part struct {
	Section
	rows []row
}

// row is one or two fields side by side.
type row []question

// question is a field at its place: in a table each column has one per row.
type question struct {
	Field
	at    string // path of the input
	raw   any
	table string // key of the table
	nth   int    // row of the table, from 1
}

// parts groups the fields of a form.
func (d drawing) parts() []part {
	var loose []question
	in := map[string]int{}
	out := []part{{}}
	for i, s := range d.Form.Sections {
		out = append(out, part{Section: s})
		for _, key := range s.Fields {
			in[key] = i + 1
		}
	}
	fields := make([][]question, len(out))
	for _, f := range d.Form.Fields {
		fields[in[f.Key]] = append(fields[in[f.Key]], question{Field: f, at: f.Name(), raw: d.Raw[f.Key]})
	}
	if loose = fields[0]; len(loose) == 0 {
		out, fields = out[1:], fields[1:]
	}
	for i := range out {
		out[i].rows = pairs(fields[i], out[i].Columns)
	}
	return out
}

// pairs puts neighbouring short fields side by side, unless one column is asked for.
func pairs(list []question, columns int) []row {
	var out []row
	for _, x := range list {
		if n := len(out); n > 0 && columns != 1 && x.short() && len(out[n-1]) == 1 && out[n-1][0].short() {
			out[n-1] = append(out[n-1], x)
			continue
		}
		out = append(out, row{x})
	}
	return out
}

func (f Field) short() bool {
	switch f.Type {
	case LongText, Attachment, MultiSelect, Table, Checkbox, Rating, Cascade:
		return false
	}
	return true
}

// rowsOf are the rows of a table that are drawn: those typed so far, as many as there must be, and at least one.
func (d drawing) rowsOf(q question) [][]question {
	given, _ := rowsOf(q.raw)
	least := 1
	if n, err := strconv.Atoi(q.Min); err == nil {
		least = max(1, n)
	}
	for len(given) < least {
		given = append(given, nil)
	}
	out := make([][]question, 0, len(given))
	for i, raw := range given {
		out = append(out, q.cells(strconv.Itoa(i), i+1, raw))
	}
	return out
}

// blankRows are the rows that a reader without scripts may add.
func (d drawing) blankRows(q question) [][]question {
	n := len(d.rowsOf(q))
	var out [][]question
	for i := range 3 {
		out = append(out, q.cells(strconv.Itoa(n+i), n+i+1, nil))
	}
	return out
}

func (f question) cells(index string, nth int, raw map[string]any) []question {
	out := make([]question, 0, len(f.Fields))
	for _, c := range f.Fields {
		out = append(out, question{Field: c, at: f.at + "[" + index + "]." + c.Key, raw: raw[c.Key], table: f.Key, nth: nth})
	}
	return out
}

// isWide says whether the columns of a table fit side by side.
func (f question) isWide() bool {
	return len(f.Fields) <= 4 && !slices.ContainsFunc(f.Fields, func(c Field) bool { return c.Type == MultiSelect || c.Type == LongText || c.Type == Attachment })
}

func (f question) sums() []Field {
	var out []Field
	for _, c := range f.Fields {
		if c.Sum {
			out = append(out, c)
		}
	}
	return out
}

// sum is what a column of the answers so far adds up to, as it is read.
func (d drawing) sum(table Field, column Field) string {
	text, _ := table.sumOf(column, d.values.Rows(table.Key))
	return text
}

// props is the field for the components of ui.
func (d drawing) props(ctx context.Context, q question) ui.FieldProps {
	s := d.states[q.at]
	required := q.Required || s.required
	u := ui.FieldProps{
		Name: q.at, Label: q.Label.In(ctx), Hint: q.Hint.In(ctx), Error: d.Errors.At(q.at),
		Required: required, Optional: !required && q.Type.Asks() && q.nth == 0, Disabled: d.Preview, ReadOnly: s.locked,
		Value: q.typed(ctx, q.raw), Draft: d.Draft, Attrs: d.Attrs[q.Key],
	}
	if n := d.words(ctx, q.Field); d.Preview && n != "" {
		u.Hint = strings.TrimSpace(u.Hint + " " + n)
	}
	if own := q.PatternText.In(ctx); own != "" && !d.Preview && q.Pattern != "" && u.Error == "" && !strings.Contains(u.Hint, own) { // what is wanted is said before it is missed
		u.Hint = strings.TrimSpace(u.Hint + " " + own)
	}
	if !d.plain(ctx, q, &u) {
		d.chooses(ctx, q, &u)
	}
	if s.locked && !keeps(q.Type) {
		u.Disabled = true // what cannot be changed is not sent; the server keeps it
	}
	return u
}

// keeps says whether the input can be read only: a select, a box and a picker can only be closed.
func keeps(t Type) bool {
	switch t {
	case SingleSelect, MultiSelect, Cascade, Checkbox, Rating, Attachment, Person, Department, Relation:
		return false
	}
	return true
}

// plain is what types say that are typed.
func (d drawing) plain(ctx context.Context, q question, u *ui.FieldProps) bool {
	switch q.Type {
	case Text:
		u.MaxLength, _ = strconv.Atoi(q.Max)
	case LongText:
		u.Rows = 4
	case Number, Currency:
		u.InputMode = "decimal"
	case Percent:
		u.InputMode, u.Suffix = "decimal", "%"
	case Date:
		u.Min, u.Max = absolute(q.Min), absolute(q.Max)
	case DateTime:
		u.Type = "datetime-local"
	case Month:
		u.Type, u.Placeholder = "month", "2026-10"
	case Phone:
		u.Type, u.Placeholder = "tel", lang.T(ctx, "form.phone-placeholder")
	case EmailURL:
		if u.InputMode = q.Accept; u.InputMode != "" {
			u.Type = q.Accept
		}
	case AutoNumber:
		u.ReadOnly = true
		if u.Value == "" {
			u.Placeholder = lang.T(ctx, "form.number-given")
		}
	case Formula:
		u.ReadOnly = true
	default:
		return false
	}
	return true
}

func absolute(bound string) string {
	if strings.HasPrefix(bound, "today") {
		return ""
	}
	return bound
}

// typed is the text that stands in an input: what was typed, or a canonical answer the way an input takes it.
func (f Field) typed(ctx context.Context, raw any) string {
	if b, ok := raw.(bool); ok {
		return strconv.FormatBool(b)
	}
	if f.Type == Cascade {
		raw = joined(raw)
	}
	s, bad := scalar(raw)
	if bad != nil {
		return ""
	}
	if f.Type == DateTime {
		if t, err := time.Parse(time.RFC3339, s); err == nil {
			return t.In(lang.Zone(ctx)).Format("2006-01-02T15:04")
		}
	}
	return s
}

// marks are the attributes by which the script follows a field: its key and type, its conditions and its formula.
func (d drawing) marks(q question) templ.Attributes {
	a := templ.Attributes{"data-q": q.Key, "data-t": string(q.as())}
	if d.Preview {
		return a
	}
	for name, c := range map[string]*Condition{"data-if": q.VisibleIf, "data-must": q.RequiredIf, "data-lock": q.ReadOnlyIf} {
		if c != nil {
			a[name] = inJSON(c)
		}
	}
	if q.Type == Formula {
		if n, bad := compiled(q.Formula); bad == nil {
			a["data-formula"], a["data-decimals"] = inJSON(n), strconv.Itoa(q.decimals())
		}
	}
	return a
}

func inJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("form: a definition did not marshal: %v", err))
	}
	return string(b)
}

// counted is what a formula comes to with the answers so far, as it is read.
func (d drawing) counted(q question) string {
	v := d.values
	if q.table != "" {
		v = nil
		if rows := d.values.Rows(q.table); q.nth <= len(rows) && q.nth > 0 {
			v = rows[q.nth-1]
		}
	}
	return q.figure(v.String(q.Key))
}

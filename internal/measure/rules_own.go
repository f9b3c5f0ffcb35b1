package measure

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"neike/internal/kit/fault"
)

const (
	longestCode  = 40
	longestName  = 60
	longestText  = 500
	greatest     = 1e12  // any number that is typed
	mostEntries  = 2000  // values at once
	mostMeasures = 200   // of the company's own
	lineLongest  = 1_000 // characters of a pasted line that is shown again
)

var codeForm = regexp.MustCompile(`^[a-z][a-z0-9]*([._-][a-z0-9]+)*$`)

// reserved are words of addresses.
var reserved = []string{"new", "export"}

// check adds what is wrong with a definition. main is the company's language.
func (o Own) check(main string) fault.Fields {
	var f fault.Fields
	if !codeForm.MatchString(o.Code) || len(o.Code) > longestCode || slices.Contains(reserved, o.Code) {
		f.Add("code", "measure.code-form", "most", longestCode)
	}
	if l := o.Name.Lacks(main); l != "" {
		f.Add("name_"+l, "form.required")
	}
	for _, x := range []struct {
		name, text string
		most       int
	}{{"name_zh", o.Name.Zh, longestName}, {"name_en", o.Name.En, longestName}, {"about_zh", o.About.Zh, longestText}, {"about_en", o.About.En, longestText},
		{"formula_zh", o.Formula.Zh, longestText}, {"formula_en", o.Formula.En, longestText}} {
		if n := utf8.RuneCountInString(x.text); n > x.most {
			f.Add(x.name, "form.too-long", "max", x.most, "count", n)
		}
	}
	if l := o.Formula.Lacks(main); l != "" {
		f.Add("formula_"+l, "form.required")
	}
	known := slices.Contains(Kinds, o.Kind)
	if !known {
		f.Add("kind", "measure.not-one-of")
	}
	switch {
	case o.Unit != "" && !slices.Contains(Units, o.Unit):
		f.Add("measured_in", "measure.not-one-of")
	case known && !slices.Contains(UnitsOf(o.Kind), o.Unit):
		f.Add("measured_in", "measure.unit-of-kind")
	}
	if !slices.Contains(Directions, o.Direction) {
		f.Add("direction", "measure.not-one-of")
	}
	if !slices.Contains(Circles, o.Seen) {
		f.Add("seen", "measure.not-one-of")
	}
	if t := o.Target; t != nil && (math.Abs(*t) > greatest || o.Kind != Mean && *t < 0 || o.Kind == Share && *t > 100) {
		f.Add("target", "measure.target-range")
	}
	return f
}

// fixed adds what may not change any more once there are values: what they mean.
func (o Own) fixed(was Own, f *fault.Fields) {
	if o.Kind != was.Kind {
		f.Add("kind", "measure.has-values")
	}
	if o.Unit != was.Unit {
		f.Add("measured_in", "measure.has-values")
	}
	if o.ByUnit != was.ByUnit {
		f.Add("by_unit", "measure.has-values")
	}
}

// monthForms are how people and spreadsheets write a month.
var monthForms = regexp.MustCompile(`^(\d{4})\s*(?:[-/.]|年)?\s*(\d{1,2})\s*(?:月|[-/.]\d{1,2}(?:[ T].*)?)?$`)

// MonthOf reads a month as people write it: 2026-11, 2026/11, 202611, 2026年11月, 2026-11-01.
func MonthOf(text string) (month int64, ok bool) {
	m := monthForms.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return 0, false
	}
	y, _ := strconv.ParseInt(m[1], 10, 64) // the form says that these are digits
	n, _ := strconv.ParseInt(m[2], 10, 64)
	month = y*100 + n
	return month, validMonth(month)
}

// MonthText is a month as the API writes it: 2026-11.
func MonthText(month int64) string {
	return strconv.FormatInt(month/100, 10) + "-" + string([]byte{byte('0' + month%100/10), byte('0' + month%10)})
}

// Entry is what somebody says of one month of a measure of the company's own. Hits and N are those of a share, Amount is that of anything
// else, in the unit of the measure; Gone says that there is no value any longer.
type Entry struct {
	Unit   string // code; "" for the company
	Month  int64
	Hits   *int64
	N      *int64
	Amount *float64
	Note   string
	Gone   bool
}

// check adds what is wrong with an entry by itself. this is the month that runs.
func (e Entry) check(o Own, this int64) fault.Fields {
	var f fault.Fields
	switch {
	case !validMonth(e.Month):
		f.Add("month", "measure.month-form")
	case e.Month > this:
		f.Add("month", "measure.month-future", "month", MonthText(e.Month))
	}
	switch {
	case !o.ByUnit && e.Unit != "":
		f.Add("unit", "measure.company-only")
	case o.ByUnit && e.Unit == "":
		f.Add("unit", "form.required")
	}
	if n := utf8.RuneCountInString(e.Note); n > longestText {
		f.Add("note", "form.too-long", "max", longestText, "count", n)
	}
	if e.Gone {
		return f
	}
	if o.Kind == Share {
		e.checkShare(&f)
		return f
	}
	switch {
	case e.Hits != nil:
		f.Add("hits", "measure.no-share")
	case e.Amount == nil:
		f.Add("value", "form.required")
	case math.IsNaN(*e.Amount) || math.Abs(*e.Amount) > greatest || *e.Amount < 0 && o.Kind != Mean:
		f.Add("value", "measure.value-range")
	}
	if e.N != nil && (*e.N < 0 || *e.N > greatest) {
		f.Add("n", "measure.n-range")
	}
	return f
}

func (e Entry) checkShare(f *fault.Fields) {
	if e.Amount != nil {
		f.Add("value", "measure.share-by-counts")
	}
	if e.N == nil {
		f.Add("n", "form.required")
	} else if *e.N < 1 || *e.N > greatest {
		f.Add("n", "measure.n-least")
	}
	switch {
	case e.Hits == nil:
		f.Add("hits", "form.required")
	case *e.Hits < 0:
		f.Add("hits", "measure.n-range")
	case e.N != nil && *e.Hits > *e.N:
		f.Add("hits", "measure.hits-over", "n", *e.N)
	}
}

// valueOf is an entry that is right, as a value.
func (e Entry) valueOf() Value {
	v := Value{Month: e.Month, Gone: e.Gone, Note: e.Note}
	if e.Gone {
		return v
	}
	if e.Hits != nil {
		v.Hits = *e.Hits
	}
	if e.N != nil {
		v.N = *e.N
	}
	if e.Amount != nil {
		v.Amount = *e.Amount
	}
	return v
}

// says reports whether two values say the same.
func (v Value) says(o Value) bool {
	return v.Gone == o.Gone && v.Hits == o.Hits && v.N == o.N && v.Amount == o.Amount && v.Note == o.Note
}

// point is a value as a series has it.
func (v Value) point(k Kind) Point {
	p := Point{Month: v.Month, Hits: v.Hits, N: v.N, Value: v.Amount}
	if k == Share {
		p.Value = share(v.Hits, v.N)
	}
	return p
}

// added sums shares of several units in a month.
func added(values []Value) Value {
	out := values[0]
	for _, v := range values[1:] {
		out.Hits, out.N = out.Hits+v.Hits, out.N+v.N
	}
	return out
}

// number reads a number as people type it: thousands may be parted, a percent sign and blanks are passed over.
func number(text string) (float64, bool) {
	text = strings.NewReplacer(",", "", "，", "", "%", "", "％", "", " ", "", "\u00a0", "").Replace(text)
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil && !math.IsNaN(n) && !math.IsInf(n, 0)
}

// whole reads a count.
func whole(text string) (int64, bool) {
	n, ok := number(text)
	return int64(n), ok && n == math.Trunc(n) && math.Abs(n) <= greatest
}

// Typed is an entry as it was typed or stands in a file.
type Typed struct{ Unit, Month, Hits, N, Amount, Note string }

// entry reads what was typed; what cannot be read is added to f, under the name of its field. All empty says that the value goes.
func (t Typed) entry(f *fault.Fields) Entry {
	e := Entry{Unit: strings.TrimSpace(t.Unit), Note: strings.TrimSpace(t.Note)}
	e.Month, _ = MonthOf(t.Month)
	count := func(name, text string) *int64 {
		if text = strings.TrimSpace(text); text == "" {
			return nil
		}
		n, ok := whole(text)
		if !ok {
			f.Add(name, "measure.not-whole", "value", text)
			return nil
		}
		return &n
	}
	e.Hits, e.N = count("hits", t.Hits), count("n", t.N)
	if text := strings.TrimSpace(t.Amount); text != "" {
		if x, ok := number(text); ok {
			e.Amount = &x
		} else {
			f.Add("value", "measure.not-number", "value", text)
		}
	}
	e.Gone = f.Len() == 0 && e.Hits == nil && e.N == nil && e.Amount == nil
	return e
}

// linesOf takes pasted text apart: a line for each month, its cells parted by tabs, as a spreadsheet copies them, or by
// semicolons, or, where there are neither, by commas. A first line that is a heading is passed over.
func linesOf(text string, o Own) (lines []Typed, at []int) {
	for i, line := range strings.Split(strings.ReplaceAll(text, "\r", ""), "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		t := typedOf(cellsOf(line), o)
		if _, ok := MonthOf(t.Month); !ok && len(lines) == 0 && !strings.ContainsAny(line, "0123456789") {
			continue
		}
		lines, at = append(lines, t), append(at, i+1)
	}
	return lines, at
}

func cellsOf(line string) []string {
	for _, mark := range []string{"\t", ";", "；", ",", "，"} {
		if strings.Contains(line, mark) {
			return strings.Split(line, mark)
		}
	}
	return strings.Fields(line)
}

// typedOf puts cells where they belong: unit if there is one, month, hits and n of a share or value and n, note.
func typedOf(cells []string, o Own) (t Typed) {
	places := []*string{&t.Unit, &t.Month, &t.Hits, &t.N, &t.Note}
	if o.Kind != Share {
		places[2] = &t.Amount
	}
	if !o.ByUnit {
		places = places[1:]
	}
	for i, cell := range cells {
		if i < len(places) {
			*places[i] = strings.TrimSpace(cell)
		}
	}
	return t
}

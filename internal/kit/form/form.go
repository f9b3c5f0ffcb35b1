package form

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"neike/internal/kit/lang"
)

//go:embed locale/*.toml
var locale embed.FS

// Locale holds the sentences of this package.
var Locale fs.FS = locale

// Type is the kind of answer that a field takes.
type Type string

// The types; doc.go has their canonical values.
const (
	Text         Type = "text"
	LongText     Type = "long_text"
	Number       Type = "number"
	Currency     Type = "currency"
	Percent      Type = "percent"
	Date         Type = "date"
	DateTime     Type = "datetime"
	Month        Type = "month"
	SingleSelect Type = "single_select"
	MultiSelect  Type = "multi_select"
	Cascade      Type = "cascade"
	Checkbox     Type = "checkbox"
	Rating       Type = "rating"
	Person       Type = "person"
	Department   Type = "department"
	Attachment   Type = "attachment"
	Phone        Type = "phone"
	EmailURL     Type = "email_url"
	Relation     Type = "relation"
	Formula      Type = "formula"
	AutoNumber   Type = "autonumber"
	Table        Type = "table" // 明细: rows of sub-fields
)

// Types lists all types in the order in which a person would look for them.
var Types = []Type{Text, LongText, Number, Currency, Percent, Date, DateTime, Month, SingleSelect, MultiSelect, Cascade, Checkbox, Rating,
	Person, Department, Phone, EmailURL, Attachment, Relation, Table, Formula, AutoNumber}

// Limits of a definition and of its answers.
const (
	MaxFields    = 100       // fields of a form, those of its tables included
	MaxSections  = 20        // sections of a form
	MaxOptions   = 200       // options of a select, those below others included
	MaxDepth     = 3         // levels of a cascade
	MaxLabel     = 80        // characters of a label in one language
	MaxHint      = 200       // characters of a hint in one language
	MaxText      = 200       // characters of a text
	MaxLongText  = 5000      // characters of a long text
	MaxFiles     = 20        // files of one attachment field
	MaxRows      = 100       // rows of a table
	MaxStars     = 10        // of a rating; 5 unless told
	MaxValues    = 64 * 1024 // bytes of all answers together, as JSON
	maxIntDigits = 12        // digits before the decimal point
	maxDecimals  = 6         // digits behind it, of a number or a percentage; a currency has two
)

// Option is one answer that a select offers.
type Option struct {
	Code     string    `json:"code"`
	Label    lang.Text `json:"label"`
	Inactive bool      `json:"inactive,omitempty"` // no longer offered; answers that chose it are still read and kept
	Options  []Option  `json:"options,omitempty"`  // of a cascade: the next level
}

// Field is one question. What a type does not use stays empty: Check refuses it.
type Field struct {
	Key      string    `json:"key" doc:"Stable name of the answer: a small letter, then small letters, digits and underscores" example:"amount"` // stable name of the answer, [a-z][a-z0-9_]*
	Type     Type      `json:"type" enum:"text,long_text,number,currency,percent,date,datetime,month,single_select,multi_select,cascade,checkbox,rating,person,department,attachment,phone,email_url,relation,formula,autonumber,table"`
	Label    lang.Text `json:"label" doc:"The question, in one language at least"`
	Required bool      `json:"required"`
	Hint     lang.Text `json:"hint,omitzero"`
	Options  []Option  `json:"options,omitempty" doc:"Of a select or a cascade"` // of a select or cascade only

	// Min and Max bound the answer, both inclusive: characters of a text, the value of a number, amount or percentage, days and
	// months ("2026-01-31", "today", "today+7"; of a datetime its day), how many options, files or rows. Max of a rating is its stars.
	Min string `json:"min,omitempty" doc:"Of a text its characters, of a number, an amount or a percentage its value, of a date or month the earliest (2026-01-31, today, today+7), of a multi_select, an attachment or a table how many at least" example:"1"`
	Max string `json:"max,omitempty" doc:"The same, at most; of a rating its stars"`

	Pattern     string    `json:"pattern,omitempty" doc:"Regular expression (RE2) that the whole text must match"` // RE2, must match the whole answer; of a text
	PatternText lang.Text `json:"pattern_text,omitzero" doc:"What the pattern wants, in words"`

	// Default is what the input shows at first, changeable: a canonical value, or places to fill in ("{person.name}", "{today+3}").
	// It is no answer until it is sent. Only a field that cannot be changed takes it without being sent.
	Default string `json:"default,omitempty" doc:"What the input shows at first: a value, or a place to fill in" example:"{person.name}"`

	// Sensitive answers are shown to whoever reads the record, and masked in lists, searches, titles and notices.
	Sensitive bool `json:"sensitive,omitempty" doc:"Shown to readers of the record alone: masked in lists, searches and notices"`

	// Indexed answers can be filtered and sorted by in lists. All types can but long_text, attachment and table; sub-fields of a
	// table cannot, and sensitive ones must not be: a filter would tell them. Indexed (the function) gives the entries.
	Indexed bool `json:"indexed,omitempty" doc:"Lists can be filtered and sorted by it"`

	// Conditions look only at fields that stand before this one. An empty All is always true.
	VisibleIf  *Condition `json:"visible_if,omitempty" doc:"Otherwise it is not asked. Conditions look at fields that stand before this one"` // otherwise the field is not asked, and an answer is dropped
	RequiredIf *Condition `json:"required_if,omitempty" doc:"Then it has to be answered"`
	ReadOnlyIf *Condition `json:"read_only_if,omitempty" doc:"Then it keeps its answer or default"` // then the answer is the one kept from before, or the default

	Accept   string  `json:"accept,omitempty" enum:"image,email,url" doc:"Of an attachment: image; of an email_url: email or url"`                                    // of an attachment: "image"; of email_url: "email" or "url", otherwise both
	Of       string  `json:"of,omitempty" enum:"request" doc:"Of a relation: what it leads to"`                                                                       // of a relation: the entity, "request"
	Formula  string  `json:"formula,omitempty" doc:"Of a formula: numbers, fields that stand before it and sums of table columns" example:"sum(items.amount) * 1.06"` // of a formula: "amount * 1.06", "sum(items.amount)"
	As       Type    `json:"as,omitempty" enum:"number,currency,percent" doc:"Of a formula: what comes out"`                                                          // of a formula: number (default), currency or percent
	Decimals *int    `json:"decimals,omitempty" minimum:"0" maximum:"6" doc:"Of a formula"`                                                                           // of a formula: 0 to 6; 2 unless told. Rounded half away from zero
	Number   string  `json:"number,omitempty" doc:"Of an autonumber" example:"BX-{yyyy}-{0000}"`                                                                      // of an autonumber: "BX-{yyyy}-{0000}"
	Fields   []Field `json:"fields,omitempty" doc:"Of a table: its columns"`                                                                                          // of a table: the columns
	Sum      bool    `json:"sum,omitempty" doc:"Of a column: its sum stands below the table"`                                                                         // of a column: its sum stands below the table
}

// Section is a part of a form under its own title. Its fields follow one another in the form.
type Section struct {
	Key       string     `json:"key"`
	Title     lang.Text  `json:"title"`
	Help      lang.Text  `json:"help,omitzero"`
	Columns   int        `json:"columns,omitempty" enum:"0,1,2" doc:"1 or 2; 0: short neighbours stand side by side"` // 1 or 2; 0 puts short neighbours side by side
	VisibleIf *Condition `json:"visible_if,omitempty"`
	Fields    []string   `json:"fields" doc:"Keys of its fields, which follow one another in the form"` // keys, in the order of the form
}

// Form is the questions in the order in which they are asked. The zero Form asks nothing. Fields that are in no section stand first.
type Form struct {
	Fields   []Field   `json:"fields"`
	Sections []Section `json:"sections,omitempty"`
}

// Name is the path of the field's input in a posted form and in errors: "fields.amount".
func (f Field) Name() string { return prefix + f.Key }

const prefix = "fields."

// Option is the option of a code; of a cascade, of a path of codes ("hardware/laptop").
func (f Field) Option(code string) (Option, bool) {
	path := f.path(code)
	if len(path) == 0 {
		return Option{}, false
	}
	return path[len(path)-1], true
}

// path is the options on the way to a code, nil when there is none.
func (f Field) path(code string) []Option {
	if f.Type != Cascade {
		return walk(f.Options, []string{code})
	}
	return walk(f.Options, strings.Split(code, "/"))
}

func walk(options []Option, codes []string) []Option {
	for _, o := range options {
		if o.Code != codes[0] {
			continue
		}
		if len(codes) == 1 {
			return []Option{o}
		}
		if rest := walk(o.Options, codes[1:]); rest != nil {
			return append([]Option{o}, rest...)
		}
	}
	return nil
}

// Field is the field of a key.
func (f Form) Field(key string) (Field, bool) {
	for _, x := range f.Fields {
		if x.Key == key {
			return x, true
		}
	}
	return Field{}, false
}

// Column is the sub-field of a key, of a table.
func (f Field) Column(key string) (Field, bool) {
	for _, x := range f.Fields {
		if x.Key == key {
			return x, true
		}
	}
	return Field{}, false
}

// Canonical is the definition as bytes: two forms ask the same if and only if these are equal.
func (f Form) Canonical() []byte {
	if f.Fields == nil {
		f.Fields = []Field{}
	}
	b, err := json.Marshal(f)
	if err != nil {
		panic(fmt.Sprintf("form: a definition of plain strings did not marshal: %v", err))
	}
	return b
}

// Parse reads a stored definition. It does not check it: what was stored was checked.
func Parse(definition []byte) (Form, error) {
	var f Form
	if err := json.Unmarshal(definition, &f); err != nil {
		return Form{}, fmt.Errorf("read a form definition: %w", err)
	}
	return f, nil
}

var (
	keyPattern  = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	codePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$`)
)

// Known says whether there is such a type.
func (t Type) Known() bool { return slices.Contains(Types, t) }

// Selects says whether the type chooses among options.
func (t Type) Selects() bool { return t == SingleSelect || t == MultiSelect || t == Cascade }

// Asks says whether somebody answers the field; formulas and numbers come by themselves.
func (t Type) Asks() bool { return t != Formula && t != AutoNumber }

// numeric says whether the answer is a number to count with.
func (t Type) numeric() bool {
	return t == Number || t == Currency || t == Percent || t == Rating || t == Formula
}

// as is the type by which a formula's result is written; of every other field its own.
func (f Field) as() Type {
	switch {
	case f.Type != Formula:
		return f.Type
	case f.As == "":
		return Number
	}
	return f.As
}

// Optional is the form with nothing required: for whoever writes down what somebody else says.
func (f Form) Optional() Form {
	f.Fields = optional(f.Fields)
	return f
}

func optional(fields []Field) []Field {
	out := slices.Clone(fields)
	for i := range out {
		out[i].Required, out[i].RequiredIf, out[i].Fields = false, nil, optional(out[i].Fields)
	}
	return out
}

// Lenient is the form with nothing required, bounded, hidden or locked: for answers given when other questions were asked.
func (f Form) Lenient() Form {
	return Form{Fields: lenient(f.Fields)}
}

func lenient(fields []Field) []Field {
	out := slices.Clone(fields)
	for i := range out {
		x := &out[i]
		x.Required, x.Pattern, x.Min = false, "", ""
		x.RequiredIf, x.VisibleIf, x.ReadOnlyIf = nil, nil, nil
		if x.Type != Rating {
			x.Max = ""
		}
		x.Fields = lenient(x.Fields)
	}
	return out
}

// NameOf is what the input of a path is called: "金额", or of a cell "报销明细 第 3 行 金额"; "" when the form has none of that path.
func (f Form) NameOf(ctx context.Context, path string) string {
	key := strings.TrimPrefix(path, prefix)
	if x, ok := f.Field(key); ok {
		return x.Label.In(ctx)
	}
	m := cellName.FindStringSubmatch(key)
	if m == nil {
		return ""
	}
	table, _ := f.Field(m[1])
	column, ok := table.Column(m[3])
	n, err := strconv.Atoi(m[2])
	if !ok || err != nil {
		return ""
	}
	return lang.T(ctx, "form.cell", "table", table.Label.In(ctx), "row", n+1, "column", column.Label.In(ctx))
}

// Searched are the words by which a record is found: texts, addresses and numbers of the answers, those of rows too, sensitive ones
// never.
func (f Form) Searched(v Values) []string { return searched(f.Fields, v) }

func searched(fields []Field, v Values) []string {
	var out []string
	for _, x := range fields {
		if x.Sensitive {
			continue
		}
		switch x.Type {
		case Text, LongText, Phone, EmailURL, Relation, AutoNumber:
			if text := v.String(x.Key); text != "" {
				out = append(out, text)
			}
		case Table:
			for _, row := range v.Rows(x.Key) {
				out = append(out, searched(x.Fields, row)...)
			}
		}
	}
	return out
}

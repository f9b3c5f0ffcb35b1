package form

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"unicode/utf8"

	"embed"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
)

//go:embed locale/*.toml
var locale embed.FS

// Locale holds the sentences of this package.
var Locale fs.FS = locale

// Type is the kind of answer that a field takes.
type Type string

// The thirteen types; doc.go has their canonical values.
const (
	Text         Type = "text"
	LongText     Type = "long_text"
	Number       Type = "number"
	Currency     Type = "currency"
	Date         Type = "date"
	DateTime     Type = "datetime"
	Month        Type = "month"
	Phone        Type = "phone"
	Person       Type = "person"
	Department   Type = "department"
	Attachment   Type = "attachment"
	SingleSelect Type = "single_select"
	MultiSelect  Type = "multi_select"
)

// Types lists all types in the order in which a person would look for them.
var Types = []Type{Text, LongText, Number, Currency, Date, DateTime, Month, Phone, Person, Department, Attachment, SingleSelect, MultiSelect}

// Limits of a definition and of its answers.
const (
	MaxFields    = 100       // fields of a form
	MaxOptions   = 200       // options of a select
	MaxLabel     = 80        // characters of a label in one language
	MaxHint      = 200       // characters of a hint in one language
	MaxText      = 200       // characters of a text
	MaxLongText  = 5000      // characters of a long text
	MaxFiles     = 20        // files of one attachment field
	MaxValues    = 64 * 1024 // bytes of all answers together, as JSON
	maxIntDigits = 12        // digits before the decimal point
	maxDecimals  = 6         // digits behind it, of a number; a currency has two
)

// Option is one answer that a select offers.
type Option struct {
	Code  string    `json:"code"`
	Label lang.Text `json:"label"`
}

// Field is one question.
type Field struct {
	Key      string    `json:"key"` // stable name of the answer, [a-z][a-z0-9_]*
	Type     Type      `json:"type"`
	Label    lang.Text `json:"label"`
	Required bool      `json:"required"`
	Hint     lang.Text `json:"hint,omitzero"`
	Options  []Option  `json:"options,omitempty"` // of a select only
}

// Form is the questions in the order in which they are asked. The zero Form asks nothing.
type Form struct {
	Fields []Field `json:"fields"`
}

// Name is the path of the field's input in a posted form and in errors: "fields.amount".
func (f Field) Name() string { return prefix + f.Key }

const prefix = "fields."

// Option is the option of a code.
func (f Field) Option(code string) (Option, bool) {
	for _, o := range f.Options {
		if o.Code == code {
			return o, true
		}
	}
	return Option{}, false
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

// Known says whether a type is one of the thirteen.
func (t Type) Known() bool {
	for _, x := range Types {
		if x == t {
			return true
		}
	}
	return false
}

// Selects says whether the type chooses among options.
func (t Type) Selects() bool { return t == SingleSelect || t == MultiSelect }

// Check tells everything that is wrong with a definition. Names are paths in it: "fields[2].options[0].code".
func (f Form) Check() fault.Fields {
	var errs fault.Fields
	if len(f.Fields) > MaxFields {
		errs.Add("fields", "form.definition.too-many-fields", "max", MaxFields, "count", len(f.Fields))
	}
	seen := map[string]int{}
	for i, x := range f.Fields {
		at := fmt.Sprintf("fields[%d]", i)
		switch {
		case !keyPattern.MatchString(x.Key):
			errs.Add(at+".key", "form.definition.key", "key", x.Key)
		case seen[x.Key] > 0:
			errs.Add(at+".key", "form.definition.key-twice", "key", x.Key)
		}
		seen[x.Key]++
		if !x.Type.Known() {
			errs.Add(at+".type", "form.definition.type", "type", string(x.Type))
		}
		checkText(&errs, at+".label", x.Label, MaxLabel, true)
		checkText(&errs, at+".hint", x.Hint, MaxHint, false)
		checkOptions(&errs, at, x)
	}
	return errs
}

func checkText(errs *fault.Fields, at string, t lang.Text, limit int, required bool) {
	if required && t.Zh == "" && t.En == "" {
		errs.Add(at, "form.definition.label")
	}
	for _, s := range [...]string{t.Zh, t.En} {
		if n := utf8.RuneCountInString(s); n > limit {
			errs.Add(at, "form.too-long", "max", limit, "count", n)
		}
	}
}

func checkOptions(errs *fault.Fields, at string, x Field) {
	if !x.Type.Selects() {
		if len(x.Options) > 0 {
			errs.Add(at+".options", "form.definition.options-unwanted", "type", string(x.Type))
		}
		return
	}
	if len(x.Options) == 0 {
		errs.Add(at+".options", "form.definition.options-missing")
	}
	if len(x.Options) > MaxOptions {
		errs.Add(at+".options", "form.definition.too-many-options", "max", MaxOptions, "count", len(x.Options))
	}
	seen := map[string]bool{}
	for j, o := range x.Options {
		to := fmt.Sprintf("%s.options[%d]", at, j)
		switch {
		case !codePattern.MatchString(o.Code):
			errs.Add(to+".code", "form.definition.code", "code", o.Code)
		case seen[o.Code]:
			errs.Add(to+".code", "form.definition.code-twice", "code", o.Code)
		}
		seen[o.Code] = true
		checkText(errs, to+".label", o.Label, MaxLabel, true)
	}
}

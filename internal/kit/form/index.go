package form

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"time"
	"unicode/utf8"

	"neike/internal/kit/lang"
)

// Entry is one answer as an index keeps it: a number or a text. A field that takes several values has one entry each; a cascade
// has one for every level of its way, so that a filter by the upper level finds what lies below.
type Entry struct {
	Key      string
	Text     string // normal form: narrow, small letters, single blanks, at most 100 characters
	Number   int64  // a number, amount, percentage, rating or formula times 1 000 000; a day, month or moment in ms since 1970 (a day at 00:00 UTC)
	IsNumber bool
}

const maxIndexed = 100 // characters of a text in the index

// Indexable says whether answers of the type can be filtered and sorted by.
func (t Type) Indexable() bool { return t != LongText && t != Attachment && t != Table }

// Sortable says whether a list can be sorted by the field: it has one entry, and its order means something to people.
func (t Type) Sortable() bool { return t.Indexable() && t != MultiSelect && t != Cascade }

// Indexed gives the entries of all fields that are marked so, in the order of the form. It is pure: the same values give the same.
func Indexed(f Form, v Values) []Entry {
	var out []Entry
	for _, x := range f.Fields {
		if x.Indexed && x.Type.Indexable() && !x.Sensitive {
			out = append(out, x.entries(v[x.Key])...)
		}
	}
	return out
}

// Sought reads what a filter asks for, as people type it or as the API gives it ("38,462.5", "2026年10月14日", an option's label), and
// gives it as it stands in the index; ok is false when it is no answer of the field.
func (f Field) Sought(ctx context.Context, text string) (e Entry, ok bool) {
	f.Pattern, f.Min = "", ""
	if f.Type == Formula {
		f.Type = f.as()
	}
	if f.Type == Checkbox && strings.EqualFold(trim(text), "false") {
		return Entry{}, false
	}
	if f.Type == Cascade {
		if e := f.entries(trim(text)); len(f.path(trim(text))) > 0 {
			return e[len(e)-1], true
		}
	}
	value, bad, err := f.read(ctx, Resolve{}, f.split(text), []string{text})
	if bad != nil || err != nil || value == nil {
		return Entry{}, false
	}
	list := f.entries(value)
	if len(list) == 0 {
		return Entry{}, false
	}
	return list[len(list)-1], true
}

func (f Field) entries(value any) []Entry {
	switch x := value.(type) {
	case bool:
		return []Entry{{Key: f.Key, Text: fmt.Sprint(x)}}
	case []string:
		out := make([]Entry, 0, len(x))
		for _, s := range x {
			out = append(out, Entry{Key: f.Key, Text: Normal(s)})
		}
		return out
	case json.Number:
		return number6(f.Key, x.String())
	case string:
		return f.textEntries(x)
	}
	return nil
}

func (f Field) textEntries(s string) []Entry {
	switch f.as() {
	case Currency:
		return number6(f.Key, s)
	case Date:
		return moment(f.Key, time.DateOnly, s)
	case Month:
		return moment(f.Key, "2006-01", s)
	case DateTime:
		return moment(f.Key, time.RFC3339, s)
	case Cascade:
		var out []Entry
		for i, r := range s + "/" {
			if r == '/' {
				out = append(out, Entry{Key: f.Key, Text: Normal(s[:i])})
			}
		}
		return out
	}
	return []Entry{{Key: f.Key, Text: Normal(s)}}
}

// number6 is a decimal times a million. Twelve digits before the point and six behind it fit.
func number6(key, s string) []Entry {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return nil
	}
	r.Mul(r, big.NewRat(1_000_000, 1))
	if !r.IsInt() || !r.Num().IsInt64() {
		return nil
	}
	return []Entry{{Key: key, Number: r.Num().Int64(), IsNumber: true}}
}

func moment(key, layout, s string) []Entry {
	t, err := time.Parse(layout, s)
	if err != nil {
		return nil
	}
	return []Entry{{Key: key, Number: t.UnixMilli(), IsNumber: true}}
}

// Normal is a text as the index keeps it and as a filter has to ask for it.
func Normal(s string) string {
	s = strings.Join(strings.Fields(strings.ToLower(lang.Narrow(s))), " ")
	if utf8.RuneCountInString(s) > maxIndexed {
		s = string([]rune(s)[:maxIndexed])
	}
	return s
}

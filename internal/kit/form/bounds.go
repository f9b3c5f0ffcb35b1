package form

import (
	"context"
	"encoding/json"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"neike/internal/kit/lang"
)

var relativeDay = regexp.MustCompile(`^today(?:([+-])(\d{1,4}))?$`)

// bounds holds a canonical answer against Min, Max and Pattern.
func (f Field) bounds(ctx context.Context, find Resolve, value any) (*bad, error) {
	if text, ok := value.(string); ok && f.Pattern != "" {
		if bad := f.matches(ctx, text); bad != nil {
			return bad, nil
		}
	}
	if f.Min == "" && f.Max == "" || f.Type == Rating {
		return nil, nil
	}
	switch x := value.(type) {
	case []string:
		return f.within(len(x), "count"), nil
	case []Values:
		return f.within(len(x), "rows"), nil
	case json.Number:
		return f.between(x.String()), nil
	case string:
		switch f.Type {
		case Currency:
			return f.between(x), nil
		case Text, LongText:
			return f.within(utf8.RuneCountInString(x), "length"), nil
		case Date, Month, DateTime:
			return f.during(ctx, find, x)
		}
	}
	return nil, nil
}

// stood says whether a day was answered before and still stands: bounds that move with today do not turn on it afterwards.
func (f Field) stood(value, before any) bool {
	day, is := value.(string)
	moves := strings.HasPrefix(f.Min, "today") || strings.HasPrefix(f.Max, "today")
	return is && moves && day != "" && before == any(day)
}

// within bounds a count.
func (f Field) within(n int, kind string) *bad {
	if least, err := strconv.Atoi(f.Min); err == nil && n < least {
		return wrong("form.min-"+kind, "min", least, "count", n)
	}
	if most, err := strconv.Atoi(f.Max); err == nil && n > most {
		return wrong("form.max-"+kind, "max", most, "count", n)
	}
	return nil
}

func (f Field) between(value string) *bad {
	x, _ := new(big.Rat).SetString(value)
	if least, ok := new(big.Rat).SetString(f.Min); f.Min != "" && ok && x.Cmp(least) < 0 {
		return wrong("form.min", "min", f.Min)
	}
	if most, ok := new(big.Rat).SetString(f.Max); f.Max != "" && ok && x.Cmp(most) > 0 {
		return wrong("form.max", "max", f.Max)
	}
	return nil
}

// during bounds a day or a month; of a moment its day in the reader's zone.
func (f Field) during(ctx context.Context, find Resolve, value string) (*bad, error) {
	if f.Type == DateTime {
		t, err := time.Parse(time.RFC3339, value)
		if err != nil {
			return nil, nil //nolint:nilerr // a canonical value is a moment
		}
		value = t.In(lang.Zone(ctx)).Format(time.DateOnly)
	}
	least, err := f.dayOf(ctx, find, f.Min)
	if err != nil {
		return nil, err
	}
	most, err := f.dayOf(ctx, find, f.Max)
	switch {
	case err != nil:
		return nil, err
	case least != "" && value < least:
		return wrong("form.min-day", "min", least), nil
	case most != "" && value > most:
		return wrong("form.max-day", "max", most), nil
	}
	return nil, nil
}

// dayOf is a bound as a day, of a month field as a month. Relative ones need Resolve.Given; without it they bound nothing.
func (f Field) dayOf(ctx context.Context, find Resolve, bound string) (string, error) {
	if bound == "" {
		return "", nil
	}
	if relativeDay.MatchString(bound) {
		var err error
		if bound, err = place(ctx, find, bound); err != nil {
			return "", err
		}
	}
	if f.Type == Month && len(bound) > 7 {
		bound = bound[:7]
	}
	return bound, nil
}

// shift is a day some days on: "+3", "-7".
func shift(day, by string) string {
	t, err := time.Parse(time.DateOnly, day)
	n, errN := strconv.Atoi(by)
	if err != nil || errN != nil {
		return day
	}
	return t.AddDate(0, 0, n).Format(time.DateOnly)
}

// checkBound tells what is wrong with Min or Max of a definition, as a key of a sentence.
func (f Field) checkBound(bound string) bool {
	switch f.Type {
	case Text, LongText, MultiSelect, Attachment, Table:
		n, err := strconv.Atoi(bound)
		limit := map[Type]int{Text: MaxText, LongText: MaxLongText, MultiSelect: MaxOptions, Attachment: MaxFiles, Table: MaxRows}[f.Type]
		return err == nil && n >= 0 && n <= limit && strconv.Itoa(n) == bound
	case Number, Percent:
		n, bad := decimal(bound, maxDecimals, "number")
		return bad == nil && n == bound
	case Currency:
		n, bad := decimal(bound, 2, "number")
		return bad == nil && n == plain(bound)
	case Date, DateTime:
		v, bad := readDate(bound)
		return relativeDay.MatchString(bound) || bad == nil && v == bound
	case Month:
		v, bad := readMonth(bound)
		return relativeDay.MatchString(bound) || bad == nil && v == bound
	case Rating:
		n, err := strconv.Atoi(bound)
		return err == nil && n >= 2 && n <= MaxStars
	}
	return false
}

// crossed says whether Min lies above Max.
func (f Field) crossed() bool {
	if f.Min == "" || f.Max == "" || strings.HasPrefix(f.Min, "today") || strings.HasPrefix(f.Max, "today") {
		return false
	}
	if a, ok := new(big.Rat).SetString(f.Min); ok {
		b, ok := new(big.Rat).SetString(f.Max)
		return ok && a.Cmp(b) > 0
	}
	return f.Min > f.Max
}

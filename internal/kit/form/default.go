package form

import (
	"context"
	"regexp"
	"slices"
	"strings"
)

// Places are what a default may fill in. The room that asks knows them (Resolve.Given); today and next_workday may be shifted by
// days: "{today+7}", "{next_workday+1}".
var Places = []string{"person.name", "person.no", "person.phone", "person.email", "person.position", "unit", "unit.name", "site", "site.name",
	"manager", "place", "place.code", "place.name", "place.asset", "today", "next_workday", "month", "now"}

var (
	placePattern = regexp.MustCompile(`\{([^{}]*)\}`)
	shifted      = regexp.MustCompile(`^(today|next_workday)([+-]\d{1,4})$`)
)

// knownPlace says whether a default may fill it in.
func knownPlace(name string) bool {
	return slices.Contains(Places, name) || shifted.MatchString(name)
}

// place is what one place holds, "" when nothing is known.
func place(ctx context.Context, find Resolve, name string) (string, error) {
	if find.Given == nil {
		return "", nil
	}
	by := ""
	if m := shifted.FindStringSubmatch(name); m != nil {
		name, by = m[1], m[2]
	}
	text, err := find.Given(ctx, name)
	if by != "" && text != "" {
		text = shift(text, by)
	}
	return text, err
}

// filledIn is a default with its places filled in. A default of which no place is known is nothing.
func filledIn(ctx context.Context, find Resolve, text string) (string, error) {
	places := placePattern.FindAllString(text, -1)
	known := len(places) == 0
	for _, p := range places {
		value, err := place(ctx, find, strings.Trim(p, "{}"))
		if err != nil {
			return "", err
		}
		known = known || value != ""
		text = strings.ReplaceAll(text, p, value)
	}
	if !known {
		return "", nil
	}
	return text, nil
}

// Defaults is what the inputs of an empty form show: the default of each field that has one, as Raw of InputsProps takes it. A default
// that is no answer of its field (a place that is empty, a person who has left) is left out.
func (f Form) Defaults(ctx context.Context, find Resolve) (map[string]any, error) {
	raw := map[string]any{}
	for _, x := range f.Fields {
		if x.Default == "" {
			continue
		}
		text, err := filledIn(ctx, find, x.Default)
		if err != nil {
			return nil, err
		}
		value, bad, err := x.read(ctx, find, x.split(text), nil)
		if err != nil {
			return nil, err
		}
		if bad == nil && value != nil {
			raw[x.Key] = value
		}
	}
	return raw, nil
}

// Defaultable says whether a field of the type may have a default.
func Defaultable(t Type) bool { return t.defaultable() }

// defaultable says whether a field of the type may have a default. A statement, a rating and files are somebody's own.
func (t Type) defaultable() bool {
	switch t {
	case Checkbox, Rating, Attachment, Table, Formula, AutoNumber:
		return false
	}
	return true
}

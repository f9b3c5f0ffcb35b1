package place

import (
	"context"
	"slices"
	"strings"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

func columnsFor(ctx context.Context, form string) []ui.Column {
	cols := []ui.Column{{Label: lang.T(ctx, "place.name")}, {Label: lang.T(ctx, "place.code")}, {Label: lang.T(ctx, "place.kind")}, {Label: lang.T(ctx, "place.unit")}, {Label: lang.T(ctx, "place.state"), Hidden: true}}
	if form != "" {
		cols = append([]ui.Column{{Label: lang.T(ctx, "place.choose"), Hidden: true, Width: "s"}}, cols...)
	}
	return cols
}

func offersNote(ctx context.Context, v placeView) string {
	if len(v.Offers) > 0 && v.FromKind {
		return lang.T(ctx, "place.from-kind")
	}
	return ""
}

func servicesText(codes []string) string { return strings.Join(codes, ", ") }

// also is the name in the other language; "" when it has none.
func also(shown string, name lang.Text) string {
	for _, other := range []string{name.Zh, name.En} {
		if other != "" && other != shown {
			return other
		}
	}
	return ""
}

// perSheet is how many labels one sheet of paper holds.
var perSheet = map[string]int{"3x7": 21, "2x4": 8, "a6": 1, "a5": 1}

// sheets deals labels out over sheets of paper.
func sheets(v labelView) [][]label {
	return slices.Collect(slices.Chunk(v.Labels, perSheet[v.Layout]))
}

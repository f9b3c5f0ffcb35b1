package trail

import (
	"context"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

func columns(ctx context.Context, v trailView) []ui.Column {
	out := []ui.Column{{Label: lang.T(ctx, "trail.column-what")}}
	if !v.Question.Own {
		out = append(out, ui.Column{Label: lang.T(ctx, "trail.column-who"), Width: "l"})
	}
	return append(out, ui.Column{Label: lang.T(ctx, "trail.column-at"), Width: "l"}, ui.Column{Label: lang.T(ctx, "trail.column-via"), Width: "m"},
		ui.Column{Label: lang.T(ctx, "trail.column-behind")})
}

// newest leads from a later page back to the first.
func newest(v trailView) string {
	if v.Question.Cursor == "" {
		return ""
	}
	return v.Path() + v.Query("")
}

func further(v trailView) string {
	if v.Page.NextCursor == "" {
		return ""
	}
	return v.Path() + v.Query(v.Page.NextCursor)
}

// emptyTitle tells a page that found nothing so far from a trail without such an event.
func emptyTitle(ctx context.Context, v trailView) string {
	if v.Page.NextCursor != "" {
		return lang.T(ctx, "trail.not-here")
	}
	return lang.T(ctx, "trail.nothing")
}

func emptyText(ctx context.Context, v trailView) string {
	if v.Page.NextCursor != "" {
		return lang.T(ctx, "trail.not-here-text")
	}
	return lang.T(ctx, "trail.nothing-text")
}

// pairs are what the sealed row says.
func pairs(ctx context.Context, e entry) []ui.Pair {
	out := []ui.Pair{{Term: lang.T(ctx, "trail.column-kind"), Text: e.Kind}}
	for _, f := range e.Facts {
		out = append(out, ui.Pair{Term: f.Label, Text: f.Value})
	}
	return append(out, ui.Pair{Term: lang.T(ctx, "trail.column-hash"), Text: e.Hash})
}

// kept stays in the address when the filter changes.
func kept(v trailView) map[string]string {
	if v.Question.Record == "" {
		return nil
	}
	return map[string]string{"record": v.Question.Record}
}

func clearHref(v trailView) string {
	if !v.Filtered() {
		return ""
	}
	return v.Path()
}

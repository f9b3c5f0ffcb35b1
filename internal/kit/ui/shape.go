package ui

import (
	"context"

	"neike/internal/kit/lang"
)

// The shape of each tone: a state reads in greyscale.
var statusIcons = map[string]string{"good": "circle-check", "bad": "alert-triangle", "warn": "clock-exclamation", "na": "help-circle"}

var noteIcons = map[string]string{"warn": "alert-triangle", "bad": "alert-triangle", "accent": "info-circle"}

type verdict struct{ tone, icon, text string }

var verdicts = map[string]verdict{
	"meets":        {"good", "circle-check", "ui.verdict-meets"},
	"misses":       {"bad", "alert-triangle", "ui.verdict-misses"},
	"undetermined": {"na", "help-circle", "ui.verdict-undetermined"},
	"few":          {"na", "dots", "ui.verdict-few"},
	"met":          {"good", "circle-check", "ui.verdict-met"},
	"missed":       {"bad", "alert-triangle", "ui.verdict-missed"},
	"soon":         {"warn", "clock-exclamation", "ui.verdict-soon"},
	"late":         {"bad", "alert-triangle", "ui.verdict-late"},
}

var allKeys = []KeyHint{
	{"/ Ctrl+K", "ui.key-search"}, {"j k", "ui.key-move"}, {"x", "ui.key-pick"}, {"Enter", "ui.key-open"},
	{"r", "ui.key-reply"}, {"Ctrl+Enter", "ui.key-send"}, {"Esc", "ui.key-close"}, {"?", "ui.key-all"},
}

func buttonClass(p ButtonProps) string {
	kind := ""
	switch p.Kind {
	case "primary":
		kind = "btn-primary"
	case "danger":
		kind = "btn-bad"
	case "quiet":
		kind = "btn-quiet"
	}
	return classes("btn", kind, when(p.Small, "btn-sm"), when(p.Big, "btn-big"), when(p.Wide, "btn-wide"))
}

func buttonType(p ButtonProps) string {
	if p.Opens != "" {
		return "button"
	}
	return or(p.Type, "submit")
}

func segRole(p SegmentedProps) string {
	if p.Name != "" {
		return "radiogroup"
	}
	return "group"
}

func cardClass(p CardProps) string {
	if p.Bare {
		return "nk-card-part"
	}
	return "nk-card"
}

func cardBody(p CardProps) string {
	body := "nk-body"
	if p.Flush {
		body = "nk-flush"
	}
	return classes(body, when(p.Scroll, "nk-scroll"))
}

func skeletonRows(p SkeletonProps) int {
	if p.Rows > 0 {
		return p.Rows
	}
	return 4
}

// errorEmpty fills in the words that a status always has.
func errorEmpty(ctx context.Context, p ErrorProps, level int) EmptyProps {
	kind, icon := "failed", "tool"
	switch p.Status {
	case 401:
		kind, icon = "signed-out", "lock"
	case 403, 404:
		kind, icon = "missing", "map-off"
	case 409, 412:
		kind, icon = "conflict", "alert-triangle"
	case 413:
		kind, icon = "too-large", "file-x"
	case 429:
		kind, icon = "too-many", "hourglass"
	case 503:
		kind, icon = "unavailable", "cloud-off"
	case 400, 422:
		kind, icon = "refused", "alert-circle"
	}
	e := EmptyProps{Icon: or(p.Icon, icon), Title: p.Title, Text: p.Text, Actions: p.Actions, Level: level}
	if e.Title == "" {
		e.Title = lang.T(ctx, "ui.error-"+kind)
	}
	if e.Text == "" {
		e.Text = lang.T(ctx, "ui.error-"+kind+"-text")
	}
	if p.ID != "" {
		e.Small = lang.T(ctx, "ui.error-id", "id", p.ID)
	}
	return e
}

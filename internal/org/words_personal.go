package org

import (
	"context"
	"slices"
	"strconv"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

func dataTitle(ctx context.Context, v dataView) string {
	if v.Own {
		return lang.T(ctx, "org.personal-own")
	}
	return lang.T(ctx, "org.personal-of", "name", v.Name)
}

// kept are the kinds of which there is something.
func (v dataView) kept() []PersonalKind {
	return slices.DeleteFunc(slices.Clone(v.Kinds), func(k PersonalKind) bool { return k.Count == 0 })
}

// nothing names the kinds of which there is nothing: the reader is to know that they were looked for.
func (v dataView) nothing() string {
	var out []string
	for _, k := range v.Kinds {
		if k.Count == 0 {
			out = append(out, k.Title)
		}
	}
	return joined(out...)
}

// kindCount is how many rows there are; beyond what a copy holds they are not counted.
func kindCount(k PersonalKind) string {
	if k.Cut {
		return strconv.Itoa(PersonalMost) + "+"
	}
	return strconv.Itoa(k.Count)
}

func leaverColumnsOf(ctx context.Context, state string) []ui.Column {
	ids := map[string][]string{
		"left":   {"org.person", "org.personal-column-left-at", "org.personal-due-at"},
		"held":   {"org.person", "org.personal-reason", "org.personal-by"},
		"erased": {"org.person", "org.personal-column-erased-at", "org.personal-by", "org.personal-what"},
	}
	var out []ui.Column
	for _, id := range ids[state] {
		out = append(out, ui.Column{Label: lang.T(ctx, id)})
	}
	return out
}

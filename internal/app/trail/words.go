package trail

import (
	"context"

	"neike/internal/kit/lang"
)

// rooms are the parts of the house whose events the filter offers, by the beginning of their kinds.
var rooms = []string{"request", "repeat", "place", "routing", "review", "problem", "article", "delivery", "promise", "agreement", "phrase", "view", "talk", "catalog", "relation", "measure", "disclose", "insight", "calendar", "clock", "org", "signin", "access", "directory", "notice", "import", "trail"}

// word is a message, or what stands for it when there is none: an event that another version wrote is shown by its code.
func word(ctx context.Context, key, otherwise string) string {
	if text := lang.T(ctx, key); text != key {
		return text
	}
	return otherwise
}

func kindWord(ctx context.Context, kind string) string { return word(ctx, "trail.kind."+kind, kind) }

func subjectWord(ctx context.Context, kind string) string {
	return word(ctx, "trail.subject."+kind, kind)
}

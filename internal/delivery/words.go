package delivery

import (
	"context"

	"neike/internal/kit/lang"
)

func kindOf(a act) string {
	if a.Primary {
		return "primary"
	}
	return ""
}

func sendKind(v verbView) string {
	if v.Danger {
		return "danger"
	}
	return "primary"
}

// draftOf is the key under which the words of a form are kept on this device; a choice is not worth keeping.
func draftOf(v verbView) string {
	if v.Verb == VerbRate {
		return ""
	}
	return string(v.Verb) + "-" + Ref(v.Number)
}

func editTitle(ctx context.Context, v editView) string {
	if v.Number == 0 {
		return lang.T(ctx, "delivery.standing.new")
	}
	return lang.T(ctx, "delivery.edit.title", "number", StandingRef(v.Number))
}

func editAction(v editView) string {
	if v.Number == 0 {
		return "/deliveries/standing"
	}
	return standingLink(v.Number) + "/edit"
}

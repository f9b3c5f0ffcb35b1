package problem

import (
	"context"

	"neike/internal/kit/lang"
)

// formAction is where the form of a problem is sent.
func formAction(v formView) string {
	if v.Number == 0 {
		return "/problems"
	}
	return link(v.Number)
}

func sendText(ctx context.Context, v formView) string {
	if v.Number == 0 {
		return lang.T(ctx, "problem.send-new")
	}
	return lang.T(ctx, "problem.send-update")
}

// lineNote is what stands below a problem in a short list.
func lineNote(k knownCard) string {
	if k.Count == "" {
		return Ref(k.Number) + " · " + k.Expected
	}
	return Ref(k.Number) + " · " + k.Expected + " · " + k.Count
}

// ownText is what the reader has said.
func ownText(ctx context.Context, v oneView) string {
	switch v.Own.Answer {
	case "yes":
		return lang.T(ctx, "problem.own-yes")
	case "no":
		return lang.T(ctx, "problem.own-no")
	}
	return lang.T(ctx, "problem.shared-already")
}

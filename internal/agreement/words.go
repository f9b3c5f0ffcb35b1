package agreement

import (
	"context"

	"neike/internal/kit/lang"
)

// both is a time with the share that is to keep it.
func both(time, share string) string {
	switch {
	case time == "":
		return share
	case share == "":
		return time
	}
	return time + " · " + share
}

func editWord(ctx context.Context, v oneView) string {
	if v.Draft != nil {
		return lang.T(ctx, "agreement.edit-draft")
	}
	return lang.T(ctx, "agreement.next-version")
}

// typedFor is what was typed into the form of a side that was refused.
func typedFor(v reviewView, side sideView) string {
	if v.In.Side == side.Side {
		return v.In.Text
	}
	return ""
}

func errorFor(v reviewView, side sideView) string {
	if v.In.Side == side.Side {
		return v.Errors.At("text")
	}
	return ""
}

package clock

import (
	"context"

	"neike/internal/kit/lang"
)

// KindLabel is the name of a kind of clock: 首次响应, 办结.
func KindLabel(ctx context.Context, kind string) string { return lang.T(ctx, "clock.kind."+kind) }

// StateLabel is the word for a state: 计时中, 按时, 超期.
func StateLabel(ctx context.Context, state string) string { return lang.T(ctx, "clock.state."+state) }

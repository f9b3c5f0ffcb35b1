// Package once keeps what was read for one answer until the answer is given, so that the parts of a page that ask for the same read it once.
// It is handed down in the context of the answer and dies with it: nothing is shared between readers, and nothing gets old.
package once

import "context"

type memo struct{}

// With is a context whose calls of Get with equal keys load once. It is for one goroutine. A context that has a memo keeps it.
func With(ctx context.Context) context.Context {
	if _, has := ctx.Value(memo{}).(map[any]any); has {
		return ctx
	}
	return context.WithValue(ctx, memo{}, map[any]any{})
}

// Get loads what the key names, or gives what was loaded for it before in the same context of With; without one it always loads. The key is
// comparable, and of a type of its caller's own. Errors are not remembered. What comes back is shared: it must not be changed.
func Get[T any](ctx context.Context, key any, load func() (T, error)) (T, error) {
	have, _ := ctx.Value(memo{}).(map[any]any)
	if v, ok := have[key].(T); ok {
		return v, nil
	}
	v, err := load()
	if have != nil && err == nil {
		have[key] = v
	}
	return v, err
}

package measure

import "context"

type onceKey struct{}

// remembering is a context in which what several measures of one page ask is read once. It is for one goroutine.
func remembering(ctx context.Context) context.Context {
	return context.WithValue(ctx, onceKey{}, map[any]any{})
}

// Once loads what the key names, or gives what was loaded for it before on the same page. The key is comparable, and of a type of its
// caller's own; errors are not remembered.
func Once[T any](ctx context.Context, key any, load func() (T, error)) (T, error) {
	have, _ := ctx.Value(onceKey{}).(map[any]any)
	if v, ok := have[key].(T); ok {
		return v, nil
	}
	v, err := load()
	if have != nil && err == nil {
		have[key] = v
	}
	return v, err
}

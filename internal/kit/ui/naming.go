package ui

import "context"

// naming are the names of the fields of a page by their ids, as they stand over them.
type naming struct{ names map[string]string }

type (
	namingKey struct{}
	setKey    struct{}
)

// Naming lets a summary of errors call each field what stands over it, although the summary comes first: the page is drawn twice
// with this context, and the second time it knows the names.
func Naming(ctx context.Context) context.Context {
	return context.WithValue(ctx, namingKey{}, &naming{names: map[string]string{}})
}

// called is the name of a field, noted for the summary. Of two fields with one id the first counts, as it does for links.
func called(ctx context.Context, id, name string) string {
	n, _ := ctx.Value(namingKey{}).(*naming)
	if n == nil {
		return name
	}
	if _, known := n.names[id]; !known {
		set, _ := ctx.Value(setKey{}).(string)
		if n.names[id] = name; set != "" {
			n.names[id] = set + " · " + name
		}
	}
	return name
}

// Called is the name of a field that a room draws by itself; a summary of errors calls it so.
func Called(ctx context.Context, field, name string) string {
	return called(ctx, FieldID(ctx, field), name)
}

// ofSet says of what the fields drawn with the context are a part.
func ofSet(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, setKey{}, name)
}

// nameOf is what stands over the field with this id; there is false when the page has no such field.
func nameOf(ctx context.Context, id string) (name string, there bool) {
	n, _ := ctx.Value(namingKey{}).(*naming)
	if n == nil {
		return "", true
	}
	name, there = n.names[id]
	return name, there
}

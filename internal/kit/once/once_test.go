package once

import (
	"context"
	"errors"
	"testing"
)

func TestWhatIsAskedTwiceIsLoadedOnce(t *testing.T) {
	type key struct{ n int }
	loads := 0
	load := func() (int, error) { loads++; return loads, nil }
	get := func(ctx context.Context, k any, want int) {
		t.Helper()
		if got, err := Get(ctx, k, load); got != want || err != nil {
			t.Errorf("got %d, %v, want %d", got, err, want)
		}
	}
	get(context.Background(), key{1}, 1)
	get(context.Background(), key{1}, 2) // nobody remembers
	ctx := With(context.Background())
	get(ctx, key{1}, 3)
	get(With(ctx), key{1}, 3) // the memo is kept
	get(ctx, key{2}, 4)
	get(ctx, struct{ n int }{1}, 5) // another type is another key
	get(With(context.Background()), key{1}, 6)

	broken := errors.New("broken")
	if _, err := Get(ctx, key{7}, func() (int, error) { return 0, broken }); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	get(ctx, key{7}, 7)
}

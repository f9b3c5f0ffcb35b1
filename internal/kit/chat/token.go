package chat

import (
	"context"
	"sync"
	"time"
)

// early is how long before its end an access token is replaced.
const early = 3 * time.Minute

// token keeps an access token. Of many callers who want one at once, one fetches it and the others wait for that.
type token struct {
	now   func() time.Time
	fetch func(ctx context.Context) (text string, lives time.Duration, err error)

	mu      sync.Mutex
	text    string
	until   time.Time
	pending *fetching
}

type fetching struct {
	done chan struct{}
	text string
	err  error
}

// get is a token that holds. not is one that the platform no longer takes, "" none: whoever brings it gets another.
func (t *token) get(ctx context.Context, not string) (string, error) {
	t.mu.Lock()
	if t.text != "" && t.text != not && t.now().Before(t.until) {
		defer t.mu.Unlock()
		return t.text, nil
	}
	f := t.pending
	if f == nil {
		f = &fetching{done: make(chan struct{})}
		t.pending = f
		go t.run(context.WithoutCancel(ctx), f) // the others wait for it even when this caller gives up
	}
	t.mu.Unlock()
	select {
	case <-f.done:
		return f.text, f.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (t *token) run(ctx context.Context, f *fetching) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	text, lives, err := t.fetch(ctx)
	t.mu.Lock()
	defer t.mu.Unlock()
	f.text, f.err = text, err
	if err == nil {
		t.text, t.until = text, t.now().Add(max(lives-early, lives/2))
	}
	t.pending = nil
	close(f.done)
}

// with asks with a token, and once more with a fresh one when the platform says that this one has ended.
func (t *token) with(ctx context.Context, ended func(error) bool, ask func(token string) error) error {
	text, err := t.get(ctx, "")
	if err != nil {
		return err
	}
	if err = ask(text); err == nil || !ended(err) {
		return err
	}
	if text, err = t.get(ctx, text); err != nil {
		return err
	}
	return ask(text)
}

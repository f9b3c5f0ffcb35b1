package app

import (
	"context"
	"slices"

	"neike/internal/article"
	"neike/internal/directory"
	"neike/internal/kit/chat"
	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
	"neike/internal/notice"
	"neike/internal/org"
	"neike/internal/repeat"
	"neike/internal/review"
)

// suites are the chat connections as notices see them.
type suites struct{ rooms *directory.Service }

// Notifying lists the connections in use that carry messages.
func (s suites) Notifying(ctx context.Context, rd sqldb.Reader) ([]notice.Suite, error) {
	list, err := s.rooms.Connections(ctx, rd)
	var out []notice.Suite
	for _, c := range list {
		if c.Notify && c.Active() && slices.Contains(chat.Platforms, c.Kind) {
			out = append(out, notice.Suite{ID: c.ID, Platform: c.Kind, Name: c.Name})
		}
	}
	return out, err
}

// Addresses are the people's ids at a connection.
func (s suites) Addresses(ctx context.Context, rd sqldb.Reader, connection int64, people []org.ID) (map[org.ID]string, error) {
	return s.rooms.AddressesOf(ctx, rd, connection, people)
}

// Client speaks with a connection.
func (s suites) Client(ctx context.Context, connection int64) (chat.Client, string, error) {
	c, err := s.rooms.Connection(ctx, connection)
	if err != nil {
		return nil, "", err
	}
	client, err := s.rooms.Chat(ctx, connection)
	return client, c.Kind, err
}

// checkNotices finds messages that should have left long ago. What was given up is no damage: it waits for somebody to look
// at it, and administrators are told.
func (a *App) checkNotices(ctx context.Context) ([]Problem, error) {
	late, _, err := a.Notice.Stuck(ctx)
	if err != nil || late == 0 {
		return nil, err
	}
	return []Problem{say(ctx, "notice_post", "notices-late", "count", late)}, nil
}

// tellRepeats lets the owner of a repeating request be told that it has stopped.
func (a *App) tellRepeats() {
	a.Notice.AddKind(notice.Kind{Code: "repeat.stopped", Verb: "mend-repeat", Group: "asking", Icon: "refresh", As: map[string]string{"": notice.Now}, Ends: []string{"repeat.stopped"}})
	a.Notice.AddSource(repeat.HasStopped{}.EventKind(), func(_ context.Context, _ sqldb.Reader, r event.Record) ([]notice.Told, error) {
		d, err := event.Decode[repeat.HasStopped](r)
		if err != nil || d.Told == 0 {
			return nil, err
		}
		return []notice.Told{{Kind: "repeat.stopped", Person: d.Told, As: notice.AsSelf}}, nil
	})
}

// tellReviews lets those be told who owe a judgement on what was drawn.
func (a *App) tellReviews() {
	a.Notice.AddKind(notice.Kind{Code: "review.drawn", Verb: "review", Group: "asking", Icon: "checkbox", As: map[string]string{"": notice.Now}, Ends: []string{"review.drawn"}})
	a.Notice.AddKind(notice.Kind{Code: "review.split", Verb: "review-decide", Group: "house", Icon: "checkbox", As: map[string]string{"": notice.Now}, Ends: []string{"review.drawn"}})
	for kind, e := range map[string]event.Event{"review.drawn": review.WasDrawn{}, "review.split": review.WasSplit{}} {
		a.Notice.AddSource(e.EventKind(), func(_ context.Context, _ sqldb.Reader, r event.Record) ([]notice.Told, error) {
			d, err := event.Decode[review.WasDrawn](r) // both name the judges
			out := make([]notice.Told, len(d.Judges))
			for i, p := range d.Judges {
				out[i] = notice.Told{Kind: kind, Person: p, As: notice.AsSelf}
			}
			return out, err
		})
	}
}

// tellArticles lets those be told who owe a look at an article.
func (a *App) tellArticles() {
	to := func(people ...org.ID) []notice.Told {
		var out []notice.Told
		for _, p := range people {
			if p != 0 {
				out = append(out, notice.Told{Person: p, As: notice.AsSelf})
			}
		}
		return out
	}
	for _, x := range []struct {
		kind, verb, icon string
		event            event.Event
		told             func(r event.Record) ([]notice.Told, error)
	}{
		{"article.proposed", "article-review", "clipboard-check", article.WasProposed{}, func(r event.Record) ([]notice.Told, error) {
			e, err := event.Decode[article.WasProposed](r)
			return to(e.Judges...), err
		}},
		{"article.sent-back", "article-revise", "pencil", article.WasSentBack{}, func(r event.Record) ([]notice.Told, error) {
			e, err := event.Decode[article.WasSentBack](r)
			return to(e.To), err
		}},
		{"article.fell-due", "article-check", "refresh", article.FellDue{}, func(r event.Record) ([]notice.Told, error) {
			e, err := event.Decode[article.FellDue](r)
			return to(e.Owner), err
		}},
		{"article.doubted", "article-doubt", "alert-triangle", article.WasDoubted{}, func(r event.Record) ([]notice.Told, error) {
			e, err := event.Decode[article.WasDoubted](r)
			return to(e.Owner), err
		}},
	} {
		a.Notice.AddKind(notice.Kind{Code: x.kind, Verb: x.verb, Group: "serving", Icon: x.icon, As: map[string]string{"": notice.Digest}, Ends: []string{x.kind}})
		a.Notice.AddSource(x.event.EventKind(), func(_ context.Context, _ sqldb.Reader, r event.Record) ([]notice.Told, error) {
			out, err := x.told(r)
			for i := range out {
				out[i].Kind = x.kind
			}
			return out, err
		})
	}
}

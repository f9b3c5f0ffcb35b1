package app

import (
	"context"
	"time"

	"neike/internal/agreement"
	"neike/internal/app/trail"
	"neike/internal/catalog"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/request"
)

// agree tells agreements what happened between two units.
func (a *App) agree() {
	a.Agreement.PastBy(agreement.Past{
		Happened: func(ctx context.Context, rd sqldb.Reader, provider, customer []org.ID, from, to time.Time) (agreement.Happened, error) {
			b, err := request.HappenedBetween(ctx, rd, provider, customer, request.Span{From: from, To: to})
			return agreement.Happened{Opened: b.Opened, AskedBack: b.AskedBack, Questions: waits(b.Questions), Results: waits(b.Results)}, err
		},
		Served: func(ctx context.Context, rd sqldb.Reader, service catalog.ID, customer []org.ID, from, to time.Time) (agreement.Served, error) {
			x, err := request.ServedTo(ctx, rd, service, customer, request.Span{From: from, To: to})
			return agreement.Served{Met: x.Met, Breached: x.Breached, Pending: x.Pending, Excluded: x.Excluded}, err
		},
		Try: func(ctx context.Context, service catalog.ID, std catalog.Standard, customer []org.ID, from, to time.Time) (agreement.Tried, error) {
			x, err := a.Request.TryBetween(ctx, service, std, customer, request.Span{From: from, To: to})
			return agreement.Tried(x), err
		},
	})
}

func waits(list []request.Waited) []agreement.Wait {
	out := make([]agreement.Wait, len(list))
	for i, w := range list {
		out[i] = agreement.Wait(w)
	}
	return out
}

// nameAgreements names agreements by their numbers.
func (a *App) nameAgreements(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]trail.Thing, error) {
	refs, err := agreement.References(ctx, rd, ids)
	out := make(map[int64]trail.Thing, len(refs))
	for id, ref := range refs {
		out[id] = trail.Thing{Text: ref, Href: "/agreements/" + ref, Closed: true}
	}
	return out, err
}

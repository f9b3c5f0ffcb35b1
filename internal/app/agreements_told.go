package app

import (
	"context"
	"strconv"

	"neike/internal/agreement"
	"neike/internal/kit/event"
	"neike/internal/kit/sqldb"
	"neike/internal/notice"
	"neike/internal/org"
	"neike/internal/relation"
	"neike/internal/talk"
)

// tellAgreements lets the heads of both sides be told what waits for them and what became of it.
func (a *App) tellAgreements() {
	a.Talk.AddPolicy(agreement.Kind, talk.Policy{About: func(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]talk.About, error) {
		list, err := a.Agreement.AboutSubjects(ctx, rd, ids)
		out := make(map[int64]talk.About, len(list))
		for id, x := range list {
			out[id] = talk.About{Ref: x.Ref, Title: x.Title, Link: x.Link}
		}
		return out, err
	}})
	both := func(agreement.Side) []agreement.Side { return agreement.Sides }
	other := func(side agreement.Side) []agreement.Side { return []agreement.Side{otherSide(side)} }
	for _, x := range []struct {
		kind, verb, icon string
		event            event.Event
		to               func(agreement.Side) []agreement.Side
	}{
		{"agreement.drafted", "agreement-sign", "pencil", agreement.WasDrafted{}, both},
		{"agreement.to-sign", "agreement-sign", "signature", agreement.WasSignedBy{}, other},
		{"agreement.objected", "", "alert-triangle", agreement.WasObjectedTo{}, other},
		{"agreement.in-force", "", "circle-check", agreement.CameIntoForce{}, both},
		{"agreement.to-review", "agreement-review", "chart-line", agreement.IsToBeReviewed{}, both},
		{"agreement.ended", "", "ban", agreement.WasEnded{}, both},
	} {
		a.Notice.AddKind(notice.Kind{Code: x.kind, Verb: x.verb, Group: "serving", Icon: x.icon, As: map[string]string{"": notice.Digest}, Ends: []string{x.kind}})
		a.Notice.AddSource(x.event.EventKind(), func(ctx context.Context, rd sqldb.Reader, r event.Record) ([]notice.Told, error) {
			e, err := event.Decode[agreement.WasSignedBy](r) // every event of the room begins with About; those of a side name it
			if err != nil {
				return nil, err
			}
			var out []notice.Told
			for _, side := range x.to(e.Side) {
				unit := e.Provider
				if side == agreement.Customer {
					unit = e.Customer
				}
				once := ""
				if x.kind == "agreement.drafted" { // a draft is changed many times before anybody signs
					once = x.kind + ":" + strconv.FormatInt(e.Agreement, 10) + ":" + strconv.Itoa(e.Version)
				}
				told, err := a.headsTold(ctx, rd, unit, notice.Told{Kind: x.kind, Once: once})
				if err != nil {
					return nil, err
				}
				out = append(out, told...)
			}
			return out, nil
		})
	}
}

func otherSide(s agreement.Side) agreement.Side {
	if s == agreement.Provider {
		return agreement.Customer
	}
	return agreement.Provider
}

// tellStandings lets the sides that are asked about a relation be told, and the office where the two differ.
func (a *App) tellStandings() {
	a.Talk.AddPolicy(relation.Kind, talk.Policy{About: a.Relation.AboutEdges})
	a.Notice.AddKind(notice.Kind{Code: "relation.to-confirm", Verb: "edge-confirm", Group: "serving", Icon: "topology-star-3", As: map[string]string{"": notice.Digest}, Ends: []string{"relation.to-confirm"}})
	a.Notice.AddKind(notice.Kind{Code: "relation.disputed", Verb: "edge-rule", Group: "house", Icon: "alert-triangle", As: map[string]string{"": notice.Digest}, Ends: []string{"relation.disputed"}})
	a.Notice.AddSource(relation.WasSpokenOf{}.EventKind(), func(ctx context.Context, rd sqldb.Reader, r event.Record) (out []notice.Told, err error) {
		e, err := event.Decode[relation.WasSpokenOf](r)
		if err != nil {
			return nil, err
		}
		for _, side := range e.Waits {
			unit := e.Provider
			if side == relation.Customer {
				unit = e.Customer
			}
			told, err := a.headsTold(ctx, rd, unit, notice.Told{Kind: "relation.to-confirm"})
			if err != nil {
				return nil, err
			}
			out = append(out, told...)
		}
		if e.Standing != relation.Disputed {
			return out, nil
		}
		office, err := a.Org.HoldersOver(ctx, rd, "quality", e.Provider)
		for _, p := range office {
			out = append(out, notice.Told{Kind: "relation.disputed", Person: p, As: notice.AsSelf})
		}
		return out, err
	})
}

// headsTold tells it to whoever heads a unit, or the nearest above it that somebody heads.
func (a *App) headsTold(ctx context.Context, rd sqldb.Reader, unit org.ID, what notice.Told) ([]notice.Told, error) {
	heads, _, err := a.Org.HeadsFrom(ctx, rd, unit)
	out := make([]notice.Told, len(heads))
	for i, p := range heads {
		out[i] = what
		out[i].Person, out[i].As = p, notice.AsHead
	}
	return out, err
}

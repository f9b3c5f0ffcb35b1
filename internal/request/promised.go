package request

import (
	"context"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/promise"
	"neike/internal/talk"
)

// promisedAbout finds the request that a promise is made about, as the actor may see it, and whom the actor would promise
// something there: the serving side its customer, the customer whoever has it, or the unit.
func (s *Service) promisedAbout(ctx context.Context, rd sqldb.Reader, ref string) (promise.Origin, error) {
	if !strings.HasPrefix(ref, "R-") && !strings.HasPrefix(ref, "r-") {
		return promise.Origin{}, fault.ErrNotFound
	}
	number, err := ParseRef(ref)
	if err != nil {
		return promise.Origin{}, err
	}
	r, err := byNumber(ctx, rd, number)
	if err != nil {
		return promise.Origin{}, err
	}
	if _, err := s.Access.Require(ctx, rd, "request.see", subject(r.ID), r.Confidential); err != nil {
		return promise.Origin{}, err
	}
	o := promise.Origin{Subject: subject(r.ID), Ref: r.Ref(), Title: r.Title, Link: link(r.Number), Confidential: r.Confidential, Person: r.AskedBy}
	if r.For != 0 {
		o.Person = r.For
	}
	if slices.Contains(r.customers(), actor.From(ctx).Person) {
		if o.Person = r.Assignee; r.Assignee == 0 && !r.Confidential {
			o.Unit = r.Unit
		}
	}
	return o, nil
}

// promises is the card of what was promised in the course of a request, for whoever sees it; whoever may write there may
// promise.
func (s *Service) promises(ctx context.Context, rd sqldb.Reader, v View) (templ.Component, error) {
	return s.Promise.Card(ctx, rd, subject(v.ID), v.Ref(), v.May(VerbMessage))
}

// promisable is to how many of the newest messages the page offers that they be made a promise.
const promisable = 30

// offerPromises lets the words of the newest messages be made promises, when the reader may write here.
func offerPromises(ctx context.Context, v View, entries []talk.Entry, list []ui.MessageProps) {
	if !v.May(VerbMessage) {
		return
	}
	for i := range entries {
		if e := entries[i]; e.Kind != talk.KindNote && e.Kind != talk.KindSystem && e.Text != "" && i >= len(entries)-promisable {
			list[i].Act = &ui.Crumb{Label: lang.T(ctx, "promise.from-message"), Href: promise.NewHref(v.Ref(), e.ID)}
		}
	}
}

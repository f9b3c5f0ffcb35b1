package request

import (
	"context"
	"time"

	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// doneFor is a deed of a deputy with the request it was done on.
type doneFor struct {
	Event
	number int64
	title  string
}

// deeds are what deputies did in a person's place in [from, until), the newest first: org's slot.
func (s *Service) deeds(ctx context.Context, rd sqldb.Reader, person int64, from, until time.Time, limit int) ([]org.Deed, error) {
	list, err := doneInPlaceOf(ctx, rd, person, from, until, limit)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, d := range list {
		ids = append(ids, d.Actor, d.Person, d.For)
	}
	people, err := s.Org.Names(ctx, rd, ids)
	if err != nil {
		return nil, err
	}
	v := View{Tree: tree, People: people}
	out := make([]org.Deed, len(list))
	for i, d := range list {
		out[i] = org.Deed{At: d.At, By: d.Actor, Text: happenedText(ctx, v, d.Event), Ref: Ref(d.number), Title: d.title, Link: link(d.number)}
	}
	return out, nil
}

// mayStandIn picks those of the requests on which a deputy may act at all: not the confidential ones. It is todo's slot.
func (s *Service) mayStandIn(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]bool, error) {
	heads, err := headsOf(ctx, rd, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]bool, len(heads))
	for _, h := range heads {
		out[h.id] = !h.confidential
	}
	return out, nil
}

// awayName is a colleague's name with until when they are away.
func awayName(ctx context.Context, p org.Person, away map[int64]org.Absence) string {
	a, is := away[p.ID]
	switch {
	case !is:
		return p.Display(ctx)
	case a.Until.IsZero():
		return lang.T(ctx, "request.away-open", "name", p.Display(ctx))
	}
	return lang.T(ctx, "request.away", "name", p.Display(ctx), "until", lang.Short(ctx, a.Until))
}

// assigneeAway says that who has it in hand is away, until when, and who stands in; "" when nobody is.
func (s *Service) assigneeAway(ctx context.Context, rd sqldb.Reader, assignee int64) (string, error) {
	if assignee == 0 {
		return "", nil
	}
	away, err := s.Org.AbsentAt(ctx, rd, []int64{assignee}, rd.Instant())
	a, is := away[assignee]
	if err != nil || !is {
		return "", err
	}
	deputies, err := s.Org.DeputiesOf(ctx, rd, []int64{assignee})
	if err != nil {
		return "", err
	}
	people, err := s.Org.Names(ctx, rd, append(deputies[assignee], assignee))
	if err != nil {
		return "", err
	}
	key, who := "request.assignee-away", ""
	if a.Until.IsZero() {
		key += "-open"
	}
	for _, d := range deputies[assignee] {
		if who != "" {
			who += lang.T(ctx, "ui.comma")
		}
		who += people[d].Display(ctx)
	}
	if who != "" {
		key += "-deputy"
	}
	return lang.T(ctx, key, "name", people[assignee].Display(ctx), "until", lang.Short(ctx, a.Until), "deputy", who), nil
}

// openInNote is how many open requests a hand-over note begins with.
const openInNote = 20

// openLines are what is open in a unit, the next due first, as the actor sees it, nothing confidential: org's slot.
func (s *Service) openLines(ctx context.Context, unit string) ([]org.OpenLine, error) {
	page, err := s.Queue(ctx, ViewUnit, Filter{Unit: unit, Limit: openInNote})
	if err != nil {
		return nil, err
	}
	var out []org.OpenLine
	for _, l := range page.Items {
		if l.Confidential {
			continue
		}
		line := org.OpenLine{Ref: l.Ref(), Title: l.Title, Holder: l.Holder.Display(ctx)}
		if l.NextDue.Before(never) {
			line.Due = l.NextDue
		}
		out = append(out, line)
	}
	return out, nil
}

// onDuty names who is on duty for the unit in the address, or for the first that the reader serves.
func (s *Service) onDuty(ctx context.Context, unit string) (string, error) {
	units := s.served(ctx)
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return "", err
	}
	if u, ok := tree.ByCode(unit); ok {
		units = []int64{u.ID}
	}
	if len(units) == 0 {
		return "", nil
	}
	var line string
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		line, err = s.Org.DutyLine(ctx, rd, units[0])
		return err
	})
	return line, err
}

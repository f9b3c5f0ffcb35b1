package request

import (
	"context"
	"time"

	"neike/internal/access"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
)

// Linked is another request as the reader may know of it: of one that the reader may not see, that it is there, who has it,
// and how it stands; never its number or a word of it.
type Linked struct {
	ID        ID
	Seen      bool
	Number    int64
	Title     string
	Unit      int64 // has it in hand
	Provider  int64 // owes it
	State     State
	Opened    time.Time
	Due       time.Time
	Done      time.Time // delivered or ended; zero: neither
	Duplicate bool      // goes, or went, along with another of its customer
	Late      bool      // its completion is past due: the delay is its unit's
}

// Ref is its number; "" when the reader may not see it.
func (l Linked) Ref() string {
	if !l.Seen {
		return ""
	}
	return Ref(l.Number)
}

// linkedOf shows other requests to the actor, in their order.
func (s *Service) linkedOf(ctx context.Context, rd sqldb.Reader, list []Request) ([]Linked, error) {
	if len(list) == 0 {
		return nil, nil
	}
	records := make([]access.Record, len(list))
	for i, r := range list {
		records[i] = access.Record{ID: r.ID, Confidential: r.Confidential}
	}
	seen, err := s.Access.Among(ctx, rd, "request.see", Kind, records)
	if err != nil {
		return nil, err
	}
	out := make([]Linked, len(list))
	for i, r := range list {
		l := Linked{ID: r.ID, Unit: r.Unit, Provider: r.Provider, State: r.State, Opened: r.OpenedAt, Due: r.Due, Done: r.DeliveredAt, Duplicate: r.Duplicate,
			Late: r.CompletionIs == Breached || r.CompletionIs == Pending && (r.State == StateNew || r.State == StateWorking) && !r.Due.IsZero() && r.Due.Before(rd.Instant())}
		if l.Done.IsZero() {
			l.Done = r.ClosedAt
		}
		if seen[r.ID] {
			l.Seen, l.Number, l.Title = true, r.Number, r.Title
		}
		out[i] = l
	}
	return out, nil
}

// family fills in what a request is a part of and what it was split into. Its customer is told of parts only what it may
// see by itself; how many units it waits for it is told in one sentence.
func (s *Service) family(ctx context.Context, rd sqldb.Reader, v *View) error {
	if v.Parent != 0 {
		whole, err := byID(ctx, rd, v.Parent)
		if err != nil {
			return err
		}
		list, err := s.linkedOf(ctx, rd, []Request{whole})
		if err != nil {
			return err
		}
		v.Whole = &list[0]
	}
	if err := s.company(ctx, rd, v); err != nil {
		return err
	}
	if v.Request.Parts == 0 {
		return nil
	}
	parts, err := partsOf(ctx, rd, v.ID)
	if err != nil {
		return err
	}
	var units []int64
	for _, p := range parts {
		if p.State.Open() {
			units = append(units, p.Unit)
		}
	}
	v.WaitsFor = len(unique(units))
	list, err := s.linkedOf(ctx, rd, parts)
	for _, l := range list {
		if l.Seen || v.Side == ProviderSide || v.Set.Has(access.Quality) {
			v.Split = append(v.Split, l)
		}
	}
	return err
}

// linkedLine is another request in a list of the page.
func linkedLine(ctx context.Context, v View, l Linked) ui.ListItemProps {
	unit := v.Tree.FullName(ctx, l.Unit)
	p := ui.ListItemProps{Icon: stateTag(ctx, l.State).Icon, Title: lang.T(ctx, "request.not-for-you"), Note: unit, Tag: ui.Tag(stateTag(ctx, l.State))}
	if l.Seen {
		p.Title, p.Href, p.Note = l.Title, link(l.Number), Ref(l.Number)+" · "+unit
	}
	if l.Duplicate {
		p.Note += " · " + lang.T(ctx, "request.duplicate")
	}
	switch {
	case l.Late:
		p.Note += " · " + lang.T(ctx, "request.part-late", "unit", v.Tree.FullName(ctx, l.Provider))
	case !l.Due.IsZero() && l.Done.IsZero():
		p.Note += " · " + lang.T(ctx, "request.waiting.until", "at", lang.At(ctx, l.Due))
	case !l.Done.IsZero():
		p.Note += " · " + lang.T(ctx, "request.part-done", "at", lang.At(ctx, l.Done))
	}
	return p
}

// arrangeParts puts what a request was split into on its page.
func arrangeParts(ctx context.Context, m material, v *showView) {
	for _, l := range m.Split {
		v.PartLines = append(v.PartLines, linkedLine(ctx, m.View, l))
	}
	if m.WaitsFor > 0 {
		v.PartsNote = lang.T(ctx, "request.waits-for-units", "count", m.WaitsFor)
		v.Sentence += " " + v.PartsNote
	}
	v.MayEndParts = m.PartsOpen > 0 && !m.State.Open() && access.May("request.split", m.Set, m.Confidential)
}

// partOf is what a request is a part of, for the facts beside it.
func partOf(ctx context.Context, v View) (text, href string) {
	if !v.Whole.Seen {
		return lang.T(ctx, "request.not-for-you"), ""
	}
	return Ref(v.Whole.Number) + " " + v.Whole.Title, link(v.Whole.Number)
}

// wholesOf are the numbers of the requests that the lines are parts of, or go along with, as far as the reader may see them.
func (s *Service) wholesOf(ctx context.Context, lines []Line) (map[ID]string, error) {
	var ids []ID
	for _, l := range lines {
		if l.Parent != 0 {
			ids = append(ids, l.Parent)
		}
		if l.MergedInto != 0 {
			ids = append(ids, l.MergedInto)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	out := map[ID]string{}
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		rows, err := requestsByID(ctx, rd, unique(ids))
		if err != nil {
			return err
		}
		list, err := s.linkedOf(ctx, rd, rows)
		for _, l := range list {
			out[l.ID] = l.Ref()
		}
		return err
	})
	return out, err
}

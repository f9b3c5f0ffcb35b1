package todo

import (
	"context"
	"errors"
	"slices"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
)

// StandIn picks those of the records on which a deputy may act in somebody's place: the room that keeps them says so.
type StandIn func(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]bool, error)

// StandInBy fills a slot: what deputies may act on among records of a kind. Todos of a kind without one are shown to who
// holds them and to nobody in their place. Call it while wiring.
func (s *Service) StandInBy(kind string, may StandIn) { s.standIns[kind] = may }

// standsFor are the holders in whose place the actor is now.
func standsFor(a actor.Actor) []access.Holder {
	var out []access.Holder
	for _, p := range a.StandsFor {
		out = append(out, access.Person(p))
	}
	return out
}

// only is the holder of a 工号, in whose place the actor is.
func (s *Service) only(ctx context.Context, a actor.Actor, no string) ([]access.Holder, error) {
	p, err := s.org.ByRef(ctx, no)
	if err != nil && !errors.Is(err, fault.ErrNotFound) {
		return nil, err
	}
	if err != nil || !slices.Contains(a.StandsFor, p.ID) {
		return nil, oneField("for", "todo.unknown-for")
	}
	return []access.Holder{access.Person(p.ID)}, nil
}

// behalf marks what is owed by somebody in whose place the reader is, and takes away what no deputy acts on.
func (s *Service) behalf(ctx context.Context, rd sqldb.Reader, a actor.Actor, list []Entry) ([]Entry, error) {
	ids := map[string][]int64{}
	var absent []int64
	for i, e := range list {
		switch {
		case e.Holder.Kind == "person" && e.Holder.ID != a.Person:
			list[i].Behalf = e.Holder.ID
			ids[e.Subject.Kind] = append(ids[e.Subject.Kind], e.Subject.ID)
		case e.Holder.Kind == "unit":
			list[i].Behalf = headFor(a, e.Holder)
		}
		if list[i].Behalf != 0 {
			absent = append(absent, list[i].Behalf)
		}
	}
	if len(absent) == 0 {
		return list, nil
	}
	open := map[access.Subject]bool{}
	for kind, list := range ids {
		may := s.standIns[kind]
		if may == nil {
			continue
		}
		found, err := may(ctx, rd, list)
		if err != nil {
			return nil, err
		}
		for id, ok := range found {
			open[access.Subject{Kind: kind, ID: id}] = ok
		}
	}
	people, err := s.org.Names(ctx, rd, absent)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(e Entry) bool {
		return e.Behalf != 0 && e.Holder.Kind == "person" && (s.Verb(e.Verb).Own || !open[e.Subject])
	})
	for i, e := range list {
		if p, ok := people[e.Behalf]; ok {
			list[i].BehalfNo, list[i].BehalfName = p.No, p.Display(ctx)
		}
	}
	return list, nil
}

// headFor is in whose place the actor heads the unit that holds a todo; 0: by the actor's own right.
func headFor(a actor.Actor, h access.Holder) int64 {
	behalf := int64(0)
	for _, g := range a.Groups {
		if g.ID != h.ID {
			continue
		}
		if g.For == 0 {
			return 0
		}
		behalf = g.For
	}
	return behalf
}

// absentOne is somebody in whose place the reader is.
type absentOne struct{ Ref, Name string }

// absent are those in whose place the reader is now; none when they cannot be looked up.
func (s *Service) absent(ctx context.Context) []absentOne {
	a := actor.From(ctx)
	if len(a.StandsFor) == 0 {
		return nil
	}
	var out []absentOne
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		names, err := s.org.Names(ctx, rd, a.StandsFor)
		for _, id := range a.StandsFor {
			if p, ok := names[id]; ok {
				out = append(out, absentOne{s.org.Ref(ctx, p), p.Display(ctx)})
			}
		}
		return err
	})
	if err != nil {
		return nil
	}
	return out
}

// joined puts the reader's comma between names.
func joined(ctx context.Context, list, name string) string {
	if list == "" {
		return name
	}
	return list + lang.T(ctx, "ui.comma") + name
}

// deputySegments is how many people the switch names one by one; of more it says only that there are.
const deputySegments = 3

// holderItems are the switch between what the reader owes and what others do.
func holderItems(ctx context.Context, v listView) []ui.SegmentProps {
	var out []ui.SegmentProps
	for _, h := range []string{"", "person", "unit"} {
		key := "todo.holder." + h
		if h == "" {
			key = "todo.holder.all"
		}
		out = append(out, ui.SegmentProps{Text: lang.T(ctx, key), Href: listHref(v.Side, h, "", ""), On: v.Holder == h && v.For == ""})
	}
	switch {
	case len(v.Absent) == 0:
	case len(v.Absent) > deputySegments:
		out = append(out, ui.SegmentProps{Text: lang.T(ctx, "todo.holder.deputy"), Href: listHref(v.Side, "deputy", "", ""), On: v.Holder == "deputy"})
	default:
		for _, p := range v.Absent {
			out = append(out, ui.SegmentProps{Text: lang.T(ctx, "todo.behalf", "name", p.Name), Href: listHref(v.Side, "deputy", p.Ref, ""),
				On: v.For == p.Ref || v.Holder == "deputy" && len(v.Absent) == 1})
		}
	}
	return out
}

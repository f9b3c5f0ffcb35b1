package request

import (
	"context"
	"time"

	"neike/internal/access"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
)

// Tied is a link as the reader may see it, from the side of the request that is looked at.
type Tied struct {
	Link
	Says string // related, follows, followed-by, blocked-by, blocks
	To   Linked
}

// unmergeNow says why its merge cannot be taken back now; nil when it can.
func (s *Service) unmergeNow(ctx context.Context, v View) error {
	m, ok := lastMerge(v.Log)
	if !ok {
		return fault.New(fault.Conflict, "request.not-merged")
	}
	until, err := s.undoMergeBy(ctx, v.Request, m)
	if err != nil {
		return err
	}
	return undoableMerge(until, s.db.Now())
}

// company fills in what a request goes along with, what goes along with it, and what it is linked with. Of requests that the
// reader may not see its customer learns nothing, the serving side that they are there; a link to one does not exist.
func (s *Service) company(ctx context.Context, rd sqldb.Reader, v *View) error {
	var ids []ID
	for _, e := range v.Log {
		if e.Other != 0 && namesAnother(e.Kind) {
			ids = append(ids, e.Other)
		}
	}
	ties, err := linksOf(ctx, rd, v.ID)
	if err != nil {
		return err
	}
	for _, l := range ties {
		ids = append(ids, l.end(v.ID))
	}
	if v.MergedInto != 0 {
		ids = append(ids, v.MergedInto)
	}
	if len(ids) == 0 {
		return nil
	}
	rows, err := requestsByID(ctx, rd, unique(ids))
	if err != nil {
		return err
	}
	list, err := s.linkedOf(ctx, rd, rows)
	if err != nil {
		return err
	}
	at := map[ID]Linked{}
	for i, l := range list {
		at[l.ID] = l
		if rows[i].MergedInto == v.ID && (l.Seen || v.Side == ProviderSide || v.Set.Has(access.Quality)) {
			v.Along = append(v.Along, l)
		}
	}
	v.Links = list
	if l, ok := at[v.MergedInto]; ok && v.MergedInto != 0 {
		v.Into = &l
	}
	for _, l := range ties {
		to := at[l.end(v.ID)]
		if !to.Seen {
			continue
		}
		t := Tied{Link: l, Says: l.seenFrom(v.ID), To: to}
		if l.EndedAt.IsZero() {
			v.Tied = append(v.Tied, t)
		} else {
			v.Untied = append(v.Untied, t)
		}
	}
	return nil
}

// namesAnother says whether events of the kind name a request that goes along, or is gone along with.
func namesAnother(k Verb) bool {
	return k == VerbMerge || k == VerbUnmerge || k == VerbTakeIn || k == VerbLetGo
}

// mergedWord says in a word how a request goes along with another.
func mergedWord(ctx context.Context, duplicate bool) string {
	if duplicate {
		return lang.T(ctx, "request.duplicate")
	}
	return lang.T(ctx, "request.merged")
}

// lead is the request that it goes along with, as the reader may know of it.
func (v View) lead(ctx context.Context) string {
	if v.Into == nil || !v.Into.Seen {
		return lang.T(ctx, "request.another")
	}
	return v.Into.Ref()
}

// alongOpen counts those that go along with it and are not delivered yet.
func (v View) alongOpen() int {
	n := 0
	for _, l := range v.Along {
		if l.State == StateWorking {
			n++
		}
	}
	return n
}

// tiedLine is a link in the timeline.
func tiedLine(ctx context.Context, v View, t Tied, ended bool) ui.TimelineItem {
	at, by, key := t.At, t.By, "request.did.link"
	if ended {
		at, by, key = t.EndedAt, t.EndedBy, "request.did.unlink"
	}
	return ui.TimelineItem{When: lang.Short(ctx, at), At: at.Format(time.RFC3339), Icon: "git-branch", Href: link(t.To.Number),
		Text: lang.T(ctx, key, "who", v.People[by].Display(ctx), "kind", lang.T(ctx, "request.link."+t.Says), "other", Ref(t.To.Number))}
}

// withTies puts links into a timeline, newest first, where they belong.
func withTies(ctx context.Context, list []ui.TimelineItem, v View) []ui.TimelineItem {
	for _, t := range v.Tied {
		list = append(list, tiedLine(ctx, v, t, false))
	}
	for _, t := range v.Untied {
		list = append(list, tiedLine(ctx, v, t, false), tiedLine(ctx, v, t, true))
	}
	if len(v.Tied)+len(v.Untied) > 0 {
		sorting.Stable(list, func(a, b ui.TimelineItem) int {
			x, _ := time.Parse(time.RFC3339, a.At)
			y, _ := time.Parse(time.RFC3339, b.At)
			return y.Compare(x)
		})
	}
	return list
}

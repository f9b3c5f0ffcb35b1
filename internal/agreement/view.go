package agreement

import (
	"context"
	"slices"
	"strconv"
	"time"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/once"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/org"
	"neike/internal/relation"
)

// ByNumber reads an agreement that the actor may see. Errors: ErrNotFound.
func (s *Service) ByNumber(ctx context.Context, number int64) (View, error) {
	var v View
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		v = View{}
		if v.Agreement, err = byNumber(ctx, rd, number); err != nil {
			return err
		}
		if v.Speaks, v.Drafts, err = s.rights(ctx, v.Agreement); err != nil {
			return err
		}
		versions, err := versionsOf(ctx, rd, []ID{v.ID})
		if err != nil {
			return err
		}
		v.Versions = versions[v.ID]
		if v.Words, err = wordsOf(ctx, rd, v.ID, 0); err != nil {
			return err
		}
		people := []org.ID{v.EndedBy}
		for _, x := range v.Versions {
			people = append(people, x.Person)
			for _, y := range x.Signatures {
				people = append(people, y.Person)
			}
		}
		for _, w := range v.Words {
			people = append(people, w.Person)
		}
		v.People, err = s.Org.Names(ctx, rd, people)
		return err
	})
	if !v.EndedAt.IsZero() { // nothing is to be done with it
		v.Speaks, v.Drafts = nil, false
	}
	return v, err
}

// Line is an agreement in a list.
type Line struct {
	Agreement
	State   State
	Now     Version // in force, or else the newest
	Waiting []Side  // sides that have not signed the draft; nil: there is none
}

// Filter chooses agreements.
type Filter struct {
	State    State  // "": all that are not ended
	Unit     string // code of a unit on either side; those below it count, too
	Provider string
	Customer string
	Review   string // ReviewDue: in force, and the day of its review has come without a review; "": any
	web.Paging
}

// ReviewDue asks for the agreements whose review is due.
const ReviewDue = "due"

// Waiting is how agreements stand, as far as the actor sees them.
type Waiting struct {
	Unsigned int // as many as List gives in state Drafted
	Review   int // as many as List gives whose review is due
	InForce  int // as many as List gives in state InForce: they wait for nobody, and stand beside the others
}

type waitingKey struct{ unit string }

// Waiting counts the agreements that wait, those of a unit alone when a code is given, once for a home page. It reads only those that may.
// Errors: Invalid.
func (s *Service) Waiting(ctx context.Context, unit string) (Waiting, error) {
	return once.Get(ctx, waitingKey{unit}, func() (Waiting, error) { return s.waiting(ctx, unit) })
}

func (s *Service) waiting(ctx context.Context, unit string) (n Waiting, err error) {
	keep, err := s.chosen(ctx, Filter{Unit: unit})
	if err != nil {
		return n, err
	}
	now, zone := s.db.Now(), s.Org.Company(ctx).Location()
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		n = Waiting{}
		ids, err := mayWait(ctx, rd, relation.DayOf(now.In(zone)))
		if err != nil {
			return err
		}
		for some := range slices.Chunk(ids, chunk) {
			list, err := references(ctx, rd, some)
			if err != nil {
				return err
			}
			list = slices.DeleteFunc(list, func(a Agreement) bool { return !a.EndedAt.IsZero() || !keep(a) })
			some = some[:0]
			for _, a := range list {
				some = append(some, a.ID)
			}
			versions, err := versionsOf(ctx, rd, some)
			if err != nil {
				return err
			}
			spoke, err := lastSpoke(ctx, rd, some)
			if err != nil {
				return err
			}
			for _, a := range list {
				l := lineOf(a, versions[a.ID], now, zone)
				switch l.State {
				case Drafted:
					n.Unsigned++
				case InForce:
					n.InForce++
				}
				if l.reviewDue(spoke[a.ID], now, zone) {
					n.Review++
				}
			}
		}
		return nil
	})
	return n, err
}

// reviewDue says whether the day of the review has come, and a side has not said its word since it was asked. spoke is when each side
// last spoke of a quarter.
func (l Line) reviewDue(spoke map[Side]time.Time, now time.Time, zone *time.Location) bool {
	if l.State != InForce || l.Now.Review == 0 || l.Now.Review > relation.DayOf(now.In(zone)) {
		return false
	}
	day := dateOf(l.Now.Review)
	asked := time.Date(day.Year(), day.Month(), day.Day()-reviewAhead, 0, 0, 0, 0, zone)
	return slices.ContainsFunc(Sides, func(s Side) bool { return spoke[s].Before(asked) })
}

// List is a page of the agreements that the actor may see, the newest first. Errors: Invalid.
func (s *Service) List(ctx context.Context, f Filter) (web.Page[Line], error) {
	var page web.Page[Line]
	keep, err := s.chosen(ctx, f)
	if err != nil {
		return page, err
	}
	after, err := web.ParseCursor(f.Cursor, 1)
	if err != nil {
		return page, err
	}
	before := int64(0)
	if after != nil {
		before = after[0]
	}
	now, zone := s.db.Now(), s.Org.Company(ctx).Location()
	var rows []Line
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		rows = nil
		for len(rows) <= f.Size() {
			list, err := all(ctx, rd, before, chunk)
			if err != nil || len(list) == 0 {
				return err
			}
			var ids []ID
			for _, a := range list {
				before = a.Number
				if keep(a) {
					ids = append(ids, a.ID)
				}
			}
			versions, err := versionsOf(ctx, rd, ids)
			if err != nil {
				return err
			}
			var spoke map[ID]map[Side]time.Time
			if f.Review == ReviewDue {
				if spoke, err = lastSpoke(ctx, rd, ids); err != nil {
					return err
				}
			}
			for _, a := range list {
				l := lineOf(a, versions[a.ID], now, zone)
				if f.Review == ReviewDue && !l.reviewDue(spoke[a.ID], now, zone) {
					continue
				}
				if keep(a) && (l.State == f.State || f.State == "" && l.State != Finished) {
					rows = append(rows, l)
				}
			}
			if len(list) < chunk {
				return nil
			}
		}
		return nil
	})
	return web.Cut(rows, f.Size(), func(l Line) string { return web.Cursor(l.Number) }), err
}

// chosen says which agreements a filter asks for and the actor may see.
func (s *Service) chosen(ctx context.Context, f Filter) (func(Agreement) bool, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	units, err := f.units(tree)
	if err != nil {
		return nil, err
	}
	under := func(unit, top org.ID) bool { return top == 0 || tree.Under(unit, top) }
	everything := access.SeesAll(actor.From(ctx), doSee)
	seen := map[[2]org.ID]bool{}
	return func(a Agreement) bool {
		if !under(a.Provider, units[1]) || !under(a.Customer, units[2]) || !under(a.Provider, units[0]) && !under(a.Customer, units[0]) {
			return false
		}
		if everything {
			return true
		}
		pair := [2]org.ID{a.Provider, a.Customer}
		may, known := seen[pair]
		if !known {
			may = s.sees(ctx, a)
			seen[pair] = may
		}
		return may
	}, nil
}

func lineOf(a Agreement, versions []Version, now time.Time, zone *time.Location) Line {
	l := Line{Agreement: a, State: stateAt(a, versions, now, zone)}
	v := View{Agreement: a, Versions: versions}
	if x, ok := v.InForce(now, zone); ok {
		l.Now = x
	} else if len(versions) > 0 {
		l.Now = versions[0]
	}
	if draft, ok := v.Draft(); ok && a.EndedAt.IsZero() {
		for _, side := range Sides {
			if _, signed := draft.By(side); !signed {
				l.Waiting = append(l.Waiting, side)
			}
		}
	}
	return l
}

func (v Version) ref(a Agreement) string { return a.Ref() + "/" + strconv.Itoa(v.N) }

func link(number int64) string { return "/agreements/" + Ref(number) }

// title names the pair.
func title(ctx context.Context, tree *org.Tree, a Agreement) string {
	return tree.Name(ctx, a.Provider) + " → " + tree.Name(ctx, a.Customer)
}

var tones = map[State]string{Drafted: "warn", Coming: "line", InForce: "good", Expired: "line", Finished: "line"}

// lineOf says in a sentence where an agreement stands.
func (s *Service) lineOf(ctx context.Context, v View) string {
	now, zone := s.db.Now(), s.Org.Company(ctx).Location()
	l := lineOf(v.Agreement, v.Versions, now, zone)
	if len(l.Waiting) == 1 {
		return lang.T(ctx, "agreement.waits-for."+string(l.Waiting[0]))
	}
	if l.State == Drafted {
		return lang.T(ctx, "agreement.waits-for.both")
	}
	return span(ctx, l.Now)
}

// span is from when to when a version counts.
func span(ctx context.Context, v Version) string {
	if v.To == 0 {
		return lang.T(ctx, "agreement.since", "from", dayWords(ctx, v.From))
	}
	return lang.T(ctx, "agreement.from-to", "from", dayWords(ctx, v.From), "to", dayWords(ctx, v.To))
}

// dayWords is a day as people read it; "" for none.
func dayWords(ctx context.Context, day int64) string {
	if day == 0 {
		return ""
	}
	d := dateOf(day)
	return lang.Date(ctx, time.Date(d.Year(), d.Month(), d.Day(), 12, 0, 0, 0, lang.Zone(ctx)))
}

package catalog

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"neike/internal/calendar"
	"neike/internal/clock"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// Rung is who is told at a step of the ladder.
type Rung string

// The rungs. Whoever is away is told with the deputy, as everywhere; where nobody is on duty, the head is told.
const (
	RungNobody   Rung = "nobody"
	RungAssignee Rung = "assignee" // who has it; nobody yet: those on duty, or the agents
	RungDuty     Rung = "duty"     // who is on duty
	RungHead     Rung = "head"     // the head of the unit that has it, and who has it
	RungHeads    Rung = "heads"    // the heads of both units
)

// Rungs lists them from the nearest to the farthest.
var Rungs = []Rung{RungNobody, RungAssignee, RungDuty, RungHead, RungHeads}

// LadderSteps are the shares of a request's time, in per cent, at which somebody is told.
var LadderSteps = [4]int{50, 75, 100, 150}

// Ladder says who is told when part of a request's time is used. It is no part of a version: it holds for open requests.
type Ladder struct {
	Steps  [4]Rung // in the order of LadderSteps
	Urgent bool    // of urgent requests people are told outside their working time, too
	// Response and Next say whether the steps count for the first response, and for each answer to what the customer says
	// next, which is waited for while the customer is asked, too. Otherwise only that one is late is told, to who has it and the heads.
	Response, Next bool
}

// UsualLadder holds where a service says nothing.
var UsualLadder = Ladder{Steps: [4]Rung{RungAssignee, RungDuty, RungHead, RungHeads}, Urgent: true}

// At is who is told at a step; RungNobody at what is none.
func (l Ladder) At(percent int) Rung {
	if i := slices.Index(LadderSteps[:], percent); i >= 0 {
		return l.Steps[i]
	}
	return RungNobody
}

// Counts says whether the steps count for a kind of clock.
func (l Ladder) Counts(kind string) bool {
	switch kind {
	case clock.FirstResponse:
		return l.Response
	case clock.NextResponse:
		return l.Next
	}
	return kind == clock.Completion
}

// LadderClocks are the kinds of clocks for which a ladder can count, in the order of a request's life.
var LadderClocks = []string{clock.Completion, clock.FirstResponse, clock.NextResponse}

// text is the ladder as it is stored. A service stores "" when it follows the company's.
func (l Ladder) text() string {
	parts := make([]string, len(LadderSteps))
	for i, p := range LadderSteps {
		parts[i] = strconv.Itoa(p) + ":" + string(l.Steps[i])
	}
	for _, kind := range LadderClocks[1:] {
		if l.Counts(kind) {
			parts = append(parts, kind)
		}
	}
	return strings.Join(parts, " ")
}

func (l *Ladder) read(text string) {
	l.Steps, l.Response, l.Next = UsualLadder.Steps, false, false
	for _, part := range strings.Fields(text) {
		l.Response = l.Response || part == clock.FirstResponse
		l.Next = l.Next || part == clock.NextResponse
		p, rung, _ := strings.Cut(part, ":")
		n, _ := strconv.Atoi(p)
		if i := slices.Index(LadderSteps[:], n); i >= 0 {
			l.Steps[i] = Rung(rung)
		}
	}
}

// checkLadder tells which step names nobody there is.
func checkLadder(f *fault.Fields, l Ladder) {
	for i, p := range LadderSteps {
		if !slices.Contains(Rungs, l.Steps[i]) {
			f.Add(fmt.Sprintf("step_%d", p), "catalog.rung-unknown", "given", clip(string(l.Steps[i]), 20))
		}
	}
}

// The rows of access/table for ladders.
const (
	doLadder        = "service.ladder"         // of one service
	doLadderDefault = "service.ladder-default" // of all that have none of their own
)

// SetLadder says who is told of the requests for a service when their time is used, for open ones, too. The zero ladder is the
// company's. Services that nobody asks for have none: not found.
func (c *Catalog) SetLadder(ctx context.Context, code string, l Ladder, revision int) (*Service, error) {
	return c.change(ctx, code, doLadder, revision, func(ctx context.Context, tx *sqldb.Tx, s *Service) error {
		if s.Kind == Standing || s.Support() {
			return fault.ErrNotFound
		}
		own := l != Ladder{}
		var f fault.Fields
		if own {
			checkLadder(&f, l)
		}
		if err := f.Err(); err != nil || s.OwnLadder == own && (!own || s.Ladder == l) {
			return err
		}
		s.Ladder, s.OwnLadder, s.Revision, s.Changed = l, own, s.Revision+1, tx.Now
		if err := setLadder(ctx, tx, s); err != nil {
			return err
		}
		if err := updateService(ctx, tx, s); err != nil {
			return err
		}
		return c.announce(ctx, tx, ServiceWasChanged{Service: s.ID, Code: s.Code, What: []string{partLadder}, Version: s.Version})
	})
}

// CompanyLadder is the ladder of services without one of their own, and its revision: 0 while it is as the house comes.
func (c *Catalog) CompanyLadder(ctx context.Context) (Ladder, int, error) {
	snap, err := c.Snapshot(ctx)
	if err != nil {
		return Ladder{}, 0, err
	}
	return snap.ladder, snap.ladderRevision, nil
}

// SetCompanyLadder changes the ladder of services without one of their own. revision is the one that was seen; negative:
// whatever it is.
func (c *Catalog) SetCompanyLadder(ctx context.Context, l Ladder, revision int) error {
	if err := c.may(ctx, doLadderDefault, &Service{}); err != nil {
		return err
	}
	var f fault.Fields
	checkLadder(&f, l)
	if err := f.Err(); err != nil {
		return err
	}
	return c.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		was, now, err := companyLadder(ctx, tx)
		if err != nil {
			return err
		}
		if revision >= 0 && revision != now {
			return fault.New(fault.Precondition, "catalog.ladder-changed")
		}
		if was == l {
			return nil
		}
		if won, err := setCompanyLadder(ctx, tx, l, now); err != nil || !won {
			return cmp.Or(err, error(fault.New(fault.Precondition, "catalog.ladder-changed")))
		}
		return c.announce(ctx, tx, LadderWasSet{Steps: l.text(), Urgent: l.Urgent})
	})
}

// LadderBy fills the slot through which the room of requests says whom a rung of a unit's ladder is, now.
func (c *Catalog) LadderBy(told func(ctx context.Context, rd sqldb.Reader, unit int64, rung Rung) ([]int64, error)) {
	c.told = told
}

// LadderAt are the moments at which a request opened at a moment would use each share of its time, if nothing happened, and when
// people would be told: within the hours of the standard's calendar. Zero when the calendar does not reach so far.
type LadderAt struct {
	Percent  int
	At, Told time.Time
}

// climb works out the moments of the steps for a time that begins at a moment.
func climb(table *calendar.Table, d calendar.Duration, opened time.Time, atOnce bool) []LadderAt {
	if d.IsZero() {
		return nil
	}
	end := due(table, d, opened)
	counted := table.For(d)
	budget, err := counted.Elapsed(opened, end)
	if end.IsZero() || err != nil {
		return nil
	}
	out := make([]LadderAt, len(LadderSteps))
	for i, p := range LadderSteps {
		out[i] = LadderAt{Percent: p, At: end}
		if p != 100 {
			if out[i].At, err = counted.Add(opened, (budget*time.Duration(p)+99)/100); err != nil {
				out[i].At = time.Time{}
				continue
			}
		}
		if out[i].Told = out[i].At; !atOnce {
			if told, err := table.Add(out[i].At, 0); err == nil {
				out[i].Told = told
			}
		}
	}
	return out
}

package request

import (
	"time"

	"neike/internal/catalog"
	"neike/internal/clock"
)

// trialTurns is a dry run of the answers to what customers say next, while it counts. It counts the turns that began in the
// span: that holds of them whatever is promised.
type trialTurns struct {
	std           catalog.Standard
	span          Span
	was, would    trialTally
	better, worse int64
}

// turned is a turn that would be on the other side: 1 in time, -1 late.
type turned struct {
	id               int64
	n, side          int
	began            time.Time
	due, would       time.Time
	wasLate, becomes bool
}

// count replays the turns of a case twice: as they were promised, and as they would have been.
func (t *trialTurns) count(tables clock.Tables, c trialCase, now time.Time) ([]turned, error) {
	is, err := clock.Turns(tables, c.marks, now)
	if err != nil {
		return nil, err
	}
	becomes, err := clock.Turns(tables, proposed(c.marks, t.std.For(c.urgent)), now)
	if err != nil {
		return nil, err
	}
	var out []turned
	for _, p := range paired(is, becomes) {
		if x, moves := t.add(c, p); moves {
			x.id = c.id
			out = append(out, x)
		}
	}
	return out, nil
}

// twice is a turn as it was promised and as it would have been; nil: nothing was, or would have been.
type twice struct{ was, would *clock.State }

// paired puts together which turns are the same. The promise may have come while the customer waited, so they need not
// begin together; the word that ends them is one.
func paired(is, becomes []clock.State) []twice {
	if len(becomes) == 0 {
		out := make([]twice, len(is))
		for i := range is {
			out[i].was = &is[i]
		}
		return out
	}
	out := make([]twice, 0, len(becomes))
	for i := range becomes {
		p := twice{would: &becomes[i]}
		if len(is) > 0 && is[0].EndedAt.Equal(p.would.EndedAt) {
			p.was, is = &is[0], is[1:]
		}
		out = append(out, p)
	}
	return out
}

// add counts a turn of the span, and says whether it would be on the other side.
func (t *trialTurns) add(c trialCase, p twice) (x turned, moves bool) {
	turn := p.would
	if turn == nil {
		turn = p.was
	}
	x.n, x.began = turn.Turn, turn.StartedAt
	if x.began.Before(t.span.From) || !x.began.Before(t.span.To) {
		return x, false
	}
	if p.was != nil {
		is := c.is(*p.was)
		t.was.add(is, p.was.Over(), p.was.ElapsedSeconds())
		x.due, x.wasLate = p.was.DueAt, is == Breached
	}
	if p.would != nil {
		is := c.is(*p.would)
		t.would.add(is, p.would.Over(), p.would.ElapsedSeconds())
		x.would, x.becomes = p.would.DueAt, is == Breached
	}
	switch {
	case x.wasLate && !x.becomes:
		x.side = 1
		t.better++
	case !x.wasLate && x.becomes:
		x.side = -1
		t.worse++
	}
	return x, x.side != 0
}

// result sums up.
func (t *trialTurns) result() *catalog.TrialNext {
	return &catalog.TrialNext{TrialPair: catalog.TrialPair{Was: t.was.side(), Would: t.would.side()}, Better: t.better, Worse: t.worse}
}

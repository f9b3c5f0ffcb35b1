package request

import (
	"cmp"
	"slices"
	"time"

	"neike/internal/catalog"
	"neike/internal/kit/sorting"
)

// What a count of work in hand is of.
const (
	handsOfService = 1
	handsOfUnit    = 2
)

// inHand is work in hand: of a service or a unit, what nobody has taken and what somebody works on. What is delivered is in
// nobody's hands; what goes along with another request is that one's work and counted there.
type inHand struct {
	kind, subject int64
	fresh, taken  int
}

// open is how much of it the unit still owes.
func (h inHand) open() int { return h.fresh + h.taken }

// handsOf is what a request adds to the work in hand.
func handsOf(r Request) []inHand {
	if !r.State.Open() || r.State == StateDelivered || r.GoesAlong() {
		return nil
	}
	h := inHand{kind: handsOfService, subject: r.Service, taken: 1}
	if r.State == StateNew {
		h.fresh, h.taken = 1, 0
	}
	unit := h
	unit.kind, unit.subject = handsOfUnit, r.Unit
	return []inHand{h, unit}
}

// handsMoved is what a change of a request adds to and takes from the work in hand, in the order in which rows are taken.
func handsMoved(was, r Request) []inHand {
	out := handsOf(r)
	for _, h := range handsOf(was) {
		i := slices.IndexFunc(out, func(o inHand) bool { return o.kind == h.kind && o.subject == h.subject })
		if i < 0 {
			out = append(out, inHand{h.kind, h.subject, -h.fresh, -h.taken})
			continue
		}
		out[i].fresh -= h.fresh
		out[i].taken -= h.taken
	}
	out = slices.DeleteFunc(out, func(h inHand) bool { return h.fresh == 0 && h.taken == 0 })
	sorting.By(out, func(a, b inHand) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.subject, b.subject))
	})
	return out
}

// tookWeeks is how far back it is looked for how long a service takes.
const tookWeeks = 12

// tookCount is how many requests of a service that were done in a week took so long.
type tookCount struct {
	service int64
	week    int64 // since 1970
	took    int64 // counted seconds, rounded by tookRounded
	n       int64
}

// weekOf is the number of the week since 1970 that a moment lies in.
func weekOf(at time.Time) int64 { return at.UnixMilli() / (7 * 24 * time.Hour).Milliseconds() }

// tookStep is the step to which a length is rounded: five minutes in the first hour, half an hour up to ten hours, two up to
// eighty, eight beyond.
func tookStep(seconds int64) int64 {
	switch {
	case seconds < 3600:
		return 300
	case seconds < 36000:
		return 1800
	case seconds < 288000:
		return 7200
	}
	return 28800
}

// tookRounded is the step that a length falls into.
func tookRounded(seconds int64) int64 { return seconds / tookStep(seconds) * tookStep(seconds) }

// tookOf is what a request adds to how long its service takes; nothing unless it is done, and nothing for a duplicate.
func tookOf(r Request) (tookCount, bool) {
	if r.State != StateDone || r.DoneAt.IsZero() || r.Duplicate {
		return tookCount{}, false
	}
	return tookCount{r.Service, weekOf(r.DoneAt), tookRounded(r.CompletionTook), 1}, true
}

// tookMoved is what a change of a request adds to and takes from how long its service takes.
func tookMoved(was, r Request) []tookCount {
	a, before := tookOf(was)
	b, after := tookOf(r)
	if before == after && a == b {
		return nil
	}
	var out []tookCount
	if before {
		a.n = -1
		out = append(out, a)
	}
	if after {
		out = append(out, b)
	}
	sorting.By(out, func(a, b tookCount) int { return cmp.Or(cmp.Compare(a.week, b.week), cmp.Compare(a.took, b.took)) })
	return out
}

// With fewer than these it is not said how long a service takes, or how long nine of ten take.
const (
	tellMedian = 10
	tellMost   = 20
)

// usually reads off counts, in the order of their length, how many there are, and within what half of them and nine of ten
// were done; 0: too few to tell.
func usually(list []tookCount) (n, median, p90 int64) {
	for _, c := range list {
		n += c.n
	}
	if n >= tellMedian {
		median = within(list, (n+1)/2)
	}
	if n >= tellMost {
		p90 = within(list, (n*9+9)/10)
	}
	return n, median, p90
}

// within is the end of the step that the case of a rank falls into: so many were done within it.
func within(list []tookCount, rank int64) int64 {
	for _, c := range list {
		if rank -= c.n; rank <= 0 {
			return c.took + tookStep(c.took)
		}
	}
	return 0
}

// limit is how much may be in hand at once.
type limit struct {
	most     int // 0: no limit
	whenFull catalog.WhenFull
}

// full says whether one more is one too many.
func (l limit) full(h inHand) bool { return l.most > 0 && h.open() >= l.most }

// refuses says whether one more is refused.
func (l limit) refuses(h inHand) bool { return l.full(h) && l.whenFull == catalog.FullRefuse }

// place is the place in line of a request that nobody has taken, when before of those stand before it: what is worked on
// has its hands, those that stand first get the hands that are free, and the rest wait. 0: it need not wait.
func (l limit) place(h inHand, before int) int {
	if l.most == 0 {
		return 0
	}
	return max(0, h.taken+before+1-l.most)
}

// What becomes of taking more than one may have in hand.
const (
	BeyondWarn  = "warn"
	BeyondBlock = "block"
)

// Beyonds lists them.
var Beyonds = []string{BeyondWarn, BeyondBlock}

// Limits are what a unit says of the work in its hands.
type Limits struct {
	Work     int // requests in hand over all of its services, up to 100 000; 0: no limit
	WhenFull catalog.WhenFull
	Hands    int    // requests in the hands of one person, up to 1000; 0: no limit
	Beyond   string // warn, block: what becomes of one more; the head may always, with a reason
	Revision int
}

const (
	maxWork  = 100_000
	maxHands = 1000
)

// limit is the one over all services of the unit.
func (l Limits) limit() limit { return limit{l.Work, l.WhenFull} }

// blocks says whether a person who has so many in hand may not get one more.
func (l Limits) blocks(has int) bool { return l.Hands > 0 && has >= l.Hands && l.Beyond == BeyondBlock }

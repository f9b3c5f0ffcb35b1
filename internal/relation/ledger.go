package relation

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/org"
)

// The measures of the matrix that are no share of cases.
const (
	AccountMeasure = "account"
	HealthMeasure  = "health"
)

// Between is what happened between two units, as far as an account counts it.
type Between struct {
	Provider, Customer org.ID
	Happened
}

// UseAllEntries adds to the slot of what accounts count beside the tallies, of all units at once: what UseEntries says of two.
func (s *Service) UseAllEntries(f func(ctx context.Context, rd sqldb.Reader, since time.Time) ([]Between, error)) {
	s.allEntries = append(s.allEntries, f)
}

// index is what a cell shows of an account or of a health index.
type index struct {
	Known            bool
	Value, Low, High float64
	N                int64 // points of evidence; of health the share of the weights that is known, in percent
	Heat             string
}

// holdings is what stands on the account of a pair of units at the moment of a ledger, and what became of the promises of the year before.
type holdings struct {
	deposits, withdrawals float64
	kept, broken          int64
}

// ledger is the accounts of all pairs of units of today's organisation, added up once a day.
type ledger struct {
	mu    sync.Mutex
	tree  *org.Tree
	day   int64
	at    time.Time
	pairs map[[2]org.ID]holdings
}

// ledgerOf gives the ledger of today. It is not changed once it is made.
func (s *Service) ledgerOf(ctx context.Context, tree *org.Tree) (map[[2]org.ID]holdings, time.Time, error) {
	now := s.db.Now()
	day := DayOf(s.today(ctx))
	l := &s.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pairs != nil && l.tree == tree && l.day == day {
		return l.pairs, l.at, nil
	}
	pairs, err := s.addUp(ctx, tree, now)
	if err != nil {
		return nil, now, err
	}
	l.tree, l.day, l.at, l.pairs = tree, day, now, pairs
	return pairs, now, nil
}

// addUp reads the daily tallies and what other rooms add, as the account of each pair does.
func (s *Service) addUp(ctx context.Context, tree *org.Tree, now time.Time) (map[[2]org.ID]holdings, error) {
	if err := s.store.fresh(ctx, s.db, nil, s.org.Company(ctx).Location()); err != nil {
		return nil, err
	}
	edges := map[ID]edgeRow{}
	list, _ := s.store.list()
	for _, e := range list {
		edges[e.ID] = e
	}
	points := map[string]float64{}
	for _, w := range Weights {
		points[w.Kind] = w.Points
	}
	out := map[[2]org.ID]*holdings{}
	of := func(provider, customer org.ID) *holdings {
		key := [2]org.ID{provider, customer}
		if out[key] == nil {
			out[key] = &holdings{}
		}
		return out[key]
	}
	put := func(h *holdings, x Happened) {
		if x.N == 0 || x.At.After(now) {
			return
		}
		if left := (Entry{x, points[x.Kind]}).Left(now); points[x.Kind] > 0 {
			h.deposits += left
		} else {
			h.withdrawals -= left
		}
	}
	zone, since := s.org.Company(ctx).Location(), now.Add(-remembered)
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		err := daysSince(ctx, rd, DayOf(since.In(zone)), DayOf(now.In(zone)), func(t tallyRow) error {
			e, known := edges[t.edge]
			if !known {
				return nil
			}
			at, parts := startOf(t.at, zone), portions(tree, e, AsItIs)
			shares := make([]float64, len(parts))
			for i, p := range parts {
				shares[i] = p.share
			}
			counts := []counters{t.c}
			if len(parts) > 1 {
				counts = t.c.divide(shares)
			}
			for i, p := range parts {
				h, d := of(p.provider, p.customer), counts[i].delta()
				for _, x := range []Happened{{InTime, at, d.Met}, {Late, at, d.Breached}, {RightAtOnce, at, d.RightFirst}, {Returned, at, d.Returned}} {
					put(h, x)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, more := range s.allEntries {
			entries, err := more(ctx, rd, since)
			if err != nil {
				return err
			}
			for _, x := range entries {
				for _, p := range tree.Heirs(x.Provider) {
					for _, c := range tree.Heirs(x.Customer) {
						h := of(p.Unit, c.Unit)
						put(h, x.Happened)
						switch {
						case x.At.Before(now.AddDate(-1, 0, 0)) || x.At.After(now):
						case x.Kind == PromiseKept:
							h.kept += x.N
						case x.Kind == PromiseBroken:
							h.broken += x.N
						}
					}
				}
			}
		}
		return nil
	})
	pairs := make(map[[2]org.ID]holdings, len(out))
	for key, h := range out {
		pairs[key] = *h
	}
	return pairs, err
}

// AddIndexes gives each cell of a matrix its account or its health, as far as the actor may see them: heads of both sides, the quality office,
// executives.
func (s *Service) AddIndexes(ctx context.Context, m *Matrix, measure string) error {
	if measure != AccountMeasure && measure != HealthMeasure {
		return nil
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return err
	}
	pairs, _, err := s.ledgerOf(ctx, tree)
	if err != nil {
		return err
	}
	may, err := s.maySee(ctx, m, "account.see")
	if err != nil {
		return err
	}
	place := map[org.ID]int32{}
	for i, u := range m.Units {
		place[u.ID] = int32(i)
	}
	sums := map[[2]int32]holdings{}
	for _, key := range sortedPairs(pairs) { // sums of floats have an order
		p, known := place[tree.At(m.Level, key[0])]
		c, there := place[tree.At(m.Level, key[1])]
		if known && there {
			h, x := sums[[2]int32{p, c}], pairs[key]
			sums[[2]int32{p, c}] = holdings{h.deposits + x.deposits, h.withdrawals + x.withdrawals, h.kept + x.kept, h.broken + x.broken}
		}
	}
	for i := range m.Cells {
		c := &m.Cells[i]
		if c.Shown = may(c.Provider, c.Customer) && c.Provider != c.Customer; !c.Shown {
			continue
		}
		h := sums[[2]int32{c.Provider, c.Customer}]
		if measure == AccountMeasure {
			c.Index = accountIndex(balanceOf(h.deposits, h.withdrawals))
		} else {
			parts, health, known := healthOf(c.Figures, h.kept, h.broken)
			c.Index = healthIndex(parts, health, known, c.Figures)
		}
	}
	return nil
}

func sortedPairs(pairs map[[2]org.ID]holdings) [][2]org.ID {
	keys := slices.Collect(maps.Keys(pairs))
	sorting.By(keys, func(a, b [2]org.ID) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	return keys
}

// maySee says of which pairs of units the actor sees what the heads of both sides and the offices see.
func (s *Service) maySee(ctx context.Context, m *Matrix, action string) (func(provider, customer int32) bool, error) {
	a := actor.From(ctx)
	is := make([]access.Set, len(m.Units))
	for i, u := range m.Units {
		set, err := s.access.Towards(ctx, a, u.ID)
		if err != nil {
			return nil, err
		}
		is[i] = set & (access.Head | access.Quality | access.Executive)
	}
	return func(provider, customer int32) bool {
		return access.Allowed(ctx, action, is[provider]|is[customer]) == nil
	}, nil
}

// accountIndex has a hue only where the interval lies on one side of 50, where as much was put in as taken out.
func accountIndex(b Balance) index {
	x := index{Known: b.Enough, Value: b.Index, Low: b.Low, High: b.High, N: int64(b.Evidence + 0.5), Heat: "few"}
	switch {
	case !b.Enough:
	case b.Low > 75:
		x.Heat = "hi2"
	case b.Low > 50:
		x.Heat = "hi1"
	case b.High < 25:
		x.Heat = "lo3"
	case b.High < 50:
		x.Heat = "lo2"
	default:
		x.Heat = ""
	}
	return x
}

// healthIndex has a hue only where something agreed is certainly met, or certainly missed: the index itself has no target.
func healthIndex(parts []HealthPart, h Health, known bool, f Figures) index {
	x := index{Known: known, Value: h.Score, Low: max(h.Low, 0), High: min(h.High, 100), N: int64(100*h.Coverage + 0.5), Heat: "few"}
	if !known {
		return x
	}
	x.Heat = ""
	met := 0
	for i, m := range []Measure{f.InTime, f.Right} {
		switch {
		case parts[i].Missing || m.N < Thin:
		case m.Capable == "misses":
			x.Heat = "lo2"
			return x
		case m.Capable == "meets":
			met++
		}
	}
	if met == 2 {
		x.Heat = "hi1"
	}
	return x
}

// indexCell is a cell of these measures: the number, and on how much it stands.
func (b *cells) indexCell(c Cell) (out ui.MatrixCell, text string) {
	if !c.Index.Known {
		return ui.MatrixCell{Heat: "few", Figure: "–"}, b.tooLittle
	}
	out = ui.MatrixCell{Heat: c.Index.Heat, Figure: strconv.FormatFloat(c.Index.Value, 'f', 0, 64), N: strconv.FormatInt(c.Index.N, 10)}
	if b.measure == HealthMeasure {
		out.N += "%"
	}
	return out, out.Figure + b.interval + strconv.FormatFloat(c.Index.Low, 'f', 0, 64) + "–" + strconv.FormatFloat(c.Index.High, 'f', 0, 64)
}

// indexFinding is the title of the page for these measures.
func indexFinding(ctx context.Context, m *Matrix, measure string) string {
	known, low := 0, 0
	for _, c := range m.Cells {
		switch {
		case !c.Shown:
			continue
		case c.Index.Known:
			known++
			if c.Index.Heat == "lo2" || c.Index.Heat == "lo3" {
				low++
			}
		}
	}
	return lang.T(ctx, "relation.finding."+measure, "count", known, "low", low)
}

package relation

import (
	"context"
	"strconv"

	"neike/internal/disclose"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/org"
)

// Satisfaction is the measure of ratings: sums of whole batches, which disclose releases. It is the one share that not all who see the numbers of an
// edge may see.
const Satisfaction = "satisfaction"

// AddSatisfaction gives each cell of a matrix its score, as far as the actor may see it: heads of both sides and above, the quality office, executives.
func (s *Service) AddSatisfaction(ctx context.Context, m *Matrix, as As) error {
	list, err := s.disclose.In(ctx, disclose.Days(m.Period))
	if err != nil {
		return err
	}
	may, err := s.maySee(ctx, m, "satisfaction.see")
	if err != nil {
		return err
	}
	place := make(map[org.ID]int32, len(m.Units))
	for i, u := range m.Units {
		place[u.ID] = int32(i)
	}
	sums := make(map[[2]int32]disclose.Sum, len(m.Cells))
	for _, r := range list {
		provider, customer, ok := r.Cell(m.rollup.tree, m.Level, as == AsItWas)
		if !ok {
			continue
		}
		p, known := place[provider]
		c, there := place[customer]
		if known && there {
			key := [2]int32{p, c}
			sums[key] = sums[key].Plus(r.Sum)
		}
	}
	for i := range m.Cells {
		c := &m.Cells[i]
		if c.Rated.Shown = may(c.Provider, c.Customer); c.Rated.Shown {
			c.Rated.Score = disclose.Of(sums[[2]int32{c.Provider, c.Customer}])
		}
	}
	return nil
}

// scored is a score as far as the reader may see it.
type scored struct {
	Shown bool
	disclose.Score
}

// onlyRated makes a matrix one of satisfaction: what is shown is what may be seen of it.
func (m *Matrix) onlyRated() {
	for i := range m.Cells {
		m.Cells[i].Shown = m.Cells[i].Rated.Shown
	}
}

// add fills in what a measure has that is no share of cases.
func (s *Service) add(ctx context.Context, m *Matrix, measure string, as As) error {
	if measure != Satisfaction {
		return s.AddIndexes(ctx, m, measure)
	}
	if err := s.AddSatisfaction(ctx, m, as); err != nil {
		return err
	}
	m.onlyRated()
	return nil
}

// scoreOf is the score of a direction, by the function of the matrix.
func (s *Service) scoreOf(ctx context.Context, provider, customer org.ID, p Period, as As) (scored, error) {
	may, err := s.disclose.Sees(ctx, provider, customer)
	if err != nil || !may {
		return scored{}, err
	}
	score, err := s.disclose.Between(ctx, provider, customer, disclose.Days(p), as == AsItWas)
	return scored{true, score}, err
}

// ratedCard is satisfaction as the page of a relation shows it to who may see it.
type ratedCard struct {
	scored
	Least int
	Href  string
}

func (s *Service) ratedCard(ctx context.Context, d Direction, as As) (ratedCard, error) {
	if !d.Exists {
		return ratedCard{}, nil
	}
	x, err := s.scoreOf(ctx, d.Provider.ID, d.Customer.ID, d.Period, as)
	if err != nil || !x.Shown {
		return ratedCard{}, err
	}
	least, err := s.disclose.Least(ctx)
	return ratedCard{x, least, disclose.Href(d.Provider.Code, d.Customer.Code)}, err
}

// ratedCell is a cell of this measure: no hue, for nothing was agreed that a score could miss.
func (b *cells) ratedCell(c Cell) (out ui.MatrixCell, text string) {
	r := c.Rated
	switch r.Size {
	case disclose.Waiting:
		return ui.MatrixCell{Heat: "none", Figure: waitingFigure}, b.waiting
	case disclose.Counted:
		return ui.MatrixCell{Heat: "few", N: r.Figure()}, r.Figure() + b.n
	}
	out = ui.MatrixCell{Figure: r.Figure(), N: strconv.FormatInt(r.Cases, 10)}
	return out, out.Figure + "% " + out.N + b.n + b.interval + percent1(r.Low) + "–" + percent1(r.High)
}

// ratedIn says whether a cell is in a state of this measure: nothing released yet, something, or of fewer than ten people.
func (c Cell) ratedIn(state string) bool {
	switch state {
	case InNone:
		return !c.Rated.Known()
	case InSome:
		return c.Rated.Known()
	case InFew:
		return c.Rated.Size == disclose.Counted
	}
	return false
}

// ratedStates are those of the states that this measure has.
var ratedStates = []string{InSome, InFew, InNone, InLoose}

// waitingFigure stands where ratings wait for more people, or for the first: apart from an empty cell and from one that is not shown.
const waitingFigure = "…"

// stateWord names a state of a measure.
func stateWord(ctx context.Context, measure, state string) string {
	if measure == Satisfaction && state != InLoose {
		return lang.T(ctx, "relation.in.satisfaction."+state)
	}
	return lang.T(ctx, "relation.in."+state)
}

// ratedFinding is the title of the page for this measure.
func ratedFinding(ctx context.Context, m *Matrix) string {
	known, waiting, sum := 0, 0, disclose.Sum{}
	for _, c := range m.Cells {
		switch {
		case !c.Shown:
		case c.Rated.Known():
			known, sum = known+1, sum.Plus(c.Rated.Sum)
		default:
			waiting++
		}
	}
	if known == 0 {
		return lang.T(ctx, "relation.finding.satisfaction-none")
	}
	return lang.T(ctx, "relation.finding.satisfaction", "count", known, "share", lang.Percent(ctx, disclose.Of(sum).Share, 0), "waiting", waiting)
}

// ratedColumns are those of a table of this measure: other numbers of an edge are for others to see.
var ratedColumns = []string{"provider", "provider_name", "customer", "customer_name", "satisfaction", "satisfaction_low", "satisfaction_high", "rated_good", "rated_cases", "rated_mean", "rated_says"}

// cells are a score as the columns of a table: of fewer than ten people the counts alone.
func (r scored) cells(ctx context.Context) []any {
	if !r.Known() {
		return []any{nil, nil, nil, nil, nil, nil, lang.T(ctx, "relation.cell.not-released")}
	}
	if r.Size == disclose.Counted {
		return []any{nil, r.Low, r.High, r.Good(), r.Cases, nil, lang.T(ctx, "relation.legend.rated-few")}
	}
	return []any{r.Share, r.Low, r.High, r.Good(), r.Cases, r.Mean, nil}
}

// listed is in of a matrix that shows several measures at once: of satisfaction it asks who may see that.
func (m *Matrix) listed(c Cell, measure, state string) bool {
	if measure == Satisfaction && state != "" {
		c.Shown = c.Rated.Shown
	}
	return m.in(c, measure, state)
}

package relation

import (
	"context"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/org"
)

// window is how many providers and customers a page of the matrix holds.
const window = 40

// query is what the address of the matrix says.
type query struct {
	Measure    string
	Period     Period
	Level      string
	View       string // "" matrix, "list"
	As         As
	Rows, Cols int    // page of providers and of customers, from 0
	Provider   string // of the selected cell, by code
	Customer   string
	State      string // of States; "": every edge
	usual      Period // what the page shows when the address names no period
}

// queryOf reads the address; what it does not understand falls back to the usual.
func queryOf(v url.Values, today time.Time) query {
	q := query{usual: CurrentPeriod(today), Measure: v.Get("measure"), Level: v.Get("level"), View: v.Get("view"), As: ParseAs(v.Get("as")), Provider: v.Get("provider"), Customer: v.Get("customer")}
	if provider, customer, ok := strings.Cut(v.Get("edge"), ":"); ok {
		q.Provider, q.Customer = provider, customer
	}
	if q.Measure != RightFirst && q.Measure != Satisfaction && q.Measure != Volume && q.Measure != AccountMeasure && q.Measure != HealthMeasure {
		q.Measure = Attainment
	}
	if !validLevel(q.Level) {
		q.Level = org.Department
	}
	if q.View != "list" {
		q.View = ""
	}
	var ok bool
	if q.Period, ok = ParsePeriod(v.Get("period")); !ok {
		q.Period = q.usual
	}
	if q.State = v.Get("state"); !validState(q.State) {
		q.State = ""
	}
	q.Rows, q.Cols = pageNumber(v.Get("rows")), pageNumber(v.Get("cols"))
	return q
}

func pageNumber(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 10_000 {
		return 0
	}
	return n
}

// values is the query as an address has it, without what is usual.
func (q query) values() url.Values {
	v := url.Values{}
	set := func(name, value, usual string) {
		if value != usual {
			v.Set(name, value)
		}
	}
	set("measure", q.Measure, Attainment)
	set("level", q.Level, org.Department)
	set("view", q.View, "")
	set("state", q.State, "")
	set("as", string(q.As), "")
	set("period", q.Period.Code(), q.usual.Code())
	set("rows", strconv.Itoa(q.Rows), "0")
	set("cols", strconv.Itoa(q.Cols), "0")
	set("provider", q.Provider, "")
	set("customer", q.Customer, "")
	return v
}

func (q query) href() string {
	if v := q.values(); len(v) > 0 {
		return "/relations?" + v.Encode()
	}
	return "/relations"
}

func (q query) exportHref(format string) string {
	v := q.values()
	v.Set("period", q.Period.Code())
	for _, name := range []string{"view", "rows", "cols", "provider", "customer"} {
		v.Del(name)
	}
	v.Set("format", format)
	return "/relations/export?" + v.Encode()
}

// pictureHref is the picture of the window that the page shows.
func (q query) pictureHref() string {
	v := q.values()
	v.Set("period", q.Period.Code())
	for _, name := range []string{"view", "provider", "customer"} {
		v.Del(name)
	}
	v.Set("format", "svg")
	return "/relations/export?" + v.Encode()
}

// with changes a copy of the query.
func (q query) with(change func(*query)) query {
	change(&q)
	return q
}

// tallies of what a page shows, for its title and legend.
type census struct {
	misses, meets, unsure, few, withheld, edges, empty, loose int
	requests                                                  int64
	hits, n                                                   int64 // of the measure, over all that is shown
	worst                                                     org.Unit
	worstMisses                                               int
	most                                                      org.Unit
	mostRequests                                              int64
}

func (s *Service) census(m *Matrix, q query) census {
	var c census
	for p, unit := range m.Units {
		misses, requests := 0, int64(0)
		for _, cell := range m.Row(p) {
			c.edges++
			if !cell.Shown {
				c.withheld++
				continue
			}
			requests += cell.Opened
			if m.loose(cell) {
				c.loose++
			}
			misses += c.count(cell, q.Measure)
		}
		c.requests += requests
		if misses > c.worstMisses {
			c.worst, c.worstMisses = unit, misses
		}
		if requests > c.mostRequests {
			c.most, c.mostRequests = unit, requests
		}
	}
	c.empty = max(len(m.Units)*(len(m.Units)-1)-c.edges, 0)
	return c
}

// count sorts a cell into the census; 1 when it certainly misses its target.
func (c *census) count(cell Cell, name string) int {
	m, isShare := cell.measure(name)
	if !isShare {
		return 0
	}
	c.hits, c.n = c.hits+m.Hits, c.n+m.N
	switch {
	case m.N == 0:
	case m.N < Thin:
		c.few++
	case m.Capable == "misses":
		c.misses++
		return 1
	case m.Capable == "meets":
		c.meets++
	default:
		c.unsure++
	}
	return 0
}

// loose says that there is traffic without an agreement in force.
func (m *Matrix) loose(c Cell) bool {
	return m.signed != nil && c.traffic && !m.signed(m.Units[c.Provider].ID, m.Units[c.Customer].ID)
}

// finding is the title of the page: what the numbers say, in a sentence.
func finding(ctx context.Context, c census, measure string) string {
	switch {
	case c.edges == 0:
		return lang.T(ctx, "relation.finding.nothing")
	case c.edges == c.withheld:
		return lang.T(ctx, "relation.finding.withheld", "count", c.edges)
	case measure == Volume && c.mostRequests > 0:
		return lang.T(ctx, "relation.finding.volume", "count", c.requests, "unit", c.most.Name.In(ctx), "share", lang.Percent(ctx, float64(c.mostRequests)/float64(c.requests), 0))
	case measure == Volume || c.n == 0:
		return lang.T(ctx, "relation.finding.quiet")
	case c.misses > 1 && c.worstMisses > 1 && c.worstMisses < c.misses:
		return lang.T(ctx, "relation.finding.misses-mostly", "count", c.misses, "of", c.worstMisses, "unit", c.worst.Name.In(ctx))
	case c.misses > 0 && c.worstMisses == c.misses:
		return lang.T(ctx, "relation.finding.misses-all", "count", c.misses, "unit", c.worst.Name.In(ctx))
	case c.misses > 0:
		return lang.T(ctx, "relation.finding.misses", "count", c.misses)
	case c.meets > 0:
		return lang.T(ctx, "relation.finding.meets", "count", c.meets)
	default:
		return lang.T(ctx, "relation.finding.unsure")
	}
}

// lead is the second line: measure, target, period, how to read the table.
func lead(ctx context.Context, c census, q query) string {
	return lang.T(ctx, "relation.lead", "measure", measureName(ctx, q.Measure), "period", periodName(ctx, q.Period), "count", c.edges)
}

func measureName(ctx context.Context, measure string) string {
	return lang.T(ctx, "relation.measure."+measure)
}

// periodName is "2026 年三季度", "Q3 2026".
func periodName(ctx context.Context, p Period) string {
	code := p.Code()
	year, rest, _ := strings.Cut(code, "-")
	switch {
	case code == "":
		return lang.T(ctx, "relation.period.days", "from", dayText(p.From), "to", dayText(p.To))
	case rest == "":
		return lang.T(ctx, "relation.period.year", "year", year)
	case rest[0] == 'Q':
		return lang.T(ctx, "relation.period.q"+rest[1:], "year", year)
	default:
		return monthName(ctx, p.From/100)
	}
}

func monthName(ctx context.Context, month int64) string {
	return lang.T(ctx, "relation.period.m"+strconv.FormatInt(month%100, 10), "year", strconv.FormatInt(month/100, 10))
}

func dayText(day int64) string { return dateOf(day).Format(time.DateOnly) }

// figure is a share as a cell shows it: whole percent, and never 100 for less than all or 0 for more than nothing.
func figure(m Measure) string {
	percent := int(math.Round(m.Value() * 100))
	switch {
	case percent == 100 && m.Hits < m.N:
		percent = 99
	case percent == 0 && m.Hits > 0:
		percent = 1
	}
	return strconv.Itoa(percent)
}

// table makes the window of the matrix that q asks for.
func (s *Service) table(ctx context.Context, m *Matrix, q query) ui.MatrixProps {
	rowFrom, rowTo := pageOf(len(m.Units), q.Rows)
	colFrom, colTo := pageOf(len(m.Units), q.Cols)
	t := ui.MatrixProps{Caption: lang.T(ctx, "relation.caption", "measure", measureName(ctx, q.Measure), "period", periodName(ctx, q.Period)),
		Corner: lang.T(ctx, "relation.corner"), Columns: make([]ui.MatrixHead, 0, colTo-colFrom), Rows: make([]ui.MatrixRow, 0, rowTo-rowFrom)}
	names := make([]string, len(m.Units))
	labels := make([]string, len(m.Units))
	codes := make([]string, len(m.Units))
	for i, u := range m.Units {
		names[i], labels[i], codes[i] = u.Name.In(ctx), u.Label(ctx), url.QueryEscape(u.Code)
	}
	for c := colFrom; c < colTo; c++ {
		u := m.Units[c]
		t.Columns = append(t.Columns, ui.MatrixHead{Text: labels[c], Gap: gap(m.Units, c, colFrom), On: u.Code == q.Customer})
	}
	b := newCells(ctx, q)
	if b.dense = (rowTo-rowFrom)*(colTo-colFrom) > denseFrom; b.dense {
		t.Open = b.href + "edge="
		for i := range t.Columns {
			t.Columns[i].Code, t.Columns[i].Text = codes[colFrom+i], names[colFrom+i] // upright, there is room for the whole name
		}
	}
	all := make([]ui.MatrixCell, (rowTo-rowFrom)*(colTo-colFrom))
	for p := rowFrom; p < rowTo; p++ {
		row := ui.MatrixRow{Head: names[p], Gap: gap(m.Units, p, rowFrom), On: m.Units[p].Code == q.Provider}
		row.Cells, all = all[:colTo-colFrom:colTo-colFrom], all[colTo-colFrom:]
		for i := range row.Cells {
			c := colFrom + i
			if !b.dense { // there an empty cell has no class at all: it leads nowhere
				row.Cells[i].Heat = "none"
			}
			if c == p {
				row.Cells[i] = ui.MatrixCell{Heat: "self", Figure: "·"}
			}
		}
		if b.dense {
			row.Code, row.Href = codes[p], q.with(func(q *query) { q.View, q.Provider, q.Customer = "list", m.Units[p].Code, "" }).href()
		}
		href := b.href + "provider=" + codes[p] + "&customer="
		for _, cell := range m.Row(p) {
			c := int(cell.Customer)
			if c < colFrom || c >= colTo {
				continue
			}
			made := b.cell(cell, labels[p], labels[c])
			if !b.dense {
				made.Href = href + codes[c]
			}
			made.Loose = m.loose(cell)
			made.Selected = row.On && m.Units[c].Code == q.Customer
			row.Cells[c-colFrom] = made
		}
		t.Rows = append(t.Rows, row)
	}
	idle := m.idle(q)
	return without(t, func(row int) bool { return idle[rowFrom+row] }, func(column int) bool { return idle[colFrom+column] })
}

// gap is where another part of the company begins.
func gap(units []org.Unit, i, first int) bool {
	return i > first && units[i].Parent != units[i-1].Parent
}

func pageOf(n, page int) (from, to int) {
	from = page * window
	if from >= n {
		from = 0
	}
	return from, min(from+window, n)
}

// denseFrom is how many cells a table has before each stops carrying its whole sentence and its address: 1 600 of them
// would be a third of a megabyte. Headers, figures and the shape of the verdict still say everything.
const denseFrom = 400

// cells draws cells, with the words fetched once for all of them.
type cells struct {
	measure                      string
	dense                        bool
	href                         string
	word                         map[string]string // verdict → word
	arrow, interval, separate    string
	n, blank, withheld, requests string
	none, tooLittle, waiting     string
	buf                          []byte
}

func newCells(ctx context.Context, q query) *cells {
	return &cells{
		measure: q.Measure,
		href:    cellHref(q),
		word: map[string]string{"meets": lang.T(ctx, "relation.verdict.meets"), "misses": lang.T(ctx, "relation.verdict.misses"),
			"undetermined": lang.T(ctx, "relation.verdict.undetermined"), "few": lang.T(ctx, "relation.verdict.few")},
		arrow: lang.T(ctx, "relation.cell.arrow"), interval: lang.T(ctx, "relation.cell.interval"), separate: lang.T(ctx, "relation.cell.separate"),
		n: lang.T(ctx, "relation.cell.n"), blank: lang.T(ctx, "relation.cell.blank"),
		withheld: lang.T(ctx, "relation.withheld"), none: lang.T(ctx, "relation.cell.none"), tooLittle: lang.T(ctx, "relation.cell.too-little"), waiting: lang.T(ctx, "relation.cell.waiting"), requests: lang.T(ctx, "relation.cell.requests"),
	}
}

// cellHref is the address of a cell up to its provider, relative to the page: there are many of them.
func cellHref(q query) string {
	rest := q.with(func(q *query) { q.Provider, q.Customer = "", "" }).values().Encode()
	if rest == "" {
		return "?"
	}
	return "?" + rest + "&"
}

// cell is an edge as a cell. Its sentence is put together by hand: there are 1 600 of them on a page.
func (b *cells) cell(c Cell, provider, customer string) ui.MatrixCell {
	t := append(append(append(append(b.buf[:0], provider...), b.arrow...), customer...), b.blank...)
	m, isShare := c.measure(b.measure)
	var out ui.MatrixCell
	indexed := b.measure == AccountMeasure || b.measure == HealthMeasure
	switch {
	case !c.Shown:
		out.Heat, out.Figure = "none", "–"
		t = append(t, b.withheld...)
	case b.measure == Satisfaction:
		var text string
		out, text = b.ratedCell(c)
		t = append(t, text...)
	case indexed:
		var text string
		out, text = b.indexCell(c)
		t = append(t, text...)
	case !isShare:
		out.Figure = strconv.FormatInt(c.Opened, 10)
		if c.Opened == 0 {
			out.Heat = "none"
		}
		t = append(append(t, out.Figure...), b.requests...)
	case m.N == 0: // nothing due: an empty cell that still leads to the edge
		out.Heat = "none"
		t = append(t, b.none...)
	case m.N < Thin:
		out.Heat, out.N = "few", strconv.FormatInt(m.Hits, 10)+"/"+strconv.FormatInt(m.N, 10)
		if m.N >= Few {
			out.Shape = m.Fact
		}
		t = append(append(append(append(t, out.N...), b.n...), b.separate...), b.word["few"]...)
	default:
		out.Heat, out.Figure, out.N = heat(m), figure(m), strconv.FormatInt(m.N, 10)
		// what is seen stands in it together, for those who speak to their browser
		t = append(append(append(append(append(t, out.Figure...), "% "...), out.N...), b.n...), b.interval...)
		t = append(appendPercent(append(appendPercent(t, m.Low), "–"...), m.High), b.separate...)
		t = append(t, b.word[m.Capable]...)
	}
	b.buf = t
	if b.dense {
		if c.Shown && isShare && m.N >= Thin {
			out.Shape = shapeOf[m.Capable]
		}
		return out
	}
	out.Text = string(t)
	return out
}

var shapeOf = map[string]string{"meets": "met", "misses": "missed"}

func appendPercent(t []byte, share float64) []byte {
	return append(strconv.AppendFloat(t, share*100, 'f', 1, 64), '%')
}

func percent1(share float64) string { return string(appendPercent(nil, share)) }

// whisker draws a measure; neighbours get the same scale, which is printed at both ends.
func whisker(ctx context.Context, m Measure, from float64, ends bool) ui.WhiskerProps {
	return ui.WhiskerProps{Value: m.Value() * 100, Low: m.Low * 100, High: m.High * 100, Target: m.Target * 100, Min: from * 100, Max: 100,
		Verdict: verdict(m), Ends: ends}
}

// scale is the left end for a group of measures: a round number below all their intervals.
func scale(list ...Measure) float64 {
	low := 0.9
	for _, m := range list {
		if m.N > 0 {
			low = min(low, m.Low, m.Target)
		}
	}
	return max(0, math.Floor(low*10)/10)
}

// verdict is the word of the signal, "few" below Thin.
func verdict(m Measure) string {
	switch {
	case m.N == 0:
		return ""
	case m.N < Thin:
		return "few"
	}
	return m.Capable
}

// factLine is the fact in words: "18 / 20 件，约定 90%：达到".
func factLine(ctx context.Context, m Measure) string {
	if m.N == 0 {
		return lang.T(ctx, "relation.fact.none")
	}
	return lang.T(ctx, "relation.fact."+m.Fact, "hits", m.Hits, "n", m.N, "target", lang.Percent(ctx, m.Target, 0))
}

// intervalLine is the signal in words: "95% 区间 66.4–81.4 · 目标 90%".
func intervalLine(ctx context.Context, m Measure) string {
	if m.N == 0 {
		return ""
	}
	return lang.T(ctx, "relation.interval", "low", strings.TrimSuffix(percent1(m.Low), "%"), "high", strings.TrimSuffix(percent1(m.High), "%"))
}

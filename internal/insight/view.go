package insight

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/org"
	"neike/internal/signin"
)

// question is what the address asks.
type question struct{ Unit, From, To string }

// query is the address of the same question about another unit.
func (q question) query(unit string) string {
	v := url.Values{}
	for name, value := range map[string]string{"unit": unit, "from": q.From, "to": q.To} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if len(v) == 0 {
		return ""
	}
	return "?" + v.Encode()
}

// span reads the days as weeks, whole ones; empty: the twelve that end now.
func (p *picture) span(q question) (span, error) {
	var f fault.Fields
	week := func(name, text string, otherwise int) int {
		if text == "" {
			return otherwise
		}
		t, err := time.ParseInLocation(time.DateOnly, text, p.monday.Location())
		if err != nil {
			f.Add(name, "insight.date-malformed", "value", text)
			return otherwise
		}
		ago := signin.WeekOf(signin.DayOf(p.monday, p.monday.Location())) - signin.WeekOf(signin.DayOf(t, t.Location()))
		return min(max(ago, 0), signin.SeenWeeks-1)
	}
	out := span{until: week("to", q.To, usual.until)}
	out.from = week("from", q.From, min(out.until+usual.from, signin.SeenWeeks-1))
	if f.Len() == 0 && out.from < out.until {
		f.Add("from", "insight.from-after-to")
	}
	return out, f.Err()
}

// day is the first day of a week.
func (p *picture) day(ago int) time.Time { return p.monday.AddDate(0, 0, -7*ago) }

// line is one unit of the table.
type line struct {
	Code, Name, Href string
	Whole            bool // with everything below; otherwise only the people directly in it
	People, Services int
	Can, In7         cell
	In30, In90       cell
	Requests         mark
	Own, Behalf      int
	Program          int
	Received         int
	Quiet            string // "", "unused", "silent"
}

// week is one point of the trend.
type week struct {
	From        time.Time
	Came        cell
	Own, Behalf int
	Program     int
	first, next time.Time // its instants
}

// adoption is the whole page.
type adoption struct {
	Question question
	At       time.Time
	From, To time.Time // first and last day of the weeks
	Unit     org.Unit
	Title    string
	Lead     string
	Crumbs   []ui.Crumb
	Tops     []ui.TabProps
	Total    line
	Lines    []line
	Weeks    []week // the newest first
	Most     int    // of the weeks' requests
	Live     int    // units with services on offer
	Units    int
	Least    int // people that a count is about at least
	Errors   ui.Errors
	States   []ui.StatProps // how many units are how far
	Lists    bool           // numbers of requests lead to their list
}

func (p *picture) line(r *row, sp span) line {
	l := line{People: r.people, Services: r.services, Can: r.cells[canSignIn], In7: r.cells[in7], In30: r.cells[in30], In90: r.cells[in90], Requests: r.asks}
	quiet := 0 // confidential ones are on no list and in no number; that there were some is known by the tag alone
	for w := sp.until; w <= sp.from; w++ {
		l.Own += int(r.traffic.own[w])
		l.Behalf += int(r.traffic.behalf[w])
		l.Program += int(r.traffic.program[w])
		l.Received += int(r.traffic.received[w])
		quiet += int(r.traffic.quiet[w])
	}
	switch {
	case l.Requests != open:
	case l.Services > 0 && l.Received+quiet == 0:
		l.Quiet = "unused"
	case l.People > 0 && l.Own+l.Behalf+l.Program+l.Received+quiet == 0:
		l.Quiet = "silent"
	}
	return l
}

// adopt answers the question.
func (s *Service) adopt(ctx context.Context, q question) (adoption, error) {
	p, u, mine, err := s.look(ctx, q.Unit)
	if err != nil {
		return adoption{}, err
	}
	sp, err := p.span(q)
	ctx = lang.InZone(ctx, p.monday.Location())
	v := adoption{Question: q, At: p.at, From: p.day(sp.from), To: p.day(sp.until).AddDate(0, 0, 6), Unit: u, Least: p.least}
	whole := p.whole[u.ID]
	v.Total = p.line(whole, sp)
	v.Total.Code, v.Total.Name, v.Total.Whole, v.Units = u.Code, u.Name.In(ctx), true, whole.units
	for w := sp.until; w <= sp.from; w++ {
		one := week{From: p.day(w), Came: whole.cells[weekly+w], Own: int(whole.traffic.own[w]), Behalf: int(whole.traffic.behalf[w])}
		one.Program = int(whole.traffic.program[w])
		one.first = p.since().Add(time.Duration(signin.SeenWeeks-1-w) * 7 * 24 * time.Hour)
		one.next = one.first.Add(7 * 24 * time.Hour)
		v.Most = max(v.Most, one.Own+one.Behalf)
		v.Weeks = append(v.Weeks, one)
	}
	v.fill(ctx, p, sp)
	for _, id := range p.tree.Descendants(u.ID) {
		if p.direct[id].services > 0 {
			v.Live++
		}
	}
	v.Lists = mayList(ctx, p.tree, u.ID)
	for _, name := range unitStates {
		v.States = append(v.States, ui.StatProps{Label: lang.T(ctx, "insight.units-"+name), Value: strconv.Itoa(len(p.units(u.ID, name))), Href: unitsHref(u.Code, name)})
	}
	v.name(ctx, p, mine, s.mayLook(ctx))
	return v, err
}

// fill lists the units below, and the people of the unit itself where there are such units.
func (v *adoption) fill(ctx context.Context, p *picture, sp span) {
	for _, k := range p.tree.Children(v.Unit.ID) {
		r := p.whole[k.ID]
		if r.people == 0 && r.services == 0 { // a site, or a legal entity that stands for nobody
			continue
		}
		l := p.line(r, sp)
		l.Code, l.Name, l.Whole, l.Href = k.Code, k.Name.In(ctx), true, "/insight/adoption"+v.Question.query(k.Code)
		v.Lines = append(v.Lines, l)
	}
	if own := p.direct[v.Unit.ID]; len(v.Lines) > 0 && (own.people > 0 || own.services > 0) {
		l := p.line(own, sp)
		l.Code, l.Name = v.Unit.Code, lang.T(ctx, "insight.itself", "unit", v.Unit.Label(ctx))
		v.Lines = append(v.Lines, l)
	}
}

// name finds the words around the numbers: the finding, the way here, and the reader's other units.
func (v *adoption) name(ctx context.Context, p *picture, mine []org.Unit, may func(ID) bool) {
	v.Title = v.finding(ctx)
	v.Lead = lang.T(ctx, "insight.lead", "live", v.Live, "units", v.Units, "at", lang.Short(ctx, v.At))
	v.Crumbs = []ui.Crumb{{Label: lang.T(ctx, "insight.adoption"), Href: "/insight/adoption" + v.Question.query("")}}
	for _, id := range p.tree.Path(v.Unit.ID) {
		if x, ok := p.tree.ByID(id); ok && may(id) {
			v.Crumbs = append(v.Crumbs, ui.Crumb{Label: x.Label(ctx), Href: "/insight/adoption" + v.Question.query(x.Code)})
		}
	}
	v.Crumbs[len(v.Crumbs)-1].Href = ""
	if len(mine) < 2 {
		return
	}
	for _, u := range mine {
		v.Tops = append(v.Tops, ui.TabProps{Text: u.Label(ctx), Href: "/insight/adoption" + v.Question.query(u.Code), On: p.tree.Under(v.Unit.ID, u.ID)})
	}
}

// finding says in a sentence how far the unit has come.
func (v *adoption) finding(ctx context.Context) string {
	unit, in := v.Unit.Label(ctx), v.Total.In30
	switch {
	case v.Total.People == 0:
		return lang.T(ctx, "insight.found-nobody", "unit", unit)
	case v.Total.People < v.Least:
		return lang.T(ctx, "insight.found-small", "unit", unit, "least", v.Least)
	case in.mark == fewer:
		return lang.T(ctx, "insight.found-fewer", "unit", unit, "least", v.Least)
	case in.mark == nearly:
		return lang.T(ctx, "insight.found-nearly", "unit", unit)
	case in.mark == withheld:
		return lang.T(ctx, "insight.found-withheld", "unit", unit, "people", v.Total.People)
	}
	return lang.T(ctx, "insight.found", "unit", unit, "share", lang.Percent(ctx, float64(in.x)/float64(v.Total.People), 0), "n", in.x, "people", v.Total.People)
}

// text is a count as it is shown.
func (c cell) text(ctx context.Context) string {
	switch {
	case c.nobody():
		return "–"
	case c.mark == open:
		return strconv.Itoa(c.x)
	}
	return c.mark.text(ctx)
}

func (m mark) text(ctx context.Context) string {
	return lang.T(ctx, "insight.mark-"+markNames[m])
}

// share is a count of its people, for a bar; 0 when it is not shown.
func (c cell) share() float64 {
	if c.mark != open || c.nobody() {
		return 0
	}
	return float64(c.x) / float64(c.x+c.rest)
}

// markNames are the marks in files and the API.
var markNames = [...]string{open: "yes", fewer: "fewer", nearly: "nearly", withheld: "withheld"}

// asked are the requests made, as shown.
func (l line) asked(ctx context.Context) string {
	if l.Requests != open {
		return l.Requests.text(ctx)
	}
	if l.Program > 0 {
		return lang.T(ctx, "insight.asked-program", "own", l.Own, "behalf", l.Behalf, "program", l.Program)
	}
	if l.Behalf == 0 {
		return strconv.Itoa(l.Own)
	}
	return lang.T(ctx, "insight.asked", "own", l.Own, "behalf", l.Behalf)
}

func (l line) served(ctx context.Context) string {
	if l.Requests != open {
		return l.Requests.text(ctx)
	}
	return strconv.Itoa(l.Received)
}

// stats are the four figures on top.
func (v adoption) stats(ctx context.Context) []ui.StatProps {
	var out []ui.StatProps
	for _, x := range []struct {
		key string
		c   cell
	}{{"can", v.Total.Can}, {"in7", v.Total.In7}, {"in30", v.Total.In30}, {"in90", v.Total.In90}} {
		p := ui.StatProps{Label: lang.T(ctx, "insight."+x.key), Value: x.c.text(ctx), Detail: lang.T(ctx, "insight.of", "people", v.Total.People)}
		if x.c.mark == open && !x.c.nobody() {
			p.Value, p.Unit = lang.Percent(ctx, x.c.share(), 0), ""
			p.Detail = lang.T(ctx, "insight.of-n", "n", x.c.x, "people", v.Total.People)
		}
		out = append(out, p)
	}
	return out
}

func clearHref(v adoption) string {
	if v.Question.From+v.Question.To == "" {
		return ""
	}
	return "/insight/adoption" + question{}.query(v.Question.Unit)
}

// scopeMark keeps the row of a unit's own people apart from the unit's.
func scopeMark(l line) string {
	if l.Whole {
		return ""
	}
	return "-itself"
}

// unitsTitle is the heading of the table: of the units below, or of this one where there are none.
func unitsTitle(ctx context.Context, v adoption) string {
	if len(v.Lines) == 0 {
		return lang.T(ctx, "insight.this-unit")
	}
	return lang.T(ctx, "insight.units")
}

// weekLink is the list of the requests of a week that came in one way.
func (v adoption) weekLink(w week, way string) string {
	if !v.Lists {
		return ""
	}
	q := url.Values{"customer": {v.Unit.Code}, "raised": {way}, "opened_from": {w.first.UTC().Format(time.RFC3339)}, "opened_before": {w.next.UTC().Format(time.RFC3339)}}
	return "/requests?" + q.Encode()
}

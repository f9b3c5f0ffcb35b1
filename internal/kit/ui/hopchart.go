package ui

import (
	"math"
	"strconv"
	"time"
)

// Sizes of the hop chart, px.
const (
	hopLeft   = 96.0  // names of the units
	hopWidth  = 640.0 // about as wide as the card beside a 360-px column on a screen of 1280
	hopClosed = 72.0  // a strip of days that do not count
	hopDayMin = 56.0  // room for the name of a day
	hopLane   = 44.0
	hopTop    = 40.0
)

type hopChart struct {
	Label         string
	Width, Height float64
	Long          bool
	Days          []hopDayView
	Lanes         []hopLaneView
	Now, Due      *hopFlagView
}

type hopDayView struct {
	X, W       float64
	Label, Sub string
	Closed     bool
	day        HopDay
	open       time.Duration
	Quiet      bool // several days on which nothing changed
}

type hopLaneView struct {
	Y                float64
	Unit, Full, Role string
	Cut, Last        bool
	Bars             []hopBarView
}

type hopBarView struct {
	X, Y, W, Pad, TextW float64
	Kind, Text          string
	Fits                bool
}

type hopFlagView struct {
	X, Y, Bottom, BoxX, BoxW float64
	Text                     string
}

func (c hopChart) viewBox() string { return "0 0 " + num(c.Width) + " " + num(c.Height) }

// newHopChart lays the columns out: each day as wide as its working time, but
// no narrower than its name; closed days a strip. When the days do not fit, those
// on which nothing changed become strips, too, so that the whole is seen at a
// glance; when that is not enough the chart grows and its card scrolls.
func newHopChart(p HopLaneProps) hopChart {
	c := hopChart{Label: p.Label, Width: hopWidth, Height: hopTop + hopLane*float64(len(p.Lanes)) + 6}
	c.layDays(p.folded())
	for i, lane := range p.Lanes {
		c.Lanes = append(c.Lanes, c.lane(lane, i, len(p.Lanes)))
	}
	if p.Now != nil {
		c.Now = c.flag(*p.Now, false)
	}
	if p.Due != nil {
		c.Due = c.flag(*p.Due, true)
		c.apart()
	}
	return c
}

func (c *hopChart) layDays(days []HopDay) {
	views := make([]hopDayView, len(days))
	var total time.Duration
	fixed := 0.0
	for i, d := range days {
		v := hopDayView{Label: d.Label, Sub: d.Sub, Closed: len(d.Open) == 0, Quiet: d.quiet, day: d}
		for _, s := range d.Open {
			v.open += s.To.Sub(s.From)
		}
		switch {
		case v.Closed:
			v.W = max(hopClosed, hopDayLeast(d))
			fixed += v.W
		case v.Quiet:
			v.W = hopDayLeast(d)
			fixed += v.W
		default:
			total += v.open
		}
		views[i] = v
	}
	// Days that would be narrower than their name get the minimum; the rest share what is left.
	room := hopWidth - hopLeft - 4
	small := make([]bool, len(views))
	for again := true; again; {
		again = false
		for i := range views {
			v := &views[i]
			if v.Closed || v.Quiet || small[i] || total == 0 {
				continue
			}
			v.W = max((room-fixed)*float64(v.open)/float64(total), 0)
			if least := hopDayLeast(v.day); v.W < least {
				v.W, small[i], again = least, true, true
				fixed += least
				total -= v.open
			}
		}
	}
	x := hopLeft
	for i := range views {
		views[i].X = x
		x += views[i].W
	}
	c.Days, c.Width = views, max(hopWidth, math.Floor(x+4))
	c.Long = c.Width > hopWidth+1
}

// hopSteps is by how much a strip of quiet days is shorter than what it stands for, at least: two days.
const hopSteps = 2

// folded are the days, and, when they do not fit beside each other, each run of days on which nothing changed as one.
func (p HopLaneProps) folded() []HopDay {
	least := hopLeft + 4
	for _, d := range p.Days {
		if least += hopDayLeast(d); len(d.Open) == 0 {
			least += max(hopClosed-hopDayLeast(d), 0)
		}
	}
	if p.Quiet == nil || least <= hopWidth {
		return p.Days
	}
	var out []HopDay
	for i := 0; i < len(p.Days); {
		n := 0
		for i+n < len(p.Days) && !p.changes(p.Days[i+n]) {
			n++
		}
		if n < hopSteps {
			out, i = append(out, p.Days[i]), i+1
			continue
		}
		run := HopDay{Start: p.Days[i].Start, End: p.Days[i+n-1].End, quiet: true}
		for _, d := range p.Days[i : i+n] {
			run.Open = append(run.Open, d.Open...)
		}
		run.Label = p.Quiet(int(math.Round(run.End.Sub(run.Start).Hours() / 24)))
		out, i = append(out, run), i+n
	}
	return out
}

// changes says whether something begins or ends on a day, or is flagged there.
func (p HopLaneProps) changes(d HopDay) bool {
	on := func(t time.Time) bool { return !t.Before(d.Start) && t.Before(d.End) }
	for _, lane := range p.Lanes {
		for _, s := range lane.Segments {
			if on(s.From) || on(s.To) {
				return true
			}
		}
	}
	return p.Now != nil && on(p.Now.At) || p.Due != nil && on(p.Due.At)
}

// hopDayLeast is the room a day needs for its name.
func hopDayLeast(d HopDay) float64 {
	return max(hopDayMin, textWidth(d.Label, 12)+12, textWidth(d.Sub, 12)+12)
}

// at is where a moment lies: within a day by working time, so that nights and
// breaks have no width.
func (c *hopChart) at(t time.Time) float64 {
	x := hopLeft
	for _, d := range c.Days {
		if t.Before(d.day.Start) {
			return x
		}
		if d.Closed {
			if span := d.day.End.Sub(d.day.Start); t.Before(d.day.End) && span > 0 {
				return d.X + d.W*float64(t.Sub(d.day.Start))/float64(span)
			}
		} else if t.Before(d.day.End) {
			var before time.Duration
			for _, s := range d.day.Open {
				if t.After(s.From) {
					before += min(t.Sub(s.From), s.To.Sub(s.From))
				}
			}
			return d.X + d.W*float64(before)/float64(max(d.open, 1))
		}
		x = d.X + d.W
	}
	return x
}

func (c *hopChart) lane(l HopLane, i, n int) hopLaneView {
	v := hopLaneView{Y: hopTop + hopLane*float64(i), Unit: l.Unit, Full: l.Unit, Role: l.Role, Last: i == n-1}
	v.Unit, v.Cut = fit(l.Unit, hopLeft-8, 13)
	for _, s := range l.Segments {
		from, to := c.at(s.From), c.at(s.To)
		if to-from < 2 {
			to = from + 2
		}
		b := hopBarView{X: from, Y: v.Y + 14, W: to - from, Kind: or(s.Kind, "held"), Text: s.Text, Pad: 8, TextW: textWidth(s.Text, 12)}
		if b.Kind == "waiting" || b.Kind == "planned" { // an edge inside its box
			b.X, b.W = b.X+0.5, max(b.W-1, 1)
		}
		if b.Kind == "paused" {
			b.Pad = 11
		}
		b.Fits = s.Text != "" && b.TextW+b.Pad+4 <= b.W
		v.Bars = append(v.Bars, b)
	}
	return v
}

func (c *hopChart) flag(f HopFlag, left bool) *hopFlagView {
	x := c.at(f.At)
	v := &hopFlagView{X: x, Y: hopTop, Bottom: c.Height - 4, BoxX: x - 1, BoxW: textWidth(f.Text, 12) + 12, Text: f.Text}
	if left && x-v.BoxW > hopLeft || v.BoxX+v.BoxW > c.Width {
		v.BoxX = x - v.BoxW + 1
	}
	return v
}

// apart keeps two flags from covering each other.
func (c *hopChart) apart() {
	if c.Now == nil {
		return
	}
	over := func() bool {
		return c.Now.BoxX < c.Due.BoxX+c.Due.BoxW+2 && c.Due.BoxX < c.Now.BoxX+c.Now.BoxW+2
	}
	if over() && c.Due.X-1+c.Due.BoxW <= c.Width {
		c.Due.BoxX = c.Due.X - 1
	}
	if over() && c.Now.X-c.Now.BoxW > hopLeft {
		c.Now.BoxX = c.Now.X - c.Now.BoxW + 1
	}
	if over() {
		c.Due.Y -= 20
	}
}

// textWidth guesses the width of a text: CJK is as wide as it is high, Latin
// a good half. It errs to the wide side.
func textWidth(s string, size float64) float64 {
	w := 0.0
	for _, r := range s {
		switch {
		case r >= 0x2e80:
			w += size
		case r == ' ', r == 'i', r == 'l', r == ':', r == '.', r == ',', r == '·':
			w += size * 0.33
		case r >= 'A' && r <= 'Z', r == 'm', r == 'w', r == '%':
			w += size * 0.72
		default:
			w += size * 0.55
		}
	}
	return w
}

// fit cuts a name to a width and says whether it had to.
func fit(s string, width, size float64) (string, bool) {
	if textWidth(s, size) <= width {
		return s, false
	}
	runes := []rune(s)
	for n := len(runes) - 1; n > 0; n-- {
		if cut := string(runes[:n]) + "…"; textWidth(cut, size) <= width {
			return cut, true
		}
	}
	return strconv.Itoa(len(runes)), true
}

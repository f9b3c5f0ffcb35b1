package measure

import (
	"context"
	"embed"
	"math"
	"slices"

	"neike/internal/access"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Schema holds the migrations of measure.
//
//go:embed schema/*.sql
var Schema embed.FS

// Locale holds the words of measure.
//
//go:embed locale
var Locale embed.FS

// ID of a measure of the company's own.
type ID = int64

// Kind says what a value is, and with it how it is charted.
type Kind string

// The kinds.
const (
	Share    Kind = "share"    // hits of n: charted as shares
	Mean     Kind = "mean"     // of n answers or things
	Count    Kind = "count"    // how many in the month
	Duration Kind = "duration" // how long something takes
)

// Kinds lists them in the order of the form.
var Kinds = []Kind{Share, Mean, Count, Duration}

// Direction says which way is better.
type Direction string

// The directions.
const (
	More    Direction = "more"
	Less    Direction = "less"
	Neither Direction = "neither"
)

// Directions lists them in the order of the form.
var Directions = []Direction{More, Less, Neither}

// Grain is what a measure can be asked of.
type Grain string

// The grains. What is known of edges is known of units and of the company, too.
const (
	OfEdge    Grain = "edge"
	OfUnit    Grain = "unit"
	OfCompany Grain = "company"
)

// Point is one month of a series.
type Point struct {
	Month   int64   // 202611
	Hits, N int64   // of a share; of others N is how many cases the value is about, 0 when nobody said
	Value   float64 // of a share hits / n, otherwise in the unit of the measure; NaN: none
	Sum, Of float64 // of a mean that is a quotient of sums: what it is the quotient of, so that months add up; Of is 0 of others
	Few     bool    // there are some, too few to tell a value
}

// Is says whether the month has a value.
func (p Point) Is() bool { return !math.IsNaN(p.Value) }

// Series is a measure of a unit, an edge or the company month by month, without gaps. A series that is not Shown has no points:
// what the reader may not see looks as if nothing were there.
type Series struct {
	Shown  bool
	Points []Point
	Target float64 // in terms of Value; NaN: none
	Agreed bool    // the two units agreed on the target; otherwise it is what is usual
}

// At is what a series is asked of: an edge with both, a unit with the provider alone, the company with neither.
type At struct{ Provider, Customer org.Unit }

// Grain of what is asked.
func (a At) Grain() Grain {
	switch {
	case a.Customer.ID != 0:
		return OfEdge
	case a.Provider.ID != 0:
		return OfUnit
	}
	return OfCompany
}

// Span is a range of months, both ends in it: 202512 to 202611.
type Span struct{ From, To int64 }

// Months is how many there are; 0 when the span is empty.
func (s Span) Months() int { return max(0, int(ordinal(s.To)-ordinal(s.From))+1) }

// SeriesFunc gives the points of a span in any order and with gaps. It decides whether the reader may see them.
type SeriesFunc func(ctx context.Context, at At, span Span) (Series, error)

// Measure is one entry of the registry.
type Measure struct {
	Code                 string
	Name, About, Formula lang.Text
	Unit                 Unit
	Direction            Direction
	Kind                 Kind
	Grains               []Grain
	Seen                 Seen
	Sample               bool // of a sample: there is only a signal
	Own                  *Own // what the company defined itself; nil for measures of the house
	series               SeriesFunc
}

// Unit of measurement.
type Unit string

// The units of measurement.
const (
	Percent Unit = "percent"
	Times   Unit = "times" // how often, how many
	Points  Unit = "points"
	Minutes Unit = "minutes"
	Hours   Unit = "hours"
	Days    Unit = "days"
	Yuan    Unit = "yuan"
	PPM     Unit = "ppm"
)

// Units lists them in the order of the form.
var Units = []Unit{Percent, Times, Points, Minutes, Hours, Days, Yuan, PPM}

// UnitsOf lists the units of measurement that a kind may have, the usual one first.
func UnitsOf(k Kind) []Unit {
	switch k {
	case Share:
		return []Unit{Percent}
	case Duration:
		return []Unit{Hours, Minutes, Days}
	case Mean:
		return []Unit{Points, Percent, Yuan, PPM, Times}
	}
	return []Unit{Times, Yuan, PPM}
}

// Seen says who sees the numbers; that a measure exists, and what it means, everybody sees.
type Seen string

// The circles.
const (
	Everybody Seen = "everybody"
	Concerned Seen = "concerned" // the people and heads of the unit, quality and executives
)

// Circles lists them in the order of the form.
var Circles = []Seen{Concerned, Everybody}

// Has says whether the measure can be asked of a grain.
func (m Measure) Has(g Grain) bool { return slices.Contains(m.Grains, g) }

// Rooms are the neighbours that measure calls.
type Rooms struct {
	Org    *org.Service
	Access *access.Service
}

// Service holds the registry and the use cases.
type Service struct {
	db     *sqldb.DB
	events *event.Bus
	house  []Measure
	Rooms
}

// New makes the room.
func New(db *sqldb.DB, bus *event.Bus, rooms Rooms) *Service {
	return &Service{db: db, events: bus, Rooms: rooms}
}

// Register adds a measure of the house and how its series is found. Call it while wiring; a code taken twice panics.
func (s *Service) Register(m Measure, series SeriesFunc) {
	if slices.ContainsFunc(s.house, func(x Measure) bool { return x.Code == m.Code }) {
		panic("measure " + m.Code + " is registered twice")
	}
	m.series = series
	s.house = append(s.house, m)
}

// All lists the registry: measures of the house in the order of wiring, then the company's own by code, those out of use last.
func (s *Service) All(ctx context.Context) ([]Measure, error) {
	list := slices.Clone(s.house)
	var own []Own
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		own, err = allOwn(ctx, rd)
		return err
	})
	for i := range own {
		list = append(list, s.measureOf(own[i]))
	}
	return list, err
}

// ByCode finds one measure.
func (s *Service) ByCode(ctx context.Context, code string) (Measure, error) {
	if i := slices.IndexFunc(s.house, func(m Measure) bool { return m.Code == code }); i >= 0 {
		return s.house[i], nil
	}
	var own Own
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		own, err = ownByCode(ctx, rd, code)
		return err
	})
	return s.measureOf(own), err
}

// SeriesOf is the measure of a unit, an edge or the company, with a point for every month of the span. Asking for what the
// measure does not have is Invalid.
func (s *Service) SeriesOf(ctx context.Context, m Measure, at At, span Span) (Series, error) {
	if !m.Has(at.Grain()) {
		return Series{}, invalid("unit", "measure.grain-not."+string(at.Grain()))
	}
	if n := span.Months(); n == 0 || n > mostMonths {
		return Series{}, invalid("to", "measure.span-range", "most", mostMonths)
	}
	got, err := m.series(ctx, at, span)
	if err != nil || !got.Shown {
		return Series{Target: none}, err
	}
	got.Points = filled(got.Points, span)
	return got, nil
}

// invalid is what is wrong with one field.
func invalid(field, key string, args ...any) error {
	var bad fault.Fields
	bad.Add(field, key, args...)
	return bad.Err()
}

package calendar

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// What a version without changes of its own follows: a new version of its base, or the days of a year that were
// published.
const (
	causeBase      = "base"
	causeStatutory = "statutory:" // and the year
)

// Follows says what a version follows: the base, or the year whose statutory days became known; neither for a version
// published for its own sake.
func (v Version) Follows() (base bool, year string) {
	year, _ = strings.CutPrefix(v.Cause, causeStatutory)
	if year == v.Cause {
		year = ""
	}
	return v.Cause == causeBase, year
}

// deepest is how many calendars may stand on one another.
const deepest = 4

// readBook reads every version and what is known of the countries' days.
func readBook(ctx context.Context, rd sqldb.Reader) (*Book, error) {
	list, err := versions(ctx, rd)
	if err != nil {
		return nil, err
	}
	years, err := importedYears(ctx, rd)
	if err != nil {
		return nil, err
	}
	countries, err := knownCountries(years)
	if err != nil {
		return nil, err
	}
	return newBook(list, countries)
}

// newBook arranges versions, ordered by code and number. Without a calendar of the company there is the built-in one.
func newBook(list []stored, countries map[string]*Statutory) (*Book, error) {
	b := &Book{calendars: map[string][]*edition{}, countries: countries}
	for _, v := range list {
		own, err := v.rules()
		if err != nil {
			return nil, err
		}
		b.calendars[v.Code] = append(b.calendars[v.Code], &edition{stored: v, own: own})
	}
	if !b.Has(Default) {
		v, err := builtInDefault()
		if err != nil {
			return nil, err
		}
		b.calendars[Default] = []*edition{{stored: v, own: v.Rules}}
	}
	for code := range b.calendars {
		if err := b.sumUp(code); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// sumUp gives the newest version of a calendar the rules that it comes to.
func (b *Book) sumUp(code string) error {
	list := b.calendars[code]
	last := list[len(list)-1]
	layers, err := b.layers(code, last.Number, 0)
	if err == nil {
		last.Rules = layers[len(layers)-1].Rules
	}
	return err
}

// rules of a stored version, from what was given and the statutory days as they were known then.
func (s *stored) rules() (Rules, error) {
	var f fault.Fields
	in := s.input
	r, _ := in.check(&f, func(string) (*Statutory, bool) { return s.statutory, s.statutory != nil })
	if err := f.Err(); err != nil {
		return r, fmt.Errorf("calendar %s version %d: %w", s.Code, s.Number, err)
	}
	return r, nil
}

// version makes a version of an input; what is wrong is added to f. Its Rules are its own.
func (in Input) version(f *fault.Fields, known func(string) (*Statutory, bool)) stored {
	rules, from := in.check(f, known)
	in.Replaces = 0
	v := stored{Version: Version{Code: in.Code, Name: in.Name, From: from, Rules: rules}, input: in}
	v.statutory = rules.Statutory
	return v
}

// sheet is a version in the pile of those that hold: what it says itself, and the base it lies on.
type sheet struct {
	from    Date
	rules   Rules
	base    string
	version int // of the base
}

// pile lays the versions of a calendar up to one over each other. A version hides those that begin later; one that
// follows renews what lies beneath all of them.
func (b *Book) pile(code string, version int) []sheet {
	var pile []sheet
	for _, e := range b.calendars[code] {
		switch {
		case e.Number > version:
		case e.Cause != "":
			for i := range pile {
				pile[i].renew(e)
			}
		default:
			for len(pile) > 0 && pile[len(pile)-1].from >= e.From {
				pile = pile[:len(pile)-1]
			}
			pile = append(pile, sheet{e.From, e.own, e.input.Base, e.base})
		}
	}
	if len(pile) > 0 {
		pile[0].from = Always
	}
	return pile
}

// renew takes over what a version that follows knows anew: of the same country, of the same base.
func (s *sheet) renew(e *edition) {
	if mine, now := s.rules.Statutory, e.own.Statutory; mine != nil && now != nil && mine.Code == now.Code {
		own := *now
		own.Makeup = mine.Makeup
		s.rules.Statutory = &own
	}
	if s.base != "" && s.base == e.input.Base {
		s.version = e.base
	}
}

// layers of a calendar at a version, each over what its base says on the same days.
func (b *Book) layers(code string, version, depth int) ([]Layer, error) {
	if depth > deepest {
		return nil, fmt.Errorf("calendar %s stands on itself", code)
	}
	pile := b.pile(code, version)
	if len(pile) == 0 {
		return nil, fmt.Errorf("calendar %s has no version %d", code, version)
	}
	var out []Layer
	for i, s := range pile {
		if s.base == "" {
			out = append(out, Layer{s.from, s.rules})
			continue
		}
		under, err := b.layers(s.base, s.version, depth+1)
		if err != nil {
			return nil, err
		}
		for k, l := range under {
			if k+1 < len(under) && under[k+1].From <= s.from {
				continue // over before this one begins
			}
			if i+1 < len(pile) && l.From >= pile[i+1].from {
				break
			}
			out = append(out, Layer{max(s.from, l.From), s.rules.over(l.Rules)})
		}
	}
	return out, nil
}

// compile makes the table of a calendar at a version.
func (b *Book) compile(code string, version int) (*Table, error) {
	layers, err := b.layers(code, version, 0)
	if err != nil {
		return nil, err
	}
	t, err := CompileLayers(layers, FirstYear, LastYear)
	if err == nil {
		t.Code, t.Version = code, version
		t.even.Code, t.even.Version = code, version
	}
	return t, err
}

// known is what is known of a country's days.
func (b *Book) known(country string) (*Statutory, bool) {
	s, ok := b.countries[country]
	return s, ok
}

// newest is the newest edition of a calendar; nil when there is none.
func (b *Book) newest(code string) *edition {
	if list := b.calendars[code]; len(list) > 0 {
		return list[len(list)-1]
	}
	return nil
}

// draft is the book with one more version, and with those of its heirs that follow. added lists them in the order of
// their publication. Everything that is wrong with the input comes at once.
func (b *Book) draft(in Input, at time.Time) (next *Book, added []*edition, err error) {
	var f fault.Fields
	v := in.version(&f, b.known)
	last := b.newest(in.Code)
	if in.Base != "" {
		b.checkBase(&f, in)
	}
	if err := f.Err(); err != nil {
		return nil, nil, err
	}
	if base := b.newest(in.Base); base != nil {
		v.base = base.Number
	}
	next = b.clone()
	e, err := next.append(v, at)
	if err != nil {
		return nil, nil, err
	}
	if err := e.follows(last, in.Replaces); err != nil {
		return nil, nil, err
	}
	added, err = next.heirs([]*edition{e}, at)
	return next, added, err
}

// checkBase refuses a base that is not there, or that stands on the calendar itself.
func (b *Book) checkBase(f *fault.Fields, in Input) {
	if in.Base == in.Code || !codeLike.MatchString(in.Base) {
		return // said already
	}
	if !b.Has(in.Base) {
		f.Add("base", "calendar.base-unknown", "code", in.Base)
	}
	code := in.Base
	for depth := 1; code != ""; depth++ {
		e := b.newest(code)
		if e == nil {
			return
		}
		if code = e.input.Base; code == in.Code || depth >= deepest {
			f.Add("base", "calendar.base-circle", "code", in.Base)
			return
		}
	}
}

// learn is the book in which more is known of the countries' days: every calendar that follows a country gets a version
// that knows it, and so do their heirs.
func (b *Book) learn(countries map[string]*Statutory, year int, at time.Time) (next *Book, added []*edition, err error) {
	next = b.clone()
	next.countries = countries
	for _, code := range b.Codes() {
		e := b.newest(code)
		if !e.outdated(next.known) {
			continue
		}
		again, err := next.again(e, fmt.Sprintf("%s%d", causeStatutory, year), at)
		if err != nil {
			return nil, nil, err
		}
		added = append(added, again)
	}
	added, err = next.heirs(added, at)
	return next, added, err
}

// heirs lets the calendars that stand on published ones follow, and those that stand on them.
func (b *Book) heirs(published []*edition, at time.Time) ([]*edition, error) {
	for i := 0; i < len(published); i++ {
		for _, code := range b.Codes() {
			e := b.newest(code)
			base := published[i]
			if e.input.Base != base.Code || e.base >= base.Number {
				continue
			}
			cause := causeBase
			if base.Cause != "" {
				cause = base.Cause
			}
			if k := slices.Index(published, e); k >= 0 && e.At.Equal(at) { // follows the year already: over the newest base
				e.base = base.Number
				if err := b.sumUp(code); err != nil {
					return nil, err
				}
				continue
			}
			again, err := b.again(e, cause, at)
			if err != nil {
				return nil, err
			}
			published = append(published, again)
		}
	}
	return published, nil
}

// again appends a version that says the same as e over what is known now.
func (b *Book) again(e *edition, cause string, at time.Time) (*edition, error) {
	var f fault.Fields
	v := e.input.version(&f, b.known)
	if err := f.Err(); err != nil {
		return nil, fmt.Errorf("calendar %s: %w", e.Code, err)
	}
	v.Cause = cause
	if base := b.newest(e.input.Base); base != nil {
		v.base = base.Number
	}
	return b.append(v, at)
}

// append gives a version its number and place.
func (b *Book) append(v stored, at time.Time) (*edition, error) {
	v.Number, v.At = 1, at
	if last := b.newest(v.Code); last != nil {
		v.Number = last.Number + 1
	}
	e := &edition{stored: v, own: v.Rules}
	list := b.calendars[v.Code]
	b.calendars[v.Code] = append(list[:len(list):len(list)], e)
	return e, b.sumUp(v.Code)
}

// clone shares the editions, which do not change, and their tables.
func (b *Book) clone() *Book {
	return &Book{calendars: maps.Clone(b.calendars), countries: b.countries}
}

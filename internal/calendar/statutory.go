package calendar

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"neike/content/calendars"
	"neike/internal/kit/lang"
)

// Countries whose statutory days are known.
var Countries = []string{"cn"}

// embedded is what the product itself knows of a country's days.
func embedded(country string) (*Statutory, bool) {
	n, err := loadNotices(country)
	if err != nil || n == nil {
		return nil, false
	}
	return n.fold(nil), true
}

// notices are a country's days by the year of the notice that says them. Days around New Year may belong to the notice
// of the year after.
type notices struct {
	country string
	names   map[string]lang.Text
	years   map[int]Notice
}

var loadNotices = memo(func(country string) (*notices, error) {
	raw, ok := calendars.Statutory(country)
	if !ok {
		return nil, nil
	}
	return parseNotices(raw)
})

func parseNotices(raw []byte) (*notices, error) {
	var wire struct {
		Code  string               `json:"code"`
		Names map[string]lang.Text `json:"names"`
		Years map[string]struct {
			Official bool            `json:"official"`
			Off      map[Date]string `json:"off"`
			Work     map[Date]string `json:"work"`
		} `json:"years"`
	}
	if err := json.Unmarshal(raw, &wire); err != nil {
		return nil, fmt.Errorf("statutory days: %w", err)
	}
	n := &notices{country: wire.Code, names: wire.Names, years: map[int]Notice{}}
	for text, year := range wire.Years {
		y, err := strconv.Atoi(text)
		if err != nil {
			return nil, fmt.Errorf("statutory days: year %q", text)
		}
		notice := Notice{Country: wire.Code, Year: y, Official: year.Official}
		for d, name := range year.Off {
			notice.Days = append(notice.Days, NoticeDay{Date: d, Name: name, Off: true})
		}
		for d, name := range year.Work {
			notice.Days = append(notice.Days, NoticeDay{Date: d, Name: name})
		}
		n.years[y] = notice
	}
	return n, nil
}

// fold makes one list of the product's notices and of those that were brought in. A year that was brought in goes before
// the product's unless it is provisional and the product's is official; of a date that two notices name the later one
// holds.
func (n *notices) fold(imported []Notice) *Statutory {
	years := maps.Clone(n.years)
	for _, y := range imported {
		if ours, known := years[y.Year]; !known || y.Official || !ours.Official {
			years[y.Year] = y
		}
	}
	s := &Statutory{Code: n.country, Makeup: true, Names: maps.Clone(n.names), Years: map[int]bool{}, Off: map[Date]string{}, Work: map[Date]string{}}
	for _, y := range slices.Sorted(maps.Keys(years)) {
		s.Years[y] = years[y].Official
		for _, d := range years[y].Days {
			code := n.code(d.Name)
			if _, known := s.Names[code]; !known {
				s.Names[code] = n.translated(d.Name)
			}
			delete(s.Off, d.Date)
			delete(s.Work, d.Date)
			if d.Off {
				s.Off[d.Date] = code
			} else {
				s.Work[d.Date] = code
			}
		}
	}
	return s
}

// code of a festival by its name in either language, or the name itself.
func (n *notices) code(name string) string {
	if _, ok := n.names[name]; ok {
		return name
	}
	for code, text := range n.names {
		if name == text.Zh || strings.EqualFold(name, text.En) || name+"节" == text.Zh {
			return code
		}
	}
	return name
}

// translated is a name that joins several festivals (国庆节、中秋节) in both languages as far as they are known.
func (n *notices) translated(name string) lang.Text {
	var en []string
	for _, part := range strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune("、，,&/", r) }) {
		text, ok := n.names[n.code(strings.TrimSpace(part))]
		if !ok {
			return lang.Text{Zh: name}
		}
		en = append(en, text.En)
	}
	return lang.Text{Zh: name, En: strings.Join(en, ", ")}
}

// knownCountries is what is known of every country's days with the years that were brought in.
func knownCountries(imported []importedYear) (map[string]*Statutory, error) {
	out := map[string]*Statutory{}
	for _, country := range Countries {
		n, err := loadNotices(country)
		if err != nil {
			return nil, err
		}
		var years []Notice
		for _, y := range imported {
			if y.Country == country {
				years = append(years, y.Notice)
			}
		}
		out[country] = n.fold(years)
	}
	return out, nil
}

// memo keeps the answers of a function of a text.
func memo[T any](fn func(string) (T, error)) func(string) (T, error) {
	type answer struct {
		value T
		err   error
	}
	var known sync.Map
	return func(key string) (T, error) {
		if a, ok := known.Load(key); ok {
			return a.(answer).value, a.(answer).err
		}
		value, err := fn(key)
		known.Store(key, answer{value, err})
		return value, err
	}
}

// BuiltIn is a calendar that Neike brings along: "default", "plant-2shift", "plant-3shift".
func BuiltIn(code string) (Input, bool) {
	raw, ok := calendars.Calendar(code)
	if !ok {
		return Input{}, false
	}
	var in Input
	if err := json.Unmarshal(raw, &in); err != nil {
		return Input{}, false
	}
	return in, true
}

package calendar

import (
	"encoding/json"
	"fmt"
	"strconv"
	"sync"

	"neike/content/calendars"
	"neike/internal/kit/lang"
)

// Countries whose statutory days are known.
var Countries = []string{"cn"}

// knownStatutory is the embedded list of a country.
func knownStatutory(country string) (*Statutory, bool) {
	list, err := loadStatutory(country)
	return list, err == nil && list != nil
}

var loadStatutory = memo(func(country string) (*Statutory, error) {
	raw, ok := calendars.Statutory(country)
	if !ok {
		return nil, nil
	}
	return parseStatutory(raw)
})

func parseStatutory(raw []byte) (*Statutory, error) {
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
	s := &Statutory{Code: wire.Code, Makeup: true, Names: wire.Names, Years: map[int]bool{}, Off: map[Date]string{}, Work: map[Date]string{}}
	for text, year := range wire.Years {
		y, err := strconv.Atoi(text)
		if err != nil {
			return nil, fmt.Errorf("statutory days: year %q", text)
		}
		s.Years[y] = year.Official
		for d, name := range year.Off {
			s.Off[d] = name
		}
		for d, name := range year.Work {
			s.Work[d] = name
		}
	}
	return s, nil
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

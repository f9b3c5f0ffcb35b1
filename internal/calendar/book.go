package calendar

import (
	"sort"
	"sync"
	"time"

	"neike/internal/kit/fault"
)

// Default is the code of the company's calendar.
const Default = "default"

// Years that tables of stored calendars cover. Beyond what is published they count by the weekly hours and say that
// they are provisional.
const (
	FirstYear = 2000
	LastYear  = 2045
)

// Publication is a version of a calendar and the moment at which it was published.
type Publication struct {
	Version int
	At      time.Time
}

// Book is every version of every calendar as known at one moment. It is immutable; tables are compiled when first asked
// for and kept.
type Book struct {
	calendars map[string][]*edition // versions ascending
	countries map[string]*Statutory // what is known of the countries' days, imported years included
}

// edition is one version with its table. Its Rules are what it comes to over its base, own what it says itself.
type edition struct {
	stored
	own   Rules
	once  sync.Once
	table *Table
	err   error
}

// Table of a calendar at a version, the newest for 0. An unknown code or version is fault.NotFound.
func (b *Book) Table(code string, version int) (*Table, error) {
	list := b.calendars[code]
	if len(list) == 0 {
		return nil, fault.New(fault.NotFound, "calendar.unknown", "code", code)
	}
	if version == 0 {
		version = list[len(list)-1].Number
	}
	i := sort.Search(len(list), func(i int) bool { return list[i].Number >= version })
	if i == len(list) || list[i].Number != version {
		return nil, fault.New(fault.NotFound, "calendar.unknown-version", "code", code, "version", version)
	}
	e := list[i]
	e.once.Do(func() { e.table, e.err = b.compile(code, version) })
	return e.table, e.err
}

// Later lists the publications of a calendar after a version, oldest first.
func (b *Book) Later(code string, version int) []Publication {
	list := b.calendars[code]
	if n := len(list); n == 0 || list[n-1].Number <= version {
		return nil
	}
	var later []Publication
	for _, e := range list {
		if e.Number > version {
			later = append(later, Publication{e.Number, e.At})
		}
	}
	return later
}

// Has says whether there is a calendar of that code.
func (b *Book) Has(code string) bool { return len(b.calendars[code]) > 0 }

// Codes of all calendars: default first, then in the order of the alphabet.
func (b *Book) Codes() []string {
	codes := make([]string, 0, len(b.calendars))
	for code := range b.calendars {
		codes = append(codes, code)
	}
	sort.Slice(codes, func(i, j int) bool {
		if (codes[i] == Default) != (codes[j] == Default) {
			return codes[i] == Default
		}
		return codes[i] < codes[j]
	})
	return codes
}

// Current is the newest version of a calendar; false when there is none.
func (b *Book) Current(code string) (Version, bool) {
	list := b.calendars[code]
	if len(list) == 0 {
		return Version{}, false
	}
	return list[len(list)-1].Version, true
}

// Input is the newest version of a calendar as it was given; false when there is none.
func (b *Book) Input(code string) (Input, bool) {
	list := b.calendars[code]
	if len(list) == 0 {
		return Input{}, false
	}
	return list[len(list)-1].input, true
}

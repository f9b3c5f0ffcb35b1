package calendar

import (
	"fmt"
	"time"
)

// Date is a civil day: days since 1970-01-01, in no zone. Its text is 2026-10-01.
type Date int32

// DateOf is the civil day of t in t's own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return NewDate(y, m, d)
}

// NewDate is the day of a year, month and day; out-of-range parts are normalised as time.Date does.
func NewDate(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// ParseDate reads 2026-10-01.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("date %q is not like 2026-10-01", s)
	}
	return DateOf(t), nil
}

// Time is midnight UTC of the day, for formatting.
func (d Date) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// Year of the day.
func (d Date) Year() int { return d.Time().Year() }

// Weekday of the day.
func (d Date) Weekday() time.Weekday { return time.Weekday((int(d)%7 + 7 + 4) % 7) }

// String is 2026-10-01.
func (d Date) String() string { return d.Time().Format(time.DateOnly) }

// MarshalText writes 2026-10-01; a Date can be the key of a JSON object.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads 2026-10-01.
func (d *Date) UnmarshalText(b []byte) error {
	v, err := ParseDate(string(b))
	*d = v
	return err
}

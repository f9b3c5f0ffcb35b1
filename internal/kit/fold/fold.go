// Package fold compares the row of a record with what its log comes to, column by column, and makes it that.
package fold

import (
	"fmt"
	"time"
)

// Column is a column of R that follows from a log.
type Column[R any] struct {
	Name string
	same func(a, b *R) bool
	take func(to, from *R)
	say  func(r *R) string
}

// Columns are several; the order is that in which a difference is told.
type Columns[R any] []Column[R]

// Of is a column whose values are equal or not.
func Of[R any, T comparable](name string, at func(r *R) *T) Column[R] {
	return Column[R]{name,
		func(a, b *R) bool { return *at(a) == *at(b) },
		func(to, from *R) { *at(to) = *at(from) },
		func(r *R) string { return fmt.Sprint(*at(r)) }}
}

// Time is a column of an instant.
func Time[R any](name string, at func(r *R) *time.Time) Column[R] {
	return Column[R]{name,
		func(a, b *R) bool { return at(a).Equal(*at(b)) },
		func(to, from *R) { *at(to) = *at(from) },
		func(r *R) string { return Written(*at(r)) }}
}

// Difference is a column in which a row is not what its log comes to.
type Difference struct{ Field, Row, Log string }

// Differ tells the first column in which the row is not what the log comes to; no Field when it is so in none.
func (cs Columns[R]) Differ(row, log R) Difference {
	for _, c := range cs {
		if !c.same(&row, &log) {
			return Difference{c.Name, c.say(&row), c.say(&log)}
		}
	}
	return Difference{}
}

// Take gives a row what the log comes to in these columns.
func (cs Columns[R]) Take(to *R, from R) {
	for _, c := range cs {
		c.take(to, &from)
	}
}

// Written is a time as doctor says it, in UTC to the millisecond; "-" for none.
func Written(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

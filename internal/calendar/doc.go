// Package calendar knows when a unit works, and counts in that time exactly.
//
// # Words
//
// A calendar is a code ("default", "plant-3shift") with versions; a version says in which zone, on which weekly
// hours, holidays and special dates work is done, and from which day it holds. Publishing never rewrites: a new
// version is laid over the older ones from its first day on, and work before that day keeps the hours it had. A
// special date has hours of its own (a half day, a make-up workday 调休上班); it goes before a holiday, a holiday
// before the weekday, and what the company says of a date before what the statutory list says.
//
// A Table is a calendar compiled for counting: Elapsed and Add in tens of nanoseconds, without allocation. It covers
// whole years and refuses instants outside them. A year whose statutory days are not published yet is provisional: it
// is counted by the weekly hours and what is known, and every due time that reaches into it says so.
//
// A Duration is a value with one of seven units; the unit is never left open ("24 hours" is not a duration).
//
// # Time
//
// Instants are UTC in milliseconds. A day is the stretch between two local midnights, 23 or 25 hours long when clocks
// change. Hours name wall-clock times: one that falls into a gap is the instant at which the gap ends; one that
// happens twice opens at the first and closes at the second occurrence; 24:00 is the beginning of the next day.
// Intervals are half-open. A budget that ends exactly at closing is due at closing.
//
// # Schedules
//
// A Schedule is a rhythm on a calendar: every week, month, quarter or year on a weekday, the nth workday or a date; a closed
// day moves it by a rule. It is a pure rule: rooms that let things fall due (deliveries, repeating requests) use it.
//
// # Neighbours
//
// Calls down: org (the unit tree, for the fallback from a unit to its parents to "default").
// Announces: WasPublished, WasAssigned.
package calendar

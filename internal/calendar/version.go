package calendar

import (
	"time"

	"neike/internal/kit/lang"
)

// Version is one published version of a calendar.
type Version struct {
	ID     int64
	Code   string
	Number int
	Name   lang.Text
	From   Date // the first day on which it holds; Always: from the beginning, it replaces all older versions
	At     time.Time
	By     int64 // person; 0: the product itself
	Rules  Rules
}

package request

import (
	"strings"
	"time"

	"neike/internal/app/importer"
)

// time reads an instant by the mapping's layouts, then by the usual ones.
func (r *reading) time(text string) (time.Time, bool) {
	for _, layout := range r.mapping.Time {
		if strings.Contains(layout, "%") {
			layout = goLayout(layout)
		}
		if t, ok := importer.TimeAs(layout, text, r.zone); ok {
			return t, true
		}
	}
	return importer.Time(text, r.zone)
}

// strftime's signs in Go's writing. A number may have one digit or two, as when strptime reads it.
var strftime = strings.NewReplacer("%Y", "2006", "%m", "1", "%d", "2", "%e", "2", "%H", "15", "%I", "3", "%M", "4", "%S", "5", "%p", "PM", "%y", "06",
	"%b", "Jan", "%B", "January", "%a", "Mon", "%A", "Monday", "%z", "-0700", "%Z", "MST", "%F", "2006-1-2", "%T", "15:4:5", "%R", "15:4", "%%", "%")

// goLayout turns strftime's writing of a layout into Go's.
func goLayout(layout string) string { return strftime.Replace(layout) }

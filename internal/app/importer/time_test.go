package importer_test

import (
	"testing"
	"time"

	"neike/internal/app/importer"
)

// TestTimesAreReadAsTheyAreWritten: the ways in which sheets and other systems write an instant, for every kind of file.
func TestTimesAreReadAsTheyAreWritten(t *testing.T) {
	zone := time.FixedZone("CST", 8*3600)
	want := time.Date(2026, 3, 2, 9, 12, 0, 0, zone)
	for _, text := range []string{"2026-03-02T09:12:00+08:00", "2026-03-02T01:12:00Z", "2026-03-02 09:12:00", "2026/3/2 9:12", "2026.03.02 9:12", "2026年3月2日 9时12分",
		"2026年3月2日 上午9时12分", "2026-3-2 9:12 AM", "20260302 0912", "202603020912", "20260302091200", "46083.38333333333"} {
		if got, ok := importer.Time(text, zone); !ok || !got.Equal(want) {
			t.Errorf("%s is %v", text, got)
		}
	}
	day := time.Date(2026, 3, 2, 0, 0, 0, 0, zone)
	for _, text := range []string{"2026-03-02", "2026/3/2", "20260302", "2026年3月2日", "46083"} {
		if got, ok := importer.Time(text, zone); !ok || !got.Equal(day) {
			t.Errorf("%s is %v", text, got)
		}
	}
	for _, text := range []string{"", "03/04/2026", "2026-02-30", "soon", "12", "2026-13-01"} {
		if got, ok := importer.Time(text, zone); ok {
			t.Errorf("%q is %v", text, got)
		}
	}
}

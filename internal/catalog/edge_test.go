package catalog

import "testing"

func TestCommonest(t *testing.T) {
	for _, c := range []struct {
		name   string
		counts map[float64]int
		want   float64
	}{
		{"nothing agreed", map[float64]int{}, 0},
		{"services without a target say nothing", map[float64]int{0: 9, 0.9: 1}, 0.9},
		{"most services decide", map[float64]int{0.9: 3, 0.98: 2}, 0.9},
		{"of equally many the higher", map[float64]int{0.9: 2, 0.98: 2, 0.95: 2}, 0.98},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := commonest(c.counts); got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

package request

import (
	"math"
	"testing"
)

func TestCapacityOf(t *testing.T) {
	same := func(n int, w flow) (out []flow) {
		for range n {
			out = append(out, w)
		}
		return out
	}
	uneven := append(same(6, flow{10, 8}), same(6, flow{10, 12})...)
	for _, x := range []struct {
		name      string
		open      int
		weeks     []flow
		n         int
		load      float64
		low, high float64
		trend     string
	}{
		{"twelve steady weeks", 30, same(12, flow{10, 10}), 12, 3, 3, 3, "cannot_tell"},
		{"more comes than goes", 30, same(12, flow{15, 10}), 12, 3, 3, 3, "grows"},
		{"more goes than comes", 20, same(12, flow{5, 10}), 12, 2, 2, 2, "shrinks"},
		{"weeks differ, so does the load", 24, uneven, 12, 2.4, 2, 3, "cannot_tell"},
		{"weeks before the first work do not count", 30, append(same(6, flow{}), same(6, flow{10, 10})...), 6, 3, 3, 3, "cannot_tell"},
		{"five weeks cannot tell", 30, append(same(7, flow{}), same(5, flow{20, 10})...), 5, math.NaN(), math.NaN(), math.NaN(), "cannot_tell"},
		{"nothing gets done in most weeks", 9, append(same(8, flow{1, 0}), same(4, flow{1, 1})...), 12, math.NaN(), math.NaN(), math.NaN(), "cannot_tell"},
		{"nothing in hand is no work", 0, same(12, flow{10, 10}), 12, 0, 0, 0, "cannot_tell"},
	} {
		c := capacityOf(x.open, x.weeks, true)
		equal := func(a, b float64) bool { return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) < 1e-9 }
		if c.N != x.n || !equal(c.Load, x.load) || !equal(c.Low, x.low) || !equal(c.High, x.high) || c.Trend != x.trend {
			t.Errorf("%s: %+v", x.name, c)
		}
	}
}

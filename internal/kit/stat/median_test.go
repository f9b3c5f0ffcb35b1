package stat

import "testing"

// The ranks are those of the sign test's tables: the interval reaches from the rank k to the rank n+1-k.
func TestMedianInterval(t *testing.T) {
	for _, x := range []struct{ n, low, high int }{{6, 1, 6}, {8, 1, 8}, {9, 2, 8}, {12, 3, 10}, {20, 6, 15}, {30, 10, 21}} {
		var list []float64
		for i := x.n; i > 0; i-- {
			list = append(list, float64(i))
		}
		got, ok := MedianInterval(list)
		if !ok || got.Low != float64(x.low) || got.High != float64(x.high) {
			t.Errorf("n %d: %v %v, want %d to %d", x.n, got, ok, x.low, x.high)
		}
	}
	if _, ok := MedianInterval([]float64{1, 2, 3, 4, 5}); ok {
		t.Error("five values say nothing at 95 %")
	}
}

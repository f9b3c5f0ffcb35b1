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

// At the median the ranks are those of the sign test; elsewhere of the binomial distribution: of 20 values four fifths lie between the
// 12th and the 20th, since P(X ≤ 11) = 0.0100, P(X ≤ 12) = 0.0321 and P(X ≤ 19) = 1 − 0.8^20 = 0.9885.
func TestQuantileRanks(t *testing.T) {
	for _, x := range []struct {
		n         int
		p         float64
		low, high int
	}{{6, 0.5, 0, 5}, {9, 0.5, 1, 7}, {20, 0.5, 5, 14}, {30, 0.5, 9, 20}, {20, 0.8, 11, 19}, {20, 0.2, 0, 8}} {
		low, high, ok := QuantileRanks(x.n, x.p)
		if !ok || low != x.low || high != x.high {
			t.Errorf("n %d, p %g: %d to %d, %v; want %d to %d", x.n, x.p, low, high, ok, x.low, x.high)
		}
	}
	for _, x := range []struct {
		n int
		p float64
	}{{5, 0.5}, {16, 0.8}, {0, 0.5}, {10, 0}, {10, 1}} {
		if low, high, ok := QuantileRanks(x.n, x.p); ok {
			t.Errorf("n %d, p %g: %d to %d", x.n, x.p, low, high)
		}
	}
	for n := 6; n < 400; n++ { // both are the same at the median
		list := make([]float64, n)
		for i := range list {
			list[i] = float64(i)
		}
		want, _ := MedianInterval(list)
		if low, high, _ := QuantileRanks(n, 0.5); float64(low) != want.Low || float64(high) != want.High {
			t.Errorf("n %d: %d to %d, want %v", n, low, high, want)
		}
	}
}

package stat

import (
	"math"
	"testing"
)

func TestWilson(t *testing.T) {
	for _, c := range []struct {
		name      string
		hits, n   int64
		low, high float64
	}{
		{"18 of 20 does not decide a target of 90 %", 18, 20, 0.6989664, 0.9721335},
		{"none of ten begins at zero", 0, 10, 0, 0.2775328},
		{"ten of ten ends at one", 10, 10, 0.7224672, 1},
		{"94 of 126", 94, 126, 0.6635294, 0.8139761},
	} {
		t.Run(c.name, func(t *testing.T) {
			low, high := Wilson(c.hits, c.n)
			if math.Abs(low-c.low) > 1e-4 || math.Abs(high-c.high) > 1e-4 {
				t.Errorf("got %.7f–%.7f, want %.7f–%.7f", low, high, c.low, c.high)
			}
		})
	}
	for _, bad := range [][2]int64{{0, 0}, {1, -1}, {3, 2}, {-1, 5}} {
		if low, high := Wilson(bad[0], bad[1]); !math.IsNaN(low) || !math.IsNaN(high) {
			t.Errorf("Wilson(%d, %d) = %v–%v, want nothing", bad[0], bad[1], low, high)
		}
	}
}

// The example of Newcombe 1998, table II, method 10: 56/70 against 48/80.
func TestNewcombe(t *testing.T) {
	low, high := Newcombe(56, 70, 48, 80)
	if math.Abs(low-0.0524) > 5e-5 || math.Abs(high-0.3339) > 5e-5 {
		t.Errorf("got %.4f to %.4f, want 0.0524 to 0.3339", low, high)
	}
	if low, _ := Newcombe(1, 2, 0, 0); !math.IsNaN(low) {
		t.Error("nothing to compare with must give nothing")
	}
}

package stat

import "gonum.org/v1/gonum/mathext"

// betaQuantile is where the Beta(a, b) distribution has the share p below it, to full precision: the library's inverse is
// good to some ten digits, two steps of Newton end it.
func betaQuantile(p, a, b float64) float64 {
	return mathext.InvRegIncBeta(a, b, p)
}

// BetaInterval holds the confidence of Beta(a, b), as much below it as above.
func BetaInterval(a, b, confidence float64) Interval {
	return Interval{betaQuantile((1-confidence)/2, a, b), betaQuantile((1+confidence)/2, a, b)}
}

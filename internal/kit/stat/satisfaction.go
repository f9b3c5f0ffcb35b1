package stat

import "math"

// Scale is the answers that a question takes, both ends included.
type Scale struct{ Least, Most int }

// valid splits answers, nil where there is none ('not applicable' is none), from those that the scale does not have: of such a
// record nothing is guessed.
func (s Scale) valid(answers []*int) (given []float64, missing int64, ok bool) {
	for _, a := range answers {
		switch {
		case a == nil:
			missing++
		case *a < s.Least || *a > s.Most:
			return nil, 0, false
		default:
			given = append(given, float64(*a))
		}
	}
	return given, missing, true
}

// Satisfied is what a question about satisfaction comes to.
type Satisfied struct {
	N, Missing  int64
	Averaged    Averaged // of the answers, NaN without any
	Median      float64
	Counts      map[int]int64
	Top, Bottom float64  // shares of those who chose one of the best, and of the two worst answers
	TopInterval Interval // Wilson's, within N of the population if that is known
}

// CSAT is the share of those who chose one of the top answers. N is the population, 0 if it has no end. false: an answer that the scale does
// not have, or more answers than N.
func CSAT(answers []*int, scale Scale, top []int, N int64, confidence float64) (Satisfied, bool) {
	given, missing, ok := scale.valid(answers)
	n := int64(len(given))
	if !ok || N != 0 && N < n {
		return Satisfied{}, false
	}
	s := Satisfied{N: n, Missing: missing, Counts: map[int]int64{}, Median: Median(given), Top: math.NaN(), Bottom: math.NaN(), TopInterval: none}
	for a := scale.Least; a <= scale.Most; a++ {
		s.Counts[a] = 0
	}
	for _, a := range given {
		s.Counts[int(a)]++
	}
	s.Averaged, _ = Mean(given, N, confidence)
	if n == 0 {
		return s, true
	}
	hits := int64(0)
	for _, a := range top {
		hits += s.Counts[a]
	}
	s.Top = float64(hits) / float64(n)
	s.Bottom = float64(s.Counts[scale.Least]+s.Counts[scale.Least+1]) / float64(n)
	s.TopInterval = shareOf(hits, n, N, confidence)
	return s, true
}

// shareOf is Wilson's interval, within a population if there is one.
func shareOf(hits, n, N int64, confidence float64) Interval {
	if N == 0 {
		return WilsonAt(hits, n, confidence)
	}
	f, _ := WilsonFinite(hits, n, N, confidence)
	return f.Interval
}

// Promoted is the net promoter score: promoters less detractors, −100 to 100.
type Promoted struct {
	N            int64
	Score        float64
	Variance, SE float64  // of one answer on the scale −1 to 1; of Score
	Margin       float64  // half of Wald
	Wald         Interval // not cut at ±100: with few answers it reaches beyond
	Point        float64  // centre of Adjusted
	Adjusted     Interval // cut at ±100; the one to show when N < 30 or one of the three kinds is empty
}

// NPSBins counts answers 0 to 10: 0 to 6 detract, 7 and 8 are passive, 9 and 10 promote. false: an answer that the scale does not have.
func NPSBins(answers []*int) (detractors, passives, promoters, missing int64, ok bool) {
	given, missing, ok := Scale{0, 10}.valid(answers)
	for _, a := range given {
		switch {
		case a <= 6:
			detractors++
		case a <= 8:
			passives++
		default:
			promoters++
		}
	}
	return detractors, passives, promoters, missing, ok
}

// NPS is the net promoter score of so many. N is the population, 0 if it has no end. false: nobody answered, or more than N.
// Source: B. Rocks, Interval estimation for the net promoter score, The American Statistician 70 (2016) 365–372.
func NPS(detractors, passives, promoters, N int64, confidence float64) (Promoted, bool) {
	n := detractors + passives + promoters
	if n <= 0 || min(detractors, passives, promoters) < 0 || N != 0 && N < n {
		nan := math.NaN()
		return Promoted{Score: nan, Variance: nan, SE: nan, Margin: nan, Wald: none, Point: nan, Adjusted: none}, false
	}
	finite := 1.0
	if N != 0 {
		finite = math.Sqrt(1 - float64(n)/float64(N))
	}
	net := func(d, p, n float64) (score, variance, se float64) {
		score = (p - d) / n
		variance = (p+d)/n - score*score
		return 100 * score, variance, 100 * finite * math.Sqrt(max(0, variance)/n)
	}
	out, q := Promoted{N: n}, Z(confidence)
	out.Score, out.Variance, out.SE = net(float64(detractors), float64(promoters), float64(n))
	out.Margin = q * out.SE
	out.Wald = Interval{out.Score - out.Margin, out.Score + out.Margin}
	point, _, se := net(float64(detractors)+0.75, float64(promoters)+0.75, float64(n)+3)
	out.Point, out.Adjusted = point, Interval{max(-100, point-q*se), min(100, point+q*se)}
	return out, true
}

// Eased is the customer effort score of agreement that something was easy, 1 to 7.
type Eased struct {
	N, Missing   int64
	Averaged     Averaged
	Easy         float64 // share of 5, 6 and 7
	EasyInterval Interval
}

// CES is the customer effort score in its second form. false: an answer that the scale does not have, or more answers than N of the
// population (0: without end).
func CES(answers []*int, N int64, confidence float64) (Eased, bool) {
	given, missing, ok := Scale{1, 7}.valid(answers)
	n := int64(len(given))
	if !ok || N != 0 && N < n {
		return Eased{}, false
	}
	e := Eased{N: n, Missing: missing, Easy: math.NaN(), EasyInterval: none}
	e.Averaged, _ = Mean(given, N, confidence)
	if n == 0 {
		return e, true
	}
	hits := int64(0)
	for _, a := range given {
		if a >= 5 {
			hits++
		}
	}
	e.Easy, e.EasyInterval = float64(hits)/float64(n), shareOf(hits, n, N, confidence)
	return e, true
}

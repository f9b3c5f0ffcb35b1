package review

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"neike/internal/kit/fault"
	"neike/internal/kit/stat"
	"neike/internal/request"
)

const (
	mostAMonth  = 10_000
	longestWord = 1000 // characters
	lapseDays   = 10   // working days of the customer until an unanswered case lapses
	fewest      = 5    // judged cases below which no rate is told
	fewestPairs = 20   // pairs below which kappa says nothing about agreement
)

// check adds what is wrong with a plan.
func (p Plan) check() fault.Fields {
	var f fault.Fields
	if p.Share < 1 || p.Share > 100 {
		f.Add("share", "review.share-range")
	}
	if p.Most < 0 || p.Most > mostAMonth {
		f.Add("most", "review.most-range", "most", mostAMonth)
	}
	if p.First != ByCustomer && p.First != ByQuality {
		f.Add("first", "review.first-unknown")
	}
	if p.Second < 0 || p.Second > 100 {
		f.Add("second", "review.second-range")
	}
	return f
}

// uniform is a number in [0, 1) made of a word under a seed: the first 53 bits of HMAC-SHA256.
func uniform(seed, word string) float64 {
	key, err := hex.DecodeString(seed)
	if err != nil {
		key = []byte(seed)
	}
	h := hmac.New(sha256.New, key)
	_, _ = h.Write([]byte(word)) // a hash takes all
	return float64(binary.BigEndian.Uint64(h.Sum(nil))>>11) / (1 << 53)
}

// Draws says whether the plan draws a request, and whether somebody else judges it as well. Anybody who has the seed
// comes to the same.
func (p Plan) Draws(number int64) (drawn, twice bool) {
	if !p.Active || uniform(p.Seed, request.Ref(number)) >= float64(p.Share)/100 {
		return false, false
	}
	return true, uniform(p.Seed, request.Ref(number)+" second") < float64(p.Second)/100
}

// monthOf is 202611 for a moment in November 2026.
func monthOf(at time.Time, zone *time.Location) int {
	y, m, _ := at.In(zone).Date()
	return y*100 + int(m)
}

// check adds what is wrong with a judgement. Whoever says that something is not right says what.
func (j *Judgement) check() error {
	var f fault.Fields
	j.Word = strings.TrimSpace(j.Word)
	if !slices.Contains(Verdicts, j.Verdict) {
		f.Add("verdict", "review.need-verdict")
	}
	switch n := utf8.RuneCountInString(j.Word); {
	case n == 0 && (j.Verdict == Partly || j.Verdict == Wrong):
		f.Add("word", "review.need-word")
	case n > longestWord:
		f.Add("word", "review.word-long", "most", longestWord)
	}
	return f.Err()
}

func at(given []Judgement, place int) (Judgement, bool) {
	i := slices.IndexFunc(given, func(j Judgement) bool { return j.Place == place })
	if i < 0 {
		return Judgement{}, false
	}
	return given[i], true
}

func judged(given []Judgement, person int64) bool {
	return slices.ContainsFunc(given, func(j Judgement) bool { return j.Person == person })
}

// seats says who may take which place of a case now: by place the people. quality holds the quality office.
// Nobody judges the own work, nobody two places, but where the quality office has nobody else left to decide.
func seats(c Case, given []Judgement, quality []int64) map[int][]int64 {
	out := map[int][]int64{}
	free := func(but ...int64) []int64 {
		return slices.DeleteFunc(slices.Clone(quality), func(p int64) bool {
			return p == c.Server || slices.Contains(but, p) || judged(given, p)
		})
	}
	_, first := at(given, 1)
	_, second := at(given, 2)
	switch c.State {
	case Open:
		switch {
		case first:
		case c.Asker != 0:
			out[1] = []int64{c.Asker}
		default:
			out[1] = free()
		}
		if c.Twice && !second {
			out[2] = free(c.Asker)
		}
	case Split:
		if out[3] = free(c.Asker); len(out[3]) == 0 {
			out[3] = slices.DeleteFunc(slices.Clone(quality), func(p int64) bool { return p == c.Server })
		}
	}
	return out
}

// seatOf is the place that a person takes, 0 when there is none for them.
func seatOf(open map[int][]int64, person int64) int {
	for place := 1; place <= 3; place++ {
		if slices.Contains(open[place], person) {
			return place
		}
	}
	return 0
}

// settle is the case with its judgements: what they come to. lapsing says that nobody is waited for any longer.
func settle(c Case, given []Judgement, now time.Time, lapsing bool) Case {
	first, one := at(given, 1)
	second, two := at(given, 2)
	third, decided := at(given, 3)
	finish := func(state State, result Verdict) {
		c.State, c.Result, c.ClosedAt = state, result, now
	}
	switch {
	case decided:
		finish(Done, third.Verdict)
	case one && two && first.Verdict == second.Verdict:
		finish(Done, first.Verdict)
	case one && two:
		c.State = Split
	case one && (!c.Twice || lapsing):
		finish(Done, first.Verdict)
	case two && lapsing:
		finish(Done, second.Verdict)
	case lapsing:
		finish(Lapsed, "")
	}
	return c
}

// Accuracy is what the reviews of a service, unit or edge come to in a period: a sample, so that it has only a signal.
type Accuracy struct {
	Key      int64 // service, unit or edge
	Provider int64
	Customer int64 // of an edge
	Accepted int64 // what could have been drawn
	Drawn    int64
	Open     int64 // waiting for a judgement
	Lapsed   int64 // not answered
	Dropped  int64
	Correct  int64
	Partly   int64
	Wrong    int64
	Pairs    [3][3]int64 // first × second, in the order of Verdicts
	Target   float64     // of the standard; 0: none, or not one and the same for all of it
	Differ   bool        // the services in it have different targets
}

// N is how many were judged.
func (a Accuracy) N() int64 { return a.Correct + a.Partly + a.Wrong }

// Few says whether there are too few to tell a rate.
func (a Accuracy) Few() bool { return a.N() < fewest }

// Rate is the share found correct with its interval; partly correct is not correct.
func (a Accuracy) Rate() (rate, low, high float64, ok bool) {
	if a.Few() {
		return 0, 0, 0, false
	}
	low, high = stat.Wilson(a.Correct, a.N())
	return float64(a.Correct) / float64(a.N()), low, high, true
}

// Fraction is the share of what was accepted that was judged; ok is false when nothing was accepted.
func (a Accuracy) Fraction() (share float64, ok bool) {
	if a.Accepted == 0 {
		return 0, false
	}
	return float64(a.N()) / float64(a.Accepted), true
}

// The signals against a target.
const (
	Meets        = "meets"
	Misses       = "misses"
	Undetermined = "undetermined"
)

// Signal says what the interval says of the target: "" without a target, or below the fewest.
func (a Accuracy) Signal() string {
	_, low, high, ok := a.Rate()
	switch {
	case !ok || a.Target == 0:
		return ""
	case low >= a.Target:
		return Meets
	case high < a.Target:
		return Misses
	}
	return Undetermined
}

// Paired is how many cases two people judged independently.
func (a Accuracy) Paired() (n int64) {
	for _, row := range a.Pairs {
		for _, x := range row {
			n += x
		}
	}
	return n
}

// Kappa is the agreement of first and second judgements beyond chance, with its interval.
func (a Accuracy) Kappa() (kappa, low, high float64, ok bool) {
	return stat.Kappa([][]int64{a.Pairs[0][:], a.Pairs[1][:], a.Pairs[2][:]})
}

// Agreement says in one word what kappa means: "cannot-tell" below the fewest pairs or where there is no kappa, then by
// the bounds of Landis and Koch (1977): "poor" below 0.21, "fair" below 0.41, "moderate" below 0.61, "good" from there.
func (a Accuracy) Agreement() string {
	kappa, _, _, ok := a.Kappa()
	switch {
	case !ok || a.Paired() < fewestPairs:
		return "cannot-tell"
	case kappa < 0.21:
		return "poor"
	case kappa < 0.41:
		return "fair"
	case kappa < 0.61:
		return "moderate"
	}
	return "good"
}

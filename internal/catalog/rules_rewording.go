package catalog

import (
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
)

// Words are what a service says of itself, beside form, standard and policy.
type Words struct {
	Name        lang.Text `json:"name"`
	Description lang.Text `json:"description"`
	Inputs      lang.Text `json:"inputs"`
	Deliverable lang.Text `json:"deliverable"`
	Criterion   lang.Text `json:"quality_criterion"`
	Effort      lang.Text `json:"effort"`
	Schedule    Schedule  `json:"schedule"` // of a standing service
	Topic       string    `json:"topic"`    // code; "": as the name suggests
}

func wordsOf(s *Service) Words {
	return Words{s.Name, s.Description, s.Inputs, s.Deliverable, s.Criterion, s.Effort, s.Schedule, s.Topic}
}

// definition is what the words make of a service.
func (w Words) definition(code string) Definition {
	return Definition{Code: code, Name: w.Name, Description: w.Description, Inputs: w.Inputs, Deliverable: w.Deliverable, Criterion: w.Criterion,
		Effort: w.Effort, Schedule: w.Schedule, Topic: w.Topic}
}

// wordParts are the parts of the words in the order of their form, by the name of their field.
var wordParts = []struct {
	name string
	of   func(*Words) *lang.Text
}{
	{"name", func(w *Words) *lang.Text { return &w.Name }},
	{"description", func(w *Words) *lang.Text { return &w.Description }},
	{"inputs", func(w *Words) *lang.Text { return &w.Inputs }},
	{"deliverable", func(w *Words) *lang.Text { return &w.Deliverable }},
	{"quality_criterion", func(w *Words) *lang.Text { return &w.Criterion }},
	{"effort", func(w *Words) *lang.Text { return &w.Effort }},
}

const schedulePart = "schedule"

// Rewording is a change of a live service's words on its way: prepared, reviewed, then in their place.
type Rewording struct {
	Words      Words
	Base       Words // the live words on which it was begun
	State      State // Draft, or Review
	Stamp      int64 // new with every change
	By         int64
	At         time.Time
	ProposedBy int64
	ProposedAt time.Time
	SentBack   string // why the reviewer sent it back
}

// over is what the words become when the rewording takes their place: what it did not touch is as it is now. both names
// the parts that were changed on both sides since it was begun.
func (r Rewording) over(live Words) (out Words, both []string) {
	out = r.Words
	for _, p := range wordParts {
		mine, base, now := p.of(&out), *p.of(&r.Base), *p.of(&live)
		both = append(both, together(mine, base, now, p.name)...)
	}
	both = append(both, together(&out.Topic, r.Base.Topic, live.Topic, partTopic)...)
	return out, append(both, together(&out.Schedule, r.Base.Schedule, live.Schedule, schedulePart)...)
}

// together leaves a part as it is now where the rewording did not touch it, and names it where both sides changed it.
func together[T comparable](mine *T, base, now T, name string) []string {
	switch {
	case *mine == base:
		*mine = now
	case now != base && now != *mine:
		return []string{name}
	}
	return nil
}

// mayReword decides whether the words of a service are changed by way of a review.
func mayReword(s *Service) error {
	if s.State != Live {
		return fault.New(fault.Conflict, "catalog.reword-live")
	}
	return nil
}

// parting is where two texts differ: what stands before and behind is the same in both.
type parting struct{ Before, Now, Next, Behind string }

// partingOf finds it by whole characters.
func partingOf(now, next string) parting {
	a, b := []rune(now), []rune(next)
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	j := 0
	for j < len(a)-i && j < len(b)-i && a[len(a)-1-j] == b[len(b)-1-j] {
		j++
	}
	return parting{string(a[:i]), string(a[i : len(a)-j]), string(b[i : len(b)-j]), string(a[len(a)-j:])}
}

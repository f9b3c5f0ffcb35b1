package catalog

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
)

// Stage is one of the unit's own stages of the work on a request: legal review, sealing, waits for the supplier.
type Stage struct {
	Code    string    `json:"code"` // of the stage within the service; stays when the name changes
	Name    lang.Text `json:"name"`
	Waits   bool      `json:"waits,omitempty"`   // for somebody other than the customer; the clocks run on
	Retired bool      `json:"retired,omitempty"` // nothing comes to it any more
}

// Limits of stages.
const (
	maxStages    = 12
	maxStageName = 30
)

// StageOf is a stage of the service by its code, a retired one too.
func (s *Service) StageOf(code string) (Stage, bool) {
	for _, x := range s.Policy.Stages {
		if x.Code == code && code != "" {
			return x, true
		}
	}
	return Stage{}, false
}

// Stages are those that a request may come to.
func (s *Service) Stages() []Stage {
	return slices.DeleteFunc(slices.Clone(s.Policy.Stages), func(x Stage) bool { return x.Retired })
}

// checkStages tells what is wrong with the stages of a policy: names there and told apart, not too many, for services that
// are asked for.
func checkStages(f *fault.Fields, main string, s *Service, p Policy) {
	names, n := map[string]bool{}, 0
	for i, x := range p.Stages {
		if x.Retired {
			continue
		}
		n++
		at := "stages." + strconv.Itoa(i)
		checkText(f, main, at+".name", x.Name, maxStageName, true)
		for _, name := range []string{"zh:" + x.Name.Zh, "en:" + strings.ToLower(x.Name.En)} {
			if names[name] && len(name) > 3 {
				f.Add(at+".name."+name[:2], "catalog.policy-stage-twice", "name", name[3:])
			}
			names[name] = true
		}
	}
	if n > maxStages {
		f.Add("stages", "catalog.policy-stages-many", "max", maxStages, "count", n)
	}
	if n > 0 && (s.Kind == Standing || p.Confidential == PrivacySupport) {
		f.Add("stages", "catalog.policy-stages-none")
	}
}

// stagesAfter are the stages given, each with a code, and what was there before and is not among them, retired.
func stagesAfter(before, given []Stage) []Stage {
	taken := map[string]bool{}
	for _, list := range [][]Stage{before, given} {
		for _, x := range list {
			taken[x.Code] = true
		}
	}
	var out []Stage
	seen := map[string]bool{}
	for _, x := range given {
		known := x.Code != "" && !seen[x.Code] && slices.ContainsFunc(before, func(b Stage) bool { return b.Code == x.Code })
		for n := len(before) + 1; !known; n++ { // a new one, or a code that is not of this service: it gets one of its own
			x.Code = "s" + strconv.Itoa(n)
			known = !taken[x.Code]
		}
		taken[x.Code], seen[x.Code] = true, true
		out = append(out, x)
	}
	for _, x := range before {
		if !seen[x.Code] {
			x.Retired = true
			out = append(out, x)
		}
	}
	return out
}

// stageNames are the names of stages in a line, in Chinese where there are such.
func stageNames(list []Stage) string {
	var names []string
	for _, x := range list {
		if !x.Retired {
			names = append(names, cmp.Or(x.Name.Zh, x.Name.En))
		}
	}
	return strings.Join(names, ", ")
}

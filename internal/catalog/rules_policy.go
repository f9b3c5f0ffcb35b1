package catalog

import (
	"reflect"
	"slices"
	"strings"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
)

// Limits of a policy.
const (
	maxReopenDays    = 90
	maxAcceptDays    = 60
	maxUrgentQuota   = 1000
	maxWorkLimit     = 100_000
	maxRetentionDays = 3650
	usualRetention   = 90
)

// checkPolicy tells what is wrong with a policy for a service. Names of the findings are those of the form and of the
// JSON.
func checkPolicy(s *Service, p Policy, main string) fault.Fields {
	var f fault.Fields
	if !slices.Contains(Reopenings, p.Reopen) {
		f.Add("reopen", "catalog.policy-unknown", "given", clip(string(p.Reopen), 20), "known", known(Reopenings))
	}
	if p.Reopen == ReopenInGrace {
		within(&f, "reopen_days", p.ReopenDays, 1, maxReopenDays)
	}
	within(&f, "accept_days", p.AcceptDays, 0, maxAcceptDays)
	within(&f, "urgent_quota", p.UrgentQuota, CompanyQuota, maxUrgentQuota)
	within(&f, "work_limit", p.WorkLimit, 0, maxWorkLimit)
	if !slices.Contains(WhensFull, p.WhenFull) {
		f.Add("when_full", "catalog.policy-unknown", "given", clip(string(p.WhenFull), 20), "known", known(WhensFull))
	}
	checkText(&f, main, "crisis", p.Crisis, maxDescription, false)
	checkStages(&f, main, s, p)
	if !slices.Contains(Privacies, p.Confidential) {
		f.Add("confidential", "catalog.policy-unknown", "given", clip(string(p.Confidential), 20), "known", known(Privacies))
		return f
	}
	support := p.Confidential == PrivacySupport
	if support != s.Support() && !s.Offered.IsZero() {
		f.Add("confidential", "catalog.policy-support-fixed")
	}
	if !support {
		return f
	}
	if s.Kind == Standing {
		f.Add("confidential", "catalog.policy-support-standing")
	}
	within(&f, "retention_days", p.RetentionDays, 1, maxRetentionDays)
	if l := p.Crisis.Lacks(main); l != "" {
		f.Add("crisis."+l, "catalog.policy-crisis-missing")
	}
	return f
}

func within(f *fault.Fields, name string, n, low, high int) {
	if n < low || n > high {
		f.Add(name, "catalog.policy-range", "min", max(low, 0), "max", high)
	}
}

func known[T ~string](list []T) string {
	words := make([]string, len(list))
	for i, x := range list {
		words[i] = string(x)
	}
	return strings.Join(words, ", ")
}

// same says whether two policies say the same.
func (p Policy) same(q Policy) bool {
	a, b := p.Stages, q.Stages
	p.Stages, q.Stages = nil, nil
	return slices.Equal(a, b) && reflect.DeepEqual(p, q)
}

// settled is the policy without what does not belong to its choices.
func (p Policy) settled() Policy {
	if p.Confidential != PrivacySupport {
		p.RetentionDays, p.Crisis = 0, lang.Text{}
	}
	if p.Reopen != ReopenInGrace {
		p.ReopenDays = 0
	}
	return p
}

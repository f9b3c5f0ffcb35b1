package catalog

import (
	"strings"
	"testing"

	"neike/internal/kit/lang"
)

func stagesNamed(names ...string) []Stage {
	var out []Stage
	for _, n := range names {
		out = append(out, Stage{Name: lang.Text{Zh: n}})
	}
	return out
}

func TestStagesAreChecked(t *testing.T) {
	long := strings.Repeat("阶", maxStageName+1)
	for _, c := range []struct {
		name   string
		stages []Stage
		change func(*Service, *Policy)
		want   string
	}{
		{"a few", stagesNamed("初审", "用印"), nil, ""},
		{"the main language is enough", []Stage{{Name: lang.Text{Zh: "用印"}}}, nil, ""},
		{"the other is not", []Stage{{Name: lang.Text{En: "Sealing"}}}, nil, "stages.0.name.zh form.required"},
		{"no name", stagesNamed("初审", ""), nil, "stages.1.name.zh form.required"},
		{"too long a name", stagesNamed(long), nil, "stages.0.name.zh form.too-long"},
		{"one name twice", stagesNamed("初审", "用印", "初审"), nil, "stages.2.name.zh catalog.policy-stage-twice"},
		{"the same in English, in capitals", []Stage{{Name: lang.Text{Zh: "一", En: "Review"}}, {Name: lang.Text{Zh: "二", En: "REVIEW"}}}, nil, "stages.1.name.en catalog.policy-stage-twice"},
		{"a retired one may be called as a new one", append(stagesNamed("初审"), Stage{Code: "s1", Name: lang.Text{Zh: "初审"}, Retired: true}), nil, ""},
		{"too many", stagesNamed(strings.Split("一二三四五六七八九十甲乙丙", "")...), nil, "stages catalog.policy-stages-many"},
		{"of what is owed on a schedule", stagesNamed("初审"), func(s *Service, _ *Policy) { s.Kind = Standing }, "stages catalog.policy-stages-none"},
	} {
		s, p := Service{Kind: OnRequest, Policy: DefaultPolicy()}, DefaultPolicy()
		p.Stages = c.stages
		if c.change != nil {
			c.change(&s, &p)
		}
		got := ""
		f := checkPolicy(&s, p, "zh")
		for _, x := range f.All() {
			got += x.Name + " " + x.Key
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestStagesKeepTheirCodes: a stage is the same under another name and in another place; what is left out stays for the
// requests that went through it, and comes back under its code.
func TestStagesKeepTheirCodes(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		h.load("finance")
		set := func(list []Stage) string {
			t.Helper()
			p := DefaultPolicy()
			p.Stages = list
			s, err := h.SetPolicy(h.as("2001"), "finance.pay", p, 0)
			must(t, err)
			if kept := h.service("finance.pay"); !kept.Policy.same(s.Policy) {
				t.Errorf("kept %+v, answered %+v", kept.Policy.Stages, s.Policy.Stages)
			}
			line := ""
			for _, x := range s.Policy.Stages {
				line += x.Code + x.Name.Zh
				if x.Retired {
					line += "-"
				}
				line += " "
			}
			return strings.TrimSpace(line)
		}
		if got := set(stagesNamed("初审", "用印")); got != "s1初审 s2用印" {
			t.Errorf("new: %s", got)
		}
		if got := set([]Stage{{Code: "s2", Name: lang.Text{Zh: "盖章"}, Waits: true}, {Name: lang.Text{Zh: "归档"}}}); got != "s2盖章 s3归档 s1初审-" {
			t.Errorf("renamed, moved, added, left out: %s", got)
		}
		if got := set([]Stage{{Code: "s1", Name: lang.Text{Zh: "初审"}}, {Code: "s9", Name: lang.Text{Zh: "别处的"}}, {Code: "s1", Name: lang.Text{Zh: "又一个"}}}); got != "s1初审 s4别处的 s5又一个 s2盖章- s3归档-" {
			t.Errorf("back, a strange code, a code twice: %s", got)
		}
		if got := set(nil); got != "s1初审- s4别处的- s5又一个- s2盖章- s3归档-" {
			t.Errorf("none: %s", got)
		}
		if s := h.service("finance.pay"); len(s.Stages()) != 0 {
			t.Errorf("offered: %v", s.Stages())
		}
	})
}

package catalog

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"neike/internal/app/importer"
	"neike/internal/calendar"
	"neike/internal/kit/fault"
	"neike/internal/kit/form"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

var zhEn = lang.Text{Zh: "准确率", En: "Accuracy"}

func standard() Standard {
	return Standard{
		Response: hours(4), ResponseTarget: 0.95, Completion: calendar.Duration{Value: 3, Unit: "workdays_eod"}, CompletionTarget: 0.9,
		Metric: zhEn, Accuracy: 0.985,
	}
}

func TestStandardsAreChecked(t *testing.T) {
	for _, c := range []struct {
		name   string
		kind   Kind
		change func(*Standard)
		want   []string
	}{
		{"a whole one is right", OnRequest, func(*Standard) {}, nil},
		{"the response may be left open", OnRequest, func(s *Standard) { s.Response, s.ResponseTarget = calendar.Duration{}, 0 }, nil},
		{"the quality may be left open", OnRequest, func(s *Standard) { s.Metric, s.Accuracy = lang.Text{}, 0 }, nil},
		{"the same day is a promise", OnRequest, func(s *Standard) { s.Completion.Value = 0 }, nil},
		{"no completion is none", OnRequest, func(s *Standard) { s.Completion = calendar.Duration{} }, []string{"completion.value catalog.duration-missing"}},
		{"a number alone is no promise", OnRequest, func(s *Standard) { s.Completion.Unit = "" }, []string{"completion.unit catalog.unit-missing"}},
		{"days is no unit", OnRequest, func(s *Standard) { s.Response.Unit = "days" }, []string{"response.unit catalog.unit-unknown"}},
		{"no hours are none", OnRequest, func(s *Standard) { s.Response.Value = 0 }, []string{"response.value calendar.value-out-of-range"}},
		{"nothing is done before it is asked", OnRequest, func(s *Standard) { s.Completion.Value = -1 }, []string{"completion.value calendar.value-out-of-range"}},
		{"a response wants a target", OnRequest, func(s *Standard) { s.ResponseTarget = 0 }, []string{"response_target catalog.share-missing"}},
		{"130 per cent", OnRequest, func(s *Standard) { s.CompletionTarget = 1.3 }, []string{"completion_target catalog.share-range"}},
		{"three decimals of a per cent", OnRequest, func(s *Standard) { s.Accuracy = 0.99999 }, []string{"accuracy catalog.share-decimals"}},
		{"a target without what is measured", OnRequest, func(s *Standard) { s.Metric = lang.Text{} }, []string{"metric.zh form.required"}},
		{"what is measured without a target", OnRequest, func(s *Standard) { s.Accuracy = 0 }, []string{"accuracy catalog.share-missing"}},
		{"a standing one has no durations", Standing, func(*Standard) {}, []string{"completion.unit catalog.standing-no-duration"}},
		{"urgent requests have shorter times", OnRequest, func(s *Standard) { s.Urgent.Completion = calendar.Duration{Value: 1, Unit: s.Completion.Unit} }, nil},
		{"an urgent time as long as the usual", OnRequest, func(s *Standard) { s.Urgent.Completion = s.Completion }, []string{"urgent.completion.value catalog.urgent-shorter"}},
		{"an urgent response of none", OnRequest, func(s *Standard) {
			s.Response, s.ResponseTarget = calendar.Duration{}, 0
			s.Urgent.Response = calendar.Duration{Value: 1, Unit: calendar.WorkingHours}
		}, []string{"urgent.response.value catalog.urgent-of-none"}},
		{"an urgent number without a unit", OnRequest, func(s *Standard) { s.Urgent.Completion = calendar.Duration{Value: 1} }, []string{"urgent.completion.unit catalog.unit-missing"}},
		{"further words may be answered within a time", OnRequest, func(s *Standard) { s.NextResponse, s.NextResponseTarget = hours(4), 0.9 }, nil},
		{"that wants a target", OnRequest, func(s *Standard) { s.NextResponse = hours(4) }, []string{"next_response_target catalog.share-missing"}},
		{"a number of it without a unit", OnRequest, func(s *Standard) { s.NextResponse.Value = 4 }, []string{"next_response.unit catalog.unit-missing", "next_response_target catalog.share-missing"}},
		{"an urgent one of none", OnRequest, func(s *Standard) { s.Urgent.NextResponse = hours(1) }, []string{"urgent.next_response.value catalog.urgent-of-none"}},
		{"an urgent one as long", OnRequest, func(s *Standard) {
			s.NextResponse, s.NextResponseTarget, s.Urgent.NextResponse = hours(4), 0.9, hours(4)
		}, []string{"urgent.next_response.value catalog.urgent-shorter"}},
		{"a satisfaction above one", OnRequest, func(s *Standard) { s.Satisfaction = 1.2 }, []string{"satisfaction catalog.share-range"}},
		{"fewer than no cases", OnRequest, func(s *Standard) { s.MinN = -1 }, []string{"min_n catalog.min-n-range"}},
		{"everything at once", OnRequest, func(s *Standard) { *s = Standard{Accuracy: 2} }, []string{"completion.value catalog.duration-missing", "completion_target catalog.share-missing", "metric.zh form.required", "accuracy catalog.share-range"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := standard()
			c.change(&s)
			var f fault.Fields
			checkStandard(&f, "zh", c.kind, s)
			var got []string
			for _, x := range f.All() {
				got = append(got, x.Name+" "+x.Key)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestSchedules(t *testing.T) {
	for _, c := range []struct {
		s    Schedule
		want string // names of the findings
	}{
		{Schedule{"day", "workdays", "07:30"}, ""},
		{Schedule{"day", "every_day", "24:00"}, "schedule.at"},
		{Schedule{"day", "mon", "07:30"}, "schedule.on"},
		{Schedule{"week", "sun", "00:00"}, ""},
		{Schedule{"month", "workday -1", "17:00"}, ""},
		{Schedule{"quarter", "workday 5", "17:00"}, ""},
		{Schedule{"month", "workday 0", "17:00"}, "schedule.on"},
		{Schedule{"month", "workday 99", "17:00"}, "schedule.on"},
		{Schedule{"year", "workday 1", "5 pm"}, "schedule.every schedule.at"},
	} {
		var f fault.Fields
		checkSchedule(&f, "schedule", c.s)
		var got []string
		for _, x := range f.All() {
			got = append(got, x.Name)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%+v: got %v, want %s", c.s, got, c.want)
		}
	}
}

func TestVersionsInForce(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC) }
	s := Service{Version: 3, Versions: []Version{{N: 1, From: day(1)}, {N: 2, From: day(10)}, {N: 3, From: day(20)}}}
	for _, c := range []struct {
		name string
		at   time.Time
		want int
	}{
		{"before the first, the first", day(1).AddDate(-1, 0, 0), 1}, {"on its first moment", day(10), 2}, {"just before", day(10).Add(-time.Millisecond), 1},
		{"between", day(15), 2}, {"later", day(25), 3},
	} {
		if got := s.At(c.at).N; got != c.want {
			t.Errorf("%s: version %d, want %d", c.name, got, c.want)
		}
	}
	if _, ok := s.Numbered(4); ok {
		t.Error("there is no fourth version")
	}
}

func TestTheSameStandardWhateverTheRounding(t *testing.T) {
	a, b := standard(), standard()
	b.Accuracy = 98.5 / 100
	a.Accuracy = 0.985
	b.Starting = true
	if !sameStandard(a, b) {
		t.Error("98.5 per cent is 0.985, and who confirmed it does not matter")
	}
	b.Completion.Unit = "workdays_same_time"
	if sameStandard(a, b) {
		t.Error("another unit is another promise")
	}
}

// TestTakingOverPartByPart states what an import does with one part, by who changed it since the last import.
func TestTakingOverPartByPart(t *testing.T) {
	entry := Entry{Line: 12, Unit: "hr", Code: "hr.cert", Kind: OnRequest, Name: zhEn, Description: lang.Text{Zh: "甲"}, Standard: standard(),
		Form: form.Form{Fields: []form.Field{{Key: "a", Type: form.Text, Label: zhEn}}}}
	entry.Standard.Starting = true
	made := func() *Service {
		s := judge(nil, entry, 7, "hr").next
		s.ID, s.Version = 1, 1
		return s
	}
	for _, c := range []struct {
		name string
		here func(*Service)
		file func(*Entry)
		plan importer.Plan
		kept string
	}{
		{"nobody changed anything", func(*Service) {}, func(*Entry) {}, importer.Unchanged, ""},
		{"the file changed", func(*Service) {}, func(e *Entry) { e.Description.Zh = "乙" }, importer.Update, ""},
		{"it was changed here", func(s *Service) { s.Description.Zh = "丙" }, func(*Entry) {}, importer.Unchanged, "catalog.kept-words"},
		{"both changed", func(s *Service) { s.Description.Zh = "丙" }, func(e *Entry) { e.Description.Zh = "乙" }, importer.Unchanged, "catalog.kept-both-words"},
		{"both changed to the same", func(s *Service) { s.Description.Zh = "乙" }, func(e *Entry) { e.Description.Zh = "乙" }, importer.Unchanged, ""},
		{"it was moved here", func(s *Service) { s.Unit = 9 }, func(*Entry) {}, importer.Unchanged, "catalog.kept-place"},
		{"the standard was confirmed, the file is the same", func(s *Service) { s.Standard.Starting = false }, func(*Entry) {}, importer.Unchanged, ""},
		{"the standard was confirmed, the file changed", func(s *Service) { s.Standard.Starting = false }, func(e *Entry) { e.Standard.Completion.Value = 9 }, importer.Unchanged, "catalog.kept-both-standard"},
		{"one part here, another in the file", func(s *Service) { s.Form.Fields = nil }, func(e *Entry) { e.Standard.Completion.Value = 9 }, importer.Update, "catalog.kept-form"},
		{"it was made here", func(s *Service) { s.parts = nil; s.Description.Zh = "丙" }, func(*Entry) {}, importer.Unchanged, "catalog.kept-both-words"},
		{"it was retired here", func(s *Service) { s.State = Retired }, func(e *Entry) { e.Standard.Completion.Value = 9 }, importer.Unchanged, "catalog.kept-retired"},
	} {
		t.Run(c.name, func(t *testing.T) {
			old, e := made(), entry
			c.here(old)
			c.file(&e)
			st := judge(old, e, 7, "hr")
			if st.plan != c.plan || (st.next == nil) != (c.plan == importer.Unchanged) {
				t.Errorf("plan %s, next %v", st.plan, st.next)
			}
			var kept []string
			for _, k := range st.kept {
				kept = append(kept, k.Key)
			}
			if strings.Join(kept, " ") != c.kept {
				t.Errorf("kept %v, want %s", kept, c.kept)
			}
			if st.next != nil && len(st.changes) == 0 {
				t.Error("an update tells no change")
			}
		})
	}
	other := entry
	other.Kind = Standing
	if st := judge(made(), other, 7, "hr"); len(st.problems) != 1 || st.problems[0].Line != 12 {
		t.Errorf("another kind: %+v", st)
	}
}

func TestPinyin(t *testing.T) {
	s := &Service{Code: "finance.expense", Name: lang.Text{Zh: "费用报销", En: "Expense claim"}, Description: lang.Text{Zh: "审核单据并付款到员工账户。"}}
	snap := &Snapshot{keys: map[ID]string{0: searchKeys(s)}}
	for _, q := range []string{"费用", "报销", "fybx", "FYBX", "feiyong", "baoxiao", "claim", "expense", "finance.exp", "付款", "单据 报销", ""} {
		if !snap.matches(s, q) {
			t.Errorf("%q does not find it", q)
		}
	}
	for _, q := range []string{"xyz", "发票", "报销 发票"} {
		if snap.matches(s, q) {
			t.Errorf("%q finds it", q)
		}
	}
}

// TestHowLongItTakesInWords: of none it is not said that only none were done.
func TestHowLongItTakesInWords(t *testing.T) {
	book, err := lang.New(Locale, ui.Locale)
	must(t, err)
	for locale, want := range map[string][3]string{
		"zh": {"说不准：过去 12 周还没有办好过", "说不准：过去 12 周只办好 2 件", "一半在 1 小时内（工作时间）；过去 12 周共 12 件"},
		"en": {"Cannot tell: none was done in the last 12 weeks", "Cannot tell: only 2 done in the last 12 weeks", "half within 1 h of working time; 12 in the last 12 weeks"},
	} {
		ctx := lang.With(context.Background(), book, locale, "Asia/Shanghai")
		for i, l := range []Load{{}, {N: 2}, {N: 12, Median: 3600}} {
			if got := l.Words(ctx, "").Takes; got != want[i] {
				t.Errorf("%s: %q, want %q", locale, got, want[i])
			}
		}
	}
}

// TestWhatWasKeptIsSaidAsAFact states words and hue beside a promise: the count against the target in words, a hue only
// when the interval lies on one side of it.
func TestWhatWasKeptIsSaidAsAFact(t *testing.T) {
	book, err := lang.New(Locale, ui.Locale)
	must(t, err)
	ctx := lang.With(context.Background(), book, "zh", "Asia/Shanghai")
	for _, c := range []struct {
		name            string
		kept            Kept
		target          float64
		text, say, tone string
		whisker         bool
	}{
		{"nothing settled says nothing", Kept{}, 0.9, "", "", "", false},
		{"four are too few", Kept{4, 4}, 0.9, "4 / 4 件按时", "样本不足", "na", false},
		{"five are a fact without a hue", Kept{4, 5}, 0.9, "4 / 5 件按时", "未达到", "na", false},
		{"thirty, missed, the interval cannot tell", Kept{26, 30}, 0.9, "按时 86.7%", "未达到", "na", true},
		{"many, surely missed", Kept{60, 100}, 0.9, "按时 60.0%", "未达到", "bad", true},
		{"many, surely met", Kept{199, 200}, 0.9, "按时 99.5%", "达到", "good", true},
		{"no target, no verdict", Kept{20, 30}, 0, "按时 66.7%", "", "", true},
	} {
		v := keptOf(ctx, c.kept, c.target)
		if v.Text != c.text || v.Fact.Text != c.say || v.Fact.Tone != c.tone || (v.Whisker != nil) != c.whisker {
			t.Errorf("%s: %+v", c.name, v)
		}
	}
}

package lang

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func files(zh, en string) fstest.MapFS {
	return fstest.MapFS{
		"locale/zh.toml": {Data: []byte(zh)},
		"locale/en.toml": {Data: []byte(en)},
	}
}

var sample = files(`
["x.plain"]
other = "请求"
["x.greet"]
other = "{{.name}}，您有 {{.count}} 件事"
`, `
["x.plain"]
other = "Request"
["x.greet"]
one = "{{.name}}, one thing"
other = "{{ .name }}, {{.count}} things"
`)

func TestT(t *testing.T) {
	b, err := New(sample)
	if err != nil {
		t.Fatal(err)
	}
	zh := With(t.Context(), b, "zh", "Asia/Shanghai")
	en := With(t.Context(), b, "en", "Asia/Shanghai")
	for _, c := range []struct {
		name string
		ctx  context.Context
		id   string
		args []any
		want string
	}{
		{"plain Chinese", zh, "x.plain", nil, "请求"},
		{"plain English", en, "x.plain", nil, "Request"},
		{"Chinese has one form", zh, "x.greet", []any{"name", "罗佳", "count", 1}, "罗佳，您有 1 件事"},
		{"English one", en, "x.greet", []any{"name", "Luo", "count", 1}, "Luo, one thing"},
		{"English zero is many", en, "x.greet", []any{"name", "Luo", "count", int64(0)}, "Luo, 0 things"},
		{"English many", en, "x.greet", []any{"count", 12, "name", "Luo"}, "Luo, 12 things"},
		{"no book gives the id", t.Context(), "x.plain", nil, "x.plain"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := T(c.ctx, c.id, c.args...); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	defer func() {
		if recover() == nil {
			t.Error("an unknown id must panic in a test")
		}
	}()
	T(zh, "x.nobody-wrote-this")
}

func TestMissing(t *testing.T) {
	for _, c := range []struct{ name, zh, en, want string }{
		{"a lost id", "[\"x.a\"]\nother=\"甲\"", "", "en: x.a is missing"},
		{"a lost argument", "[\"x.a\"]\nother=\"{{.n}}\"", "[\"x.a\"]\nother=\"n\"", "x.a takes"},
		{"an empty text", "[\"x.a\"]\nother=\"\"", "[\"x.a\"]\nother=\"n\"", "zh: x.a is"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, err := New(files(c.zh, c.en))
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(b.Missing(), "\n"); !strings.Contains(got, c.want) {
				t.Errorf("got %q, want it to hold %q", got, c.want)
			}
		})
	}
	b, err := New()
	if err != nil {
		t.Fatal(err)
	}
	if m := b.Missing(); len(m) > 0 {
		t.Errorf("the package's own words: %v", m)
	}
	if _, err := New(sample, sample); err == nil {
		t.Error("an id given twice must be refused")
	}
	if _, err := New(files("[\"x.a\"]\nother=\"{{if .n}}x{{end}}\"", "")); err == nil {
		t.Error("logic in a message must be refused")
	}
}

func TestFormat(t *testing.T) {
	b, err := New()
	if err != nil {
		t.Fatal(err)
	}
	shanghai := zoneOf("Asia/Shanghai")
	at := func(month time.Month, day, hour, minute int) time.Time {
		return time.Date(2026, month, day, hour, minute, 0, 0, shanghai)
	}
	b.Clock = func() time.Time { return at(11, 21, 14, 30).UTC() }
	zh, en := With(t.Context(), b, "zh", "Asia/Shanghai"), With(t.Context(), b, "en", "Asia/Shanghai")
	for _, c := range []struct {
		name           string
		f              func(context.Context) string
		wantZh, wantEn string
	}{
		{"a moment", func(c context.Context) string { return DateTime(c, at(11, 21, 14, 30)) }, "2026年11月21日 周六 14:30", "Sat 21 Nov 2026 14:30"},
		{"a day", func(c context.Context) string { return Date(c, at(1, 5, 0, 0)) }, "2026年1月5日 周一", "Mon 5 Jan 2026"},
		{"no moment", func(c context.Context) string { return DateTime(c, time.Time{}) }, "", ""},
		{"today", func(c context.Context) string { return Short(c, at(11, 21, 0, 5)) }, "今天 00:05", "Today 00:05"},
		{"month", func(c context.Context) string { return Month(c, at(11, 22, 10, 0)) }, "2026 年 11 月", "November 2026"},
		{"month and day", func(c context.Context) string { return MonthDay(c, at(11, 2, 10, 0)) }, "11/2", "2 Nov"},
		{"today inside a sentence", func(c context.Context) string { return AtDate(c, at(11, 21, 0, 5)) }, "今天", "today"},
		{"tomorrow", func(c context.Context) string { return Short(c, at(11, 22, 10, 0)) }, "明天 10:00", "Tomorrow 10:00"},
		{"yesterday", func(c context.Context) string { return Short(c, at(11, 20, 23, 59)) }, "昨天 23:59", "Yesterday 23:59"},
		{"tomorrow in a sentence", func(c context.Context) string { return At(c, at(11, 22, 10, 0)) }, "明天 10:00", "tomorrow 10:00"},
		{"a weekday in a sentence", func(c context.Context) string { return At(c, at(10, 13, 18, 0)) }, "10月13日 周二 18:00", "Tue 13 Oct 18:00"},
		{"this year", func(c context.Context) string { return Short(c, at(10, 13, 18, 0)) }, "10月13日 周二 18:00", "Tue 13 Oct 18:00"},
		{"another year", func(c context.Context) string { return Short(c, time.Date(2025, 10, 13, 18, 0, 0, 0, shanghai)) }, "2025年10月13日 周一 18:00", "Mon 13 Oct 2025 18:00"},
		{"seconds ago", func(c context.Context) string { return Ago(c, at(11, 21, 14, 30)) }, "刚刚", "just now"},
		{"a minute ago", func(c context.Context) string { return Ago(c, at(11, 21, 14, 29)) }, "1 分钟前", "1 minute ago"},
		{"hours ahead", func(c context.Context) string { return Ago(c, at(11, 21, 17, 31)) }, "3 小时后", "in 3 hours"},
		{"working time", func(c context.Context) string { return WorkDuration(c, 7*3600+36*60) }, "7 小时 36 分", "7 h 36 min"},
		{"whole hours", func(c context.Context) string { return WorkDuration(c, int64(1200*3600)) }, "1,200 小时", "1,200 h"},
		{"below a minute", func(c context.Context) string { return WorkDuration(c, 45) }, "45 秒", "45 s"},
		{"nothing", func(c context.Context) string { return WorkDuration(c, 0) }, "0 分", "0 min"},
		{"overdue", func(c context.Context) string { return WorkDuration(c, -36*60) }, "−36 分", "−36 min"},
		{"a number", func(c context.Context) string { return Number(c, 1234567) }, "1,234,567", "1,234,567"},
		{"a small negative", func(c context.Context) string { return Number(c, -0.04, 1) }, "0.0", "0.0"},
		{"a share", func(c context.Context) string { return Percent(c, 0.871, 1) }, "87.1%", "87.1%"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.f(zh); got != c.wantZh {
				t.Errorf("zh: got %q, want %q", got, c.wantZh)
			}
			if got := c.f(en); got != c.wantEn {
				t.Errorf("en: got %q, want %q", got, c.wantEn)
			}
		})
	}
}

func BenchmarkT(b *testing.B) {
	book, err := New(sample)
	if err != nil {
		b.Fatal(err)
	}
	ctx := With(b.Context(), book, "zh", "Asia/Shanghai")
	b.Run("static", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			T(ctx, "x.plain")
		}
	})
	b.Run("filled", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			T(ctx, "x.greet", "name", "罗佳", "count", 3)
		}
	})
}

func TestWhatATextLacks(t *testing.T) {
	for _, c := range []struct {
		text Text
		main string
		want string
	}{
		{Text{Zh: "甲"}, "zh", ""}, {Text{Zh: "甲"}, "en", "en"}, {Text{En: "a"}, "zh", "zh"}, {Text{En: "a"}, "en", ""}, {Text{Zh: " ", En: "a"}, "zh", "zh"},
		{Text{En: "a"}, "", ""}, {Text{Zh: "甲"}, "", ""}, {Text{}, "", "zh"}, {Text{}, "en", "en"},
	} {
		if got := c.text.Lacks(c.main); got != c.want {
			t.Errorf("%+v, main language %q: %q, want %q", c.text, c.main, got, c.want)
		}
	}
}

package lang

import (
	"context"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"
)

var zones sync.Map // name → *time.Location

func zoneOf(name string) *time.Location {
	if z, ok := zones.Load(name); ok {
		return z.(*time.Location)
	}
	z, err := time.LoadLocation(name)
	if err != nil || name == "" {
		z = nobody.zone
	}
	zones.Store(name, z)
	return z
}

func mustZone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil { // no zone database on the machine and none embedded
		return time.FixedZone(name, 8*3600)
	}
	return z
}

var (
	weekZh  = [...]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}
	weekEn  = [...]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}
	monthEn = [...]string{"", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
)

// Date is a day: 2026年11月21日 周六, Sat 21 Nov 2026. The zero time is "".
func Date(ctx context.Context, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	r := of(ctx)
	return string(day(r, nil, t.In(r.zone), true))
}

// DateTime is a moment: 2026年11月21日 周六 14:30, Sat 21 Nov 2026 14:30. The zero time is "".
func DateTime(ctx context.Context, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	r := of(ctx)
	t = t.In(r.zone)
	return string(clock(append(day(r, make([]byte, 0, 40), t, true), ' '), t))
}

// Short is a moment as people say it: 今天 14:30, 明天 10:00, 10月13日 周二 18:00, with the year only when
// it is another one. The zero time is "".
func Short(ctx context.Context, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	r := of(ctx)
	t = t.In(r.zone)
	now := r.book.now().In(r.zone)
	b := make([]byte, 0, 40)
	switch daysBetween(now, t) {
	case 0:
		b = append(b, r.word("lang.today")...)
	case 1:
		b = append(b, r.word("lang.tomorrow")...)
	case -1:
		b = append(b, r.word("lang.yesterday")...)
	default:
		b = day(r, b, t, t.Year() != now.Year())
	}
	return string(clock(append(b, ' '), t))
}

// At is Short inside a sentence: in English, today and not Today.
func At(ctx context.Context, t time.Time) string { return inside(ctx, Short(ctx, t)) }

// AtDate is ShortDate inside a sentence.
func AtDate(ctx context.Context, t time.Time) string { return inside(ctx, ShortDate(ctx, t)) }

// inside is what begins with a day as it stands inside a sentence.
func inside(ctx context.Context, s string) string {
	r := of(ctx)
	for _, key := range []string{"lang.today", "lang.tomorrow", "lang.yesterday"} {
		if word := r.word(key); strings.HasPrefix(s, word) {
			return strings.ToLower(word) + s[len(word):]
		}
	}
	return s
}

// ShortDate is a day as people say it: 今天, 明天, 10月13日 周二. The zero time is "".
func ShortDate(ctx context.Context, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	r := of(ctx)
	t = t.In(r.zone)
	now := r.book.now().In(r.zone)
	switch daysBetween(now, t) {
	case 0:
		return r.word("lang.today")
	case 1:
		return r.word("lang.tomorrow")
	case -1:
		return r.word("lang.yesterday")
	}
	return string(day(r, nil, t, t.Year() != now.Year()))
}

// Month is a month of a year as a heading: 2026 年 11 月, November 2026.
func Month(ctx context.Context, t time.Time) string {
	y, m, _ := t.Date()
	if of(ctx).locale == "en" {
		return m.String() + " " + strconv.Itoa(y)
	}
	return strconv.Itoa(y) + " 年 " + strconv.Itoa(int(m)) + " 月"
}

// MonthDay is a day where there is little room: 10/20, 20 Oct.
func MonthDay(ctx context.Context, t time.Time) string {
	_, m, d := t.Date()
	if of(ctx).locale == "en" {
		return strconv.Itoa(d) + " " + monthEn[m]
	}
	return strconv.Itoa(int(m)) + "/" + strconv.Itoa(d)
}

// Clock is the time of day: 14:30.
func Clock(ctx context.Context, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return string(clock(nil, t.In(of(ctx).zone)))
}

// ISO is the moment for a machine's eye, as in <time datetime="…">.
func ISO(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// Ago says how long ago, or how far ahead, in the coarsest unit that still says something: 刚刚,
// 5 分钟前, 3 小时前, and beyond a day as Short does.
func Ago(ctx context.Context, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	past := of(ctx).book.now().Sub(t)
	ahead := past < 0
	d := past.Abs()
	switch {
	case d < time.Minute:
		return T(ctx, "lang.just-now")
	case d < time.Hour && ahead:
		return T(ctx, "lang.in-minutes", "count", int(d.Minutes()))
	case d < time.Hour:
		return T(ctx, "lang.minutes-ago", "count", int(d.Minutes()))
	case d < 24*time.Hour && ahead:
		return T(ctx, "lang.in-hours", "count", int(d.Hours()))
	case d < 24*time.Hour:
		return T(ctx, "lang.hours-ago", "count", int(d.Hours()))
	default:
		return Short(ctx, t)
	}
}

// WorkDuration is a length of time in seconds: 7 小时 36 分, 7 h 36 min. It never says days, because a
// working day has no fixed length.
func WorkDuration[N int | int64](ctx context.Context, seconds N) string {
	r := of(ctx)
	s := int64(seconds)
	b := make([]byte, 0, 32)
	if s < 0 {
		b, s = append(b, "−"...), -s
	}
	if s < 60 && s > 0 {
		b = append(strconv.AppendInt(b, s, 10), ' ')
		return string(append(b, r.word("lang.seconds")...))
	}
	h, m := s/3600, s%3600/60
	if h > 0 {
		b = append(group(b, strconv.FormatInt(h, 10)), ' ')
		b = append(b, r.word("lang.hours")...)
	}
	if h > 0 && m > 0 {
		b = append(b, ' ')
	}
	if m > 0 || h == 0 {
		b = append(strconv.AppendInt(b, m, 10), ' ')
		b = append(b, r.word("lang.minutes")...)
	}
	return string(b)
}

// Number is a figure with a comma between thousands and the given decimals (0 when left out).
func Number[N int | int32 | int64 | float64](ctx context.Context, n N, digits ...int) string {
	d := 0
	if len(digits) > 0 {
		d = digits[0]
	}
	return decimal(float64(n), d)
}

// Percent shows a fraction: 0.871 with one digit is 87.1%. What is no number is a dash.
func Percent(ctx context.Context, fraction float64, digits int) string {
	if math.IsNaN(fraction) || math.IsInf(fraction, 0) {
		return "–"
	}
	return decimal(fraction*100, digits) + "%"
}

func decimal(n float64, digits int) string {
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return "–"
	}
	text := strconv.FormatFloat(math.Abs(n), 'f', digits, 64)
	whole, rest, _ := strings.Cut(text, ".")
	b := make([]byte, 0, len(text)+8)
	if n < 0 && strings.Trim(text, "0.") != "" {
		b = append(b, "−"...)
	}
	b = group(b, whole)
	if rest != "" {
		b = append(append(b, '.'), rest...)
	}
	return string(b)
}

func group(b []byte, digits string) []byte {
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b = append(b, ',')
		}
		b = append(b, digits[i])
	}
	return b
}

func day(r *reader, b []byte, t time.Time, year bool) []byte {
	y, m, d := t.Date()
	if r.locale == "en" {
		b = append(append(b, weekEn[t.Weekday()]...), ' ')
		b = append(strconv.AppendInt(b, int64(d), 10), ' ')
		b = append(b, monthEn[m]...)
		if year {
			b = strconv.AppendInt(append(b, ' '), int64(y), 10)
		}
		return b
	}
	if year {
		b = append(strconv.AppendInt(b, int64(y), 10), "年"...)
	}
	b = append(strconv.AppendInt(b, int64(m), 10), "月"...)
	b = append(strconv.AppendInt(b, int64(d), 10), "日 "...)
	return append(b, weekZh[t.Weekday()]...)
}

func clock(b []byte, t time.Time) []byte {
	h, m, _ := t.Clock()
	return append(b, byte('0'+h/10), byte('0'+h%10), ':', byte('0'+m/10), byte('0'+m%10))
}

// daysBetween counts calendar days from a to b, both in the same zone.
func daysBetween(a, b time.Time) int {
	ay, am, ad := a.Date()
	by, bm, bd := b.Date()
	x := time.Date(ay, am, ad, 0, 0, 0, 0, time.UTC)
	y := time.Date(by, bm, bd, 0, 0, 0, 0, time.UTC)
	return int(y.Sub(x).Hours() / 24)
}

// word is a static message of this package, also when the context has no book.
func (r *reader) word(id string) string {
	if m, ok := r.words[id]; ok {
		return m.static
	}
	return id
}

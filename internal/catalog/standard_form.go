package catalog

import (
	"strconv"
	"strings"

	"neike/internal/calendar"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
)

// durationText is a duration as it was typed.
type durationText struct {
	Value string `form:"value"`
	Unit  string `form:"unit"`
}

type textPair struct {
	Zh string `form:"zh"`
	En string `form:"en"`
}

func (t textPair) text() lang.Text { return lang.Text{Zh: t.Zh, En: t.En} }

func pairOf(t lang.Text) textPair { return textPair{Zh: t.Zh, En: t.En} }

// standardForm is a standard as it was typed.
type standardForm struct {
	Completion       durationText `form:"completion"`
	CompletionTarget string       `form:"completion_target"`
	Response         durationText `form:"response"`
	ResponseTarget   string       `form:"response_target"`
	Next             durationText `form:"next_response"`
	NextTarget       string       `form:"next_response_target"`
	Metric           textPair     `form:"metric"`
	Accuracy         string       `form:"accuracy"`
	Satisfaction     string       `form:"satisfaction"`
	Measured         textPair     `form:"measured"`
	MinN             string       `form:"min_n"`
	Urgent           urgentForm   `form:"urgent"`

	ResponseCalendar   string `form:"response_calendar"`
	CompletionCalendar string `form:"completion_calendar"`
	ExampleAt          string `form:"example_at"` // a moment of one's own, 2026-11-27T16:00 in the calendar's zone

	Revision int    `form:"revision"`
	Open     string `form:"open"`  // what becomes of open requests
	Trial    int64  `form:"trial"` // the dry run that is shown
	Span     string `form:"span"`  // of the next one: quarter, month, custom
	From     string `form:"from"`  // of a custom one: first and last day
	To       string `form:"to"`
	Example  int    `form:"example"`
}

type urgentForm struct {
	Response   durationText `form:"response"`
	Completion durationText `form:"completion"`
	Next       durationText `form:"next_response"`
}

func standardFormOf(s *Service) standardForm {
	std := s.Standard
	return standardForm{
		Completion: typedDuration(std.Completion), CompletionTarget: TypedPercent(std.CompletionTarget),
		Response: typedDuration(std.Response), ResponseTarget: TypedPercent(std.ResponseTarget),
		Next: typedDuration(std.NextResponse), NextTarget: TypedPercent(std.NextResponseTarget),
		Metric: pairOf(std.Metric), Accuracy: TypedPercent(std.Accuracy), Revision: s.Revision,
		Satisfaction: TypedPercent(std.Satisfaction), Measured: pairOf(std.Measured), MinN: typedCount(std.MinN),
		Urgent:           urgentForm{typedDuration(std.Urgent.Response), typedDuration(std.Urgent.Completion), typedDuration(std.Urgent.NextResponse)},
		ResponseCalendar: std.ResponseCalendar, CompletionCalendar: std.CompletionCalendar,
	}
}

func typedDuration(d calendar.Duration) durationText {
	if d.IsZero() {
		return durationText{}
	}
	return durationText{strconv.Itoa(d.Value), d.Unit}
}

func typedCount(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func readCount(f *fault.Fields, name, text string) int {
	if text = strings.TrimSpace(text); text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxMinN {
		f.Add(name, "catalog.min-n-range", "max", maxMinN)
		return 0
	}
	return n
}

// TypedPercent is a share as ReadPercent reads it, without its sign; "" for none.
func TypedPercent(share float64) string {
	if share == 0 {
		return ""
	}
	return percentOf(share)
}

// standard reads what was typed; what cannot be read is told under its name.
func (in standardForm) standard(f *fault.Fields) Standard {
	return Standard{
		Completion: in.Completion.read(f, "completion"), CompletionTarget: ReadPercent(f, "completion_target", in.CompletionTarget),
		Response: in.Response.read(f, "response"), ResponseTarget: ReadPercent(f, "response_target", in.ResponseTarget),
		NextResponse: in.Next.read(f, "next_response"), NextResponseTarget: ReadPercent(f, "next_response_target", in.NextTarget),
		Metric: in.Metric.text(), Accuracy: ReadPercent(f, "accuracy", in.Accuracy),
		Satisfaction: ReadPercent(f, "satisfaction", in.Satisfaction), Measured: in.Measured.text(), MinN: readCount(f, "min_n", in.MinN),
		Urgent:           Urgent{in.Urgent.Response.read(f, "urgent.response"), in.Urgent.Completion.read(f, "urgent.completion"), in.Urgent.Next.read(f, "urgent.next_response")},
		ResponseCalendar: in.ResponseCalendar, CompletionCalendar: in.CompletionCalendar,
	}
}

func (d durationText) read(f *fault.Fields, name string) calendar.Duration {
	return ReadDuration(f, name, d.Value, d.Unit)
}

// ReadDuration reads a duration as it was typed; "" is none. What cannot be read is told under name.value or name.unit.
func ReadDuration(f *fault.Fields, name, value, unit string) calendar.Duration {
	text := strings.TrimSpace(value)
	if text == "" {
		return calendar.Duration{}
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		f.Add(name+".value", "catalog.whole", "given", clip(text, 20))
		return calendar.Duration{}
	}
	if unit == "" { // told here: 0 without a unit would read as none
		f.Add(name+".unit", "catalog.unit-missing", "value", n)
		return calendar.Duration{}
	}
	return calendar.Duration{Value: n, Unit: unit}
}

// ReadPercent reads a percentage, 95 or 99.95 with or without its sign, as a share; "" is none. What is none is told under name.
func ReadPercent(f *fault.Fields, name, text string) float64 {
	text = strings.TrimSpace(strings.TrimRight(strings.TrimSpace(text), "%％"))
	if text == "" {
		return 0
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || v <= 0 || v > 100 {
		f.Add(name, "catalog.share-range")
		return 0
	}
	return v / 100
}

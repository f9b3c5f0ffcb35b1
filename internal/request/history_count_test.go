package request

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"time"

	"neike/internal/app/importer"
	"neike/internal/calendar"
	"neike/internal/kit/dbtest"
	"neike/internal/relation"
)

// past1 is one case as its file tells it, and what somebody who only reads the file would count.
type past1 struct {
	key, asker, agent                                            string
	opened, taken, first, asked, answered, delivered, back, last time.Time
	end                                                          string // done, withdrawn, cancelled
	score                                                        int
}

// invented are cases of January to March: most are done, some late, some sent back, some waited for the customer.
func invented(n int, zone *time.Location) []past1 {
	r := rand.New(rand.NewSource(20260301))
	begin := time.Date(2026, 1, 5, 8, 0, 0, 0, zone)
	hours := func(most int) time.Duration { return time.Duration(1+r.Intn(most*60)) * time.Minute }
	var out []past1
	for i := range n {
		p := past1{key: fmt.Sprintf("OLD-%04d", i+1), asker: []string{"3002", "3003", "4001"}[r.Intn(3)], agent: []string{"2002", "2003"}[r.Intn(2)], end: "done"}
		p.opened = begin.Add(time.Duration(r.Intn(80*24*60)) * time.Minute)
		switch r.Intn(12) {
		case 0:
			p.end, p.last = "withdrawn", p.opened.Add(hours(10))
		case 1:
			p.taken = p.opened.Add(hours(6))
			p.end, p.last = "cancelled", p.taken.Add(hours(30))
		default:
			p.taken = p.opened.Add(hours(6))
			p.first = p.taken.Add(hours(8))
			at := p.first
			if r.Intn(4) == 0 {
				p.asked = at.Add(hours(6))
				p.answered = p.asked.Add(hours(40))
				at = p.answered
			}
			p.delivered = at.Add(hours(50))
			if at = p.delivered; r.Intn(5) == 0 {
				p.back = p.delivered.Add(hours(20))
				at = p.back
			}
			p.last = at.Add(hours(20))
			if r.Intn(2) == 0 {
				p.score = 1 + r.Intn(5)
			}
		}
		out = append(out, p)
	}
	return out
}

// counts is what the cases come to for one customer unit: by hand, with a standard of 8 and 48 hours around the clock.
type counts struct{ opened, met, breached, excluded, responseMet, responseBreached, accepted, rightFirst, returned int64 }

func (c *counts) add(p past1, redone time.Time) {
	c.opened++
	if p.end != "done" {
		c.excluded++
		return
	}
	c.accepted++
	took := p.delivered.Sub(p.opened)
	if !p.asked.IsZero() {
		took -= p.answered.Sub(p.asked)
	}
	if p.back.IsZero() {
		c.rightFirst++
	} else {
		c.returned++
		took += redone.Sub(p.back)
	}
	if took <= 48*time.Hour {
		c.met++
	} else {
		c.breached++
	}
	if p.first.Sub(p.opened) <= 8*time.Hour {
		c.responseMet++
	} else {
		c.responseBreached++
	}
}

// redone is when a case that came back was delivered again: half-way to its end.
func (p past1) redone() time.Time { return p.back.Add(p.last.Sub(p.back) / 2).Truncate(time.Minute) }

// asLog writes the cases as a log, one row per event, of the order in which they happened.
func asLog(cases []past1) string {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	row := func(cells ...string) { _ = w.Write(cells) } // a buffer takes all
	row("case", "event", "at", "by", "service", "asked_by", "text", "score")
	for _, p := range cases {
		say := func(event string, at time.Time, by, text, score string) {
			if !at.IsZero() {
				row(p.key, event, at.Format("2006-01-02 15:04"), by, "finance.advance", p.asker, text, score)
			}
		}
		say("open", p.opened, p.asker, "", "")
		say("take", p.taken, p.agent, "", "")
		say("message", p.first, p.agent, "在办", "")
		say("ask", p.asked, p.agent, "差什么", "")
		say("answer", p.answered, p.asker, "补了", "")
		say("deliver", p.delivered, p.agent, "好了", "")
		if !p.back.IsZero() {
			say("return", p.back, p.asker, "不对", "")
			say("deliver", p.redone(), p.agent, "改了", "")
		}
		switch p.end {
		case "done":
			say("accept", p.last, p.asker, "", "")
			if p.score > 0 {
				say("rate", p.last, p.asker, "", fmt.Sprint(p.score))
			}
		case "withdrawn":
			say("withdraw", p.last, p.asker, "", "")
		default:
			say("cancel", p.last, p.asker, "不要了", "")
		}
	}
	w.Flush()
	return b.String()
}

// asCases writes the cases that a row can tell, one row per case: those that never came back.
func asCases(cases []past1) string {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write(strings.Split("case,service,asked_by,assignee,opened_at,taken_at,responded_at,asked_at,answered_at,delivered_at,accepted_at,withdrawn_at,cancelled_at,score,reason", ","))
	when := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.Format("2006-01-02 15:04")
	}
	for _, p := range cases {
		end := map[string]string{p.end: when(p.last)}
		score, reason := "", ""
		if p.score > 0 {
			score = fmt.Sprint(p.score)
		}
		if p.end == "cancelled" {
			reason = "不要了"
		}
		_ = w.Write([]string{p.key, "finance.advance", p.asker, p.agent, when(p.opened), when(p.taken), when(p.first), when(p.asked), when(p.answered), when(p.delivered),
			end["done"], end["withdrawn"], end["cancelled"], score, reason})
	}
	w.Flush()
	return b.String()
}

// TestNumbersOfHistoryAreThoseOfTheFile takes 600 cases in, in either shape, and counts the file by hand.
func TestNumbersOfHistoryAreThoseOfTheFile(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Shanghai")
	must(t, err)
	all := invented(600, zone)
	var straight []past1
	for _, p := range all {
		if p.back.IsZero() {
			straight = append(straight, p)
		}
	}
	for name, file := range map[string]struct {
		cases []past1
		text  string
	}{"a row per event": {all, asLog(all)}, "a row per case": {straight, asCases(straight)}} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, h house) {
				dbtest.Clock(h.db).Set(time.Date(2026, 1, 1, 0, 0, 0, 0, zone))
				service, err := h.Catalog.Visible(h.ctx, "finance.advance")
				must(t, err)
				std := service.Standard
				std.Response, std.Completion = calendar.Duration{Value: 8, Unit: calendar.ElapsedHours}, calendar.Duration{Value: 48, Unit: calendar.ElapsedHours}
				_, err = h.Catalog.SetStandard(h.as("2001"), "finance.advance", std, 0)
				must(t, err)
				dbtest.Clock(h.db).Set(time.Date(2026, 6, 1, 0, 0, 0, 0, zone))
				im := importer.New(h.db, h.jobs, h.Imports()...)
				if got := h.take(im, file.text, "", importer.Options{}); got.Created != len(file.cases) || len(got.Errors) > 0 {
					t.Fatalf("created %d of %d, %v", got.Created, len(file.cases), got.Errors[:min(len(got.Errors), 5)])
				}
				want := map[string]*counts{"project": {}, "sales": {}}
				for _, p := range file.cases {
					unit := "project"
					if p.asker == "4001" {
						unit = "sales"
					}
					want[unit].add(p, p.redone())
				}
				for unit, w := range want {
					d, err := h.Relation.Direction(h.as("1001"), "finance", unit, relation.Period{From: 20260101, To: 20260601})
					must(t, err)
					got := counts{d.Opened, d.Met, d.Breached, d.Excluded, d.ResponseMet, d.ResponseBreached, d.Accepted, d.RightFirst, d.Returned}
					if got != *w {
						t.Errorf("%s: the house says %+v, the file %+v", unit, got, *w)
					}
				}
				h.prove(t)
			})
		})
	}
}

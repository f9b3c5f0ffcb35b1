package demo

import (
	"context"
	"fmt"
	"time"

	"neike/internal/kit/lang"
	"neike/internal/kit/web"
	"neike/internal/measure"
)

// counted are measures of the company's own, with their values of the last eighteen months, oldest first.
type counted struct {
	measure.Own
	unit  string // code; "" the company
	hits  []int64
	n     []int64
	score []float64
}

func target(v float64) *float64 { return &v }

// shipping fell when the warehouse changed its system in June, and came back after shelf labels were scanned again; what customers
// outside say rose with the hotline of spring; scrap of one shift crept up.
var ownMeasures = []counted{
	{Own: measure.Own{Code: "on_time_shipping", Name: lang.Text{Zh: "准时发货率", En: "Shipped on time"}, About: lang.Text{Zh: "对外部客户的承诺守不守得住", En: "whether promises to customers outside hold"},
		Formula: lang.Text{Zh: "当月应发货的订单行中，在承诺日当天或之前发出的占多少。取自 ERP 发货记录，每月 5 日统计。", En: "Of the order lines due in the month: those shipped on the promised day or before. From the ERP, on the 5th."},
		Kind:    measure.Share, Unit: measure.Percent, Direction: measure.More, Seen: measure.Everybody, Target: target(96)},
		hits: []int64{941, 978, 903, 1012, 966, 989, 1034, 921, 958, 1007, 985, 943, 918, 905, 931, 962, 1019, 1003},
		n:    []int64{968, 1004, 931, 1041, 990, 1020, 1064, 950, 985, 1038, 1012, 974, 991, 983, 1000, 1008, 1049, 1034}},
	{Own: measure.Own{Code: "external_satisfaction", Name: lang.Text{Zh: "外部客户满意度", En: "Satisfaction of external customers"}, About: lang.Text{Zh: "内部服务好不好，最后看外部客户", En: "what internal service is for in the end"},
		Formula: lang.Text{Zh: "当月收回的客户回访问卷，总体满意度（1 到 5 分）的平均值。", En: "Mean of the overall answers (1 to 5) of the customer questionnaires that came back in the month."},
		Kind:    measure.Mean, Unit: measure.Points, Direction: measure.More, Seen: measure.Everybody, Target: target(4.3)},
		score: []float64{4.12, 4.18, 4.09, 4.15, 4.21, 4.11, 4.16, 4.08, 4.17, 4.13, 4.19, 4.14, 4.36, 4.41, 4.38, 4.44, 4.39, 4.42},
		n:     []int64{64, 71, 58, 66, 73, 61, 69, 55, 67, 70, 62, 65, 81, 78, 84, 76, 82, 79}},
	{Own: measure.Own{Code: "scrap", Name: lang.Text{Zh: "废品率", En: "Scrap"}, About: lang.Text{Zh: "做坏多少", En: "how much is spoilt"},
		Formula: lang.Text{Zh: "当月报废件数 ÷ 当月投产件数，按班组统计。取自 MES。", En: "Pieces scrapped in the month, of those begun, by shift. From the MES."},
		Kind:    measure.Share, Unit: measure.Percent, Direction: measure.Less, ByUnit: true, Seen: measure.Concerned}, unit: "production.a",
		hits: []int64{71, 66, 74, 69, 72, 65, 70, 75, 68, 71, 67, 73, 70, 66, 72, 69, 71, 68},
		n:    []int64{4020, 3960, 4110, 4050, 3990, 3900, 4080, 4120, 3970, 4060, 3940, 4100, 4030, 3980, 4070, 4000, 4050, 3990}},
	{Own: measure.Own{Code: "scrap"}, unit: "production.b",
		hits: []int64{69, 73, 66, 71, 74, 68, 67, 72, 70, 69, 75, 71, 82, 97, 108, 113, 121, 118},
		n:    []int64{3980, 4040, 3920, 4010, 4090, 3960, 3990, 4050, 4020, 3970, 4110, 4000, 4030, 4060, 4010, 3990, 4080, 4020}},
	{Own: measure.Own{Code: "scrap"}, unit: "production.c",
		hits: []int64{74, 70, 72, 68, 75, 71, 69, 73, 66, 70, 72, 74, 68, 71, 70, 73, 69, 72},
		n:    []int64{4060, 3990, 4030, 3950, 4100, 4010, 3980, 4070, 3930, 4000, 4040, 4080, 3960, 4020, 3990, 4050, 3970, 4030}},
}

// measured plans how the quality office defines its measures and enters each month on the fifth of the next one; the months before the
// story begins are entered at once, and one value is corrected later.
func (d *demo) measured(ctx context.Context) {
	quality := d.byNo["1001"]
	begin := d.today.AddDate(0, 0, -340)
	for _, c := range ownMeasures {
		if c.Kind == "" {
			continue
		}
		d.agenda.plan(begin, func() error {
			_, err := d.app.Measure.Define(d.as(ctx, quality), c.Own, web.IfMatch{})
			return wrapped(c.Code, err)
		})
	}
	local := d.today.In(shanghai)
	for _, c := range ownMeasures {
		for i := range c.n {
			first := time.Date(local.Year(), local.Month(), 1, 9, 0, 0, 0, shanghai).AddDate(0, i-len(c.n), 0)
			at := first.AddDate(0, 1, 4)
			if at.Before(begin) {
				at = begin.Add(time.Hour)
			}
			if at.After(d.today) { // the last month, in the first days of this one
				continue
			}
			e := measure.Entry{Unit: c.unit, Month: int64(first.Year())*100 + int64(first.Month()), N: &c.n[i]}
			if c.score != nil {
				e.Amount = &c.score[i]
			} else {
				e.Hits = &c.hits[i]
			}
			d.record(ctx, at, c.Code, e)
			if c.Code == "on_time_shipping" && i == 9 {
				hits := c.hits[i] - 9
				e.Hits, e.Note = &hits, "补计退运后重发的 9 行"
				d.record(ctx, at.AddDate(0, 0, 12), c.Code, e)
			}
		}
	}
}

func (d *demo) record(ctx context.Context, at time.Time, code string, e measure.Entry) {
	d.agenda.plan(at, func() error {
		_, err := d.app.Measure.Record(d.as(ctx, d.byNo["1001"]), code, []measure.Entry{e}, false)
		return wrapped(code, err)
	})
}

func wrapped(code string, err error) error {
	if err != nil {
		return fmt.Errorf("measure %s: %w", code, err)
	}
	return nil
}

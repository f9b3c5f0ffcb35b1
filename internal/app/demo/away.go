package demo

import (
	"context"
	"fmt"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/org"
)

// away is the story of people over time: an agent of Finance is on holiday and a colleague stands in, the head of Legal
// is on leave and somebody acts, IT keeps a duty list and hands over.
func (d *demo) away(ctx context.Context) error {
	zone := time.FixedZone("Asia/Shanghai", 8*3600)
	now := d.today.In(zone)
	day := func(n int) string { return now.AddDate(0, 0, n).Format(time.DateOnly) }
	absent := ""
	for _, id := range d.staff["finance"] {
		if no := d.noOf[id]; id != d.heads["finance"] && no != "1005" {
			absent = no
			break
		}
	}
	_, err := d.app.Org.SetAbsence(ctx, absent, org.AbsenceInput{From: day(-1), Until: day(4), Kind: org.Holiday, Deputy: "1005", Note: "探亲", Anyway: true})
	if err != nil {
		return fmt.Errorf("holiday of %s: %w", absent, err)
	}
	if head := d.heads["legal"]; head != 0 {
		var acts string
		for _, id := range d.staff["legal"] {
			if id != head {
				acts = d.noOf[id]
				break
			}
		}
		if _, err := d.app.Org.SetAbsence(ctx, d.noOf[head], org.AbsenceInput{From: day(-5), Kind: org.Leave, Deputy: acts, Anyway: true}); err != nil {
			return fmt.Errorf("leave: %w", err)
		}
		if _, err := d.app.Org.SetActing(ctx, "legal", org.ActingInput{Person: acts, Until: day(60), Why: "负责人休长假"}); err != nil {
			return fmt.Errorf("acting head: %w", err)
		}
	}
	return d.duty(ctx, now)
}

// duty puts IT's people on duty for this week and the next, day and night in turn, and hands over once.
func (d *demo) duty(ctx context.Context, now time.Time) error {
	staff := d.staff["it"]
	if len(staff) < 2 {
		return nil
	}
	monday := now.AddDate(0, 0, -(int(now.Weekday())+6)%7)
	var last org.Shift
	for n := range 28 {
		date := monday.AddDate(0, 0, n/2)
		from, until := date.Format(time.DateOnly)+"T08:00", date.Format(time.DateOnly)+"T20:00"
		task := "服务台白班"
		if n%2 == 1 {
			from, until, task = until, date.AddDate(0, 0, 1).Format(time.DateOnly)+"T08:00", "夜班值守"
		}
		h, err := d.app.Org.AddShift(ctx, "it", org.ShiftInput{Person: d.noOf[staff[n%len(staff)]], From: from, Until: until, Task: task, Phone: "0571-8800-6100", Anyway: true})
		if err != nil {
			return fmt.Errorf("shift: %w", err)
		}
		if !h.From.After(d.today) && d.today.Sub(h.Until) < 2*24*time.Hour {
			last = h
		}
	}
	if last.ID == 0 {
		return nil
	}
	who, err := d.app.Org.ActorOf(ctx, last.Person)
	if err != nil {
		return err
	}
	_, err = d.app.Org.WriteHandover(actor.With(ctx, who), last.ID, "核心交换机已恢复，观察到明早。\n二楼会议室投影机仍无信号，备件周三到。", 0)
	return err
}

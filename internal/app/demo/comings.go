package demo

import (
	"context"
	"hash/fnv"
	"time"

	"neike/internal/kit/sqldb"
)

// comings lets people find their way in: a third of them twelve weeks ago, then more each week; every tenth has not come
// yet. Each week everybody who has begun comes on a workday of theirs, some weeks not at all.
func (d *demo) comings(ctx context.Context) error {
	const weeks = 12
	for ago := weeks - 1; ago >= 0; ago-- {
		var days [5][]int64
		for _, p := range d.people {
			start, skips := lot(d.noOf[p], "begins", 100), lot(d.noOf[p], "skips"+string(rune('a'+ago)), 7) == 0
			if start >= 34+(weeks-ago)*5 || skips {
				continue
			}
			day := lot(d.noOf[p], "day"+string(rune('a'+ago)), 5)
			days[day] = append(days[day], p)
		}
		err := d.app.DB.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			for n, people := range days {
				at := d.today.AddDate(0, 0, -7*ago-int(d.today.Weekday()+6)%7+n)
				if at.After(d.today) {
					at = d.today
				}
				if err := d.app.Signin.Saw(ctx, tx, at.Truncate(time.Hour), people...); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// lot draws one of n for a person, the same each time.
func lot(no, what string, n int) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(what + no))
	return int(h.Sum32() % uint32(n))
}

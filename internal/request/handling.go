package request

import (
	"context"
	"fmt"
	"slices"
	"time"

	"neike/internal/calendar"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

const (
	handlingMost = 25_000 // requests that one report follows through their logs
	handlingPage = 500
	waysMost     = 200
)

// Handling is what became of requests in the hands of units: where they went, whose lateness it is, and what their time
// went on.
type Handling struct {
	HandlingTotals
	Rows []Handled
	Ways []Way
	Of   int64 // due in the span, and within what the reader sees; more than were followed when there are more than 25 000: then the last due are
	Read int64
}

// HandlingOf follows what was due in the span, as the attainment report counts it, without what was withdrawn or cancelled. It
// is grouped by unit or by service. The reader's numbers are those of the units that Numbers names: a request counts when
// one of them had it.
func (s *Service) HandlingOf(ctx context.Context, by string, span Span) (Handling, error) {
	var bad fault.Fields
	if by != ByService && by != ByUnit {
		bad.Add("by", "request.by-unknown", "value", by)
	}
	if !span.From.Before(span.To) {
		bad.Add("to", "request.span-empty")
	}
	if err := bad.Err(); err != nil {
		return Handling{}, err
	}
	all, units, err := s.Numbers(ctx)
	if err != nil {
		return Handling{}, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return Handling{}, err
	}
	var services []int64
	for _, service := range snap.All() {
		services = append(services, service.ID)
	}
	sum := &handlingSum{by: by, rows: map[int64]*Handled{}, ways: map[[2]int64]*Way{}}
	sum.seen = func(unit int64) bool {
		_, own := slices.BinarySearch(units, unit)
		return all || own
	}
	var out Handling
	if !all && len(units) == 0 {
		return out, nil
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		out.Of, out.Read, err = s.handle(ctx, rd, span, services, units, sum)
		return err
	})
	if err != nil {
		return Handling{}, err
	}
	out.HandlingTotals, out.Ways = sum.total(), sum.between(waysMost)
	out.Rows = sum.list(func(key int64) bool {
		if by == ByUnit {
			return sum.seen(key)
		}
		service, ok := snap.ByID(key)
		return ok && sum.seen(service.Unit)
	})
	return out, nil
}

// handle reads the cases of a span page by page and adds them up.
func (s *Service) handle(ctx context.Context, rd sqldb.Reader, span Span, services, units []int64, sum *handlingSum) (of, read int64, err error) {
	rows, err := handlingCases(ctx, rd, span, services, units, handlingMost+1)
	if err != nil {
		return 0, 0, err
	}
	if of = int64(len(rows)); of > handlingMost {
		if of, err = countHandling(ctx, rd, span, services, units); err != nil {
			return 0, 0, err
		}
		rows = rows[:handlingMost]
	}
	clocks := unitHours{s: s, tables: map[int64]*calendar.Table{}}
	for part := range slices.Chunk(rows, handlingPage) {
		if err := handleSome(ctx, rd, part, &clocks, sum); err != nil {
			return of, read, err
		}
		read += int64(len(part))
	}
	return of, read, nil
}

func handleSome(ctx context.Context, rd sqldb.Reader, part []handlingRow, clocks *unitHours, sum *handlingSum) error {
	ids, at := make([]ID, len(part)), make(map[ID]*handlingRow, len(part))
	var wholes []ID
	for i := range part {
		ids[i], at[part[i].id] = part[i].id, &part[i]
		if part[i].parts {
			wholes = append(wholes, part[i].id)
		}
	}
	partUnit, err := unitsOfParts(ctx, rd, wholes)
	if err != nil {
		return err
	}
	var logs []handled
	var of []*handlingRow
	err = handlingLogs(ctx, rd, ids, func(log []Event) error {
		h, err := handledOf(log, partUnit, rd.Instant())
		if err != nil {
			return fmt.Errorf("follow request %d: %w", log[0].Request, err)
		}
		logs, of = append(logs, h), append(of, at[log[0].Request])
		return nil
	})
	if err != nil {
		return err
	}
	for i, h := range logs {
		r := of[i]
		shares := portions(h, r.due, func(unit int64, from, to time.Time) int64 { return clocks.worked(ctx, unit, from, to) })
		sum.add(handledCase{id: r.id, service: r.service, late: r.late, along: r.along, hops: r.hops, log: h, shares: shares})
	}
	return clocks.err
}

// unitHours measures time in the working time of units.
type unitHours struct {
	s      *Service
	tables map[int64]*calendar.Table
	err    error
}

// worked is the working time of a unit between two moments, in seconds; outside the years of its calendar there is none.
func (c *unitHours) worked(ctx context.Context, unit int64, from, to time.Time) int64 {
	table, known := c.tables[unit]
	if !known {
		var err error
		if table, err = c.s.Calendar.TableFor(ctx, unit); err != nil && c.err == nil {
			c.err = err
		}
		c.tables[unit] = table
	}
	if table == nil {
		return 0
	}
	d, err := table.Elapsed(from, to)
	if err != nil {
		return 0
	}
	return int64(d / time.Second)
}

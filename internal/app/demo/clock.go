package demo

import (
	"container/heap"
	"sync/atomic"
	"time"
)

// simulated is the time of the company, and the ids that follow from it.
type simulated struct {
	now  atomic.Int64 // unix ms
	last atomic.Int64 // last id given
}

func (c *simulated) Now() time.Time { return time.UnixMilli(c.now.Load()).UTC() }

func (c *simulated) set(t time.Time) { c.now.Store(t.UnixMilli()) }

var epoch = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()

// id is made like the product's own: 41 bits of ms since 2020, 12 bits that count on.
func (c *simulated) id() int64 {
	for {
		last := c.last.Load()
		next := max((c.now.Load()-epoch)<<12, last+1)
		if c.last.CompareAndSwap(last, next) {
			return next
		}
	}
}

// step is something that a person does at a time.
type step struct {
	at time.Time
	n  int // order among equals
	do func() error
}

// agenda holds the steps to come, the next first.
type agenda struct {
	steps []step
	n     int
}

func (a *agenda) Len() int { return len(a.steps) }
func (a *agenda) Less(i, j int) bool {
	if !a.steps[i].at.Equal(a.steps[j].at) {
		return a.steps[i].at.Before(a.steps[j].at)
	}
	return a.steps[i].n < a.steps[j].n
}
func (a *agenda) Swap(i, j int) { a.steps[i], a.steps[j] = a.steps[j], a.steps[i] }
func (a *agenda) Push(x any)    { a.steps = append(a.steps, x.(step)) }
func (a *agenda) Pop() any {
	last := a.steps[len(a.steps)-1]
	a.steps = a.steps[:len(a.steps)-1]
	return last
}

func (a *agenda) plan(at time.Time, do func() error) {
	a.n++
	heap.Push(a, step{at: at, n: a.n, do: do})
}

// next takes the next step, if it comes before the end.
func (a *agenda) next(end time.Time) (step, bool) {
	if len(a.steps) == 0 || a.steps[0].at.After(end) {
		return step{}, false
	}
	return heap.Pop(a).(step), true
}

package signin

import (
	"context"
	"runtime"
	"sync"
	"time"

	"neike/internal/kit/fault"
)

// hashing is where passwords are worked on. At most half of the processors work on them: 500 people sign in at eight, and
// the rest of the house must go on.
var hashing = newTurns(max(1, runtime.GOMAXPROCS(0)/2), maxWaiting)

// maxWaiting passwords wait; whoever comes then is asked to come again. At 40 a second it is half a minute.
const maxWaiting = 1200

// turns lets n work at once. Who waits is served by address, each in turn, and within an address in order of arrival: a
// machine that guesses a thousand passwords waits behind itself, not before everybody.
type turns struct {
	mu      sync.Mutex
	free    int
	most    int
	waiting int
	lines   map[string][]chan struct{} // by address
	order   []string                   // addresses with a line; the first is served next
}

func newTurns(n, most int) *turns {
	return &turns{free: n, most: most, lines: map[string][]chan struct{}{}}
}

// do runs fn in its turn. Unavailable, with a time to come back, when too many wait or the caller goes.
func (q *turns) do(ctx context.Context, address string, fn func() error) error {
	mine, ok := q.queue(address)
	if !ok {
		return busy()
	}
	if mine != nil {
		select {
		case <-mine:
		case <-ctx.Done():
			q.leave(address, mine)
			return busy()
		}
	}
	defer q.next()
	return fn()
}

func busy() error {
	return &fault.Error{Kind: fault.Unavailable, Key: "unavailable", RetryAfter: 10 * time.Second}
}

// queue takes a free place (nil, true), a place in the line, or none.
func (q *turns) queue(address string) (chan struct{}, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.free > 0:
		q.free--
		return nil, true
	case q.waiting >= q.most:
		return nil, false
	}
	mine := make(chan struct{}, 1)
	if len(q.lines[address]) == 0 {
		q.order = append(q.order, address)
	}
	q.lines[address] = append(q.lines[address], mine)
	q.waiting++
	return mine, true
}

// next gives the place of one who is done to the first of the next address.
func (q *turns) next() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.order) == 0 {
		q.free++
		return
	}
	address := q.order[0]
	line := q.lines[address]
	q.order = q.order[1:]
	line[0] <- struct{}{}
	q.waiting--
	if len(line) > 1 {
		q.lines[address] = line[1:]
		q.order = append(q.order, address)
	} else {
		delete(q.lines, address)
	}
}

// leave takes somebody out of the line; whose turn has come in the same moment passes it on.
func (q *turns) leave(address string, mine chan struct{}) {
	q.mu.Lock()
	line := q.lines[address]
	for i, one := range line {
		if one == mine {
			q.waiting--
			q.drop(address, append(line[:i:i], line[i+1:]...))
			q.mu.Unlock()
			return
		}
	}
	q.mu.Unlock()
	<-mine
	q.next()
}

func (q *turns) drop(address string, line []chan struct{}) {
	if len(line) > 0 {
		q.lines[address] = line
		return
	}
	delete(q.lines, address)
	for i, one := range q.order {
		if one == address {
			q.order = append(q.order[:i:i], q.order[i+1:]...)
			return
		}
	}
}

package notice

import (
	"sync"
	"time"
)

// budget is how many messages a receiver or a lane takes in a time.
type budget struct {
	every time.Duration // between two, in the long run
	burst int
}

// What the platforms allow, with a margin: a group's robot is silenced for minutes when it says more, and one person who
// gets more than this from an app is dropped without a word. A mail server is asked as fast as it answers.
var (
	robotBudget  = budget{time.Minute / 18, 5}
	personBudget = budget{time.Minute / 20, 6}
	chatBudget   = budget{time.Second / 15, 15}
)

// pacer counts what was said, per lane and per receiver, in memory: after a restart a bucket is full.
type pacer struct {
	mu      sync.Mutex
	now     func() time.Time
	buckets map[[3]any]*bucket
	late    map[[3]any]bool
}

type bucket struct {
	tokens float64
	at     time.Time
}

func newPacer() *pacer {
	return &pacer{now: time.Now, buckets: map[[3]any]*bucket{}, late: map[[3]any]bool{}}
}

func laneKey(l lane) [3]any                   { return [3]any{l.Channel, l.Target, nil} }
func receiverKey(l lane, person int64) [3]any { return [3]any{l.Channel, l.Target, person} }

// take takes a message out of the budget of the lane and of the receiver, or says how long to wait for both.
func (p *pacer) take(l lane, person int64) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch l.Channel {
	case Group:
		return p.one(laneKey(l), robotBudget)
	case Chat:
		if wait := p.left(laneKey(l), chatBudget); wait > 0 {
			p.late[laneKey(l)] = true
			return wait
		}
		if wait := p.one(receiverKey(l, person), personBudget); wait > 0 {
			return wait
		}
		return p.one(laneKey(l), chatBudget)
	}
	return 0
}

// left is how long until the bucket has a token.
func (p *pacer) left(key [3]any, b budget) time.Duration {
	now := p.now()
	x := p.buckets[key]
	if x == nil {
		if len(p.buckets) > 20_000 { // whoever was not spoken to for long has a full one again
			clear(p.buckets)
		}
		x = &bucket{float64(b.burst), now}
		p.buckets[key] = x
	}
	x.tokens = min(float64(b.burst), x.tokens+float64(now.Sub(x.at))/float64(b.every))
	x.at = now
	if x.tokens >= 1 {
		return 0
	}
	return time.Duration((1 - x.tokens) * float64(b.every))
}

func (p *pacer) one(key [3]any, b budget) time.Duration {
	if wait := p.left(key, b); wait > 0 {
		p.late[key] = true
		return wait
	}
	p.buckets[key].tokens--
	delete(p.late, key)
	return 0
}

// behind says whether the receiver's messages had to wait: what piled up goes as one.
func (p *pacer) behind(l lane, person int64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if l.Channel == Group {
		return p.late[laneKey(l)]
	}
	return p.late[receiverKey(l, person)]
}

// lane says whether it is the lane's budget that is spent.
func (p *pacer) lane(l lane) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return l.Channel == Group || p.late[laneKey(l)]
}

package chat

import (
	"sync"
	"time"
)

// Limit is how many messages are taken in how long.
type Limit struct {
	Count int
	In    time.Duration
}

// RobotLimits are what the groups' robots take, a little below what the platforms say: who goes over is silenced.
var RobotLimits = map[string][]Limit{
	WeCom:    {{18, time.Minute}},
	Feishu:   {{5, time.Second}, {100, time.Minute}},
	DingTalk: {{18, time.Minute}},
	Slack:    {{1, time.Second}},
	Teams:    {{2, time.Second}},
}

// AppLimits are how many calls to send an app may make.
var AppLimits = map[string][]Limit{
	WeCom:    {{30, time.Second}, {1500, time.Minute}},
	Feishu:   {{45, time.Second}, {950, time.Minute}},
	DingTalk: {{18, time.Second}},
}

// PersonLimits are how many messages of an app somebody may get; WeCom drops what is more without a word.
var PersonLimits = map[string][]Limit{
	WeCom:    {{28, time.Minute}, {950, time.Hour}},
	Feishu:   {{5, time.Second}},
	DingTalk: {{450, 24 * time.Hour}},
}

// Pacer says when something may be sent. It never waits itself, and counts what it allowed; a process has one.
// It is safe for concurrent use.
type Pacer struct {
	mu      sync.Mutex
	targets map[string][]time.Time // when something was allowed, old first
	swept   time.Time
}

// NewPacer is a pacer that has allowed nothing yet.
func NewPacer() *Pacer { return &Pacer{targets: map[string][]time.Time{}} }

// Take asks for one message to a target: a robot, an app, a person. It is 0 when it may go now, and counted then; else
// how long to wait before asking again.
func (p *Pacer) Take(target string, limits []Limit, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sweep(now)
	longest := time.Duration(0)
	for _, l := range limits {
		longest = max(longest, l.In)
	}
	said := p.targets[target]
	for len(said) > 0 && now.Sub(said[0]) >= longest {
		said = said[1:]
	}
	var wait time.Duration
	for _, l := range limits {
		if len(said) < l.Count {
			continue
		}
		if free := said[len(said)-l.Count].Add(l.In); free.After(now) {
			wait = max(wait, free.Sub(now))
		}
	}
	if wait == 0 && len(limits) > 0 {
		said = append(said, now)
	}
	p.targets[target] = said
	return wait
}

// Hold keeps a target silent until a time: the platform said so.
func (p *Pacer) Hold(target string, limits []Limit, until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(limits) == 0 {
		return
	}
	shortest := limits[0]
	for _, l := range limits {
		if l.In < shortest.In {
			shortest = l
		}
	}
	for range shortest.Count {
		p.targets[target] = append(p.targets[target], until.Add(-shortest.In))
	}
}

// sweep forgets, once an hour, targets to which nothing was sent for a day.
func (p *Pacer) sweep(now time.Time) {
	if now.Sub(p.swept) < time.Hour {
		return
	}
	p.swept = now
	for target, said := range p.targets {
		if len(said) == 0 || now.Sub(said[len(said)-1]) > 24*time.Hour {
			delete(p.targets, target)
		}
	}
}

package notice

import (
	"sync"
	"time"

	"neike/internal/kit/chat"
)

// pacer counts what was said to whom, and remembers who had to wait: what piled up goes as one message.
type pacer struct {
	*chat.Pacer
	mu   sync.Mutex
	late map[string]bool
}

func newPacer() *pacer { return &pacer{Pacer: chat.NewPacer(), late: map[string]bool{}} }

// one asks for one message to a target.
func (p *pacer) one(target string, limits []chat.Limit, now time.Time) time.Duration {
	wait := p.Take(target, limits, now)
	p.mu.Lock()
	defer p.mu.Unlock()
	if wait > 0 {
		p.late[target] = true
	} else {
		delete(p.late, target)
	}
	return wait
}

// behind says whether a target had to wait.
func (p *pacer) behind(target string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.late[target]
}

// receiver is the target that a lane's budget for one person is kept under.
func receiver(l lane, person int64) string { return l.key() + ":" + idText(person) }

// budget asks for a message of a lane to a person. whole: it is the lane that has to wait, not the person alone.
func (s *Service) budget(l lane, platform string, person int64, now time.Time) (wait time.Duration, whole bool) {
	switch l.Channel {
	case Group:
		return s.pace.one(l.key(), chat.RobotLimits[platform], now), true
	case Chat:
		if wait := s.pace.one(receiver(l, person), chat.PersonLimits[platform], now); wait > 0 {
			return wait, false
		}
		return s.pace.one(l.key(), chat.AppLimits[platform], now), true
	}
	return 0, true
}

// behind says whether messages of a lane to a person piled up.
func (s *Service) behind(l lane, person int64) bool {
	switch l.Channel {
	case Group:
		return s.pace.behind(l.key())
	case Chat:
		return s.pace.behind(receiver(l, person))
	}
	return false
}

// hold keeps a lane silent until a time: its platform said so.
func (s *Service) hold(l lane, c carrier, until time.Time) {
	if c == nil {
		return
	}
	limits := chat.AppLimits[c.platform()]
	if l.Channel == Group {
		limits = chat.RobotLimits[c.platform()]
	}
	s.pace.Hold(l.key(), limits, until)
}

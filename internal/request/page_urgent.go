package request

import (
	"context"

	"neike/internal/clock"
	"neike/internal/kit/lang"
)

// urgentIntro adds to the words of a form what being urgent makes of the due time, before anybody says so.
func (s *Service) urgentIntro(ctx context.Context, v View, intro string) (string, error) {
	m, err := s.Preview(ctx, v, Urgent)
	switch {
	case err != nil || m.Now.IsZero():
		return intro, err
	case m.Carry.Equal(m.Now):
		return intro + lang.T(ctx, "request.urgent.keeps"), nil
	}
	return intro + lang.T(ctx, "request.urgent.moves", "from", lang.DateTime(ctx, m.Now), "to", lang.DateTime(ctx, m.Carry)), nil
}

// whyRetargeted says from when which targets hold, for the explanation of a deadline: that it was opened as urgent, and each
// change of its priority or standard that changed its targets, with what became of the time used.
func whyRetargeted(ctx context.Context, log []Event, l clock.Line) string {
	text := ""
	for i, e := range log {
		at := lang.DateTime(ctx, e.At)
		changes := retargets(e, l)
		policy := e.Clock
		switch e.Kind {
		case VerbUrgent, VerbGrant, VerbPriority:
			if e.Kind == VerbUrgent && e.Code == Urgent && e.Clock == clock.FromStart && openedWith(log[:i]) {
				text += lang.T(ctx, "request.why.opened-urgent")
			}
			if !changes {
				continue
			}
			to := e.Code
			if to == Usual {
				to = "normal"
			}
			text += lang.T(ctx, "request.why."+to+"-"+named(policy), "at", at)
		case VerbRetarget:
			if !changes {
				continue
			}
			text += lang.T(ctx, "request.why.retarget-"+named(e.Why), "at", at, "version", e.Other)
		}
	}
	return text
}

// named is the policy of a change of targets as its words are keyed.
func named(policy string) string {
	if policy == clock.FromStart {
		return clock.FromStart
	}
	return clock.Carry
}

// openedWith says whether a log has nothing yet but what a request is opened with.
func openedWith(log []Event) bool {
	for _, e := range log {
		if e.Kind != VerbOpen && e.Kind != VerbName {
			return false
		}
	}
	return true
}

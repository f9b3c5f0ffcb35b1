package review

import (
	"context"
	"strconv"

	"neike/internal/kit/actor"
	"neike/internal/kit/sqldb"
	"neike/internal/talk"
	"neike/internal/todo"
)

// fillSlots puts what this room knows into the places that lower rooms leave for it.
func (s *Service) fillSlots() {
	s.Todo.AddVerb(todoJudge, todo.Verb{Label: "review.todo-judge", Icon: "checkbox", Own: true})
	s.Todo.AddVerb(todoDecide, todo.Verb{Label: "review.todo-decide", Icon: "checkbox", Own: true})
	s.Talk.AddPolicy(Kind, talk.Policy{About: s.talkAbout})
}

// talkAbout names the cases among the ids that the actor may open.
func (s *Service) talkAbout(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]talk.About, error) {
	cases, err := casesByID(ctx, rd, ids)
	if err != nil {
		return nil, err
	}
	a := actor.From(ctx)
	lines, err := s.lines(ctx, rd, scope{me: a.Person}, cases)
	if err != nil {
		return nil, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	out := make(map[int64]talk.About, len(lines))
	for _, l := range lines {
		if !l.Can && !a.System {
			continue
		}
		one := talk.About{Ref: l.Ref(), Link: link(l.ID)}
		if sv, ok := snap.ByID(l.Service); ok {
			one.Title = sv.Name.In(ctx)
		}
		out[l.ID] = one
	}
	return out, err
}

// link is the page of a case.
func link(id ID) string { return "/reviews/" + strconv.FormatInt(id, 10) }

// References name cases by the numbers of their requests, for the audit trail.
func References(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]string, error) {
	cases, err := casesByID(ctx, rd, ids)
	out := make(map[int64]string, len(cases))
	for _, c := range cases {
		out[c.ID] = c.Ref()
	}
	return out, err
}

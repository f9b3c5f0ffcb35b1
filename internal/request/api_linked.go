package request

import (
	"context"
	"net/http"
	"time"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// linkedJSON is another request on the wire. Of one that the caller may not see number and title are null.
type linkedJSON struct {
	Number      *string    `json:"number"`
	Title       *string    `json:"title"`
	State       State      `json:"state"`
	HoldingUnit string     `json:"holding_unit"`
	Provider    string     `json:"provider_unit" doc:"Owes the result: a delay is its own"`
	DueAt       *time.Time `json:"due_at"`
	Late        bool       `json:"late"`
	Duplicate   bool       `json:"duplicate,omitempty" doc:"Goes, or went, along with another request of the same customer"`
}

func linkedWire(tree *org.Tree, l Linked) linkedJSON {
	return linkedJSON{Number: words(l.Ref()), Title: words(l.Title), State: l.State, HoldingUnit: unitCode(tree, l.Unit),
		Provider: unitCode(tree, l.Provider), DueAt: moment1(l.Due), Late: l.Late, Duplicate: l.Duplicate}
}

// endedOutput says which parts were called off.
type endedOutput struct {
	Body struct {
		Ended []string   `json:"ended"`
		Left  []leftJSON `json:"left"`
	}
}

// leftJSON is a part that could not be called off.
type leftJSON struct {
	Number string `json:"number"`
	Reason string `json:"reason"`
}

// linkedCalls are the calls about more than one request.
func (s *Service) linkedCalls(m *web.Mux) {
	web.Op(m, web.Operation{ID: "link-request", Method: http.MethodPost, Path: "/api/v1/requests/{number}/links", Action: "request.link",
		Summary: "Say that it belongs together with another request that the caller may see, or take that back", Tag: "Requests"}, s.postLink)
	web.Op(m, web.Operation{ID: "set-watcher-of-request", Method: http.MethodPost, Path: "/api/v1/requests/{number}/watchers", Action: "request.let-watch",
		Summary: "Let a colleague watch it, or no longer", Tag: "Requests"}, s.postWatchers)
	web.Op(m, web.Operation{ID: "end-parts-of-request", Method: http.MethodPost, Path: "/api/v1/requests/{number}/end-parts", Action: "request.split",
		Summary: "Call off what a request was split into, as far as the caller asked for it", Tag: "Requests"}, s.postEndParts)
}

func (s *Service) postEndParts(ctx context.Context, in *acting[reasonBody]) (*endedOutput, error) {
	number, err := ParseRef(in.Number)
	if err != nil {
		return nil, err
	}
	var b reasonBody
	if in.Body != nil {
		b = *in.Body
	}
	when, err := b.when()
	if err != nil {
		return nil, err
	}
	ended, left, err := s.EndParts(ctx, number, b.Reason, when)
	if err != nil {
		return nil, err
	}
	out := &endedOutput{}
	out.Body.Ended, out.Body.Left = []string{}, []leftJSON{}
	for _, n := range ended {
		out.Body.Ended = append(out.Body.Ended, Ref(n))
	}
	for _, l := range left {
		out.Body.Left = append(out.Body.Left, leftJSON{Ref(l.Number), ui.ErrorsOf(ctx, l.Why, nil).Form})
	}
	return out, nil
}

// otherWord is how an event names the other request it is about: its number, when the reader may see that one.
func (v View) otherWord(ctx context.Context, e Event) string {
	for _, l := range append(v.Split[:len(v.Split):len(v.Split)], v.Links...) {
		if l.ID == e.Other && l.Seen {
			return Ref(l.Number)
		}
	}
	if v.Whole != nil && v.Whole.ID == e.Other && v.Whole.Seen {
		return Ref(v.Whole.Number)
	}
	return lang.T(ctx, "request.another")
}

package request

import (
	"context"
	"time"
)

// standInJSON is who acts in a customer's place on the wire.
type standInJSON struct {
	Person *string   `json:"person" doc:"工号"`
	For    *string   `json:"for" doc:"工号"`
	Until  time.Time `json:"until"`
}

// tiedJSON is a link on the wire.
type tiedJSON struct {
	Kind string     `json:"kind" enum:"related,follows,followed-by,blocked-by,blocks" doc:"As this request sees it"`
	To   linkedJSON `json:"to"`
	By   *string    `json:"by" doc:"工号"`
	At   time.Time  `json:"at"`
}

// togetherWire adds what the request goes along with and what it is linked with.
func (s *Service) togetherWire(ctx context.Context, v View, out *requestJSON) error {
	if v.Into != nil {
		into := linkedWire(v.Tree, *v.Into)
		out.MergedInto, out.Duplicate = &into, v.Duplicate
	}
	if v.May(VerbUnmerge) {
		m, _ := lastMerge(v.Log)
		until, err := s.undoMergeBy(ctx, v.Request, m)
		if err != nil {
			return err
		}
		out.MergeUndo = moment1(until)
	}
	for _, x := range standIns(v.Log) {
		out.StandIns = append(out.StandIns, standInJSON{Person: v.no(x.Person), For: v.no(x.By), Until: x.Until})
	}
	for _, l := range v.Along {
		out.Merged = append(out.Merged, linkedWire(v.Tree, l))
	}
	for _, t := range v.Tied {
		out.Links = append(out.Links, tiedJSON{Kind: t.Says, To: linkedWire(v.Tree, t.To), By: v.no(t.By), At: t.At})
	}
	return nil
}

type linkInput struct {
	Number string `path:"number" doc:"R-1024" example:"R-1024"`
	Body   struct {
		Kind  string `json:"kind" enum:"related,follows,blocked-by"`
		Other string `json:"other" doc:"Number of a request that the caller may see" example:"R-1025"`
		Stop  bool   `json:"stop,omitempty" doc:"Takes the link back"`
	}
}

func (s *Service) postLink(ctx context.Context, in *linkInput) (*answered, error) {
	number, err := ParseRef(in.Number)
	if err != nil {
		return nil, err
	}
	do := s.LinkTo
	if in.Body.Stop {
		do = s.Unlink
	}
	if err := do(ctx, number, LinkKind(in.Body.Kind), in.Body.Other); err != nil {
		return nil, err
	}
	return s.answer(ctx, Request{Number: number}, "")
}

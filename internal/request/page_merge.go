package request

import (
	"context"
	"net/http"
	"slices"

	"neike/internal/access"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// together is what a request goes along with, what goes along with it, and what it is linked with.
type together struct {
	Into  []ui.ListItemProps
	Note  string // what becomes of its clocks, and until when the merge may be taken back
	Along []ui.ListItemProps
	// AlongNote says what becomes of those.
	AlongNote string
	Ties      []tieLine
	May       bool
	Kinds     []ui.Option
	Number    int64
	Mark      string // where the serving side makes a known problem of it; "": nowhere
}

// tieLine is one link, with what takes it back.
type tieLine struct {
	Item  ui.ListItemProps
	Ref   string
	Kind  string
	Label string
}

// togetherOf arranges it for the page.
func (s *Service) togetherOf(ctx context.Context, v View) (together, error) {
	t := together{Number: v.Number, May: v.mayLink()}
	if v.Side == ProviderSide && !v.Confidential && access.May("request.note", v.Set, false) {
		t.Mark = "/problems/new?request=" + v.Ref()
	}
	if v.Into != nil {
		t.Into = []ui.ListItemProps{linkedLine(ctx, v, *v.Into)}
		if !v.Into.Seen {
			t.Into[0].Title = lang.T(ctx, "request.merged-unseen")
		}
		if t.Note = lang.T(ctx, "request.merged-clock"); v.Duplicate {
			t.Note = lang.T(ctx, "request.duplicate-clock")
		}
		if v.May(VerbUnmerge) {
			m, _ := lastMerge(v.Log)
			until, err := s.undoMergeBy(ctx, v.Request, m)
			if err != nil {
				return t, err
			}
			t.Note += lang.T(ctx, "request.merge-undo-until", "at", lang.At(ctx, until))
		}
	}
	t.AlongNote = lang.T(ctx, "request.along-note")
	for _, l := range v.Along {
		t.Along = append(t.Along, linkedLine(ctx, v, l))
	}
	if slices.ContainsFunc(v.Along, func(l Linked) bool { return l.Duplicate }) {
		t.AlongNote += " " + lang.T(ctx, "request.along-duplicates")
	}
	for _, x := range v.Tied {
		line := tieLine{Item: linkedLine(ctx, v, x.To), Ref: Ref(x.To.Number), Kind: string(x.Kind)}
		line.Item.Note = lang.T(ctx, "request.link."+x.Says) + " · " + line.Item.Note
		line.Label = lang.T(ctx, "request.unlink-name", "number", line.Ref)
		t.Ties = append(t.Ties, line)
	}
	for _, k := range LinkKinds {
		t.Kinds = append(t.Kinds, ui.Option{Value: string(k), Text: lang.T(ctx, "request.link."+string(k))})
	}
	return t, nil
}

// sameOffered is how many open requests the form of a merge offers.
const sameOffered = 20

// sameOptions are open requests for the same service, those with the most words in common first.
func (s *Service) sameOptions(ctx context.Context, v View) ([]ui.Option, error) {
	var list []Request
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		list, err = likeIt(ctx, rd, v.Request, sameOffered)
		return err
	})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	out := []ui.Option{{Text: lang.T(ctx, "request.merge-choose"), Selected: true}}
	for _, r := range list {
		text := r.Ref() + " " + r.Title + " · " + v.Tree.Name(ctx, r.Customer)
		if v.duplicateOf(r) {
			text += " · " + lang.T(ctx, "request.merge-same")
		}
		out = append(out, ui.Option{Value: r.Ref(), Text: text})
	}
	return out, nil
}

// linkTyped is what a person put into the form of a link.
type linkTyped struct {
	Kind  string `form:"kind"`
	Other string `form:"other"`
	Stop  bool   `form:"stop"`
}

// submitLink links a request, or takes a link back.
func (s *Service) submitLink(w http.ResponseWriter, r *http.Request) error {
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	var in linkTyped
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	word, do := "request.done.link", s.LinkTo
	if in.Stop {
		word, do = "request.done.unlink", s.Unlink
	}
	err = do(ctx, number, LinkKind(in.Kind), in.Other)
	switch kind := fault.KindOf(err); {
	case err == nil:
		web.Toast(w, r, lang.T(ctx, word), "")
		return web.See(w, r, link(number)+"#together")
	case kind == fault.Invalid || kind == fault.Conflict:
		return s.showRefusal(w, r, number, typed{}, inOne(err))
	}
	return err
}

// inOne is a refusal as one sentence of the page.
func inOne(err error) error {
	if f, ok := fault.As(err); ok && len(f.Fields) > 0 {
		return fault.New(fault.Conflict, f.Fields[0].Key)
	}
	return err
}

package request

import (
	"context"
	"net/http"
	"slices"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// boardMost is how many requests a board shows; the rest is said to be left out.
const boardMost = 200

// boardView is the queue as cards in columns.
type boardView struct {
	Columns []boardColumn
	Groups  []ui.SegmentProps
	More    bool // there is more than the board shows
	Back    string
}

// boardColumn is a column: its cards, and what a card moved there becomes.
type boardColumn struct {
	Key, Title string
	Cards      []boardCard
}

// boardCard is a request on the board, with the columns it may be moved to.
type boardCard struct {
	row
	At    string // the column it is in
	To    []ui.Option
	Shift bool // it may be moved
}

// board makes columns of the open requests of a queue.
func (s *Service) board(ctx context.Context, in asking, page web.Page[Line], rows []row) boardView {
	v := boardView{More: page.NextCursor != "", Back: in.href("/queue")}
	for _, g := range []string{"", "assignee", "day"} {
		v.Groups = append(v.Groups, ui.SegmentProps{Text: lang.T(ctx, "request.board.by-"+groupName(g)), Href: in.href("/queue", "group", g), On: in.Group == g})
	}
	add := func(key, title string) *boardColumn {
		if i := slices.IndexFunc(v.Columns, func(c boardColumn) bool { return c.Key == key }); i >= 0 {
			return &v.Columns[i]
		}
		v.Columns = append(v.Columns, boardColumn{Key: key, Title: title})
		return &v.Columns[len(v.Columns)-1]
	}
	switch in.Group {
	case "assignee":
		add("none", lang.T(ctx, "request.unassigned"))
	case "day":
	default:
		for _, st := range []State{StateNew, StateWorking, StateWaiting, StateDelivered} {
			add(string(st), lang.T(ctx, "request.state."+string(st)))
		}
	}
	for i, l := range page.Items {
		key, title := string(l.State), ""
		switch {
		case in.Group == "assignee" && l.Assignee == 0:
			key = "none"
		case in.Group == "assignee":
			key, title = l.Holder.No, l.Holder.Plain(ctx)
		case in.Group == "day" && (l.NextDue.Equal(never) || l.State == StateWaiting):
			key, title = "never", lang.T(ctx, "request.nothing-due")
		case in.Group == "day":
			key, title = l.NextDue.In(lang.Zone(ctx)).Format("2006-01-02"), lang.Date(ctx, l.NextDue)
		}
		c := add(key, title)
		c.Cards = append(c.Cards, boardCard{row: rows[i], At: key})
	}
	if in.Group == "day" {
		return v
	}
	for i := range v.Columns {
		for j := range v.Columns[i].Cards {
			card := &v.Columns[i].Cards[j]
			card.To = moves(in.Group, card.At, v.Columns)
			card.Shift = len(card.To) > 0
		}
	}
	return v
}

// moves are the columns to which a card may go, those that lead on before the one back.
func moves(group, at string, columns []boardColumn) []ui.Option {
	var on, back []ui.Option
	for _, c := range columns {
		o := ui.Option{Value: c.Key, Text: c.Title}
		if c.Key == at {
			continue
		}
		if group == "" {
			if _, err := cardMoved(State(at), State(c.Key)); err != nil {
				continue
			}
			if State(c.Key) == StateNew {
				back = append(back, o)
				continue
			}
		}
		on = append(on, o)
	}
	return append(on, back...)
}

func groupName(g string) string {
	if g == "" {
		return "state"
	}
	return g
}

// cardMoved is the verb that moving a card from one state to another means; a refusal says why there is none.
func cardMoved(from, to State) (Verb, error) {
	switch {
	case from == to:
		return "", nil
	case to == StateWorking && from == StateNew:
		return VerbTake, nil
	case to == StateNew && from == StateWorking:
		return VerbPutBack, nil
	case to == StateWaiting && from == StateWorking:
		return VerbAsk, nil
	case to == StateDelivered && (from == StateWorking || from == StateWaiting):
		return VerbDeliver, nil
	case from == StateWaiting:
		return "", fault.New(fault.Conflict, "request.board.customer-answers")
	case from == StateDelivered:
		return "", fault.New(fault.Conflict, "request.board.customer-accepts")
	case from == StateNew:
		return "", fault.New(fault.Conflict, "request.not-taken")
	}
	return "", fault.New(fault.Conflict, "request.board.no-way")
}

// submitMove does what moving a card means. A verb that takes words leads to its own page, which leads back.
func (s *Service) submitMove(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in struct {
		Number string `form:"n"`
		To     string `form:"to"`
		Group  string `form:"group"`
		Back   string `form:"back"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	back := web.Local(in.Back, "/queue?look=board")
	number, err := ParseRef(in.Number)
	if err != nil {
		return err
	}
	now, err := s.ByNumber(ctx, number)
	if err != nil {
		return err
	}
	verb := VerbAssign
	switch {
	case in.Group == "assignee" && in.To == "none":
		verb = VerbPutBack
	case in.Group != "assignee":
		verb, err = cardMoved(now.State, State(in.To))
	}
	if err == nil && (verb == VerbAsk || verb == VerbDeliver) {
		if _, err = allowed(now.State, verb); err == nil {
			return web.See(w, r, link(number)+"/"+string(verb))
		}
	}
	do := map[Verb]one{VerbTake: s.taking, VerbAssign: s.assigning(in.To), VerbPutBack: func(ctx context.Context, n int64) (Request, error) { return s.PutBack(ctx, n, When{}) }}[verb]
	if err == nil && do != nil {
		done, err := s.Many(ctx, verb, []string{now.Ref()}, do)
		return s.answerMany(w, r, done, err, map[Verb]string{VerbTake: "request.queue.took", VerbAssign: "request.queue.assigned", VerbPutBack: "request.queue.undone"}[verb], back)
	}
	if err != nil {
		if k := fault.KindOf(err); k != fault.Conflict && k != fault.Invalid {
			return err
		}
		web.Toast(w, r, said(ctx, err), "")
	}
	return web.See(w, r, back)
}

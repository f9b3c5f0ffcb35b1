package request

import (
	"context"
	"strconv"
	"time"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/talk"
)

// conversation is the exchange with what happened between the words: both in the order of time.
func (s *Service) conversation(ctx context.Context, m material) ui.ConversationProps {
	p := talk.Props(ctx, m.entries, talk.View{ID: "talk", Customer: m.Customer, Hidden: m.Tree.FullName(ctx, m.Customer),
		Ask: lang.T(ctx, "request.said.ask"), Unread: m.unread, Empty: lang.T(ctx, "request.talk-empty")})
	offerPromises(ctx, m.View, m.entries, p.Messages)
	spoken := make(map[int64]ui.MessageProps, len(m.entries))
	for i, e := range m.entries {
		spoken[e.ID] = p.Messages[i]
	}
	var out []ui.MessageProps
	for _, e := range m.Log {
		if m.show == "notes" && e.Kind != VerbNote || m.show == "customer" && e.Kind == VerbNote {
			delete(spoken, e.Message)
			continue
		}
		if e.Message != 0 {
			msg, ok := spoken[e.Message]
			if !ok {
				continue // longer ago than the page shows
			}
			delete(spoken, e.Message)
			if e.For != 0 {
				msg.Person = m.doer(ctx, e)
			}
			if e.Kind == VerbDeliver || e.Kind == VerbAnswer || e.Kind == VerbNudge {
				msg.Kind, msg.Tag, msg.Icon = string(e.Kind), lang.T(ctx, "request.said."+string(e.Kind)), looks[e.Kind].icon
			}
			out = append(out, msg)
			continue
		}
		if text := happenedText(ctx, m.View, e); text != "" {
			out = append(out, ui.MessageProps{Kind: "system", Icon: iconOf(e.Kind), Text: text, When: lang.Short(ctx, e.At), At: e.At.Format(time.RFC3339)})
		}
	}
	for i, e := range m.entries { // written by other rooms
		if _, left := spoken[e.ID]; left && m.show != "notes" {
			out = append(out, p.Messages[i])
		}
	}
	p.Messages = out
	return p
}

func iconOf(v Verb) string {
	switch v {
	case VerbOpen:
		return "send"
	case VerbMessage:
		return "message"
	case VerbNote:
		return "lock"
	case VerbRoute:
		return "users"
	case VerbDue, VerbRetarget:
		return "calendar-event"
	}
	return looks[v].icon
}

// happenedText is an event in one sentence.
func happenedText(ctx context.Context, v View, e Event) string {
	if e.Kind == VerbDue || e.Kind == VerbRetarget {
		return v.dues[e.N]
	}
	if e.Kind == VerbRoute {
		return routeText(ctx, v, e)
	}
	if e.Kind == VerbUrgent || e.Kind == VerbGrant || e.Kind == VerbPriority {
		return priorityText(ctx, v, e)
	}
	if causeVerbs[e.Kind] != nil {
		return causeText(ctx, v, e)
	}
	if e.Kind == VerbPropose || e.Kind == VerbAgree {
		return dateText(ctx, v, e)
	}
	key := "request.did." + string(e.Kind)
	if e.Kind == VerbOpen && v.LoggedBy != 0 {
		key = "request.did.log"
	}
	if e.Kind == VerbSucceed || e.Kind == VerbFollow {
		key += "-" + string(e.Side)
	}
	if e.Kind == VerbAssign && e.Person == e.Actor {
		key = "request.did.take"
	}
	if e.Kind == VerbStage && e.Code == "" {
		key += "-none"
	}
	if e.Kind == VerbAccept && e.Side == HouseSide {
		key = "request.did.accept-house"
	}
	switch {
	case e.Code != codeDuplicate:
	case e.Kind == VerbMerge:
		key += "-duplicate"
	case e.Kind == VerbDeliver, e.Kind == VerbReturn, e.Kind == VerbAccept:
		key += "-along"
	}
	text := lang.T(ctx, key, "who", v.doer(ctx, e), "person", v.People[e.Person].Display(ctx), "customer", v.People[v.AskedBy].Display(ctx), "via", viaWord(ctx, v.Via), "unit", v.Tree.FullName(ctx, e.Unit), "number", Ref(e.Other), "other", v.about(ctx, e))
	if e.Why != "" {
		text += lang.T(ctx, "request.because", "why", e.Why)
	}
	return text
}

// about is what an event names beside people and the unit that has it: the unit that owes the result, or another request.
func (v View) about(ctx context.Context, e Event) string {
	switch e.Kind {
	case VerbStage:
		if v.service != nil {
			if x, ok := v.service.StageOf(e.Code); ok {
				return x.Name.In(ctx)
			}
		}
		return e.Code
	case VerbFollow:
		return v.Tree.FullName(ctx, e.Other)
	case VerbSplit, VerbPart, VerbPartAgain, VerbMerge, VerbUnmerge, VerbTakeIn, VerbLetGo:
		return v.otherWord(ctx, e)
	}
	return ""
}

// timeline is everything that happened, newest first.
func timeline(ctx context.Context, v View) []ui.TimelineItem {
	out := make([]ui.TimelineItem, 0, len(v.Log))
	for i := len(v.Log) - 1; i >= 0; i-- {
		e := v.Log[i]
		item := ui.TimelineItem{When: lang.Short(ctx, e.At), At: e.At.Format(time.RFC3339), Icon: iconOf(e.Kind), Text: happenedText(ctx, v, e)}
		if e.Imported {
			item.Note = lang.T(ctx, "request.imported")
		}
		if e.Message != 0 {
			item.Href = "#m-" + strconv.FormatInt(e.Message, 10)
		}
		out = append(out, item)
	}
	return out
}

package delivery

import (
	"context"
	"net/http"

	"neike/internal/kit/fault"
	"neike/internal/kit/web"
)

// deliveryWhenBody is what an import adds to the body of every verb.
type deliveryWhenBody struct {
	At string `json:"at,omitempty" format:"date-time" doc:"Import scope only: when it happened" example:"2026-11-20T09:30:00+08:00"`
	By string `json:"by,omitempty" doc:"Import scope only: 工号 of who did it" example:"00123"`
}

func (b deliveryWhenBody) when() (When, error) {
	at, ok := instantText(b.At)
	var f fault.Fields
	if !ok {
		f.Add("at", "delivery.not-a-time", "value", b.At)
	}
	return When{At: at, By: b.By}, f.Err()
}

// The bodies of the verbs. Every one may be left out where nothing in it is needed.
type (
	deliveryPlainBody struct {
		deliveryWhenBody
	}
	deliveryGoodsBody struct {
		Text     string   `json:"text,omitempty" example:"11 月工资已发放"`
		Quantity string   `json:"quantity,omitempty" example:"120.5"`
		Files    []string `json:"files,omitempty" doc:"Ids of uploaded files"`
		deliveryWhenBody
	}
	deliveryTextBody struct {
		Text  string   `json:"text" example:"请补上附件"`
		Files []string `json:"files,omitempty" doc:"Ids of uploaded files"`
		deliveryWhenBody
	}
	deliveryReasonBody struct {
		Reason string `json:"reason" example:"缺少华东区的数据"`
		deliveryWhenBody
	}
	deliveryRateBody struct {
		Score   int    `json:"score" minimum:"1" maximum:"5" doc:"Never preset" example:"5"`
		Comment string `json:"comment,omitempty"`
		Share   bool   `json:"share,omitempty" doc:"The provider may read the comment"`
		deliveryWhenBody
	}
)

// deliveryActing is a verb's input: the path and a body that may be missing.
type deliveryActing[B any] struct {
	web.IfMatch
	Number string `path:"number" doc:"D-1024" example:"D-1024"`
	Body   *B     `required:"false"`
}

// verb adds one use case as a call.
func verb[B interface{ when() (When, error) }](s *Service, m *web.Mux, v Verb, summary string, do func(ctx context.Context, number int64, b B, when When) (Delivery, error)) {
	web.Op(m, web.Operation{ID: string(v) + "-delivery", Method: http.MethodPost, Path: "/api/v1/deliveries/{number}/" + string(v),
		Action: action(v), Summary: summary, Tag: "Deliveries"}, func(ctx context.Context, in *deliveryActing[B]) (*deliveryOutput, error) {
		number, err := ParseRef(in.Number)
		if err != nil {
			return nil, err
		}
		var b B
		if in.Body != nil {
			b = *in.Body
		}
		when, err := b.when()
		if err != nil {
			return nil, err
		}
		when.On = in.IfMatch
		d, err := do(ctx, number, b, when)
		if err != nil {
			return nil, err
		}
		return s.answer(ctx, d.Number, when.By)
	})
}

func (s *Service) verbCalls(m *web.Mux, _ string) {
	verb(s, m, VerbDeliver, "Hand it over", func(ctx context.Context, n int64, b deliveryGoodsBody, w When) (Delivery, error) {
		files, err := fileIDs(b.Files)
		if err != nil {
			return Delivery{}, err
		}
		return s.Deliver(ctx, n, Goods{b.Text, files, b.Quantity}, w)
	})
	verb(s, m, VerbAccept, "Accept it", func(ctx context.Context, n int64, _ deliveryPlainBody, w When) (Delivery, error) {
		return s.Accept(ctx, n, w)
	})
	verb(s, m, VerbRate, "Rate it, once per person", func(ctx context.Context, n int64, b deliveryRateBody, w When) (Delivery, error) {
		return s.Rate(ctx, n, Rating{Score: b.Score, Comment: b.Comment, Share: b.Share}, w)
	})
	verb(s, m, VerbMessage, "Say something to the other side", func(ctx context.Context, n int64, b deliveryTextBody, w When) (Delivery, error) {
		files, err := fileIDs(b.Files)
		if err != nil {
			return Delivery{}, err
		}
		return s.Message(ctx, n, b.Text, files, w)
	})
	for _, v := range []struct {
		verb    Verb
		summary string
		do      func(context.Context, int64, string, When) (Delivery, error)
	}{
		{VerbReturn, "Send it back", s.Return},
		{VerbSkip, "Leave it out, or agree to", s.Skip},
		{VerbAskSkip, "Ask the customer to leave it out", s.AskSkip},
		{VerbRefuseSkip, "Want it nevertheless", s.RefuseSkip},
		{VerbContest, "Say that it is not ours: it counts as nothing until that is settled", s.Contest},
		{VerbUphold, "Settle a contest: it is the customer's and counts", s.Uphold},
		{VerbDrop, "Settle a contest: it is not, and counts as nothing", s.Drop},
		{VerbCancel, "Take back what was pushed or fed by mistake", s.Cancel},
	} {
		verb(s, m, v.verb, v.summary, func(ctx context.Context, n int64, b deliveryReasonBody, w When) (Delivery, error) {
			return v.do(ctx, n, b.Reason, w)
		})
	}
}

package request

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"neike/internal/kit/web"
)

// The bodies of the verbs. Every one may be left out where nothing in it is needed.
type (
	plainBody struct {
		whenBody
	}
	assignBody struct {
		Person string `json:"person" doc:"工号 of an agent of the holding unit" example:"00123"`
		Beyond string `json:"beyond,omitempty" doc:"assign: why the colleague gets more than the unit's limit of work in hand; for its head" example:"客户明天开工"`
		whenBody
	}
	takeBody struct {
		Beyond string `json:"beyond,omitempty" doc:"Why the caller gets more than the unit's limit of work in hand; for its head" example:"客户明天开工"`
		whenBody
	}
	declineBody struct {
		Unit   string `json:"unit" doc:"Code of the unit that should do it" example:"it"`
		Reason string `json:"reason" example:"金额与附件不符"`
		Person string `json:"person,omitempty" doc:"Of a confidential request: 工号 of who in that unit goes on with it" example:"00123"`
		whenBody
	}
	textBody struct {
		Text  string   `json:"text" example:"已办妥，请查收"`
		Files []string `json:"files,omitempty" doc:"Ids of uploaded files"`
		whenBody
	}
	answerBody struct {
		Text   string         `json:"text,omitempty" example:"补充如下"`
		Fields map[string]any `json:"fields,omitempty" doc:"Corrected answers of the form"`
		Files  []string       `json:"files,omitempty" doc:"Ids of uploaded files"`
		whenBody
	}
	handOverBody struct {
		Unit   string `json:"unit" doc:"Code of the unit that has it in hand from now on" example:"it"`
		Reason string `json:"reason" example:"需要信息技术部开通权限"`
		Person string `json:"person,omitempty" doc:"Of a confidential request: 工号 of who in that unit may see it" example:"00123"`
		whenBody
	}
	splitBody struct {
		Service string         `json:"service" doc:"Code of a service of another unit" example:"it.account"`
		Title   string         `json:"title" maxLength:"200"`
		Fields  map[string]any `json:"fields,omitempty" doc:"Answers of that service's form; nothing of the whole is copied"`
		Named   []string       `json:"named,omitempty" doc:"Of a confidential request: 工号 of who may see the part; default: the heads of the unit that is asked"`
		whenBody
	}
	standInBody struct {
		Person string `json:"person" doc:"工号 of who stands in" example:"00123"`
		Until  string `json:"until" format:"date-time" doc:"Until when, at most a year ahead" example:"2026-12-04T18:00:00+08:00"`
		whenBody
	}
	takeOverBody struct {
		Person string `json:"person,omitempty" doc:"工号 of a colleague of the customer unit; without one the caller takes over from a customer who has left" example:"00123"`
		whenBody
	}
	mergeBody struct {
		Into string `json:"into" doc:"Number of the request that is worked on in its place" example:"R-1024"`
		Text string `json:"text,omitempty" doc:"Said to its customer; counts as a first response" example:"与同类问题一并处理，好了会通知您"`
		whenBody
	}
	deliverBody struct {
		Text   string   `json:"text" example:"已办妥，请查收"`
		Files  []string `json:"files,omitempty" doc:"Ids of uploaded files"`
		Others string   `json:"others,omitempty" doc:"Said to the customers of the requests that go along with it; they do not read text"`
		whenBody
	}
	settleBody struct {
		Unit   string `json:"unit,omitempty" doc:"Code of the unit that is to do it; without one it stays where it is" example:"it"`
		Reason string `json:"reason" example:"设备归口信息技术部"`
		Person string `json:"person,omitempty" doc:"工号 of who in the other unit goes on with it; needed when a confidential request is moved, otherwise not read" example:"1012"`
		whenBody
	}
	reasonBody struct {
		Reason string `json:"reason" example:"金额与附件不符"`
		whenBody
	}
	rateBody struct {
		Score   int      `json:"score" minimum:"1" maximum:"5" doc:"Never preset" example:"5"`
		Reasons []string `json:"reasons,omitempty"`
		Comment string   `json:"comment,omitempty"`
		Share   bool     `json:"share,omitempty" doc:"The agent may read reasons and comment"`
		whenBody
	}
	dateBody struct {
		DueAt  string `json:"due_at" format:"date-time" doc:"The date proposed, in the future" example:"2026-12-04T17:00:00+08:00"`
		Reason string `json:"reason" example:"金额与附件不符"`
		whenBody
	}
	stageBody struct {
		Stage string `json:"stage" doc:"Code of a stage of the service; none: no stage" example:"s2"`
		Text  string `json:"text" required:"false" doc:"What is to be said of it" example:"合同已送对方盖章"`
		whenBody
	}
	agreeBody struct {
		Agree *bool `json:"agree" doc:"false: the due time stays"`
		whenBody
	}
	causeBody struct {
		Clock string `json:"clock,omitempty" doc:"Which late clock: completion, first_response, next_response or, of a turn, next_response:2; default: the first that waits for this" example:"completion"`
		Cause Cause  `json:"cause" enum:"own,customer,third,force" doc:"own, its customer, another unit, force majeure"`
		Unit  string `json:"unit,omitempty" doc:"third: code of that unit" example:"it"`
		Text  string `json:"text" doc:"One sentence" example:"供应商停产两天"`
		whenBody
	}
	causeAnswerBody struct {
		Clock string `json:"clock,omitempty" doc:"Which late clock: completion, first_response, next_response or, of a turn, next_response:2; default: the first that waits for this" example:"completion"`
		Text  string `json:"text,omitempty" doc:"cause-dispute: why not" example:"资料当天就补齐了"`
		whenBody
	}
	contestBody struct {
		Reason string `json:"reason" example:"这个问题表单里已经填过"`
		Pause  int    `json:"pause,omitempty" doc:"n of the question in the timeline; default: the last one"`
		whenBody
	}
	priorityBody struct {
		Priority string `json:"priority" enum:"normal,urgent"`
		Reason   string `json:"reason" example:"客户明天开工"`
		Policy   string `json:"policy,omitempty" enum:"carry,from_start" doc:"What happens to the time that is used: it counts towards the new target, or as if that had held from the beginning; default carry"`
		whenBody
	}
	nudgeBody struct {
		Text string `json:"text,omitempty" example:"补充如下"`
		whenBody
	}
)

// acting is a verb's input: the path and a body that may be missing.
type acting[B any] struct {
	web.IfMatch
	Number string `path:"number" doc:"R-1024" example:"R-1024"`
	Body   *B     `required:"false"`
}

// verb adds one use case as a call. do gets the number, the body (zero when missing) and its time.
func verb[B interface{ when() (When, error) }](s *Service, m *web.Mux, v Verb, summary string, do func(ctx context.Context, number int64, b B, when When) (Request, error)) {
	web.Op(m, web.Operation{ID: string(v) + "-request", Method: http.MethodPost, Path: "/api/v1/requests/{number}/" + string(v),
		Action: action(v), Summary: summary, Tag: "Requests"}, func(ctx context.Context, in *acting[B]) (*answered, error) {
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
		r, err := do(ctx, number, b, when)
		if err != nil {
			return nil, err
		}
		return s.answer(ctx, r, when.By)
	})
}

func (s *Service) verbCalls(m *web.Mux, _ string) {
	verb(s, m, VerbTake, "Take it", func(ctx context.Context, n int64, b takeBody, w When) (Request, error) {
		w.Beyond = b.Beyond
		return s.Take(ctx, n, w)
	})
	verb(s, m, VerbAssign, "Give it to a colleague", func(ctx context.Context, n int64, b assignBody, w When) (Request, error) {
		w.Beyond = b.Beyond
		return s.Assign(ctx, n, b.Person, w)
	})
	verb(s, m, VerbPutBack, "Give it back to the queue: nobody has it then", func(ctx context.Context, n int64, _ plainBody, w When) (Request, error) {
		return s.PutBack(ctx, n, w)
	})
	verb(s, m, VerbDecline, "Name the right unit, which goes on with it", func(ctx context.Context, n int64, b declineBody, w When) (Request, error) {
		return s.Decline(ctx, n, b.Unit, b.Reason, b.Person, w)
	})
	verb(s, m, VerbHandOver, "Hand it over to another unit; who was asked goes on owing the result", func(ctx context.Context, n int64, b handOverBody, w When) (Request, error) {
		return s.HandOver(ctx, n, b.Unit, b.Reason, b.Person, w)
	})
	verb(s, m, VerbSplit, "Ask another unit for a part of it; parts lists what it was split into", func(ctx context.Context, n int64, b splitBody, w When) (Request, error) {
		_, err := s.Split(ctx, n, Part{Service: b.Service, Title: b.Title, Fields: b.Fields, Named: b.Named}, w)
		return Request{Number: n}, err
	})
	verb(s, m, VerbSettle, "Decide who does what was handed over three times (quality office; of a confidential one a security officer who opened it)", func(ctx context.Context, n int64, b settleBody, w When) (Request, error) {
		return s.Settle(ctx, n, b.Unit, b.Reason, b.Person, w)
	})
	verb(s, m, VerbAsk, "Ask the customer for what is missing", func(ctx context.Context, n int64, b textBody, w When) (Request, error) {
		return texted(ctx, n, b, w, s.AskBack)
	})
	verb(s, m, VerbAnswer, "Answer what was asked", func(ctx context.Context, n int64, b answerBody, w When) (Request, error) {
		files, err := fileIDs(b.Files)
		if err != nil {
			return Request{}, err
		}
		return s.Answer(ctx, n, b.Text, b.Fields, files, w)
	})
	verb(s, m, VerbDeliver, "Hand over the result; what goes along with it is delivered, too", func(ctx context.Context, n int64, b deliverBody, w When) (Request, error) {
		files, err := fileIDs(b.Files)
		if err != nil {
			return Request{}, err
		}
		return s.DeliverAll(ctx, n, b.Text, b.Others, files, w)
	})
	verb(s, m, VerbStandIn, "Let a colleague answer, accept and return in the caller's place until a moment", func(ctx context.Context, n int64, b standInBody, w When) (Request, error) {
		until, err := instant("until", b.Until)
		return s.NameStandIn(ctx, n, b.Person, until, err != nil, w)
	})
	verb(s, m, VerbStandDown, "End that: the one named, or the first; who stands in steps down", func(ctx context.Context, n int64, b takeOverBody, w When) (Request, error) {
		return s.StandDown(ctx, n, b.Person, w)
	})
	verb(s, m, VerbTakeOver, "A colleague of the customer unit is its customer from now on", func(ctx context.Context, n int64, b takeOverBody, w When) (Request, error) {
		return s.TakeOver(ctx, n, b.Person, w)
	})
	verb(s, m, VerbMerge, "Let it go along with another request for the same; its customer goes on reading the own one alone", func(ctx context.Context, n int64, b mergeBody, w When) (Request, error) {
		return s.Merge(ctx, n, b.Into, b.Text, w)
	})
	verb(s, m, VerbUnmerge, "Take a merge back within a working day; its clocks count as if it had never been", func(ctx context.Context, n int64, _ plainBody, w When) (Request, error) {
		return s.Unmerge(ctx, n, w)
	})
	verb(s, m, VerbReturn, "Send the delivery back", func(ctx context.Context, n int64, b reasonBody, w When) (Request, error) {
		return s.Return(ctx, n, b.Reason, w)
	})
	verb(s, m, VerbAccept, "Accept the delivery", func(ctx context.Context, n int64, _ plainBody, w When) (Request, error) {
		return s.Accept(ctx, n, w)
	})
	verb(s, m, VerbRate, "Rate it, once per person", func(ctx context.Context, n int64, b rateBody, w When) (Request, error) {
		return s.Rate(ctx, n, Rating{Score: b.Score, Reasons: b.Reasons, Comment: b.Comment, Share: b.Share}, w)
	})
	verb(s, m, VerbNudge, "Urge (at most once in four working hours, three times in all)", func(ctx context.Context, n int64, b nudgeBody, w When) (Request, error) {
		return s.Nudge(ctx, n, b.Text, w)
	})
	verb(s, m, VerbWithdraw, "Take it back before anybody has taken it", func(ctx context.Context, n int64, _ plainBody, w When) (Request, error) {
		return s.Withdraw(ctx, n, w)
	})
	verb(s, m, VerbCancel, "Call it off", func(ctx context.Context, n int64, b reasonBody, w When) (Request, error) {
		return s.Cancel(ctx, n, b.Reason, w)
	})
	verb(s, m, VerbConfirm, "Confirm what an agent wrote down for one", func(ctx context.Context, n int64, _ plainBody, w When) (Request, error) {
		return s.Confirm(ctx, n, w)
	})
	verb(s, m, VerbDisown, "Say that one did not ask for what an agent wrote down", func(ctx context.Context, n int64, b reasonBody, w When) (Request, error) {
		return s.Disown(ctx, n, b.Reason, w)
	})
	verb(s, m, VerbMessage, "Say something to the other side", func(ctx context.Context, n int64, b textBody, w When) (Request, error) {
		return texted(ctx, n, b, w, s.Message)
	})
	verb(s, m, VerbNote, "Write an internal note", func(ctx context.Context, n int64, b textBody, w When) (Request, error) {
		return texted(ctx, n, b, w, s.Note)
	})
	verb(s, m, VerbName, "Let one more person see a confidential request", func(ctx context.Context, n int64, b assignBody, w When) (Request, error) {
		return s.Name(ctx, n, b.Person, w)
	})
	verb(s, m, VerbPropose, "Propose another date; the customer answers", func(ctx context.Context, n int64, b dateBody, w When) (Request, error) {
		to, err := instant("due_at", b.DueAt)
		return s.ProposeDate(ctx, n, Date{To: to, Unreadable: err != nil, Reason: b.Reason}, w)
	})
	verb(s, m, VerbStage, "Say how far the work is: a stage of the service, or none", func(ctx context.Context, n int64, b stageBody, w When) (Request, error) {
		return s.SetStage(ctx, n, b.Stage, b.Text, w)
	})
	verb(s, m, VerbAgree, "Agree to the date proposed, or not", func(ctx context.Context, n int64, b agreeBody, w When) (Request, error) {
		return s.AgreeDate(ctx, n, b.Agree, w)
	})
	verb(s, m, VerbCause, "Say why a clock was late", func(ctx context.Context, n int64, b causeBody, w When) (Request, error) {
		return s.StateCause(ctx, n, CauseSaid{b.Clock, b.Cause, b.Unit, b.Text}, w)
	})
	verb(s, m, VerbCauseAgree, "Accept the cause", func(ctx context.Context, n int64, b causeAnswerBody, w When) (Request, error) {
		return s.AgreeCause(ctx, n, CauseSaid{Clock: b.Clock}, w)
	})
	verb(s, m, VerbCauseDispute, "Dispute the cause; the quality office decides", func(ctx context.Context, n int64, b causeAnswerBody, w When) (Request, error) {
		return s.DisputeCause(ctx, n, CauseSaid{Clock: b.Clock, Text: b.Text}, w)
	})
	verb(s, m, VerbCauseDecide, "Decide a disputed cause", func(ctx context.Context, n int64, b causeBody, w When) (Request, error) {
		return s.DecideCause(ctx, n, CauseSaid{b.Clock, b.Cause, b.Unit, b.Text}, w)
	})
	verb(s, m, VerbContest, "Say that a question was not needed, so that its pause should count", func(ctx context.Context, n int64, b contestBody, w When) (Request, error) {
		return s.Contest(ctx, n, b.Pause, b.Reason, w)
	})
	verb(s, m, VerbAppeal, "Turn to the quality office about a pause that the head found needed", func(ctx context.Context, n int64, b reasonBody, w When) (Request, error) {
		return s.Appeal(ctx, n, b.Reason, w)
	})
	verb(s, m, VerbVoid, "Find that a contested pause was not needed: its time counts", func(ctx context.Context, n int64, b reasonBody, w When) (Request, error) {
		return s.VoidPause(ctx, n, b.Reason, w)
	})
	verb(s, m, VerbKeep, "Find that a contested pause was needed", func(ctx context.Context, n int64, b reasonBody, w When) (Request, error) {
		return s.KeepPause(ctx, n, b.Reason, w)
	})
	verb(s, m, VerbUrgent, "Say that it is urgent; beyond the unit's share of the month its head agrees", func(ctx context.Context, n int64, b reasonBody, w When) (Request, error) {
		return s.AskUrgent(ctx, n, b.Reason, w)
	})
	verb(s, m, VerbGrant, "Agree to urgency beyond the share, or not", func(ctx context.Context, n int64, b agreeBody, w When) (Request, error) {
		return s.GrantUrgent(ctx, n, b.Agree, w)
	})
	verb(s, m, VerbPriority, "Change the priority", func(ctx context.Context, n int64, b priorityBody, w When) (Request, error) {
		return s.SetPriority(ctx, n, b.Priority, b.Reason, b.Policy, w)
	})
	web.Op(m, web.Operation{ID: "preview-priority", Method: http.MethodGet, Path: "/api/v1/requests/{number}/priority", Action: "request.see",
		Summary: "What the other priority would make of the due time, before anybody decides", Tag: "Requests"}, s.getPriority)
	verb(s, m, VerbReopen, "Take it up again after acceptance; by the service's rule that opens another request, which is the answer", func(ctx context.Context, n int64, b reasonBody, w When) (Request, error) {
		return s.Reopen(ctx, n, b.Reason, w)
	})
}

func texted(ctx context.Context, number int64, b textBody, w When, do func(context.Context, int64, string, []int64, When) (Request, error)) (Request, error) {
	files, err := fileIDs(b.Files)
	if err != nil {
		return Request{}, err
	}
	return do(ctx, number, b.Text, files, w)
}

type priorityOutput struct {
	Body struct {
		Priority  string     `json:"priority" enum:"normal,wanted,urgent" doc:"As it is"`
		Other     string     `json:"other" enum:"normal,urgent" doc:"What the due times below are of"`
		DueAt     *time.Time `json:"due_at" doc:"As it is"`
		Carry     *time.Time `json:"carry_due_at"`
		FromStart *time.Time `json:"from_start_due_at"`
		Left      int        `json:"urgent_left" doc:"Urgent requests the customer's unit may still make this month"`
		Share     int        `json:"urgent_share" doc:"Of how many"`
	}
}

func (s *Service) getPriority(ctx context.Context, in *numbered) (*priorityOutput, error) {
	number, err := ParseRef(in.Number)
	if err != nil {
		return nil, err
	}
	v, err := s.ByNumber(ctx, number)
	if err != nil {
		return nil, err
	}
	to := other(v.Priority)
	m, err := s.Preview(ctx, v, to)
	if err != nil {
		return nil, err
	}
	out := &priorityOutput{}
	b := &out.Body
	b.Priority, b.Other, b.DueAt, b.Carry, b.FromStart = cmp.Or(v.Priority, "normal"), cmp.Or(to, "normal"), moment1(m.Now), moment1(m.Carry), moment1(m.FromStart)
	b.Left, b.Share, err = s.urgentLeft(ctx, v.Service, v.Customer)
	return out, err
}

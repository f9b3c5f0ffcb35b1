package promise

import (
	"context"
	"net/http"
	"strings"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/stat"
	"neike/internal/kit/web"
)

// promiseJSON is a promise on the wire.
type promiseJSON struct {
	Number       string     `json:"number" example:"P-1042"`
	State        State      `json:"state" enum:"open,asked,kept,partly,broken,unsaid,withdrawn" doc:"What the receiver said; unsaid: nothing in time, which is not kept"`
	Overdue      bool       `json:"overdue" doc:"Due has passed and nobody has said how it went"`
	What         string     `json:"what" example:"周五前把十月的成本明细发给您"`
	Giver        string     `json:"giver" doc:"工号 of who answers for it" example:"1005"`
	FirstGiver   *string    `json:"first_giver" doc:"工号 of who gave the word, when it was handed on"`
	GiverUnit    string     `json:"giver_unit" example:"finance"`
	Receiver     *string    `json:"receiver" doc:"工号; null: the unit as such" example:"1008"`
	ReceiverUnit string     `json:"receiver_unit" example:"proj1"`
	DueAt        time.Time  `json:"due_at"`
	WholeDay     bool       `json:"whole_day" doc:"A day was promised: due_at is where its working time ends"`
	DueDay       *string    `json:"due_day" enum:"work,makeup,special,holiday,weekend,closed,rest" doc:"What the day is by the calendar of the giver's unit; of one promise alone"`
	FirstDueAt   time.Time  `json:"first_due_at" doc:"As it was given"`
	Moves        int        `json:"moves" doc:"How often another date was agreed"`
	ProposedAt   *time.Time `json:"proposed_due_at" doc:"Another date that the giver asks for"`
	About        *string    `json:"about" doc:"Number of the record it was made about; null: none, or none the caller may see" example:"R-1024"`
	Confidential bool       `json:"confidential"`
	MadeAt       time.Time  `json:"made_at"`
	AskedAt      *time.Time `json:"asked_at" doc:"Since when the receiver is asked"`
	UnsaidAt     *time.Time `json:"unsaid_at" doc:"When silence counts as unsaid"`
	ClosedAt     *time.Time `json:"closed_at"`
	Verbs        []Verb     `json:"verbs,omitempty" doc:"What the caller may do now"`
}

func words(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func instantOf(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// wire puts a promise on the wire.
func (s *Service) wire(ctx context.Context, l Line) (promiseJSON, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return promiseJSON{}, err
	}
	giver, _ := tree.ByID(l.GiverUnit)
	receiver, _ := tree.ByID(l.ReceiverUnit)
	return promiseJSON{Number: l.Ref(), State: l.State, Overdue: l.Overdue(s.db.Now()), What: l.What, Giver: l.From.No, GiverUnit: giver.Code, Receiver: words(l.To.No),
		ReceiverUnit: receiver.Code, DueAt: l.Due.UTC(), WholeDay: l.WholeDay, FirstDueAt: l.FirstDue.UTC(), Moves: l.Moves, ProposedAt: instantOf(l.Proposed),
		About: words(l.Place.Ref), Confidential: l.Confidential, MadeAt: l.MadeAt.UTC(), AskedAt: instantOf(l.AskedAt), ClosedAt: instantOf(l.ClosedAt)}, nil
}

type promisesInput struct {
	web.Paging
	View      string `query:"view" enum:"given,received,unit" doc:"What I promised, what I or a unit I speak for was promised, what people of units I head promised or were promised"`
	State     string `query:"state" doc:"A state, open or overdue (then the next due comes first)" example:"open"`
	Giver     string `query:"giver_unit" doc:"Code of the giver's unit, units below it included"`
	Receiver  string `query:"receiver_unit" doc:"Code of the receiver's unit, units below it included"`
	About     string `query:"about" doc:"Number of the record it was made about" example:"R-1024"`
	Q         string `query:"q" doc:"A number, or part of the words"`
	DueFrom   string `query:"due_from" format:"date-time" doc:"Due at or after this instant"`
	DueBefore string `query:"due_before" format:"date-time" doc:"Due before this instant"`
}

func (in promisesInput) filter() (Filter, error) {
	var bad fault.Fields
	at := func(name, text string) time.Time {
		if text == "" {
			return time.Time{}
		}
		t, err := time.Parse(time.RFC3339, text)
		if err != nil {
			bad.Add(name, "promise.not-a-date")
		}
		return t.UTC()
	}
	f := Filter{View: in.View, State: in.State, Giver: in.Giver, Receiver: in.Receiver, About: in.About, Q: in.Q, DueFrom: at("due_from", in.DueFrom),
		DueBefore: at("due_before", in.DueBefore), Cursor: in.Cursor, Limit: in.Limit}
	return f, bad.Err()
}

type promisesOutput struct {
	Body web.Page[promiseJSON]
}

func (s *Service) getList(ctx context.Context, in *promisesInput) (*promisesOutput, error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	page, err := s.List(ctx, f)
	if err != nil {
		return nil, err
	}
	out := &promisesOutput{Body: web.Page[promiseJSON]{Items: []promiseJSON{}, NextCursor: page.NextCursor}}
	for _, l := range page.Items {
		j, err := s.wire(ctx, l)
		if err != nil {
			return nil, err
		}
		out.Body.Items = append(out.Body.Items, j)
	}
	return out, nil
}

type promiseNumber struct {
	Number string `path:"number" doc:"P-1042" example:"P-1042"`
}

type promiseOutput struct {
	ETag string `header:"ETag"`
	Body promiseJSON
}

// answer reads the promise back as the caller sees it.
func (s *Service) answer(ctx context.Context, number int64) (*promiseOutput, error) {
	v, err := s.ByNumber(ctx, number)
	if err != nil {
		return nil, err
	}
	j, err := s.wire(ctx, v.Line)
	j.Verbs, j.DueDay, j.UnsaidAt = v.Verbs, words(v.Day.Sort), instantOf(v.Lapses)
	if v.FirstGiver != v.Giver {
		j.FirstGiver = words(v.People[v.FirstGiver].No)
	}
	return &promiseOutput{ETag: etag(v.Promise), Body: j}, err
}

func (s *Service) getOne(ctx context.Context, in *promiseNumber) (*promiseOutput, error) {
	number, err := ParseRef(in.Number)
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, number)
}

type promiseMake struct {
	Body struct {
		What     string `json:"what" doc:"Never changed once it is given; up to 500 characters" example:"周五前把十月的成本明细发给您"`
		Due      string `json:"due" doc:"A day (it ends with the working time of the giver's unit) or an instant" example:"2026-11-27"`
		Receiver string `json:"receiver,omitempty" doc:"工号; or a unit" example:"1008"`
		Unit     string `json:"receiver_unit,omitempty" doc:"Code of a unit as such" example:"proj1"`
		About    string `json:"about,omitempty" doc:"Number of the record it is made about" example:"R-1024"`
		Message  int64  `json:"message,omitempty" doc:"Id of the message there that it is made from"`
		Workday  bool   `json:"workday,omitempty" doc:"Refuse a day on which the giver's unit does not work; without it due_day of the answer says so"`
	}
}

func (s *Service) postMake(ctx context.Context, in *promiseMake) (*promiseOutput, error) {
	b := in.Body
	p, err := s.Make(ctx, Word{Receiver: b.Receiver, Unit: b.Unit, What: b.What, Due: b.Due, About: b.About, Message: b.Message, Workday: b.Workday})
	if err != nil {
		return nil, onWire(err)
	}
	return s.answer(ctx, p.Number)
}

// onWire names the fields as the wire does.
func onWire(err error) error {
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.Invalid {
		return err
	}
	for i := range f.Fields {
		if f.Fields[i].Name == "unit" {
			f.Fields[i].Name = "receiver_unit"
		}
	}
	return err
}

type promiseDeed struct {
	web.IfMatch
	Number string           `path:"number" doc:"P-1042" example:"P-1042"`
	Body   *promiseDeedBody `required:"false"`
}

// promiseDeedBody is the body of every verb; what a verb needs of it its summary says.
type promiseDeedBody struct {
	Reason  string `json:"reason,omitempty" doc:"For partly, broken, not-yet, propose, refuse and withdraw" example:"只给了九月的"`
	Due     string `json:"due,omitempty" doc:"For propose: a day or an instant" example:"2026-11-30"`
	Workday bool   `json:"workday,omitempty" doc:"For propose: refuse a day off"`
}

type promiseTimeline struct {
	Body struct {
		Items []promiseEventJSON `json:"items"`
	}
}

type promiseEventJSON struct {
	At     time.Time  `json:"at"`
	Kind   Verb       `json:"kind"`
	By     *string    `json:"by" doc:"工号; null: the house"`
	Reason *string    `json:"reason"`
	DueAt  *time.Time `json:"due_at"`
}

func (s *Service) getTimeline(ctx context.Context, in *promiseNumber) (*promiseTimeline, error) {
	number, err := ParseRef(in.Number)
	if err != nil {
		return nil, err
	}
	v, err := s.ByNumber(ctx, number)
	out := &promiseTimeline{}
	for _, e := range v.Log {
		out.Body.Items = append(out.Body.Items, promiseEventJSON{At: e.At.UTC(), Kind: e.Kind, By: words(v.People[e.Actor].No), Reason: words(e.Why), DueAt: instantOf(e.Due)})
	}
	return out, err
}

type promiseRateInput struct {
	Provider string `path:"provider" doc:"Code of the giver's unit" example:"finance"`
	Customer string `path:"customer" doc:"Code of the receiver's unit" example:"proj1"`
	From     string `query:"from" format:"date" doc:"Due on or after this day; default: twelve months ago"`
	To       string `query:"to" format:"date" doc:"Due on or before this day; default: today"`
}

type promiseRateOutput struct {
	Body struct {
		Kept      int64      `json:"kept"`
		Partly    int64      `json:"partly"`
		Broken    int64      `json:"broken"`
		Unsaid    int64      `json:"unsaid" doc:"In no rate"`
		Withdrawn int64      `json:"withdrawn" doc:"In no rate"`
		Moved     int64      `json:"moved" doc:"Those for which another date was agreed, once or more"`
		Open      int64      `json:"open"`
		Overdue   int64      `json:"overdue"`
		N         int64      `json:"n" doc:"Those that the receivers judged"`
		Rate      *float64   `json:"rate" doc:"Kept of n; null below five"`
		Interval  *[]float64 `json:"interval" doc:"Wilson, 95 %"`
		Reason    *string    `json:"reason" doc:"few: fewer than five judged; withheld: the caller may not see the numbers of this relation" example:"few"`
	}
}

func (s *Service) getRate(ctx context.Context, in *promiseRateInput) (*promiseRateOutput, error) {
	var f fault.Fields
	zone := s.Org.Company(ctx).Location()
	day := func(name, text string, otherwise time.Time) time.Time {
		if text == "" {
			return otherwise
		}
		at, err := time.ParseInLocation(time.DateOnly, text, zone)
		if err != nil {
			f.Add(name, "promise.not-a-date")
		}
		return at
	}
	now := s.db.Now().In(zone)
	from, to := day("from", in.From, now.AddDate(-1, 0, 0)), day("to", in.To, now)
	if err := f.Err(); err != nil {
		return nil, err
	}
	r, shown, err := s.RateBetween(ctx, in.Provider, in.Customer, from, to.AddDate(0, 0, 1))
	if err != nil {
		return nil, err
	}
	out := &promiseRateOutput{}
	b := &out.Body
	b.Kept, b.Partly, b.Broken, b.Unsaid, b.Withdrawn, b.Moved, b.Open, b.Overdue, b.N = r.Kept, r.Partly, r.Broken, r.Unsaid, r.Withdrawn, r.Moved, r.Open, r.Overdue, r.N()
	if b.N < few {
		b.Reason = words("few")
		if !shown {
			b.Reason = words("withheld")
		}
		return out, nil
	}
	low, high := stat.Wilson(r.Kept, b.N)
	rate := float64(r.Kept) / float64(b.N)
	b.Rate, b.Interval = &rate, &[]float64{low, high}
	return out, nil
}

// API adds the JSON calls of the room.
func (s *Service) API(m *web.Mux) {
	const one, tag = "/api/v1/promises/{number}", "Promises"
	web.Op(m, web.Operation{ID: "list-promises", Method: http.MethodGet, Path: "/api/v1/promises", Action: "promise.list", Tag: tag,
		Summary: "List promises one may see, newest first"}, s.getList)
	web.Op(m, web.Operation{ID: "make-promise", Method: http.MethodPost, Path: "/api/v1/promises", Action: "promise.make", Tag: tag, Status: http.StatusCreated,
		Summary: "Promise something to a person or a unit", Detail: "The caller is the giver. All errors come at once."}, s.postMake)
	web.Op(m, web.Operation{ID: "get-promise", Method: http.MethodGet, Path: one, Action: "promise.see", Summary: "One promise", Tag: tag}, s.getOne)
	web.Op(m, web.Operation{ID: "get-promise-timeline", Method: http.MethodGet, Path: one + "/timeline", Action: "promise.see", Summary: "What happened to a promise", Tag: tag}, s.getTimeline)
	web.Op(m, web.Operation{ID: "get-relation-promises", Method: http.MethodGet, Path: "/api/v1/relations/{provider}/{customer}/promises", Action: "relation.see", Tag: tag,
		Summary: "How many promises from one unit to another were kept", Detail: "By units, never by persons; those about something confidential are not among them, and without the right to the relation's numbers nothing is counted."}, s.getRate)
	for _, v := range Verbs {
		web.Op(m, web.Operation{ID: string(v) + "-promise", Method: http.MethodPost, Path: one + "/" + string(v), Action: action(v), Tag: tag, Summary: summaries[v]},
			func(ctx context.Context, in *promiseDeed) (*promiseOutput, error) {
				number, err := ParseRef(in.Number)
				if err != nil {
					return nil, err
				}
				d := Deed{Verb: v, On: in.IfMatch}
				if in.Body != nil {
					d.Why, d.Due, d.Workday = strings.TrimSpace(in.Body.Reason), in.Body.Due, in.Body.Workday
				}
				if _, err := s.Do(ctx, number, d); err != nil {
					return nil, err
				}
				return s.answer(ctx, number)
			})
	}
}

var summaries = map[Verb]string{
	VerbDone:     "The giver: it is done",
	VerbKept:     "The receiver: it was kept",
	VerbPartly:   "The receiver: it was kept in part (reason)",
	VerbBroken:   "The receiver: it was not kept (reason)",
	VerbNotYet:   "The receiver: it is not done yet, before it is due (reason)",
	VerbPropose:  "The giver: propose another date (due, reason)",
	VerbAgree:    "The receiver: agree to the date proposed",
	VerbRefuse:   "The receiver: stay with the date (reason)",
	VerbWithdraw: "The giver: take it back before it is due (reason)",
}

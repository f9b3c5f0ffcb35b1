package agreement

import (
	"context"

	"time"

	"neike/internal/disclose"
	"neike/internal/kit/fault"
)

func (s *Service) postSign(ctx context.Context, in *agreementSignInput) (*agreementOutput, error) {
	number, match, err := in.read()
	if err != nil {
		return nil, err
	}
	v, err := s.Sign(ctx, number, Side(in.Body.Side), match)
	if err != nil {
		return nil, err
	}
	return s.wire(ctx, v)
}

type agreementObjectJSON struct {
	Side string `json:"side" enum:"provider,customer" example:"customer"`
	Text string `json:"text" doc:"What has to change, at most 1 000 characters" example:"三天够用，两天做不到"`
}

type agreementObjectInput struct {
	AgreementNumbered
	Body agreementObjectJSON
}

func (s *Service) postObject(ctx context.Context, in *agreementObjectInput) (*agreementOutput, error) {
	number, match, err := in.read()
	if err != nil {
		return nil, err
	}
	v, err := s.Object(ctx, number, Side(in.Body.Side), in.Body.Text, match)
	if err != nil {
		return nil, err
	}
	return s.wire(ctx, v)
}

type agreementDropInput struct{ AgreementNumbered }

func (s *Service) postDrop(ctx context.Context, in *agreementDropInput) (*agreementOutput, error) {
	number, match, err := in.read()
	if err != nil {
		return nil, err
	}
	v, err := s.Drop(ctx, number, match)
	if err != nil {
		return nil, err
	}
	return s.wire(ctx, v)
}

type agreementEndJSON struct {
	Why string `json:"why" doc:"At most 1 000 characters" example:"改回统一标准"`
}

type agreementEndInput struct {
	AgreementNumbered
	Body agreementEndJSON
}

func (s *Service) postEnd(ctx context.Context, in *agreementEndInput) (*agreementOutput, error) {
	number, match, err := in.read()
	if err != nil {
		return nil, err
	}
	v, err := s.End(ctx, number, in.Body.Why, match)
	if err != nil {
		return nil, err
	}
	return s.wire(ctx, v)
}

type agreementTriedJSON struct {
	Service string `json:"service"`
	N       int64  `json:"n" doc:"Decided"`
	Was     int64  `json:"was" doc:"In time as promised then"`
	Would   int64  `json:"would" doc:"In time by the newest version"`
	Left    int64  `json:"left" doc:"Not counted: beyond the newest 2 000"`
}

type agreementTriedOutput struct {
	Body struct {
		Items []agreementTriedJSON `json:"items" nullable:"false"`
	}
}

func (s *Service) getTry(ctx context.Context, in *agreementInput) (*agreementTriedOutput, error) {
	number, err := ParseRef(in.Number)
	if err != nil {
		return nil, err
	}
	list, err := s.Try(ctx, number)
	if err != nil {
		return nil, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	out := &agreementTriedOutput{}
	out.Body.Items = []agreementTriedJSON{}
	for _, x := range list {
		j := agreementTriedJSON{N: x.N, Was: x.Was, Would: x.Would, Left: x.Left}
		if service, ok := snap.ByID(x.Target.Service); ok {
			j.Service = service.Code
		}
		out.Body.Items = append(out.Body.Items, j)
	}
	return out, nil
}

type agreementReviewInput struct {
	Number  string `path:"number" doc:"OLA-12, or 12" example:"OLA-1"`
	Quarter string `query:"quarter" doc:"Default: the last whole one" example:"2026-Q3"`
}

type agreementShareJSON struct {
	Quarter string `json:"quarter" example:"2026-Q3"`
	Met     int64  `json:"met"`
	N       int64  `json:"n"`
}

type agreementServedJSON struct {
	Service  string  `json:"service"`
	Target   float64 `json:"target" doc:"Share in time that is agreed, or that the standard says"`
	Met      int64   `json:"met"`
	Breached int64   `json:"breached"`
	Pending  int64   `json:"pending"`
	Excluded int64   `json:"excluded"`
	Verdict  string  `json:"verdict" enum:"none,few,met,missed"`
}

type agreementKeptJSON struct {
	AgreementDutyJSON
	Met     int64  `json:"met"`
	N       int64  `json:"n"`
	Pending int64  `json:"pending"`
	Verdict string `json:"verdict" enum:"none,few,met,missed"`
}

type agreementCommentJSON struct {
	Side string    `json:"side" enum:"provider,customer"`
	No   string    `json:"no"`
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

type agreementReviewOutput struct {
	Body agreementReviewJSON
}

type agreementReviewJSON struct {
	Quarter  string                 `json:"quarter" example:"2026-Q3"`
	Version  int                    `json:"version" doc:"In force at the end of the quarter; 0: none was"`
	Shown    bool                   `json:"shown" doc:"The caller may see the numbers of the relation"`
	Trend    []agreementShareJSON   `json:"trend" nullable:"false" doc:"In time over all services; the oldest first"`
	Services []agreementServedJSON  `json:"services" nullable:"false"`
	Duties   []agreementKeptJSON    `json:"duties" nullable:"false"`
	Rated    disclose.ScoreJSON     `json:"satisfaction" doc:"Of the ratings released in the quarter, to whoever sees satisfaction"`
	Comments []agreementCommentJSON `json:"comments" nullable:"false"`
}

func (s *Service) getReview(ctx context.Context, in *agreementReviewInput) (*agreementReviewOutput, error) {
	number, err := ParseRef(in.Number)
	if err != nil {
		return nil, err
	}
	q, ok := s.quarterIn(ctx, in.Quarter)
	p, err := s.Review(ctx, number, q)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, quarterUnread()
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	j := agreementReviewJSON{Quarter: q.Code(), Version: p.Version.N, Shown: p.Shown, Rated: disclose.Wire(p.Score, p.Rated), Trend: []agreementShareJSON{}, Services: []agreementServedJSON{}, Duties: []agreementKeptJSON{}, Comments: []agreementCommentJSON{}}
	for _, x := range p.Trend {
		j.Trend = append(j.Trend, agreementShareJSON{x.Quarter.Code(), x.Hits, x.N})
	}
	for _, x := range p.Services {
		one := agreementServedJSON{Target: x.Standard.CompletionTarget, Met: x.Met, Breached: x.Breached, Pending: x.Pending, Excluded: x.Excluded, Verdict: x.Verdict()}
		if service, ok := snap.ByID(x.Target.Service); ok {
			one.Service = service.Code
		}
		j.Services = append(j.Services, one)
	}
	for _, k := range p.Kept {
		j.Duties = append(j.Duties, agreementKeptJSON{AgreementDutyJSON(k.Duty), k.Met, k.N, k.Pending, k.Verdict()})
	}
	for _, c := range p.Comments {
		j.Comments = append(j.Comments, agreementCommentJSON{string(c.Side), p.People[c.Person].No, c.Text, c.At})
	}
	return &agreementReviewOutput{j}, nil
}

func quarterUnread() error {
	var bad fault.Fields
	bad.Add("quarter", "agreement.quarter-unread")
	return bad.Err()
}

type agreementSayJSON struct {
	Side    string `json:"side" enum:"provider,customer" example:"customer"`
	Quarter string `json:"quarter" example:"2026-Q3"`
	Text    string `json:"text" doc:"At most 1 000 characters" example:"比以前快了"`
}

type agreementSayInput struct {
	Number string `path:"number" doc:"OLA-12, or 12" example:"OLA-1"`
	Body   agreementSayJSON
}

func (s *Service) postComment(ctx context.Context, in *agreementSayInput) (*struct{}, error) {
	number, err := ParseRef(in.Number)
	if err != nil {
		return nil, err
	}
	q, _ := parseQuarter(in.Body.Quarter)
	return nil, s.Comment(ctx, number, Side(in.Body.Side), q, in.Body.Text)
}

package catalog

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"neike/internal/clock"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
)

func (c *Catalog) mountLadders(m *web.Mux, tag string) {
	web.Op(m, web.Operation{ID: "get-ladder", Method: http.MethodGet, Path: "/api/v1/services/{code}/ladder", Action: doLadder, Tag: tag,
		Summary: "Who is told when part of a request's time is used, and when that would be for one that is opened now"}, c.getLadder)
	web.Op(m, web.Operation{ID: "set-ladder", Method: http.MethodPut, Path: "/api/v1/services/{code}/ladder", Action: doLadder, Tag: tag, Scope: "write",
		Summary: "Say who is told when part of a request's time is used", Detail: "Holds at once, for open requests too. With `own` false the service follows the company's."}, c.putLadder)
	web.Op(m, web.Operation{ID: "get-company-ladder", Method: http.MethodGet, Path: "/api/v1/ladder", Action: doLadderDefault, Tag: tag,
		Summary: "Who is told of services without a ladder of their own"}, c.getCompanyLadder)
	web.Op(m, web.Operation{ID: "set-company-ladder", Method: http.MethodPut, Path: "/api/v1/ladder", Action: doLadderDefault, Tag: tag, Scope: "write",
		Summary: "Say who is told of services without a ladder of their own"}, c.putCompanyLadder)
}

// ladderJSON is a ladder on the wire, and its example.
type ladderJSON struct {
	Own      *bool             `json:"own,omitempty" doc:"The service's own; false: the company's"`
	Steps    []ladderStepJSON  `json:"steps" doc:"At 50, 75, 100 and 150 per cent of the time"`
	Urgent   bool              `json:"urgent" doc:"Of urgent requests people are told outside working time, too"`
	Response *bool             `json:"first_response,omitempty" doc:"The steps count for the first response, too; false or left out: only that it is late is told"`
	Next     *bool             `json:"next_response,omitempty" doc:"The steps count for each answer to what the customer says next, too; false or left out: only that it is late is told"`
	Further  []ladderClockJSON `json:"further,omitempty" readOnly:"true" doc:"The example of the further clocks that the steps count for, where something is promised"`
	Opened   *time.Time        `json:"opened_at,omitempty" readOnly:"true" doc:"When the request of the example is opened: now"`
}

// ladderClockJSON is the example of one more clock.
type ladderClockJSON struct {
	Clock string         `json:"clock" enum:"first_response,next_response"`
	Steps []ladderAtJSON `json:"steps"`
}

type ladderAtJSON struct {
	Percent  int        `json:"percent"`
	At       *time.Time `json:"at"`
	ToldAt   *time.Time `json:"told_at"`
	UrgentAt *time.Time `json:"urgent_told_at,omitempty"`
}

type ladderStepJSON struct {
	Percent  int        `json:"percent" enum:"50,75,100,150" example:"50"`
	To       string     `json:"to" enum:"nobody,assignee,duty,head,heads" doc:"duty: who is on duty, nobody is: the head; heads: of both units"`
	At       *time.Time `json:"at,omitempty" readOnly:"true" doc:"When the example reaches it"`
	ToldAt   *time.Time `json:"told_at,omitempty" readOnly:"true" doc:"When people are told: within the hours of the standard's calendar"`
	UrgentAt *time.Time `json:"urgent_told_at,omitempty" readOnly:"true" doc:"When they are told of an urgent one"`
	People   []string   `json:"people,omitempty" readOnly:"true" doc:"工号 of who it would be today, if nobody takes it; the heads of the customer's unit are not among them"`
}

type ladderOutput struct {
	ETag string `header:"ETag"`
	Body ladderJSON
}

type ladderInput struct {
	Code string `path:"code" doc:"Code of the service" example:"hr.onboard"`
	web.IfMatch
	Body ladderJSON
}

type companyLadderInput struct {
	web.IfMatch
	Body ladderJSON
}

// ladder is what the body says: steps that it leaves out tell nobody.
func (j ladderJSON) ladder() Ladder {
	if j.Own != nil && !*j.Own {
		return Ladder{}
	}
	l := Ladder{Steps: [4]Rung{RungNobody, RungNobody, RungNobody, RungNobody}, Urgent: j.Urgent, Response: j.Response != nil && *j.Response, Next: j.Next != nil && *j.Next}
	for _, x := range j.Steps {
		for i, p := range LadderSteps {
			if x.Percent == p {
				l.Steps[i] = Rung(x.To)
			}
		}
	}
	return l
}

// check says which of the steps is none, and which of those told are none that can be; a service without a ladder of its own
// has no steps.
func (j ladderJSON) check() error {
	var f fault.Fields
	if j.Own != nil && !*j.Own {
		return nil
	}
	for i, x := range j.Steps {
		at := "steps[" + itoa(i) + "]"
		if !slices.Contains(LadderSteps[:], x.Percent) {
			f.Add(at+".percent", "catalog.step-unknown", "given", x.Percent)
		}
		if !slices.Contains(Rungs, Rung(x.To)) {
			f.Add(at+".to", "catalog.rung-unknown", "given", clip(x.To, 20))
		}
	}
	return f.Err()
}

func wireLadder(l Ladder) ladderJSON {
	j := ladderJSON{Urgent: l.Urgent, Response: &l.Response, Next: &l.Next}
	for i, p := range LadderSteps {
		j.Steps = append(j.Steps, ladderStepJSON{Percent: p, To: string(l.Steps[i])})
	}
	return j
}

func (c *Catalog) getLadder(ctx context.Context, in *codeInput) (*ladderOutput, error) {
	s, err := c.laddered(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	j := wireLadder(s.Ladder)
	j.Own = &s.OwnLadder
	now := c.db.Now()
	usual, urgent, err := c.climbs(ctx, s, s.Ladder, clock.Completion, now)
	if err != nil {
		return nil, err
	}
	if len(usual) > 0 {
		j.Opened = &now
	}
	if j.Further, err = c.furtherLadders(ctx, s, now); err != nil {
		return nil, err
	}
	for i := range usual {
		j.Steps[i].At, j.Steps[i].ToldAt = optional(usual[i].At), optional(usual[i].Told)
		if len(urgent) > 0 {
			j.Steps[i].UrgentAt = optional(urgent[i].Told)
		}
	}
	return &ladderOutput{ETag: etag(s), Body: j}, c.ladderPeople(ctx, s, j.Steps)
}

// furtherLadders are the examples of the further clocks for which the ladder of a service counts.
func (c *Catalog) furtherLadders(ctx context.Context, s *Service, now time.Time) ([]ladderClockJSON, error) {
	var out []ladderClockJSON
	for _, kind := range LadderClocks[1:] {
		if !s.Ladder.Counts(kind) {
			continue
		}
		usual, urgent, err := c.climbs(ctx, s, s.Ladder, kind, now)
		if err != nil {
			return nil, err
		}
		x := ladderClockJSON{Clock: kind}
		for i, at := range usual {
			x.Steps = append(x.Steps, ladderAtJSON{at.Percent, optional(at.At), optional(at.Told), optional(urgent[i].Told)})
		}
		if len(x.Steps) > 0 {
			out = append(out, x)
		}
	}
	return out, nil
}

// optional is nil for no moment.
func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// ladderPeople fills in who would be told today.
func (c *Catalog) ladderPeople(ctx context.Context, s *Service, steps []ladderStepJSON) error {
	if c.told == nil {
		return nil
	}
	return c.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		for i := range steps {
			list, err := c.told(ctx, rd, s.Unit, s.Ladder.Steps[i])
			if err != nil {
				return err
			}
			names, err := c.org.Names(ctx, rd, list)
			if err != nil {
				return err
			}
			for _, id := range list {
				steps[i].People = append(steps[i].People, names[id].No)
			}
		}
		return nil
	})
}

func (c *Catalog) putLadder(ctx context.Context, in *ladderInput) (*ladderOutput, error) {
	s, err := c.laddered(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	revision := 0
	if in.IfMatch.IfMatch != "" {
		if err := in.Check(etag(s)); err != nil {
			return nil, err
		}
		revision = s.Revision
	}
	if err := in.Body.check(); err != nil {
		return nil, err
	}
	if _, err := c.SetLadder(ctx, in.Code, in.Body.ladder(), revision); err != nil {
		return nil, err
	}
	return c.getLadder(ctx, &codeInput{Code: in.Code})
}

func (c *Catalog) getCompanyLadder(ctx context.Context, _ *struct{}) (*ladderOutput, error) {
	if err := c.may(ctx, doLadderDefault, &Service{}); err != nil {
		return nil, err
	}
	l, revision, err := c.CompanyLadder(ctx)
	return &ladderOutput{ETag: strconv.Quote(itoa(revision)), Body: wireLadder(l)}, err
}

func (c *Catalog) putCompanyLadder(ctx context.Context, in *companyLadderInput) (*ladderOutput, error) {
	now, err := c.getCompanyLadder(ctx, nil)
	if err != nil {
		return nil, err
	}
	revision := -1
	if in.IfMatch.IfMatch != "" {
		if err := in.Check(now.ETag); err != nil {
			return nil, err
		}
		if revision, err = strconv.Atoi(now.ETag[1 : len(now.ETag)-1]); err != nil {
			return nil, err
		}
	}
	if err := in.Body.check(); err != nil {
		return nil, err
	}
	if err := c.SetCompanyLadder(ctx, in.Body.ladder(), revision); err != nil {
		return nil, err
	}
	return c.getCompanyLadder(ctx, nil)
}

package problem

import (
	"context"
	"net/http"
	"strings"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/web"
	"neike/internal/request"
)

type knownProblemJSON struct {
	Number   string             `json:"number" example:"K-12"`
	State    State              `json:"state" enum:"open,solved,withdrawn"`
	Unit     string             `json:"unit" doc:"Code of the unit that works on it"`
	Services []string           `json:"services" doc:"Codes of those that the caller may know of"`
	Title    lang.Text          `json:"title"`
	Words    lang.Text          `json:"words" doc:"What is done about it"`
	Expected *time.Time         `json:"expected_at"`
	Opened   time.Time          `json:"opened_at"`
	Changed  time.Time          `json:"changed_at"`
	Ended    *time.Time         `json:"ended_at"`
	People   *int               `json:"people" doc:"How many have it; null: fewer than the rule of disclosure asks, to whoever does not serve the unit"`
	Reason   string             `json:"reason,omitempty" doc:"Why people is null: few"`
	MeToo    bool               `json:"me_too" doc:"The caller has it"`
	Asked    bool               `json:"asked" doc:"The caller is asked whether it is solved"`
	Affected []problemUnitJSON  `json:"affected,omitempty" doc:"To those who serve the unit"`
	Said     []problemWordsJSON `json:"said,omitempty" doc:"To those who serve the unit: what those who have it added"`
	Made     string             `json:"request,omitempty" doc:"Of answer: the request that was made because it is not solved"`
	AskAt    string             `json:"ask_at,omitempty" doc:"Of answer: where to ask when the service wants more than a title"`
}

type problemUnitJSON struct {
	Unit   string `json:"unit"`
	People int    `json:"people"`
}

type problemWordsJSON struct {
	Unit  string    `json:"unit"`
	Words string    `json:"words"`
	At    time.Time `json:"at"`
}

type problemBody struct {
	Services []string  `json:"services,omitempty" doc:"Codes, of one unit; not read by update" example:"[\"it.account\"]"`
	Title    lang.Text `json:"title"`
	Words    lang.Text `json:"words" doc:"What is done about it; everybody who may ask for the services reads it"`
	Expected string    `json:"expected_at,omitempty" format:"date-time" example:"2026-12-01T18:00:00+08:00"`
	Request  string    `json:"request,omitempty" doc:"Number of the request that it is marked from; nothing of it is published" example:"R-1024"`
}

func (b problemBody) input() Input {
	in := Input{Services: b.Services, Title: b.Title, Words: b.Words, Request: b.Request}
	if b.Expected != "" {
		at, err := time.Parse(time.RFC3339, b.Expected)
		in.Expected, in.Unread = at.UTC(), err != nil
	}
	return in
}

type (
	problemOutput struct {
		ETag string `header:"ETag"`
		Body knownProblemJSON
	}
	problemsInput struct {
		State string `query:"state" enum:"open,ended" default:"open" doc:"Those that are open, or those of the last weeks that have ended"`
		Q     string `query:"q" maxLength:"100" doc:"Words of the title, of what is done about it, or the number; all have to be there"`
	}
	problemsOutput struct {
		Body struct {
			Items []knownProblemJSON `json:"items"`
		}
	}
	problemNew  struct{ Body problemBody }
	problemPath struct {
		Number string `path:"problem" doc:"K-12" example:"K-12"`
	}
	problemEdit struct {
		Number string `path:"problem" doc:"K-12" example:"K-12"`
		web.IfMatch
		Body problemBody
	}
	problemEnd struct {
		Number string `path:"problem" doc:"K-12" example:"K-12"`
		web.IfMatch
		Body struct {
			State State     `json:"state" enum:"solved,withdrawn" example:"solved"`
			Words lang.Text `json:"words,omitempty" required:"false" doc:"Last words; default: those before"`
		}
	}
	problemShare struct {
		Number string `path:"problem" doc:"K-12" example:"K-12"`
		Body   *struct {
			Words string `json:"words,omitempty" doc:"For the unit alone" example:"三楼打印室"`
			Stop  bool   `json:"stop,omitempty" doc:"Takes it back"`
		} `required:"false"`
	}
	problemAnswer struct {
		Number string `path:"problem" doc:"K-12" example:"K-12"`
		Body   struct {
			Solved bool `json:"solved" doc:"Whether it works again for the caller" example:"true"`
		}
	}
)

func (s *Service) calls(m *web.Mux) {
	op := func(id, method, path, action, summary string) web.Operation {
		return web.Operation{ID: id, Method: method, Path: "/api/v1/problems" + path, Action: action, Summary: summary, Tag: "Known problems"}
	}
	web.Op(m, op("list-problems", http.MethodGet, "", "problem.see", "Known problems of the services that the caller may ask for"), s.getProblems)
	web.Op(m, op("open-problem", http.MethodPost, "", "problem.mark", "Make a problem known (agents and heads of the unit of its services)"), s.postProblem)
	web.Op(m, op("get-problem", http.MethodGet, "/{problem}", "problem.see", "One known problem"), s.getProblem)
	web.Op(m, op("update-problem", http.MethodPost, "/{problem}/update", "problem.mark", "Say anew what is wrong, what is done, and by when; those who have it are told"), s.postUpdate)
	web.Op(m, op("end-problem", http.MethodPost, "/{problem}/end", "problem.mark", "It is solved, or was none"), s.postEnd)
	web.Op(m, op("share-problem", http.MethodPost, "/{problem}/me-too", "problem.me-too", "Say that one has it, too, instead of making a request; or take that back"), s.postShare)
	web.Op(m, op("answer-problem", http.MethodPost, "/{problem}/answer", "problem.me-too", "Say whether it is solved for one; a no becomes a request"), s.postAnswer)
}

// wire is a problem as the caller may see it.
func (s *Service) wire(ctx context.Context, v View) (knownProblemJSON, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return knownProblemJSON{}, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return knownProblemJSON{}, err
	}
	unit := func(id int64) string {
		u, _ := tree.ByID(id)
		return u.Code
	}
	j := knownProblemJSON{Number: v.Ref(), State: v.State, Unit: unit(v.Unit), Title: v.Title, Words: v.Problem.Words, Opened: v.OpenedAt, Changed: v.ChangedAt,
		Services: []string{}, MeToo: v.Own.There(), Asked: v.MayAnswer()}
	if !v.Expected.IsZero() {
		j.Expected = &v.Expected
	}
	if !v.EndedAt.IsZero() {
		j.Ended = &v.EndedAt
	}
	for _, id := range v.Services {
		if sv, ok := snap.ByID(id); ok {
			if _, err := s.Catalog.Visible(ctx, sv.Code); err == nil {
				j.Services = append(j.Services, sv.Code)
			}
		}
	}
	if n := v.Count.Public(); n >= 0 || v.Serves {
		j.People = &v.Count.People
	} else {
		j.Reason = "few"
	}
	for _, a := range v.Affected {
		j.Affected = append(j.Affected, problemUnitJSON{unit(a.Unit), a.People})
	}
	for _, m := range v.MeToos {
		j.Said = append(j.Said, problemWordsJSON{unit(m.Unit), m.Words, m.At})
	}
	return j, nil
}

func (s *Service) getProblems(ctx context.Context, in *problemsInput) (*problemsOutput, error) {
	list, err := s.Find(ctx, in.Q, in.State == "ended")
	if err != nil {
		return nil, err
	}
	out := &problemsOutput{}
	out.Body.Items = []knownProblemJSON{}
	for _, l := range list {
		j, err := s.wire(ctx, View{Problem: l.Problem, Count: l.Count, Own: l.Own, Serves: serves(ctx, l.Unit)})
		if err != nil {
			return nil, err
		}
		out.Body.Items = append(out.Body.Items, j)
	}
	return out, nil
}

// answer is the problem after a call.
func (s *Service) answer(ctx context.Context, ref string, err error) (*problemOutput, error) {
	if err != nil {
		return nil, err
	}
	number, err := ParseRef(ref)
	if err != nil {
		return nil, err
	}
	v, err := s.ByNumber(ctx, number)
	if err != nil {
		return nil, err
	}
	out := &problemOutput{ETag: web.ETag(v.ID, int64(v.Revision))}
	out.Body, err = s.wire(ctx, v)
	return out, err
}

func (s *Service) getProblem(ctx context.Context, in *problemPath) (*problemOutput, error) {
	return s.answer(ctx, in.Number, nil)
}

func (s *Service) postProblem(ctx context.Context, in *problemNew) (*problemOutput, error) {
	p, err := s.Open(ctx, in.Body.input())
	return s.answer(ctx, p.Ref(), asSent(err))
}

func (s *Service) postUpdate(ctx context.Context, in *problemEdit) (*problemOutput, error) {
	number, err := ParseRef(in.Number)
	if err != nil {
		return nil, err
	}
	x := in.Body.input()
	x.On = in.IfMatch
	_, err = s.Update(ctx, number, x)
	return s.answer(ctx, in.Number, asSent(err))
}

func (s *Service) postEnd(ctx context.Context, in *problemEnd) (*problemOutput, error) {
	number, err := ParseRef(in.Number)
	if err != nil {
		return nil, err
	}
	_, err = s.End(ctx, number, in.Body.State, in.Body.Words, Input{On: in.IfMatch})
	return s.answer(ctx, in.Number, asSent(err))
}

// asSent names what is wrong as programs send it: title.zh, not title_zh.
func asSent(err error) error {
	if wrong, ok := fault.As(err); ok {
		for i, f := range wrong.Fields {
			wrong.Fields[i].Name = strings.NewReplacer("title_", "title.", "words_", "words.").Replace(f.Name)
		}
	}
	return err
}

func (s *Service) postShare(ctx context.Context, in *problemShare) (*problemOutput, error) {
	number, err := ParseRef(in.Number)
	if err != nil {
		return nil, err
	}
	switch {
	case in.Body == nil:
		err = s.Share(ctx, number, "")
	case in.Body.Stop:
		err = s.Leave(ctx, number)
	default:
		err = s.Share(ctx, number, in.Body.Words)
	}
	return s.answer(ctx, in.Number, err)
}

func (s *Service) postAnswer(ctx context.Context, in *problemAnswer) (*problemOutput, error) {
	number, err := ParseRef(in.Number)
	if err != nil {
		return nil, err
	}
	made, ask, err := s.Answer(ctx, number, in.Body.Solved)
	out, err := s.answer(ctx, in.Number, err)
	if err != nil {
		return nil, err
	}
	if made != 0 {
		out.Body.Made = request.Ref(made)
	}
	out.Body.AskAt = ask
	return out, nil
}

package request

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/org"
	"neike/internal/talk"
)

type answerDraftJSON struct {
	Box       Box                 `json:"box" enum:"reply,ask,deliver"`
	Note      bool                `json:"note" doc:"The reply is an internal note"`
	Text      string              `json:"text"`
	Files     []talk.AttachedFile `json:"files" doc:"That were added; sent by naming their ids when the words are sent"`
	Person    string              `json:"person" doc:"工号 of who has it" example:"00123"`
	TakenFrom *string             `json:"taken_from" doc:"工号 of whose words it took over; null: nobody's"`
	Version   int64               `json:"version" doc:"Goes up with every change of words or hands"`
	BeganAt   time.Time           `json:"began_at"`
	SavedAt   time.Time           `json:"saved_at"`
}

type answerDraftsOutput struct {
	Body struct {
		Items []answerDraftJSON `json:"items"`
	}
}

type answerDraftOutput struct {
	ETag string `header:"ETag"`
	Body answerDraftJSON
}

type answerDraftPath struct {
	Number string `path:"number" doc:"R-1024" example:"R-1024"`
	Box    Box    `path:"box" enum:"reply,ask,deliver" doc:"The reply (message or note), the question to the customer, the words of the delivery" example:"reply"`
}

type keepAnswerInput struct {
	web.IfMatch
	Number string `path:"number" doc:"R-1024" example:"R-1024"`
	Box    Box    `path:"box" enum:"reply,ask,deliver" doc:"Which draft" example:"reply"`
	Body   struct {
		Text    string    `json:"text" doc:"Empty without files: the draft goes" example:"已与供应商确认，周四到货"`
		Files   *[]string `json:"files,omitempty" maxItems:"20" doc:"Ids of files that the caller has uploaded; left out: as they are"`
		Note    bool      `json:"note,omitempty" doc:"reply: an internal note"`
		Version int64     `json:"version,omitempty" doc:"Of the draft that the words go on from; 0, the default: there is none yet. If-Match says the same"`
	}
}

type takeAnswerInput struct {
	Number string `path:"number" doc:"R-1024" example:"R-1024"`
	Box    Box    `path:"box" enum:"reply,ask,deliver" doc:"Which draft" example:"reply"`
	Body   struct {
		Person  string `json:"person" doc:"工号 of who has it" example:"00123"`
		Version int64  `json:"version" doc:"That was read: a draft on which its writer has gone on is not taken"`
	}
}

func (s *Service) answerDraftCalls(m *web.Mux, one string) {
	web.Op(m, web.Operation{ID: "list-answer-drafts", Method: http.MethodGet, Path: one + "/drafts", Action: "request.see",
		Summary: "Words of the serving side that are not sent: the caller's own, and those of colleagues of the unit that has it", Tag: "Requests"}, s.getAnswerDrafts)
	web.Op(m, web.Operation{ID: "keep-answer-draft", Method: http.MethodPut, Path: one + "/drafts/{box}", Action: "request.draft",
		Summary: "Keep words and files as a draft for 30 days; colleagues of the unit may read it and take it over", Tag: "Requests"}, s.putAnswerDraft)
	web.Op(m, web.Operation{ID: "drop-answer-draft", Method: http.MethodDelete, Path: one + "/drafts/{box}", Action: "request.see",
		Summary: "Throw the caller's draft away", Tag: "Requests", Status: http.StatusNoContent}, s.deleteAnswer)
	web.Op(m, web.Operation{ID: "take-over-answer-draft", Method: http.MethodPost, Path: one + "/drafts/{box}/take-over", Action: "request.draft",
		Summary: "Go on with a colleague's draft: the words and files move to the caller, after the caller's own", Tag: "Requests"}, s.postTakeAnswer)
}

func (s *Service) getAnswerDrafts(ctx context.Context, in *numbered) (*answerDraftsOutput, error) {
	number, err := ParseRef(in.Number)
	if err != nil {
		return nil, err
	}
	list, err := s.AnswerDrafts(ctx, number)
	if err != nil {
		return nil, err
	}
	out := &answerDraftsOutput{}
	out.Body.Items, err = s.answerDraftsWire(ctx, list)
	return out, err
}

func (s *Service) answerDraftsWire(ctx context.Context, list []AnswerDraft) ([]answerDraftJSON, error) {
	var ids []int64
	for _, d := range list {
		ids = append(ids, d.Person, d.From)
	}
	var people map[int64]org.Person
	if err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		people, err = s.Org.Names(ctx, rd, unique(ids))
		return err
	}); err != nil {
		return nil, err
	}
	out := make([]answerDraftJSON, 0, len(list))
	for _, d := range list {
		j := answerDraftJSON{Box: d.Box, Note: d.Note, Text: d.Text, Person: people[d.Person].No, Version: d.Version, BeganAt: d.BeganAt, SavedAt: d.SavedAt, Files: []talk.AttachedFile{}}
		for _, f := range d.Attached {
			j.Files = append(j.Files, f.Told())
		}
		if d.From != 0 {
			no := people[d.From].No
			j.TakenFrom = &no
		}
		out = append(out, j)
	}
	return out, nil
}

// putAnswerDraft keeps the words of a draft. Who names the state by If-Match is refused by 412, others by 409.
func (s *Service) putAnswerDraft(ctx context.Context, in *keepAnswerInput) (*answerDraftOutput, error) {
	number, err := ParseRef(in.Number)
	if err != nil {
		return nil, err
	}
	d := AnswerDraft{Box: in.Box, Note: in.Body.Note, Text: in.Body.Text, Version: in.Body.Version}
	if in.Body.Files != nil {
		if d.Files, err = fileIDs(*in.Body.Files); err != nil {
			return nil, err
		}
	}
	if in.IfMatch.IfMatch != "" {
		n, err := strconv.ParseInt(strings.Trim(strings.TrimPrefix(strings.TrimSpace(in.IfMatch.IfMatch), "W/"), `"`), 10, 64)
		if err != nil {
			return nil, fault.New(fault.Precondition, "web.changed-meanwhile")
		}
		d.Version = n
	}
	d, err = s.KeepAnswer(ctx, number, d)
	if e, ok := fault.As(err); ok && e.Kind == fault.Conflict && in.IfMatch.IfMatch != "" {
		err = fault.New(fault.Precondition, e.Key, fault.Flat(e.Args)...)
	}
	if err != nil {
		return nil, err
	}
	return s.answerDraftWire(ctx, d)
}

func (s *Service) answerDraftWire(ctx context.Context, d AnswerDraft) (*answerDraftOutput, error) {
	d.Person = actor.From(ctx).Person
	one := []AnswerDraft{d}
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error { return s.nameFilesOf(ctx, rd, one) })
	if err != nil {
		return nil, err
	}
	list, err := s.answerDraftsWire(ctx, one)
	if err != nil {
		return nil, err
	}
	return &answerDraftOutput{ETag: `"` + versionText(d.Version) + `"`, Body: list[0]}, nil
}

func (s *Service) deleteAnswer(ctx context.Context, in *answerDraftPath) (*struct{}, error) {
	number, err := ParseRef(in.Number)
	if err != nil {
		return nil, err
	}
	return nil, s.DropAnswer(ctx, number, in.Box)
}

func (s *Service) postTakeAnswer(ctx context.Context, in *takeAnswerInput) (*answerDraftOutput, error) {
	number, err := ParseRef(in.Number)
	if err != nil {
		return nil, err
	}
	d, err := s.TakeOverAnswer(ctx, number, in.Box, in.Body.Person, in.Body.Version)
	if err != nil {
		return nil, err
	}
	return s.answerDraftWire(ctx, d)
}

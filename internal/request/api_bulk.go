package request

import (
	"context"
	"net/http"
	"strconv"

	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
)

type bulkInput struct {
	Body struct {
		Verb    string   `json:"verb" enum:"take,assign,put-back,message,merge"`
		Numbers []string `json:"numbers" maxItems:"200" example:"[\"R-1024\",\"R-1025\"]"`
		Person  string   `json:"person,omitempty" doc:"Of assign: 工号"`
		Text    string   `json:"text,omitempty" doc:"Of message"`
		Into    string   `json:"into,omitempty" doc:"Of merge: number of the request that is worked on in their place" example:"R-1024"`
	}
}

type bulkRowJSON struct {
	Number string  `json:"number"`
	Done   bool    `json:"done"`
	Reason *string `json:"reason" doc:"Why not, in the asked language"`
}

type bulkOutput struct {
	Body struct {
		ID    string        `json:"id" doc:"For undo, within a minute"`
		Done  int           `json:"done"`
		Items []bulkRowJSON `json:"items"`
	}
}

func (s *Service) bulkCalls(m *web.Mux) {
	web.Op(m, web.Operation{ID: "many-requests", Method: http.MethodPost, Path: "/api/v1/queue/many", Action: "request.take",
		Summary: "Do the same to many requests", Tag: "Requests"}, s.postMany)
	web.Op(m, web.Operation{ID: "undo-many", Method: http.MethodPost, Path: "/api/v1/queue/undo", Action: "request.put-back",
		Summary: "Take back what was done to many, within a minute", Tag: "Requests"}, s.postUndo)
}

func (s *Service) postMany(ctx context.Context, in *bulkInput) (*bulkOutput, error) {
	b := in.Body
	var f fault.Fields
	if len(b.Numbers) == 0 {
		f.Add("numbers", "form.required")
	}
	notTooMany(&f, b.Numbers)
	var do one
	switch Verb(b.Verb) {
	case VerbTake:
		do = s.taking
	case VerbAssign:
		do = s.assigning(b.Person)
	case VerbPutBack:
		do = func(ctx context.Context, n int64) (Request, error) { return s.PutBack(ctx, n, When{}) }
	case VerbMessage:
		do = s.writing(b.Text)
	case VerbMerge:
		do = s.merging(b.Into)
	default:
		f.Add("verb", "request.bulk-verb", "value", b.Verb)
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	done, err := s.Many(ctx, Verb(b.Verb), b.Numbers, do)
	return bulkWire(done), err
}

func bulkWire(b Bulk) *bulkOutput {
	out := &bulkOutput{}
	out.Body.ID, out.Body.Done, out.Body.Items = strconv.FormatInt(b.ID, 10), b.Done(), make([]bulkRowJSON, len(b.Rows))
	for i, r := range b.Rows {
		out.Body.Items[i] = bulkRowJSON{Number: r.Ref, Done: r.Events > 0, Reason: words(r.Why)}
	}
	return out
}

type undoInput struct {
	Body struct {
		ID string `json:"id" doc:"Of the answer to many-requests" example:"890909715144960"`
	}
}

func (s *Service) postUndo(ctx context.Context, in *undoInput) (*bulkOutput, error) {
	id, err := strconv.ParseInt(in.Body.ID, 10, 64)
	if err != nil {
		return nil, fault.ErrNotFound
	}
	done, err := s.Undo(ctx, id)
	return bulkWire(done), err
}

// byRefs reads what the actor may see of some requests; the rest is left out.
func (s *Service) byRefs(ctx context.Context, refs []string) (lines []Line, err error) {
	var numbers []int64
	for _, ref := range refs {
		if n, err := ParseRef(ref); err == nil {
			numbers = append(numbers, n)
		}
	}
	if len(numbers) == 0 {
		return nil, nil
	}
	e, _, err := s.eyeOf(ctx)
	if err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		if lines, err = linesByNumber(ctx, rd, scope{eye: e}, numbers); err != nil {
			return err
		}
		return s.nameRows(ctx, rd, lines)
	})
	return lines, err
}

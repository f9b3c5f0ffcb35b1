package request

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

func (s *Service) bulkRoutes() []web.Route {
	return []web.Route{
		{Pattern: "POST /queue/take", Action: "request.take", Do: s.submitTakeMany},
		{Pattern: "POST /queue/assign", Action: "request.assign", Do: s.submitAssignMany},
		{Pattern: "POST /queue/merge", Action: "request.merge", Do: s.submitMergeMany},
		{Pattern: "POST /queue/message", Action: "request.message", Do: s.submitMessageMany},
		{Pattern: "POST /queue/undo", Action: "request.put-back", Do: s.submitUndo},
		{Pattern: "POST /queue/move", Action: "request.take", Do: s.submitMove},
		{Pattern: "POST /queue/slips", Action: "request.queue", Do: s.submitSlips},
		{Pattern: "GET /slips", Action: "request.list", Do: s.showSlips},
		{Pattern: "GET /requests/board", Action: "request.list", Do: s.showSupply},
		{Pattern: "GET /queue/done", Action: "request.queue", Do: s.showDone},
	}
}

// batch is the chosen rows of the queue and what is to be done with them.
type batch struct {
	Numbers []string `form:"n"`
	Person  string   `form:"person"`
	Back    string   `form:"back"`
	Text    string   `form:"text"`
	Into    string   `form:"into"`
	Sure    bool     `form:"sure"`
}

func (s *Service) submitTakeMany(w http.ResponseWriter, r *http.Request) error {
	return s.submitMany(w, r, VerbTake, "request.queue.took", func(batch) one { return s.taking })
}

func (s *Service) submitAssignMany(w http.ResponseWriter, r *http.Request) error {
	return s.submitMany(w, r, VerbAssign, "request.queue.assigned", func(b batch) one { return s.assigning(b.Person) })
}

// submitMergeMany merges every chosen request into one, given by its number: it may be among them.
func (s *Service) submitMergeMany(w http.ResponseWriter, r *http.Request) error {
	var b batch
	if err := web.Decode(r, &b); err != nil {
		return err
	}
	b.Into = strings.TrimSpace(b.Into)
	if to, err := ParseRef(b.Into); err == nil {
		b.Into = Ref(to)
	}
	refs := slices.DeleteFunc(slices.Clone(b.Numbers), func(ref string) bool { return ref == b.Into })
	done, err := s.Many(r.Context(), VerbMerge, refs, s.merging(b.Into))
	return s.answerMany(w, r, done, err, "request.queue.merged", b.Back)
}

// submitMany does the same to every chosen request, says for how many it worked and offers to take it back; when it did not
// work for some, a page says why.
func (s *Service) submitMany(w http.ResponseWriter, r *http.Request, verb Verb, word string, do func(batch) one) error {
	ctx := r.Context()
	var b batch
	if err := web.Decode(r, &b); err != nil {
		return err
	}
	done, err := s.Many(ctx, verb, b.Numbers, do(b))
	return s.answerMany(w, r, done, err, word, b.Back)
}

func (s *Service) answerMany(w http.ResponseWriter, r *http.Request, done Bulk, err error, word, back string) error {
	ctx := r.Context()
	if kind := fault.KindOf(err); err != nil && (kind == fault.Invalid || kind == fault.Conflict) {
		web.Toast(w, r, said(ctx, err), "")
		return web.See(w, r, web.Local(back, "/queue"))
	}
	if err != nil {
		return err
	}
	undo, text := "", lang.T(ctx, word, "count", done.Done())
	if undoable(done.Verb) && done.Done() > 0 {
		undo = "/queue/undo?" + url.Values{"id": {idText(done.ID)}, "back": {web.Local(back, "/queue")}}.Encode()
	}
	left := len(done.Rows) - done.Done()
	if left == 1 {
		for _, row := range done.Rows {
			if row.Events == 0 {
				text += " " + lang.T(ctx, "request.queue.not-all", "count", left, "reason", row.Why)
			}
		}
	}
	if left > 1 {
		web.Toast(w, r, text, undo)
		return web.See(w, r, "/queue/done?"+url.Values{"id": {idText(done.ID)}, "back": {web.Local(back, "/queue")}}.Encode())
	}
	web.Toast(w, r, text, undo)
	return web.See(w, r, web.Local(back, "/queue"))
}

// kept is the address of what was done to many.
type kept struct {
	ID   int64  `form:"id"`
	Back string `form:"back"`
}

func (s *Service) submitUndo(w http.ResponseWriter, r *http.Request) error {
	var in kept
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	done, err := s.Undo(r.Context(), in.ID)
	return s.answerMany(w, r, done, err, "request.queue.undone", in.Back)
}

// doneView is what came of something done to many.
type doneView struct {
	Title, Back string
	Rows        []BulkRow
}

func (s *Service) showDone(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in kept
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	b, err := s.BulkByID(ctx, in.ID)
	if err != nil {
		return err
	}
	v := doneView{Title: lang.T(ctx, "request.bulk-result", "done", b.Done(), "left", len(b.Rows)-b.Done()), Back: web.Local(in.Back, "/queue"), Rows: b.Rows}
	return web.Show(w, r, http.StatusOK, donePage(v), nil)
}

// manyView asks whether many customers shall really read it.
type manyView struct {
	Refs    []string
	Lines   []string
	Readers int
	Text    string
	Back    string
	Errors  ui.Errors
}

// submitMessageMany asks first, and says how many customers will read it; then it writes to each.
func (s *Service) submitMessageMany(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var b batch
	if err := web.Decode(r, &b); err != nil {
		return err
	}
	var f fault.Fields
	if len(b.Numbers) > maxBulk {
		f.Add("n", "request.bulk-too-many", "max", maxBulk, "count", len(b.Numbers))
	}
	if b.Sure {
		need(&f, "text", b.Text)
	}
	if b.Sure && f.Len() == 0 {
		done, err := s.Many(ctx, VerbMessage, b.Numbers, s.writing(b.Text))
		return s.answerMany(w, r, done, err, "request.queue.said", b.Back)
	}
	v := manyView{Refs: b.Numbers[:min(len(b.Numbers), maxBulk)], Text: b.Text, Back: web.Local(b.Back, "/queue"), Errors: ui.ErrorsOf(ctx, f.Err(), map[string]string{"text": lang.T(ctx, "request.many.text")})}
	lines, err := s.byRefs(ctx, v.Refs)
	if err != nil {
		return err
	}
	readers := map[int64]bool{}
	for _, l := range lines {
		readers[l.AskedBy] = true
		v.Lines = append(v.Lines, l.Ref()+" "+l.Title+" · "+l.Asker.Display(ctx))
	}
	if v.Readers = len(readers); v.Readers == 0 {
		web.Toast(w, r, lang.T(ctx, "request.bulk-nothing"), "")
		return web.See(w, r, v.Back)
	}
	status := http.StatusOK
	if v.Errors.Any() {
		status = http.StatusUnprocessableEntity
	}
	return web.Show(w, r, status, manyPage(v), nil)
}

package request

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/talk"
)

// heldView is who of the serving side has words on a request that are not sent.
type heldView struct {
	Number int64
	Lines  []heldLine
}

// heldLine is one draft as a colleague, or its writer, is told of it.
type heldLine struct {
	Line    string
	Text    string
	Files   []ui.FileProps
	Box     Box
	From    string // 工号 of who has it
	Version int64
	Mine    bool
	Take    string // the word on the button; "" when it is the reader's own
	Href    string // where the reader's own goes on
}

// heldLines puts the drafts into words.
func heldLines(ctx context.Context, v View, list []AnswerDraft) heldView {
	out := heldView{Number: v.Number}
	me := actor.From(ctx).Person
	for _, d := range list {
		l := heldLine{Text: d.Text, Box: d.Box, From: v.People[d.Person].No, Version: d.Version, Mine: d.Person == me}
		for _, f := range d.Attached {
			l.Files = append(l.Files, ui.FileProps{Name: f.Name, Href: f.Href(), Size: talk.Size(ctx, f.Size)})
		}
		key, who := "request.draft-of", v.People[d.Person].Display(ctx)
		if l.Mine {
			key = "request.draft-own"
			if verb := Verb(d.Box); d.Box != BoxReply && v.May(verb) {
				l.Href = link(v.Number) + "/" + string(verb)
			}
		} else if l.Take = lang.T(ctx, "request.draft-take"); mineIn(list, d.Box, me) {
			l.Take = lang.T(ctx, "request.draft-take-along")
		}
		l.Line = lang.T(ctx, key, "who", who, "what", draftWord(ctx, d), "when", lang.Ago(ctx, d.SavedAt))
		if p, known := v.People[d.From]; known && d.From != 0 {
			l.Line += lang.T(ctx, "request.draft-was", "who", p.Display(ctx))
		}
		out.Lines = append(out.Lines, l)
	}
	return out
}

func mineIn(list []AnswerDraft, box Box, me int64) bool {
	return slices.ContainsFunc(list, func(d AnswerDraft) bool { return d.Box == box && d.Person == me })
}

// draftWord names what a draft is of.
func draftWord(ctx context.Context, d AnswerDraft) string {
	if d.Note {
		return lang.T(ctx, "request.draft-box.note")
	}
	return lang.T(ctx, "request.draft-box."+string(d.Box))
}

// ownIn is the reader's draft in a box.
func ownIn(ctx context.Context, list []AnswerDraft, box Box) (AnswerDraft, bool) {
	me := actor.From(ctx).Person
	i := slices.IndexFunc(list, func(d AnswerDraft) bool { return d.Box == box && d.Person == me })
	if i < 0 {
		return AnswerDraft{}, false
	}
	return list[i], true
}

// mayHold says whether the reader's words wait on the server until they are sent.
func (v View) mayHold() bool { return access.May("request.draft", v.Set, v.Confidential) }

// fillHeld puts the reader's draft into the reply box, and lets it keep what is written there.
func (v View) fillHeld(ctx context.Context, p *ui.ComposerProps, list []AnswerDraft) {
	if p == nil || !v.mayHold() {
		return
	}
	p.Hold = p.Action
	if d, ok := ownIn(ctx, list, BoxReply); ok && p.Value == "" {
		p.Value, p.Held, p.Kept = d.Text, d.Version, d.inputs(ctx)
		if d.Note && p.Note {
			p.Kind = "note"
		}
	}
}

// held puts the reader's draft into the form of a verb.
func (f *verbView) held(ctx context.Context, v View, list []AnswerDraft) {
	box := boxOf(f.Verb)
	if box == "" || !v.mayHold() {
		return
	}
	f.Hold = true
	if d, ok := ownIn(ctx, list, box); ok && f.Typed.Text == "" {
		f.Typed.Text, f.Typed.Draft, f.Kept = d.Text, d.Version, d.inputs(ctx)
	}
}

// inputs keep the files of a draft in its form: they are sent along, and can be taken out.
func (d AnswerDraft) inputs(ctx context.Context) []ui.FileProps {
	var out []ui.FileProps
	for _, f := range d.Attached {
		out = append(out, ui.FileProps{Name: f.Name, Size: talk.Size(ctx, f.Size), Input: "files", Value: strconv.FormatInt(f.ID, 10)})
	}
	return out
}

// keptJSON answers a page that keeps what is being written.
type keptJSON struct {
	Version int64  `json:"version"`
	Text    string `json:"text,omitempty"` // why it could not be kept
}

// submitKept keeps the words of a form instead of sending them: by its button, or by a page that does so while somebody
// writes. What cannot be kept comes back with the form.
func (s *Service) submitKept(w http.ResponseWriter, r *http.Request, verb Verb, number int64, in typed) error {
	ctx := r.Context()
	var d AnswerDraft
	files, err := s.uploaded(ctx, r)
	if err == nil {
		d, err = s.KeepAnswer(ctx, number, AnswerDraft{Box: boxOf(verb), Note: s.meant(verb, in) == VerbNote, Text: in.Text, Files: append([]int64{}, files...), Version: in.Draft})
	}
	kind := fault.KindOf(err)
	refused := err != nil && (kind == fault.Conflict || kind == fault.Invalid || kind == fault.TooLarge)
	switch {
	case err != nil && !refused:
		return err
	case r.Header.Get("Accept") == "application/json":
		out, status := keptJSON{Version: d.Version}, http.StatusOK
		if refused {
			out, status = keptJSON{Text: ui.ErrorsOf(ctx, err, nil).Sentence(ctx)}, http.StatusConflict
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(status)
		return json.NewEncoder(w).Encode(out)
	case kind == fault.Invalid || kind == fault.TooLarge:
		return s.showAgain(w, r, verb, number, in, err)
	case refused:
		return s.showStale(w, r, verb, number, in, err)
	}
	word := "request.draft-kept"
	if d.Version == 0 {
		word = "request.draft-dropped"
	}
	web.Toast(w, r, lang.T(ctx, word), "")
	return web.See(w, r, link(number))
}

// showStale gives the words back to whoever wrote on a draft that is not as it was. They may be sent all the same.
func (s *Service) showStale(w http.ResponseWriter, r *http.Request, verb Verb, number int64, in typed, problem error) error {
	if boxOf(verb) == BoxReply {
		return s.spokenMeanwhile(w, r, number, in, problem)
	}
	ctx := r.Context()
	v, err := s.ByNumber(ctx, number)
	if err != nil {
		return err
	}
	f, err := s.verbForm(ctx, v, verb)
	if err != nil {
		return err
	}
	in.Draft = 0
	f.Typed, f.Hold, f.Errors = in, v.mayHold(), ui.ErrorsOf(ctx, problem, nil)
	return web.Show(w, r, http.StatusConflict, verbPage(f), verbContent(f))
}

// submitHeld takes a colleague's draft over, or throws the own away: POST /requests/{number}/drafts.
func (s *Service) submitHeld(w http.ResponseWriter, r *http.Request) error {
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	var in struct {
		Box     Box    `form:"box"`
		From    string `form:"from"`
		Version int64  `form:"version"`
		Drop    string `form:"drop"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	word := "request.draft-took"
	if in.Drop != "" {
		word, err = "request.draft-dropped", s.DropAnswer(ctx, number, in.Box)
		if fault.KindOf(err) == fault.NotFound { // pressed twice; a request that is not there is not there on the next page
			err = nil
		}
	} else {
		_, err = s.TakeOverAnswer(ctx, number, in.Box, in.From, in.Version)
	}
	switch {
	case fault.KindOf(err) == fault.Conflict:
		return s.showRefusal(w, r, number, typed{}, err)
	case err != nil:
		return err
	}
	web.Toast(w, r, lang.T(ctx, word), "")
	to := link(number) + "#talk-card"
	if verb := Verb(in.Box); in.Drop == "" && in.Box != BoxReply {
		to = link(number) + "/" + string(verb)
	}
	return web.See(w, r, to)
}

func versionText(n int64) string { return strconv.FormatInt(n, 10) }

// nameDrafters adds the people of the drafts to those that the page names.
func (s *Service) nameDrafters(ctx context.Context, rd sqldb.Reader, v View, list []AnswerDraft) error {
	var ids []int64
	for _, d := range list {
		for _, p := range []int64{d.Person, d.From} {
			if _, known := v.People[p]; !known && p != 0 {
				ids = append(ids, p)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	people, err := s.Org.Names(ctx, rd, unique(ids))
	maps.Copy(v.People, people)
	return err
}

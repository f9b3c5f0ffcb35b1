package article

import (
	"context"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/prose"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// written is an article as it was typed.
type written struct {
	Number   string                  `form:"number"` // of the preview: which one; "": a new one
	Unit     string                  `form:"unit"`
	TitleZh  string                  `form:"title.zh"`
	TitleEn  string                  `form:"title.en"`
	BodyZh   string                  `form:"body.zh"`
	BodyEn   string                  `form:"body.en"`
	Services string                  `form:"services"`
	Note     string                  `form:"note"`
	Owner    string                  `form:"owner"`
	CheckBy  string                  `form:"check_by"`
	ETag     string                  `form:"etag"`
	Then     string                  `form:"then"` // "propose", "publish": what follows the saving
	Files    []*multipart.FileHeader `form:"files"`
}

func (in written) input() Input {
	codes := strings.FieldsFunc(in.Services, func(r rune) bool { return r == ',' || r == '，' || r == ' ' || r == ';' || r == '；' || r == '、' })
	return Input{Unit: in.Unit, Title: lang.Text{Zh: in.TitleZh, En: in.TitleEn}, Body: lang.Text{Zh: in.BodyZh, En: in.BodyEn}, Services: codes, Note: in.Note,
		Owner: in.Owner, CheckBy: in.CheckBy}
}

type editView struct {
	Article
	In              written
	New             bool
	Action          string
	Units, Services []ui.Option
	Owners          []ui.Option
	Judges          bool
	Preview         *previewView
	Errors          ui.Errors
}

// previewView is both languages as readers will see them.
type previewView struct{ TitleZh, TitleEn, Zh, En string }

func (s *Service) showNew(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	in := written{CheckBy: lang.Now(ctx).In(lang.Zone(ctx)).AddDate(1, 0, 0).Format(time.DateOnly), Owner: actor.From(ctx).No}
	if code := r.URL.Query().Get("service"); code != "" {
		if sv, err := s.Catalog.Visible(ctx, code); err == nil {
			in.Services = code
			tree, err := s.Org.Tree(ctx)
			if err != nil {
				return err
			}
			u, _ := tree.ByID(sv.Unit)
			in.Unit = u.Code
		}
	}
	return s.editPage(w, r, http.StatusOK, Article{}, in, nil, false)
}

// editPage shows the form with what was typed, what is wrong, and what it will look like.
func (s *Service) editPage(w http.ResponseWriter, r *http.Request, status int, a Article, in written, cause error, preview bool) error {
	ctx := r.Context()
	v := editView{Article: a, In: in, New: a.ID == 0, Action: "/articles/new", Judges: s.may(ctx, doApprove, a) == nil}
	if !v.New {
		v.Action = link(a.Number) + "/edit"
	}
	v.Errors = ui.ErrorsOf(ctx, cause, map[string]string{"title.zh": lang.T(ctx, "article.title-zh"), "title.en": lang.T(ctx, "article.title-en"), "body.zh": lang.T(ctx, "article.body-zh"),
		"body.en": lang.T(ctx, "article.body-en"), "services": lang.T(ctx, "article.services"), "owner": lang.T(ctx, "article.owner"), "check_by": lang.T(ctx, "article.check-by"), "unit": lang.T(ctx, "article.unit"), "note": lang.T(ctx, "article.note")})
	units, err := s.unitsOf(ctx)
	if err != nil {
		return err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	if u, ok := tree.ByID(a.Unit); ok && !slices.ContainsFunc(units, func(o org.Unit) bool { return o.ID == u.ID }) {
		units = append(units, u)
	}
	for _, u := range units {
		v.Units = append(v.Units, ui.Option{Value: u.Code, Text: u.Label(ctx), Selected: u.Code == in.Unit})
		if v.New && in.Unit != "" && u.Code == in.Unit {
			v.Judges = s.may(ctx, doApprove, Article{Unit: u.ID}) == nil
		}
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	for _, code := range in.input().Services {
		if sv, ok := snap.ByCode(code); ok && s.Catalog.Sees(ctx, sv) {
			v.Services = append(v.Services, ui.Option{Value: sv.Code, Text: sv.Name.In(ctx), Selected: true})
		}
	}
	if in.Owner != "" {
		if p, err := s.Org.PersonByNo(ctx, in.Owner); err == nil {
			v.Owners = []ui.Option{{Value: in.Owner, Text: p.Display(ctx), Selected: true}}
		}
	}
	if preview {
		if v.Preview, err = previewOf(in); err != nil {
			return err
		}
	}
	return web.Show(w, r, status, editPage(v), nil)
}

func previewOf(in written) (*previewView, error) {
	zh, err := prose.HTML(in.BodyZh)
	if err != nil {
		return nil, err
	}
	en, err := prose.HTML(in.BodyEn)
	return &previewView{in.TitleZh, in.TitleEn, zh, en}, err
}

// typed reads the form and keeps the pictures that came with it: each is shown at the end of the text, from where it can be
// moved.
func (s *Service) typed(r *http.Request) (written, error) {
	var in written
	if err := web.Decode(r, &in); err != nil {
		return in, err
	}
	for _, h := range in.Files {
		if h.Size == 0 && h.Filename == "" {
			continue
		}
		part, err := h.Open()
		if err != nil {
			return in, err
		}
		f, err := s.Talk.Upload(r.Context(), h.Filename, part)
		if closing := part.Close(); err == nil {
			err = closing
		}
		if err != nil {
			return in, err
		}
		line := "[" + strings.NewReplacer("[", "", "]", "").Replace(f.Name) + "](" + f.Href() + ")"
		if strings.HasPrefix(f.Type, "image/") {
			line = "!" + line
		}
		if in.BodyZh != "" || in.BodyEn == "" {
			in.BodyZh = strings.TrimSpace(in.BodyZh + "\n\n" + line)
		} else {
			in.BodyEn = strings.TrimSpace(in.BodyEn + "\n\n" + line)
		}
	}
	return in, nil
}

// submitPreview shows what was typed as its readers will see it; nothing is stored but its pictures.
func (s *Service) submitPreview(w http.ResponseWriter, r *http.Request) error {
	in, err := s.typed(r)
	if err != nil {
		return err
	}
	var a Article
	if in.Number != "" {
		number, err := ParseRef(in.Number)
		if err != nil {
			return err
		}
		shown, err := s.ByNumber(r.Context(), number, 0)
		if err != nil {
			return err
		}
		if !shown.Keeps {
			return fault.ErrNotFound
		}
		a = shown.Article
	}
	return s.editPage(w, r, http.StatusOK, a, in, nil, true)
}

func (s *Service) submitNew(w http.ResponseWriter, r *http.Request) error {
	in, err := s.typed(r)
	if err != nil {
		return err
	}
	a, err := s.Write(r.Context(), in.input())
	if fault.KindOf(err) == fault.Invalid && err != nil {
		return s.editPage(w, r, http.StatusUnprocessableEntity, Article{}, in, err, false)
	}
	if err != nil {
		return err
	}
	return s.then(w, r, a, in.Then)
}

// then is what follows the saving: nothing, a proposal, or a publication by who may.
func (s *Service) then(w http.ResponseWriter, r *http.Request, a Article, what string) error {
	ctx, word, err := r.Context(), "article.done-written", error(nil)
	switch what {
	case "propose":
		if a.Working() == Draft {
			_, err = s.Propose(ctx, a.Number)
			word = "article.done-proposed"
		}
	case "publish":
		if a.publishable() == nil {
			_, err = s.Publish(ctx, a.Number)
			word = "article.done-published"
		}
	}
	if err != nil {
		return s.again(w, r, a.Number, err, nil)
	}
	web.Toast(w, r, lang.T(ctx, word, "ref", a.Ref()), "")
	return web.See(w, r, link(a.Number))
}

func (s *Service) showEdit(w http.ResponseWriter, r *http.Request) error {
	a, err := s.toEdit(r)
	if err != nil {
		return err
	}
	in, err := s.writtenOf(r.Context(), a)
	if err != nil {
		return err
	}
	return s.editPage(w, r, http.StatusOK, a, in, nil, false)
}

// toEdit is the article of the address, for who may write it.
func (s *Service) toEdit(r *http.Request) (Article, error) {
	number, err := numberOf(r)
	if err != nil {
		return Article{}, err
	}
	shown, err := s.ByNumber(r.Context(), number, 0)
	if err != nil {
		return Article{}, err
	}
	if !shown.Keeps {
		return Article{}, fault.ErrNotFound
	}
	return shown.Article, nil
}

// writtenOf is an article as the form shows it.
func (s *Service) writtenOf(ctx context.Context, a Article) (written, error) {
	in := written{Number: a.Ref(), TitleZh: a.Title.Zh, TitleEn: a.Title.En, BodyZh: a.Body.Zh, BodyEn: a.Body.En, ETag: a.etag()}
	if a.Work != "" || a.State != Published {
		in.Note = a.Note
	}
	if !a.CheckBy.IsZero() {
		in.CheckBy = a.CheckBy.In(s.Org.Company(ctx).Location()).Format(time.DateOnly)
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return in, err
	}
	unit, _ := tree.ByID(a.Unit)
	in.Unit = unit.Code
	if in.Services, err = s.codes(ctx, a.Services); err != nil {
		return in, err
	}
	return in, s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		people, err := s.Org.Names(ctx, rd, []int64{a.Owner})
		in.Owner = people[a.Owner].No
		return err
	})
}

// codes are the codes of services, with commas.
func (s *Service) codes(ctx context.Context, ids []int64) (string, error) {
	snap, err := s.Catalog.Snapshot(ctx)
	var out []string
	for _, id := range ids {
		if sv, ok := snap.ByID(id); ok {
			out = append(out, sv.Code)
		}
	}
	return strings.Join(out, ","), err
}

func (s *Service) submitEdit(w http.ResponseWriter, r *http.Request) error {
	was, err := s.toEdit(r)
	if err != nil {
		return err
	}
	in, err := s.typed(r)
	if err != nil {
		return err
	}
	a, err := s.Edit(r.Context(), was.Number, in.input(), web.IfMatch{IfMatch: in.ETag})
	if err != nil {
		in.Number, in.ETag = was.Ref(), was.etag()
		switch fault.KindOf(err) {
		case fault.Invalid:
			return s.editPage(w, r, http.StatusUnprocessableEntity, was, in, err, false)
		case fault.Precondition:
			return s.editPage(w, r, http.StatusPreconditionFailed, was, in, err, false)
		case fault.Conflict:
			return s.editPage(w, r, http.StatusConflict, was, in, err, false)
		}
		return err
	}
	return s.then(w, r, a, in.Then)
}

func itoa(n int) string { return strconv.Itoa(n) }

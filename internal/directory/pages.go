package directory

import (
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// listView is the page of all connections.
type listView struct {
	Lines  []connectionLine
	Proofs []Proof
	Change bool // the reader may change something
	Errors ui.Errors
}

type connectionLine struct {
	Connection
	Last   *Run
	People int
}

func mayChange(ctx context.Context) bool { return actor.From(ctx).Has("admin") }

func (s *Service) showConnections(w http.ResponseWriter, r *http.Request) error {
	return s.list(w, r, http.StatusOK, ui.Errors{})
}

func (s *Service) list(w http.ResponseWriter, r *http.Request, status int, errs ui.Errors) error {
	ctx := r.Context()
	v := listView{Change: mayChange(ctx), Errors: errs}
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		all, err := allConnections(ctx, rd)
		if err != nil {
			return err
		}
		for _, c := range all {
			l := connectionLine{Connection: c}
			last, err := lastRuns(ctx, rd, c.ID, rd.Instant().Add(time.Hour), 1)
			if err != nil {
				return err
			}
			if len(last) > 0 {
				l.Last = &last[0]
			}
			if l.People, err = countIdentities(ctx, rd, c.ID); err != nil {
				return err
			}
			v.Lines = append(v.Lines, l)
		}
		v.Proofs, err = proofs(ctx, rd)
		return err
	})
	if err != nil {
		return err
	}
	sorting.Stable(v.Lines, func(a, b connectionLine) int {
		switch {
		case a.Active() == b.Active():
			return 0
		case a.Active():
			return -1
		}
		return 1
	})
	return web.Show(w, r, status, listPage(v), listContent(v))
}

// connectionView is the page of one connection.
type connectionView struct {
	Connection
	Runs   []runLine
	People int
	Change bool
	Places []ui.Pair // addresses to enter on the other side
	Busy   *Run      // reading, planning or applying
}

type runLine struct {
	Run
	Who string
}

func (s *Service) showConnection(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, err := idIn(r, "id")
	if err != nil {
		return err
	}
	v := connectionView{Change: mayChange(ctx)}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		if v.Connection, err = connectionByID(ctx, rd, id); err != nil {
			return err
		}
		last, err := lastRuns(ctx, rd, id, rd.Instant().Add(time.Hour), 20)
		if err != nil {
			return err
		}
		var who []int64
		for _, run := range last {
			who = append(who, run.Person)
		}
		names, err := s.org.Names(ctx, rd, who)
		if err != nil {
			return err
		}
		for i, run := range last {
			v.Runs = append(v.Runs, runLine{run, names[run.Person].Display(ctx)})
			if i == 0 && (run.State == Reading || run.State == Planning || run.State == Applying) {
				v.Busy = &last[0]
			}
		}
		v.People, err = countIdentities(ctx, rd, id)
		return err
	})
	if err != nil {
		return err
	}
	v.Places = places(ctx, v.Connection, s.org.AddressFor(r))
	return web.Show(w, r, http.StatusOK, connectionPage(v), connectionContent(v))
}

// formView is the form of a connection.
type formView struct {
	ID     ID
	In     ConnectionInput
	Sealed []string
	Kept   string // secrets that were typed, sealed
	Root   []ui.Option
	Errors ui.Errors
}

func (v formView) post() string {
	if v.ID == 0 {
		return "/settings/connections/new"
	}
	return pathOf(v.ID) + "/edit"
}

func (s *Service) showNew(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	kind := r.URL.Query().Get("kind")
	if !slices.Contains(Kinds, kind) {
		return web.Show(w, r, http.StatusOK, kindPage(), kindContent())
	}
	use := Uses(kind)
	in := ConnectionInput{Kind: kind, NameZh: lang.T(lang.In(ctx, "zh"), "directory.kind-"+kind), NameEn: lang.T(lang.In(ctx, "en"), "directory.kind-"+kind),
		SignIn: use.SignIn, Sync: use.Sync, Notify: use.Notify, Settings: map[string]string{}, Rules: DefaultRules()}
	return s.sendForm(w, r, http.StatusOK, formView{In: in})
}

func (s *Service) showEdit(w http.ResponseWriter, r *http.Request) error {
	id, err := idIn(r, "id")
	if err != nil {
		return err
	}
	c, err := s.Connection(r.Context(), id)
	if err != nil {
		return err
	}
	return s.sendForm(w, r, http.StatusOK, formView{ID: id, In: inputOf(c), Sealed: c.Sealed})
}

func inputOf(c Connection) ConnectionInput {
	return ConnectionInput{Kind: c.Kind, NameZh: c.Name.Zh, NameEn: c.Name.En, SignIn: c.SignIn, Sync: c.Sync, Notify: c.Notify, Settings: c.Settings, Rules: c.Rules, Revision: c.Revision}
}

func (s *Service) sendForm(w http.ResponseWriter, r *http.Request, status int, v formView) error {
	ctx := r.Context()
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return err
	}
	if u, ok := tree.ByCode(v.In.Rules.Root); ok {
		v.Root = []ui.Option{{Value: u.Code, Text: u.Name.In(ctx), Selected: true}}
	}
	return web.Show(w, r, status, formPage(v), formContent(v))
}

func (s *Service) submitNew(w http.ResponseWriter, r *http.Request) error { return s.submit(w, r, 0) }

func (s *Service) submitEdit(w http.ResponseWriter, r *http.Request) error {
	id, err := idIn(r, "id")
	if err != nil {
		return err
	}
	return s.submit(w, r, id)
}

func (s *Service) submit(w http.ResponseWriter, r *http.Request, id ID) error {
	ctx := r.Context()
	v := formView{ID: id}
	if id != 0 {
		c, err := s.Connection(ctx, id)
		if err != nil {
			return err
		}
		v.Sealed = c.Sealed
		v.In.Kind = c.Kind
	}
	in, err := typed(r)
	if id != 0 {
		in.Kind = v.In.Kind
	}
	s.again(ctx, r.PostFormValue("kept"), in.Secrets)
	var c Connection
	if err == nil {
		c, err = s.SaveConnection(ctx, id, in)
	}
	if refusedBy(err) && fault.KindOf(err) != fault.NotFound {
		v.In, v.Errors = in, ui.ErrorsOf(ctx, err, labels(ctx, in.Kind))
		v.In.Rules = in.Rules.filled()
		f, _ := fault.As(err)
		if v.Kept, err = s.keep(ctx, in.Secrets); err != nil {
			return err
		}
		for name, text := range in.Secrets {
			if text != "" && !slices.Contains(v.Sealed, name) {
				v.Sealed = append(v.Sealed, name)
			}
		}
		if !slices.Contains(Kinds, in.Kind) {
			return web.Show(w, r, f.Kind.Status(), kindPage(), kindContent())
		}
		return s.sendForm(w, r, f.Kind.Status(), v)
	}
	if err != nil {
		return err
	}
	if c.Active() && r.PostFormValue("then") == "test" {
		if _, err := s.Test(ctx, c.ID); err != nil {
			return err
		}
		web.Toast(w, r, lang.T(ctx, "directory.saved-tested"), "")
		return web.See(w, r, pathOf(c.ID)+"#test")
	}
	web.Toast(w, r, lang.T(ctx, "directory.saved"), "")
	return web.See(w, r, pathOf(c.ID))
}

func (s *Service) submitTest(w http.ResponseWriter, r *http.Request) error {
	id, err := idIn(r, "id")
	if err != nil {
		return err
	}
	if _, err := s.Test(r.Context(), id); err != nil {
		return err
	}
	return web.See(w, r, pathOf(id)+"#test")
}

func (s *Service) submitEnd(w http.ResponseWriter, r *http.Request) error {
	return s.turn(w, r, s.EndConnection)
}

func (s *Service) submitResume(w http.ResponseWriter, r *http.Request) error {
	return s.turn(w, r, s.ResumeConnection)
}

func (s *Service) turn(w http.ResponseWriter, r *http.Request, do func(context.Context, ID) error) error {
	id, err := idIn(r, "id")
	if err != nil {
		return err
	}
	if err := do(r.Context(), id); err != nil {
		return err
	}
	return web.See(w, r, pathOf(id))
}

func (s *Service) submitSync(w http.ResponseWriter, r *http.Request) error {
	id, err := idIn(r, "id")
	if err != nil {
		return err
	}
	run, err := s.Begin(r.Context(), id, "hand")
	if err != nil {
		return err
	}
	return web.See(w, r, pathOfRun(run.ID))
}

func (s *Service) submitProof(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var form struct {
		File []*multipart.FileHeader `form:"file"`
	}
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	var name string
	var body []byte
	if len(form.File) > 0 {
		f, err := form.File[0].Open()
		if err != nil {
			return err
		}
		defer f.Close()
		name = form.File[0].Filename
		if body, err = io.ReadAll(io.LimitReader(f, 1100)); err != nil {
			return err
		}
	}
	err := s.PutProof(ctx, name, string(body))
	if refusedBy(err) {
		return s.list(w, r, fault.KindOf(err).Status(), ui.ErrorsOf(ctx, err, map[string]string{"file": lang.T(ctx, "directory.proof-file")}))
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "directory.proof-put", "name", name), "")
	return web.See(w, r, "/settings/connections#proofs")
}

func (s *Service) submitDropProof(w http.ResponseWriter, r *http.Request) error {
	id, err := idIn(r, "id")
	if err != nil {
		return err
	}
	if err := s.DropProof(r.Context(), id); err != nil {
		return err
	}
	return web.See(w, r, "/settings/connections#proofs")
}

// labels of the fields of a kind's form, for the summary of errors.
func labels(ctx context.Context, kind string) map[string]string {
	out := map[string]string{"name_zh": lang.T(ctx, "directory.field-name-zh"), "name_en": lang.T(ctx, "directory.field-name-en"), "kind": lang.T(ctx, "directory.field-kind"),
		"sign_in": lang.T(ctx, "directory.use-sign-in"), "sync": lang.T(ctx, "directory.use-sync"), "notify": lang.T(ctx, "directory.use-notify")}
	for _, f := range FieldsOf(kind) {
		out[f.path()] = f.label(ctx, kind)
	}
	for _, name := range []string{"root", "new_units", "number", "owns", "every", "hour", "percent"} {
		out["rules."+name] = lang.T(ctx, "directory.rule-"+strings.ReplaceAll(name, "_", "-"))
	}
	return out
}

// path is the name of the field's input.
func (f Field) path() string {
	if f.Secret {
		return "secrets." + f.Name
	}
	return "settings." + f.Name
}

func (f Field) word() string { return strings.ReplaceAll(f.Name, "_", "-") }

// label is what the platform's console calls the field.
func (f Field) label(ctx context.Context, kind string) string {
	return lang.T(ctx, "directory.field-"+kind+"-"+f.word())
}

func queryOf(path string, values ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(values); i += 2 {
		if values[i+1] != "" {
			q.Set(values[i], values[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func number(n int) string { return strconv.Itoa(n) }

package catalog

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// policyForm is a policy as it was typed.
type policyForm struct {
	Reopen        string   `form:"reopen"`
	ReopenDays    string   `form:"reopen_days"`
	AcceptDays    string   `form:"accept_days"`
	UrgentQuota   string   `form:"urgent_quota"`
	WorkLimit     string   `form:"work_limit"`
	WhenFull      string   `form:"when_full"`
	Confidential  string   `form:"confidential"`
	RetentionDays string   `form:"retention_days"`
	Crisis        textPair `form:"crisis"`
	Revision      int      `form:"revision"`
	Stages        []Stage  `form:"-"`
}

// typedStages are the stages as they were typed, without empty lines.
func typedStages(values url.Values) []Stage {
	var out []Stage
	for i := range maxStages {
		at := func(name string) string {
			return strings.TrimSpace(values.Get("stages." + strconv.Itoa(i) + "." + name))
		}
		x := Stage{Code: at("code"), Name: lang.Text{Zh: at("name.zh"), En: at("name.en")}, Waits: at("waits") == "yes"}
		if x.Name != (lang.Text{}) {
			out = append(out, x)
		}
	}
	return out
}

// stageRow is a line of the form for a stage.
type stageRow struct {
	Stage
	N int // from 1
}

// at names an input of the line.
func (r stageRow) at(name string) string { return "stages." + strconv.Itoa(r.N-1) + "." + name }

// StageRows are the lines of the form: those typed, and empty ones after them.
func (v policyView) StageRows() []stageRow {
	var rows []stageRow
	for i, x := range v.In.Stages {
		rows = append(rows, stageRow{x, i + 1})
	}
	for empty := 0; len(rows) < maxStages && (empty < 2 || len(rows) < 4); empty++ {
		rows = append(rows, stageRow{N: len(rows) + 1})
	}
	return rows
}

func policyFormOf(s *Service) policyForm {
	p := s.Policy
	in := policyForm{
		Reopen: string(p.Reopen), AcceptDays: strconv.Itoa(p.AcceptDays), WorkLimit: typedSome(p.WorkLimit), WhenFull: string(p.WhenFull), Confidential: string(p.Confidential),
		ReopenDays: typedSome(p.ReopenDays), RetentionDays: typedSome(p.RetentionDays), Crisis: pairOf(p.Crisis), Revision: s.Revision, Stages: s.Stages(),
	}
	if p.UrgentQuota != CompanyQuota {
		in.UrgentQuota = strconv.Itoa(p.UrgentQuota)
	}
	return in
}

func typedSome(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// policy reads what was typed; what cannot be read is told under its name. An empty number is the usual one.
func (in policyForm) policy(f *fault.Fields) Policy {
	p := DefaultPolicy()
	p.Reopen, p.Confidential, p.Crisis = Reopening(in.Reopen), Privacy(in.Confidential), in.Crisis.text()
	p.Stages = in.Stages
	if in.WhenFull != "" {
		p.WhenFull = WhenFull(in.WhenFull)
	}
	if p.Confidential == PrivacySupport {
		p.RetentionDays = usualRetention
	}
	for _, x := range []struct {
		name, text string
		to         *int
	}{
		{"reopen_days", in.ReopenDays, &p.ReopenDays}, {"accept_days", in.AcceptDays, &p.AcceptDays}, {"urgent_quota", in.UrgentQuota, &p.UrgentQuota},
		{"work_limit", in.WorkLimit, &p.WorkLimit}, {"retention_days", in.RetentionDays, &p.RetentionDays},
	} {
		text := strings.TrimSpace(x.text)
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil {
			f.Add(x.name, "catalog.whole", "given", clip(text, 20))
			continue
		}
		*x.to = n
	}
	return p
}

type policyView struct {
	*Service
	In                 policyForm
	Title              string
	UnitName, UnitHref string
	Reopen, Privacy    []ui.Choice
	Full               []ui.Choice
	MaySupport         bool        // it is personal support, or can still become it
	Supporting         string      // 工号 of those who support
	Known              []ui.Option // and their names
	Errors             ui.Errors
}

// showPolicy is /services/{code}/policy: how requests for a service go on.
func (c *Catalog) showPolicy(w http.ResponseWriter, r *http.Request) error {
	return c.policyPage(w, r, http.StatusOK, nil, nil)
}

func (c *Catalog) submitPolicy(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("code")
	var in policyForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	in.Stages = typedStages(r.Form)
	s, err := c.setTyped(ctx, code, in)
	switch fault.KindOf(err) {
	case fault.Invalid:
		return c.policyPage(w, r, http.StatusUnprocessableEntity, &in, err)
	case fault.Precondition:
		return c.policyPage(w, r, http.StatusPreconditionFailed, &in, err)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "catalog.saved", "name", s.Name.In(ctx)), "")
	return web.See(w, r, "/services/"+code)
}

// setTyped sets the policy that was typed; what cannot be read comes with what is wrong with the rest.
func (c *Catalog) setTyped(ctx context.Context, code string, in policyForm) (*Service, error) {
	var f fault.Fields
	p := in.policy(&f)
	if f.Len() == 0 {
		return c.SetPolicy(ctx, code, p, in.Revision)
	}
	s, err := c.Visible(ctx, code)
	if err != nil {
		return nil, err
	}
	if err := c.may(ctx, writing(s), s); err != nil {
		return nil, err
	}
	f.Join("", checkPolicy(s, p, c.main(ctx)))
	return nil, f.Err()
}

func (c *Catalog) policyPage(w http.ResponseWriter, r *http.Request, status int, in *policyForm, cause error) error {
	ctx := r.Context()
	s, err := c.Visible(ctx, r.PathValue("code"))
	if err != nil {
		return err
	}
	if err := c.may(ctx, writing(s), s); err != nil {
		return err
	}
	tree, err := c.org.Tree(ctx)
	if err != nil {
		return err
	}
	unit, _ := tree.ByID(s.Unit)
	v := policyView{Service: s, In: policyFormOf(s), Title: s.Name.In(ctx), UnitName: unit.Name.In(ctx), UnitHref: "/services?unit=" + unit.Code}
	if in != nil {
		v.In = *in
		v.In.Revision = s.Revision
	}
	for _, x := range Reopenings {
		v.Reopen = append(v.Reopen, policyChoice(ctx, "reopen", string(x), v.In.Reopen))
	}
	for _, x := range WhensFull {
		v.Full = append(v.Full, policyChoice(ctx, "when_full", string(x), v.In.WhenFull))
	}
	for _, x := range Privacies {
		if (x == PrivacySupport) != s.Support() && (!s.Offered.IsZero() || s.Kind == Standing) {
			continue // fixed since it was first offered
		}
		v.MaySupport = v.MaySupport || x == PrivacySupport
		v.Privacy = append(v.Privacy, policyChoice(ctx, "confidential", string(x), v.In.Confidential))
	}
	people, err := c.Supporters(ctx, s)
	if err != nil {
		return err
	}
	for _, p := range people {
		v.Supporting += p.No + " "
		v.Known = append(v.Known, ui.Option{Value: p.No, Text: org.NameOf(ctx, p)})
	}
	v.Errors = ui.ErrorsOf(ctx, cause, nil)
	return web.Show(w, r, status, policyPage(v), nil)
}

func policyChoice(ctx context.Context, field, value, now string) ui.Choice {
	key := "catalog.policy-" + field + "." + value
	return ui.Choice{Value: value, Title: lang.T(ctx, key), Text: lang.T(ctx, key+"-text"), Checked: value == now}
}

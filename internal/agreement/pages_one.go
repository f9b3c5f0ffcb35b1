package agreement

import (
	"context"
	"net/http"
	"strconv"

	"neike/internal/catalog"
	"neike/internal/disclose"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// versionView is a version as pages show it.
type versionView struct {
	N          int
	Ref, When  string
	Review     string
	State      ui.TagProps
	Overall    []ui.Pair
	Targets    []targetView
	Duties     []string
	Also       string
	Exclusions string
	Purpose    string
	Signs      []signView
	Print      string // the fingerprint, in short
	Signed     bool
}

type targetView struct {
	Service, Href        string
	Completion, Response string
	Share, ResponseShare string
	Standard             string // what the standard itself says
}

type signView struct {
	Side, Unit string
	Name, When string // empty: not signed
	Same       bool   // the same person signed for both
}

type oneView struct {
	View
	Title, Lead string
	State       ui.TagProps
	Line        string
	Edge        string
	Now, Draft  *versionView
	Old         []versionView
	Objections  []saidView
	MaySign     []sideView
	Tried       []triedView
	Try         bool
	In          wordForm
	Errors      ui.Errors
	Ended       string
}

type sideView struct{ Side, Unit string }

type saidView struct{ Who, When, Text string }

type triedView struct {
	Service, Text string
}

func (s *Service) showOne(w http.ResponseWriter, r *http.Request) error {
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	return s.onePage(w, r, http.StatusOK, number, wordForm{}, nil)
}

func (s *Service) onePage(w http.ResponseWriter, r *http.Request, status int, number int64, in wordForm, cause error) error {
	ctx := r.Context()
	a, err := s.ByNumber(ctx, number)
	if err != nil {
		return err
	}
	v, err := s.oneView(ctx, a)
	if err != nil {
		return err
	}
	v.In, v.Errors = in, ui.ErrorsOf(ctx, cause, labels(ctx))
	if v.Try = r.URL.Query().Get("try") != ""; v.Try {
		list, err := s.Try(ctx, number)
		if err != nil {
			return err
		}
		if v.Tried, err = s.triedViews(ctx, list); err != nil {
			return err
		}
	}
	return web.Show(w, r, status, onePage(v), oneContent(v))
}

func (s *Service) triedViews(ctx context.Context, list []TriedAs) ([]triedView, error) {
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	var out []triedView
	for _, x := range list {
		one := triedView{Text: lang.T(ctx, "agreement.tried", "n", x.N, "was", x.Was, "would", x.Would)}
		if service, ok := snap.ByID(x.Target.Service); ok {
			one.Service = service.Name.In(ctx)
		}
		if x.N == 0 {
			one.Text = lang.T(ctx, "agreement.tried-none")
		}
		if x.Left > 0 {
			one.Text += lang.T(ctx, "agreement.tried-left", "left", x.Left)
		}
		out = append(out, one)
	}
	return out, nil
}

func (s *Service) oneView(ctx context.Context, a View) (oneView, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return oneView{}, err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return oneView{}, err
	}
	now, zone := s.db.Now(), s.Org.Company(ctx).Location()
	state := stateAt(a.Agreement, a.Versions, now, zone)
	v := oneView{View: a, Title: title(ctx, tree, a.Agreement), State: stateTag(ctx, state), Line: s.lineOf(ctx, a), Edge: edgeHref(tree, a.Agreement)}
	v.Lead = lang.T(ctx, "agreement.lead-one", "ref", a.Ref())
	current, inForce := a.InForce(now, zone)
	for _, x := range a.Versions {
		shown := s.versionView(ctx, tree, snap, a, x)
		switch {
		case x.SignedAt.IsZero():
			v.Draft = &shown
		case inForce && x.N == current.N, !inForce && v.Now == nil && state == Coming:
			shown.State = v.State
			v.Now = &shown
		default:
			v.Old = append(v.Old, shown)
		}
	}
	for _, w := range a.Words {
		v.Objections = append(v.Objections, saidView{Who: a.People[w.Person].Display(ctx) + " · " + tree.Name(ctx, a.Unit(w.Side)), When: lang.At(ctx, w.At), Text: w.Text})
	}
	if draft, ok := a.Draft(); ok {
		for _, side := range a.Speaks {
			if _, signed := draft.By(side); !signed {
				v.MaySign = append(v.MaySign, sideView{string(side), tree.Name(ctx, a.Unit(side))})
			}
		}
	}
	if !a.EndedAt.IsZero() {
		switch {
		case a.EndedWhy != "":
			v.Ended = lang.T(ctx, "agreement.ended", "when", lang.At(ctx, a.EndedAt), "who", a.People[a.EndedBy].Display(ctx), "why", a.EndedWhy)
		case a.EndedBy == 0:
			v.Ended = lang.T(ctx, "agreement.ended-by-merge", "when", lang.At(ctx, a.EndedAt))
		default:
			v.Ended = lang.T(ctx, "agreement.dropped", "when", lang.At(ctx, a.EndedAt), "who", a.People[a.EndedBy].Display(ctx))
		}
	}
	return v, nil
}

func (s *Service) versionView(ctx context.Context, tree *org.Tree, snap *catalog.Snapshot, a View, x Version) versionView {
	t := x.Terms
	v := versionView{N: x.N, Ref: x.ref(a.Agreement), When: span(ctx, x), Review: dayWords(ctx, x.Review), Also: t.Also, Exclusions: t.Exclusions, Purpose: t.Purpose,
		Signed: !x.SignedAt.IsZero(), Print: x.Print(a.Number)[:16], State: ui.TagProps{Text: lang.T(ctx, "agreement.version-draft"), Tone: "warn"}}
	if v.Signed {
		v.State = ui.TagProps{Text: lang.T(ctx, "agreement.version-old"), Tone: "line"}
	}
	if t.Attainment > 0 {
		v.Overall = append(v.Overall, ui.Pair{Term: lang.T(ctx, "agreement.field.attainment"), Text: exact(t.Attainment)})
	}
	if t.RightFirst > 0 {
		v.Overall = append(v.Overall, ui.Pair{Term: lang.T(ctx, "agreement.field.right_first"), Text: exact(t.RightFirst)})
	}
	for _, y := range t.Targets {
		one := targetView{Completion: y.Completion.Label(ctx), Response: y.Response.Label(ctx), Share: exact(y.CompletionTarget), ResponseShare: exact(y.ResponseTarget)}
		if service, ok := snap.ByID(y.Service); ok {
			one.Service, one.Href = service.Name.In(ctx), "/services/"+service.Code
			one.Standard = service.Standard.Completion.Label(ctx)
			if service.Standard.CompletionTarget > 0 {
				one.Standard += " · " + exact(service.Standard.CompletionTarget)
			}
		}
		v.Targets = append(v.Targets, one)
	}
	for _, d := range t.Duties {
		v.Duties = append(v.Duties, dutyWords(ctx, d))
	}
	for _, side := range Sides {
		one := signView{Side: lang.T(ctx, "agreement.side."+string(side)), Unit: tree.Name(ctx, a.Unit(side))}
		if mark, ok := x.By(side); ok {
			one.Name, one.When = a.People[mark.Person].Display(ctx), lang.At(ctx, mark.At)
			one.Same = len(x.Signatures) == 2 && x.Signatures[0].Person == x.Signatures[1].Person
		}
		v.Signs = append(v.Signs, one)
	}
	return v
}

// exact is a share as it was agreed on, 98.5%; "" for none.
func exact(share float64) string {
	if share == 0 {
		return ""
	}
	return catalog.TypedPercent(share) + "%"
}

// dutyWords says a duty in a sentence.
func dutyWords(ctx context.Context, d Duty) string {
	return lang.T(ctx, "agreement.duty-words."+d.Kind, "within", d.Within, "share", exact(d.Target))
}

type printView struct {
	Title    string
	Back     string
	Provider string
	Customer string
	Version  versionView
	Company  string
}

// showPrint is the wording to be printed and signed by hand, too: the draft, else what is in force, else the newest.
func (s *Service) showPrint(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	a, err := s.ByNumber(ctx, number)
	if err != nil {
		return err
	}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	snap, err := s.Catalog.Snapshot(ctx)
	if err != nil {
		return err
	}
	v := printView{Title: lang.T(ctx, "agreement.print-title", "ref", a.Ref()), Back: link(number), Provider: tree.Name(ctx, a.Provider), Customer: tree.Name(ctx, a.Customer),
		Company: s.Org.Company(ctx).Name.In(ctx)}
	for _, x := range a.Versions {
		if n := r.URL.Query().Get("version"); n == "" || n == strconv.Itoa(x.N) {
			v.Version = s.versionView(ctx, tree, snap, a, x)
			break
		}
	}
	return web.Show(w, r, http.StatusOK, printPage(v), printContent(v))
}

type reviewView struct {
	Title, Lead  string
	Back, Edge   string
	Quarters     []ui.SegmentProps
	Code         string
	None, Hidden bool
	Summary      string
	Trend        []trendRow
	Services     []serviceRow
	Duties       []dutyLine
	Comments     []saidView
	May          []sideView
	In           wordForm
	Errors       ui.Errors
	Also         string
	Promises     string // address of what was promised on the edge
	Version      string
	Rated        bool // the reader may see satisfaction
	Score        disclose.Score
	Least        int
	Ratings      string // address of the batches it is made of
	Provider     string
	Customer     string
}

type trendRow struct {
	Name, Share, N, Verdict string
	Width                   float64
	On                      bool
}

type serviceRow struct{ Service, Target, Share, N, Verdict, Pending string }

type dutyLine struct{ Words, Share, N, Verdict, Pending string }

func (s *Service) showReview(w http.ResponseWriter, r *http.Request) error {
	return s.reviewPage(w, r, http.StatusOK, wordForm{Quarter: r.URL.Query().Get("quarter")}, nil)
}

func (s *Service) submitReview(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	number, err := numberOf(r)
	if err != nil {
		return err
	}
	var in wordForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	q, _ := s.quarterIn(ctx, in.Quarter)
	if err := s.Comment(ctx, number, Side(in.Side), q, in.Text); err != nil {
		if isInvalid(err) {
			return s.reviewPage(w, r, http.StatusUnprocessableEntity, in, err)
		}
		return err
	}
	web.Toast(w, r, lang.T(ctx, "agreement.said.commented"), "")
	return web.See(w, r, link(number)+"/review?quarter="+q.Code())
}

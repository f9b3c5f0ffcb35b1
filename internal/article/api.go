package article

import (
	"context"
	"net/http"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/prose"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/org"
)

func (s *Service) api(m *web.Mux) {
	const tag = "Articles"
	web.Op(m, web.Operation{ID: "list-articles", Method: http.MethodGet, Path: "/api/v1/articles", Action: doSee, Tag: tag,
		Summary: "Articles that the caller may read", Detail: "Newest first; with q the nearest first. Articles in other states than published are there for those who keep them."}, s.getList)
	web.Op(m, web.Operation{ID: "get-article", Method: http.MethodGet, Path: "/api/v1/articles/{number}", Action: doSee, Tag: tag, Summary: "One article, or one of its versions"}, s.getOne)
	web.Op(m, web.Operation{ID: "list-article-versions", Method: http.MethodGet, Path: "/api/v1/articles/{number}/versions", Action: doKeep, Tag: tag, Summary: "The history of an article, newest first, for those who keep it"}, s.getVersions)
	web.Op(m, web.Operation{ID: "write-article", Method: http.MethodPost, Path: "/api/v1/articles", Action: doWrite, Tag: tag, Status: http.StatusCreated, Summary: "Begin an article as a draft"}, s.postWrite)
	web.Op(m, web.Operation{ID: "edit-article", Method: http.MethodPut, Path: "/api/v1/articles/{number}", Action: doKeep, Tag: tag,
		Summary: "Change the working text", Detail: "What is published stays until the next version is. Owner and check_by change at once."}, s.putEdit)
	for _, v := range []struct {
		verb, action, summary string
		do                    func(context.Context, int64) (Article, error)
	}{
		{"propose", doKeep, "Hand the working text over for review", s.Propose}, {"publish", doApprove, "Make the working text the next version; bring a retired article back", s.Publish},
		{"retire", doApprove, "Take an article away from its readers", s.Retire}, {"drop", doKeep, "Give up the work on the next version", s.Drop},
	} {
		web.Op(m, web.Operation{ID: v.verb + "-article", Method: http.MethodPost, Path: "/api/v1/articles/{number}/" + v.verb, Action: v.action, Tag: tag, Summary: v.summary},
			func(ctx context.Context, in *articleInput) (*articleOutput, error) {
				return s.did(ctx, in.Number, v.do)
			})
	}
	web.Op(m, web.Operation{ID: "send-article-back", Method: http.MethodPost, Path: "/api/v1/articles/{number}/send-back", Action: doApprove, Tag: tag, Summary: "Return what was proposed, with the reason"},
		func(ctx context.Context, in *articleWordsInput) (*articleOutput, error) {
			return s.did(ctx, in.Number, func(ctx context.Context, n int64) (Article, error) { return s.SendBack(ctx, n, in.Body.Why) })
		})
	web.Op(m, web.Operation{ID: "confirm-article", Method: http.MethodPost, Path: "/api/v1/articles/{number}/confirm", Action: doKeep, Tag: tag, Summary: "Say that it is still right, and when to look again"},
		func(ctx context.Context, in *articleWordsInput) (*articleOutput, error) {
			return s.did(ctx, in.Number, func(ctx context.Context, n int64) (Article, error) { return s.Confirm(ctx, n, in.Body.CheckBy) })
		})
	web.Op(m, web.Operation{ID: "rate-article", Method: http.MethodPost, Path: "/api/v1/articles/{number}/rate", Action: doRate, Tag: tag, Quiet: true,
		Summary: "Say whether it helped", Detail: "One for each person and version; saying it again replaces it. Nobody is told who it was."}, s.postRate)
	web.Op(m, web.Operation{ID: "list-service-articles", Method: http.MethodPost, Path: "/api/v1/services/{code}/articles", Action: doCount, Tag: tag, Scope: "read", Quiet: true,
		Summary: "What to read before asking for a service", Detail: "At most five, the nearest to text first. A post, so that the words stand in no address; nothing is kept and nothing is counted."}, s.postMatch)
	web.Op(m, web.Operation{ID: "count-article", Method: http.MethodPost, Path: "/api/v1/articles/{number}/count", Action: doCount, Tag: tag, Status: http.StatusNoContent, Quiet: true,
		Summary: "Count what became of reading before asking", Detail: "For programs that ask on behalf of people: shown, opened, solved (nothing was sent) or asked (sent all the same). Only counts by day are kept."}, s.postCount)
	web.Op(m, web.Operation{ID: "report-articles", Method: http.MethodGet, Path: "/api/v1/reports/articles", Action: doReport, Tag: "Reports",
		Summary: "What reading before asking solved, by service and by article"}, s.getReport)
}

type articleJSON struct {
	Number    string    `json:"number" example:"A-101"`
	Unit      string    `json:"unit" doc:"Code"`
	Owner     string    `json:"owner" doc:"工号 of whoever it is in the hands of; empty for those who do not keep it"`
	State     string    `json:"state" enum:"draft,proposed,published,retired"`
	Work      string    `json:"work,omitempty" enum:"draft,proposed" doc:"Of a published article: its next version is being written or waits for review"`
	Version   int       `json:"version" doc:"That is given here; 0: it was never published"`
	Title     lang.Text `json:"title"`
	Body      lang.Text `json:"body" doc:"Markdown"`
	HTML      string    `json:"html,omitempty" doc:"The body in the asked language, safe to show; of one article alone"`
	Services  []string  `json:"services" nullable:"false" doc:"Codes of those that the caller may know of"`
	Note      string    `json:"note,omitempty" doc:"What is new in this version"`
	CheckBy   *string   `json:"check_by" doc:"Day by which its owner looks again; null: none, or the caller does not keep it" example:"2027-06-30"`
	SentBack  string    `json:"sent_back,omitempty"`
	ChangedAt time.Time `json:"changed_at" doc:"Of this version"`
	Path      string    `json:"path" example:"/articles/A-101"`
}

type articleInput struct {
	Number  string `path:"number" doc:"Of the article" example:"A-101"`
	Version int    `query:"version" doc:"An earlier version, for those who keep the article"`
}

type articleOutput struct {
	ETag string `header:"ETag"`
	Body articleJSON
}

type articleWordsInput struct {
	Number string `path:"number" doc:"Of the article" example:"A-101"`
	Body   struct {
		Why     string `json:"why,omitempty" doc:"Of send-back" example:"第二步的地址变了"`
		CheckBy string `json:"check_by,omitempty" doc:"Of confirm: the next day to look again; empty: none" example:"2027-06-30"`
	}
}

func (s *Service) getOne(ctx context.Context, in *articleInput) (*articleOutput, error) {
	n, err := ParseRef(in.Number)
	if err != nil {
		return nil, err
	}
	a, err := s.ByNumber(ctx, n, max(in.Version, 0))
	if err != nil {
		return nil, err
	}
	j, err := s.wire(ctx, a)
	return &articleOutput{a.etag(), j}, err
}

// wire is one article as the caller reads it: those who keep a draft get its working text.
func (s *Service) wire(ctx context.Context, a Shown) (articleJSON, error) {
	j := articleJSON{Number: a.Ref(), State: string(a.State), Version: a.Version.N, Title: a.Version.Title, Body: a.Version.Body, Note: a.Version.Note, ChangedAt: a.Version.At, Path: link(a.Number)}
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return j, err
	}
	u, _ := tree.ByID(a.Unit)
	j.Unit = u.Code
	if j.Services, err = s.seen(ctx, a.Version.Services); err != nil {
		return j, err
	}
	if j.HTML, err = prose.HTML(a.Version.Body.In(ctx)); err != nil || !a.Keeps {
		return j, err
	}
	j.Work, j.SentBack = string(a.Work), a.SentBack
	if !a.CheckBy.IsZero() {
		day := a.CheckBy.In(s.Org.Company(ctx).Location()).Format(time.DateOnly)
		j.CheckBy = &day
	}
	return j, s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		people, err := s.Org.Names(ctx, rd, []org.ID{a.Owner})
		j.Owner = people[a.Owner].No
		return err
	})
}

// seen are the codes of the services that the actor may know of.
func (s *Service) seen(ctx context.Context, ids []int64) ([]string, error) {
	snap, err := s.Catalog.Snapshot(ctx)
	out := []string{}
	for _, id := range ids {
		if sv, ok := snap.ByID(id); ok && s.Catalog.Sees(ctx, sv) {
			out = append(out, sv.Code)
		}
	}
	return out, err
}

type articleListInput struct {
	web.Paging
	Q       string `query:"q" maxLength:"100" doc:"Words, pinyin or initials of the title, number"`
	Unit    string `query:"unit" doc:"Code"`
	Service string `query:"service" doc:"Code"`
	State   string `query:"state" enum:"draft,proposed,published,retired" doc:"Default: published"`
	Mine    bool   `query:"mine" doc:"Only those in the caller's hands, in any state but retired"`
}

type articleListOutput struct{ Body web.Page[articleLineJSON] }

type articleLineJSON struct {
	Number   string    `json:"number" example:"A-101"`
	Unit     string    `json:"unit" doc:"Code"`
	State    string    `json:"state" enum:"draft,proposed,published,retired"`
	Version  int       `json:"version"`
	Title    lang.Text `json:"title"`
	Lead     lang.Text `json:"lead" doc:"The first words of the text"`
	Services []string  `json:"services" nullable:"false"`
	Path     string    `json:"path"`
}

func (s *Service) getList(ctx context.Context, in *articleListInput) (*articleListOutput, error) {
	page, err := s.List(ctx, Filter{Query: in.Q, Unit: in.Unit, Service: in.Service, State: State(in.State), Mine: in.Mine, Limit: in.Size()}, in.Cursor)
	if err != nil {
		return nil, err
	}
	out := &articleListOutput{}
	out.Body.NextCursor = page.NextCursor
	out.Body.Items, err = s.wireLines(ctx, page.Items)
	return out, err
}

func (s *Service) wireLines(ctx context.Context, list []*Head) ([]articleLineJSON, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]articleLineJSON, len(list))
	for i, h := range list {
		u, _ := tree.ByID(h.Unit)
		out[i] = articleLineJSON{Number: h.Ref(), Unit: u.Code, State: string(h.State), Version: h.Version, Title: h.Title, Lead: h.Lead, Path: h.Link()}
		if out[i].Services, err = s.seen(ctx, h.Services); err != nil {
			return nil, err
		}
	}
	return out, nil
}

type articleVersionsOutput struct {
	Body struct {
		Items []articleVersionJSON `json:"items" nullable:"false"`
	}
}

type articleVersionJSON struct {
	Version     int       `json:"version"`
	Title       lang.Text `json:"title"`
	Note        string    `json:"note"`
	PublishedAt time.Time `json:"published_at"`
}

func (s *Service) getVersions(ctx context.Context, in *articleInput) (*articleVersionsOutput, error) {
	n, err := ParseRef(in.Number)
	if err != nil {
		return nil, err
	}
	list, err := s.History(ctx, n)
	out := &articleVersionsOutput{}
	out.Body.Items = []articleVersionJSON{}
	for _, v := range list {
		out.Body.Items = append(out.Body.Items, articleVersionJSON{v.N, v.Title, v.Note, v.At})
	}
	return out, err
}

type articleBodyJSON struct {
	Unit     string    `json:"unit,omitempty" doc:"Code; of an edit empty: as it is" example:"it"`
	Title    lang.Text `json:"title" doc:"In one language or both"`
	Body     lang.Text `json:"body" doc:"Markdown, in the languages of the title. Pictures are files of this house: ![…](/files/…)"`
	Services []string  `json:"services,omitempty" nullable:"false" doc:"Codes; none: everybody reads it" example:"[\"it.device\"]"`
	Note     string    `json:"note,omitempty" doc:"What is new"`
	Owner    string    `json:"owner,omitempty" doc:"工号; empty: the caller, of an edit as it is"`
	CheckBy  string    `json:"check_by,omitempty" doc:"Day; empty: nobody has to look again" example:"2027-06-30"`
}

func (b articleBodyJSON) input() Input {
	return Input(b)
}

type articleWriteInput struct{ Body articleBodyJSON }

type articleEditInput struct {
	Number string `path:"number" doc:"Of the article" example:"A-101"`
	web.IfMatch
	Body articleBodyJSON
}

func (s *Service) postWrite(ctx context.Context, in *articleWriteInput) (*articleOutput, error) {
	a, err := s.Write(ctx, in.Body.input())
	if err != nil {
		return nil, err
	}
	return s.working(ctx, a)
}

func (s *Service) putEdit(ctx context.Context, in *articleEditInput) (*articleOutput, error) {
	n, err := ParseRef(in.Number)
	if err != nil {
		return nil, err
	}
	a, err := s.Edit(ctx, n, in.Body.input(), in.IfMatch)
	if err != nil {
		return nil, err
	}
	return s.working(ctx, a)
}

// working is the article with its working text: what was just written.
func (s *Service) working(ctx context.Context, a Article) (*articleOutput, error) {
	j, err := s.wire(ctx, Shown{Article: a, Version: Version{N: a.Version, Words: a.Words, At: a.ChangedAt}, Keeps: true})
	return &articleOutput{a.etag(), j}, err
}

func (s *Service) did(ctx context.Context, number string, do func(context.Context, int64) (Article, error)) (*articleOutput, error) {
	n, err := ParseRef(number)
	if err != nil {
		return nil, err
	}
	a, err := do(ctx, n)
	if err != nil {
		return nil, err
	}
	return s.working(ctx, a)
}

type articleRateInput struct {
	Number string `path:"number" doc:"Of the article" example:"A-101"`
	Body   struct {
		Helpful bool   `json:"helpful" example:"false"`
		Reason  string `json:"reason,omitempty" enum:"wrong,outdated,unclear,other-case" doc:"Needed when it did not help" example:"outdated"`
		Words   string `json:"words,omitempty" maxLength:"500" example:"现在也收 XML"`
	}
}

type articleRateOutput struct {
	Body struct {
		Number  string `json:"number"`
		Helpful bool   `json:"helpful"`
		Reason  string `json:"reason,omitempty"`
	}
}

func (s *Service) postRate(ctx context.Context, in *articleRateInput) (*articleRateOutput, error) {
	n, err := ParseRef(in.Number)
	if err != nil {
		return nil, err
	}
	out := &articleRateOutput{}
	out.Body.Number, out.Body.Helpful, out.Body.Reason = Ref(n), in.Body.Helpful, in.Body.Reason
	return out, s.Rate(ctx, n, in.Body.Helpful, in.Body.Reason, in.Body.Words)
}

type articleMatchInput struct {
	Code string `path:"code" doc:"Of the service" example:"it.device"`
	Body struct {
		Text string `json:"text,omitempty" maxLength:"400" doc:"What somebody is about to ask" example:"VPN 连不上"`
	}
}

type articleMatchOutput struct {
	Body struct {
		Items []articleLineJSON `json:"items" nullable:"false"`
	}
}

func (s *Service) postMatch(ctx context.Context, in *articleMatchInput) (*articleMatchOutput, error) {
	sv, err := s.Catalog.Visible(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	list, err := s.Of(ctx, sv.ID, in.Body.Text, mostShown)
	if err != nil {
		return nil, err
	}
	out := &articleMatchOutput{}
	out.Body.Items, err = s.wireLines(ctx, list)
	return out, err
}

type articleCountInput struct {
	Number string `path:"number" doc:"Of the article" example:"A-101"`
	Body   struct {
		Service string `json:"service" example:"it.device"`
		What    string `json:"what" enum:"shown,opened,solved,asked" example:"solved"`
	}
}

func (s *Service) postCount(ctx context.Context, in *articleCountInput) (*struct{}, error) {
	n, err := ParseRef(in.Number)
	if err != nil {
		return nil, err
	}
	sv, err := s.Catalog.Visible(ctx, in.Body.Service)
	if err != nil {
		return nil, err
	}
	f := Form{Service: sv.ID}
	switch in.Body.What {
	case "shown":
		return nil, s.WereShown(ctx, f, []int64{n})
	case "opened":
		return nil, s.WasOpened(ctx, f, n)
	case "solved":
		return nil, s.Solved(ctx, f, n)
	case "asked":
		f.Read = []int64{n}
		return nil, s.WasSent(ctx, f)
	}
	var bad fault.Fields
	bad.Add("what", "article.count-unknown")
	return nil, bad.Err()
}

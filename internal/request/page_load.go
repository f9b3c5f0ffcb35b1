package request

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"neike/internal/access"
	"neike/internal/catalog"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sorting"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// loadShown is what the page where one asks says of the work in hand.
func (s *Service) loadShown(ctx context.Context, service *catalog.Service, due string) (catalog.LoadView, error) {
	loads, err := s.loads(ctx, []*catalog.Service{service})
	return loads[service.ID].Words(ctx, due), err
}

// handsNow is what the reader has in hand, and how much the unit allows.
type handsNow struct{ has, most int }

// handsNow reads it for who may take or give the request; the unit says nothing where most is 0.
func (s *Service) handsNow(ctx context.Context, rd sqldb.Reader, v View) (handsNow, error) {
	if !v.May(VerbTake) && !v.May(VerbAssign) {
		return handsNow{}, nil
	}
	limits, err := limitsOf(ctx, rd, v.Unit)
	if err != nil || limits.Hands == 0 {
		return handsNow{}, err
	}
	me := actor.From(ctx).Person
	has, err := handsOfPeople(ctx, rd, v.Unit, []int64{me})
	return handsNow{has[me], limits.Hands}, err
}

// arrangeLoad says which place in line the request has, and whether its reader has as much in hand as the unit allows.
func arrangeLoad(ctx context.Context, m material, v *showView) {
	if m.place > 0 {
		due := ""
		if !m.Due.IsZero() {
			due = lang.T(ctx, "request.in-line-due", "due", lang.At(ctx, m.Due))
		}
		v.InLine = lang.T(ctx, "request.in-line", "place", m.place) + due
	}
	v.MayAgain, v.ServiceCode = m.offered != "" && m.isCustomer(actor.From(ctx).Person), m.offered
	if v.May(VerbTake) && m.hands.most > 0 && m.hands.has >= m.hands.most {
		v.HandsNote = lang.T(ctx, "request.your-hands-full", "count", m.hands.has, "limit", m.hands.most)
	}
}

// handsWord is how much somebody has in hand, behind the name.
func handsWord(ctx context.Context, n int) string {
	if n > handsTold {
		return " · " + lang.T(ctx, "request.hands.many", "count", handsTold)
	}
	return " · " + lang.T(ctx, "request.hands.count", "count", n)
}

// fillAssign fills the form that gives a request to a colleague.
func (s *Service) fillAssign(ctx context.Context, v View, f *verbView) (err error) {
	f.Among = unitCode(v.Tree, v.Unit)
	if f.People, err = s.agentOptions(ctx, v); err != nil {
		return err
	}
	var limits Limits
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		limits, err = limitsOf(ctx, rd, v.Unit)
		return err
	})
	if err != nil || limits.Hands == 0 {
		return err
	}
	f.Hands = lang.T(ctx, "request.hands.limit-"+limits.Beyond, "limit", limits.Hands)
	f.Beyond = limits.Beyond == BeyondBlock && v.Set.Has(access.HeadServes)
	return nil
}

// InHand is the work in hand of a unit and its people.
type InHand struct {
	Unit   org.Unit
	Fresh  int // nobody has taken
	Taken  int
	Limits Limits
	People []PersonHands // the agents of the unit by 工号: no order of who does more
	MaySet bool
}

// PersonHands is how much of a unit's work a person has in hand.
type PersonHands struct {
	org.Person
	Has int
}

// mayLoad is the unit of a code, for who may see, or settle, what its people have in hand.
func (s *Service) mayLoad(ctx context.Context, action, code string) (org.Unit, error) {
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return org.Unit{}, err
	}
	u, ok := tree.ByCode(code)
	if !ok {
		return u, fault.ErrNotFound
	}
	set, err := s.Access.Towards(ctx, actor.From(ctx), u.ID)
	if err == nil && !access.May(action, set, false) {
		err = fault.ErrNotFound
	}
	return u, err
}

// Hands is the work in hand of a unit and of its people: for its agents and heads alone.
func (s *Service) Hands(ctx context.Context, code string) (InHand, error) {
	u, err := s.mayLoad(ctx, "request.load", code)
	if err != nil {
		return InHand{}, err
	}
	_, no := s.mayLoad(ctx, "request.limit", code)
	out := InHand{Unit: u, MaySet: no == nil}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		if out.Limits, err = limitsOf(ctx, rd, u.ID); err != nil {
			return err
		}
		all, err := inHandOf(ctx, rd, handsOfUnit, []int64{u.ID})
		if err != nil {
			return err
		}
		out.Fresh, out.Taken = all[u.ID].fresh, all[u.ID].taken
		ids, err := s.Org.AgentsUpTo(ctx, rd, u.ID, maxAgents)
		if err != nil {
			return err
		}
		people, err := s.Org.Names(ctx, rd, ids)
		if err != nil {
			return err
		}
		has, err := handsOfPeople(ctx, rd, u.ID, ids)
		for _, id := range ids {
			out.People = append(out.People, PersonHands{people[id], has[id]})
		}
		return err
	})
	sorting.By(out.People, func(a, b PersonHands) int { return strings.Compare(a.No, b.No) })
	return out, err
}

// maxAgents bounds how many people of a unit are listed.
const maxAgents = 300

// SetLimits says how much a unit, and each of its people, has in hand at most. revision is the one it was read with; 0:
// whatever it is.
func (s *Service) SetLimits(ctx context.Context, code string, l Limits) (InHand, error) {
	u, err := s.mayLoad(ctx, "request.limit", code)
	if err != nil {
		return InHand{}, err
	}
	if err := checkLimits(l).Err(); err != nil {
		return InHand{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if err := passGate(ctx, tx, u.ID); err != nil { // of two who change it at once one is told
			return err
		}
		was, err := limitsOf(ctx, tx, u.ID)
		if err != nil {
			return err
		}
		if l.Revision != 0 && l.Revision != was.Revision+1 {
			return fault.New(fault.Precondition, "changed-meanwhile")
		}
		l.Revision = was.Revision + 1
		if err := saveLimits(ctx, tx, u.ID, l); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, LimitsWereSet{Unit: u.ID, Work: l.Work, WhenFull: string(l.WhenFull), Hands: l.Hands, Beyond: l.Beyond})
	})
	if err != nil {
		return InHand{}, err
	}
	return s.Hands(ctx, code)
}

// checkLimits tells everything that is wrong with limits at once.
func checkLimits(l Limits) *fault.Fields {
	var f fault.Fields
	if l.Work < 0 || l.Work > maxWork {
		f.Add("work", "request.limit-range", "max", maxWork)
	}
	if l.Hands < 0 || l.Hands > maxHands {
		f.Add("hands", "request.limit-range", "max", maxHands)
	}
	if !slices.Contains(catalog.WhensFull, l.WhenFull) {
		f.Add("when_full", "request.limit-unknown", "values", "line, refuse")
	}
	if !slices.Contains(Beyonds, l.Beyond) {
		f.Add("beyond", "request.limit-unknown", "values", strings.Join(Beyonds, ", "))
	}
	return &f
}

// typedLimits are limits as they were typed.
type typedLimits struct {
	Unit     string `form:"unit"`
	Work     string `form:"work"`
	WhenFull string `form:"when_full"`
	Hands    string `form:"hands"`
	Beyond   string `form:"beyond"`
	Revision int    `form:"revision"`
}

// handsView is the page of the work in hand.
type handsView struct {
	Unit, UnitName   string
	Units            []ui.SegmentProps
	Facts            []ui.Pair
	People           []handsLine
	MaySet           bool
	CapacityHref     string // for who may see it
	Typed            typedLimits
	Revision         string
	WhenFull, Beyond []ui.Choice
	Errors           ui.Errors
}

type handsLine struct {
	Name, Has string
	Full      bool
}

// showHands is /queue/load: the work in hand of one of the reader's units.
func (s *Service) showHands(w http.ResponseWriter, r *http.Request) error {
	return s.handsPage(w, r, http.StatusOK, r.URL.Query().Get("unit"), nil, nil)
}

func (s *Service) submitLimits(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in typedLimits
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	if _, err := s.mayLoad(ctx, "request.limit", in.Unit); err != nil {
		return err
	}
	var f fault.Fields
	l := Limits{WhenFull: catalog.WhenFull(in.WhenFull), Beyond: in.Beyond, Revision: in.Revision + 1}
	l.Work, l.Hands = typedCount(&f, "work", in.Work), typedCount(&f, "hands", in.Hands)
	f.Join("", *checkLimits(l))
	err := f.Err()
	if err == nil {
		_, err = s.SetLimits(ctx, in.Unit, l)
	}
	switch fault.KindOf(err) {
	case fault.Invalid:
		return s.handsPage(w, r, http.StatusUnprocessableEntity, in.Unit, &in, err)
	case fault.Precondition:
		return s.handsPage(w, r, http.StatusPreconditionFailed, in.Unit, &in, err)
	}
	if err != nil {
		return err
	}
	web.Toast(w, r, lang.T(ctx, "request.hands.saved"), "")
	return web.See(w, r, "/queue/load?unit="+in.Unit)
}

// typedCount reads a number; empty is 0.
func typedCount(f *fault.Fields, name, text string) int {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		f.Add(name, "request.limit-number")
	}
	return n
}

func (s *Service) handsPage(w http.ResponseWriter, r *http.Request, status int, code string, in *typedLimits, cause error) error {
	ctx := r.Context()
	tree, err := s.Org.Tree(ctx)
	if err != nil {
		return err
	}
	v := handsView{Errors: ui.ErrorsOf(ctx, cause, nil)}
	for _, id := range s.served(ctx) {
		u, _ := tree.ByID(id)
		if code == "" {
			code = u.Code
		}
		v.Units = append(v.Units, ui.SegmentProps{Text: u.Name.In(ctx), Href: "/queue/load?unit=" + u.Code, On: u.Code == code})
	}
	h, err := s.Hands(ctx, code)
	if err != nil {
		return err
	}
	v.Unit, v.UnitName, v.MaySet, v.Revision = h.Unit.Code, h.Unit.Name.In(ctx), h.MaySet, strconv.Itoa(h.Limits.Revision)
	if s.mayCapacity(ctx)(h.Unit.ID) {
		v.CapacityHref = "/capacity/" + url.PathEscape(h.Unit.Code)
	}
	work := lang.T(ctx, "request.hands.none")
	if h.Limits.Work > 0 {
		work = lang.T(ctx, "request.hands.count", "count", h.Limits.Work)
	}
	v.Facts = []ui.Pair{
		{Term: lang.T(ctx, "request.hands.fresh"), Text: lang.T(ctx, "request.hands.count", "count", h.Fresh)},
		{Term: lang.T(ctx, "request.hands.taken"), Text: lang.T(ctx, "request.hands.count", "count", h.Taken)},
		{Term: lang.T(ctx, "request.hands.work"), Text: work},
	}
	if s.expect != nil {
		n, href, err := s.expect(ctx, h.Unit.ID)
		if err != nil {
			return err
		}
		v.Facts = append(v.Facts, ui.Pair{Term: lang.T(ctx, "request.hands.expected"), Text: lang.T(ctx, "request.hands.count", "count", n), Href: href})
	}
	for _, p := range h.People {
		line := handsLine{Name: p.Display(ctx) + " " + p.No, Has: lang.T(ctx, "request.hands.count", "count", p.Has)}
		if h.Limits.Hands > 0 {
			line.Has, line.Full = lang.T(ctx, "request.hands.count-of", "count", p.Has, "limit", h.Limits.Hands), p.Has >= h.Limits.Hands
		}
		v.People = append(v.People, line)
	}
	v.Typed = typedLimits{Work: numberOr(h.Limits.Work), Hands: numberOr(h.Limits.Hands), WhenFull: string(h.Limits.WhenFull), Beyond: h.Limits.Beyond}
	if in != nil {
		v.Typed = *in
	}
	for _, x := range catalog.WhensFull {
		key := "request.hands.when-full." + string(x)
		v.WhenFull = append(v.WhenFull, ui.Choice{Value: string(x), Title: lang.T(ctx, key), Text: lang.T(ctx, key+"-text"), Checked: v.Typed.WhenFull == string(x)})
	}
	for _, x := range Beyonds {
		key := "request.hands.beyond." + x
		v.Beyond = append(v.Beyond, ui.Choice{Value: x, Title: lang.T(ctx, key), Text: lang.T(ctx, key+"-text"), Checked: v.Typed.Beyond == x})
	}
	return web.Show(w, r, status, handsPage(v), nil)
}

// numberOr is a number as a form shows it; nothing for 0.
func numberOr(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// copyInto fills the form with what another request of the reader asked for; an address that names none changes nothing.
func (s *Service) copyInto(ctx context.Context, ref string, v *askView) error {
	number, err := ParseRef(ref)
	if err != nil {
		return nil //nolint:nilerr // nothing to copy
	}
	ask, service, err := s.Copy(ctx, number)
	if err != nil || service.Code != v.Code {
		return err
	}
	if v.Inputs, err = s.inputs(ctx, service.Form, ask.Fields); err != nil {
		return err
	}
	v.Inputs.Draft = "ask-" + service.Code
	v.Typed.Title, v.Drafted = ask.Title, time.Time{}
	return nil
}

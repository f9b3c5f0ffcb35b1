package relation

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// wallView is the company on a large screen: units and numbers, nobody's name.
type wallView struct {
	companyView
	Company, PeriodName, Self string
	Period                    Period
	At                        time.Time
	Fits                      bool // the matrix can be read from afar
	Table                     ui.MatrixProps
	Legend                    []ui.LegendItem
	Counts                    []ui.StatProps
	Units                     int
}

// wallUnits is how many units a matrix has at most that is read from across a room.
const wallUnits = 24

func (s *Service) showWall(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	q := queryOf(url.Values{"period": {r.URL.Query().Get("period")}}, s.today(ctx))
	m, err := s.Compared(ctx, q.Period, q.Level, q.As)
	if err != nil {
		return err
	}
	v := wallView{Company: s.org.Company(ctx).Name.In(ctx), PeriodName: periodName(ctx, q.Period), Period: q.Period, At: s.today(ctx), Self: r.URL.RequestURI(), Units: len(m.Units)}
	if v.companyView, err = s.viewOf(ctx, m); err != nil {
		return err
	}
	c := s.census(m, q)
	v.Legend = legend(ctx, c, q)
	if v.Fits = len(m.Units) <= wallUnits; v.Fits {
		v.Table = s.table(ctx, m, q)
	}
	t := m.tallied(Attainment)
	for _, state := range []string{InMisses, InUnsure, InMeets, InFew} {
		page, _ := listHref(q.Period, state)
		v.Counts = append(v.Counts, ui.StatProps{Label: lang.T(ctx, "relation.tile."+state), Value: strconv.Itoa(t.In[state]), Href: page})
	}
	return web.Show(w, r, http.StatusOK, wallPage(v), wallContent(v))
}

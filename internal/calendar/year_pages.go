package calendar

import (
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

const yearsPath = "/settings/calendar-years"

// yearForm is a year as people bring it in: pasted, or as a file.
type yearForm struct {
	Text        string                  `form:"text"`
	Year        string                  `form:"year"`
	Source      string                  `form:"source"`
	Provisional bool                    `form:"provisional"`
	Files       []*multipart.FileHeader `form:"files"`
	Do          string                  `form:"do"`
}

type yearsView struct {
	In      yearForm
	Missing string
	Years   []yearRow
	Errors  ui.Errors
	Plan    *planView
}

type yearRow struct {
	Year, Status, Tone, Off, Work, From string
}

// planView is what bringing in a year would change.
type planView struct {
	Title     string
	Nothing   bool
	Days      []dayChangeRow
	Calendars string
	Moves     *movesView
}

type dayChangeRow struct{ Day, Was, Is string }

func (s *Service) showYears(w http.ResponseWriter, r *http.Request) error {
	v, err := s.yearsView(r.Context())
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, yearsPage(v), nil)
}

func (s *Service) yearsView(ctx context.Context) (yearsView, error) {
	var v yearsView
	missing, err := s.Missing(ctx)
	if err != nil {
		return v, err
	}
	if missing != 0 {
		v.Missing = lang.T(ctx, "calendar.year.missing", "year", strconv.Itoa(missing))
		v.In.Year = strconv.Itoa(missing)
	}
	list, err := s.Years(ctx)
	if err != nil {
		return v, err
	}
	var people []int64
	for _, y := range list {
		if y.By != 0 {
			people = append(people, y.By)
		}
	}
	names := map[int64]string{}
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		found, err := s.units.Names(ctx, rd, people)
		for id, p := range found {
			names[id] = p.Display(ctx)
		}
		return err
	})
	for _, y := range list {
		row := yearRow{Year: strconv.Itoa(y.Year), Off: strconv.Itoa(y.Off), Work: strconv.Itoa(y.Work), Status: lang.T(ctx, "calendar.year.official"), Tone: "good",
			From: lang.T(ctx, "calendar.year.from-product")}
		if !y.Official {
			row.Status, row.Tone = lang.T(ctx, "calendar.year.provisional"), "warn"
		}
		if y.Imported {
			row.From = lang.T(ctx, "calendar.year.from-import", "at", lang.Date(ctx, y.At), "who", names[y.By])
			if y.Source != "" {
				row.From += lang.T(ctx, "calendar.list-separator") + y.Source
			}
		}
		v.Years = append(v.Years, row)
	}
	return v, err
}

// MissingText reminds whoever may import of the year whose days off should have been brought in; "" when none is missing.
func (s *Service) MissingText(ctx context.Context) (string, error) {
	year, err := s.Missing(ctx)
	if err != nil || year == 0 {
		return "", err
	}
	return lang.T(ctx, "calendar.year.missing", "year", strconv.Itoa(year)), nil
}

// MissingCard is MissingText as a card of the administrators' home page; nil when none is missing.
func (s *Service) MissingCard(ctx context.Context) (templ.Component, error) {
	text, err := s.MissingText(ctx)
	if err != nil || text == "" {
		return nil, err
	}
	return missingCard(text), nil
}

// submitYear shows what would change, gives the deadlines as a table, or brings the year in.
func (s *Service) submitYear(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := s.yearsView(ctx)
	if err != nil {
		return err
	}
	v.In = yearForm{}
	if err := web.Decode(r, &v.In); err != nil {
		return err
	}
	if err := v.In.read(); err != nil {
		return err
	}
	in, err := v.In.input()
	if err == nil && v.In.Do == "apply" {
		var plan YearPlan
		if plan, err = s.ImportYear(ctx, in); err == nil {
			web.Toast(w, r, applied(ctx, plan), "")
			return web.See(w, r, yearsPath)
		}
	}
	var plan YearPlan
	if err == nil {
		plan, err = s.PlanYear(ctx, in)
	}
	if f, ok := fault.As(err); ok && (f.Kind == fault.Invalid || f.Kind == fault.Conflict) {
		v.Errors = ui.ErrorsOf(ctx, err, map[string]string{"text": lang.T(ctx, "calendar.year.text"), "year": lang.T(ctx, "calendar.year.year")})
		return web.Show(w, r, f.Kind.Status(), yearsPage(v), yearsContent(v))
	}
	if err != nil {
		return err
	}
	if v.In.Do == "csv" {
		return s.sendMoves(w, r, plan.Moves)
	}
	if v.Plan, err = s.planView(ctx, plan); err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, yearsPage(v), yearsContent(v))
}

// applied says what has been done.
func applied(ctx context.Context, p YearPlan) string {
	if !p.Changes() {
		return lang.T(ctx, "calendar.year.unchanged")
	}
	return lang.T(ctx, "calendar.year.applied", "count", len(p.Calendars))
}

// read puts the texts of files behind what was pasted.
func (y *yearForm) read() error {
	var parts []string
	if y.Text != "" {
		parts = append(parts, y.Text)
	}
	for _, h := range y.Files {
		f, err := h.Open()
		if err != nil {
			return err
		}
		text, err := io.ReadAll(io.LimitReader(f, maxYearText+1))
		_ = f.Close()
		if err != nil {
			return err
		}
		parts = append(parts, string(text))
		if y.Source == "" {
			y.Source = h.Filename
		}
	}
	y.Text = strings.Join(parts, "\n")
	return nil
}

func (y *yearForm) input() (YearInput, error) {
	in := YearInput{Text: y.Text, Source: y.Source, Provisional: y.Provisional}
	if y.Year != "" {
		n, err := strconv.Atoi(y.Year)
		if err != nil {
			var f fault.Fields
			f.Add("year", "calendar.year-out-of-range", "from", strconv.Itoa(FirstYear), "to", strconv.Itoa(LastYear))
			return in, f.Err()
		}
		in.Year = n
	}
	return in, nil
}

func (s *Service) planView(ctx context.Context, p YearPlan) (*planView, error) {
	v := &planView{Nothing: !p.Changes(), Title: lang.T(ctx, "calendar.year.changes", "count", len(p.Days))}
	if v.Nothing {
		v.Title = lang.T(ctx, "calendar.year.unchanged")
		return v, nil
	}
	for _, y := range p.Settled {
		v.Title += lang.T(ctx, "calendar.list-separator") + lang.T(ctx, "calendar.year.settles", "year", strconv.Itoa(y))
	}
	word := func(sort string, name lang.Text) string {
		text := lang.T(ctx, "calendar.year.day-"+sort)
		if !name.Empty() {
			text = lang.T(ctx, "calendar.day-named", "day", text, "name", name.In(ctx))
		}
		return text
	}
	for _, d := range p.Days {
		row := dayChangeRow{Day: lang.Date(ctx, noon(ctx, d.Date)), Was: word(sortOrPlain(d.Was), d.WasNamed), Is: word(sortOrPlain(d.Is), d.Named)}
		v.Days = append(v.Days, row)
	}
	var names []string
	for _, c := range p.Calendars {
		names = append(names, c.Name.In(ctx))
	}
	v.Calendars = strings.Join(names, lang.T(ctx, "calendar.list-separator"))
	moves, err := s.movesView(ctx, p.Moves)
	v.Moves = &moves
	return v, err
}

func sortOrPlain(sort string) string {
	if sort == "" {
		return "plain"
	}
	return sort
}

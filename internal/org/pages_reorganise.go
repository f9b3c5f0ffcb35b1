package org

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

type reorganiseView struct {
	Kind     string
	In       reorganiseForm
	From     [][]ui.Option
	Into     []intoRow
	Parent   []ui.Option
	Forecast *ui.DryRunProps
	Words    []string
	Bad      []string
	Errors   ui.Errors
	Changes  []changeLine
	Next     string
}

// intoRow is a line of the units that follow.
type intoRow struct {
	Nth                           int
	Code, NameZh, NameEn, Percent string
}

type reorganiseForm struct {
	Kind     string   `form:"kind"`
	Date     string   `form:"date"`
	From     []string `form:"from"`
	Into     []string `form:"into"`
	IntoZh   []string `form:"into_zh"`
	IntoEn   []string `form:"into_en"`
	Percent  []string `form:"percent"`
	People   string   `form:"people"`
	Services string   `form:"services"`
	Units    string   `form:"units"`
	Parent   string   `form:"parent"`
	Top      bool     `form:"top"`
	NameZh   string   `form:"name_zh"`
	NameEn   string   `form:"name_en"`
	ShortZh  string   `form:"short_zh"`
	ShortEn  string   `form:"short_en"`
	Sure     string   `form:"sure"`
}

// intoLines is how many units that follow the form has room for.
const intoLines = 4

func nth(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}

func (f reorganiseForm) input() ReorganiseInput {
	in := ReorganiseInput{Kind: f.Kind, Date: f.Date, From: f.From, Parent: f.Parent, NameZh: f.NameZh, NameEn: f.NameEn, ShortZh: f.ShortZh, ShortEn: f.ShortEn,
		People: pairsOf(f.People), Service: pairsOf(f.Services), Units: pairsOf(f.Units)}
	if f.Top {
		in.Parent = stays
	}
	for i := range max(len(f.Into), len(f.IntoZh)) {
		x := IntoInput{Code: nth(f.Into, i), NameZh: nth(f.IntoZh, i), NameEn: nth(f.IntoEn, i)}
		if x.Code == "" && x.NameZh == "" {
			continue
		}
		x.Percent, _ = strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(nth(f.Percent, i)), "%"), 64)
		in.Into = append(in.Into, x)
	}
	return in
}

// pairsOf reads lines of "what = where", separated by =, a tab or a comma.
func pairsOf(text string) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(text) {
		if i := strings.IndexAny(line, "=\t,，＝"); i > 0 {
			rest := strings.TrimLeft(line[i:], "=\t,，＝ ")
			out[strings.TrimSpace(line[:i])] = strings.TrimSpace(rest)
		}
	}
	return out
}

func (s *Service) showReorganise(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	v, err := s.reorganiseView(r.Context(), reorganiseForm{Kind: q.Get("kind"), From: q["from"]}, q.Get("before"))
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, reorganisePage(v), reorganiseContent(v))
}

func (s *Service) reorganiseView(ctx context.Context, form reorganiseForm, before string) (reorganiseView, error) {
	switch form.Kind {
	case Split, Move, Rename:
	default:
		form.Kind = Merge
	}
	v := reorganiseView{Kind: form.Kind, In: form}
	tree, err := s.Tree(ctx)
	if err != nil {
		return v, err
	}
	lines := 1
	if form.Kind == Merge {
		lines = max(3, len(form.From)+1)
	}
	for i := range lines {
		v.From = append(v.From, unitOption(ctx, tree, nth(form.From, i)))
	}
	rows := 1
	if form.Kind == Split {
		rows = max(intoLines, len(form.Into))
	}
	for i := range rows {
		v.Into = append(v.Into, intoRow{i + 1, nth(form.Into, i), nth(form.IntoZh, i), nth(form.IntoEn, i), nth(form.Percent, i)})
	}
	v.Parent = unitOption(ctx, tree, form.Parent)
	at, _ := parseID(before)
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		list, err := changesBefore(ctx, rd, "", at, heldRows*4+1)
		if err != nil {
			return err
		}
		if len(list) > heldRows*4 {
			list = list[:heldRows*4]
			v.Next = "/settings/org/reorganise?before=" + idText(list[len(list)-1].ID) + "#changes"
		}
		var ids []ID
		for _, c := range list {
			ids = append(ids, c.Person)
		}
		names, err := s.Names(ctx, rd, ids)
		for _, c := range list {
			p := names[c.Person]
			v.Changes = append(v.Changes, s.changeLine(ctx, tree, &p, c))
		}
		return err
	})
	return v, err
}

func (s *Service) submitReorganise(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var form reorganiseForm
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	c, forecast, err := s.PlanUnits(ctx, form.input(), form.Sure == "")
	if err == nil && form.Sure != "" {
		web.Toast(w, r, lang.T(ctx, "org.change-planned"), "")
		return web.See(w, r, changeHref(c.ID))
	}
	if err != nil && !refused(err) {
		return err
	}
	v, again := s.reorganiseView(ctx, form, "")
	if again != nil {
		return again
	}
	status := http.StatusOK
	if err != nil {
		status = statusOf(err)
		v.Errors = ui.ErrorsOf(ctx, err, s.reorganiseLabels(ctx, v.Kind))
	} else if v.Forecast, v.Words, v.Bad, err = s.inWords(ctx, c, forecast); err != nil {
		return err
	}
	return web.Show(w, r, status, reorganisePage(v), reorganiseContent(v))
}

func (s *Service) reorganiseLabels(ctx context.Context, kind string) map[string]string {
	out := labels(ctx, "parent", "name_zh", "name_en", "short_zh", "short_en")
	for name, key := range map[string]string{"date": "org.first-day", "from": "org.from-units", "into": "org.into", "people": "org.people", "services": "org.services", "units": "org.units-below", "kind": "org.kind"} {
		out[name] = lang.T(ctx, key)
	}
	if kind == Merge || kind == Split {
		out["into"] = lang.T(ctx, "org.into-"+kind)
	}
	if kind == Merge || kind == Split || kind == Move || kind == Rename {
		out["from"] = lang.T(ctx, "org.from-"+kind)
	}
	return out
}

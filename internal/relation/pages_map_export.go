package relation

import (
	"net/http"
	"strings"

	"neike/internal/kit/lang"
	"neike/internal/kit/web"
	"neike/internal/kit/xlsx"
)

// mapColumns are the headings of the file of the map.
var mapColumns = []string{"provider", "provider_name", "customer", "customer_name", "standing", "observed", "declared", "requests", "provider_says", "provider_by", "provider_at",
	"customer_says", "customer_by", "customer_at", "office_says", "office_by", "office_at", "services"}

// showMapExport sends the map as a table: every edge that the filter leaves, how it stands, who said so and when, and the services on offer.
func (s *Service) showMapExport(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var in mapAsking
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	list, _, err := s.Map(ctx, MapFilter{View: in.View, Standing: in.Standing, Unit: in.Unit})
	if err != nil {
		return err
	}
	offered, err := s.servicesOffered(ctx)
	if err != nil {
		return err
	}
	services := map[int64][]string{}
	for _, o := range offered {
		services[o.Provider] = append(services[o.Provider], o.Code)
	}
	out, err := xlsx.Send(w, r.URL.Query().Get("format"), lang.T(ctx, "relation.map.title"))
	if err != nil {
		return err
	}
	if err := out.Heading(ctx, "relation.export.", mapColumns); err != nil {
		return err
	}
	yes := func(is bool) any {
		if is {
			return lang.T(ctx, "relation.walls.yes")
		}
		return nil
	}
	for _, v := range list {
		row := []any{v.Provider.Code, v.Provider.Name.In(ctx), v.Customer.Code, v.Customer.Name.In(ctx), lang.T(ctx, "relation.standing."+v.Standing.word()), yes(v.Observed), yes(v.Declared), nil}
		if v.Shown {
			row[7] = v.Requests
		}
		for _, side := range []Side{Provider, Customer, Office} {
			word, spoke := v.Word(side)
			if !spoke {
				row = append(row, nil, nil, nil)
				continue
			}
			row = append(row, lang.T(ctx, "relation.export.says."+string(word.Says)), v.People[word.Person].Plain(ctx), lang.Date(ctx, word.At))
		}
		if err := out.Row(append(row, strings.Join(services[v.Provider.ID], ";"))...); err != nil {
			return err
		}
	}
	return out.Close()
}

// exportHref is the file of what the map shows.
func (a mapAsking) exportHref(format string) string {
	a.From = 0
	base := a.href()
	if strings.Contains(base, "?") {
		return strings.Replace(base, "/map?", "/map/export?", 1) + "&format=" + format
	}
	return base + "/export?format=" + format
}

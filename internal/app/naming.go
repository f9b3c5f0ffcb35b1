package app

import (
	"context"
	"net/url"
	"slices"
	"strconv"

	"neike/internal/app/trail"
	"neike/internal/article"
	"neike/internal/calendar"
	"neike/internal/delivery"
	"neike/internal/kit/sqldb"
	"neike/internal/measure"
	"neike/internal/phrase"
	"neike/internal/place"
	"neike/internal/problem"
	"neike/internal/promise"
	"neike/internal/relation"
	"neike/internal/repeat"
	"neike/internal/request"
	"neike/internal/review"
)

// nameRequests names requests in the audit trail by their numbers: its reader learns that something was done, not what
// the request says.
func (a *App) nameRequests(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]trail.Thing, error) {
	numbers, err := request.Numbers(ctx, rd, ids)
	out := make(map[int64]trail.Thing, len(numbers))
	for id, n := range numbers {
		ref := request.Ref(n)
		out[id] = trail.Thing{Text: ref, Href: "/requests/" + ref, Closed: true}
	}
	return out, err
}

// namePromises names promises by their numbers.
func (a *App) namePromises(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]trail.Thing, error) {
	numbers, err := promise.Numbers(ctx, rd, ids)
	out := make(map[int64]trail.Thing, len(numbers))
	for id, n := range numbers {
		out[id] = trail.Thing{Text: promise.Ref(n), Href: "/promises/" + promise.Ref(n), Closed: true}
	}
	return out, err
}

// namePhrases names phrases by their names; those that are gone by nothing.
func (a *App) namePhrases(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]trail.Thing, error) {
	names, err := phrase.Names(ctx, rd, ids)
	out := make(map[int64]trail.Thing, len(names))
	for id, n := range names {
		out[id] = trail.Thing{Text: n, Closed: true}
	}
	return out, err
}

// nameMeasures names measures of the company's own by their codes.
func (a *App) nameMeasures(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]trail.Thing, error) {
	codes, err := measure.Codes(ctx, rd, ids)
	out := make(map[int64]trail.Thing, len(codes))
	for id, code := range codes {
		out[id] = trail.Thing{Text: code, Href: "/measures/" + url.PathEscape(code)}
	}
	return out, err
}

// nameDeliveries and nameStandings name deliveries and arrangements by their numbers.
func (a *App) nameDeliveries(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]trail.Thing, error) {
	numbers, err := delivery.Numbers(ctx, rd, ids)
	out := make(map[int64]trail.Thing, len(numbers))
	for id, n := range numbers {
		out[id] = trail.Thing{Text: delivery.Ref(n), Href: "/deliveries/" + delivery.Ref(n), Closed: true}
	}
	return out, err
}

func (a *App) nameStandings(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]trail.Thing, error) {
	numbers, err := delivery.StandingNumbers(ctx, rd, ids)
	out := make(map[int64]trail.Thing, len(numbers))
	for id, n := range numbers {
		out[id] = trail.Thing{Text: delivery.StandingRef(n), Href: "/deliveries/standing/" + delivery.StandingRef(n)}
	}
	return out, err
}

func (a *App) nameServices(ctx context.Context, _ sqldb.Reader, ids []int64) (map[int64]trail.Thing, error) {
	services, err := a.Catalog.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	out := map[int64]trail.Thing{}
	for _, id := range ids {
		if s, ok := services.ByID(id); ok {
			out[id] = trail.Thing{Text: s.Name.In(ctx), Href: "/services/" + url.PathEscape(s.Code)}
		}
	}
	return out, nil
}

// nameTopics names topics of services; those that are gone by nothing.
func (a *App) nameTopics(ctx context.Context, _ sqldb.Reader, ids []int64) (map[int64]trail.Thing, error) {
	topics, err := a.Catalog.Topics(ctx)
	out := map[int64]trail.Thing{}
	for _, t := range topics {
		if slices.Contains(ids, t.ID) {
			out[t.ID] = trail.Thing{Text: t.Name.In(ctx), Href: "/settings/topics"}
		}
	}
	return out, err
}

func (a *App) nameEdges(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]trail.Thing, error) {
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	ends, err := relation.Ends(ctx, rd, ids)
	out := make(map[int64]trail.Thing, len(ends))
	for id, e := range ends {
		provider, _ := tree.ByID(e[0])
		customer, _ := tree.ByID(e[1])
		out[id] = trail.Thing{Text: provider.Name.In(ctx) + " → " + customer.Name.In(ctx), Href: "/relations/" + url.PathEscape(provider.Code) + "/" + url.PathEscape(customer.Code)}
	}
	return out, err
}

func (a *App) nameCalendars(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]trail.Thing, error) {
	codes, err := calendar.CodesOf(ctx, rd, ids)
	out := make(map[int64]trail.Thing, len(codes))
	for id, code := range codes {
		out[id] = trail.Thing{Text: a.Calendar.NameOf(ctx, code), Href: "/settings/calendars/" + url.PathEscape(code)}
	}
	return out, err
}

// nameConnections names the connections that are in use.
func (a *App) nameConnections(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]trail.Thing, error) {
	all, err := a.Directory.Connections(ctx, rd)
	out := map[int64]trail.Thing{}
	for _, c := range all {
		if slices.Contains(ids, c.ID) {
			out[c.ID] = trail.Thing{Text: c.Name.In(ctx), Href: "/settings/connections/" + strconv.FormatInt(c.ID, 10)}
		}
	}
	return out, err
}

// nameRepeats names repeating requests by their numbers.
func (a *App) nameRepeats(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]trail.Thing, error) {
	numbers, err := repeat.Numbers(ctx, rd, ids)
	out := make(map[int64]trail.Thing, len(numbers))
	for id, n := range numbers {
		out[id] = trail.Thing{Text: repeat.Ref(n), Href: "/repeats/" + repeat.Ref(n), Closed: true}
	}
	return out, err
}

// nameReviews names cases by the numbers of their requests.
func (a *App) nameReviews(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]trail.Thing, error) {
	refs, err := review.References(ctx, rd, ids)
	out := make(map[int64]trail.Thing, len(refs))
	for id, ref := range refs {
		out[id] = trail.Thing{Text: ref, Href: "/reviews/" + strconv.FormatInt(id, 10), Closed: true}
	}
	return out, err
}

// namePlaces names places by their names.
func (a *App) namePlaces(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]trail.Thing, error) {
	names, err := place.Named(ctx, rd, ids)
	out := make(map[int64]trail.Thing, len(names))
	for code, n := range names {
		out[n.ID] = trail.Thing{Text: n.Name.In(ctx), Href: "/places/" + url.PathEscape(code)}
	}
	return out, err
}

// nameArticles names articles by their numbers.
func (a *App) nameArticles(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]trail.Thing, error) {
	numbers, err := article.Numbers(ctx, rd, ids)
	out := make(map[int64]trail.Thing, len(numbers))
	for id, n := range numbers {
		out[id] = trail.Thing{Text: article.Ref(n), Href: "/articles/" + article.Ref(n), Closed: true}
	}
	return out, err
}

// nameProblems names known problems by their numbers.
func (a *App) nameProblems(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]trail.Thing, error) {
	refs, err := problem.References(ctx, rd, ids)
	out := make(map[int64]trail.Thing, len(refs))
	for id, ref := range refs {
		out[id] = trail.Thing{Text: ref, Href: "/problems/" + ref}
	}
	return out, err
}

func (a *App) nameExpectations(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]trail.Thing, error) {
	words, err := relation.Expected(ctx, rd, ids)
	out := make(map[int64]trail.Thing, len(words))
	for id, text := range words {
		out[id] = trail.Thing{Text: text, Href: "/expectations/" + strconv.FormatInt(id, 10)}
	}
	return out, err
}

func (a *App) nameWorkshops(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]trail.Thing, error) {
	names, err := relation.WorkshopNames(ctx, rd, ids)
	out := make(map[int64]trail.Thing, len(names))
	for id, name := range names {
		out[id] = trail.Thing{Text: name, Href: "/workshops/" + strconv.FormatInt(id, 10)}
	}
	return out, err
}

func (a *App) nameSheets(ctx context.Context, rd sqldb.Reader, ids []int64) (map[int64]trail.Thing, error) {
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	sheets, err := relation.Sheets(ctx, rd, ids)
	out := make(map[int64]trail.Thing, len(sheets))
	for id, x := range sheets {
		unit, _ := tree.ByID(x.Unit)
		out[id] = trail.Thing{Text: unit.Name.In(ctx), Href: "/workshops/" + strconv.FormatInt(x.Workshop, 10) + "/sheets/" + url.PathEscape(unit.Code)}
	}
	return out, err
}

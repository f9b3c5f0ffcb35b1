package app

import (
	"context"
	"io/fs"

	"neike/internal/access"
	"neike/internal/agreement"
	"neike/internal/app/importer"
	"neike/internal/app/trail"
	"neike/internal/article"
	"neike/internal/calendar"
	"neike/internal/catalog"
	"neike/internal/clock"
	"neike/internal/delivery"
	"neike/internal/directory"
	"neike/internal/disclose"
	"neike/internal/insight"
	"neike/internal/kit/audit"
	"neike/internal/kit/event"
	"neike/internal/kit/file"
	"neike/internal/kit/form"
	"neike/internal/kit/job"
	"neike/internal/kit/search"
	"neike/internal/kit/secret"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/kit/xlsx"
	"neike/internal/measure"
	"neike/internal/notice"
	"neike/internal/org"
	"neike/internal/phrase"
	"neike/internal/place"
	"neike/internal/problem"
	"neike/internal/promise"
	"neike/internal/relation"
	"neike/internal/repeat"
	"neike/internal/request"
	"neike/internal/review"
	"neike/internal/routing"
	"neike/internal/signin"
	"neike/internal/support"
	"neike/internal/talk"
	"neike/internal/todo"
	"neike/internal/view"
)

// Rooms holds every room of the house.
type Rooms struct {
	Org       *org.Service
	Directory *directory.Service
	Signin    *signin.Service
	Access    *access.Service
	Disclose  *disclose.Service
	Calendar  *calendar.Service
	Clock     *clock.Service
	Todo      *todo.Service
	Talk      *talk.Service
	Relation  *relation.Service
	View      *view.Service
	Measure   *measure.Service
	Promise   *promise.Service
	Phrase    *phrase.Service
	Catalog   *catalog.Catalog
	Agreement *agreement.Service
	Article   *article.Service
	Support   *support.Service
	Place     *place.Service
	Routing   *routing.Service
	Request   *request.Service
	Delivery  *delivery.Service
	Repeat    *repeat.Service
	Review    *review.Service
	Problem   *problem.Service
	Notice    *notice.Service
	Insight   *insight.Service
	Importer  *importer.Importer
	Reader    *trail.Reader
}

// furniture is what each package brings: its tables and its words. The order is the order of foreign keys.
var furniture = []struct {
	name           string
	schema, locale fs.FS
}{
	{"sqldb", nil, sqldb.Locale},
	{"file", nil, file.Locale},
	{"event", event.Schema, nil},
	{"job", job.Schema, nil},
	{"audit", audit.Schema, nil},
	{"search", search.Schema, nil},
	{"web", web.Schema, web.Locale},
	{"ui", nil, ui.Locale},
	{"form", nil, form.Locale},
	{"xlsx", nil, xlsx.Locale},
	{"org", org.Schema, org.Locale},
	{"directory", directory.Schema, directory.Locale},
	{"signin", signin.Schema, signin.Locale},
	{"access", access.Schema, access.Locale},
	{"disclose", disclose.Schema, disclose.Locale},
	{"calendar", calendar.Schema, calendar.Locale},
	{"clock", clock.Schema, clock.Locale},
	{"todo", todo.Schema, todo.Locale},
	{"talk", talk.Schema, talk.Locale},
	{"relation", relation.Schema, relation.Locale},
	{"view", view.Schema, view.Locale},
	{"measure", measure.Schema, measure.Locale},
	{"promise", promise.Schema, promise.Locale},
	{"catalog", catalog.Schema, catalog.Locale},
	{"agreement", agreement.Schema, agreement.Locale},
	{"article", article.Schema, article.Locale},
	{"support", support.Schema, support.Locale},
	{"place", place.Schema, place.Locale},
	{"routing", routing.Schema, routing.Locale},
	{"phrase", phrase.Schema, phrase.Locale},
	{"request", request.Schema, request.Locale},
	{"delivery", delivery.Schema, delivery.Locale},
	{"repeat", repeat.Schema, repeat.Locale},
	{"review", review.Schema, review.Locale},
	{"problem", problem.Schema, problem.Locale},
	{"notice", notice.Schema, notice.Locale},
	{"insight", insight.Schema, insight.Locale},
	{"importer", importer.Schema, importer.Locale},
	{"trail", nil, trail.Locale},
	{"app", nil, Locale},
}

// furnish makes the rooms from the ground up and fills the slots that lower rooms leave for higher ones.
func (a *App) furnish(ctx context.Context) error {
	blobs, err := file.NewFolder(a.Config.blobs())
	if err != nil {
		return err
	}
	if a.Secrets, err = secret.File(a.Config.key()); err != nil {
		return err
	}
	r := &a.Rooms
	r.Org = org.New(a.DB, a.Bus)
	r.Org.AddressBy(a.Config.URL)
	r.Directory = directory.New(a.DB, a.Bus, a.Jobs, r.Org, a.Secrets)
	r.Signin = signin.New(a.DB, a.Bus, r.Org, r.Directory, a.Secrets)
	r.Access = access.New(a.DB, r.Org)
	r.Disclose = disclose.New(a.DB, a.Bus, disclose.Rooms{Org: r.Org, Access: r.Access})
	r.Calendar = calendar.New(a.DB, a.Bus, r.Org)
	r.Clock = clock.New(a.DB, a.Bus, a.Jobs, r.Calendar)
	r.Todo = todo.New(a.DB, r.Org, r.Calendar)
	r.Talk = talk.New(a.DB, a.Bus, a.Jobs, r.Org, r.Access, blobs)
	r.Relation = relation.New(a.DB, a.Bus, relation.Rooms{Org: r.Org, Access: r.Access, Disclose: r.Disclose, Todo: r.Todo})
	r.View = view.New(a.DB, a.Bus, r.Org, r.Access)
	r.Measure = measure.New(a.DB, a.Bus, measure.Rooms{Org: r.Org, Access: r.Access})
	r.Promise = promise.New(a.DB, a.Bus, a.Jobs, promise.Rooms{Org: r.Org, Access: r.Access, Calendar: r.Calendar, Todo: r.Todo, Talk: r.Talk, Relation: r.Relation})
	r.Catalog = catalog.New(a.DB, a.Bus, r.Org, r.Access, r.Calendar)
	r.Agreement = agreement.New(a.DB, a.Bus, a.Jobs, agreement.Rooms{Org: r.Org, Access: r.Access, Disclose: r.Disclose, Calendar: r.Calendar, Todo: r.Todo, Relation: r.Relation, Catalog: r.Catalog})
	r.Article = article.New(a.DB, a.Bus, a.Jobs, article.Rooms{Org: r.Org, Access: r.Access, Todo: r.Todo, Talk: r.Talk, Catalog: r.Catalog})
	r.Support = support.New(a.DB, r.Org, r.Catalog, a.Secrets)
	r.Place = place.New(a.DB, a.Bus, r.Org, r.Access, r.Catalog)
	r.Phrase = phrase.New(a.DB, a.Bus, r.Org, r.Access, r.Catalog)
	r.Routing = routing.New(a.DB, a.Bus, a.Jobs, routing.Rooms{Org: r.Org, Access: r.Access, Calendar: r.Calendar, Catalog: r.Catalog, Place: r.Place})
	r.Request = request.New(a.DB, a.Bus, a.Jobs, request.Rooms{
		Org: r.Org, Access: r.Access, Calendar: r.Calendar, Clock: r.Clock,
		Todo: r.Todo, Talk: r.Talk, Relation: r.Relation, Catalog: r.Catalog, View: r.View, Promise: r.Promise, Phrase: r.Phrase, Place: r.Place, Routing: r.Routing,
	})
	r.Delivery = delivery.New(a.DB, a.Bus, a.Jobs, delivery.Rooms{
		Org: r.Org, Access: r.Access, Calendar: r.Calendar, Clock: r.Clock,
		Todo: r.Todo, Talk: r.Talk, Relation: r.Relation, Catalog: r.Catalog, View: r.View,
	})
	r.Request.SealBy(a.Secrets)
	r.Problem = problem.New(a.DB, a.Bus, problem.Rooms{Org: r.Org, Access: r.Access, Talk: r.Talk, Catalog: r.Catalog, Request: r.Request})
	r.Repeat = repeat.New(a.DB, a.Bus, a.Jobs, repeat.Rooms{Org: r.Org, Access: r.Access, Calendar: r.Calendar, Todo: r.Todo, Talk: r.Talk, Catalog: r.Catalog, Request: r.Request})
	r.Review = review.New(a.DB, a.Bus, a.Jobs, review.Rooms{Org: r.Org, Access: r.Access, Calendar: r.Calendar, Todo: r.Todo, Talk: r.Talk, Catalog: r.Catalog, Request: r.Request})
	r.Notice = notice.New(a.DB, a.Bus, a.Jobs, notice.Rooms{Org: r.Org, Access: r.Access, Calendar: r.Calendar, Todo: r.Todo, Talk: r.Talk, Request: r.Request, Delivery: r.Delivery, Promise: r.Promise},
		notice.Options{Book: a.Book, Secrets: a.Secrets, Suites: suites{r.Directory}})
	r.Insight = insight.New(a.DB, a.Bus, a.Jobs, insight.Rooms{Org: r.Org, Access: r.Access, Disclose: r.Disclose, Catalog: r.Catalog}, a.Log)
	r.Importer = importer.New(a.DB, a.Jobs)
	r.Reader = trail.New(a.DB, a.Trail, r.Org)
	r.Reader.AnnounceBy(a.Bus)
	if err := r.Calendar.Prepare(ctx); err != nil {
		return err
	}
	return a.connect(ctx)
}

package app

import (
	"context"
	"net/http"
	"time"

	"neike/assets"
	"neike/internal/kit/web"
)

// doors makes the mux and lets every room put its pages and calls into it.
func (a *App) doors() {
	m := web.New(web.Options{
		Gate: a.Access.Gate(), Book: a.Book, Errors: problemPage, Log: a.Log, DB: a.DB,
		Who: a.who, SignIn: a.signInPage, Dress: a.dress, Topic: a.listens, Frame: framed, Root: a.Directory.ProofFile, Left: a.Reader.Left,
		Main:   func(ctx context.Context) string { return a.Org.Company(ctx).Locale },
		Locale: "zh", Zone: "Asia/Shanghai", URL: a.Config.URL, Version: a.Config.Version, Proxies: a.Config.Proxies,
		Observe: a.figures.observe,
	})
	a.Mux = m
	m.Handle("GET /assets/", assets.Handler())
	m.Handle("GET /healthz", http.HandlerFunc(showHealth))
	m.Handle("GET /readyz", http.HandlerFunc(a.showReady))
	m.Page(web.Route{Pattern: "GET /metrics", Action: web.Public, Do: a.showMetrics})
	a.Signin.OwnBy(a.ownPages)
	a.Signin.Mount(m)
	a.Org.Mount(m)
	a.Access.Mount(m)
	a.Disclose.Mount(m)
	a.Directory.Mount(m)
	a.Calendar.Pages(m)
	a.Calendar.API(m)
	a.Todo.Mount(m)
	a.Talk.Mount(m)
	a.Relation.Mount(m)
	a.View.Mount(m)
	a.Measure.Mount(m)
	a.Phrase.Mount(m)
	m.Page(a.Promise.Routes()...)
	a.Promise.API(m)
	a.Catalog.Mount(m)
	a.Agreement.Mount(m)
	a.Article.Mount(m)
	a.Support.Mount(m, a.Todo)
	a.Place.Mount(m)
	m.Page(a.Request.Routes()...)
	a.Request.API(m)
	m.Page(a.Delivery.Routes()...)
	a.Delivery.API(m)
	m.Page(a.Repeat.Routes()...)
	a.Repeat.API(m)
	a.Review.Mount(m)
	a.Problem.Mount(m)
	a.Routing.Mount(m)
	a.Notice.Mount(m)
	a.Insight.Mount(m)
	a.Importer.Mount(m)
	a.Reader.Mount(m)
	m.Page(web.Route{Pattern: "GET /search", Action: "search.use", Do: a.showSearch})
	m.Page(web.Route{Pattern: "GET /settings", Action: "settings.list", Do: a.showSettings})
	a.searchAPI(m)
	m.Page(a.patternRoutes()...)
	m.Page(a.posterRoutes()...)
	m.Page(a.firstRunRoutes()...)
	a.setupAPI(m)
	m.Page(web.Route{Pattern: "GET /setup", Action: web.Public, Do: a.showFirst}, web.Route{Pattern: "POST /setup", Action: web.Public, Do: a.submitFirst})
	a.Talk.Follow(m.Live())
	a.Promise.Follow(m.Live())
	a.Request.Follow(m.Live())
	a.Delivery.Follow(m.Live())
	a.Problem.Follow(m.Live())
}

// upkeep is what the house does by itself, one process at a time.
func (a *App) upkeep() {
	a.Jobs.Every("web.forget-keys", time.Hour, func(ctx context.Context) error { return web.ForgetKeys(ctx, a.DB) })
	a.Jobs.Every("signin.purge", time.Hour, a.Signin.Purge)
	a.Jobs.Every("org.pass", time.Minute, a.Org.Pass)
	a.Jobs.Every("org.end-roles", time.Minute, a.Org.EndRoles)
	a.Jobs.Every("org.retain", 24*time.Hour, a.Org.Retain)
	a.Jobs.Every("disclose.release", 24*time.Hour, a.Disclose.Release)
	a.Jobs.Every("relation.reconcile", 24*time.Hour, a.reconcile)
	a.Jobs.Every("relation.catch-up", time.Hour, func(ctx context.Context) error { return a.Relation.CatchUp(ctx, a.tallied()) })
	a.Jobs.Every("event.purge", 24*time.Hour, func(ctx context.Context) error {
		_, err := a.Bus.Purge(ctx, keepEvents)
		return err
	})
	a.Jobs.Every("support.erase", time.Hour, a.Support.Erase)
	a.Jobs.Every("todo.forget", 24*time.Hour, a.Todo.Forget)
	a.Jobs.Every("search.optimize", 7*24*time.Hour, a.Search.Optimize)
}

// keepEvents is how long events stay in the outbox after every follower has seen them; the audit trail keeps them for good.
const keepEvents = 30 * 24 * time.Hour

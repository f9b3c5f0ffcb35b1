package app

import (
	"context"
	"errors"
	"fmt"
	"neike/internal/kit/audit"

	"neike/internal/agreement"
	"neike/internal/article"
	"neike/internal/catalog"
	"neike/internal/delivery"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/measure"
	"neike/internal/org"
	"neike/internal/place"
	"neike/internal/problem"
	"neike/internal/promise"
	"neike/internal/relation"
	"neike/internal/repeat"
	"neike/internal/request"
	"neike/internal/review"
)

// connect fills the slots that lower rooms leave for higher ones.
func (a *App) connect(context.Context) error {
	a.Org.ServicesBy(a.Catalog.IDByCode)
	a.Org.OffersBy(a.Catalog.Offered)
	a.Org.CalendarsBy(a.calendarExists)
	a.Org.HeldBy(a.unitBusy)
	a.Org.ChangesBy(a.Jobs)
	a.Catalog.OweBy(a.Todo)
	a.Importer.AnnounceBy(a.Bus)
	a.Org.ActedBy(audit.ActedIn)
	a.Org.LinkedBy(a.Directory.Linked)
	a.hold()
	a.known()
	a.Importer.Register(a.Org.Imports()...)
	a.Importer.Register(a.Directory.Imports()...)
	a.Importer.Register(a.Catalog.Kind())
	a.Importer.Register(a.Place.Imports()...)
	a.Importer.Register(a.Request.Imports()...)
	a.Importer.Register(a.Delivery.Imports()...)
	a.Importer.Register(a.Measure.Imports()...)
	a.Importer.Register(a.Relation.Imports()...)
	a.Catalog.PanelBy(a.Delivery.ServicePanel)
	a.Todo.AddPanel(a.setupPanel())
	a.Relation.Home()
	a.Reader.Name(request.Kind, a.nameRequests)
	a.Reader.Name("phrase", a.namePhrases)
	a.Reader.Name(promise.Kind, a.namePromises)
	a.Reader.Name(delivery.Kind, a.nameDeliveries)
	a.Reader.Name(delivery.StandingKind, a.nameStandings)
	a.Reader.Name(repeat.Kind, a.nameRepeats)
	a.Reader.Name(review.Kind, a.nameReviews)
	a.Reader.Name(article.Kind, a.nameArticles)
	a.Reader.Name(problem.Kind, a.nameProblems)
	a.Reader.Name("service", a.nameServices)
	a.Reader.Name("edge", a.nameEdges)
	a.Reader.Name(agreement.Kind, a.nameAgreements)
	a.Reader.Name(measure.Subject, a.nameMeasures)
	a.Reader.Name(relation.ExpectKind, a.nameExpectations)
	a.Reader.Name(relation.WorkshopKind, a.nameWorkshops)
	a.Reader.Name(relation.SheetKind, a.nameSheets)
	a.Reader.Name(place.Subject, a.namePlaces)
	a.Reader.Name("calendar", a.nameCalendars)
	a.Reader.Name("topic", a.nameTopics)
	a.Reader.Name("connection", a.nameConnections)
	a.Todo.AddPanel(a.yearPanel())
	a.tellReviews()
	a.tellRetired()
	a.Catalog.ConcernedBy(a.Delivery.Concerned)
	a.Place.AddPanel(a.Request.PlacePanel)
	a.Catalog.AddCard(a.Article.ServiceCard)
	a.tellProblems()
	a.tellRepeats()
	a.Catalog.AddCard(a.Review.ServiceCard)
	a.Request.ReadFirstBy(a.Article.Before, a.Article.Sent)
	a.Article.DropsBy(a.Request.DropDraft)
	a.tellArticles()
	a.guard()
	a.relate()
	a.agree()
	a.Disclose.AddSource(request.Ratings)
	a.Disclose.AddSource(delivery.Ratings)
	a.measure()
	a.ask()
	a.upkeep()
	return nil
}

func (a *App) calendarExists(ctx context.Context, _ sqldb.Reader, code string) (bool, error) {
	_, err := a.Calendar.Table(ctx, code)
	if errors.Is(err, fault.ErrNotFound) || fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	return err == nil, err
}

// unitBusy says whether a unit has open requests in its hands or services on offer.
func (a *App) unitBusy(ctx context.Context, rd sqldb.Reader, unit org.ID) (bool, error) {
	services, err := a.Catalog.Snapshot(ctx)
	if err != nil {
		return false, err
	}
	for _, s := range services.Of(unit) {
		if s.State == catalog.Live {
			return true, nil
		}
	}
	return request.HasOpen(ctx, rd, unit)
}

// Catch lets followers see everything and due jobs run, until nothing is left: for the demo and for tests.
func (a *App) Catch(ctx context.Context) error {
	for range 100 {
		if err := a.Bus.Drain(ctx); err != nil {
			return fmt.Errorf("followers: %w", err)
		}
		ran, err := a.Jobs.RunDue(ctx)
		if err != nil {
			return fmt.Errorf("jobs: %w", err)
		}
		if ran == 0 {
			return nil
		}
	}
	return errors.New("jobs beget jobs without end")
}

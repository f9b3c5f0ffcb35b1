package app

import (
	"neike/internal/agreement"
	"slices"

	"neike/internal/access"
	"neike/internal/app/importer"
	"neike/internal/article"
	"neike/internal/catalog"
	"neike/internal/delivery"
	"neike/internal/directory"
	"neike/internal/insight"
	"neike/internal/kit/audit"
	"neike/internal/measure"
	"neike/internal/notice"
	"neike/internal/org"
	"neike/internal/phrase"
	"neike/internal/problem"
	"neike/internal/promise"
	"neike/internal/relation"
	"neike/internal/repeat"
	"neike/internal/request"
	"neike/internal/review"
	"neike/internal/routing"
	"neike/internal/signin"
	"neike/internal/talk"
	"neike/internal/todo"
	"neike/internal/view"
)

// known lets every room say what it keeps about people, so that it can be copied and erased.
func (a *App) known() {
	a.Org.AddPersonalData(slices.Concat(signin.PersonalData, directory.PersonalData, access.PersonalData, talk.PersonalData, todo.PersonalData,
		promise.PersonalData, phrase.PersonalData, catalog.PersonalData, agreement.PersonalData, article.PersonalData, request.PersonalData, repeat.PersonalData, review.PersonalData, routing.PersonalData, problem.PersonalData, delivery.PersonalData, view.PersonalData, measure.PersonalData, insight.PersonalData, relation.PersonalData, notice.PersonalData, imported, trailData)...)
}

// imported is what imports remember, so that they can be taken back.
var imported = []org.PersonalData{
	{Code: "import.rows", Label: "importer.personal", Keeps: org.GoesWithPerson, Order: 240, Columns: "file at:time",
		Read: importer.PersonalRead, Wipe: []string{importer.PersonalWipe}},
}

// trailData is the audit trail: the law asks for it to be kept.
var trailData = []org.PersonalData{
	{Code: "audit.entries", Label: "trail.title", Keeps: "org.personal-audit", Order: 900, Columns: "number:number at:time sort record", Read: audit.OfPerson},
}

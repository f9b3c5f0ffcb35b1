package app

// hold lets every room say what people and units hold there, so that it finds a new keeper when they leave or end.
func (a *App) hold() {
	a.Org.AddHolding(a.Signin.Holdings()...)
	a.Org.AddHolding(a.Todo.Holdings()...)
	a.Org.AddHolding(a.Talk.Holdings()...)
	a.Org.AddHolding(a.Relation.Holdings()...)
	a.Org.AddHolding(a.Phrase.Holdings()...)
	a.Org.AddHolding(a.Promise.Holdings()...)
	a.Org.AddHolding(a.Catalog.Holdings()...)
	a.Org.AddHolding(a.Agreement.Holdings()...)
	a.Org.AddHolding(a.Place.Holdings()...)
	a.Org.AddHolding(a.Article.Holdings()...)
	a.Org.AddHolding(a.Request.Holdings()...)
	a.Org.AddHolding(a.Delivery.Holdings()...)
	a.Org.AddHolding(a.Repeat.Holdings()...)
	a.Org.AddHolding(a.Review.Holdings()...)
}

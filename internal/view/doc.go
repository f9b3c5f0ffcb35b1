// Package view is views of lists that people keep: what a list was narrowed to, under a name.
//
// Words: a view is a name for a query of a list, the part of the address behind the question mark. It is a person's, or a
// unit's: then everybody in the unit has it, its agents, secretaries and heads keep it, and a locked one its secretaries and
// heads alone. The standard view of a unit opens the list when nothing is asked; a person's own standard goes before it. A
// view holds no rows and gives no rights: whoever opens it sees what the list shows that person anyway.
//
// States: there or not. A list takes part by Register and by drawing Bar; views are counted by the list itself, up to a
// hundred, and only after the page is shown. What is shared stays with the unit when the person who saved it leaves; what was
// private goes with that person.
//
// It calls org (units) and access (who keeps a unit's views). It announces WasSaved and WasRemoved.
package view

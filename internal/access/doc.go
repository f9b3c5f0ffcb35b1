// Package access decides who may see and do what.
//
// Words. A grant says that a holder (a person, a unit, a company-wide role) has a record, and why: asked, on-behalf,
// assigned, unit-serves, unit-asks, unit-owes, delegated, watches, mentioned, heads, handles, named. Grants are written with the
// record, by the room that owns it. A relation is what a person is to a record (its customer, its assignee, an agent of
// the unit that serves, head of one of the units …): it follows from the grants and from the organisation. The table
// (table.go) says which relation or role allows which action; it is data, docs/permissions.md is made from it, and every
// route names one of its actions.
//
// Three laws stand above the table. What is not listed is not allowed. A confidential record is open to its customer and
// the people named for it, whatever roles say. Not found and not yours are one answer.
//
// A confidential record should have no grants for units: then no list shows it to them either.
//
// Calls org. Announces nothing: grants are part of the record's own events. Publishes access_grant_v.
package access

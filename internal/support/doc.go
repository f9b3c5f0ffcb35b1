// Package support is personal support (个人支持): counselling, career talk, mentoring. One person writes to one named
// supporter; nobody else reads it, and nothing else in the house knows of it.
//
// # Words
//
// A case is what one person and one supporter write to each other about a service of the catalogue whose policy is support.
// Its reference is drawn by lot, so that it tells neither how many there are nor when. The crisis text of the service stands
// before the form.
//
// # What keeps it apart
//
// A case is no request. It has tables of its own, which name no unit and which no other room reads; it announces nothing, so
// that neither trail nor search nor live pages nor notices hear of it; it owes no to-do, for those are counted for heads; its
// routes leave no line in the access log and are closed to who looks with another's eyes. There is no role for it and
// no break-glass. Words are sealed in the database. What a copy of somebody's personal data holds is read by security officers,
// too, so cases are not in it: the person reads them here, as long as they are kept.
//
// # States
//
//	Ask ──▶ open ──(Say, Pass)──▶ open ──Close──▶ closed ──retention──▶ gone, all of it
//	          └──── nobody writes for as long as the retention ──────▶ gone
//
// # Neighbours
//
// Calls down: org (names), access (who may), todo (a line on the home page of the two), catalog (services, supporters, policy).
package support

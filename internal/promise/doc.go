// Package promise is who promised what to whom by when (承诺). Whether it was kept the receiver says, nobody else.
//
// # Words
//
// Giver: the person who promises, with the unit that person belonged to then. Receiver: a person, or a unit as such; for a
// unit its head or its secretary speaks. The words (what) are never changed once they are given. Due: a day, which ends with
// the giver's working time, or a moment. About: the record in whose course it was made (a request, say), known by kind and
// id; made by hand it has none. Renegotiated: another date that the giver proposed and the receiver agreed to; the first one
// stays and every move is counted. Overdue is derived: due has passed and nobody has said anything.
//
// # States
//
//	         done                 kept, partly, broken
//	open ────────────▶ asked ───────────────────────────▶ kept | partly | broken
//	 │ ▲ ◀──────────────┘  │                                      ▲
//	 │ │   not-yet         │ nobody says anything                 │ the receiver may still say it
//	 │ │  (before it is due)└──────────────────▶ unsaid ──────────┘
//	 │ └─ agree (the date moves), refuse
//	 └─ withdraw ──▶ withdrawn        (also from asked, by the giver, with a reason)
//
// An open promise whose due time has passed can be judged as well; the receiver is asked then. A receiver who stays silent is
// reminded once; some workdays later the promise counts as unsaid, which is never kept and in no rate.
//
// # Who may see
//
// Giver and receiver, their units by the table of access, the quality office; and whoever may see the record it is about. A
// promise about something confidential is seen by exactly those who may see that, stands in no number of a unit, and nothing
// of it leaves the house.
//
// # Neighbours
//
// Calls down: org, access (grants), calendar (which day it is, workdays), todo (who owes what), talk (what the record it is
// about is called and who may see it; the sentence it was made from), relation (the panel of the edge page).
// Slots: a Source per kind of record, which finds it by its number and says whom a promise there is usually made to.
// Announces: WasMade, WasClaimed, WasSaidNotYet, WasSaid, WasProposed, WasMoved, WasRefused, WasWithdrawn, IsNear, FellDue,
// WasAskedAgain, HasLapsed, WasSucceeded, HasFollowed. None carries a word of it.
package promise

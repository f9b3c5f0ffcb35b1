// Package request is the walking path of the product: one customer asks one unit for one service, and both see it
// through to acceptance and rating.
//
// # States
//
//	                 decline (the right unit is named; a hop opens there)
//	                 ┌──────┐
//	                 ▼      │
//	  open ───────▶ new ────┴─ withdraw ──▶ withdrawn
//	                 │ take, assign
//	                 ▼
//	   ┌────────▶ working ───── cancel ────▶ cancelled ◀── cancel ──┐
//	   │ answer      │  ask ───────────────▶ waiting ───────────────┤
//	   └─────────────┼──────────────────────── │                    │
//	                 │ deliver         deliver │                    │
//	   return        ▼                         │                    │
//	   ┌───────── delivered ◀──────────────────┘                    │
//	   │             │ accept                                       │
//	   ▼             ▼                                              │
//	working         done   (rate: once per person involved)
//
// A done request that turns out not to be right is reopened (done → working, or new when nobody is there who had it), or
// another one is opened that repeats it: the service's rule decides. What is delivered and nobody speaks of, the house
// accepts after some working days; its customer is told the working day before. While somebody works on a request the
// provider may propose another date, which counts once the customer agrees.
//
// While somebody works on it, or its customer is asked, the holding unit may hand it over: another unit has it in hand then
// and counts in its own calendar, nobody has it until somebody takes it, and who was asked goes on owing the result. The
// third hand-over puts it before the quality office (settle). Or it is split: other units are asked for a part each, a request
// of its own whose customer is the holding unit. The whole is delivered or handed over only when no part is open.
//
// Of requests that ask for the same, one goes along with another (merge): it is in no queue, its clocks run on, and it is
// delivered when the other is, so that it is in time or late by its own due time. Each customer reads the own request
// alone, accepts and rates it. Within a working day a merge is taken back as if it had never been; when the other ends
// without a result, or its customer sends the result back, it goes on by itself. When its customers are the
// other's, too, it is a duplicate: it counts for nothing, is accepted and sent back with the other, and is not rated. Two
// requests may be linked; a link is there for those who may see both.
//
// Its customer may name who stands in for them until a date: that colleague answers, accepts and returns, recorded as for the
// customer, who hears of it; the rating stays the customer's. A colleague of the customer's unit may become its customer
// (take-over): given by the customer or their head, or of one who has left.
//
// What the serving side writes waits on the server until it is sent: one draft for each person and box (reply, question,
// delivery), kept while it is written. Colleagues of the unit that has the request in hand read it and may take it over: the
// words move, and of two windows or two people exactly one goes on.
//
// new: nobody has taken it. working: somebody has. waiting: the customer was asked back. delivered: the customer
// is to accept or return. done: accepted. 'rated' is an attribute, not a state.
//
// Whoever accepted is invited to rate, not urged: the entry in todo lapses ten working days later (calendar of the
// customer), and the request's page takes a rating at any time after.
//
// # Words
//
// The provider is the unit that owes the result, the customer the unit that asked; the edge of relation runs between
// them. The holding unit has the request in hand: the provider, as long as nothing is handed over. A hop is the stretch
// that one unit holds. Every verb appends one row to request_event; clocks are replayed from those rows and never
// counted on. Whoever asked, or is asked for, is the request's customer, whatever else that person may be.
//
// # Neighbours
//
// Calls down: access (grants, who may), catalog (service, standard, form), calendar and clock (due times, replay), todo
// (who owes what), talk (conversation), relation (edge, contact, tallies), org (people and units).
// Announces: WasOpened, WasTaken, WasAssigned, WasDeclined, WasAsked, WasAnswered, WasSaid, WasDelivered, WasReturned,
// WasAccepted, WasRated, WasNudged, WasWithdrawn, WasCancelled, WasLogged, WasConfirmed, WasDisowned, WasNamed, WasSucceeded, HasFollowed, DueMoved,
// WasHandedOver, WasSettled, WasSplit, PartHasEnded, WasMerged, WasUnmerged, HasGoneAlong, WasLinked, StandInWasNamed, AnswerDraftWasTaken, DateProposed, DateAnswered, WasReopened, WasAskedAgain, AcceptanceNears, StageMoved, WasAcceptedByHouse.
// Hears: clock.WasBreached (a breach shows on open pages), clock.WasRecomputed (due times follow the calendar, and the log
// says so).
package request

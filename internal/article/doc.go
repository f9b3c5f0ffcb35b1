// Package article is what units write down so that nobody has to ask (知识条目): how to do something oneself, what to bring,
// why something takes its time.
//
// # Words
//
// An article belongs to a unit, is in the hands of one person, its owner, and is attached to services. Its working text is
// written, proposed and reviewed; what is published is a version that never changes, and stays readable while a next one is
// being written. Its words are Markdown, shown by kit/prose.
//
//	draft ──Propose──▶ proposed ──Publish──▶ published ──Retire──▶ retired
//	  ▲                   │SendBack               │Edit: the version stays, the working text is a draft again
//	  └───────────────────┘                       └──▶ (work: draft ──▶ proposed ──Publish──▶ the next version)
//
// Check again by: a day from which on the owner owes a look; Confirm says that it is still right. A rating is helpful or not,
// with a reason; one for each person and version. 'Wrong' and 'outdated' are owed to the owner to be looked at. Nobody is
// ever told who rated.
//
// # Who may read
//
// A published article is there for whoever may know of one of its services, and for everybody when it has none. What is being
// written is there for those who may write it. An article that one may not read does not exist.
//
// # Counts
//
// Before a request is sent, articles of its service are shown. Counted by day, article and service: shown, opened, solved
// (the asking ended there) and asked (sent all the same). Of service alone (article 0) the forms are counted. There is no
// person in these rows and none in the key of a form, which is random and forgotten after a day.
//
// # Neighbours
//
// Calls down: org (units, people), access (who may), todo (who owes a look), talk (pictures are its files), catalog
// (services and their audience). Fills slots of request (what is shown before a request is sent) through the composition.
// Announces: WasWritten, WasProposed, WasSentBack, WasPublished, WasRetired, WasConfirmed, WasHandedOn, FellDue, WasDoubted.
package article

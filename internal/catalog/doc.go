// Package catalog is what units offer each other and what they promise about it.
//
// # Words
//
// A service belongs to one unit and has a code, guessable and never reused (hr.onboard). A request service (按需服务) is
// asked for: it has a form and a clock. A standing service (例行交付) is owed on a schedule without being asked; it is
// imported and shown here, and falls due in the room delivery. The standard is what the unit promises: first response and completion,
// each a duration with a forced unit and the share of cases to be met in time, and one quality metric. A starting value
// (建议值) is a standard that came with a pack and that the unit's head has not confirmed.
//
// # Versions
//
// Form and standard together make a version, numbered from 1; a stored version never changes, so a request keeps the
// questions it answered and the promise it was given (Service.At, Service.Numbered). Words (name, description, schedule)
// are not versioned. Neither is the policy: how requests go on (reopening, acceptance, quota, confidentiality) is read from
// the snapshot when it is needed, so a change holds at once. Revision counts every change and is the ETag.
//
// The form in force is changed as a draft (catalog_form_draft): each step leaves it without fault, publishing makes it a new version. A
// draft knows the version it was begun on, and whoever changes it says which state of it they saw (EditForm, PublishForm).
//
// # States
//
//	draft ──propose──▶ review ──publish──▶ live ──retire──▶ retired
//	  ▲ └───────────────publish─────────────▲ ▲────publish──────┘
//	  └───────send back──────┘
//
// Whoever agents for the unit, heads it or owns the service writes the draft and proposes it; the head or the quality
// office offers it or sends it back with the reason. Only live services are offered, and to their audience alone (Audience): for
// everybody else they do not exist. Draft and proposed ones exist for the unit, retired ones for its head, the
// owner and the quality office; the address of a retired one leads others to its successor.
//
// The words of a live service (name, description, what to bring, deliverable, a standing one's schedule) are changed by way
// of the same review: the change is prepared beside them (Rewording), compared, and takes their place when the reviewer lets
// it; what it does not touch stays as it is then. Interfaces and imports, which need the right to keep the service, replace
// the live words at once.
//
// # Import
//
// A service pack (content/README.md) is taken over part by part: words, place, form, standard, schedule. A part that
// the company changed since the last import stays as it is, and the import says so; what nobody changed follows the
// file. The same file twice changes nothing.
//
// # Neighbours
//
// Calls down: org (units), access (who may), calendar (due times). todo (reviews). Announces: ServiceWasDrafted, ServiceWasProposed, ServiceWasSentBack, ServiceWasChanged,
// ServiceWasPublished, ServiceWasRetired, StandardWasSet, StandardWasConfirmed, CustomersWereDeclared.
package catalog

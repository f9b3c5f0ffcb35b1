// Package insight looks at the company from above: it reads the views of the rooms below and adds up. What it keeps are
// sums, and what the company assumes.
//
// # Adoption
//
// Who can sign in, who did, who asks and who serves, by unit and everything below it, for twelve weeks. People appear as
// counts only. A count about fewer people than the rule of disclose asks is not shown, nor one that leaves fewer out, nor one that
// would give such a count away by subtraction (rules.go). A picture of the whole company is kept in memory and taken
// again in the background, at most once a minute.
//
// A unit is live when it has a service on offer and delivered something in the last 28 days; what the others lack is named.
//
// # Cost
//
// What the product asks of people, in minutes a month. The composition registers the acts that rooms ask of a role (Asks), with
// the seconds that one is assumed to take; the company may say otherwise, and everybody who sees the page sees the table. Once a
// night the trail is read (by hand and through pages alone) and summed up by unit, role and act; who did what is forgotten
// on the way, and what stays are sums, a median from ten people on, and the highest tenth from fifty. Raising a request is
// measured by request itself. Hints name what is certainly more than the budget, hardly ever used, or always said yes to.
//
// # Calls and events
//
// org (the tree), access (who may see which unit), catalog (services on offer), request (traffic, how requests are raised);
// it joins the views of org, signin and directory. Nobody calls insight. Announces: AssumptionWasSet.
package insight

// Package insight looks at the company from above. It keeps no tables of its own: it reads the views of the rooms below
// and adds up.
//
// # Adoption
//
// Who can sign in, who did, who asks and who serves, by unit and everything below it, for twelve weeks. People appear as
// counts only. A count about fewer people than the rule of disclose asks is not shown, nor one that leaves fewer out, nor one that
// would give such a count away by subtraction (rules.go). A picture of the whole company is kept in memory and taken
// again in the background, at most once a minute.
//
// # Calls
//
// org (the tree), access (who may see which unit), catalog (services on offer), request (traffic); it joins the views of
// org, signin and directory. Nobody calls insight.
package insight

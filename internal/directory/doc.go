// Package directory ties the company to the systems that know its people already: WeCom, Feishu, DingTalk, an LDAP
// server, an OpenID provider.
//
// Words. A connection (连接) is one app of one such system, with what it is used for: sign-in, directory sync, messages.
// Its secrets are sealed and never shown again. An identity says who an account (connection, subject) is here; it is made
// by 工号 or by the account's id, never by a name, and by phone or mail only where the connection's rules say so. One
// account is one person, one person has one account a connection. A run (同步) reads a directory into staging, page by
// page, lays it over the organisation, and shows the difference as items; applying takes the items in, in chunks, each in
// one transaction that also moves the run's cursor.
//
//	run: reading ──▶ planning ──▶ planned ──(Apply)──▶ applying ──▶ done
//	        │            │           └──(a newer run, Drop)──▶ dropped
//	        └────────────┴──▶ failed                (what a crash stops goes on by itself)
//
// Three laws. What a directory does not show has not left: with a part of the company in sight, or when more people would
// leave than the rules allow, nobody is stopped until a person has typed how many. An empty value clears nothing: the app
// may only not see it. Nothing is deleted: people become inactive, units end, history stays.
//
// Calls org. Announces directory.connection-was-saved, directory.person-was-linked, directory.person-was-unlinked,
// directory.sync-was-planned, directory.sync-was-applied.
package directory

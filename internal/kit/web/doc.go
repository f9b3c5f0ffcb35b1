// Package web is the door of the house. Rooms hand it routes for people (Page) and calls of the JSON
// API (Op); each names its action in the access table. A handler returns the page or an error; the
// package turns a fault into a page, a fragment or problem+json (RFC 9457), in the reader's language.
//
// Around every handler it puts, once: request id, recovery from a panic, security headers with a strict
// content policy, protection from other sites (http.CrossOriginProtection), a limit on the body, who asks
// (Options.Who), the language, the gate by action and scope, compression, conditional answers by ETag,
// Idempotency-Key, and a line in the access log.
//
// An answer is collected in memory and sent when the handler has returned, so that an error never leaves
// half a page; an answer above 256 KB, or one that is flushed, is sent as it comes.
package web

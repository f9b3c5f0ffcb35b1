// Package signin knows who is at the door: accounts with passwords, activation links, sessions of
// browsers and tokens of programs.
//
// Words: an account belongs to a person of org and has a password; a link lets its holder set one, once;
// a temporary code is a password that must be changed at the first use; a session is a browser that stays
// signed in; a token lets a program act for a person within its scopes.
//
//	no account ──link──▶ has a password ──five wrong──▶ locked (15 min) ──▶ has a password
//	                         ▲    │ administrator resets
//	                         │    ▼
//	                     must change (temporary code, or a new link)
//
// What is secret (link, session, token) is kept as a SHA-256 print only; a password as argon2id. A name
// that nobody has is answered with the same words, the same work and the same counting as a wrong password.
//
// It calls org. It announces HasSignedIn, WasLocked, PasswordWasSet, LinkWasMade, WasReset, TokenWasMade,
// TokenWasRevoked, SessionsWereEnded.
package signin

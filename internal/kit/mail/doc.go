// Package mail hands letters to a company's mail server by SMTP. It knows no business words.
//
// A Conn carries a batch over one connection. What a server refuses comes back as *Error, which says whether the letter,
// its receiver or the server itself is at fault, and whether trying again helps: a reply of 4xx, a connection that breaks
// or a server that is too slow is worth another try, 5xx is not. When a connection breaks after the letter went out and
// before the server said that it took it, nobody knows; the letter keeps its Message-ID, so that a second one is
// recognised by whoever receives both.
//
// Nothing that is put into a header can begin another one, and nothing that is put into a letter is read as HTML.
package mail

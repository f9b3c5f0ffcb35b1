// Package importer takes files into the rooms.
//
// A room describes a sort of file as a Kind: its columns, how to judge its rows, how to take a chunk of them in. The
// engine does the rest: it reads the file into staging rows, lets the kind judge every row, and applies only a file
// without a wrong row (or, when asked, the right rows of it) in chunks of at most 500, each in one transaction that
// also moves the run's cursor. A run that a crash interrupts goes on where it stopped. Importing the same file again
// changes nothing. Nobody is notified of anything.
//
//	staged ──(wrong rows)──▶ rejected
//	   └──(apply)──▶ applying ──▶ done
//
// The package knows no room; rooms import it for the types of kind.go.
package importer

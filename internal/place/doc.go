// Package place is where something is reported from: sites, buildings, floors, rooms, machines, printers, vehicles.
//
// # Words
//
// A place has a code, guessable and never used again (hq-3f-02), a kind, a place around it and a unit that answers for it.
// The services asked for at a place are its own; without any they are those of its kind (every printer: it.printer), and
// without those what the place around it offers. The label of a place (标签) is a QR code of its short address /p/{code}:
// who scans it is led to the form of the one service, or chooses among several, with the place filled in.
//
// # States
//
// In use, or out of use with everything under it. What is out of use keeps its code and its history; its label leads to a
// page that says so and how to report anyway, the same page that an unknown code leads to.
//
// # Neighbours
//
// Calls down: org (units), access (who keeps places), catalog (services). The room request keeps the code and the name with
// a request as they were then, and draws the history of a place through AddPanel. Announces: WasSaved, WasRetired,
// WasRestored, KindWasSet.
package place

// Package layout says where things of a drawing stand: boxes in columns, so that few lines between them cross, and flows between two
// columns, as thick as they are large. The same input gives the same drawing, on every machine.
package layout

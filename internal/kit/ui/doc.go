// Package ui is the look: the frame around every page and one component for
// each pattern. See the catalogue below; /design shows all of them.
package ui

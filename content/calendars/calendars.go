// Package calendars holds the calendars that Neike brings along and the statutory days of the countries it knows.
package calendars

import (
	"embed"
	"io/fs"
)

//go:embed *.json
var files embed.FS

// Calendar is a calendar in the form of POST /api/v1/calendars; false when there is none of that code. There are
// "default" (the company's, until it publishes its own), "plant-2shift" and "plant-3shift".
func Calendar(code string) ([]byte, bool) {
	data, err := fs.ReadFile(files, code+".json")
	return data, err == nil
}

// Statutory is the list of days off and make-up workdays of a country ("cn"); false when there is none.
func Statutory(country string) ([]byte, bool) {
	data, err := fs.ReadFile(files, "statutory-"+country+".json")
	return data, err == nil
}

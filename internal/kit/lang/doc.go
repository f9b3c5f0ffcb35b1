// Package lang holds every word the reader sees, in Chinese and in English, and the forms of dates,
// durations and numbers. Words live in TOML files of go-i18n, one per room and language, with flat ids
// that begin with the room's name:
//
//	["request.title"]
//	other = "请求 {{.number}}"
//
// Files are read and taken apart once; T is a map look-up and, where there are arguments, one string
// concatenation. Plural forms are chosen by the argument "count".
package lang

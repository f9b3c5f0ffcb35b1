package sqldb

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Marks around columns that SQLite hands over as one: PostgreSQL reads them as comments.
const (
	packed   = "/*packed*/"
	unpacked = "/*end*/"
	aside    = "/*aside*/"
)

// Pack makes the columns of a select into one for SQLite, whose driver takes longer over a column than the database does:
// 51 rows of 35 columns cost a third. Rows are scanned as without it, one pointer per column. Only for all columns of the
// outermost select, at most 127, of whole numbers, booleans and text (no bytes, no fractions).
func Pack(columns string) string { return packed + columns + unpacked }

// Aside is a column of whole numbers in a condition that SQLite, which knows nothing of how many rows have which value, takes no
// index for: it is looked at in the index that the other conditions choose. PostgreSQL knows, and decides.
func Aside(column string) string { return aside + column }

// packs turns the marks into what SQLite does.
var packs = strings.NewReplacer(packed, "json_array(", unpacked, ")", aside, "+")

var errPacked = errors.New("a packed row is not the list of its columns")

// unpack scans a packed row.
func unpack(src any, dest []any) error {
	in, ok := src.(string)
	if !ok || len(in) < 2 || in[0] != '[' {
		return errPacked
	}
	for i, d := range dest {
		if len(in) < 2 || i > 0 && in[0] != ',' {
			return errPacked
		}
		var err error
		if in, err = unpackOne(in[1:], d); err != nil {
			return fmt.Errorf("packed column %d: %w", i, err)
		}
	}
	if in != "]" {
		return errPacked
	}
	return nil
}

// unpackOne scans the value at the beginning of in, and gives what follows it.
func unpackOne(in string, dest any) (rest string, err error) {
	if in != "" && in[0] == '"' {
		text, rest, err := unquote(in)
		if err != nil {
			return rest, err
		}
		if d, ok := dest.(*string); ok {
			*d = text
			return rest, nil
		}
		return rest, (&cell{dest}).Scan(text)
	}
	end := strings.IndexAny(in, ",]")
	if end <= 0 {
		return in, errPacked
	}
	word, rest := in[:end], in[end:]
	if word == "null" {
		return rest, empty(dest)
	}
	v, err := strconv.ParseInt(word, 10, 64)
	if err != nil {
		return rest, err
	}
	switch d := dest.(type) {
	case *int64:
		*d = v
	case *time.Time:
		*d = time.UnixMilli(v).UTC()
	case *bool:
		*d = v != 0
	case *int:
		*d = int(v)
	default:
		return rest, (&cell{dest}).Scan(v)
	}
	return rest, nil
}

// empty is null in Go.
func empty(dest any) error {
	switch d := dest.(type) {
	case *int64:
		*d = 0
	case *time.Time:
		*d = time.Time{}
	case *string:
		*d = ""
	case *bool:
		*d = false
	case *int:
		*d = 0
	default:
		return (&cell{dest}).Scan(nil)
	}
	return nil
}

// unquote reads the JSON string at the beginning of in. What needs no change is not copied.
func unquote(in string) (text, rest string, err error) {
	for i := 1; i < len(in); i++ {
		switch in[i] {
		case '"':
			return in[1:i], in[i+1:], nil
		case '\\':
			return unescape(in, i)
		}
	}
	return "", "", errPacked
}

// unescape is unquote from the first escape on.
func unescape(in string, i int) (text, rest string, err error) {
	for ; i < len(in); i++ {
		switch in[i] {
		case '\\':
			i++
		case '"':
			err = json.Unmarshal([]byte(in[:i+1]), &text)
			return text, in[i+1:], err
		}
	}
	return "", "", errPacked
}

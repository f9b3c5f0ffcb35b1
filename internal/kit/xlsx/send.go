package xlsx

import (
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"neike/internal/kit/fault"
)

// Send begins a table that a browser saves: format is "csv" or "xlsx" (any other is a fault.Malformed), name is the name
// of the file without its ending, in any language, and of the sheet. A w that wants to know what leaves (kit/web's) is
// told, and may keep it back.
func Send(w http.ResponseWriter, format, name string) (*Writer, error) {
	types := map[string]string{"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
	if types[format] == "" {
		return nil, &fault.Error{Kind: fault.Malformed, Key: "xlsx.format"}
	}
	if err := leave(w, name+"."+format); err != nil {
		return nil, err
	}
	h := w.Header()
	h.Set("Content-Type", types[format])
	h.Set("Content-Disposition", attachment(name+"."+format))
	h.Set("Cache-Control", "no-store")
	if format == "csv" {
		return NewCSV(w)
	}
	return NewXLSX(w, sheetName(name))
}

// SendPicture begins a picture that a browser saves: SVG, under a name without its ending. Otherwise it is as Send.
func SendPicture(w http.ResponseWriter, name string) error {
	if err := leave(w, name+".svg"); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "image/svg+xml; charset=utf-8")
	h.Set("Content-Disposition", attachment(name+".svg"))
	h.Set("Cache-Control", "no-store")
	return nil
}

// leave tells whatever is below w and wants to know.
func leave(w http.ResponseWriter, file string) error {
	for {
		if door, ok := w.(interface{ Leave(file string) error }); ok {
			return door.Leave(file)
		}
		below, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return nil
		}
		w = below.Unwrap()
	}
}

// attachment names a file for every browser (RFC 6266): old ones read the first name, in which only ASCII is safe.
func attachment(name string) string {
	plain := strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII || unicode.IsControl(r) || strings.ContainsRune(`"\/`, r) {
			return '_'
		}
		return r
	}, name)
	return `attachment; filename="` + plain + `"; filename*=UTF-8''` + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
}

// sheetName is a name that spreadsheets allow: at most 31 letters, none of []:*?/\.
func sheetName(name string) string {
	runes := []rune(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\'`, r) {
			return '-'
		}
		return r
	}, name))
	return string(runes[:min(len(runes), 31)])
}

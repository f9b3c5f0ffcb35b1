package web

import (
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
)

// Decode reads the query of a GET or the form of a POST into a struct.
//
//	Title  string              `form:"title"`
//	People []int64             `form:"people"`   // several values with one name, without the empty ones
//	Codes  []string            `form:"code,each"` // one of each row of a table: what is empty keeps its place
//	Name   lang.Text           `form:"name"`     // a struct: name.zh, name.en
//	Fields map[string][]string `form:"fields"`   // every fields.x, as x
//	Files  []*multipart.FileHeader `form:"files"`
//
// Text is trimmed and its line ends made \n; an unchecked box is false; a date is 2006-01-02 or
// 2006-01-02T15:04. What cannot be read as a number or a date stays zero and comes back in one Invalid
// fault with all its fields, so that the caller can show the form again with Input.
func Decode(r *http.Request, dst any) error {
	values, files, err := Input(r)
	if err != nil {
		return err
	}
	v := reflect.ValueOf(dst).Elem()
	var wrong fault.Fields
	for _, s := range planOf(v.Type()) {
		s.read(v.FieldByIndex(s.index), s, values, files, &wrong)
	}
	return wrong.Err()
}

// DecodeQuery reads the address of a list that is not open into dst, as Decode reads one that is.
func DecodeQuery(query url.Values, dst any) error {
	return Decode(&http.Request{Method: http.MethodGet, URL: &url.URL{RawQuery: query.Encode()}}, dst)
}

// Input is what was typed, as it was typed.
func Input(r *http.Request) (url.Values, map[string][]*multipart.FileHeader, error) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // no type is no multipart form
	if kind == "multipart/form-data" {
		if err := r.ParseMultipartForm(8 << 20); err != nil {
			return nil, nil, malformed(err)
		}
		return r.Form, r.MultipartForm.File, nil
	}
	if err := r.ParseForm(); err != nil {
		return nil, nil, malformed(err)
	}
	return r.Form, nil, nil
}

func malformed(err error) error {
	if f := stranger(err); f.Kind != fault.Internal {
		return f
	}
	return fault.Wrap(fault.Malformed, err, "web.malformed")
}

// slot is one place of the struct that the form fills.
type slot struct {
	name  string
	index []int
	read  func(v reflect.Value, s slot, values url.Values, files map[string][]*multipart.FileHeader, wrong *fault.Fields)
}

var plans sync.Map // reflect.Type → []slot

func planOf(t reflect.Type) []slot {
	if p, ok := plans.Load(t); ok {
		return p.([]slot)
	}
	p := plan(t, nil, "")
	plans.Store(t, p)
	return p
}

var (
	timeType  = reflect.TypeFor[time.Time]()
	fileType  = reflect.TypeFor[*multipart.FileHeader]()
	filesType = reflect.TypeFor[[]*multipart.FileHeader]()
)

func plan(t reflect.Type, index []int, prefix string) []slot {
	var slots []slot
	for i := range t.NumField() {
		f := t.Field(i)
		at := append(append([]int(nil), index...), i)
		name, tagged := f.Tag.Lookup("form")
		name, each := strings.CutSuffix(name, ",each")
		switch {
		case f.Anonymous && !tagged && f.Type.Kind() == reflect.Struct:
			slots = append(slots, plan(f.Type, at, prefix)...)
		case !tagged || name == "-":
		case f.Type == timeType:
			slots = append(slots, slot{prefix + name, at, readOne})
		case f.Type == fileType, f.Type == filesType:
			slots = append(slots, slot{prefix + name, at, readFiles})
		case f.Type.Kind() == reflect.Struct:
			slots = append(slots, plan(f.Type, at, prefix+name+".")...)
		case f.Type.Kind() == reflect.Map:
			slots = append(slots, slot{prefix + name + ".", at, readMap})
		case each:
			slots = append(slots, slot{prefix + name, at, readEach})
		case f.Type.Kind() == reflect.Slice && f.Type.Elem().Kind() != reflect.Uint8:
			slots = append(slots, slot{prefix + name, at, readMany})
		default:
			slots = append(slots, slot{prefix + name, at, readOne})
		}
	}
	return slots
}

func readOne(v reflect.Value, s slot, values url.Values, _ map[string][]*multipart.FileHeader, wrong *fault.Fields) {
	given := values[s.name]
	if len(given) == 0 {
		return
	}
	set(v, s.name, given[len(given)-1], wrong) // the last one counts: a hidden "0" before a box
}

func readMany(v reflect.Value, s slot, values url.Values, _ map[string][]*multipart.FileHeader, wrong *fault.Fields) {
	given := values[s.name]
	list := reflect.MakeSlice(v.Type(), 0, len(given))
	for _, text := range given {
		if strings.TrimSpace(text) == "" {
			continue
		}
		one := reflect.New(v.Type().Elem()).Elem()
		set(one, s.name, text, wrong)
		list = reflect.Append(list, one)
	}
	v.Set(list)
}

func readEach(v reflect.Value, s slot, values url.Values, _ map[string][]*multipart.FileHeader, wrong *fault.Fields) {
	given := values[s.name]
	v.Set(reflect.MakeSlice(v.Type(), len(given), len(given)))
	for i, text := range given {
		set(v.Index(i), s.name, text, wrong)
	}
}

func readMap(v reflect.Value, s slot, values url.Values, _ map[string][]*multipart.FileHeader, _ *fault.Fields) {
	m := reflect.MakeMap(v.Type())
	for name, given := range values {
		key, ok := strings.CutPrefix(name, s.name)
		if !ok {
			continue
		}
		texts := make([]string, len(given))
		for i, text := range given {
			texts[i] = clean(text)
		}
		if v.Type().Elem().Kind() == reflect.Slice {
			m.SetMapIndex(reflect.ValueOf(key), reflect.ValueOf(texts))
		} else {
			m.SetMapIndex(reflect.ValueOf(key), reflect.ValueOf(texts[len(texts)-1]))
		}
	}
	v.Set(m)
}

func readFiles(v reflect.Value, s slot, _ url.Values, files map[string][]*multipart.FileHeader, _ *fault.Fields) {
	var given []*multipart.FileHeader
	for _, f := range files[s.name] {
		if f.Filename != "" {
			given = append(given, f)
		}
	}
	if v.Type() == filesType {
		v.Set(reflect.ValueOf(given))
	} else if len(given) > 0 {
		v.Set(reflect.ValueOf(given[0]))
	}
}

func set(v reflect.Value, name, text string, wrong *fault.Fields) {
	text = clean(text)
	if v.Kind() == reflect.Pointer {
		if text == "" {
			return
		}
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	if v.Kind() == reflect.String {
		v.SetString(text)
		return
	}
	if text == "" {
		return
	}
	switch v.Kind() {
	case reflect.Int, reflect.Int64, reflect.Int32, reflect.Int16, reflect.Int8:
		n, err := strconv.ParseInt(text, 10, v.Type().Bits())
		if err != nil {
			wrong.Add(name, "web.whole-number")
			return
		}
		v.SetInt(n)
	case reflect.Float64, reflect.Float32:
		n, err := strconv.ParseFloat(text, 64)
		if err != nil {
			wrong.Add(name, "web.number")
			return
		}
		v.SetFloat(n)
	case reflect.Bool:
		v.SetBool(text == "on" || text == "true" || text == "1" || text == "yes")
	case reflect.Struct:
		if t, ok := moment(text); ok {
			v.Set(reflect.ValueOf(t))
		} else {
			wrong.Add(name, "web.date")
		}
	default:
		panic("web: a form cannot fill a " + v.Type().String())
	}
}

func moment(text string) (time.Time, bool) {
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02", time.RFC3339, "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

func clean(text string) string {
	if strings.IndexByte(text, '\r') >= 0 {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	}
	return strings.TrimSpace(lang.Plain(strings.ToValidUTF8(text, "�")))
}

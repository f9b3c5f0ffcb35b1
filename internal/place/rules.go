package place

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
)

// Kinds are the sorts of places, from the widest to the narrowest.
var Kinds = []string{"site", "building", "floor", "area", "room", "workshop", "line", "machine", "printer", "computer", "projector", "vehicle", "facility", "other"}

// kindWords are kinds as people write them in files.
var kindWords = map[string]string{
	"园区": "site", "厂区": "site", "基地": "site", "楼": "building", "楼栋": "building", "大楼": "building", "建筑": "building", "楼层": "floor", "层": "floor",
	"区域": "area", "房间": "room", "会议室": "room", "办公室": "room", "车间": "workshop", "产线": "line", "生产线": "line", "机器": "machine", "设备": "machine", "机台": "machine",
	"打印机": "printer", "电脑": "computer", "计算机": "computer", "投影": "projector", "投影仪": "projector", "会议设备": "projector", "车": "vehicle", "车辆": "vehicle",
	"设施": "facility", "其他": "other", "其它": "other",
}

// KindOf reads a kind: its code, or a word of a language people write it in. What is none comes back as it is.
func KindOf(text string) string {
	text = strings.ToLower(strings.TrimSpace(text))
	if kind, ok := kindWords[text]; ok {
		return kind
	}
	return text
}

const (
	longestCode  = 40
	longestName  = 80
	longestAsset = 60
	longestNote  = 1000
	mostServices = 12
	deepest      = 12 // places from the top down to one
)

var codeForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$`)

// CodeOK says whether a text is the code of a place: small letters, digits, dots and dashes, at most forty.
func CodeOK(code string) bool { return len(code) <= longestCode && codeForm.MatchString(code) }

// pathOf is the path of a place in the place of a path; "" is the top.
func pathOf(parent, code string) string {
	if parent == "" {
		parent = "/"
	}
	return parent + code + "/"
}

// within says whether one path is another or lies under it.
func within(path, around string) bool { return around != "" && strings.HasPrefix(path, around) }

// above lists the codes of a path but the last, from the top down.
func above(path string) []string {
	codes := codesOf(path)
	return codes[:max(0, len(codes)-1)]
}

func codesOf(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
}

// under is the range of the paths that begin with a path, from and to.
func under(path string) (from, to string) { return path, strings.TrimSuffix(path, "/") + "0" }

// check finds what is wrong with a place by itself; its name is there in the company's main language. Parent, unit and services are judged by who knows them.
func check(in Input, main string, f *fault.Fields) {
	switch {
	case in.Code == "":
		f.Add("code", "place.need-code")
	case !CodeOK(in.Code):
		f.Add("code", "place.code-form", "max", longestCode)
	}
	if l := (lang.Text{Zh: in.NameZh, En: in.NameEn}).Lacks(main); l != "" {
		f.Add("name_"+l, "place.need-name")
	}
	long(f, "name_zh", in.NameZh, longestName)
	long(f, "name_en", in.NameEn, longestName)
	long(f, "asset", in.Asset, longestAsset)
	long(f, "note", in.Note, longestNote)
	if !slices.Contains(Kinds, in.Kind) {
		f.Add("kind", "place.kind-unknown", "value", in.Kind)
	}
	if len(in.Services) > mostServices {
		f.Add("services", "place.too-many-services", "max", mostServices)
	}
	if in.Parent != "" && in.Parent == in.Code {
		f.Add("parent", "place.parent-itself")
	}
}

func long(f *fault.Fields, name, text string, most int) {
	if n := utf8.RuneCountInString(text); n > most {
		f.Add(name, "form.too-long", "max", most, "count", n)
	}
}

// offered are the services asked for at a place: its own, or those of its kind, or what the next place around it offers that
// offers anything. The chain is from the place outwards.
func offered(chain []Place, byKind map[string][]int64) []int64 {
	for _, p := range chain {
		if len(p.Services) > 0 {
			return p.Services
		}
		if list := byKind[p.Kind]; len(list) > 0 {
			return list
		}
	}
	return nil
}

// circle says whether a place would lie under itself; up gives the code of the place around one, "" at the top.
func circle(code string, up func(string) string) bool {
	at := up(code)
	for range deepest * 2 {
		if at == "" {
			return false
		}
		if at == code {
			return true
		}
		at = up(at)
	}
	return true
}

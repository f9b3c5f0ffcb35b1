package talk

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"neike/internal/kit/fault"
)

// Limits of one message and one file.
const (
	MaxText  = 20_000 // characters
	MaxFiles = 20
	MaxFile  = 20 << 20 // bytes
)

// mention is the token a composer writes for a person: @[工号].
var mention = regexp.MustCompile(`@\[([^\]\[\s@]{1,64})\]`)

// Mentioned lists the 工号 that a text names, each once, in order.
func Mentioned(text string) []string {
	if !strings.Contains(text, "@[") {
		return nil
	}
	var out []string
	for _, m := range mention.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(out, m[1]) {
			out = append(out, m[1])
		}
	}
	return out
}

// clean makes a text one line-break style, without control characters and without blank space around it.
func clean(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.ToValidUTF8(text, "\uFFFD")
	text = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || !unicode.IsControl(r) {
			return r
		}
		return -1
	}, text)
	return strings.TrimSpace(text)
}

// checked is the message as it may be kept, or what is wrong with it.
func checked(m Message) (Message, error) {
	var f fault.Fields
	m.Text = clean(m.Text)
	if m.Text == "" && len(m.Files) == 0 && m.Kind != KindSystem {
		f.Add("text", "talk.empty")
	}
	if n := utf8.RuneCountInString(m.Text); n > MaxText {
		f.Add("text", "talk.too-long", "max", MaxText, "count", n)
	}
	if len(m.Files) > MaxFiles {
		f.Add("files", "talk.too-many-files", "max", MaxFiles)
	}
	return m, f.Err()
}

// Piece is a stretch of a text as it is shown. Kind: "text", "link", "mention".
type Piece struct {
	Kind, Text string
}

var link = regexp.MustCompile(`https?://[^\s<>"'（）【】《》，。；、！？“”‘’]+`)

// Pieces takes a text apart into plain stretches, links (http and https alone) and mentions (Text is the 工号). Nothing
// in it is HTML.
func Pieces(text string) []Piece {
	var out []Piece
	plain := func(s string) {
		if s != "" {
			out = append(out, Piece{"text", s})
		}
	}
	for text != "" {
		l, m := link.FindStringIndex(text), mention.FindStringSubmatchIndex(text)
		switch {
		case m != nil && (l == nil || m[0] < l[0]):
			plain(text[:m[0]])
			out = append(out, Piece{"mention", text[m[2]:m[3]]})
			text = text[m[1]:]
		case l != nil:
			end := l[0] + len(strings.TrimRight(text[l[0]:l[1]], ".,;:!?)]}"))
			plain(text[:l[0]])
			out = append(out, Piece{"link", text[l[0]:end]})
			text = text[end:]
		default:
			plain(text)
			text = ""
		}
	}
	return out
}

// Excerpt is the beginning of a text on one line, mentions by name where names knows them.
func Excerpt(text string, max int, names map[string]string) string {
	var b strings.Builder
	for _, p := range Pieces(text) {
		if p.Kind == "mention" {
			b.WriteByte('@')
			if name := names[p.Text]; name != "" {
				b.WriteString(name)
				continue
			}
		}
		b.WriteString(p.Text)
	}
	line := strings.Join(strings.Fields(b.String()), " ")
	if r := []rune(line); len(r) > max {
		return string(r[:max]) + "…"
	}
	return line
}

// fileName is a name that is safe on every system: the last part of a path, no control characters, at most 150
// characters with its ending kept.
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || strings.ContainsRune(`<>:"|?*/`, r) || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, name)
	name = strings.Trim(name, " .")
	if name == "" {
		return "file"
	}
	if r := []rune(name); len(r) > 150 {
		ending := []rune(path.Ext(name))
		if len(ending) > 12 {
			ending = nil
		}
		name = string(r[:150-len(ending)]) + string(ending)
	}
	return name
}

// inline says whether a browser may show the type in its own window: pictures that hold no script.
func inline(contentType string) bool {
	switch contentType {
	case "image/png", "image/jpeg", "image/gif", "image/webp":
		return true
	}
	return false
}

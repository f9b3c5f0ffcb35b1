package article

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/org"
)

// The limits of what is written, in characters.
const (
	maxTitle    = 120
	maxBody     = 20_000
	maxNote     = 200
	maxWhy      = 500
	maxServices = 20
	mostShown   = 5 // articles before a request is sent
)

// Reasons are those of a rating that says 'not helpful', in the order of the form.
var Reasons = []string{"wrong", "outdated", "unclear", "other-case"}

// owed says whether a reason is owed to the owner to be looked at.
func owed(reason string) bool { return reason == "wrong" || reason == "outdated" }

// checkWords adds everything that is wrong with a text: the company's main language is there, and the
// other is there whole or not at all.
func checkWords(f *fault.Fields, main string, w Words) {
	if l := w.Title.Lacks(main); l != "" {
		f.Add("title."+l, "form.required")
	}
	if l := w.Body.Lacks(main); l != "" {
		f.Add("body."+l, "form.required")
	}
	for _, x := range []struct{ at, title, body string }{{"zh", w.Title.Zh, w.Body.Zh}, {"en", w.Title.En, w.Body.En}} {
		switch {
		case x.at == main: // it is needed whole
		case x.title == "" && x.body != "" && !w.Title.Empty():
			f.Add("title."+x.at, "article.title-missing")
		case x.title != "" && x.body == "" && !w.Body.Empty():
			f.Add("body."+x.at, "article.body-missing")
		}
		if utf8.RuneCountInString(x.title) > maxTitle {
			f.Add("title."+x.at, "article.too-long", "max", maxTitle)
		}
		if utf8.RuneCountInString(x.body) > maxBody {
			f.Add("body."+x.at, "article.too-long", "max", maxBody)
		}
	}
	if utf8.RuneCountInString(w.Note) > maxNote {
		f.Add("note", "article.too-long", "max", maxNote)
	}
	if len(w.Services) > maxServices {
		f.Add("services", "article.services-many", "max", maxServices)
	}
}

// trimmed is the text without what nobody sees, line ends as one kind.
func (w Words) trimmed() Words {
	line := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	body := func(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }
	w.Title, w.Body = lang.Text{Zh: line(w.Title.Zh), En: line(w.Title.En)}, lang.Text{Zh: body(w.Body.Zh), En: body(w.Body.En)}
	w.Note = line(w.Note)
	return w
}

// same says whether two texts read the same; the note is about the text and no part of it.
func (w Words) same(o Words) bool {
	return w.Title == o.Title && w.Body == o.Body && slices.Equal(w.Services, o.Services)
}

// writable says whether somebody may change the working text.
func (a Article) writable() error {
	if a.State == Retired {
		return fault.New(fault.Conflict, "article.is-retired")
	}
	return nil
}

// proposable says whether there is something to be reviewed.
func (a Article) proposable() error {
	switch a.Working() {
	case Draft:
		return nil
	case Proposed:
		return fault.New(fault.Conflict, "article.already-proposed")
	}
	return fault.New(fault.Conflict, "article.nothing-new")
}

// reviewable says whether it waits for review.
func (a Article) reviewable() error {
	if a.Working() != Proposed {
		return fault.New(fault.Conflict, "article.not-proposed")
	}
	return nil
}

// publishable says whether the working text can become a version: proposed, or straight from a draft by who may review it; a
// retired one comes back as it was.
func (a Article) publishable() error {
	if a.State == Published && a.Work == "" {
		return fault.New(fault.Conflict, "article.nothing-new")
	}
	return nil
}

// set moves the working text to a state.
func (a *Article) set(to State) {
	if a.State == Published {
		a.Work = to
		return
	}
	a.State, a.Work = to, ""
}

// begun is the working text after a change: a draft again, whatever it was.
func (a *Article) begun() {
	if a.State == Published {
		a.Work = Draft
	} else {
		a.State = Draft
	}
}

// moved is the working text after a service or unit has changed hands: nothing of the words changes.
func (a *Article) moved(unit org.ID) { a.Unit = unit }

// grams are what two texts are compared by: words of Latin letters and digits from two on, and pairs of Han characters; one
// that stands alone counts alone.
func grams(text string) []string {
	var out []string
	var word, han []rune
	flush := func() {
		if len(word) > 1 {
			out = append(out, string(word))
		}
		if len(han) == 1 {
			out = append(out, string(han))
		}
		for i := 0; i+1 < len(han); i++ {
			out = append(out, string(han[i:i+2]))
		}
		word, han = nil, nil
	}
	for _, r := range strings.ToLower(text) {
		switch {
		case unicode.Is(unicode.Han, r):
			if len(word) > 0 {
				flush()
			}
			han = append(han, r)
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if len(han) > 0 {
				flush()
			}
			word = append(word, r)
		default:
			flush()
		}
	}
	flush()
	slices.Sort(out)
	return slices.Compact(out)
}

// nearness is how well a text answers to what is being typed: three for each piece in its title, one for each in its body.
func nearness(pieces []string, title, body string) int {
	n := 0
	for _, p := range pieces {
		switch {
		case strings.Contains(title, p):
			n += 3
		case strings.Contains(body, p):
			n++
		}
	}
	return n
}

package request

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"neike/internal/kit/fault"
	"neike/internal/talk"
)

// Box is where the serving side writes on a request: one draft of each person waits in each.
type Box string

// The boxes: the reply (a message or a note), the question to the customer, and the words of a delivery.
const (
	BoxReply   Box = "reply"
	BoxAsk     Box = "ask"
	BoxDeliver Box = "deliver"
)

// Boxes are all of them, in the order in which a page shows their drafts.
var Boxes = []Box{BoxReply, BoxAsk, BoxDeliver}

// boxOf is the box whose words a verb sends; "" when it sends none that wait as a draft.
func boxOf(v Verb) Box {
	switch v {
	case VerbMessage, VerbNote:
		return BoxReply
	case VerbAsk:
		return BoxAsk
	case VerbDeliver:
		return BoxDeliver
	}
	return ""
}

// AnswerDraft is what somebody of the serving side began to write and has not sent. Colleagues who serve the request read
// it and may take it over; its customer never hears of it.
type AnswerDraft struct {
	Box     Box
	Note    bool // the reply is an internal note
	Text    string
	Files   []int64 // that were added; to keep a draft: nil leaves those that it has
	Version int64   // goes up with every change of words or hands; 0: there is none yet
	Person  int64   // who has it
	From    int64   // whose words it took over; 0: nobody's
	Unit    int64   // that had the request in hand when it was written
	BeganAt time.Time
	SavedAt time.Time

	Attached []talk.File // what the files are, where a draft is read
}

// empty says whether there is nothing to keep.
func (d AnswerDraft) empty() bool { return strings.TrimSpace(d.Text) == "" && len(d.Files) == 0 }

// answerDraftDays is how long a draft waits that nobody touches.
const answerDraftDays = 30

// checkAnswerDraft notes what is wrong with words to be kept.
func checkAnswerDraft(d AnswerDraft) error {
	var f fault.Fields
	if !slices.Contains(Boxes, d.Box) {
		f.Add("box", "request.box-unknown")
	}
	if n := utf8.RuneCountInString(d.Text); n > talk.MaxText {
		f.Add("text", "form.too-long", "max", talk.MaxText, "count", n)
	}
	if len(d.Files) > talk.MaxFiles {
		f.Add("files", "talk.too-many-files", "max", talk.MaxFiles)
	}
	return f.Err()
}

// joinedDraft is what comes of it when somebody takes over words: with words of the own, those come first, and so do files. What was an
// internal note on either side stays one, so that no note becomes a message unseen.
func joinedDraft(mine, theirs AnswerDraft) AnswerDraft {
	out := theirs
	out.Person, out.From, out.Version = mine.Person, theirs.Person, max(mine.Version, theirs.Version)+1
	out.Files = append(slices.Clone(mine.Files), theirs.Files...)
	if mine.empty() {
		return out
	}
	out.Note = mine.Note || theirs.Note
	if strings.TrimSpace(mine.Text) == "" {
		out.Text = theirs.Text
	} else if !strings.Contains(mine.Text, strings.TrimSpace(theirs.Text)) {
		out.Text = strings.TrimRight(mine.Text, " \n") + "\n\n" + theirs.Text
	} else {
		out.Text = mine.Text
	}
	if !mine.BeganAt.IsZero() && mine.BeganAt.Before(out.BeganAt) {
		out.BeganAt = mine.BeganAt
	}
	return out
}

// whyStale says why a draft of a version is not there any more, from what is there now: the writer has gone on in another
// window, a colleague has taken it over, or it was sent or thrown away.
func whyStale(list []AnswerDraft, box Box, person int64) (key string, taker int64) {
	for _, d := range list {
		if d.Box == box && d.Person == person {
			return "request.draft-elsewhere", 0
		}
	}
	for _, d := range list {
		if d.Box == box && d.From == person {
			return "request.draft-taken", d.Person
		}
	}
	return "request.draft-gone", 0
}

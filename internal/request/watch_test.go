package request

import (
	"testing"

	"neike/internal/kit/fault"
)

// TestLetWatch: either side lets a colleague watch what is not confidential, and ends it; the parties stay.
func TestLetWatch(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		n := h.scene(StateWorking).Number
		_, err := h.ByNumber(h.as("4001"), n)
		fails(t, err, fault.NotFound, "")
		fails(t, h.LetWatch(h.as("4001"), n, "4001", false), fault.NotFound, "")
		fails(t, h.LetWatch(h.as("3002"), n, "", false), fault.Invalid, "")
		fails(t, h.LetWatch(h.as("3002"), n, "9999", false), fault.Invalid, "")
		must(t, h.LetWatch(h.as("3002"), n, "4001", false))
		v, err := h.ByNumber(h.as("4001"), n)
		must(t, err)
		if !v.NotesHidden() || v.May(VerbDeliver) || v.May(VerbAccept) {
			t.Errorf("who watches may %v", v.Verbs)
		}
		must(t, second(h.Message(h.as("2002"), n, "快好了", nil, When{})))
		unread, err := h.Talk.Unread(h.ctx, v.People[v.AskedBy].ID)
		must(t, err)
		heard, err := h.Talk.Unread(h.ctx, h.personID(t, "4001"))
		must(t, err)
		if unread != 1 || heard != 1 {
			t.Errorf("the customer has %d unread, who watches %d", unread, heard)
		}
		fails(t, h.LetWatch(h.as("2002"), n, "3002", true), fault.Invalid, "")
		must(t, h.LetWatch(h.as("2002"), n, "4001", true))
		_, err = h.ByNumber(h.as("4001"), n)
		fails(t, err, fault.NotFound, "")
	})
}

func (h house) personID(t *testing.T, no string) int64 {
	t.Helper()
	p, err := h.Org.PersonByNo(h.ctx, no)
	must(t, err)
	return p.ID
}

// TestNobodyIsLetIntoAConfidentialOne by watching.
func TestNobodyIsLetIntoAConfidentialOne(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		secret := advance()
		secret.Confidential, secret.Named = true, []string{"2003"}
		r, err := h.Open(h.as("3002"), secret)
		must(t, err)
		fails(t, h.LetWatch(h.as("3002"), r.Number, "4001", false), fault.Invalid, "")
		must(t, h.LetWatch(h.as("3002"), r.Number, "2003", false))
		_, err = h.ByNumber(h.as("4001"), r.Number)
		fails(t, err, fault.NotFound, "")
	})
}

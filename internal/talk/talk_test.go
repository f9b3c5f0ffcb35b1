package talk_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/event"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/talk"
)

func TestAMessageIsUnreadForWhoeverWatchesButItsWriter(t *testing.T) {
	each(t, func(h house) {
		h.open(1)
		h.say("3001", talk.KindMessage, "请尽快")
		if h.unread("2001") != 1 || h.unread("3001") != 0 || h.unread("2002") != 0 {
			h.Errorf("2001 %d, 3001 %d, 2002 %d", h.unread("2001"), h.unread("3001"), h.unread("2002"))
		}
		h.say("2001", talk.KindAsk, "哪几张？")
		h.say("2001", talk.KindSystem, "2001 接单")
		if got := h.unread("3001"); got != 1 {
			h.Errorf("3001 has %d, the system's line must not count", got)
		}
		if err := h.talk.MarkRead(h.as("3001"), matter(1)); err != nil {
			h.Fatal(err)
		}
		if h.unread("3001") != 0 || h.unread("2001") != 1 {
			h.Error("reading concerns the reader alone")
		}
	})
}

func TestAnInternalNoteNeverReachesTheCustomer(t *testing.T) {
	each(t, func(h house) {
		h.open(1)
		h.say("2001", talk.KindNote, "口径按 7 月")
		if got := h.unread("3001"); got != 0 {
			h.Errorf("the customer has %d unread", got)
		}
		if got := h.list(false); len(got) != 0 {
			h.Errorf("without notes the list has %d", len(got))
		}
		if got := h.list(true); len(got) != 1 || got[0].Kind != talk.KindNote {
			h.Errorf("with notes the list has %+v", got)
		}
		h.write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			return h.talk.Watch(ctx, tx, matter(1), h.id("2002"), "watches")
		})
		h.say("2001", talk.KindNote, "再看一眼")
		if h.unread("2002") != 1 || h.unread("3001") != 0 {
			h.Error("a colleague of the holding unit reads notes, the customer does not")
		}
		if list, _, err := h.talk.Inbox(h.as("3001"), false, 0, 50); err != nil || len(list) != 0 {
			h.Error("the customer's inbox", list, err)
		}
	})
}

func (h house) sees(no string) bool {
	h.Helper()
	var list []access.Grant
	err := h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		list, err = h.access.Why(ctx, rd, h.id(no), matter(1))
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	for _, g := range list {
		if g.Why == access.WhyMentioned {
			return true
		}
	}
	return false
}

func TestAMentionLetsInWhomThePolicyAllows(t *testing.T) {
	each(t, func(h house) {
		h.open(1)
		h.say("2001", talk.KindNote, "@[4001] 合同有问题吗？@[2002] 你也看看")
		if h.sees("4001") || h.unread("4001") != 0 {
			h.Error("a note lets in somebody outside the holding unit")
		}
		if !h.sees("2002") || h.unread("2002") != 1 {
			h.Error("a note does not reach a colleague of the holding unit")
		}
		h.say("2001", talk.KindMessage, "@[4001] 请看一下")
		if !h.sees("4001") || h.unread("4001") != 1 {
			h.Error("a message does not let in the person it names")
		}
		list, _, err := h.talk.Inbox(h.as("4001"), true, 0, 50)
		if err != nil || len(list) != 1 || !list[0].Mentioned || list[0].About.Ref != "M-1" || list[0].Names["4001"].Zh != "何俊" {
			h.Errorf("inbox %+v, %v", list, err)
		}
	})
}

func TestWhoeverIsMentionedMustExist(t *testing.T) {
	each(t, func(h house) {
		h.open(1)
		_, err := h.post("2001", talk.KindMessage, "@[9999] 和 @[8888]，@[2002]")
		f, ok := fault.As(err)
		if !ok || len(f.Fields) != 2 || f.Fields[0].Name != "text" || f.Fields[0].Key != "talk.unknown-person" || f.Fields[0].Args["no"] != "9999" {
			h.Fatal(err)
		}
		if len(h.list(true)) != 0 || h.unread("2002") != 0 {
			h.Error("a refused message left something behind")
		}
	})
}

func TestAMentionReachesWhoeverStoppedWatching(t *testing.T) {
	each(t, func(h house) {
		h.open(1)
		h.write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error { return h.talk.Unwatch(ctx, tx, matter(1), h.id("2001")) })
		h.say("3001", talk.KindMessage, "在吗")
		if h.unread("2001") != 0 {
			h.Error("told although no longer watching")
		}
		h.say("3001", talk.KindMessage, "@[2001] 在吗")
		if h.unread("2001") != 1 {
			h.Error("the mention did not arrive")
		}
	})
}

func TestImportsTellNobody(t *testing.T) {
	each(t, func(h house) {
		h.open(1)
		ctx := h.as("3001")
		a := actor.From(ctx)
		a.Import = true
		at := dbtest.Start.Add(-48 * time.Hour)
		h.write(actor.With(ctx, a), func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := h.talk.Post(ctx, tx, talk.Message{Subject: matter(1), Person: a.Person, Kind: talk.KindMessage, Text: "旧的 @[2001]", At: at})
			return err
		})
		if h.unread("2001") != 0 {
			h.Error("an imported message is unread")
		}
		h.say("2001", talk.KindMessage, "新的")
		if got := h.list(false); len(got) != 2 || !got[0].At.Equal(at) {
			h.Error("imported messages stand at their own time", got)
		}
	})
}

func TestTheListHasNamesFilesAndPages(t *testing.T) {
	each(t, func(h house) {
		h.open(1)
		h.as("2001")
		_, ids := h.upload(map[string]string{"明细.txt": "1,2"})
		h.say("2001", talk.KindMessage, "给 @[2002]", ids...)
		got := h.list(false)
		if len(got) != 1 || got[0].PersonName.Zh != "陈思远" || got[0].UnitName.Zh != "财务部" || got[0].Names["2002"].En != "Jia Luo" ||
			len(got[0].Attachments) != 1 || got[0].Attachments[0].Name != "明细.txt" || got[0].Attachments[0].Size != 3 {
			h.Fatalf("%+v", got)
		}
		h.write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			for i := range talk.PageSize + 10 {
				m := talk.Message{Subject: matter(1), Kind: talk.KindMessage, Text: fmt.Sprint(i), Quiet: true}
				if _, err := h.talk.Post(ctx, tx, m); err != nil {
					return err
				}
			}
			return nil
		})
		newest := h.list(false)
		older := h.list(false, newest[0].Key())
		if len(newest) != talk.PageSize || len(older) != 11 || newest[len(newest)-1].Text != fmt.Sprint(talk.PageSize+9) || older[10].Text != "9" {
			h.Errorf("%d and %d, last %q", len(newest), len(older), older[len(older)-1].Text)
		}
	})
}

func TestFilesBelongToWhatTheyAreAttachedTo(t *testing.T) {
	each(t, func(h house) {
		h.open(1)
		h.as("2001")
		_, note := h.upload(map[string]string{"a.txt": "internal"})
		_, open := h.upload(map[string]string{"b.txt": "for all"})
		if _, err := h.post("3001", talk.KindMessage, "不是我的", note...); fault.KindOf(err) != fault.Invalid {
			h.Error("somebody else's upload:", err)
		}
		path := func(ids []talk.ID) string { return fmt.Sprintf("/files/%d/x", ids[0]) }
		code := func(no, path string) int { h.as(no); return h.get(path).Code }
		if code("2001", path(note)) != 200 || code("2002", path(note)) != 404 {
			h.Error("an unattached file is its uploader's alone")
		}
		h.say("2001", talk.KindNote, "看附件", note...)
		h.say("2001", talk.KindMessage, "看附件", open...)
		for _, c := range []struct {
			no, what string
			ids      []talk.ID
			want     int
		}{
			{"2002", "a colleague the note's file", note, 200}, {"3001", "the customer the note's file", note, 404},
			{"3001", "the customer the message's file", open, 200}, {"4001", "an outsider the message's file", open, 404},
		} {
			if got := code(c.no, path(c.ids)); got != c.want {
				h.Errorf("%s: %d", c.what, got)
			}
		}
		missing, foreign := func() string { h.as("4001"); return h.get("/files/77/x").Body.String() }(), func() string { h.as("4001"); return h.get(path(open)).Body.String() }()
		if strings.ReplaceAll(missing, "/files/77/x", "") != strings.ReplaceAll(foreign, path(open), "") {
			h.Error("not there and not yours differ")
		}
		if _, err := h.post("2001", talk.KindMessage, "再发一次到别处", 12345); fault.KindOf(err) != fault.Invalid {
			h.Error("a file that is not there:", err)
		}
	})
}

func TestTheSweepRemovesWhatNobodyAttached(t *testing.T) {
	each(t, func(h house) {
		h.open(1)
		h.as("2001")
		_, lost := h.upload(map[string]string{"lost.txt": "one"})
		_, kept := h.upload(map[string]string{"kept.txt": "two"})
		h.say("2001", talk.KindMessage, "看", kept...)
		sweep := func() {
			if err := h.talk.Sweep(h.ctx); err != nil {
				h.Fatal(err)
			}
			if err := h.talk.SweepContents(h.ctx); err != nil {
				h.Fatal(err)
			}
		}
		sweep()
		if h.as("2001"); h.get(fmt.Sprintf("/files/%d/x", lost[0])).Code != 200 {
			h.Error("swept too early")
		}
		dbtest.Clock(h.db).Set(time.Now().Add(72 * time.Hour)) // blobs have the time of the disk
		sweep()
		if got := h.get(fmt.Sprintf("/files/%d/x", lost[0])).Code; got != 404 {
			h.Error("not swept:", got)
		}
		if got := h.get(fmt.Sprintf("/files/%d/x", kept[0])); got.Code != 200 || got.Body.String() != "two" {
			h.Error("an attached file is gone:", got.Code)
		}
	})
}

func TestTwoWriteAtOnceAndEveryReaderIsTold(t *testing.T) {
	each(t, func(h house) {
		h.open(1)
		ctx, me := h.as("3001"), h.id("3001")
		var wg sync.WaitGroup
		for i := range 10 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				err := h.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
					_, err := h.talk.Post(ctx, tx, talk.Message{Subject: matter(1), Person: me, Kind: talk.KindMessage, Text: fmt.Sprint(i)})
					return err
				})
				if err != nil {
					h.Error(err)
				}
			}()
		}
		wg.Wait()
		if got := h.unread("2001"); got != 10 {
			h.Errorf("%d unread", got)
		}
	})
}

func TestPostIsAnnounced(t *testing.T) {
	each(t, func(h house) {
		h.open(1)
		var got []talk.WasPosted
		h.bus.Follow("test", func(_ context.Context, batch []event.Record) error {
			for _, r := range batch {
				e, err := event.Decode[talk.WasPosted](r)
				if err != nil {
					return err
				}
				got = append(got, e)
			}
			return nil
		}, "talk.was-posted")
		id := h.say("3001", talk.KindMessage, "@[4001] 请看")
		h.say("3001", talk.KindSystem, "一行")
		if err := h.bus.Drain(h.ctx); err != nil {
			h.Fatal(err)
		}
		if len(got) != 1 || got[0].Message != id || got[0].Subject != matter(1) || len(got[0].Readers) != 2 || len(got[0].Named) != 1 || got[0].Named[0] != h.id("4001") {
			h.Errorf("%+v", got)
		}
	})
}

package talk_test

import (
	"bytes"
	"context"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/event"
	"neike/internal/kit/file"
	"neike/internal/kit/job"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
	"neike/internal/org"
	"neike/internal/talk"
)

var schemas = []sqldb.Schema{
	{Room: "event", FS: event.Schema}, {Room: "job", FS: job.Schema}, {Room: "web", FS: web.Schema}, {Room: "org", FS: org.Schema},
	{Room: "access", FS: access.Schema}, {Room: "talk", FS: talk.Schema},
}

// house is finance (2001, 2002), which serves, and sales (3001, 3002), whose 3001 is the customer; 4001 is outside.
type house struct {
	*testing.T
	ctx     context.Context
	db      *sqldb.DB
	bus     *event.Bus
	org     *org.Service
	access  *access.Service
	talk    *talk.Service
	blobs   *file.Folder
	door    *web.Mux
	who     *actor.Actor // at the door
	listens *actor.Actor // at the stream, which asks again before each word
}

func each(t *testing.T, fn func(h house)) {
	t.Helper()
	dbtest.Each(t, schemas, func(t *testing.T, db *sqldb.DB) { fn(build(t, db)) })
}

func quick(t *testing.T) house {
	t.Helper()
	return build(t, dbtest.Open(t, sqldb.SQLite, schemas))
}

func build(t *testing.T, db *sqldb.DB) house {
	t.Helper()
	bus := event.NewBus(db)
	people := org.New(db, bus)
	book, err := lang.New(ui.Locale, web.Locale, org.Locale, access.Locale, talk.Locale)
	if err != nil {
		t.Fatal(err)
	}
	book.Clock = db.Now
	blobs, err := file.NewFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	who, listens := &actor.Actor{}, &actor.Actor{}
	h := house{T: t, ctx: lang.With(actor.System(context.Background()), book, "zh", "Asia/Shanghai"), db: db, bus: bus, org: people,
		access: access.New(db, people), blobs: blobs, who: who, listens: listens}
	h.talk = talk.New(db, bus, job.New(db), people, h.access, blobs)
	h.talk.AddPolicy("matter", h.policy())
	h.door = web.New(web.Options{Book: book, Zone: "Asia/Shanghai", Who: func(r *http.Request) (actor.Actor, error) {
		if r.URL.Path == "/live" {
			return *h.listens, nil
		}
		return *who, nil
	}})
	h.talk.Mount(h.door)
	for _, u := range []org.UnitInput{
		{Code: "finance", NameZh: "财务部", NameEn: "Finance"}, {Code: "sales", NameZh: "销售部", NameEn: "Sales"}, {Code: "legal", NameZh: "法务部", NameEn: "Legal"},
	} {
		if _, err := people.SaveUnit(h.ctx, u); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range []org.PersonInput{
		{No: "2001", Name: "陈思远", Unit: "finance"}, {No: "2002", Name: "罗佳", NameEn: "Jia Luo", Unit: "finance"}, {No: "3001", Name: "周敏", Unit: "sales"},
		{No: "3002", Name: "张弛", Unit: "sales"}, {No: "4001", Name: "何俊", Unit: "legal"},
	} {
		if _, err := people.SavePerson(h.ctx, p); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// policy is that of a matter which finance holds and 3001 asked for: members of finance read notes, its members and
// whoever has a grant read messages; a message lets anybody in, a note only members of finance.
func (h house) policy() talk.Policy {
	inside := func(person org.ID) bool {
		p, err := h.org.Person(h.ctx, person)
		return err == nil && p.Unit == h.unit("finance")
	}
	granted := func(ctx context.Context, rd sqldb.Reader, subject int64, person org.ID) (bool, error) {
		list, err := h.access.Grants(ctx, rd, matter(subject))
		return slices.ContainsFunc(list, func(g access.Grant) bool { return g.Holder == access.Person(person) }), err
	}
	return talk.Policy{
		About: func(ctx context.Context, rd sqldb.Reader, subjects []int64) (map[int64]talk.About, error) {
			out := map[int64]talk.About{}
			for _, id := range subjects {
				may, err := granted(ctx, rd, id, actor.From(ctx).Person)
				if err != nil {
					return nil, err
				}
				if may || inside(actor.From(ctx).Person) {
					out[id] = talk.About{Ref: "M-1", Title: "差旅报销", Link: "/matters/1"}
				}
			}
			return out, nil
		},
		See: func(ctx context.Context, rd sqldb.Reader, subject int64) (talk.Sight, error) {
			person := actor.From(ctx).Person
			may, err := granted(ctx, rd, subject, person)
			return talk.Sight{Messages: may || inside(person), Notes: inside(person)}, err
		},
		Notes: func(ctx context.Context, rd sqldb.Reader, subject int64, people []org.ID) ([]org.ID, error) {
			return slices.DeleteFunc(slices.Clone(people), func(id org.ID) bool { return !inside(id) }), nil
		},
		Mention: func(ctx context.Context, rd sqldb.Reader, subject int64, kind string, people []org.Person) ([]org.ID, error) {
			var out []org.ID
			for _, p := range people {
				if kind != talk.KindNote || inside(p.ID) {
					out = append(out, p.ID)
				}
			}
			return out, nil
		},
	}
}

func matter(id int64) access.Subject { return access.Subject{Kind: "matter", ID: id} }

func (h house) id(no string) org.ID {
	h.Helper()
	p, err := h.org.PersonByNo(h.ctx, no)
	if err != nil {
		h.Fatal(err)
	}
	return p.ID
}

func (h house) unit(code string) org.ID {
	h.Helper()
	tree, err := h.org.Tree(h.ctx)
	if err != nil {
		h.Fatal(err)
	}
	u, _ := tree.ByCode(code)
	return u.ID
}

// as is the context of a person, who is also at the door from now on.
func (h house) as(no string) context.Context {
	h.Helper()
	a, err := h.org.ActorOf(h.ctx, h.id(no))
	if err != nil {
		h.Fatal(err)
	}
	*h.who = a
	return actor.With(h.ctx, a)
}

// open makes 3001 the customer of a matter and has both sides watch it.
func (h house) open(id int64) {
	h.Helper()
	h.write(h.ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		for _, no := range []string{"3001", "2001"} {
			if err := h.talk.Watch(ctx, tx, matter(id), h.id(no), "watches"); err != nil {
				return err
			}
		}
		return h.access.Grant(ctx, tx, access.Grant{Subject: matter(id), Holder: access.Person(h.id("3001")), Why: access.WhyAsked})
	})
}

func (h house) write(ctx context.Context, fn func(ctx context.Context, tx *sqldb.Tx) error) {
	h.Helper()
	if err := h.db.Write(ctx, fn); err != nil {
		h.Fatal(err)
	}
}

func (h house) post(no, kind, text string, files ...talk.ID) (id talk.ID, err error) {
	h.Helper()
	ctx := h.as(no)
	m := talk.Message{Subject: matter(1), Person: h.who.Person, Unit: h.who.Unit, Kind: kind, Text: text, Files: files}
	err = h.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		id, err = h.talk.Post(ctx, tx, m)
		return err
	})
	return id, err
}

func (h house) say(no, kind, text string, files ...talk.ID) talk.ID {
	h.Helper()
	id, err := h.post(no, kind, text, files...)
	if err != nil {
		h.Fatal(err)
	}
	return id
}

func (h house) unread(no string) int {
	h.Helper()
	n, err := h.talk.Unread(h.ctx, h.id(no))
	if err != nil {
		h.Fatal(err)
	}
	return n
}

func (h house) list(withNotes bool, before ...talk.Key) []talk.Entry {
	h.Helper()
	var list []talk.Entry
	err := h.db.Read(h.ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		list, err = h.talk.List(ctx, rd, matter(1), withNotes, before...)
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return list
}

func (h house) get(path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.door.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

func (h house) page(path string) *goquery.Document {
	h.Helper()
	w := h.get(path)
	doc, err := goquery.NewDocumentFromReader(w.Body)
	if err != nil || w.Code != http.StatusOK {
		h.Fatal(w.Code, err)
	}
	return doc
}

// upload sends files as the person who was last at the door.
func (h house) upload(files map[string]string) (*httptest.ResponseRecorder, []talk.ID) {
	h.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, content := range files {
		part, err := form.CreateFormFile("file", name)
		if err != nil {
			h.Fatal(err)
		}
		if _, err := part.Write([]byte(content)); err != nil {
			h.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		h.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/files", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	w := httptest.NewRecorder()
	h.door.ServeHTTP(w, r)
	var out struct{ Items []struct{ ID talk.ID } }
	if w.Code == http.StatusCreated {
		if err := json.NewDecoder(strings.NewReader(w.Body.String())).Decode(&out); err != nil {
			h.Fatal(err)
		}
	}
	var ids []talk.ID
	for _, x := range out.Items {
		ids = append(ids, x.ID)
	}
	return w, ids
}

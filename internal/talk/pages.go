package talk

import (
	"context"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/web"
	"neike/internal/org"
)

// Mount adds the pages of the room and its live counts.
func (s *Service) Mount(m *web.Mux) {
	m.Page(s.Routes()...)
	s.Follow(m.Live())
}

// Routes are the pages of the room.
func (s *Service) Routes() []web.Route {
	return []web.Route{
		{Pattern: "GET /inbox", Action: "talk.inbox", Do: s.showInbox, Own: true},
		{Pattern: "POST /inbox/read", Action: "talk.inbox", Do: s.submitRead},
		{Pattern: "GET /talk/people", Action: "person.see", Do: s.showPeople},
		{Pattern: "POST /files", Action: "file.upload", Do: s.submitFiles, MaxBody: MaxFile*4 + 1<<20},
		{Pattern: "GET /files/{id}/{name}", Action: "file.see", Do: s.showFile},
		{Pattern: "GET /files/{id}/{name}/small", Action: "file.see", Do: s.showThumb},
	}
}

const inboxRows = 50

type inboxView struct {
	Only   Only
	List   []InboxLine
	Newest ID // up to which 'mark all read' reads
	Next   string
	First  bool
}

func (s *Service) showInbox(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	var before ID
	if parts, err := web.ParseCursor(q.Get("cursor"), 1); err != nil {
		return err
	} else if parts != nil {
		before = parts[0]
	}
	v := inboxView{Only: Only(q.Get("only")), First: before == 0}
	if v.Only != OnlyMentions && v.Only != OnlyNotices {
		v.Only = OnlyAll
	}
	list, next, err := s.Mixed(r.Context(), v.Only, before, inboxRows)
	if err != nil {
		return err
	}
	v.List = list
	if len(list) > 0 {
		v.Newest = list[0].ID()
	}
	if next != 0 {
		v.Next = inboxHref(v.Only, web.Cursor(next))
	}
	return web.Show(w, r, http.StatusOK, inboxPage(v), inboxContent(v))
}

func inboxHref(only Only, cursor string) string {
	q := url.Values{}
	if only != OnlyAll {
		q.Set("only", string(only))
	}
	if cursor != "" {
		q.Set("cursor", cursor)
	}
	if len(q) == 0 {
		return "/inbox"
	}
	return "/inbox?" + q.Encode()
}

func (s *Service) submitRead(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		UpTo int64 `form:"up_to"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	if err := s.MarkAllRead(r.Context(), in.UpTo); err != nil {
		return err
	}
	web.Toast(w, r, lang.T(r.Context(), "talk.all-read"), "")
	return web.See(w, r, "/inbox")
}

// showPeople answers the field that asks for people after @: {items: [{value: 工号, text: name, note: unit}]}.
func (s *Service) showPeople(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return err
	}
	var found []org.Person
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		found, err = s.org.FindPeople(ctx, rd, r.URL.Query().Get("q"), 8)
		return err
	})
	if err != nil {
		return err
	}
	items := make([]web.Pick, 0, len(found))
	for _, p := range found {
		items = append(items, web.Pick{Value: p.No, Text: p.Display(ctx), Note: tree.Name(ctx, p.Unit)})
	}
	return web.Picks(w, items)
}

// submitFiles keeps what was sent as "file" (one or several) and answers with the ids that a message or a form takes.
func (s *Service) submitFiles(w http.ResponseWriter, r *http.Request) error {
	parts, err := r.MultipartReader()
	if err != nil {
		return fault.Wrap(fault.Malformed, err, "talk.file-form")
	}
	items := []fileJSON{}
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return uploadFault(err, "")
		}
		f, kept, err := s.keepPart(r.Context(), part)
		if err != nil {
			return err
		}
		if kept {
			items = append(items, fileJSON{f.ID, f.Name, f.Size, f.Type, f.Href()})
		}
	}
	if len(items) == 0 {
		var f fault.Fields
		f.Add("file", "talk.file-missing")
		return f.Err()
	}
	return writeJSON(w, http.StatusCreated, map[string]any{"items": items})
}

func (s *Service) keepPart(ctx context.Context, part *multipart.Part) (File, bool, error) {
	if part.FileName() == "" {
		return File{}, false, nil
	}
	f, err := s.Upload(ctx, part.FileName(), part)
	return f, err == nil, err
}

type fileJSON struct {
	ID   ID     `json:"id"`
	Name string `json:"name"`
	Size int64  `json:"size"`
	Type string `json:"type"`
	URL  string `json:"url"`
}

// showFile sends a file to whoever sees what it belongs to. Pictures are shown, everything else is saved: nothing that
// was uploaded runs on our pages.
func (s *Service) showFile(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return fault.ErrNotFound
	}
	f, err := s.fileFor(r.Context(), id)
	if err != nil {
		return err
	}
	body, err := s.blobs.Open(f.Hash)
	if err != nil {
		return err
	}
	defer body.Close()
	how := "attachment"
	if inline(f.Type) {
		how = "inline"
	}
	h := w.Header()
	h.Set("Content-Type", f.Type)
	h.Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": f.Name}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-cache")
	h.Set("ETag", `"`+f.Hash[:min(len(f.Hash), 32)]+`"`)
	http.ServeContent(w, r, "", f.At, body)
	return nil
}

func writeJSON(w http.ResponseWriter, status int, v any) error {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	return json.NewEncoder(w).Encode(v)
}

// pathEscape makes a file name a path segment.
func pathEscape(name string) string { return url.PathEscape(name) }

package talk

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"neike/internal/access"
	"neike/internal/kit/actor"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// File is an uploaded file. Its contents are kept by their hash, once.
type File struct {
	ID       ID
	Subject  access.Subject // zero until attached
	Message  ID             // 0: of a form's field
	Internal bool           // of a note
	Name     string
	Type     string
	Size     int64
	Hash     string // SHA-256, hexadecimal
	Person   org.ID // who uploaded it
	At       time.Time
}

// Href is where it is downloaded.
func (f File) Href() string {
	return "/files/" + strconv.FormatInt(f.ID, 10) + "/" + pathEscape(f.Name)
}

// Upload keeps a file for the actor of ctx, not yet attached to anything. Errors: TooLarge above 20 MB, Invalid for an
// empty one. Not to be called inside a transaction.
func (s *Service) Upload(ctx context.Context, name string, r io.Reader) (File, error) {
	f := File{Name: fileName(name), Person: actor.From(ctx).Person}
	head := make([]byte, 512)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return f, uploadFault(err, f.Name)
	}
	if n == 0 {
		var fields fault.Fields
		fields.Add("file", "talk.file-empty", "name", f.Name)
		return f, fields.Err()
	}
	f.Type = typeOf(f.Name, head[:n])
	blob, err := s.blobs.Put(ctx, io.MultiReader(bytes.NewReader(head[:n]), r), MaxFile)
	if err != nil {
		return f, uploadFault(err, f.Name)
	}
	f.Hash, f.Size = blob.SHA, blob.Size
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		f.ID, f.At = tx.NewID(), tx.Now
		return insertFile(ctx, tx, f)
	})
	return f, err
}

// UploadForm keeps the files that came with a form sent without a script.
func (s *Service) UploadForm(ctx context.Context, headers []*multipart.FileHeader) ([]ID, error) {
	var ids []ID
	for _, h := range headers {
		if h.Size == 0 && h.Filename == "" {
			continue
		}
		f, err := s.uploadPart(ctx, h)
		if err != nil {
			return nil, err
		}
		ids = append(ids, f.ID)
	}
	return ids, nil
}

func (s *Service) uploadPart(ctx context.Context, h *multipart.FileHeader) (File, error) {
	part, err := h.Open()
	if err != nil {
		return File{}, err
	}
	f, err := s.Upload(ctx, h.Filename, part)
	return f, errors.Join(err, part.Close())
}

func uploadFault(err error, name string) error {
	var tooMuch *http.MaxBytesError
	if fault.KindOf(err) == fault.TooLarge || errors.As(err, &tooMuch) {
		return fault.New(fault.TooLarge, "talk.file-too-large", "name", name, "max", MaxFile>>20)
	}
	return err
}

// typeOf is the content type from the first bytes; for containers (zip, plain text) the name says more.
func typeOf(name string, head []byte) string {
	found, _, _ := mime.ParseMediaType(http.DetectContentType(head))
	switch found {
	case "application/zip", "text/plain", "application/octet-stream", "":
		if byName, _, err := mime.ParseMediaType(mime.TypeByExtension(strings.ToLower(path.Ext(name)))); err == nil {
			if !strings.HasPrefix(byName, "image/") && byName != "text/html" {
				return byName
			}
		}
	}
	if found == "" {
		return "application/octet-stream"
	}
	return found
}

// Attach gives uploaded files to a subject, as values of a form. The actor of ctx must have uploaded them; a file that
// is the subject's already stays. Errors: Invalid with field "files".
func (s *Service) Attach(ctx context.Context, tx *sqldb.Tx, sub access.Subject, files ...ID) error {
	return s.attach(ctx, tx, sub, 0, false, actor.From(ctx).Person, files)
}

func (s *Service) attach(ctx context.Context, tx *sqldb.Tx, sub access.Subject, message ID, internal bool, by org.ID, ids []ID) error {
	if len(ids) == 0 {
		return nil
	}
	found, err := filesByID(ctx, tx, ids)
	if err != nil {
		return err
	}
	var wrong fault.Fields
	for _, id := range ids {
		i := slices.IndexFunc(found, func(f File) bool { return f.ID == id })
		switch {
		case i < 0, found[i].Subject != access.Subject{} && found[i].Subject != sub, found[i].Subject == access.Subject{} && found[i].Person != by:
			wrong.Add("files", "talk.file-unknown")
			continue
		case found[i].Subject == sub:
			continue
		}
		if err := attachFile(ctx, tx, id, sub, message, internal); err != nil {
			return err
		}
	}
	return wrong.Err()
}

// Files reads files by id, in the order of their ids, for showing values of a form. The caller has decided that the
// actor sees their subject.
func (s *Service) Files(ctx context.Context, rd sqldb.Reader, ids []ID) ([]File, error) {
	return filesByID(ctx, rd, ids)
}

// ReadWaiting lets a room say that the actor reads a file which is attached to nothing yet and is not the actor's own, as one of a
// colleague's draft. Call it while wiring.
func (s *Service) ReadWaiting(reads func(ctx context.Context, rd sqldb.Reader, file ID) (bool, error)) {
	s.waiting = reads
}

// HandFiles makes files of a person that are attached to nothing yet another person's, who may attach them from then on.
func (s *Service) HandFiles(ctx context.Context, tx *sqldb.Tx, ids []ID, from, to org.ID) error {
	return handFiles(ctx, tx, ids, from, to)
}

// CopyFiles makes copies of files for the actor, not yet attached to anything, and gives them by the ids of the files: the contents are
// kept once. The caller has decided that the actor may have them; what is no file has no copy. Not to be called inside a transaction.
func (s *Service) CopyFiles(ctx context.Context, ids []ID) (map[ID]ID, error) {
	made := map[ID]ID{}
	err := s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		clear(made)
		found, err := filesByID(ctx, tx, ids)
		if err != nil {
			return err
		}
		for _, f := range found {
			old := f.ID
			f.ID, f.Person, f.At = tx.NewID(), actor.From(ctx).Person, tx.Now
			if err := insertFile(ctx, tx, f); err != nil {
				return err
			}
			made[old] = f.ID
		}
		return nil
	})
	return made, err
}

// fileFor is the file when the actor of ctx may have it; ErrNotFound otherwise.
func (s *Service) fileFor(ctx context.Context, id ID) (f File, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		found, err := filesByID(ctx, rd, []ID{id})
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return fault.ErrNotFound
		}
		f = found[0]
		if f.Subject == (access.Subject{}) {
			if f.Person != 0 && f.Person == actor.From(ctx).Person {
				return nil
			}
			reads := false
			if s.waiting != nil {
				if reads, err = s.waiting(ctx, rd, f.ID); err != nil {
					return err
				}
			}
			if !reads {
				return fault.ErrNotFound
			}
			return nil
		}
		sight, err := s.see(ctx, rd, f.Subject)
		if err != nil {
			return err
		}
		if !sight.Messages || f.Internal && !sight.Notes {
			return fault.ErrNotFound
		}
		return nil
	})
	return f, err
}

package talk

import (
	"bytes"
	"context"
	"errors"
	"mime"
	"net/http"
	"slices"
	"strconv"

	"neike/internal/kit/fault"
	"neike/internal/kit/photo"
	"neike/internal/kit/sqldb"
)

const (
	thumbSide   = 360 // pixels of the longer side
	thumbsMade  = 2   // at once: a photograph of a phone takes some 60 MB while it is made smaller
	thumbSuffix = "/small"
)

// pictured are the types of which a small picture is shown.
var pictured = []string{"image/jpeg", "image/png", "image/gif", "image/webp"}

// Thumb is where the small picture of the file is; "" when it is no picture.
func (f File) Thumb() string {
	if !slices.Contains(pictured, f.Type) {
		return ""
	}
	return f.Href() + thumbSuffix
}

// showThumb sends the small picture of a file. It is made when it is first asked for and kept by the hash of the large
// one. A picture that cannot be read has none: not found.
func (s *Service) showThumb(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return fault.ErrNotFound
	}
	f, err := s.fileFor(r.Context(), id)
	if err != nil {
		return err
	}
	if f.Thumb() == "" {
		return fault.ErrNotFound
	}
	small, err := s.thumb(r.Context(), f)
	if err != nil {
		return err
	}
	body, err := s.blobs.Open(small)
	if err != nil {
		return err
	}
	defer body.Close()
	h := w.Header()
	h.Set("Content-Type", "image/jpeg")
	h.Set("Content-Disposition", mime.FormatMediaType("inline", map[string]string{"filename": f.Name + ".jpg"}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("ETag", `"`+small[:32]+`"`)
	http.ServeContent(w, r, "", f.At, body)
	return nil
}

// thumb is the hash of the small picture.
func (s *Service) thumb(ctx context.Context, f File) (string, error) {
	small, known, err := s.knownThumb(ctx, f.Hash)
	if err != nil || known {
		return found(small, err)
	}
	select {
	case s.thumbs <- struct{}{}:
		defer func() { <-s.thumbs }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	if small, known, err = s.knownThumb(ctx, f.Hash); err != nil || known { // somebody else made it meanwhile
		return found(small, err)
	}
	if small, err = s.makeThumb(ctx, f.Hash); err != nil {
		return "", err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return insertThumb(ctx, tx, f.Hash, small) })
	return found(small, err)
}

func found(small string, err error) (string, error) {
	if err == nil && small == "" {
		err = fault.ErrNotFound
	}
	return small, err
}

func (s *Service) knownThumb(ctx context.Context, hash string) (small string, known bool, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		small, known, err = thumbOf(ctx, rd, hash)
		return err
	})
	return small, known, err
}

func (s *Service) makeThumb(ctx context.Context, hash string) (string, error) {
	large, err := s.blobs.Open(hash)
	if err != nil {
		return "", err
	}
	defer large.Close()
	picture, err := photo.Small(large, thumbSide)
	if errors.Is(err, photo.ErrUnreadable) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	blob, err := s.blobs.Put(ctx, bytes.NewReader(picture), 0)
	return blob.SHA, err
}

package directory

import (
	"context"
	"regexp"
	"strings"

	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
)

// Proof is a file that a platform wants to find at the root of the house's address, to believe that it is the company's.
type Proof struct {
	ID   ID
	Name string // "WW_verify_gNcTyL5sR2kGcE1Z.txt"
	Body string
}

// proofName is how WeCom calls its files; others look alike.
var proofName = regexp.MustCompile(`^[A-Za-z0-9_-]{4,80}\.txt$`)

const mostProofs = 20

// PutProof keeps a file; one of the same name is replaced.
func (s *Service) PutProof(ctx context.Context, name, body string) error {
	var f fault.Fields
	body = strings.TrimSpace(body)
	if !proofName.MatchString(name) || name == "robots.txt" {
		f.Add("file", "directory.proof-name")
	}
	if body == "" || len(body) > 1000 || strings.ContainsFunc(body, func(r rune) bool { return r < ' ' || r > '~' }) || strings.ContainsAny(body, "<>") {
		f.Add("file", "directory.proof-body")
	}
	if err := f.Err(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		list, err := proofs(ctx, tx)
		if err != nil {
			return err
		}
		if len(list) >= mostProofs {
			return fault.New(fault.Conflict, "directory.proof-many")
		}
		if err := putProof(ctx, tx, Proof{tx.NewID(), name, body}); err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, ConnectionWasSaved{What: "proof", Kind: name})
	})
}

// DropProof takes a file away.
func (s *Service) DropProof(ctx context.Context, id ID) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		n, err := deleteProof(ctx, tx, id)
		if err == nil && n == 0 {
			err = fault.ErrNotFound
		}
		if err != nil {
			return err
		}
		return s.events.Emit(ctx, tx, ConnectionWasSaved{What: "proof-dropped"})
	})
}

// Proofs lists the files.
func (s *Service) Proofs(ctx context.Context) ([]Proof, error) {
	var list []Proof
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		list, err = proofs(ctx, rd)
		return err
	})
	return list, err
}

// ProofFile is what stands in a file; NotFound when nobody has put it there.
func (s *Service) ProofFile(ctx context.Context, name string) (string, error) {
	if !proofName.MatchString(name) {
		return "", fault.ErrNotFound
	}
	var body string
	err := s.db.Read(ctx, func(ctx context.Context, rd sqldb.Reader) (err error) {
		body, err = proofBody(ctx, rd, name)
		return err
	})
	if err == nil && body == "" {
		err = fault.ErrNotFound
	}
	return body, err
}

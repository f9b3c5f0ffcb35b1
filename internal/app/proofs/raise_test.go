package proofs_test

import (
	"maps"
	"os"
	"slices"
	"sync"
	"testing"

	"neike/internal/app"
	"neike/internal/app/house"
	"neike/internal/kit/dbtest"
	"neike/internal/kit/sqldb"
	"neike/internal/kit/webtest"
)

// raise gives the company, its cast and its records. On SQLite they are made once: each test has a copy of the folder.
func raise(t *testing.T, engine sqldb.Engine) *stage {
	t.Helper()
	if engine == sqldb.Postgres {
		return build(t, app.Config{Data: t.TempDir(), DatabaseURL: dbtest.URL(t, app.Schemas()...), Fast: true})
	}
	raised.Do(func() { keepRaised(t) })
	if !raised.whole {
		t.Fatal("the company could not be raised")
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(raised.dir)); err != nil {
		t.Fatal(err)
	}
	s := &stage{House: house.With(t, app.Config{Data: dir, Fast: true}), tokens: map[string]*webtest.Client{}, pages: map[string]*webtest.Client{},
		records: slices.Clone(raised.records), made: maps.Clone(raised.made), imported: raised.imported}
	for no, token := range raised.tokens {
		s.tokens[no] = s.House.With(token)
		s.pages[no] = s.Fresh()
		if session := raised.sessions[no]; session != "" {
			s.pages[no].SetCookie("neike", session)
		}
	}
	return s
}

// raised is the company on SQLite, with the keys of its cast. Nobody lives in it: it is there to be copied.
var raised struct {
	sync.Once
	whole            bool
	dir              string
	records          []record
	tokens, sessions map[string]string // by 工号; "" is nobody
	made             map[string]int64
	imported         int
}

// keepRaised builds the company and leaves it in a folder of its own.
func keepRaised(t *testing.T) {
	t.Helper()
	var err error
	if raised.dir, err = os.MkdirTemp("", "neike-proofs-"); err != nil {
		t.Fatal(err)
	}
	s := build(t, app.Config{Data: raised.dir, Fast: true})
	raised.records, raised.made, raised.imported = s.records, s.made, s.imported
	raised.tokens, raised.sessions = map[string]string{}, map[string]string{}
	for no, c := range s.tokens {
		raised.tokens[no], raised.sessions[no] = c.Token, s.pages[no].Cookie("neike")
	}
	s.must(s.Catch(s.System())) // a copy begins at rest
	s.must(s.Stop())
	raised.whole = true
}

// build makes the company, its cast and its records as configured.
func build(t *testing.T, c app.Config) *stage {
	t.Helper()
	s := &stage{House: house.With(t, c), tokens: map[string]*webtest.Client{}, pages: map[string]*webtest.Client{}}
	s.settle()
	for _, kind := range recordKinds {
		s.records = append(s.records, s.make(kind))
	}
	s.enter()
	s.furnish()
	return s
}

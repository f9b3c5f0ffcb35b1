package sqldb_test

import (
	"testing"
	"time"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/sqldb"
)

// Two processes on machines whose clocks are an hour apart, and go wrong later on, agree about the time.
func TestProcessesAgreeAboutTheTime(t *testing.T) {
	url := dbtest.URL(t, schemas...)
	wrong := []time.Duration{-30 * time.Minute, 30 * time.Minute}
	var processes []*sqldb.DB
	for i := range wrong {
		config := sqldb.OnMachine(sqldb.Config{URL: url}, func() time.Time { return time.Now().Add(wrong[i]) })
		db, err := sqldb.Open(t.Context(), config)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		processes = append(processes, db)
	}
	near := func(a, b time.Time) bool { return a.Sub(b).Abs() < 5*time.Second }
	for range 2 {
		for i, db := range processes {
			if now, id := db.Now(), sqldb.IDTime(db.NewID()); !near(now, time.Now()) || !near(id, time.Now()) {
				t.Errorf("machine %d: it is %v, an id says %v", i, now, id)
			}
			wrong[i] -= 10 * time.Minute
			if err := db.Agree(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// A clock that was given is nobody else's matter.
func TestAGivenClockIsKept(t *testing.T) {
	db := dbtest.Open(t, sqldb.Postgres, schemas)
	if err := db.Agree(t.Context()); err != nil || !db.Now().Equal(dbtest.Start) {
		t.Errorf("it is %v, %v", db.Now(), err)
	}
}

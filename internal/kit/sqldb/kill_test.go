package sqldb_test

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"neike/internal/kit/sqldb"
)

var long = flag.Bool("long", os.Getenv("NEIKE_LONG") == "1", "kill more often")

// The child of TestKilledProcessesLoseNothing writes to the file in this variable until it is killed.
const killFile = "NEIKE_KILL_FILE"

func TestMain(m *testing.M) {
	if file := os.Getenv(killFile); file != "" {
		writeUntilKilled(file)
		return
	}
	flag.Parse()
	os.Exit(m.Run())
}

// writeUntilKilled prints the id of every write after it was acknowledged. Each write is two rows.
func writeUntilKilled(file string) {
	ctx := context.Background()
	db, err := sqldb.Open(ctx, sqldb.Config{Path: file})
	if err == nil {
		_, err = db.Migrate(ctx, schemas...)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for {
				var id int64
				err := db.Write(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
					id = tx.NewID()
					if _, err := tx.Exec(ctx, "insert into thing (id, n) values ($1, 1)", id); err != nil {
						return err
					}
					_, err := tx.Exec(ctx, "insert into thing (id, n) values ($1, 2)", -id)
					return err
				})
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
				os.Stdout.WriteString(strconv.FormatInt(id, 10) + "\n") // one system call: whole or not at all
			}
		})
	}
	group.Wait()
}

// A process that is killed at any moment loses no write that it has acknowledged, and leaves none by half.
func TestKilledProcessesLoseNothing(t *testing.T) {
	kills := 3
	if *long {
		kills = 20
	}
	file := filepath.Join(t.TempDir(), "kill.db")
	acknowledged := map[int64]bool{}
	for range kills {
		life := time.Duration(100+rand.IntN(400)) * time.Millisecond
		if n := liveAndDie(t, file, life, acknowledged); n == 0 {
			t.Fatal("the child wrote nothing")
		}
		db, err := sqldb.Open(t.Context(), sqldb.Config{Path: file})
		if err != nil {
			t.Fatal(err)
		}
		there := map[int64]bool{}
		for _, id := range ids(t, db) {
			there[id] = true
		}
		for id := range acknowledged {
			if !there[id] {
				t.Errorf("%d was acknowledged and is lost", id)
			}
		}
		for id := range there {
			if !there[-id] {
				t.Errorf("%d is there by half", id)
			}
		}
		if err := db.Check(t.Context()); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
	t.Logf("%d kills, %d acknowledged writes", kills, len(acknowledged))
}

// liveAndDie runs a child, notes what it acknowledges, and kills it some time after its first answer.
func liveAndDie(t *testing.T, file string, life time.Duration, acknowledged map[int64]bool) (n int) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^$")
	child.Env = append(os.Environ(), killFile+"="+file)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		id, err := strconv.ParseInt(lines.Text(), 10, 64)
		if err != nil {
			break // the line it was killed in
		}
		if n == 0 {
			time.AfterFunc(life, func() { child.Process.Kill() })
		}
		acknowledged[id] = true
		n++
	}
	child.Wait() // its error is the kill
	return n
}

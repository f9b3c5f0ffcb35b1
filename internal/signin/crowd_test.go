package signin_test

import (
	"fmt"
	"strings"
	"testing"

	"neike/internal/kit/dbtest"
	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/signin"
)

// crowd makes people with the password of all.
func (r *room) crowd(n int) []string {
	r.t.Helper()
	var nos []string
	var ids []int64
	for i := range n {
		no := fmt.Sprintf("7%03d", i)
		p, err := r.org.SavePerson(r.t.Context(), org.PersonInput{No: no, Name: "工人" + no, Unit: "finance"})
		if err != nil {
			r.t.Fatal(err)
		}
		nos, ids = append(nos, no), append(ids, p.ID)
	}
	if err := r.SetPasswords(r.t.Context(), ids, password); err != nil {
		r.t.Fatal(err)
	}
	return nos
}

// TestAShiftStartsFromOneAddress: a plant behind one address, new browsers all, every fourth types it wrong at first. All
// come in at once.
func TestAShiftStartsFromOneAddress(t *testing.T) {
	r := furnish(t, dbtest.Open(t, sqldb.SQLite, schemas))
	const plant = "203.0.113.20"
	wrong := 0
	for i, no := range r.crowd(240) {
		if i%4 == 3 {
			wrong++
			if _, err := r.SignIn(t.Context(), signin.In{Login: no, Password: "vertippt vertippt", Address: plant}); fault.KindOf(err) != fault.Invalid {
				t.Fatalf("the %dth mistake of the plant: %v", wrong, err)
			}
		}
		if _, err := r.SignIn(t.Context(), signin.In{Login: no, Password: password, Address: plant}); err != nil {
			t.Fatalf("%s, after %d mistakes of others: %v", no, wrong, err)
		}
	}
	if wrong <= signin.FreeStrikes {
		t.Error("there are not more mistakes than an address has for nothing")
	}
}

// TestOnePasswordOnManyNames: whoever tries one password on everybody is slowed down, also when the own account is
// signed in to in between; the people behind the same address come in by the browsers they know.
func TestOnePasswordOnManyNames(t *testing.T) {
	r := furnish(t, dbtest.Open(t, sqldb.SQLite, schemas))
	const plant = "203.0.113.21"
	nos := r.crowd(120)
	at := func(no, word, device string) (signin.Session, error) {
		return r.SignIn(t.Context(), signin.In{Login: no, Password: word, Address: plant, Device: device})
	}
	honest, err := at(nos[0], password, "")
	if err != nil || honest.Device == "" {
		t.Fatal(err)
	}
	tried := 0
	for i, no := range nos[2:] {
		if i%3 == 0 { // with the own account the guesser looks like one of the shift
			if _, err := at(nos[1], password, ""); err != nil {
				break
			}
		}
		if _, err := at(no, "Sommer2026!", ""); fault.KindOf(err) == fault.TooMany {
			break
		}
		tried++
	}
	if tried > signin.FreeStrikes+5 {
		t.Errorf("%d names were tried", tried)
	}
	if _, err := at(nos[50], password, ""); fault.KindOf(err) != fault.TooMany {
		t.Errorf("a new browser behind that address does not wait: %v", err)
	}
	if _, err := at(nos[50], password, honest.Device); fault.KindOf(err) != fault.TooMany {
		t.Errorf("a browser that is known to one is no pass for others: %v", err)
	}
	if _, err := at(nos[0], password, honest.Device); err != nil {
		t.Errorf("somebody in a browser that is known waits for who guesses: %v", err)
	}
}

// TestManyAddressesOnOneName: guesses from many addresses close the name, not the browser in which its person is known.
func TestManyAddressesOnOneName(t *testing.T) {
	r := furnish(t, dbtest.Open(t, sqldb.SQLite, schemas))
	mine, err := r.SignIn(t.Context(), signin.In{Login: "2002", Password: password, Address: "203.0.113.22"})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		_, err = r.SignIn(t.Context(), signin.In{Login: "2002", Password: "Sommer2026!", Address: fmt.Sprintf("198.51.100.%d", i)})
	}
	if !strings.Contains(fmt.Sprint(err), "signin.locked") {
		t.Errorf("the twentieth guess is compared: %v", err)
	}
	if _, err := r.SignIn(t.Context(), signin.In{Login: "2002", Password: password, Address: "198.51.100.99"}); !strings.Contains(fmt.Sprint(err), "signin.locked") {
		t.Errorf("the right guess is let in: %v", err)
	}
	if _, err := r.SignIn(t.Context(), signin.In{Login: "2002", Password: password, Address: "203.0.113.22", Device: mine.Device}); err != nil {
		t.Errorf("the person is locked out of the own browser: %v", err)
	}
}

package fault

import (
	"errors"
	"fmt"
	"testing"
)

func TestKindOf(t *testing.T) {
	cause := errors.New("disk")
	for _, c := range []struct {
		name string
		err  error
		want Kind
	}{
		{"a stranger is internal", cause, Internal},
		{"nothing is internal", nil, Internal},
		{"a fault keeps its kind", New(Conflict, "x"), Conflict},
		{"also when wrapped", fmt.Errorf("open: %w", ErrNotFound), NotFound},
		{"also with a cause", Wrap(Unavailable, cause, "x"), Unavailable},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := KindOf(c.err); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
	if !errors.Is(Wrap(Unavailable, cause, "x"), cause) {
		t.Error("the cause is lost")
	}
	if !errors.Is(fmt.Errorf("x: %w", New(NotFound, "not-found")), ErrNotFound) {
		t.Error("same kind and key must be the same fault")
	}
	if Denied.Status() != NotFound.Status() {
		t.Error("not yours must look like not there")
	}
}

func TestFieldsComeAtOnce(t *testing.T) {
	var f, inner Fields
	if f.Err() != nil {
		t.Fatal("nothing wrong is no error")
	}
	f.Add("title", "form.required")
	inner.Add("amount", "form.too-big", "max", 10)
	f.Join("fields", inner)
	e, ok := As(f.Err())
	if !ok || len(e.Fields) != 2 || e.Fields[1].Name != "fields.amount" || e.Fields[1].Args["max"] != 10 {
		t.Errorf("got %+v", e)
	}
}

func TestWhatIsMissingIsNamedOrPointedAt(t *testing.T) {
	var f Fields
	f.Add("fields.reason", "form.required", "label", "事由")
	f.Add("reason", "form.required")
	f.Add("score", "form.too-long")
	want := []string{"form.required", "form.required-here", "form.too-long"}
	for i, x := range f.All() {
		if x.Sentence() != want[i] {
			t.Errorf("%s: %s", x.Name, x.Sentence())
		}
	}
}

package cli

import (
	"io"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"

	"neike/internal/app"
)

// TestWhatIsImportedOnPagesIsImportedHere: the command takes every kind of file that the house takes.
func TestWhatIsImportedOnPagesIsImportedHere(t *testing.T) {
	a, err := app.New(t.Context(), app.Config{Data: t.TempDir(), Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	field, _ := reflect.TypeFor[importCmd]().FieldByName("Kind")
	offered := strings.Split(field.Tag.Get("enum"), ",")
	for _, k := range a.Importer.Kinds() {
		if !slices.Contains(offered, k.Name) {
			t.Errorf("neike import does not know %q", k.Name)
		}
	}
}

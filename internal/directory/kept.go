package directory

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"time"

	"neike/internal/kit/actor"
	"neike/internal/kit/web"
)

// typed reads the form.
func typed(r *http.Request) (ConnectionInput, error) {
	var in ConnectionInput
	var maps struct {
		Settings map[string][]string `form:"settings"`
		Secrets  map[string][]string `form:"secrets"`
	}
	if err := web.Decode(r, &in); err != nil {
		return in, err
	}
	if err := web.Decode(r, &maps); err != nil {
		return in, err
	}
	first := func(m map[string][]string) map[string]string {
		out := map[string]string{}
		for name, list := range m {
			out[name] = list[0]
		}
		return out
	}
	in.Settings, in.Secrets = first(maps.Settings), first(maps.Secrets)
	return in, nil
}

// Secrets that were typed into a form with something else wrong in it come back sealed, so that nobody types them twice
// and no page shows them. They are good for their writer, for keptLife.
const (
	sealedTyped = "directory.typed"
	keptLife    = time.Hour
)

type kept struct {
	Person  ID                `json:"p"`
	Until   int64             `json:"u"`
	Secrets map[string]string `json:"s"`
}

// keep seals what was typed; "" for nothing.
func (s *Service) keep(ctx context.Context, typed map[string]string) (string, error) {
	typed = maps.Clone(typed)
	maps.DeleteFunc(typed, func(_, text string) bool { return text == "" })
	if len(typed) == 0 {
		return "", nil
	}
	raw, err := json.Marshal(kept{actor.From(ctx).Person, s.db.Now().Add(keptLife).Unix(), typed})
	if err != nil {
		return "", err
	}
	return s.box.Seal(sealedTyped, string(raw)), nil
}

// again fills secrets that were left empty with what the form kept. What is not ours, another's or too old fills nothing.
func (s *Service) again(ctx context.Context, sealed string, typed map[string]string) {
	raw, err := s.box.Open(sealedTyped, sealed)
	if err != nil {
		return
	}
	var k kept
	if json.Unmarshal([]byte(raw), &k) != nil || k.Person != actor.From(ctx).Person || s.db.Now().Unix() > k.Until {
		return
	}
	for name, text := range k.Secrets {
		if typed[name] == "" {
			typed[name] = text
		}
	}
}

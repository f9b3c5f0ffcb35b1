package importer

import (
	"context"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

// kindChoices are the sorts of file as cards.
func kindChoices(ctx context.Context, v startView) []ui.Choice {
	out := make([]ui.Choice, len(v.Kinds))
	for i, k := range v.Kinds {
		text := k.Lead.In(ctx)
		if text == "" && k.Read == nil {
			text = lang.T(ctx, "importer.kind-table")
		}
		out[i] = ui.Choice{Value: k.Name, Title: k.Title.In(ctx), Text: text, Checked: k.Name == v.Kind}
	}
	return out
}

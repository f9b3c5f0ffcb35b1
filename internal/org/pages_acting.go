package org

import (
	"context"

	"neike/internal/kit/lang"
)

// headFacts say who answers for a unit: its head, who acts, or while nobody does, who answers from above.
func (s *Service) headFacts(ctx context.Context, tree *Tree, u Unit, heads []ID, from ID, names map[ID]Person, fact func(id, text, href string)) {
	if from != u.ID || len(heads) == 0 {
		meanwhile := ""
		for _, id := range heads {
			meanwhile = joinedList(ctx, meanwhile, NameOf(ctx, names[id]))
		}
		text := lang.T(ctx, "org.head-vacant")
		if meanwhile != "" {
			text = lang.T(ctx, "org.head-vacant-meanwhile", "names", meanwhile, "unit", tree.Name(ctx, from))
		}
		fact("org.head", text, "")
		return
	}
	for _, id := range heads {
		term := "org.acting-head"
		if id == u.Head {
			term = "org.head"
		}
		fact(term, NameOf(ctx, names[id]), s.personHref(ctx, names[id]))
	}
}

// joinedList puts the reader's comma between names.
func joinedList(ctx context.Context, list, name string) string {
	if list == "" {
		return name
	}
	return list + lang.T(ctx, "org.comma") + name
}

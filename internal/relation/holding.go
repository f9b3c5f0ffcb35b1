package relation

import (
	"context"

	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
)

// Holdings are the relations in which somebody is a contact, what was said of those of a unit, expectations and sheets. The receiver
// becomes a contact, too; who worked there before is history and stays. Declared relations follow the catalogue by themselves.
func (s *Service) Holdings() []org.Holding {
	return append([]org.Holding{
		{Code: "relation.contacts", Label: "relation.holds-contacts", By: org.ByPerson, Order: 75, Count: countContacts, List: s.listContacts, Hand: s.handContacts},
		s.wordHolding(),
	}, append(s.expectHoldings(), s.workshopHoldings()...)...)
}

func (s *Service) listContacts(ctx context.Context, rd sqldb.Reader, person, after ID, limit int) ([]org.Held, error) {
	list, err := contactsAfter(ctx, rd, person, after, limit)
	if err != nil {
		return nil, err
	}
	tree, err := s.org.Tree(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]org.Held, len(list))
	for i, e := range list {
		provider, _ := tree.ByID(e.Provider)
		customer, _ := tree.ByID(e.Customer)
		out[i] = org.Held{Key: e.ID, Title: lang.T(ctx, "relation.holds-pair", "provider", provider.Name.In(ctx), "customer", customer.Name.In(ctx)),
			Href: "/relations/" + provider.Code + "/" + customer.Code}
	}
	return out, nil
}

func (s *Service) handContacts(ctx context.Context, tx *sqldb.Tx, h org.Handing) (org.Handed, error) {
	var out org.Handed
	list, err := contactsAfter(ctx, tx, h.From, h.After, h.Limit)
	if err != nil {
		return out, err
	}
	for _, e := range list {
		if err := beContact(ctx, tx, e.ID, h.To); err != nil {
			return out, err
		}
		out.Moved, out.Next = out.Moved+1, e.ID
	}
	if len(list) < h.Limit {
		out.Next = 0
	}
	return out, nil
}

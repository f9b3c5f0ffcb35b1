package demo

import (
	"cmp"
	"context"
	"fmt"

	"neike/internal/kit/actor"
	"neike/internal/view"
)

// views are how Finance keeps its lists: what is new and nobody's, and reimbursements, for everybody there, and what it has to bring to
// Projects I; the agent has a board of what is in hand.
func (d *demo) views(ctx context.Context) error {
	for _, x := range []struct {
		no string
		in view.Input
	}{
		{d.noOf[d.heads["finance"]], view.Input{Name: "新来的", Query: "state=new&view=unit", Unit: "finance", Locked: true}},
		{"1005", view.Input{Name: "费用报销", Query: "service=finance.expense&view=unit", Unit: "finance"}},
		{"1005", view.Input{Name: "我的看板", Query: "look=board&view=mine"}},
		{d.noOf[d.heads["finance"]], view.Input{List: "deliveries", Name: "给项目一部的", Query: "view=bring&state=open&customer=proj1", Unit: "finance"}},
	} {
		p, err := d.app.Org.PersonByNo(ctx, x.no)
		if err != nil {
			return fmt.Errorf("views of %s: %w", x.no, err)
		}
		who, err := d.app.Org.ActorOf(ctx, p.ID)
		if err != nil {
			return fmt.Errorf("views of %s: %w", x.no, err)
		}
		x.in.List = cmp.Or(x.in.List, "queue")
		if _, _, err := d.app.View.Save(actor.With(ctx, who), x.in); err != nil {
			return fmt.Errorf("view %s: %w", x.in.Name, err)
		}
	}
	return nil
}

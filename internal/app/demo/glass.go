package demo

import (
	"context"

	"neike/internal/kit/actor"
	"neike/internal/request"
)

// broken is the one confidential request that the security officer once opened: the register shows it, and its asker is
// told. In a year without one nothing happens.
func (d *demo) broken(ctx context.Context) error {
	officer, err := d.app.Org.ActorOf(ctx, d.byNo["1001"])
	if err != nil || len(d.veiled) == 0 {
		return err
	}
	_, err = d.app.Access.BreakGlass(actor.With(ctx, officer), request.Ref(d.veiled[len(d.veiled)-1]), "劳动仲裁取证，法务部来函要求核对")
	return err
}

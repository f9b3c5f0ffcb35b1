package demo

import (
	"context"

	"neike/internal/kit/actor"
	"neike/internal/notice"
)

// notices: the administrator tells everybody of the maintenance on Saturday. The house that serves the company spreads it.
func (d *demo) notices(ctx context.Context) error {
	admin, err := d.app.Org.ActorOf(ctx, d.byNo["1001"])
	if err != nil {
		return err
	}
	_, err = d.app.Notice.Announce(actor.With(ctx, admin), notice.Announcement{Title: "周六上午系统停机维护",
		Text: "本周六 9:00–10:00 内客停机升级，期间不能提请求。\n已提的请求不受影响。\n有急事请直接打服务台电话。", Link: "/services"})
	return err
}

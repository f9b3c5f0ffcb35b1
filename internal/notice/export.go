package notice

import (
	"net/http"

	"neike/internal/kit/lang"
	"neike/internal/kit/web"
	"neike/internal/kit/xlsx"
)

// deadColumns are the headings of a file of dead letters.
var deadColumns = []string{"notice.dead.to", "notice.channel", "notice.dead.about", "notice.dead.why", "notice.dead.count", "notice.dead.since"}

// showDeadExport sends all dead letters as a file, newest first: who is to mend addresses works through it.
func (s *Service) showDeadExport(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	paging := web.Paging{Limit: web.MaxLimit}
	page, err := s.DeadPosts(ctx, paging)
	if err != nil {
		return err
	}
	out, err := xlsx.Send(w, r.URL.Query().Get("format"), lang.T(ctx, "notice.dead.title")+"_"+lang.Now(ctx).Format("20060102"))
	if err != nil {
		return err
	}
	if err := out.Heading(ctx, "", deadColumns); err != nil {
		return err
	}
	for {
		for _, p := range page.Items {
			row := deadRow{p, lang.T(ctx, "notice.channel."+p.Channel)}
			if err := out.Row(p.Name, row.ChannelName, aboutOrForm(ctx, row), p.Error, p.Tries, p.Done.In(lang.Zone(ctx))); err != nil {
				return err
			}
		}
		if paging.Cursor = page.NextCursor; paging.Cursor == "" {
			return out.Close()
		}
		if page, err = s.DeadPosts(ctx, paging); err != nil {
			return err
		}
	}
}

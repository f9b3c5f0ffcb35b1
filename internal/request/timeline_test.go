package request

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"neike/internal/talk"
)

func TestTheTimelineTellsAllWordsAndWhatCameWithThem(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		r := h.begun()
		upload := func(no, name string) []int64 {
			f, err := h.Talk.Upload(h.as(no), name, strings.NewReader(name))
			must(t, err)
			return []int64{f.ID}
		}
		must(t, second(h.Message(h.as("3002"), r.Number, "发票", upload("3002", "发票.txt"), When{})))
		must(t, second(h.Note(h.as("2002"), r.Number, "疑点", upload("2002", "疑点.txt"), When{})))
		for i := range talk.PageSize {
			must(t, second(h.Message(h.as("2002"), r.Number, fmt.Sprint("第", i), nil, When{})))
		}
		must(t, second(h.Deliver(h.as("2002"), r.Number, "已付", upload("2002", "回单.txt"), When{})))
		for no, want := range map[string]string{"3002": "发票:发票.txt 已付:回单.txt", "2002": "发票:发票.txt 疑点:疑点.txt 已付:回单.txt"} {
			out, err := h.getTimeline(h.as(no), &numbered{Number: r.Ref()})
			must(t, err)
			var got []string
			for _, e := range out.Body.Items {
				if e.Text == "" && (e.Kind == VerbMessage || e.Kind == VerbNote) {
					t.Errorf("%s: no words at %d", no, e.N)
				}
				for _, f := range e.Files {
					got = append(got, e.Text+":"+f.Name)
					if f.Size == 0 || !strings.HasPrefix(f.URL, "/files/"+f.ID) {
						t.Errorf("%+v", f)
					}
					if _, err := strconv.ParseInt(f.ID, 10, 64); err != nil {
						t.Error(err)
					}
				}
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%s: %v", no, got)
			}
		}
	})
}

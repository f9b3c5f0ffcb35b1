package trail_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"neike/content"
	"neike/internal/app"
	"neike/internal/app/house"
	"neike/internal/kit/sqldb"
)

// settle makes the company, an auditor in it and a request, and lets the trail see it all.
func settle(t *testing.T, h *house.House) {
	t.Helper()
	h.Settle()
	if err := h.Org.SetRoles(h.As("1001"), "2003", []string{"auditor"}, 0); err != nil {
		t.Fatal(err)
	}
	pack, _ := content.Pack("finance")
	if out, err := h.Catalog.Import(h.System(), "finance", pack, false); err != nil || len(out.Problems) > 0 {
		t.Fatal(out.Problems, err)
	}
	h.TokenOf("3002").Post("/api/v1/requests", map[string]any{"service": "finance.budget", "title": "只有当事人该知道的标题",
		"fields": map[string]any{"budget": "样机", "amount": "1200.00", "reason": "追加"}}).Is(http.StatusCreated)
	catch(t, h)
}

func catch(t *testing.T, h *house.House) {
	t.Helper()
	if err := h.Catch(h.System()); err != nil {
		t.Fatal(err)
	}
}

type page struct {
	Items []struct {
		N                                 int64
		Kind, What, Who, Via, About, Path string
	} `json:"items"`
	Next string `json:"next_cursor"`
}

func TestTheAuditorReadsWhatWasDone(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		settle(t, h)
		auditor := h.SignedIn("2003")
		catch(t, h)
		auditor.Get("/settings/audit").Is(http.StatusOK).Shows("#trail", "变更了人员").Shows("#trail", "登录了")
		auditor.Get("/settings/audit?kind=org.&person=1001").Is(http.StatusOK).Shows("#trail tbody", "变更了人员")
		if text := auditor.Get("/settings/audit?kind=signin.").Text("#trail tbody"); strings.Contains(text, "变更了人员") || !strings.Contains(text, "登录了") {
			t.Errorf("only sign-ins were asked for: %s", text)
		}
		auditor.Get("/settings/audit?person=9999&from=x&to=2026-01-01").Is(http.StatusUnprocessableEntity).
			Shows("[role=alert]", "没有工号是“9999”的人").Shows("[role=alert]", "“x”不是日期")
		auditor.Get("/settings/audit?from=2026-02-01&to=2026-01-01").Is(http.StatusUnprocessableEntity).Shows("[role=alert]", "结束日期早于开始日期")
		auditor.Get("/settings/audit?kind=relation.&from=2001-01-01&to=2001-01-02").Is(http.StatusOK).Shows("#trail", "没有这样的记录")

		file := string(auditor.Get("/settings/audit/export?format=csv&kind=org.").Is(http.StatusOK).Body)
		if !strings.Contains(file, "org.person-was-changed") || strings.Contains(file, "signin.") {
			t.Errorf("the export: %.300s", file)
		}
		for _, no := range []string{"1001", "3002"} { // an administrator is no auditor
			h.SignedIn(no).Get("/settings/audit").Is(http.StatusNotFound)
			h.SignedIn(no).Form("/settings/audit/verify").Is(http.StatusNotFound)
		}
	})
}

// TestWhatLeavesAsAFileIsNoted: whoever takes a list stands in the trail with the list and its filter; who is refused does not.
func TestWhatLeavesAsAFileIsNoted(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		settle(t, h)
		auditor := h.SignedIn("2003")
		h.SignedIn("2001").Get("/org/export?what=people&format=xlsx&unit=finance").Is(http.StatusOK)
		h.SignedIn("3002").Get("/units/finance/duty/export?format=csv").Is(http.StatusNotFound)
		h.SignedIn("3002").Get("/org/export?what=people&format=pdf").Is(http.StatusBadRequest)
		var out strings.Builder
		if err := h.App.Do(h.System(), "export", &app.Call{Args: []byte(`{"Kind":"units"}`), Locale: "en", Out: &out}); err != nil {
			t.Fatal(err)
		}
		catch(t, h)
		rows := auditor.Get("/settings/audit?kind=trail.").Is(http.StatusOK).Shows("#trail tbody", "下载了文件").Shows("#trail tbody", "/org/export").Page().Find("#trail tbody tr")
		if rows.Length() != 2 {
			t.Errorf("%d files were noted: %s", rows.Length(), rows.Text())
		}
		text := rows.Text()
		for _, part := range []string{"unit=finance", ".xlsx", "neike export units"} {
			if !strings.Contains(text, part) {
				t.Errorf("the trail does not say %q: %s", part, text)
			}
		}
	})
}

// TestTheTrailNamesNoContent: an auditor learns that a request was made, by its number, and not what it says.
func TestTheTrailNamesNoContent(t *testing.T) {
	h := house.Start(t)
	settle(t, h)
	auditor := h.SignedIn("2003")
	body := string(auditor.Get("/settings/audit?kind=request.").Is(http.StatusOK).Shows("#trail", "R-1001").Body)
	if strings.Contains(body, "只有当事人") {
		t.Error("the title of a request stands in the trail")
	}
}

func TestVerifyFindsWhatWasTouched(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		settle(t, h)
		auditor := h.SignedIn("2003")
		catch(t, h)
		auditor.Form("/settings/audit/verify").Is(http.StatusOK).Shows("#trail", "完整无误")
		err := h.DB.Write(h.System(), func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, "update audit set actor = 1 where n = 2")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		auditor.Form("/settings/audit/verify").Is(http.StatusOK).Shows("#findings", "第 2 条：内容被改过")
		var report struct{ Findings []struct{ N int64 } }
		h.TokenOf("2003", "admin").Post("/api/v1/audit/verify", nil).Is(http.StatusOK).Decode(&report)
		if len(report.Findings) != 1 || report.Findings[0].N != 2 {
			t.Errorf("got %+v", report)
		}
	})
}

func TestEverybodySeesTheirOwnActions(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		settle(t, h)
		mine := h.SignedIn("3002")
		catch(t, h)
		text := mine.Get("/me/activity").Is(http.StatusOK).Shows("#trail", "提了请求").Text("#trail tbody")
		if strings.Contains(text, "变更了人员") {
			t.Errorf("somebody else's actions: %s", text)
		}
		var own, all page
		h.TokenOf("3002").Get("/api/v1/me/activity?limit=1").Is(http.StatusOK).Decode(&own)
		if len(own.Items) != 1 || own.Next == "" || own.Items[0].Who == "" {
			t.Errorf("a page of one: %+v", own)
		}
		h.TokenOf("2003", "admin").Get("/api/v1/audit?person=3002&kind=request.opened").Is(http.StatusOK).Decode(&all)
		if len(all.Items) != 1 || all.Items[0].About != "R-1001" || all.Items[0].What != "提了请求" || all.Items[0].Via != "api" {
			t.Errorf("got %+v", all)
		}
		h.TokenOf("3002", "admin").Get("/api/v1/audit").Is(http.StatusNotFound)
	})
}

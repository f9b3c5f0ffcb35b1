package importer_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"neike/internal/app/house"
	"neike/internal/app/importer"
	"neike/internal/kit/webtest"
)

// upload sends a form with files as a browser of this site does.
func upload(t *testing.T, c *webtest.Client, path string, fields map[string]string, files map[string]string, headers ...string) *webtest.Answer {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range fields {
		if err := form.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range files {
		w, err := form.CreateFormFile(name, name+".csv")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.Base+path, &body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return c.Do(r)
}

const good = "工号,姓名,部门,颜色\n0100,田园,project,红\n3002,林晓晓,project,蓝\n3003,何川,project,绿\n"

func TestTheImportPage(t *testing.T) {
	h := house.Start(t).Settle()
	admin := h.SignedIn("1001")
	admin.Get("/settings/import?kind=people").Is(http.StatusOK).Shows("#import", "人员").Shows("#columns-people", "工号")
	admin.Form("/settings/import", "kind", "people").Is(http.StatusUnprocessableEntity).Shows("#import", "请选择要导入的文件")
	upload(t, admin, "/settings/import", map[string]string{"kind": "people"}, map[string]string{"file": "\x89PNG\x00\x01\x02"}).
		Is(http.StatusUnprocessableEntity).Shows("#import", "这不是表格文件")
	upload(t, admin, "/settings/import", map[string]string{"kind": "people"}, map[string]string{"file": good, "mapping": "columns: {颜色: colour}"}).
		Is(http.StatusUnprocessableEntity).Shows("#import", "列“colour”不存在")

	run := upload(t, admin, "/settings/import", map[string]string{"kind": "people"}, map[string]string{"file": good}).Is(http.StatusSeeOther).Header.Get("Location")
	admin.Get(run).Is(http.StatusOK).Shows("#import", "颜色").Shows("#import", "0100 田园").Shows("#import", "姓名：林晓 → 林晓晓").Shows("#apply", "导入 2 行")
	admin.Form(run + "/apply").Leads(run)
	if _, err := h.Jobs.RunDue(h.System()); err != nil {
		t.Fatal(err)
	}
	waitFor(t, admin, run, "导入完成：新增 1，修改 1，不变 1")
	admin.Get("/people/0100").Is(http.StatusOK).Shows("h1", "田园")
	admin.Get("/settings/import").Shows("#last", "新增 1，修改 1，不变 1")

	run = upload(t, admin, "/settings/import", map[string]string{"kind": "people"}, map[string]string{"file": good + "0101,丁,nowhere,\n0102,戊,project,\n"}).Header.Get("Location")
	admin.Get(run).Is(http.StatusOK).Shows("#import", "没有编码为“nowhere”的单位").Shows("#import", "还有 1 行有错误").Shows("#apply", "跳过 1 行错误，导入 1 行")
	if got := admin.Get(run + "/errors/all?format=csv").Is(http.StatusOK).Body; !strings.Contains(string(got), "没有编码为“nowhere”的单位") || strings.Count(string(got), "\n") != 2 {
		t.Errorf("the file of errors is %q", got)
	}
	h.SignedIn("3002").Get(run + "/errors/all?format=csv").Is(http.StatusNotFound)
	none := upload(t, admin, "/settings/import", map[string]string{"kind": "people"}, map[string]string{"file": "编号,名字\n1,张三\n"}).Is(http.StatusSeeOther).Header.Get("Location")
	admin.Get(none).Is(http.StatusOK).Shows("#import", "没有一行可以导入").Shows("#import", "编号、名字")
	admin.Form(run + "/apply").Is(http.StatusConflict)
	admin.Form(run+"/apply", "skip_bad", "true").Leads(run)
	if _, err := h.Jobs.RunDue(h.System()); err != nil {
		t.Fatal(err)
	}
	waitFor(t, admin, run, "跳过了 1 行有错误的数据")
	admin.Get("/settings/import/1").Is(http.StatusNotFound)

	template := admin.Get("/settings/import/template/people.xlsx").Is(http.StatusOK)
	if !strings.Contains(template.Header.Get("Content-Type"), "spreadsheet") || !bytes.HasPrefix(template.Body, []byte("PK")) {
		t.Error("the template is no workbook")
	}
	admin.Get("/settings/import/template/people.csv").Is(http.StatusOK)
	admin.Get("/settings/import/template/nothing.xlsx").Is(http.StatusNotFound)
	h.SignedIn("3002").Get(run).Is(http.StatusNotFound)
}

// waitFor asks again while the job works; the job queue of the house may have taken the run before the test did.
func waitFor(t *testing.T, c *webtest.Client, path, words string) {
	t.Helper()
	var text string
	for range 200 {
		if text = c.Get(path).Is(http.StatusOK).Text("#import"); !strings.Contains(text, "正在写入") {
			break
		}
	}
	if !strings.Contains(text, words) {
		t.Errorf("%s shows %q, want %q", path, text, words)
	}
}

func TestTheImportAPI(t *testing.T) {
	house.Each(t, func(t *testing.T, h *house.House) {
		h.Settle()
		admin := h.TokenOf("1001", "import")
		post := func(query, body string) importer.Result {
			t.Helper()
			r := admin.Post("/api/v1/import/"+query, body, "Content-Type", "application/octet-stream").Is(http.StatusOK)
			var result importer.Result
			r.Decode(&result)
			return result
		}
		if r := post("people?dry_run=true", good); r.Created != 1 || r.Updated != 1 || len(r.Errors) != 0 {
			t.Errorf("dry run %+v", r)
		}
		if r := post("people", good); r.Created != 1 || r.Updated != 1 || r.Unchanged != 1 {
			t.Errorf("import %+v", r)
		}
		if r := post("people", good); r.Created+r.Updated != 0 || r.Unchanged != 3 {
			t.Errorf("again %+v", r)
		}
		bad := "工号,姓名,部门\n0101,丁,nowhere\n0102,戊,project\n"
		if r := post("people", bad); r.Created != 0 || len(r.Errors) != 1 || r.Errors[0].Line != 2 || r.Errors[0].Column != "unit" || r.Errors[0].Reason != "没有编码为“nowhere”的单位" {
			t.Errorf("bad %+v", r)
		}
		if r := post("people?skip_bad=true", bad); r.Created != 1 || len(r.Errors) != 1 {
			t.Errorf("skip %+v", r)
		}
		var parts importer.Result
		upload(t, admin, "/api/v1/import/people", nil, map[string]string{"file": "Who,Name,Dept\n0103,己,P\n", "mapping": "columns: {Who: employee_no, Dept: unit}\nvalues: {unit: {P: project}}\n"}).
			Is(http.StatusOK).Decode(&parts)
		if parts.Created != 1 {
			t.Errorf("multipart %+v", parts)
		}
		admin.Post("/api/v1/import/nothing", good, "Content-Type", "text/csv").Is(http.StatusNotFound)
		admin.Post("/api/v1/import/people", "\x89PNG\x00\x01", "Content-Type", "text/csv").Is(http.StatusUnprocessableEntity)
		h.TokenOf("1001", "read", "write").Post("/api/v1/import/people", good, "Content-Type", "text/csv").Is(http.StatusForbidden)
		h.TokenOf("3002", "import").Post("/api/v1/import/people", good, "Content-Type", "text/csv").Is(http.StatusNotFound)
	})
}

// TestPacksThatComeAlong imports one without a file, from the link of the empty catalogue to the service on its page.
func TestPacksThatComeAlong(t *testing.T) {
	h := house.Start(t).Settle()
	admin := h.SignedIn("1001")
	admin.Get("/settings/import?kind=services").Is(http.StatusOK).Shows("#ready-services", "法务部")
	run := admin.Form("/settings/import", "kind", "services", "ready", "legal.yaml").Is(http.StatusSeeOther).Header.Get("Location")
	admin.Get(run).Is(http.StatusOK).Shows("#import", "legal.yaml")
	admin.Form("/settings/import", "kind", "services", "ready", "../scales.yaml").Is(http.StatusUnprocessableEntity)
	admin.Form("/settings/import", "kind", "people", "ready", "legal.yaml").Is(http.StatusUnprocessableEntity).Shows("[role=alert]", "请选择要导入的文件")
	admin.Form("/settings/import", "kind", "nothing", "ready", "legal.yaml").Is(http.StatusUnprocessableEntity)
}

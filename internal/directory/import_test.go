package directory_test

import (
	"strings"
	"testing"

	product "neike/internal/app/house"
	"neike/internal/app/importer"
	"neike/internal/directory"
	"neike/internal/kit/chat"
)

// TestAccountsComeFromAFile: who is who on a platform is told by a table, row by row and once; what would take an account
// from somebody is an error with its line, and then nothing is written.
func TestAccountsComeFromAFile(t *testing.T) {
	product.Each(t, func(t *testing.T, h *product.House) {
		h.Settle()
		for _, name := range []string{"华东", "华西"} {
			if _, err := h.Directory.SaveConnection(h.System(), 0, directory.ConnectionInput{Kind: chat.WeCom, NameZh: name, SignIn: true,
				Settings: map[string]string{"corp": "ww1234567890abcdef", "app": "1000002"}, Secrets: map[string]string{"secret": "s"}, Rules: directory.DefaultRules()}); err != nil {
				t.Fatal(err)
			}
		}
		take := func(rows string) importer.Result {
			t.Helper()
			out, err := h.Importer.Import(h.As("1001"), "accounts", strings.NewReader("连接,平台账号,工号\n"+rows), importer.Options{Name: "accounts.csv"})
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		good := "华东,chen,2002\n华西,chen,2003\n华东,lin,3002\n"
		if got := take(good); got.Created != 3 || len(got.Errors) > 0 {
			t.Errorf("%+v", got)
		}
		if got := take(good); got.Unchanged != 3 || got.Created != 0 {
			t.Errorf("the second time: %+v", got)
		}
		bad := take("华东,he,3003\n华东,CHEN,3003\n华东,chen2,2002\n华北,x,3003\nwecom,x,3003\n华西,x,9999\n华西,y,3002\n华西,z,3002\n")
		lines := map[int]string{}
		for _, e := range bad.Errors {
			lines[e.Line] = e.Column
		}
		for line, column := range map[int]string{3: "account", 4: "employee_no", 5: "connection", 6: "connection", 7: "employee_no", 9: "employee_no"} {
			if lines[line] != column {
				t.Errorf("line %d: %q is wrong, want %q", line, lines[line], column)
			}
		}
		if bad.Created != 0 {
			t.Errorf("something of a wrong file was written: %+v", bad)
		}
		if twice := take("华西,dup,3003\n华西,DUP,3002\n"); twice.Created != 0 || len(twice.Errors) != 1 || twice.Errors[0].Line != 3 || twice.Errors[0].Column != "account" {
			t.Errorf("one account for two, in capitals: %+v", twice)
		}
		h.SignedIn("3003").Get("/me/accounts").Is(200).Shows("#accounts, main", "还没有")
		h.SignedIn("2002").Get("/me/accounts").Is(200).Shows("#linked", "chen")
	})
}

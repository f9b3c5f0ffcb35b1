package app

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/sqldb"
	"neike/internal/org"
	"neike/internal/signin"
)

func init() {
	offer("token create", createToken)
	offer("token list", listTokens)
	offer("token revoke", revokeToken)
	offer("person list", listPeople)
	offer("person show", showPerson)
	offer("person reset", resetPerson)
	offer("person activate-link", linkPerson)
	offer("person unlock", unlockPerson)
	offer("person break-glass", breakGlass)
}

// TokenArgs are those of `neike token`.
type TokenArgs struct {
	Person string
	Name   string
	Scopes []string
	Days   int
	ID     int64
	JSON   bool
}

func createToken(ctx context.Context, a *App, c *Call) error {
	var args TokenArgs
	if err := c.Decode(&args); err != nil {
		return err
	}
	p, err := a.person(ctx, args.Person)
	if err != nil {
		return err
	}
	var until time.Time
	if args.Days > 0 {
		until = a.DB.Now().AddDate(0, 0, args.Days)
	}
	t, key, err := a.Signin.MakeToken(ctx, p.ID, args.Name, args.Scopes, until)
	if err != nil {
		return err
	}
	if args.JSON {
		return printJSON(c, struct {
			signin.Token
			Key string `json:"key"`
		}{t, key})
	}
	_, err = fmt.Fprintln(c.Out, key)
	return err
}

func listTokens(ctx context.Context, a *App, c *Call) error {
	var args TokenArgs
	if err := c.Decode(&args); err != nil {
		return err
	}
	list, err := a.Signin.Tokens(ctx)
	if err != nil {
		return err
	}
	kept := []signin.Token{}
	for _, t := range list {
		if args.Person == "" || t.No == args.Person {
			kept = append(kept, t)
		}
	}
	if args.JSON {
		return printJSON(c, kept)
	}
	rows := [][]string{{"ID", "工号", "NAME", "SCOPES", "LAST USED", "EXPIRES"}}
	for _, t := range kept {
		rows = append(rows, []string{fmt.Sprint(t.ID), t.No, t.Name, strings.Join(t.Scopes, ","), stamp(t.Used), stamp(t.Until)})
	}
	return printTable(c, rows)
}

func revokeToken(ctx context.Context, a *App, c *Call) error {
	var args TokenArgs
	if err := c.Decode(&args); err != nil {
		return err
	}
	return a.Signin.RevokeToken(ctx, args.ID)
}

// PersonArgs are those of `neike person`.
type PersonArgs struct {
	No   string
	Find string
	URL  string // before /activate/…
	JSON bool
}

func (a *App) person(ctx context.Context, no string) (org.Person, error) {
	p, err := a.Org.PersonByNo(ctx, no)
	if fault.KindOf(err) == fault.NotFound {
		err = fault.Wrap(fault.Invalid, err, "app.no-such-person", "no", no)
	}
	return p, err
}

type personJSON struct {
	No       string `json:"employee_no"`
	Name     string `json:"name"`
	NameEn   string `json:"name_en,omitempty"`
	Unit     string `json:"unit"`
	Position string `json:"position,omitempty"`
	Phone    string `json:"phone,omitempty"`
	Email    string `json:"email,omitempty"`
	Active   bool   `json:"active"`
}

func (a *App) describe(tree *org.Tree, p org.Person) personJSON {
	unit, _ := tree.ByID(p.Unit) // a person always has one
	return personJSON{p.No, p.Name, p.NameEn, unit.Code, p.Position, p.Phone, p.Email, p.Active}
}

func listPeople(ctx context.Context, a *App, c *Call) error {
	var args PersonArgs
	if err := c.Decode(&args); err != nil {
		return err
	}
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		return err
	}
	people, err := a.people(ctx, args.Find)
	if err != nil {
		return err
	}
	out := []personJSON{}
	rows := [][]string{{"工号", "NAME", "UNIT", "POSITION", "ACTIVE"}}
	for _, p := range people {
		d := a.describe(tree, p)
		out = append(out, d)
		rows = append(rows, []string{d.No, d.Name, d.Unit, d.Position, yes(d.Active)})
	}
	if args.JSON {
		return printJSON(c, out)
	}
	return printTable(c, rows)
}

func (a *App) people(ctx context.Context, find string) (list []org.Person, err error) {
	if find != "" {
		err = a.DB.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
			list, err = a.Org.FindPeople(ctx, rd, find, 200)
			return err
		})
		return list, err
	}
	return a.everybody(ctx)
}

func showPerson(ctx context.Context, a *App, c *Call) error {
	var args PersonArgs
	if err := c.Decode(&args); err != nil {
		return err
	}
	p, err := a.person(ctx, args.No)
	if err != nil {
		return err
	}
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		return err
	}
	account, err := a.Signin.AccountOf(ctx, p.ID)
	if err != nil {
		return err
	}
	out := struct {
		personJSON
		Roles    []string  `json:"roles"`
		Password bool      `json:"has_password"`
		Must     bool      `json:"must_change"`
		Locked   time.Time `json:"locked_until,omitzero"`
		Last     time.Time `json:"last_sign_in,omitzero"`
		Sessions int       `json:"sessions"`
	}{a.describe(tree, p), []string{}, account.Password, account.Must, account.Locked, account.Last, account.Sessions}
	err = a.DB.Read(ctx, func(ctx context.Context, rd sqldb.Reader) error {
		roles, err := a.Org.Roles(ctx, rd, p.ID)
		for _, r := range roles {
			out.Roles = append(out.Roles, r.String())
		}
		return err
	})
	if err != nil {
		return err
	}
	if args.JSON {
		return printJSON(c, out)
	}
	return printTable(c, [][]string{
		{"工号", out.No}, {"name", out.Name + " " + out.NameEn}, {"unit", out.Unit}, {"position", out.Position},
		{"phone", out.Phone}, {"mail", out.Email}, {"active", yes(out.Active)}, {"roles", strings.Join(out.Roles, " ")},
		{"password", yes(out.Password)}, {"must change", yes(out.Must)}, {"locked until", stamp(out.Locked)},
		{"last sign-in", stamp(out.Last)}, {"sessions", fmt.Sprint(out.Sessions)},
	})
}

func resetPerson(ctx context.Context, a *App, c *Call) error {
	var args PersonArgs
	if err := c.Decode(&args); err != nil {
		return err
	}
	p, err := a.person(ctx, args.No)
	if err != nil {
		return err
	}
	code, err := a.Signin.Reset(ctx, p.ID)
	if err != nil {
		return err
	}
	if args.JSON {
		return printJSON(c, map[string]any{"code": code.Text, "expires_at": code.Until})
	}
	_, err = fmt.Fprintln(c.Out, code.Text)
	return err
}

func linkPerson(ctx context.Context, a *App, c *Call) error {
	var args PersonArgs
	if err := c.Decode(&args); err != nil {
		return err
	}
	p, err := a.person(ctx, args.No)
	if err != nil {
		return err
	}
	link, err := a.Signin.MakeLink(ctx, p.ID, args.URL)
	if err != nil {
		return err
	}
	if args.JSON {
		return printJSON(c, map[string]any{"url": link.URL, "expires_at": link.Until})
	}
	_, err = fmt.Fprintln(c.Out, link.URL)
	return err
}

func unlockPerson(ctx context.Context, a *App, c *Call) error {
	var args PersonArgs
	if err := c.Decode(&args); err != nil {
		return err
	}
	p, err := a.person(ctx, args.No)
	if err != nil {
		return err
	}
	return a.Signin.Unlock(ctx, p.ID)
}

func printJSON(c *Call, v any) error {
	enc := json.NewEncoder(c.Out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// printTable puts columns under each other; a Chinese character is two columns wide.
func printTable(c *Call, rows [][]string) error {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], width(cell))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		for i, cell := range row {
			b.WriteString(cell)
			if i < len(row)-1 {
				b.WriteString(strings.Repeat(" ", widths[i]-width(cell)+2))
			}
		}
		b.WriteString("\n")
	}
	_, err := c.Out.Write([]byte(b.String()))
	return err
}

func width(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r >= 0x1100 {
			n++
		}
	}
	return n
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Local().Format("2006-01-02 15:04")
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// breakGlass makes the emergency administrator or gives it a new password.
func breakGlass(ctx context.Context, a *App, c *Call) error {
	var args PersonArgs
	if err := c.Decode(&args); err != nil {
		return err
	}
	no, password, err := a.Signin.BreakGlass(ctx)
	if err != nil {
		return err
	}
	if args.JSON {
		return printJSON(c, map[string]string{"employee_no": no, "password": password})
	}
	return printTable(c, [][]string{{"工号", no}, {"password", password}})
}

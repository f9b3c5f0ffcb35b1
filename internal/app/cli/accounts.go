package cli

import "neike/internal/app"

type (
	tokenCmd struct {
		Create tokenCreate `cmd:"" help:"Make a token and print it."`
		List   tokenList   `cmd:"" help:"List tokens."`
		Revoke tokenRevoke `cmd:"" help:"End a token."`
	}
	tokenCreate struct {
		Person string   `required:"" help:"工号 of the person it acts for."`
		Name   string   `required:"" help:"What uses it."`
		Scope  []string `help:"read, write, import, admin; default read,write." placeholder:"SCOPE"`
		Days   int      `help:"How long it works; default: no end."`
		JSON   bool     `name:"json" help:"Print as JSON."`
	}
	tokenList struct {
		Person string `help:"Only those of this 工号."`
		JSON   bool   `name:"json" help:"Print as JSON."`
	}
	tokenRevoke struct {
		ID int64 `arg:"" help:"As the list shows it."`
	}
)

const (
	exampleCreate = `
  neike token create --data DIR --person 1001 --name "payroll export" --scope read --days 365
  neike token create --data DIR --person 1001 --name history --scope read,write,import`
	exampleTokens = `
  neike token list --data DIR --person 1001 --json`
	exampleRevoke = `
  neike token revoke --data DIR 7311298302976`
)

// Help is shown below the usage.
func (tokenCmd) Help() string    { return "Examples:" + exampleCreate + exampleTokens + exampleRevoke }
func (tokenCreate) Help() string { return "Examples:" + exampleCreate }
func (tokenList) Help() string   { return "Examples:" + exampleTokens }
func (tokenRevoke) Help() string { return "Examples:" + exampleRevoke }

func (c tokenCmd) Run(r *run, words []string) error {
	switch words[1] {
	case "create":
		x := c.Create
		if x.Days < 0 {
			return misuse{"--days takes a number of days from now; 0 is no end"}
		}
		return r.do("token create", app.TokenArgs{Person: x.Person, Name: x.Name, Scopes: x.Scope, Days: x.Days, JSON: x.JSON}, nil, r.stdout)
	case "list":
		return r.do("token list", app.TokenArgs{Person: c.List.Person, JSON: c.List.JSON}, nil, r.stdout)
	default:
		return r.do("token revoke", app.TokenArgs{ID: c.Revoke.ID}, nil, r.stdout)
	}
}

type onePerson struct {
	No   string `arg:"" help:"工号."`
	JSON bool   `name:"json" help:"Print as JSON."`
}

type (
	personCmd struct {
		List         personList   `cmd:"" help:"List people."`
		Show         personShow   `cmd:"" help:"Show a person and the account."`
		Reset        personReset  `cmd:"" help:"Print a temporary code; it must be changed at the first sign-in."`
		Unlock       personUnlock `cmd:"" help:"Lift a lock after wrong passwords."`
		BreakGlass   personGlass  `cmd:"" name:"break-glass" help:"Make the emergency administrator, or give it a new password, and print it once."`
		ActivateLink personLink   `cmd:"" name:"activate-link" help:"Print a link to set the first password."`
	}
	personList struct {
		Find string `arg:"" optional:"" help:"Beginning of a name, pinyin or 工号."`
		JSON bool   `name:"json" help:"Print as JSON."`
	}
	personShow   struct{ onePerson }
	personReset  struct{ onePerson }
	personUnlock struct{ onePerson }
	personLink   struct{ onePerson }
	personGlass  struct {
		JSON bool `name:"json" help:"Print as JSON."`
	}
)

const (
	exampleList   = "\n  neike person list --data DIR 张"
	exampleShow   = "\n  neike person show --data DIR 1001 --json"
	exampleReset  = "\n  neike person reset --data DIR 1001"
	exampleUnlock = "\n  neike person unlock --data DIR 1001"
	exampleGlass  = "\n  neike person break-glass --data DIR"
	exampleLink   = "\n  neike person activate-link --data DIR --url https://neike.example.com 1001"
)

// Help is shown below the usage.
func (personCmd) Help() string {
	return "Examples:" + exampleList + exampleShow + exampleReset + exampleUnlock + exampleGlass + exampleLink
}
func (personList) Help() string   { return "Examples:" + exampleList }
func (personShow) Help() string   { return "Examples:" + exampleShow }
func (personReset) Help() string  { return "Examples:" + exampleReset }
func (personUnlock) Help() string { return "Examples:" + exampleUnlock }
func (personGlass) Help() string {
	return "It works when single sign-on does not; every use alarms administrators and security officers. Examples:" + exampleGlass
}
func (personLink) Help() string { return "Examples:" + exampleLink }

func (c personCmd) Run(r *run, words []string) error {
	args := app.PersonArgs{URL: first(r.settings.get("url"), "http://"+r.settings.get("listen"))}
	name := words[1]
	for verb, one := range map[string]onePerson{"show": c.Show.onePerson, "reset": c.Reset.onePerson, "unlock": c.Unlock.onePerson, "activate-link": c.ActivateLink.onePerson} {
		if verb == name {
			args.No, args.JSON = one.No, one.JSON
		}
	}
	if name == "break-glass" {
		args.JSON = c.BreakGlass.JSON
	}
	if name == "list" {
		args.Find, args.JSON = c.List.Find, c.List.JSON
	}
	return r.do("person "+name, args, nil, r.stdout)
}

package cli

import "neike/internal/app"

type syncCmd struct {
	Connection string `arg:"" optional:"" help:"Id, kind (wecom, feishu, dingtalk, ldap) or name of a connection; without it the connections are listed."`
	Apply      bool   `help:"Take in what is different. Without it nothing is changed."`
	Stop       int    `default:"-1" help:"How many people may be stopped, where the house wants a person to say it." placeholder:"N"`
	Keep       bool   `help:"Stop nobody."`
	JSON       bool   `name:"json" help:"Print the result as JSON."`
}

// Help is shown below the usage.
func (syncCmd) Help() string {
	return `Reads the company's directory now and prints what would change, line by line: + new, ~ changed, = linked,
- stopped or closed, ? to be placed, … waits for that, ! conflict, · stays. With a part of the directory in sight, or many people
missing, nobody is stopped unless --stop says how many.

Examples:
  neike sync --data DIR
  neike sync wecom --data DIR
  neike sync wecom --apply --data DIR
  neike sync wecom --apply --stop 12 --data DIR
  neike sync 7043112200000001 --apply --keep --json --data DIR`
}

func (c syncCmd) Run(r *run) error {
	switch {
	case !c.Apply && (c.Keep || c.Stop >= 0):
		return misuse{"--stop and --keep go with --apply"}
	case c.Keep && c.Stop >= 0:
		return misuse{"--stop says how many people are stopped, --keep that nobody is: give one"}
	}
	return r.do("sync", app.SyncArgs{Connection: c.Connection, Apply: c.Apply, Stop: c.Stop, Keep: c.Keep, JSON: c.JSON}, nil, r.stdout)
}

package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"text/tabwriter"

	"neike/content"
	"neike/internal/app"
)

type importCmd struct {
	Kind    string   `arg:"" enum:"units,people,duty,accounts,calendars,services,places,requests,deliveries,measure-values,relations" help:"units, people, duty, accounts, calendars, services, places, requests, deliveries, measure-values or relations."`
	File    string   `arg:"" help:"CSV, XLSX, YAML or JSON; - reads standard input; for services also the name of a pack that comes along."`
	Mapping string   `help:"Mapping file: which column means what." placeholder:"FILE"`
	DryRun  bool     `name:"dry-run" help:"Judge only; nothing is written."`
	SkipBad bool     `name:"skip-bad" help:"Take in the right rows although others are wrong."`
	Only    []string `name:"only" help:"Of a service pack: codes of the services to take." placeholder:"CODE"`
	JSON    bool     `name:"json" help:"Print the result as JSON."`
}

// Help is shown below the usage.
func (importCmd) Help() string {
	return `Nothing is written when a row is wrong, unless --skip-bad is given. The same file twice changes nothing.

Examples:
  neike import units units.xlsx --data DIR --dry-run
  neike import people people.csv --data DIR
  neike import accounts accounts.csv --data DIR
  neike import services finance --data DIR
  neike import services hr --only hr.onboard,hr.offboard --data DIR
  neike import requests incidents.csv --mapping servicenow.yaml --data DIR --json`
}

func (c importCmd) Run(r *run) error {
	args := app.ImportArgs{Kind: c.Kind, Name: filepath.Base(c.File), DryRun: c.DryRun, SkipBad: c.SkipBad, JSON: c.JSON, Only: c.Only}
	if c.Mapping != "" {
		body, err := os.ReadFile(c.Mapping)
		if err != nil {
			return misuse{err.Error()}
		}
		args.Mapping = string(body)
	}
	in := r.stdin
	if c.File != "-" {
		f, err := os.Open(c.File)
		pack, ok := content.Pack(c.File)
		switch {
		case err == nil:
			defer f.Close()
			in = f
		case ok && c.Kind == "services": // a pack that comes along
			in, args.Name = bytes.NewReader(pack), c.File+".yaml"
		default:
			return misuse{err.Error()}
		}
	}
	return r.do("import", args, in, r.stdout)
}

type exportCmd struct {
	Kind string `arg:"" enum:"units,people,places" help:"units, people or places."`
	File string `arg:"" optional:"" default:"-" help:"Where to; - is standard output."`
}

// Help is shown below the usage.
func (exportCmd) Help() string {
	return `The columns are those that import takes.

Examples:
  neike export people people.csv --data DIR`
}

func (c exportCmd) Run(r *run) error {
	return r.into(c.File, func(w io.Writer) error { return r.do("export", app.ExportArgs{Kind: c.Kind}, nil, w) })
}

// into lets work write a file that appears when it is complete; "-" is standard output.
func (r *run) into(path string, work func(io.Writer) error) error {
	if path == "-" {
		return work(r.stdout)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".neike-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone when it was renamed
	if err := errors.Join(work(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

type backupCmd struct {
	File string `arg:"" help:"The file to write (.tar); - is standard output."`
}

// Help is shown below the usage.
func (backupCmd) Help() string {
	return `A consistent copy of the database and of all files, with checksums. The house may go on serving.
On PostgreSQL the copy is made by neike itself, table by table in one snapshot.

Examples:
  neike backup neike-2026-11-21.tar --data DIR
  neike backup - --data DIR | ssh elsewhere 'cat > neike.tar'`
}

func (c backupCmd) Run(r *run) error {
	return r.into(c.File, func(w io.Writer) error { return r.do("backup", struct{}{}, nil, w) })
}

type restoreCmd struct {
	File string `arg:"" help:"A file that backup wrote; - is standard input."`
}

// Help is shown below the usage.
func (restoreCmd) Help() string {
	return `The backup is unpacked and checked first; only then it takes the place of what is there. The old state
is kept aside: in a folder before-…, on PostgreSQL in a schema of that name. The house must not be serving.

Examples:
  neike restore neike-2026-11-21.tar --data DIR`
}

func (c restoreCmd) Run(r *run) error {
	in := r.stdin
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return misuse{err.Error()}
		}
		defer f.Close()
		in = f
	}
	bar := progressTo(r.stderr)
	defer bar.done()
	aside, err := app.Restore(r.ctx, r.config, in, bar.show)
	if err != nil {
		return err
	}
	fmt.Fprintln(r.stdout, "restored")
	if aside != "" {
		fmt.Fprintln(r.stdout, "the state before is in", aside)
	}
	return nil
}

type proof struct {
	Only []string `arg:"" optional:"" help:"Names; none means all."`
	JSON bool     `name:"json" help:"Print as JSON."`
}

type (
	doctorCmd struct{ proof }
	replayCmd struct{ proof }
	verifyCmd struct {
		JSON bool `name:"json" help:"Print as JSON."`
	}
)

// Run refuses a name that is none: a typo in a nightly job must not pass as a sound house.
func (c doctorCmd) Run(r *run) error { return c.run(r, "doctor", app.Proofs) }

// Run refuses a name that is none.
func (c replayCmd) Run(r *run) error { return c.run(r, "replay", app.Replays) }

func (p proof) run(r *run, command string, names []string) error {
	for _, one := range p.Only {
		if !slices.Contains(names, one) {
			return misuse{fmt.Sprintf("there is no %q here; names are %s", one, strings.Join(names, ", "))}
		}
	}
	return r.do(command, app.ProofArgs(p), nil, r.stdout)
}

// Run reads the whole trail.
func (c verifyCmd) Run(r *run) error {
	return r.do("verify", app.ProofArgs{JSON: c.JSON}, nil, r.stdout)
}

// Help is shown below the usage.
func (doctorCmd) Help() string {
	return `Database, clocks, counters, followers, jobs and the audit trail are compared with the records they come from. Nothing is
changed. The exit code is 1 when something is wrong.

Examples:
  neike doctor --data DIR
  neike doctor clocks tallies --data DIR --json`
}

// Help is shown below the usage.
func (replayCmd) Help() string {
	return `Examples:
  neike replay --data DIR
  neike replay clocks --data DIR --json`
}

// Help is shown below the usage.
func (verifyCmd) Help() string {
	return `Every entry of the trail is chained to the one before by its hash. The exit code is 1 when the chain is broken.

Examples:
  neike verify --data DIR
  neike verify --database-url postgres://neike@db/neike --json`
}

type migrateCmd struct{}

// Help is shown below the usage.
func (migrateCmd) Help() string {
	return `Serving does this by itself. Make a backup before; the house must not be serving.

Examples:
  neike migrate --data DIR
  neike migrate --database-url postgres://neike@db/neike`
}

func (migrateCmd) Run(r *run) error {
	n, err := app.Migrate(r.ctx, r.config)
	if err != nil {
		return err
	}
	fmt.Fprintf(r.stdout, "%d steps applied\n", n)
	return nil
}

type openapiCmd struct{}

// Help is shown below the usage.
func (openapiCmd) Help() string {
	return `Examples:
  neike openapi > openapi.json`
}

func (openapiCmd) Run(r *run) error {
	dir, err := os.MkdirTemp("", "neike-openapi-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	c := r.config
	c.Data, c.DatabaseURL = dir, ""
	a, err := app.New(r.ctx, c)
	if err != nil {
		return err
	}
	doc, err := a.Mux.Spec()
	if err := errors.Join(err, a.Close()); err != nil {
		return err
	}
	_, err = r.stdout.Write(doc)
	return err
}

type configCmd struct {
	JSON bool `name:"json" help:"Print as JSON."`
}

// Help is shown below the usage.
func (configCmd) Help() string {
	return `A flag counts more than a variable, a variable more than the file. Passwords are not shown.

Examples:
  neike config --data DIR
  NEIKE_LISTEN=:8080 neike config --json`
}

func (c configCmd) Run(r *run) error {
	list := make(settings, len(r.settings))
	for i, s := range r.settings {
		list[i] = s
		list[i].Value = s.shown()
	}
	if c.JSON {
		enc := json.NewEncoder(r.stdout)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(list)
	}
	w := tabwriter.NewWriter(r.stdout, 0, 0, 2, ' ', 0)
	for _, s := range list {
		value := s.Value
		if value == "" {
			value = "-"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", s.Name, value, s.Origin, s.help)
	}
	return w.Flush()
}

type versionCmd struct {
	JSON bool `name:"json" help:"Print as JSON."`
}

// Help is shown below the usage.
func (versionCmd) Help() string {
	return `Examples:
  neike version --json`
}

func (c versionCmd) Run(r *run) error {
	if c.JSON {
		return json.NewEncoder(r.stdout).Encode(map[string]string{"version": Version()})
	}
	_, err := fmt.Fprintln(r.stdout, "neike", Version())
	return err
}

// Release is the number of this release.
const Release = "0.1.0"

// Version is the release, with the commit it was built from when that is known.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return Release
	}
	parts := []string{Release}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			parts = append(parts, s.Value[:12])
		}
		if s.Key == "vcs.modified" && s.Value == "true" {
			parts = append(parts, "changed")
		}
	}
	return strings.Join(parts, "+")
}

// Package cli is the command line: it reads flags, variables and the configuration file, and does the work here or
// lets the process do it that has the data folder.
package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"neike/internal/app"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

// Exit codes.
const (
	Fine   = 0
	Failed = 1
	Misuse = 2
)

// globals are the flags that every command takes. A pointer is nil when the flag was not given.
type globals struct {
	Config      string  `help:"Configuration file (TOML). Default: neike.toml in the data folder or here." placeholder:"FILE"`
	Data        *string `help:"Folder of the embedded database, files and index (default data)." placeholder:"DIR"`
	DatabaseURL *string `name:"database-url" help:"PostgreSQL instead of the embedded database." placeholder:"URL"`
	URL         *string `name:"url" help:"Public address, for links that are sent or printed." placeholder:"URL"`
	Proxies     *string `help:"Addresses of proxies to believe, separated by commas." placeholder:"CIDR"`
	LogLevel    *string `name:"log-level" help:"debug, info, warn or error (default info)." placeholder:"LEVEL"`
	LogFormat   *string `name:"log-format" help:"text or json (default text)." placeholder:"FORMAT"`
	Lang        string  `help:"Language of messages: zh or en. Default: as the terminal." placeholder:"zh|en"`
}

type commandLine struct {
	globals
	Serve   serveCmd   `cmd:"" help:"Serve the house."`
	Demo    demoCmd    `cmd:"" help:"Make a demo company in an empty data folder and serve it."`
	Import  importCmd  `cmd:"" help:"Take in units, people, services or requests from a file."`
	Export  exportCmd  `cmd:"" help:"Write units or people as a file that import takes."`
	Sync    syncCmd    `cmd:"" help:"Read a company's directory and say, or take in, what is different."`
	Token   tokenCmd   `cmd:"" help:"API tokens."`
	Person  personCmd  `cmd:"" help:"People and their accounts."`
	Backup  backupCmd  `cmd:"" help:"Write everything into one file, while serving."`
	Restore restoreCmd `cmd:"" help:"Put a backup in the place of what is there; the old state is kept aside."`
	Doctor  doctorCmd  `cmd:"" help:"Prove the numbers against the records."`
	Replay  replayCmd  `cmd:"" help:"Rebuild derived rows from the records they come from."`
	Verify  verifyCmd  `cmd:"" help:"Prove that the audit trail is whole."`
	Migrate migrateCmd `cmd:"" help:"Bring the database up to date."`
	OpenAPI openapiCmd `cmd:"" name:"openapi" help:"Print the OpenAPI document."`
	Bench   benchCmd   `cmd:"" help:"Measure what this machine can do."`
	Show    configCmd  `cmd:"" name:"config" help:"Print the settings and where each comes from."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

// run is what a command gets: the world and the settings.
type run struct {
	ctx            context.Context
	stdin          io.Reader
	stdout, stderr io.Writer
	settings       settings
	config         app.Config
	locale         string
}

type exit int

// Main runs a command line and gives the exit code: 0 fine, 1 failed, 2 wrong usage.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	defer func() {
		if p := recover(); p != nil {
			e, ok := p.(exit)
			if !ok {
				panic(p) // keeps its stack
			}
			code = int(e)
		}
	}()
	var line commandLine
	parser, err := kong.New(&line,
		kong.Name("neike"),
		kong.Description("Neike (内客) – internal customer management.\n\nSettings come from flags, NEIKE_… variables and one file; `neike config` shows them with their origin."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { panic(exit(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true, NoExpandSubcommands: true}),
		kong.UsageOnError(),
	)
	if err != nil { // the struct above is wrong
		panic(err)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(stderr, "neike: %v\n\nSee `neike --help`.\n", err)
		return Misuse
	}
	if line.Lang != "" && !slices.Contains(lang.Locales, line.Lang) {
		fmt.Fprintf(stderr, "neike: --lang must be one of %s, not %q\n", strings.Join(lang.Locales, ", "), line.Lang)
		return Misuse
	}
	r := &run{ctx: ctx, stdin: stdin, stdout: stdout, stderr: stderr, locale: locale(line.Lang, os.Getenv)}
	if r.settings, err = gather(line.given(), os.Getenv, line.Config); err == nil {
		r.config, err = r.settings.config(stderr)
	}
	if err != nil {
		fmt.Fprintln(stderr, "neike:", err)
		return Misuse
	}
	return r.report(parsed.Run(r, strings.Fields(parsed.Command())))
}

// report says what went wrong, once.
func (r *run) report(err error) int {
	var usage misuse
	switch {
	case err == nil:
		return Fine
	case errors.As(err, &usage):
		fmt.Fprintln(r.stderr, "neike:", err)
		return Misuse
	case errors.Is(err, app.ErrFilling):
		fmt.Fprintf(r.stderr, "neike: %v\nWait until it says where to sign in, then try again.\n", err)
	case errors.Is(err, app.ErrHeld):
		fmt.Fprintf(r.stderr, "neike: %v\nStop it first, or give another folder with --data.\n", err)
	case errors.Is(err, sqldb.ErrNewer):
		fmt.Fprintf(r.stderr, "neike: %v\nNothing was changed. Use the neike that was here last, or a newer one.\n", err)
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(r.stderr, "neike: interrupted")
	default:
		fmt.Fprintln(r.stderr, "neike:", err)
	}
	return Failed
}

// misuse is an error of whoever typed the command.
type misuse struct{ text string }

func (m misuse) Error() string { return m.text }

// given are the settings that flags set.
func (g globals) given() map[string]string {
	values := map[string]string{}
	v := reflect.ValueOf(g)
	for i := range v.NumField() {
		text, ok := v.Field(i).Interface().(*string)
		if !ok || text == nil {
			continue
		}
		name := v.Type().Field(i).Tag.Get("name")
		if name == "" {
			name = strings.ToLower(v.Type().Field(i).Name)
		}
		values[name] = *text
	}
	return values
}

// locale is the language of messages: as asked, or as the terminal's, Chinese for Chinese and English otherwise.
func locale(asked string, env func(string) string) string {
	if asked != "" {
		return asked
	}
	if strings.HasPrefix(first(env("LC_ALL"), env("LC_MESSAGES"), env("LANG")), "zh") {
		return "zh"
	}
	return "en"
}

// do lets the process do a command that has the database: the one that serves the data folder, or this one.
func (r *run) do(name string, args any, in io.Reader, out io.Writer) error {
	raw, err := json.Marshal(args)
	if err != nil {
		return err
	}
	bar := progressTo(r.stderr)
	defer bar.done()
	c := &app.Call{Args: raw, Locale: r.locale, In: in, Out: out, Progress: bar.show}
	for end := time.Now().Add(patience); ; {
		err := r.try(name, c)
		if !errors.Is(err, app.ErrHeld) || errors.Is(err, app.ErrFilling) || time.Now().After(end) {
			return err
		}
		select { // it is about to serve, or to end
		case <-time.After(100 * time.Millisecond):
		case <-r.ctx.Done():
			return r.ctx.Err()
		}
	}
}

// patience is how long a command waits for a process that has the folder and does not answer.
const patience = 15 * time.Second

// try is do, once; ErrHeld when a process has the folder that does not answer.
func (r *run) try(name string, c *app.Call) error {
	if r.config.DatabaseURL == "" {
		busy, err := app.IsHeld(r.config.Data)
		if err != nil {
			return err
		}
		if busy {
			return app.Send(r.ctx, r.config.Data, name, c)
		}
		if err := r.exists(); err != nil {
			return err
		}
	}
	a, err := app.New(r.ctx, r.config)
	if err != nil {
		return err
	}
	return errors.Join(a.Do(r.ctx, name, c), a.Close())
}

// exists refuses to make a new house where somebody mistyped the folder.
func (r *run) exists() error {
	if _, err := os.Stat(r.config.Data); errors.Is(err, os.ErrNotExist) {
		return misuse{fmt.Sprintf("there is no data folder %s; `neike serve --data %s` makes one", r.config.Data, r.config.Data)}
	}
	return nil
}

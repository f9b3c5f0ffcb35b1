package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"neike/internal/kit/lang"
)

func init() {
	offer("doctor", doctor)
	offer("replay", replay)
	offer("verify", verify)
}

// ProofArgs are those of doctor, replay and verify.
type ProofArgs struct {
	Only []string // names; none means all
	JSON bool
}

func (p ProofArgs) wants(name string) bool {
	if len(p.Only) == 0 {
		return true
	}
	for _, one := range p.Only {
		if one == name {
			return true
		}
	}
	return false
}

// errFound ends a command whose findings have been printed; its text is the last line.
func found(ctx context.Context, n int) error {
	if n == 0 {
		return nil
	}
	return errors.New(lang.T(ctx, "app.found", "count", n))
}

type checked struct {
	Name     string    `json:"check"`
	Problems []Problem `json:"problems"`
}

// doctor runs every check and prints what it found.
func doctor(ctx context.Context, a *App, c *Call) error {
	var args ProofArgs
	if err := c.Decode(&args); err != nil {
		return err
	}
	if err := a.Bus.Drain(ctx); err != nil { // numbers are proven against everything that happened
		return err
	}
	results, err := a.examine(ctx, args, c.Progress)
	if err != nil {
		return err
	}
	total := 0
	for _, r := range results {
		for _, p := range r.Problems {
			total += 1 + p.more
		}
	}
	if args.JSON {
		if err := printJSON(c, results); err != nil {
			return err
		}
	} else if err := errors.Join(printChecks(ctx, c.Out, results), a.remind(ctx, c.Out)); err != nil {
		return err
	}
	return found(ctx, total)
}

// examine runs the checks side by side, two at a time: they only read. Results keep the order of the checks.
func (a *App) examine(ctx context.Context, args ProofArgs, progress func(done, total int64, what string)) ([]checked, error) {
	wanted := slices.DeleteFunc(slices.Clone(a.checks), func(k Check) bool {
		return !args.wants(k.Name) || (k.Asked && len(args.Only) == 0)
	})
	results := make([]checked, len(wanted))
	var mu sync.Mutex
	done := int64(0)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2)
	for i, k := range wanted {
		group.Go(func() error {
			problems, err := k.Run(ctx)
			if err != nil {
				return fmt.Errorf("%s: %w", k.Name, err)
			}
			results[i] = checked{k.Name, append([]Problem{}, problems...)}
			mu.Lock()
			defer mu.Unlock()
			done++
			progress(done, int64(len(wanted)), k.Name)
			return nil
		})
	}
	return results, group.Wait()
}

func printChecks(ctx context.Context, w io.Writer, results []checked) error {
	for _, r := range results {
		line := "✓ " + r.Name
		if len(r.Problems) > 0 {
			line = "✗ " + r.Name
		}
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
		for _, p := range r.Problems {
			if _, err := fmt.Fprintf(w, "    %s: %s\n", p.Where, p.What); err != nil {
				return err
			}
		}
	}
	return nil
}

// replay rebuilds derived rows from the records they come from.
func replay(ctx context.Context, a *App, c *Call) error {
	var args ProofArgs
	if err := c.Decode(&args); err != nil {
		return err
	}
	type replayed struct {
		Name    string `json:"name"`
		Changed int    `json:"changed"`
	}
	results := []replayed{}
	rows := [][]string{}
	for i, r := range a.replayers {
		if !args.wants(r.Name) {
			continue
		}
		c.Progress(int64(i), int64(len(a.replayers)), r.Name)
		n, err := r.Run(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", r.Name, err)
		}
		results = append(results, replayed{r.Name, n})
		rows = append(rows, []string{r.Name, lang.T(ctx, "app.rebuilt", "count", n)})
	}
	if args.JSON {
		return printJSON(c, results)
	}
	return printTable(c, rows)
}

// verify reads the whole audit trail and proves its chain.
func verify(ctx context.Context, a *App, c *Call) error {
	var args ProofArgs
	if err := c.Decode(&args); err != nil {
		return err
	}
	if err := a.Bus.Drain(ctx); err != nil {
		return err
	}
	report, err := a.Trail.Verify(ctx)
	if err != nil {
		return err
	}
	if args.JSON {
		if err := printJSON(c, report); err != nil {
			return err
		}
		return found(ctx, len(report.Findings))
	}
	if _, err := fmt.Fprintln(c.Out, lang.T(ctx, "app.trail", "count", report.Rows, "head", report.Head)); err != nil {
		return err
	}
	for _, f := range report.Findings {
		if _, err := fmt.Fprintf(c.Out, "  %d (event %d): %s\n", f.N, f.Seq, lang.T(ctx, "app.trail-"+f.What)); err != nil {
			return err
		}
	}
	return found(ctx, len(report.Findings))
}

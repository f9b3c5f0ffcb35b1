package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// bar shows progress: one moving line on a terminal, a line every few seconds elsewhere.
type bar struct {
	w        io.Writer
	terminal bool
	last     time.Time
	drawn    bool
}

func progressTo(w io.Writer) *bar {
	b := &bar{w: w, last: time.Now()}
	if f, ok := w.(*os.File); ok {
		if info, err := f.Stat(); err == nil {
			b.terminal = info.Mode()&os.ModeCharDevice != 0
		}
	}
	return b
}

func (b *bar) show(done, total int64, what string) {
	pause := 5 * time.Second
	if b.terminal {
		pause = 100 * time.Millisecond
	}
	if time.Since(b.last) < pause {
		return
	}
	b.last = time.Now()
	text := fmt.Sprintf("%s %d", what, done)
	if total > 0 {
		text = fmt.Sprintf("%s %d/%d", what, done, total)
	}
	if !b.terminal {
		fmt.Fprintln(b.w, text)
		return
	}
	if total > 0 {
		full := int(min(done, total) * 30 / total)
		text = "[" + strings.Repeat("█", full) + strings.Repeat("·", 30-full) + "] " + text
	}
	fmt.Fprintf(b.w, "\r\x1b[K%s", text)
	b.drawn = true
}

func (b *bar) done() {
	if b.drawn {
		fmt.Fprint(b.w, "\r\x1b[K")
	}
}

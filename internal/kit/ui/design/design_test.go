package design

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
)

func words(t testing.TB, locale string) context.Context {
	t.Helper()
	book, err := lang.New(ui.Locale)
	if err != nil {
		t.Fatal(err)
	}
	return lang.With(context.Background(), book, locale, "Asia/Shanghai")
}

func render(t testing.TB, ctx context.Context, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var forbidden = regexp.MustCompile(`\s(style|on[a-z]+)="|<script>|<style|javascript:`)

// Every page renders in both languages without anything the content policy
// would stop, and its English has no Chinese left in it.
func TestViews(t *testing.T) {
	for _, name := range Names {
		for _, locale := range []string{"zh", "en"} {
			ctx := words(t, locale)
			html := render(t, ui.With(ctx, Sample(ctx, "/design/"+name, "")), View(name))
			if m := forbidden.FindString(html); m != "" {
				t.Errorf("%q in %s: the content policy forbids it", m, name)
			}
			if strings.Contains(html, "ui.") && regexp.MustCompile(`>ui\.[a-z-]+<`).MatchString(html) {
				t.Errorf("%s in %s shows the id of a message", name, locale)
			}
			ids := map[string]bool{}
			for _, m := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(html, -1) {
				if ids[m[1]] {
					t.Errorf("id %q stands twice in %s", m[1], name)
				}
				ids[m[1]] = true
			}
		}
	}
}

// A list of 50 rows in its frame stays small.
func TestWeight(t *testing.T) {
	ctx := words(t, "zh")
	html := render(t, ui.With(ctx, Sample(ctx, "/", "")), framed(manyRows(50)))
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := io.WriteString(z, html); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("50 rows: %d bytes, %d packed", len(html), packed.Len())
	if len(html) > 100<<10 || packed.Len() > 15<<10 {
		t.Errorf("a page of 50 rows has %d bytes, %d packed; at most 100 KB and 15 KB", len(html), packed.Len())
	}
}

func framed(c templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return ui.Page(ui.PageProps{Title: "50", Active: "queue"}).Render(templ.WithChildren(ctx, c), w)
	})
}

func BenchmarkFiftyRows(b *testing.B) {
	ctx := words(b, "zh")
	ctx = ui.With(ctx, Sample(ctx, "/", ""))
	page := framed(manyRows(50))
	b.ReportAllocs()
	var buf bytes.Buffer
	for b.Loop() {
		buf.Reset()
		if err := page.Render(ctx, &buf); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMatrix(b *testing.B) {
	ctx := words(b, "zh")
	p := matrix(ctx)
	var buf bytes.Buffer
	b.ReportAllocs()
	for b.Loop() {
		buf.Reset()
		if err := ui.Matrix(p).Render(ctx, &buf); err != nil {
			b.Fatal(err)
		}
	}
}

// Package prose turns what people write in Markdown into HTML that may stand in a page, and into plain words.
//
// Headings, lists, tables, links, emphasis, code and pictures; a line break is a line break. HTML in the text is not taken
// over. Pictures are files of this house alone: nothing is fetched from elsewhere when somebody reads. The result passes a
// second, independent gate (bluemonday), so that a fault of the first shows words and not a script.
package prose

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// HTML is the text as a fragment of a page. Headings begin one level lower than they are written: the page has its own first.
func HTML(markdown string) (string, error) {
	var b bytes.Buffer
	if err := reader().Convert([]byte(markdown), &b); err != nil {
		return "", fmt.Errorf("read markdown: %w", err)
	}
	return gate().Sanitize(b.String()), nil
}

// Plain is the words of the text alone, with single spaces, at most n characters.
func Plain(markdown string, n int) string {
	source := []byte(markdown)
	var b strings.Builder
	room := 4 * n // bytes; the cut by characters follows
	_ = ast.Walk(reader().Parser().Parse(text.NewReader(source)), func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if b.Len() > room {
			return ast.WalkStop, nil
		}
		switch x := node.(type) {
		case *ast.Text:
			if entering {
				b.Write(x.Segment.Value(source))
				if x.SoftLineBreak() || x.HardLineBreak() {
					b.WriteByte(' ')
				}
			}
		case *ast.CodeBlock, *ast.FencedCodeBlock:
			if entering {
				for i := range node.Lines().Len() {
					line := node.Lines().At(i)
					b.Write(line.Value(source))
				}
			}
		case *ast.AutoLink:
			if entering {
				b.Write(x.Label(source))
			}
		default:
			if !entering && (node.Type() == ast.TypeBlock || node.Kind() == east.KindTableCell) {
				b.WriteByte(' ')
			}
		}
		return ast.WalkContinue, nil
	}) // the walk above fails never
	words := []rune(strings.Join(strings.Fields(b.String()), " "))
	return string(words[:min(n, len(words))])
}

// Files are the ids of this house's files that the text shows or links to, each once, in order.
func Files(markdown string) []int64 {
	var out []int64
	seen := map[int64]bool{}
	source := []byte(markdown)
	_ = ast.Walk(reader().Parser().Parse(text.NewReader(source)), func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		var to []byte
		switch x := node.(type) {
		case *ast.Image:
			to = x.Destination
		case *ast.Link:
			to = x.Destination
		}
		if m := fileAt.FindSubmatch(to); entering && m != nil {
			if id, err := strconv.ParseInt(string(m[1]), 10, 64); err == nil && !seen[id] {
				seen[id] = true
				out = append(out, id)
			}
		}
		return ast.WalkContinue, nil
	})
	return out
}

var (
	fileAt = regexp.MustCompile(`^/files/([0-9]{1,19})/[^/?#]+$`)
	linked = regexp.MustCompile(`^(https?://|mailto:|tel:|/[^/\\]|/$|#)`)
	align  = regexp.MustCompile(`^(left|right|center)$`)
)

// reader reads Markdown as this house writes it. It is safe for concurrent use.
var reader = sync.OnceValue(func() goldmark.Markdown {
	return goldmark.New(
		goldmark.WithExtensions(extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)), extension.Strikethrough, extension.NewLinkify(extension.WithLinkifyAllowedProtocols([]string{"http:", "https:"}))),
		goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(house{}, 500))),
		goldmark.WithRendererOptions(html.WithHardWraps()))
})

// gate lets through what HTML may contain and nothing else.
var gate = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "ul", "ol", "li", "strong", "em", "del", "code", "pre", "blockquote", "table", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowAttrs("align").Matching(align).OnElements("th", "td")
	p.AllowAttrs("href").Matching(linked).OnElements("a")
	p.AllowAttrs("src").Matching(fileAt).OnElements("img")
	p.AllowAttrs("alt", "title").OnElements("img", "a")
	p.AllowAttrs("loading").Matching(regexp.MustCompile(`^lazy$`)).OnElements("img")
	p.AllowURLSchemes("http", "https", "mailto", "tel")
	p.AllowRelativeURLs(true)
	p.RequireNoReferrerOnFullyQualifiedLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(true)
	return p
})

// house lowers headings by one and turns pictures from elsewhere into links to them.
type house struct{}

// Transform changes the tree before it is written.
func (house) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	var foreign []*ast.Image
	_ = ast.Walk(doc, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch x := node.(type) {
		case *ast.Heading:
			x.Level = min(x.Level+1, 6)
		case *ast.Image:
			if fileAt.Match(x.Destination) {
				x.SetAttributeString("loading", []byte("lazy"))
			} else {
				foreign = append(foreign, x)
			}
		}
		return ast.WalkContinue, nil
	})
	for _, x := range foreign {
		link := ast.NewLink()
		link.Destination = x.Destination
		for c := x.FirstChild(); c != nil; {
			next := c.NextSibling()
			link.AppendChild(link, c)
			c = next
		}
		if link.FirstChild() == nil {
			link.AppendChild(link, ast.NewString(x.Destination))
		}
		x.Parent().ReplaceChild(x.Parent(), x, link)
	}
}

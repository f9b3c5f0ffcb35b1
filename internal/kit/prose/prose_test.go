package prose

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestWhatIsWrittenIsShown(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"a heading begins below the page's", "# 第一步", "<h2>第一步</h2>\n"},
		{"a line break is one", "甲\n乙", "<p>甲<br>\n乙</p>\n"},
		{"a list", "- 甲\n- 乙", "<ul>\n<li>甲</li>\n<li>乙</li>\n</ul>\n"},
		{"a picture of the house", "![图](/files/12/a.png)", `<p><img src="/files/12/a.png" alt="图" loading="lazy"></p>` + "\n"},
		{"a link within the house", "[服务](/services)", `<p><a href="/services">服务</a></p>` + "\n"},
		{"a link to elsewhere", "[x](https://example.com)", `<p><a href="https://example.com" rel="noreferrer noopener" target="_blank">x</a></p>` + "\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, err := HTML(c.in); err != nil || got != c.want {
				t.Errorf("%q %v", got, err)
			}
		})
	}
	table, _ := HTML("| 项 | 数 |\n|---|--:|\n| 甲 | 1 |")
	if !strings.Contains(table, `<td align="right">1</td>`) {
		t.Error(table)
	}
}

func TestNothingOfItRuns(t *testing.T) {
	for _, in := range []string{
		"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[a](javascript:alert(1))", "[a](JaVaScRiPt:alert(1))", "![a](javascript:alert(1))",
		"[a](data:text/html;base64,PHNjcmlwdD4=)", "![a](https://spy.example/pixel.png)", "![a](//spy.example/p.png)", "[a](//spy.example)", "![a](/files/1/../../services)",
		"<a href='javascript:alert(1)'>x</a>", "<svg/onload=alert(1)>", "```\n<script>alert(1)</script>\n```", "<iframe src=//x></iframe>", "[a](vbscript:x)", "<style>*{}</style>",
		`[a](https://x.example/"onmouseover=alert(1))`, "&lt;script&gt;", "![\"onload=alert(1)](/files/1/a.png)", "[x]: javascript:alert(1)\n[x]", "<javascript:alert(1)>",
	} {
		got, err := HTML(in)
		if err != nil {
			t.Fatal(err)
		}
		low := strings.ToLower(got)
		for _, bad := range []string{"<script", "<iframe", "<svg", "<style", `href="javascript`, `href="data`, `href="vbscript`, `href="//`, `src="h`, `src="//`, `src="j`, " onerror=\"", "\" onload", `"onmouseover`} {
			if strings.Contains(low, bad) {
				t.Errorf("%q became %q", in, got)
			}
		}
	}
}

func TestWordsAlone(t *testing.T) {
	if got := Plain("# 连不上\n\n- 先看 **网络**\n- 再看[状态](/x)\n\n| 甲 | 乙 |\n|--|--|\n| 1 | 2 |", 100); got != "连不上 先看 网络 再看状态 甲 乙 1 2" {
		t.Errorf("%q", got)
	}
	if got := Plain("一二三四五", 3); got != "一二三" {
		t.Errorf("%q", got)
	}
}

func TestFilesOfTheHouse(t *testing.T) {
	got := Files("![a](/files/12/a.png) ![b](/files/12/a.png) [c](/files/7/c.pdf) ![x](https://e.example/files/9/x.png)")
	if !reflect.DeepEqual(got, []int64{12, 7}) {
		t.Error(got)
	}
}

func TestALongTextOfTrickeryIsQuick(t *testing.T) {
	for _, in := range []string{strings.Repeat("> ", 10000), strings.Repeat("[", 20000), strings.Repeat("*a_ ", 5000), strings.Repeat("- ", 10000), strings.Repeat("![", 10000), strings.Repeat("|a", 10000) + "\n" + strings.Repeat("|-", 10000)} {
		began := time.Now()
		if _, err := HTML(in); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(began); d > 2*time.Second {
			t.Errorf("%.10q… took %v", in, d)
		}
	}
}

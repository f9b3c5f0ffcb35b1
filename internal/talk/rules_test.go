package talk

import (
	"slices"
	"strings"
	"testing"

	"neike/internal/kit/fault"
)

func TestMentioned(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"each once, in order", "@[2002] 和 @[1001]，@[2002]", []string{"2002", "1001"}},
		{"leading zeros and letters stay", "@[00123] @[A-7]", []string{"00123", "A-7"}},
		{"an address is none", "a@b.com, @张三, @[], @[a b]", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Mentioned(c.text); !slices.Equal(got, c.want) {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestPieces(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a link ends before the full stop", "see http://a.b/c. Then", "text:see |link:http://a.b/c|text:. Then"},
		{"a link ends before Chinese punctuation", "见https://a.b/c，好", "text:见|link:https://a.b/c|text:，好"},
		{"only http and https are links", "javascript:alert(1) ftp://x", "text:javascript:alert(1) ftp://x"},
		{"a mention beside a link", "@[1]https://x.y", "mention:1|link:https://x.y"},
		{"nothing", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, p := range Pieces(c.text) {
				got = append(got, p.Kind+":"+p.Text)
			}
			if strings.Join(got, "|") != c.want {
				t.Errorf("got %q", strings.Join(got, "|"))
			}
		})
	}
}

func FuzzPieces(f *testing.F) {
	f.Add("a @[1] https://x.y/z) b")
	f.Fuzz(func(t *testing.T, text string) {
		var b strings.Builder
		for _, p := range Pieces(text) {
			if p.Kind == "mention" {
				b.WriteString("@[" + p.Text + "]")
			} else {
				b.WriteString(p.Text)
			}
		}
		if b.String() != text {
			t.Errorf("%q became %q", text, b.String())
		}
	})
}

func TestChecked(t *testing.T) {
	for _, c := range []struct {
		name string
		m    Message
		want string
	}{
		{"blank space is no message", Message{Kind: KindMessage, Text: " \r\n\x00 "}, "text talk.empty"},
		{"a file alone is one", Message{Kind: KindMessage, Files: []ID{1}}, ""},
		{"too long and too many at once", Message{Kind: KindNote, Text: strings.Repeat("长", MaxText+1), Files: make([]ID, MaxFiles+1)}, "text talk.too-long, files talk.too-many-files"},
		{"just long enough", Message{Kind: KindNote, Text: strings.Repeat("长", MaxText)}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := checked(c.m)
			var got []string
			if f, ok := fault.As(err); ok {
				for _, x := range f.Fields {
					got = append(got, x.Name+" "+x.Key)
				}
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestFileName(t *testing.T) {
	for in, want := range map[string]string{
		"..\\..\\windows\\a.txt": "a.txt", "/etc/passwd": "passwd", "a\u202etxt.exe": "atxt.exe", " . ": "file", "": "file", "报告（终稿）.pdf": "报告（终稿）.pdf",
	} {
		if got := fileName(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := []rune(fileName(strings.Repeat("长", 300) + ".xlsx")); len(got) != 150 || !strings.HasSuffix(string(got), ".xlsx") {
		t.Errorf("%d characters", len(got))
	}
}

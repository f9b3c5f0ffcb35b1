package lang

import "testing"

func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"":                          "",
		"打印机卡纸":                     "打印机卡纸",
		"  a  ":                     "  a  ",
		" \n\t ":                    "",
		"\u200b\u200b":              "",
		" \u3164\u2800\ufe0f\u00ad": "",
		"\u202e反转\u202c x":          "反转 x",
		"\u2067\u2069":              "",
		"a\x00b":                    "ab",
		"مرحبا\u200f":               "مرحبا\u200f",
		"👩\u200d👧":                  "👩\u200d👧",
		"❤\ufe0f":                   "❤\ufe0f",
	} {
		if got := Plain(text); got != want {
			t.Errorf("Plain(%q) = %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]bool{"打印机 a\n": true, " ": true, "a\u200b": false, "\u202e反转": false, "a\x00": false} {
		if PlainAlready(text) != want {
			t.Errorf("PlainAlready(%q) = %v", text, !want)
		}
	}
}

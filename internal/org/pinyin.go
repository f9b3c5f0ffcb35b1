package org

import (
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
)

// nameKeys are what a name is found by besides itself: the whole pinyin ("wangfang") and its initials ("wf"). Letters
// and digits of a name stay in both. The surname readings that differ from the common one are taken (单 shan, 曾 zeng).
func nameKeys(name string) (full, initials string) {
	var f, i strings.Builder
	fresh := true // at the beginning of a word
	for n, r := range []rune(name) {
		switch {
		case unicode.Is(unicode.Han, r):
			reading := surnames[r]
			if n != 0 || reading == "" {
				reading = first(pinyin.SinglePinyin(r, plain))
			}
			if reading == "" {
				reading = string(r)
			}
			f.WriteString(reading)
			i.WriteString(string([]rune(reading)[:1]))
			fresh = true
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			low := string(unicode.ToLower(r))
			f.WriteString(low)
			if fresh {
				i.WriteString(low)
			}
			fresh = unicode.IsDigit(r)
		default:
			fresh = true
		}
	}
	return f.String(), i.String()
}

var plain = pinyin.NewArgs()

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// surnames are the characters that read differently in front of a name.
var surnames = map[rune]string{
	'单': "shan", '曾': "zeng", '解': "xie", '仇': "qiu", '朴': "piao", '查': "zha", '区': "ou", '盖': "ge", '翟': "zhai",
	'冼': "xian", '种': "chong", '缪': "miao", '员': "yun", '尉': "wei", '乐': "yue", '华': "hua", '召': "shao", '宁': "ning",
	'逄': "pang", '覃': "qin", '秘': "bi", '折': "she", '黑': "he", '重': "chong", '万': "wan", '石': "shi", '沈': "shen",
	'会': "gui", '牟': "mou", '隗': "wei", '尹': "yin", '燕': "yan", '贾': "jia", '褚': "chu", '纪': "ji", '令': "ling",
	'那': "na", '能': "nai", '强': "qiang", '任': "ren", '卜': "bu", '薄': "bo", '晁': "chao", '谌': "chen", '缴': "jiao",
}

// latinKey is the English name as it is searched: small letters and digits, words in order.
func latinKey(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// Keys are what a title is found by besides itself: its whole pinyin and its initials, read as words, not as a name.
func Keys(title string) (full, initials string) { return nameKeys("·" + title) }

package article

import (
	"slices"
	"testing"
	"time"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
)

func TestWordsAreChecked(t *testing.T) {
	both := lang.Text{Zh: "甲", En: "a"}
	for _, c := range []struct {
		name string
		w    Words
		want []string
	}{
		{"the main language is enough", Words{Title: lang.Text{Zh: "甲"}, Body: lang.Text{Zh: "乙"}}, nil},
		{"the other is not", Words{Title: lang.Text{En: "a"}, Body: lang.Text{En: "b"}}, []string{"title.zh form.required", "body.zh form.required"}},
		{"nothing at all", Words{}, []string{"title.zh form.required", "body.zh form.required"}},
		{"a title without its text", Words{Title: both, Body: lang.Text{Zh: "乙"}}, []string{"body.en article.body-missing"}},
		{"a text without its title", Words{Title: lang.Text{Zh: "甲"}, Body: both}, []string{"title.en article.title-missing"}},
		{"too many services", Words{Title: both, Body: both, Services: make([]int64, maxServices+1)}, []string{"services article.services-many"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var f fault.Fields
			checkWords(&f, "zh", c.w)
			var got []string
			for _, x := range f.All() {
				got = append(got, x.Name+" "+x.Key)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

func TestPiecesOfWords(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"VPN 连不上", []string{"vpn", "不上", "连不"}},
		{"a 报", []string{"报"}},
		{"报销-报销", []string{"报销"}},
		{"", nil},
	} {
		if got := grams(c.text); !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}

func TestTheNearestRisesToTheTop(t *testing.T) {
	day := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	vpn := &Head{Number: 1, titles: "vpn 连不上怎么办", keys: "vpn 连不上怎么办\n先看网络", Published: day}
	pay := &Head{Number: 2, titles: "报销要哪些发票", keys: "报销要哪些发票\nvpn 也能报", Published: day.AddDate(0, 0, 1)}
	old := &Head{Number: 3, titles: "换电脑", keys: "换电脑", Published: day.AddDate(0, 0, -9)}
	all := []*Head{old, pay, vpn}
	for _, c := range []struct {
		name, typed string
		want        []int64
	}{
		{"with nothing typed the newest", "", []int64{2, 1, 3}},
		{"a word in the title counts more than one in the text", "我的 VPN 坏了", []int64{1, 2, 3}},
		{"what fits nothing changes nothing", "zzzz", []int64{2, 1, 3}},
	} {
		var got []int64
		for _, h := range best(all, c.typed, 5) {
			got = append(got, h.Number)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestAShareIsSaidFromFiveOn(t *testing.T) {
	if _, _, _, ok := (Count{Solved: 3, Asked: 1}).Share(); ok {
		t.Error("four forms give a share")
	}
	value, low, high, ok := (Count{Solved: 4, Asked: 1}).Share()
	if !ok || value != 0.8 || low > 0.38 || low < 0.37 || high > 0.97 || high < 0.96 {
		t.Error(value, low, high, ok)
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		text string
		want int64
	}{{"A-101", 101}, {"a-7", 7}, {"A101", 0}, {"A--1", 0}, {"A-0", 0}, {"", 0}, {"A-99999999999999999999", 0}} {
		if got, err := ParseRef(c.text); got != c.want || (err == nil) != (c.want != 0) {
			t.Errorf("%q: %d %v", c.text, got, err)
		}
	}
}

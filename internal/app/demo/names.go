package demo

import "math/rand/v2"

// name is a Chinese name with its spelling, family name first.
type name struct{ zh, en string }

var families = []name{
	{"王", "Wang"}, {"李", "Li"}, {"张", "Zhang"}, {"刘", "Liu"}, {"陈", "Chen"}, {"杨", "Yang"}, {"赵", "Zhao"}, {"黄", "Huang"},
	{"周", "Zhou"}, {"吴", "Wu"}, {"徐", "Xu"}, {"孙", "Sun"}, {"胡", "Hu"}, {"朱", "Zhu"}, {"高", "Gao"}, {"林", "Lin"},
	{"何", "He"}, {"郭", "Guo"}, {"马", "Ma"}, {"罗", "Luo"}, {"梁", "Liang"}, {"宋", "Song"}, {"郑", "Zheng"}, {"谢", "Xie"},
	{"韩", "Han"}, {"唐", "Tang"}, {"冯", "Feng"}, {"于", "Yu"}, {"董", "Dong"}, {"萧", "Xiao"}, {"程", "Cheng"}, {"曹", "Cao"},
	{"袁", "Yuan"}, {"邓", "Deng"}, {"许", "Xu"}, {"傅", "Fu"}, {"沈", "Shen"}, {"曾", "Zeng"}, {"彭", "Peng"}, {"欧阳", "Ouyang"},
}

var givens = []name{
	{"伟", "Wei"}, {"芳", "Fang"}, {"敏", "Min"}, {"静", "Jing"}, {"磊", "Lei"}, {"洋", "Yang"}, {"勇", "Yong"}, {"艳", "Yan"},
	{"杰", "Jie"}, {"涛", "Tao"}, {"明", "Ming"}, {"霞", "Xia"}, {"超", "Chao"}, {"秀英", "Xiuying"}, {"文博", "Wenbo"}, {"思远", "Siyuan"},
	{"雨桐", "Yutong"}, {"子涵", "Zihan"}, {"浩然", "Haoran"}, {"佳怡", "Jiayi"}, {"志强", "Zhiqiang"}, {"建国", "Jianguo"}, {"晓燕", "Xiaoyan"},
	{"海波", "Haibo"}, {"立新", "Lixin"}, {"春梅", "Chunmei"}, {"国栋", "Guodong"}, {"梦琪", "Mengqi"}, {"俊杰", "Junjie"}, {"丽华", "Lihua"},
	{"永强", "Yongqiang"}, {"诗涵", "Shihan"}, {"宇航", "Yuhang"}, {"婷婷", "Tingting"}, {"学军", "Xuejun"}, {"安琪", "Anqi"}, {"振华", "Zhenhua"},
}

// namer gives names that nobody has yet.
type namer struct {
	rand *rand.Rand
	used map[string]bool
}

func (n *namer) next() name {
	for {
		f, g := families[n.rand.IntN(len(families))], givens[n.rand.IntN(len(givens))]
		if zh := f.zh + g.zh; !n.used[zh] {
			n.used[zh] = true
			return name{zh, f.en + " " + g.en}
		}
	}
}

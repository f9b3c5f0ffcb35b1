package catalog

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"neike/internal/kit/fault"
	"neike/internal/kit/lang"
	"neike/internal/kit/sorting"
)

// Topic is an entry of the company's list of what services are about, whichever unit does them.
type Topic struct {
	ID       ID
	Code     string
	Name     lang.Text
	Icon     string
	Place    int // in the list, from 1
	Revision int // counts every change; the ETag
}

// topicList are the company's topics in their order.
type topicList []Topic

// byCode is the topic of a code; ok is false when there is none.
func (l topicList) byCode(code string) (t Topic, ok bool) {
	i := slices.IndexFunc(l, func(t Topic) bool { return t.Code == code })
	if i < 0 || code == "" {
		return Topic{}, false
	}
	return l[i], true
}

func (l topicList) codes() []string {
	out := make([]string, len(l))
	for i, t := range l {
		out[i] = t.Code
	}
	return out
}

// of is what a service is about: the topic that was chosen for it, otherwise the one that suggests itself; "" where the
// company has none for it.
func (l topicList) of(s *Service) string {
	if _, ok := l.byCode(s.Topic); ok {
		return s.Topic
	}
	return l.suggested(s)
}

// suggested is the topic that suggests itself: by a word by which the service is found (AddWord) that is the code of one,
// then by its name, then what no other is about.
func (l topicList) suggested(s *Service) string {
	for _, t := range l {
		if slices.Contains(s.Words, t.Code) {
			return t.Code
		}
	}
	for _, name := range []string{s.Name.Zh, strings.ToLower(s.Name.En)} {
		for _, t := range telling {
			if slices.ContainsFunc(t.words, func(w string) bool { return strings.Contains(name, w) }) {
				if _, ok := l.byCode(t.code); ok {
					return t.code
				}
			}
		}
	}
	t, _ := l.byCode(otherTopic)
	return t.Code
}

// otherTopic is the topic of what no other is about, while the company keeps it.
const otherTopic = "other"

// The bounds of the list.
const (
	mostTopics   = 60
	maxTopicName = 30
)

var topicCode = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)

// topicIcons are the icons of which a topic has one; their words are catalog.icon.NAME.
var topicIcons = []string{"tag", "chart-bar", "tool", "receipt-2", "cash", "gavel", "file-text", "users", "school", "device-laptop", "key", "shopping-cart", "package", "truck",
	"shield-check", "test-pipe", "headset", "speakerphone", "building-warehouse", "building-community", "bulb", "calendar-event", "car", "tools-kitchen-2", "heart", "world"}

// checkTopic tells what is wrong with a topic beside the others of the list.
func checkTopic(f *fault.Fields, main string, t Topic, others topicList) {
	if !topicCode.MatchString(t.Code) {
		f.Add("code", "catalog.topic-code", "given", clip(t.Code, 40), "example", "canteen")
	}
	checkText(f, main, "name", t.Name, maxTopicName, true)
	if !slices.Contains(topicIcons, t.Icon) {
		f.Add("icon", "catalog.choice-unknown", "choices", strings.Join(topicIcons, ", "))
	}
	for _, x := range others {
		if x.Code == t.Code {
			f.Add("code", "catalog.topic-code-taken", "code", t.Code)
		}
		if t.Name.Zh != "" && x.Name.Zh == t.Name.Zh {
			f.Add("name.zh", "catalog.topic-name-taken", "name", t.Name.Zh)
		}
		if t.Name.En != "" && strings.EqualFold(x.Name.En, t.Name.En) {
			f.Add("name.en", "catalog.topic-name-taken", "name", t.Name.En)
		}
	}
}

// newTopicCode makes a code out of a name that no other topic has: of the English one, or the pinyin of the Chinese.
func newTopicCode(name lang.Text, others topicList) string {
	plain := func(text string) string {
		var b strings.Builder
		for _, r := range strings.ToLower(text) {
			switch {
			case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
				b.WriteRune(r)
			case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
				b.WriteByte('-')
			}
		}
		return strings.TrimRight(clip(strings.TrimLeft(b.String(), "0123456789-"), 30), "-")
	}
	full, _ := Spell(name.Zh)
	base := cmp.Or(plain(name.En), plain(full), "topic")
	code := base
	for n := 2; ; n++ {
		if _, taken := others.byCode(code); !taken {
			return code
		}
		code = base + "-" + itoa(n)
	}
}

// placed puts a topic at a place of the list, 0 leaving it where it is or, when it is new, at the end; places are those
// from 1 on without a gap.
func (l topicList) placed(t Topic) topicList {
	out := slices.DeleteFunc(slices.Clone(l), func(x Topic) bool { return x.ID == t.ID })
	at := t.Place
	if at < 1 || at > len(out)+1 {
		at = len(out) + 1
	}
	out = slices.Insert(out, at-1, t)
	for i := range out {
		out[i].Place = i + 1
	}
	return out
}

// telling are words that tell what a service is about, by the code of a topic. They are looked through in order: the first
// one of whose words a name has suggests itself.
var telling = []struct {
	code  string
	words []string
}{
	{"report", []string{"月报", "周报", "日报", "简报", "报告", "清单", "数据", "预告", "预测", "日历", "图纸包", "report", "data", "forecast", "weekly", "monthly", "daily"}},
	{"repair", []string{"报修", "抢修", "故障", "中断", "保养", "缺陷", "异常", "返修", "返工", "repair", "breakdown", "outage", "incident", "maintenance", "defect"}},
	{"money", []string{"报销", "借款", "发票", "付款", "到账", "预算", "薪酬", "工资", "回款", "对账", "费用", "公务卡", "expense", "payment", "invoice", "budget", "payroll", "advance"}},
	{"contract", []string{"合同", "法律", "争议", "知识产权", "证照", "用印", "法规", "contract", "legal", "seal", "patent"}},
	{"people", []string{"招聘", "入职", "离职", "证明", "培训", "调岗", "转正", "聊一聊", "hiring", "recruit", "onboard", "offboard", "training", "certificate"}},
	{"account", []string{"账号", "权限", "软件", "系统", "设备领用", "电脑", "会议技术", "备份", "account", "software", "system", "laptop", "backup"}},
	{"purchase", []string{"采购", "询价", "供应商", "样品", "物料", "备件", "领料", "配送", "入库", "发货", "物流", "退货", "盘点", "库存", "领用", "来料异常", "purchas", "supplier", "warehouse", "shipment", "stock", "spare", "supplies"}},
	{"quality", []string{"检验", "测试", "不合格", "质量", "体系", "量具", "年检", "巡查", "inspection", "quality", "audit"}},
	{"customer", []string{"客户", "客诉", "市场", "展会", "设计制作", "内容撰写", "线索", "销售", "售前", "现场服务", "试用", "customer", "market", "sales"}},
	{"work", []string{"交期", "插单", "生产", "试产", "工艺", "图纸", "需求评估", "订单", "技术资料", "production", "engineering", "drawing"}},
	{"office", []string{"办公", "会议室", "用车", "差旅", "来访", "工作餐", "水电", "安装与移位", "office", "meeting room", "travel", "meal", "visitor"}},
}

// Sort is the order of a list of services.
type Sort string

// The orders. Without one services stand as they were made, unit by unit.
const (
	SortUsed Sort = "used" // what is asked for most, first
	SortNew  Sort = "new"  // what was offered last, first
	SortName Sort = "name" // A to Z, Chinese by its pinyin
)

// Sorts are all of them.
var Sorts = []Sort{SortUsed, SortNew, SortName}

// sorted puts services into an order; used are those that are asked for most, the most often first. What an order says
// nothing of stays as it was.
func sorted(list []*Service, by Sort, used []ID, english bool) []*Service {
	out := slices.Clone(list)
	switch by {
	case SortUsed:
		rank := make(map[ID]int, len(used))
		for i, id := range used {
			rank[id] = i + 1
		}
		place := func(s *Service) int { return cmp.Or(rank[s.ID], len(used)+1) }
		sorting.Stable(out, func(a, b *Service) int { return cmp.Compare(place(a), place(b)) })
	case SortNew:
		sorting.Stable(out, func(a, b *Service) int { return b.Offered.Compare(a.Offered) })
	case SortName:
		keys := make(map[ID]string, len(out))
		for _, s := range out {
			keys[s.ID], _ = Spell(cmp.Or(s.Name.Zh, s.Name.En))
			if english {
				keys[s.ID] = cmp.Or(s.Name.En, keys[s.ID])
			}
			keys[s.ID] = strings.ToLower(keys[s.ID])
		}
		sorting.Stable(out, func(a, b *Service) int {
			return cmp.Or(strings.Compare(keys[a.ID], keys[b.ID]), strings.Compare(a.Code, b.Code))
		})
	}
	return out
}

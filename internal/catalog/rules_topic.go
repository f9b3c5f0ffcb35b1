package catalog

import (
	"cmp"
	"slices"
	"strings"

	"neike/internal/kit/sorting"
)

// Topic is what a service is about, whichever unit does it. It is read off the name; a word by which the service is found
// (AddWord) that is the code of a topic decides before the name does.
type Topic string

// topics are looked through in order: the first one of whose words a name has is the service's. The last has none: what no
// other is about.
var topics = []struct {
	code  Topic
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
	{"other", nil},
}

// Topics are the codes of all topics, in their order.
func Topics() []Topic {
	out := make([]Topic, len(topics))
	for i, t := range topics {
		out[i] = t.code
	}
	return out
}

// Topic is what the service is about.
func (s *Service) Topic() Topic {
	for _, t := range topics {
		if slices.Contains(s.Words, string(t.code)) {
			return t.code
		}
	}
	for _, name := range []string{s.Name.Zh, strings.ToLower(s.Name.En)} {
		for _, t := range topics {
			if slices.ContainsFunc(t.words, func(w string) bool { return strings.Contains(name, w) }) {
				return t.code
			}
		}
	}
	return topics[len(topics)-1].code
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

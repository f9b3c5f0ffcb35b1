package demo

import (
	"context"
	"fmt"
	"strconv"

	"neike/content"
	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/org"
)

// unit is one line of the organisation.
type unit struct {
	code, parent, level string
	zh, en              string
	shortZh, shortEn    string
	site, calendar      string
	people              int // made up beside the known ones
	post                [2]string
	into                string // the unit it is merged into, half-way through the year
}

// The sites: units of their own, at which the departments are.
const (
	headquarters = "hq"
	plant        = "suzhou"
)

// units is the company from the top down. The departments have the codes of the packs.
var units = []unit{
	{code: "huaheng", level: org.Entity, zh: "华衡智能装备", en: "Huaheng Intelligent Equipment", shortZh: "华衡", shortEn: "Huaheng", site: headquarters, people: 2, post: [2]string{"公司领导", "Management"}},
	{code: "finance", zh: "财务部", en: "Finance", shortZh: "财务", shortEn: "Fin", people: 9, post: [2]string{"会计", "Accountant"}},
	{code: "hr", zh: "人力资源部", en: "Human Resources", shortZh: "人力", shortEn: "HR", people: 7, post: [2]string{"人事专员", "HR officer"}},
	{code: "it", zh: "信息技术部", en: "Information Technology", shortZh: "信息", shortEn: "IT", people: 9, post: [2]string{"系统工程师", "Systems engineer"}},
	{code: "legal", zh: "法务部", en: "Legal", shortZh: "法务", shortEn: "Legal", people: 4, post: [2]string{"法务专员", "Legal counsel"}},
	{code: "admin", zh: "行政部", en: "Administration", shortZh: "行政", shortEn: "Admin", people: 7, post: [2]string{"行政专员", "Administrator"}},
	{code: "procurement", zh: "采购部", en: "Procurement", shortZh: "采购", shortEn: "Proc", people: 9, post: [2]string{"采购员", "Buyer"}},
	{code: "marketing", zh: "市场部", en: "Marketing", shortZh: "市场", shortEn: "Mktg", people: 7, post: [2]string{"市场专员", "Marketing officer"}},
	{code: "sales", zh: "销售部", en: "Sales", shortZh: "销售", shortEn: "Sales", people: 12, post: [2]string{"销售经理", "Account manager"}},
	{code: "rd", zh: "产品研发部", en: "Research and Development", shortZh: "研发", shortEn: "R&D", people: 14, post: [2]string{"研发工程师", "Design engineer"}},
	{code: "quality", zh: "质量部", en: "Quality", shortZh: "质量", shortEn: "Qual", people: 9, post: [2]string{"质量工程师", "Quality engineer"}},
	{code: "production", zh: "生产部", en: "Production", shortZh: "生产", shortEn: "Prod", site: plant, calendar: plantCalendar, people: 6, post: [2]string{"计划员", "Planner"}},
	{code: "production.a", parent: "production", level: org.Team, zh: "甲班", en: "Shift A", site: plant, calendar: "plant-3shift", people: 12, post: [2]string{"操作工", "Operator"}},
	{code: "production.b", parent: "production", level: org.Team, zh: "乙班", en: "Shift B", site: plant, calendar: "plant-3shift", people: 12, post: [2]string{"操作工", "Operator"}},
	{code: "production.c", parent: "production", level: org.Team, zh: "丙班", en: "Shift C", site: plant, calendar: "plant-3shift", people: 12, post: [2]string{"操作工", "Operator"}},
	{code: "equipment", zh: "设备动力部", en: "Equipment and Utilities", shortZh: "设备", shortEn: "Equip", site: plant, calendar: "plant-2shift", people: 9, post: [2]string{"维修技师", "Technician"}},
	{code: "warehouse", zh: "仓储物流部", en: "Warehouse and Logistics", shortZh: "仓储", shortEn: "Whse", site: plant, calendar: "plant-2shift", people: 10, post: [2]string{"仓管员", "Storekeeper"}},
	{code: "service", zh: "客户服务部", en: "Customer Service", shortZh: "客服", shortEn: "Serv", people: 9, post: [2]string{"服务工程师", "Service engineer"}},
	{code: "proj1", zh: "项目一部", en: "Projects I", shortZh: "项目一", shortEn: "Proj I", people: 9, post: [2]string{"项目工程师", "Project engineer"}},
	{code: "proj2", zh: "项目二部", en: "Projects II", shortZh: "项目二", shortEn: "Proj II", people: 8, post: [2]string{"项目工程师", "Project engineer"}},
	{code: headquarters, level: org.Site, zh: "杭州总部", en: "Hangzhou headquarters", shortZh: "总部", shortEn: "HQ"},
	{code: plant, level: org.Site, zh: "苏州工厂", en: "Suzhou plant", shortZh: "苏州", shortEn: "Suzhou"},
	{code: plantEntity, level: org.Entity, parent: "huaheng", zh: "华衡智能装备（苏州）", en: "Huaheng Intelligent Equipment (Suzhou)", shortZh: "华衡苏州", shortEn: "Huaheng SZ"},
	{code: "proj3", zh: "项目三部", en: "Projects III", shortZh: "项目三", shortEn: "Proj III", people: 5, post: [2]string{"项目工程师", "Project engineer"}, into: "proj2"},
}

// department says whether a unit is one of the departments that serve and ask, as long as the company lives.
func (u unit) department() bool { return u.parent == "" && u.level == "" && u.into == "" }

// known people have a part in a story, or a role that somebody looks for.
type known struct {
	no, unit string
	name     name
	post     [2]string
	roles    []string
	head     bool
}

var cast = []known{
	{no: "1001", unit: "quality", name: name{"顾清和", "Gu Qinghe"}, post: [2]string{"品质运营经理", "Service quality manager"}, roles: []string{"admin", "security", "quality"}},
	{no: "1002", unit: "huaheng", name: name{"江一帆", "Jiang Yifan"}, post: [2]string{"总经理", "General manager"}, roles: []string{"executive"}, head: true},
	{no: "1003", unit: "hr", name: name{"秦月", "Qin Yue"}, post: [2]string{"人力资源总监", "HR director"}, roles: []string{"hr"}, head: true},
	{no: "1004", unit: "finance", name: name{"许慧", "Xu Hui"}, post: [2]string{"财务经理", "Finance manager"}, head: true},
	{no: "1005", unit: "finance", name: name{"陈思远", "Chen Siyuan"}, post: [2]string{"费用核算主管", "Expense accounting lead"}},
	{no: "1006", unit: "finance", name: name{"罗佳", "Luo Jia"}, post: [2]string{"费用会计", "Expense accountant"}},
	{no: "1007", unit: "proj1", name: name{"高远", "Gao Yuan"}, post: [2]string{"项目总监", "Project director"}, head: true},
	{no: "1008", unit: "proj1", name: name{"周敏", "Zhou Min"}, post: [2]string{"项目助理", "Project assistant"}, roles: []string{"secretary@proj1"}},
	{no: "1009", unit: "it", name: name{"朱磊", "Zhu Lei"}, post: [2]string{"运维主管", "Operations lead"}},
	{no: "1010", unit: "it", name: name{"贺鸣", "He Ming"}, post: [2]string{"信息技术经理", "IT manager"}, head: true},
	{no: "1011", unit: "proj2", name: name{"何俊", "He Jun"}, post: [2]string{"项目总监", "Project director"}, head: true},
	{no: "1012", unit: "hr", name: name{"沈佳", "Shen Jia"}, post: [2]string{"招聘主管", "Recruiting lead"}},
	{no: "1013", unit: "legal", name: name{"陆衡", "Lu Heng"}, post: [2]string{"法务经理", "Legal manager"}, head: true},
	{no: "1014", unit: "admin", name: name{"夏冰", "Xia Bing"}, post: [2]string{"行政经理", "Administration manager"}, head: true},
	{no: "1015", unit: "procurement", name: name{"钟毅", "Zhong Yi"}, post: [2]string{"采购经理", "Procurement manager"}, head: true},
	{no: "1016", unit: "marketing", name: name{"苏蔓", "Su Man"}, post: [2]string{"市场经理", "Marketing manager"}, head: true},
	{no: "1017", unit: "sales", name: name{"方正", "Fang Zheng"}, post: [2]string{"销售总监", "Sales director"}, head: true},
	{no: "1018", unit: "rd", name: name{"叶知秋", "Ye Zhiqiu"}, post: [2]string{"研发总监", "R&D director"}, head: true},
	{no: "1019", unit: "quality", name: name{"石磊", "Shi Lei"}, post: [2]string{"质量经理", "Quality manager"}, head: true},
	{no: "1020", unit: "production", name: name{"雷鸣", "Lei Ming"}, post: [2]string{"生产经理", "Production manager"}, head: true},
	{no: "1021", unit: "equipment", name: name{"武建", "Wu Jian"}, post: [2]string{"设备经理", "Equipment manager"}, head: true},
	{no: "1022", unit: "warehouse", name: name{"孟达", "Meng Da"}, post: [2]string{"仓储经理", "Warehouse manager"}, head: true},
	{no: "1023", unit: "service", name: name{"严冬", "Yan Dong"}, post: [2]string{"客服经理", "Service manager"}, head: true},
	{no: "1024", unit: "huaheng", name: name{"任重", "Ren Zhong"}, post: [2]string{"内审专员", "Internal auditor"}, roles: []string{"auditor"}},
}

// settle makes the company, its units, people and services.
func (d *demo) settle(ctx context.Context) error {
	c := org.NewCompany()
	c.Name = lang.Text{Zh: "华衡智能装备", En: "Huaheng Intelligent Equipment"}
	if err := d.app.Org.SetCompany(ctx, c); err != nil {
		return fmt.Errorf("company: %w", err)
	}
	if err := d.app.Org.MarkSetup(ctx, org.SetupFinished); err != nil {
		return err
	}
	if err := d.calendars(ctx); err != nil {
		return err
	}
	if err := d.app.Calendar.Install(ctx, "plant-2shift", "plant-3shift"); err != nil {
		return err
	}
	for _, u := range units {
		if _, err := d.app.Org.SaveUnit(ctx, u.input("", 0)); err != nil {
			return fmt.Errorf("unit %s: %w", u.code, err)
		}
	}
	if err := d.places(ctx); err != nil {
		return err
	}
	if err := d.hire(ctx); err != nil {
		return err
	}
	if err := d.appoint(ctx); err != nil {
		return err
	}
	return d.offer(ctx)
}

func (u unit) input(head string, revision int64) org.UnitInput {
	in := org.UnitInput{Code: u.code, NameZh: u.zh, NameEn: u.en, ShortZh: u.shortZh, ShortEn: u.shortEn, Level: u.level, Parent: u.parent, Head: head, Site: u.site, Calendar: u.calendar, Revision: revision}
	if in.Parent == "" && u.level != org.Entity {
		in.Parent = units[0].code
	}
	if in.Level == org.Site || in.Level == org.Entity {
		in.Site = ""
	} else if in.Site == "" {
		in.Site = headquarters
	}
	return in
}

// hire makes the cast and, beside it, the people of every unit.
func (d *demo) hire(ctx context.Context) error {
	names := namer{rand: d.rand, used: map[string]bool{}}
	for _, k := range cast {
		names.used[k.name.zh] = true
		if err := d.person(ctx, k.no, k.unit, k.name, k.post); err != nil {
			return err
		}
	}
	no := 1000 + len(cast)
	for _, u := range units {
		for range u.people {
			no++
			if err := d.person(ctx, strconv.Itoa(no), u.code, names.next(), u.post); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *demo) person(ctx context.Context, no, unit string, n name, post [2]string) error {
	p, err := d.app.Org.SavePerson(ctx, org.PersonInput{
		No: no, Name: n.zh, NameEn: n.en, Unit: unit, Position: post[0],
		Phone: "139" + fmt.Sprintf("%08d", 10_000_000+d.rand.IntN(80_000_000)),
		Email: "p" + no + "@huaheng.example",
	})
	if err != nil {
		return fmt.Errorf("person %s: %w", no, err)
	}
	d.people = append(d.people, p.ID)
	d.staff[unit] = append(d.staff[unit], p.ID)
	d.byNo[no] = p.ID
	d.noOf[p.ID] = no
	return nil
}

// appoint names heads and roles.
func (d *demo) appoint(ctx context.Context) error {
	heads := map[string]string{"production.a": "", "production.b": "", "production.c": ""}
	for _, k := range cast {
		if k.head {
			heads[k.unit] = k.no
		}
		if len(k.roles) == 0 {
			continue
		}
		if err := d.app.Org.SetRoles(ctx, k.no, k.roles, 0); err != nil {
			return fmt.Errorf("roles of %s: %w", k.no, err)
		}
	}
	for _, u := range units {
		head := heads[u.code]
		if len(d.staff[u.code]) == 0 { // a site, a legal entity
			continue
		}
		if head == "" {
			head = d.noOf[d.staff[u.code][0]]
		}
		tree, err := d.app.Org.Tree(ctx)
		if err != nil {
			return err
		}
		was, _ := tree.ByCode(u.code)
		if _, err := d.app.Org.SaveUnit(ctx, u.input(head, was.Revision)); err != nil {
			return fmt.Errorf("head of %s: %w", u.code, err)
		}
		d.heads[u.code] = d.byNo[head]
	}
	return nil
}

// offer takes the packs over; a part of the heads has confirmed the starting values.
func (d *demo) offer(ctx context.Context) error {
	for _, name := range content.Packs() {
		data, _ := content.Pack(name)
		out, err := d.app.Catalog.Import(ctx, name, data, false)
		if err != nil {
			return fmt.Errorf("pack %s: %w", name, err)
		}
		if len(out.Problems) > 0 {
			return fmt.Errorf("pack %s: %v", name, out.Problems[0])
		}
	}
	for _, code := range []string{"finance", "it", "hr", "procurement", "quality"} {
		if _, err := d.app.Catalog.ConfirmAll(d.as(ctx, d.heads[code]), code); err != nil {
			return fmt.Errorf("confirm the standards of %s: %w", code, err)
		}
	}
	return d.redesign(ctx)
}

// as is the context of a person of the company.
func (d *demo) as(ctx context.Context, person int64) context.Context {
	a, ok := d.actors[person]
	if !ok {
		var err error
		if a, err = d.app.Org.ActorOf(ctx, person); err != nil {
			panic(err) // every person of d was made above
		}
		d.actors[person] = a
	}
	return actor.With(ctx, a)
}

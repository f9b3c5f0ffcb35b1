package access

import (
	"fmt"
	"strings"
)

// columns of the generated tables: the bits that stand together and their headings.
var columns = []struct {
	zh, en string
	set    Set
}{
	{"所有人", "everyone", Everyone},
	{"本人", "oneself", Self},
	{"客户", "customer", Asked},
	{"客户的代理人", "deputy of the customer", DeputyAsks},
	{"同单位", "same unit", SameUnit},
	{"受托人", "delegate", Delegate},
	{"经办人", "assignee", Assignee},
	{"经办人的代理人", "deputy of the assignee", DeputyServes},
	{"单位经办", "agent of the unit", Agent},
	{"关注者", "watcher", Watcher},
	{"承办单位的关注者", "watcher of the serving unit", InsideWatcher},
	{"客户侧负责人", "head, customer side", HeadAsks},
	{"承办侧负责人", "head, serving side", HeadServes},
	{"单位成员", "member", Member},
	{"服务所有者", "owner", Owner},
	{"文员", "secretary", Secretary},
	{"质量办", "quality office", Quality},
	{"人力", "HR", HR},
	{"高管", "executive", Executive},
	{"管理员", "administrator", Admin},
	{"安全管理员", "security officer", Security},
	{"审计员", "auditor", Auditor},
	{"紧急查阅", "break-glass", Glass},
}

// Markdown is the table as a page, in Chinese and English.
func Markdown() string {
	var b strings.Builder
	b.WriteString("<!-- Made from internal/access/table.go by `make generate`. Do not edit. -->\n\n# 权限 · Permissions\n\n")
	b.WriteString("没有列出的一律不允许；“不存在”与“无权查看”的回答完全相同。保密请求只对其客户与被指定的人开放，任何角色都不能扩大它。负责人含上级单位的负责人。\n\n")
	b.WriteString("What is not listed is not allowed; 'not there' and 'not yours' are one answer. A confidential request is open to its customer and the people named for it, and no role widens that. Heads include those of the units above.\n")
	for _, g := range Table {
		fmt.Fprintf(&b, "\n## %s · %s\n\n", g.Title.Zh, g.Title.En)
		group(&b, g)
	}
	return b.String()
}

// group writes one table with the columns that any of its rows uses.
func group(b *strings.Builder, g Group) {
	used := Set(0)
	for _, r := range g.Rules {
		used |= r.Allow | r.Never
	}
	b.WriteString("| |")
	line := "|---|"
	for _, c := range columns {
		if used.Has(c.set) {
			fmt.Fprintf(b, " %s<br>%s |", c.zh, c.en)
			line += ":-:|"
		}
	}
	b.WriteString(" 保密时<br>when confidential | |\n" + line + ":-:|---|\n")
	for _, r := range g.Rules {
		fmt.Fprintf(b, "| %s<br>%s<br>`%s` |", r.Title.Zh, r.Title.En, r.Action)
		for _, c := range columns {
			if used.Has(c.set) {
				fmt.Fprintf(b, " %s |", r.cell(c.set))
			}
		}
		fmt.Fprintf(b, " %s | %s |\n", r.confidential(), note(r))
	}
}

func (r Rule) cell(set Set) string {
	switch {
	case r.Never.Has(set):
		return "✗"
	case r.Allow.Has(set):
		return "●"
	}
	return ""
}

func (r Rule) confidential() string {
	asked, named := r.allows(Everyone|Asked, true), r.allows(Everyone|Named, true)
	switch {
	case r.Allow.Has(Everyone):
		return ""
	case asked && named:
		return "客户、指定的人<br>customer, named people"
	case asked:
		return "客户<br>customer"
	case named:
		return "指定的人<br>named people"
	}
	return ""
}

func note(r Rule) string {
	if r.Note.Zh == "" {
		return ""
	}
	return r.Note.Zh + "<br>" + r.Note.En
}

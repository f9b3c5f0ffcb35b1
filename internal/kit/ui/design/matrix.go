package design

import (
	"context"
	"strings"

	"neike/internal/kit/ui"
)

// A row is the provider's names, then one edge per customer: figure/n:heat,
// ~met/n for few cases, "." itself, "-" no traffic, "!" no agreement.
var edges = []string{
	"财务部|Finance|. 91/22 96/24 93/14 98/58:hi2 100/20 96/26 100/40:hi2 89/44 94/18 100/26 91/34 95/92 75/126:lo3 87/101",
	"人力资源部|HR|94/18 . 90/20 ~6/6 94/16 93/14 93/15 100/62:hi2 94/48 95/20 95/22 97/30 100/34 95/22 100/20",
	"信息技术部|IT|98/42 100/38:hi2 . 83/12 100/36:hi2 100/24 100/28 98/55:hi2 99/70:hi2 100/30 98/48 98/40 96/52 100/38:hi2 100/34",
	"法务部|Legal|~4/6 ~8/8 ~4/4 . 91/32 ~3/4 ~6/7 ~3/3 ~9/9 ~1/2 ~5/6 ~1/2 70/64:lo3! 88/24 81/21",
	"采购部|Purchasing|83/12 ~4/4 63/16:lo3 ~3/3 . 91/34 ~8/9 81/188:lo1 75/52:lo2 75/20:lo2 93/14 73/26:lo3 ~3/3 85/40 83/36",
	"行政部|Admin|100/26 93/30 95/22 79/14 96/24 . 100/22 93/44 89/38 100/20 96/24 88/26 98/48 100/30 100/28",
	"市场部|Marketing|~2/2 86/14 ~1/3 ~2/2 ~1/1 ~4/4 . ~2/2 96/26 ~3/3 83/12 - 95/84 ~6/6 ~5/5",
	"生产部|Production|~3/4 ~2/2 ~3/3 - 94/16 ~1/2 ~1/1 . 98/58:hi2 91/64! 91/22 100/46:hi2 92/72 86/66 96/57",
	"产品研发部|R&D|~1/1 ~1/2 ~2/4 ~3/3 86/14 - 89/28 82/96:lo1 . 86/44 88/52! ~6/6 91/58 90/48 86/42",
	"质量部|Quality|~2/2 ~1/1 ~2/2 - 97/72:hi2 - ~2/2 96/184:hi1 87/46 . 95/38 93/30 ~7/8 96/28 92/24",
	"客户服务部|Service|~3/3 - ~2/2 ~6/6 ~2/2 ~1/1 93/14 ~8/8 91/46! 90/40 . 100/12 94/88 95/20 94/18",
	"仓储物流部|Warehouse|100/14 - ~2/2 - 92/66 ~7/9 ~6/6 94/236 92/24 100/28 88/34 . 96/78 93/40 92/36",
	"销售部|Sales|100/26 ~2/2 ~1/1 92/12 ~1/2 ~1/2 87/30 90/48 73/22:lo3! ~3/3 100/18 88/24 . 94/16 100/14",
	"项目一部|Project 1|71/31:lo3 ~3/4 ~2/2 ~6/6 75/12 ~2/2 ~1/1 93/28 88/34 ~7/9 79/14 94/16 73/11 . ~6/7",
	"项目二部|Project 2|86/22 ~2/3 ~1/1 ~4/5 80/10 ~2/2 ~1/1 83/24 96/28 ~6/8 100/12 86/14 ~7/9 ~6/6 .",
}

var shortZh = strings.Fields("财务 人力 信息 法务 采购 行政 市场 生产 研发 质量 客服 仓储 销售 项目一 项目二")
var shortEn = strings.Fields("Fin HR IT Legal Purch Admin Mkt Prod R&D Qual Serv Whse Sales Proj1 Proj2")

func matrix(ctx context.Context) ui.MatrixProps {
	const front, row, column = 12, 0, 13
	names := make([]string, len(edges))
	for i, line := range edges {
		part := strings.Split(line, "|")
		names[i] = tr(ctx, part[0], part[1])
	}
	p := ui.MatrixProps{
		Caption: tr(ctx, "服务方与内部客户之间的办结准时率矩阵", "Completed in time, provider by customer"),
		Corner:  tr(ctx, "服务方 ↓ 客户 →", "Provider ↓"),
	}
	for i, name := range names {
		short := tr(ctx, shortZh[i], shortEn[i])
		p.Columns = append(p.Columns, ui.MatrixHead{Text: short, Title: name, Gap: i == front, On: i == column})
		r := ui.MatrixRow{Head: name, Gap: i == front, On: i == row}
		for j, cell := range strings.Fields(edges[i][strings.LastIndexByte(edges[i], '|')+1:]) {
			r.Cells = append(r.Cells, edge(ctx, cell, name, names[j], i == row && j == column))
		}
		p.Rows = append(p.Rows, r)
	}
	return p
}

func edge(ctx context.Context, s, from, to string, selected bool) ui.MatrixCell {
	head := tr(ctx, from+" 到 "+to+"：", from+" to "+to+": ")
	switch {
	case s == ".":
		return ui.MatrixCell{Heat: "self"}
	case s == "-":
		return ui.MatrixCell{}
	case s[0] == '~':
		return ui.MatrixCell{Heat: "few", N: s[1:], Href: "/design/matrix", Text: head + s[1:] + tr(ctx, " 件，样本不足", ", too few")}
	}
	c := ui.MatrixCell{Href: "/design/matrix", Selected: selected, Loose: strings.HasSuffix(s, "!")}
	s, c.Heat, _ = strings.Cut(strings.TrimSuffix(s, "!"), ":")
	c.Figure, c.N, _ = strings.Cut(s, "/")
	verdict := tr(ctx, "无法判断", "cannot tell")
	if strings.HasPrefix(c.Heat, "hi") {
		verdict = tr(ctx, "达标", "meets target")
	} else if c.Heat != "" {
		verdict = tr(ctx, "未达标", "misses target")
	}
	c.Text = head + c.Figure + "%" + tr(ctx, "，", ", ") + c.N + tr(ctx, " 件，", " requests, ") + verdict
	return c
}

package org

import (
	"context"
	"strings"

	"neike/internal/app/importer"
	"neike/internal/kit/lang"
	"neike/internal/kit/sqldb"
)

// Imports are the files this room takes: units and people.
func (s *Service) Imports() []importer.Kind {
	return []importer.Kind{
		{
			Name: "units", Title: lang.Text{Zh: "单位", En: "Units"}, Place: "/org", Columns: unitImportColumns,
			Check: s.checkUnits, Apply: s.applyUnits, Finish: s.settle, Undo: s.undoUnits(),
		},
		{
			Name: "people", Title: lang.Text{Zh: "人员", En: "People"}, Place: "/settings/org", Columns: peopleImportColumns,
			Check: s.checkPeople, Apply: s.applyPeople, Finish: s.settle, Undo: s.undoPeople(),
		},
		s.dutyKind(),
	}
}

func column(name, zh, en, hint string, aliases ...string) importer.Column {
	return importer.Column{Name: name, Label: lang.Text{Zh: zh, En: en}, Hint: hint, Aliases: aliases}
}

func key(c importer.Column) importer.Column {
	c.Required, c.Key, c.Narrow = true, true, true
	return c
}

func narrow(c importer.Column) importer.Column {
	c.Narrow = true
	return c
}

func required(c importer.Column) importer.Column {
	c.Required = true
	return c
}

var unitImportColumns = []importer.Column{
	key(column("code", "编码", "Code", "org.hint-code", "单位编码", "部门编码", "unit code")),
	column("name_zh", "中文名称", "Chinese name", "org.hint-name", "名称", "单位名称", "部门名称", "单位", "部门", "name"),
	column("name_en", "英文名称", "English name", "org.hint-name", "英文名"),
	column("short_zh", "中文简称", "Chinese short name", "org.hint-short", "简称"),
	column("short_en", "英文简称", "English short name", "org.hint-short"),
	narrow(column("level", "层级", "Level", "org.hint-level", "级别", "类型")),
	narrow(column("parent", "上级编码", "Parent", "org.hint-parent", "上级", "上级单位", "上级部门", "上级部门编码", "上级单位编码", "parent code")),
	narrow(column("site", "地点", "Site", "org.hint-site", "园区", "厂区")),
	narrow(column("head", "负责人工号", "Head", "org.hint-head", "负责人", "部门负责人", "head no")),
	narrow(column("calendar", "工作日历", "Calendar", "org.hint-calendar", "日历")),
}

var peopleImportColumns = []importer.Column{
	key(column("employee_no", "工号", "Employee no", "org.hint-no", "员工编号", "员工号", "人员编号", "employee number", "employee id", "no")),
	required(column("name", "姓名", "Name", "org.hint-person", "中文姓名")),
	column("name_en", "英文名", "English name", "org.hint-person", "英文姓名"),
	narrow(column("phone", "电话", "Phone", "org.hint-phone", "手机", "手机号", "手机号码", "联系电话", "mobile")),
	narrow(column("email", "邮箱", "Email", "org.hint-email", "电子邮箱", "邮件", "e-mail", "mail")),
	required(narrow(column("unit", "主单位编码", "Unit", "org.hint-unit", "单位", "部门", "主部门", "所属部门", "单位编码", "部门编码", "主单位", "department"))),
	column("position", "岗位", "Position", "org.hint-position", "职位", "职务", "title"),
	narrow(column("manager", "直属上级工号", "Manager", "org.hint-manager", "直属上级", "上级工号", "上级", "汇报对象")),
	column("roles", "角色", "Roles", "org.hint-roles"),
	column("more_units", "兼任单位", "More units", "org.hint-more-units", "Other units", "Additional units", "其他单位", "兼职部门", "其他部门"),
	narrow(column("dotted_managers", "虚线上级工号", "Dotted-line managers", "org.hint-dotted", "虚线上级", "虚线汇报对象")),
	narrow(column("locale", "语言", "Language", "org.hint-locale")),
	narrow(column("active", "在职", "Active", "org.hint-active", "状态")),
}

// settle gives units their head and people their manager where the one came in an earlier file or line than the other.
func (s *Service) settle(ctx context.Context, tx *sqldb.Tx) error {
	if err := settleManagers(ctx, tx); err != nil {
		return err
	}
	if err := settleDotted(ctx, tx); err != nil {
		return err
	}
	waiting, err := pendingHeads(ctx, tx)
	if err != nil {
		return err
	}
	nos := make([]string, len(waiting))
	for i, w := range waiting {
		nos[i] = w.no
	}
	people, err := s.PeopleByNo(ctx, tx, nos)
	if err != nil {
		return err
	}
	for _, w := range waiting {
		p, ok := people[w.no]
		if !ok || !p.Active {
			continue
		}
		if err := setHead(ctx, tx, w.unit, p.ID); err != nil {
			return err
		}
		if err := s.events.Emit(ctx, tx, UnitWasChanged{Unit: w.unit, Code: w.code, What: "changed"}); err != nil {
			return err
		}
	}
	return nil
}

// PendingHeads lists 工号 that an import named as heads of units and that nobody has (yet), by unit code.
func (s *Service) PendingHeads(ctx context.Context, rd sqldb.Reader) (map[string]string, error) {
	waiting, err := pendingHeads(ctx, rd)
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, len(waiting))
	for _, w := range waiting {
		out[w.code] = w.no
	}
	return out, nil
}

// problems puts findings of the rules on the line they came from.
func problems(line int, found []finding) []importer.Problem {
	out := make([]importer.Problem, len(found))
	for i, f := range found {
		out[i] = importer.Wrong(line, f.field, f.key, f.args...)
	}
	return out
}

// alike finds the 工号 of people here that a row may have meant: those in capitals and in small letters.
func (s *Service) alike(ctx context.Context, rd sqldb.Reader, rows []importer.Row) (map[string]string, error) {
	var nos []string
	for _, row := range rows {
		if no := row.Get("employee_no"); strings.ToLower(no) != strings.ToUpper(no) {
			nos = append(nos, strings.ToLower(no), strings.ToUpper(no))
		}
	}
	people, err := s.PeopleByNo(ctx, rd, nos)
	out := make(map[string]string, len(people))
	for no := range people {
		out[strings.ToLower(no)] = no
	}
	return out, err
}

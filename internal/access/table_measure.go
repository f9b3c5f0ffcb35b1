package access

var measureRules = []Rule{
	{Action: "measure.list", Allow: Everyone, Title: t("查看指标和口径", "see measures and how they are counted"), Note: t("数值按下一行；往来关系的数值同关系矩阵", "numbers by the next row; those of relations as in the matrix")},
	{Action: "measure.numbers", Allow: Member | Agent | Head | Quality | Executive, Title: t("查看公司自定义指标的数值", "see the values of measures of the company's own"), Note: t("本部门；负责人含下级；定义时可设为所有人可见", "own unit; heads also those below; a measure may be open to everybody")},
	{Action: "measure.define", Allow: Quality, Title: t("新增、修改自定义指标", "define and change measures of the company's own")},
	{Action: "measure.enter", Allow: Quality, Title: t("录入、更正指标数值", "enter and correct values of measures")},
}

package access

import "neike/internal/kit/lang"

// Rule is one row: who may do the action. Any bit of Allow is enough; any bit of Never forbids it. On a confidential
// record only the customer and the named people count, unless Open says that the row is not about the record's content.
type Rule struct {
	Action string
	Allow  Set
	Never  Set
	Open   bool
	Title  lang.Text
	Note   lang.Text // what the bits cannot say
}

// Sets that several rows share.
const (
	serving  = Assignee | Agent | HeadServes | DeputyServes                        // the serving side
	asking   = Asked | DeputyAsks                                                  // the customer, or who stands in for the customer
	involved = asking | Delegate | SameUnit | serving | Watcher | HeadAsks | Named // everybody who has the record
)

// Table is the law of access: role × relation × action. It is the design's table as data; what has no row is not
// allowed. docs/permissions.md is made from it.
var Table = []Group{
	{lang.Text{Zh: "请求", En: "Requests"}, requestRules},
	{lang.Text{Zh: "承诺", En: "Promises"}, promiseRules},
	{lang.Text{Zh: "常用语", En: "Phrases"}, phraseRules},
	{lang.Text{Zh: "对话、文件与待办", En: "Conversation, files, to-do"}, talkRules},
	{lang.Text{Zh: "分派规则", En: "Routing rules"}, routingRules},
	{lang.Text{Zh: "服务与日历", En: "Services and calendars"}, serviceRules},
	{lang.Text{Zh: "知识条目", En: "Articles"}, articleRules},
	{lang.Text{Zh: "关系", En: "Relations"}, relationRules},
	{lang.Text{Zh: "组织与人员", En: "Organisation and people"}, orgRules},
	{lang.Text{Zh: "连接与通讯录", En: "Connections and directories"}, directoryRules},
	{lang.Text{Zh: "账号、权限、审计、设置", En: "Accounts, access, audit, settings"}, houseRules},
	{lang.Text{Zh: "进门", En: "Getting in"}, signinRules},
	{lang.Text{Zh: "通知", En: "Notices"}, noticeRules},
	{lang.Text{Zh: "洞察", En: "Insight"}, insightRules},
	{lang.Text{Zh: "列表的视图", En: "Views of lists"}, viewRules},
	{lang.Text{Zh: "地点与设备", En: "Places and equipment"}, placeRules},
	{lang.Text{Zh: "指标", En: "Measures"}, measureRules},
}

// Group is a part of the table with its heading.
type Group struct {
	Title lang.Text
	Rules []Rule
}

func t(zh, en string) lang.Text { return lang.Text{Zh: zh, En: en} }

var requestRules = []Rule{
	{Action: "request.see", Allow: involved | Quality | Glass, Title: t("查看请求、时间线、时钟", "see the request, its timeline and clocks"), Note: t("同单位同事：公司开关“本单位共享”打开时", "same unit: where the company shares requests in the unit")},
	{Action: "request.talk.see", Allow: involved | Quality | Glass, Title: t("查看客户侧对话", "read the conversation with the customer")},
	{Action: "request.note.see", Allow: serving | InsideWatcher | Quality, Never: Asked, Title: t("查看内部备注", "read internal notes"), Note: t("请求的客户永远看不到；关注者须属于承办单位；负责人只看本单位的", "never its customer; watchers only of the holding unit; heads their own unit's")},
	{Action: "request.note", Allow: serving, Never: Asked, Title: t("写内部备注", "write an internal note")},
	{Action: "request.draft", Allow: serving, Never: Asked, Title: t("写答复草稿，看、接手同事的草稿", "keep a draft of an answer, read and take over those of colleagues"), Note: t("客户看不到；转给别的单位后，原单位的草稿不随着走", "never its customer; what one unit wrote does not go on to the next")},
	{Action: "request.open", Allow: Everyone, Title: t("提请求", "make a request")},
	{Action: "request.log", Allow: Agent | Head, Title: t("代录来电、来访（记为同事的请求）", "write down a call as a colleague's request"), Note: t("只限本单位的服务；同事确认后才计入统计", "services of the own unit only; it counts once the colleague confirms it")},
	{Action: "request.list", Allow: Everyone, Title: t("查看请求列表（只含看得到的）", "list requests (those one may see)")},
	{Action: "request.queue", Allow: Agent | Head | Secretary, Title: t("查看单位的待办队列", "see a unit's queue")},
	{Action: "request.load", Allow: Agent | Head, Title: t("查看每人手上有多少件", "see how much each person has in hand"), Note: t("只限本单位；只用于分派，不排名", "the own unit only; to give work, never a ranking")},
	{Action: "request.capacity", Allow: Agent | Head | Quality | Executive, Title: t("查看在办量与办理能力", "see work in hand against what gets done"), Note: t("本单位；负责人与限定单位的角色含下级；只到部门，不到个人", "the own unit; heads and roles of a unit also below; by unit, never by person")},
	{Action: "request.limit", Allow: Head, Title: t("设定在办上限", "set the limits of work in hand"), Note: t("只限本单位", "the own unit only")},
	{Action: "request.take", Allow: serving, Never: Asked, Title: t("受理", "take")},
	{Action: "request.assign", Allow: serving, Never: Asked, Title: t("指派", "assign")},
	{Action: "request.put-back", Allow: serving, Never: Asked, Title: t("放回队列", "give back to the queue")},
	{Action: "request.decline", Allow: serving, Never: Asked, Title: t("转出（须指明应办单位）", "decline, naming the right unit")},
	{Action: "request.ask", Allow: serving, Never: Asked, Title: t("向客户提问", "ask the customer back")},
	{Action: "request.deliver", Allow: serving, Never: Asked, Title: t("交付", "deliver")},
	{Action: "request.hand-over", Allow: serving, Never: Asked, Title: t("移交", "hand over")},
	{Action: "request.settle", Allow: Quality | Glass, Title: t("裁定由谁办", "decide who does it"), Note: t("移交满三次的请求；保密请求由安全管理员紧急查阅后裁定", "what was handed over three times; of confidential ones a security officer who opened it")},
	{Action: "request.split", Allow: serving, Never: Asked, Title: t("拆分子请求", "split")},
	{Action: "request.stand-in", Allow: Asked, Title: t("指定代办人", "name who stands in"), Note: t("到期自动结束；代办人可回答、验收、退回，记为“代某某”；评价仍由本人", "ends with its date; who stands in answers, accepts and returns, recorded as for the customer; the rating stays the customer's own")},
	{Action: "request.stand-down", Allow: Asked | Delegate, Title: t("结束代办", "end that somebody stands in")},
	{Action: "request.take-over", Allow: Asked | HeadAsks | SameUnit, Title: t("由同单位同事接手跟进", "let a colleague of the unit be its customer"), Note: t("由客户本人或其负责人交出；客户已离职的，同事可自行接手；保密请求除外", "given by the customer or their head; of one who has left, any colleague; not confidential ones")},
	{Action: "request.merge", Allow: serving, Never: Asked, Title: t("并入另一个请求", "merge into another request"), Note: t("两个请求都由他经办，同一服务单位；保密请求除外；各客户仍只看到自己的请求", "who serves both, of one unit; not confidential ones; each customer goes on seeing the own request alone")},
	{Action: "request.unmerge", Allow: serving, Never: Asked, Title: t("撤销并入", "take a merge back"), Note: t("一个工作日内", "within a working day")},
	{Action: "request.link", Allow: serving | asking | Quality, Title: t("关联两个请求", "link two requests"), Note: t("两个都要看得到", "both of which one may see")},
	{Action: "request.stage", Allow: serving, Never: Asked, Title: t("更新办理阶段", "say how far the work is")},
	{Action: "request.propose-date", Allow: serving, Never: Asked, Title: t("提议改期", "propose another date")},
	{Action: "request.message", Allow: serving | asking | Delegate | Watcher, Title: t("发消息", "write a message")},
	{Action: "request.answer", Allow: asking | Delegate, Title: t("回答", "answer"), Note: t("同单位同事：须经客户委托", "same unit: when delegated by the customer")},
	{Action: "request.accept", Allow: asking | Delegate, Title: t("验收", "accept"), Note: t("同单位同事：须经客户委托", "same unit: when delegated by the customer")},
	{Action: "request.return", Allow: asking | Delegate, Title: t("退回", "return")},
	{Action: "request.agree-date", Allow: asking | Delegate, Title: t("同意改期", "agree to a date")},
	{Action: "request.withdraw", Allow: asking, Title: t("撤回", "withdraw")},
	{Action: "request.confirm", Allow: asking, Title: t("确认代录的请求", "confirm a request that an agent wrote down")},
	{Action: "request.disown", Allow: asking, Title: t("否认代录的请求", "say that one did not ask for it")},
	{Action: "request.cancel", Allow: asking, Title: t("取消", "cancel")},
	{Action: "request.nudge", Allow: asking | Delegate, Title: t("催办", "nudge")},
	{Action: "request.reopen", Allow: asking, Title: t("重新打开", "reopen")},
	{Action: "request.urgent", Allow: asking, Title: t("标为紧急", "say that it is urgent"), Note: t("每单位每月有份额，超出由本单位负责人同意", "a share per unit and month; beyond it the unit's head agrees")},
	{Action: "request.grant-urgent", Allow: HeadAsks, Title: t("同意紧急（超出份额）", "agree to urgency beyond the share")},
	{Action: "request.set-priority", Allow: serving, Never: Asked, Title: t("调整优先级", "change the priority"), Note: t("时限用掉八成后，降为普通须由经办人以外的人做", "after 80 % of the time somebody else than the assignee lowers it")},
	{Action: "request.cause", Allow: serving, Never: Asked, Title: t("说明超时原因", "say why a clock was late")},
	{Action: "request.cause-agree", Allow: asking, Title: t("认可超时原因", "accept the cause of a breach")},
	{Action: "request.cause-dispute", Allow: asking, Title: t("不认可超时原因", "dispute the cause of a breach")},
	{Action: "request.cause-decide", Allow: Quality | Glass, Never: Asked, Title: t("裁定超时原因", "decide the cause of a breach"), Note: t("双方不一致时；保密请求由安全管理员紧急查阅后裁定", "when both sides differ; of confidential ones a security officer who opened it")},
	{Action: "request.contest", Allow: asking, Title: t("质疑一次暂停", "contest a pause"), Note: t("暂停结束后 5 个工作日内", "within 5 working days after it")},
	{Action: "request.appeal", Allow: asking, Title: t("请质量办裁定暂停", "turn to the quality office about a pause")},
	{Action: "request.void-pause", Allow: HeadServes | Quality | Glass, Never: Asked, Title: t("认定不该暂停", "find that a pause was not needed"), Note: t("先由负责人，客户不服再由质量办；保密请求由安全管理员紧急查阅后认定", "the head first, the quality office when the customer disagrees; of confidential ones a security officer who opened it")},
	{Action: "request.keep-pause", Allow: HeadServes | Quality | Glass, Never: Asked, Title: t("认定暂停有必要", "find that a pause was needed"), Note: t("先由负责人，客户不服再由质量办；保密请求由安全管理员紧急查阅后认定", "the head first, the quality office when the customer disagrees; of confidential ones a security officer who opened it")},
	{Action: "request.rate", Allow: Asked, Title: t("评价", "rate"), Note: t("每位相关客户一次；代理人不代评", "each involved person once; a deputy does not rate")},
	{Action: "request.watch", Allow: involved | Quality, Title: t("关注", "watch")},
	{Action: "request.let-watch", Allow: serving | asking, Title: t("让同事关注，或不再关注", "let a colleague watch, or no longer"), Note: t("保密请求：只限已能看到的人", "a confidential one: only who may see it already")},
	{Action: "request.name", Allow: Asked, Title: t("为保密请求指定知情人", "name people for a confidential request")},
	{Action: "repeat.list", Allow: Everyone, Title: t("查看自己和本单位的周期请求", "see one's own repeating requests and those of one's unit"), Note: t("保密的只有本人看得到", "a confidential one only its owner")},
	{Action: "repeat.keep", Allow: Everyone, Title: t("建立、改动周期请求与模板", "set up and change repeating requests and templates"), Note: t("自己的；单位的由负责人和秘书", "one's own; those of a unit its head and secretary")},
	{Action: "repeat.unit", Allow: Head | Secretary, Title: t("为全单位建立、改动周期请求", "keep repeating requests of the unit")},
	{Action: "repeat.forecast", Allow: Agent | Head, Title: t("查看未来几周预计的请求件数", "see how many requests are to come"), Note: t("只限本单位，只有件数", "the own unit only, and counts alone")},
	{Action: "request.why", Allow: involved | Quality, Title: t("查看“谁能看到、为什么”", "see who can see it and why")},
	{Action: "support.ask", Allow: Everyone, Title: t("向支持者求助（个人支持）", "turn to a supporter (personal support)")},
	{Action: "support.see", Allow: Asked | Named, Title: t("查看、书写、结束个人支持的交流", "read, write in and end personal support"), Note: t("任何角色都不能打开，包括紧急查阅", "no role opens it, break-glass included")},
	{Action: "rating.see", Allow: Self | Asked, Title: t("查看自己的评分", "see one's own rating"), Note: t("其他人只见汇总（n ≥ k）", "others see aggregates (n ≥ k)")},
	{Action: "rating.reasons", Allow: Self | Asked | Quality, Title: t("查看理由与评语", "see reasons and comment"), Note: t("经办人：给评人允许时；质量办：记录在案", "assignee: if the giver allows; quality office: logged")},
	{Action: "review.plan-see", Allow: Agent | HeadServes | Owner | Quality | Executive | Auditor, Title: t("查看抽查方案", "see how a service's requests are drawn for review")},
	{Action: "review.plan", Allow: HeadServes | Owner | Quality, Title: t("设定抽查方案", "set how a service's requests are drawn for review")},
	{Action: "review.seed", Allow: Quality | Auditor, Title: t("查看抽取用的种子（可复算）", "see the seed of the draw, to recompute it")},
	{Action: "review.list", Allow: Everyone, Title: t("查看抽查列表（只含看得到的）", "list reviews (those one may see)"), Note: t("服务方只见已完成的，不见结论", "the serving side: what is finished, without what was said")},
	{Action: "review.see", Allow: Asked | Quality, Title: t("查看一次抽查", "see one review"), Note: t("评判人本人；质量办：自己经办的除外", "whoever judges; the quality office: not of the own work")},
	{Action: "review.judge", Allow: Asked | Quality, Title: t("评判结果是否正确", "say whether a result is right"), Note: t("复评人看不到首评；自己经办的不评", "the second sees nothing of the first; nobody judges the own work")},
	{Action: "delivery.see", Allow: asking | SameUnit | serving | Watcher | HeadAsks | Quality, Title: t("查看例行交付", "see a standing delivery")},
	{Action: "delivery.deliver", Allow: serving, Title: t("例行交付：交付", "standing delivery: deliver"), Note: t("双方负责人各办本方的", "each head acts for the own side")},
	{Action: "delivery.accept", Allow: asking | HeadAsks, Title: t("例行交付：验收、退回", "standing delivery: accept, return"), Note: t("双方负责人各办本方的", "each head acts for the own side")},
	{Action: "delivery.list", Allow: Everyone, Title: t("查看例行交付列表（只含看得到的）", "list standing deliveries (those one may see)")},
	{Action: "delivery.rate", Allow: Asked | HeadAsks, Title: t("例行交付：评价", "standing delivery: rate"), Note: t("每人一次", "each person once")},
	{Action: "delivery.message", Allow: serving | asking | HeadAsks | Watcher, Title: t("例行交付：留言", "standing delivery: write a message")},
	{Action: "delivery.uphold", Allow: asking | HeadAsks | Quality, Title: t("例行交付：裁定有异议的计入", "standing delivery: settle that a contested one counts")},
	{Action: "delivery.drop", Allow: HeadServes | Quality, Title: t("例行交付：裁定有异议的不计入", "standing delivery: settle that a contested one does not count")},
	{Action: "delivery.push", Allow: Agent | HeadServes, Title: t("主动交付", "deliver unasked"), Note: t("本单位的服务人员和负责人", "agents and heads of the unit")},
	{Action: "delivery.feed", Allow: Agent | HeadServes | Admin, Title: t("报送例行交付（接口）", "tell of standing deliveries (API)"), Note: t("提供该服务的单位；导入权限的令牌不限", "the unit of the service; a token with the import scope for any")},
	{Action: "delivery.standing", Allow: Everyone, Title: t("查看例行交付的约定", "see what is arranged")},
	{Action: "delivery.arrange", Allow: HeadServes | Owner, Title: t("建立、修改、终止例行交付的约定", "make, change and end an arrangement"), Note: t("服务单位负责人、该服务的负责人", "the head of the provider, the owner of the service")},
	{Action: "delivery.agree", Allow: HeadAsks, Title: t("确认、不同意例行交付的约定", "confirm an arrangement or object to it"), Note: t("客户单位负责人", "the head of the customer")},
	{Action: "problem.see", Allow: Everyone, Title: t("查看已知问题（只含自己可用的服务）", "see known problems (of services one may ask for)"), Note: t("不到 5 人时只说“有人”；受影响的单位只给服务方看", "below 5 people only that some have it; the units affected are for the serving side")},
	{Action: "problem.mark", Allow: Agent | HeadServes, Title: t("公布、更新、结束已知问题", "make a problem known, update and end it"), Note: t("本单位的服务", "of services of the own unit")},
	{Action: "problem.me-too", Allow: Everyone, Title: t("“我也遇到了”，回答是否解决", "say 'me, too', and whether it is solved")},
}

var talkRules = []Rule{
	{Action: "talk.see", Allow: involved | Quality | Glass, Title: t("查看对话", "read a conversation")},
	{Action: "talk.post", Allow: serving | asking | Delegate | Watcher, Title: t("在对话中发言", "write in a conversation")},
	{Action: "talk.watch", Allow: involved | Quality, Title: t("关注或取消关注", "watch or stop watching")},
	{Action: "talk.read", Allow: involved | Quality, Title: t("标记已读", "mark as read")},
	{Action: "talk.inbox", Allow: Everyone, Title: t("收件箱（自己的）", "the inbox (one's own)")},
	{Action: "file.upload", Allow: Everyone, Title: t("上传文件", "upload a file")},
	{Action: "file.see", Allow: involved | Quality | Glass, Title: t("下载文件（随所属记录）", "download a file (as its record)")},
	{Action: "todo.mine", Allow: Everyone, Title: t("待办（自己的）", "to-do (one's own)")},
	{Action: "todo.see", Allow: Everyone, Title: t("首页与待办列表（自己的）", "home and to-do list (one's own)")},
	{Action: "todo.change", Allow: Everyone, Title: t("处理自己的待办", "act on one's own to-do")},
}

var serviceRules = []Rule{
	{Action: "service.see", Allow: Everyone, Title: t("查看服务目录", "see the catalogue")},
	{Action: "service.list", Allow: Everyone, Title: t("列出服务", "list services")},
	{Action: "service.article", Allow: Agent | HeadServes | Owner | Quality, Title: t("提议知识条目", "propose an article")},
	{Action: "service.propose", Allow: Agent | HeadServes | Owner | Quality, Title: t("起草服务并提交审核", "draft a service and propose it for review")},
	{Action: "service.approve", Allow: HeadServes | Quality, Title: t("审核服务：发布或退回", "review a service: offer it or send it back")},
	{Action: "service.edit", Allow: HeadServes | Owner | Quality, Title: t("修改、停用服务与表单", "edit, retire a service and its form")},
	{Action: "service.ladder", Allow: HeadServes | Owner | Quality, Title: t("设定一项服务时限用到多少时提醒谁", "say who is told when part of a service's time is used")},
	{Action: "service.ladder-default", Allow: Quality, Title: t("设定全公司时限用到多少时提醒谁", "say who is told where a service says nothing")},
	{Action: "service.topics", Allow: Admin, Title: t("维护服务主题的清单", "keep the list of topics of services")},
	{Action: "service.import", Allow: Quality | Admin, Title: t("导入服务包", "import service packs")},
	{Action: "standard.change", Allow: HeadServes, Title: t("修改标准", "change a standard"), Note: t("与客户签了服务协议的，对该客户以协议为准；所有者与质量办只能起草", "where an agreement is signed, it counts for that customer; owner and quality office draft")},
	{Action: "standard.confirm", Allow: HeadServes, Title: t("确认建议值", "confirm starting values")},
	{Action: "standard.draft", Allow: HeadServes | Owner | Quality, Title: t("起草标准", "draft a standard")},
	{Action: "agreement.list", Allow: Everyone, Title: t("查看服务协议列表（只含看得到的）", "list agreements (those one may see)")},
	{Action: "agreement.draft", Allow: Head | Quality, Title: t("起草、修改、撤回、终止服务协议", "draft, change, take back and end an agreement"), Note: t("双方负责人及其上级；质量办只起草，不签", "the heads of either side and above; the quality office drafts and does not sign")},
	{Action: "agreement.see", Allow: Member | Agent | Head | Quality | Executive, Title: t("查看服务协议", "see an agreement"), Note: t("本单位及其下级单位成员", "members of either unit and of those below")},
	{Action: "agreement.sign", Allow: Head, Title: t("签署、退回、复盘服务协议（本方）", "sign an agreement, send it back, comment on it (own side)")},
	{Action: "calendar.see", Allow: Everyone, Title: t("查看工作日历、试算时限", "see working calendars, try a deadline")},
	{Action: "calendar.change", Allow: Admin, Title: t("修改工作日历", "change a working calendar")},
	{Action: "calendar.import", Allow: Admin, Title: t("导入法定节假日", "bring in statutory days off")},
}

var relationRules = []Rule{
	{Action: "relation.see", Allow: Everyone, Title: t("查看关系、服务与标准", "see that a relation exists, its services and standards")},
	{Action: "relation.list", Allow: Everyone, Title: t("关系矩阵（数字按下一行）", "the matrix (numbers by the next row)")},
	{Action: "relation.wall", Allow: Quality | Executive, Title: t("查看大屏（只有部门，没有个人）", "see the wall screen (units only, no people)"), Note: t("限定单位的角色：数字按下一行", "roles of a unit: numbers by the next row")},
	{Action: "relation.numbers", Allow: Member | Agent | Head | Quality | Executive, Title: t("查看关系的数字", "see a relation's numbers"), Note: t("本单位的关系；公司开关打开时所有人可见全部；负责人含下级", "own unit's edges; everybody all of them where the company says so; heads also those below")},
	{Action: "relation.propose", Allow: Head | Quality, Title: t("提议、确认、质疑关系", "propose, confirm, dispute a relation"), Note: t("负责人：本方", "heads: own side")},
	{Action: "relation.walls", Allow: HeadServes | Quality | Executive, Title: t("查看部门墙", "see walls between units"), Note: t("负责人与限定单位的角色：所辖单位的一侧；全公司的网络数字只给公司级角色", "heads and roles of a unit: their side; figures of the whole network for company-wide roles")},
	{Action: "relation.contact", Allow: Agent | Head | Secretary, Title: t("维护联系人", "keep contacts")},
	{Action: "expectation.write", Allow: Agent | Head | Quality, Title: t("填写、修改、撤回期望", "write, change, withdraw expectations"), Note: t("客户方：本单位；品质管理部门可代记", "the customer's side: own unit; the quality office may note them")},
	{Action: "expectation.answer", Allow: Head, Title: t("答复期望", "answer expectations"), Note: t("服务方负责人", "the head of the provider")},
	{Action: "workshop.see", Allow: Everyone, Title: t("查看“我的客户是谁”梳理进度与对照", "see how far a workshop is, and what it brought"), Note: t("交上来的内容；未交的只看到进度", "what was handed in; of the others only how far they are")},
	{Action: "workshop.run", Allow: Quality, Title: t("发起、结束“我的客户是谁”梳理", "open and close a workshop")},
	{Action: "sheet.see", Allow: Agent | Head | Quality, Title: t("查看一个单位的梳理表", "see the sheet of a unit"), Note: t("本单位的", "one's own unit's")},
	{Action: "sheet.write", Allow: Agent | Head, Title: t("填写本单位的梳理表", "fill in the sheet of the own unit"), Note: t("本单位", "own unit")},
	{Action: "sheet.hand-in", Allow: Head, Title: t("提交、取回本单位的梳理表", "hand in the sheet of the own unit, or take it back"), Note: t("本单位", "own unit")},
	{Action: "account.see", Allow: Head | Quality | Executive, Title: t("查看关系账户", "see the relationship account"), Note: t("双方负责人所见相同；高管只见汇总", "both heads see the same; executives aggregates")},
	{Action: "satisfaction.see", Allow: Head | Quality | Executive, Title: t("查看满意度（只有整批的合计）", "see satisfaction (sums of whole batches only)"), Note: t("双方负责人及其上级；至少要有规定人数评价", "the heads of either side and above; of as many people as the rule asks")},
	{Action: "disclose.see", Allow: Everyone, Title: t("查看评价公布规则", "read the rule of releasing ratings")},
	{Action: "disclose.set", Allow: Quality, Title: t("设置数字至少涉及多少人", "set how many people a number is about at least"), Note: t("全公司的质量办", "the quality office of the whole company")},
	{Action: "report.see", Allow: Member | Agent | Head | Quality | Executive, Title: t("查看达成报表", "see attainment reports")},
}

var orgRules = []Rule{
	{Action: "org.see", Allow: Everyone, Title: t("查看组织与单位", "see the organisation and its units")},
	{Action: "org.change", Allow: Admin, Title: t("修改组织与人员", "change the organisation and its people")},
	{Action: "org.poster", Allow: HeadServes | Secretary | Admin, Title: t("打印单位的提请求海报", "print a unit's poster to ask by"), Note: t("负责人含下级单位", "heads also of the units below")},
	{Action: "org.import", Allow: Admin, Title: t("导入单位与人员", "import units and people")},
	{Action: "org.activate", Allow: Admin | Secretary, Title: t("发放本单位人员的激活链接", "hand out activation links in the unit")},
	{Action: "org.duty", Allow: Admin | Secretary | HeadServes, Title: t("维护值班表", "keep the duty list")},
	{Action: "person.see", Allow: Everyone, Title: t("查看姓名、单位、岗位、联系方式", "see name, unit, position, contact"), Note: t("工号按公司开关", "the 工号 by company switch")},
	{Action: "org.reorganise", Allow: Admin, Title: t("合并、拆分、移动、改名单位", "merge, split, move and rename units")},
	{Action: "person.holds", Allow: Self | HeadServes | HR | Admin, Title: t("查看某人手上的工作与权限", "see what somebody holds"), Note: t("看不到的记录只显示条数；负责人含下级", "records one may not see are only counted; heads also those below")},
	{Action: "person.move", Allow: HeadServes | HR | Admin, Title: t("办理交接、调动、离职", "hand over, transfer, leaving"), Note: t("负责人：本单位及下级；不能办理自己的", "heads: own unit and below; nobody their own")},
	{Action: "person.absence", Allow: Self | HeadServes | Secretary | HR | Admin, Title: t("查看缺勤的类型、说明与历史", "see kind, words and history of an absence"), Note: t("“缺勤至何时、谁代理”所有人可见", "until when and who stands in is shown to everybody")},
	{Action: "person.absence.set", Allow: Self | HeadServes | Secretary | HR | Admin, Title: t("登记、修改、结束缺勤，指定代理人", "enter, change and end an absence, name the deputy"), Note: t("本人；负责人、文员、人力资源：所辖人员", "the person; head, secretary and HR: their people")},
	{Action: "org.acting", Allow: HeadServes | Admin, Title: t("指定代理负责人", "name an acting head"), Note: t("由上级单位负责人指定", "by who heads a unit above")},
	{Action: "org.duty.see", Allow: Everyone, Title: t("查看值班表与当班人员", "see the duty list and who is on duty")},
	{Action: "org.handover", Allow: Self | Member | Agent | HeadServes | Secretary | Admin, Title: t("查看与确认交接班记录", "read and confirm hand-over notes"), Note: t("本单位人员与负责人、值班表上的人、维护值班表的人", "the unit's people and heads, who is on its list, who keeps the list")},
	{Action: "org.handover.write", Allow: Self | HeadServes | Secretary | Admin, Title: t("写交接班记录", "write a hand-over note"), Note: t("当班本人或维护值班表的人", "who had the shift, or who keeps the list")},
	{Action: "person.locale", Allow: Everyone, Title: t("设置自己的语言", "set one's own language")},
	{Action: "person.data", Allow: Self | Security, Title: t("导出个人数据", "export personal data")},
	{Action: "person.erase", Allow: Security, Title: t("删除个人数据", "erase personal data")},
	{Action: "company.see", Allow: Everyone, Title: t("查看公司开关", "see the company's switches")},
}

var houseRules = []Rule{
	{Action: "signin.own", Allow: Everyone, Title: t("修改自己的密码、管理自己的会话与令牌", "change one's password, keep one's sessions and tokens")},
	{Action: "signin.token", Allow: Everyone, Title: t("创建自己的 API 令牌", "make an API token of one's own")},
	{Action: "signin.reset", Allow: Admin | Security, Title: t("重置他人密码、解除锁定", "reset a password, lift a lock")},
	{Action: "signin.activate", Allow: Admin | Security | Secretary | Head, Title: t("激活与重置账号：链接、激活码、海报、确认", "activate and reset accounts: links, codes, posters, confirming"), Note: t("文员、负责人：本单位及下级；担任全公司角色的人除外，文员也不重置负责人；安全管理员与审计员的账号只由安全管理员处理", "secretaries, heads: own unit and below, not holders of company-wide roles, secretaries not heads; accounts of security officers and auditors only by a security officer")},
	{Action: "access.roles", Allow: Security | Admin, Title: t("设置角色", "set roles"), Note: t("全公司角色由安全管理员设置，单位与服务角色由管理员设置", "company-wide roles by the security officer, those of a unit or service by the administrator")},
	{Action: "access.held", Allow: Security | Admin, Title: t("查看谁持有什么角色、哪些账号闲置", "see who holds which role, and which accounts are idle")},
	{Action: "access.table", Allow: Everyone, Title: t("查阅权限表", "read the table of permissions")},
	{Action: "access.delegate", Allow: HeadServes | Admin, Title: t("指定本单位的经办人与文员", "name the agents and secretaries of the unit"), Note: t("只限自己负责的单位及其下级", "only of the unit one heads, and below")},
	{Action: "access.glass", Allow: Security, Title: t("紧急查阅一条保密记录", "open one confidential record (break-glass)"), Note: t("须写明理由；30 分钟，只读；记录在案并立即告知提出人；个人支持请求除外", "with a reason; 30 minutes, read only; logged and told to the asker at once; never personal support")},
	{Action: "access.glass.see", Allow: Security | Auditor, Title: t("查看紧急查阅登记", "read the break-glass register")},
	{Action: "access.told", Allow: Everyone, Title: t("查看谁以我的身份看过、谁查阅过我的保密记录", "see who looked with one's eyes, or opened one's confidential records")},
	{Action: "access.why", Allow: Self | HeadServes | Security, Title: t("查看某人为何能看到某记录", "see why somebody can see a record")},
	{Action: "access.view-as", Allow: Security, Title: t("以他人身份查看（记录并告知）", "view as somebody (logged, and told)")},
	{Action: "audit.read", Allow: Auditor, Title: t("查看审计记录", "read the audit trail")},
	{Action: "audit.verify", Allow: Auditor, Title: t("校验审计链", "verify the audit chain")},
	{Action: "audit.own", Allow: Everyone, Title: t("查看自己的操作记录", "see one's own actions in the trail")},
	{Action: "settings.list", Allow: Everyone, Title: t("打开设置首页（只列可用的）", "open the settings (those one may use)")},
	{Action: "settings.see", Allow: Admin | Security | Auditor, Title: t("查看设置", "see the settings")},
	{Action: "settings.change", Allow: Admin, Title: t("修改设置、通道、备份", "change settings, channels, backup")},
	{Action: "settings.import", Allow: Admin, Title: t("导入文件", "import files")},
	{Action: "settings.jobs", Allow: Admin, Title: t("查看后台作业", "see background jobs")},
	{Action: "search.use", Allow: Everyone, Title: t("搜索（只含看得到的）", "search (what one may see)")},
}

// index finds a row by its action.
var index = func() map[string]Rule {
	rows := map[string]Rule{}
	for _, g := range Table {
		for _, r := range g.Rules {
			if _, twice := rows[r.Action]; twice {
				panic("access: two rows for " + r.Action)
			}
			rows[r.Action] = r
		}
	}
	return rows
}()

// Actions lists every action of the table in its order.
func Actions() []string {
	var out []string
	for _, g := range Table {
		for _, r := range g.Rules {
			out = append(out, r.Action)
		}
	}
	return out
}

// RuleFor is the row of an action.
func RuleFor(action string) (Rule, bool) {
	r, ok := index[action]
	return r, ok
}

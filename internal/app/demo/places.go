package demo

import (
	"context"
	"fmt"
	"strings"

	"neike/internal/app/importer"
	"neike/internal/kit/actor"
	"neike/internal/request"
)

// placesFile is what the company has put labels on: the headquarters with its floors, meeting rooms and printers, and the
// workshop with its machines. The old plotter is gone; its label still hangs on the wall.
const placesFile = `code,name_zh,name_en,kind,parent,unit,asset,services,state,note
hq,华衡大厦,Huaheng Tower,building,,admin,,,,
hq-1f,一层,Floor 1,floor,hq,,,,,前台、接待
hq-1f-lobby,前台大厅,Lobby,area,hq-1f,,,,,
hq-3f,三层,Floor 3,floor,hq,,,,,财务、人力、法务
hq-3f-301,301 会议室,Meeting room 301,room,hq-3f,,,,,12 人
hq-3f-302,302 会议室,Meeting room 302,room,hq-3f,,,,,6 人
hq-3f-pr01,打印机 3F-01,Printer 3F-01,printer,hq-3f,it,ZC-2023-0117,,,走廊东头
hq-3f-pr02,打印机 3F-02,Printer 3F-02,printer,hq-3f,it,ZC-2023-0118,,,财务部门口
hq-3f-plot,绘图仪 3F,Plotter 3F,printer,hq-3f,it,ZC-2014-0003,,停用,2025 年报废
hq-4f,四层,Floor 4,floor,hq,,,,,研发、信息
hq-4f-401,401 大会议室,Large meeting room 401,room,hq-4f,,,,,30 人
hq-4f-pr01,打印机 4F-01,Printer 4F-01,printer,hq-4f,it,ZC-2024-0052,,,
hq-4f-srv,机房,Server room,facility,hq-4f,it,,it.outage,,
plant-w1,一车间,Workshop 1,workshop,,equipment,,,,
plant-w1-a,A 线,Line A,line,plant-w1,,,,,
plant-w1-a-cnc01,数控车床 01,CNC lathe 01,machine,plant-w1-a,,SB-0101,,,
plant-w1-a-cnc02,数控车床 02,CNC lathe 02,machine,plant-w1-a,,SB-0102,,,
plant-w1-a-cnc07,数控车床 07,CNC lathe 07,machine,plant-w1-a,,SB-0107,equipment.scan,,常见故障：主轴异响
plant-w1-b,B 线,Line B,line,plant-w1,,,,,
plant-w1-b-weld03,焊接机器人 03,Welding robot 03,machine,plant-w1-b,,SB-0203,,,
car-01,公务车 沪A·H0315,Company car 0315,vehicle,,admin,,admin.repair,,
`

// placeKinds are what places without services of their own offer.
var placeKinds = map[string][]string{
	"building": {"admin.repair"}, "room": {"admin.repair", "it.meetingit"}, "printer": {"it.incident"}, "machine": {"equipment.scan", "equipment.breakdown"}, "line": {"equipment.breakdown", "equipment.utility"},
}

// labelled makes the places of the company.
func (d *demo) labelled(ctx context.Context) error {
	r, err := d.app.Importer.Import(ctx, "places", strings.NewReader(placesFile), importer.Options{Name: "places.csv"})
	if err != nil {
		return err
	}
	for _, e := range r.Errors {
		return fmt.Errorf("line %d, %s: %s", e.Line, e.Column, e.Reason)
	}
	if err := d.app.Place.SetKinds(ctx, placeKinds); err != nil {
		return err
	}
	return d.reported(ctx)
}

// reported is what people scanned a label for: two of the same printer, a room and a machine; the last is in work.
func (d *demo) reported(ctx context.Context) error {
	for _, x := range []struct {
		no, service, place, title string
		fields                    map[string]any
		taken                     bool
	}{
		{"1008", "it.incident", "hq-3f-pr02", "打印机 3F-02：卡纸，取出后仍报错", map[string]any{"system": "other", "impact": "team", "steps": "卡纸，取出后仍报错", "device": "ZC-2023-0118"}, true},
		{"1031", "it.incident", "hq-3f-pr02", "打印机 3F-02：打印有黑条", map[string]any{"system": "other", "impact": "one", "steps": "打印有黑条", "device": "ZC-2023-0118"}, false},
		{"1008", "admin.repair", "hq-3f-301", "301 会议室：空调不制冷", map[string]any{"place": "301 会议室 hq-3f-301", "steps": "空调不制冷，下午有客户来访"}, false},
		{"1040", "equipment.scan", "plant-w1-a-cnc07", "数控车床 07：主轴异响", map[string]any{"device": "SB-0107", "steps": "转速 3000 以上有异响"}, true},
	} {
		p, err := d.app.Org.PersonByNo(ctx, x.no)
		if err != nil {
			return fmt.Errorf("%s: %w", x.no, err)
		}
		who, err := d.app.Org.ActorOf(ctx, p.ID)
		if err != nil {
			return err
		}
		r, err := d.app.Request.Open(actor.With(ctx, who), request.Ask{Service: x.service, Title: x.title, Place: x.place, Fields: x.fields})
		if err != nil {
			return fmt.Errorf("%s at %s: %w", x.service, x.place, err)
		}
		if !x.taken {
			continue
		}
		unit, _, _ := strings.Cut(x.service, ".")
		head, err := d.app.Org.ActorOf(ctx, d.heads[unit])
		if err != nil {
			return err
		}
		if _, err := d.app.Request.Take(actor.With(ctx, head), r.Number, request.When{}); err != nil {
			return fmt.Errorf("take %s: %w", r.Ref(), err)
		}
	}
	return nil
}

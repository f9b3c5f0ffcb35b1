package demo

import (
	"context"
	"fmt"
	"strings"

	"neike/internal/app/importer"
	"neike/internal/directory"
	"neike/internal/org"
	"neike/internal/signin"
)

// connected is the story of WeCom: the first sync brought everybody in sight together, somebody's account there is frozen,
// so that what goes there comes back, and the second sync sees less than the first and asks.
func (d *demo) connected(ctx context.Context) error {
	if err := d.app.Bus.Drain(ctx); err != nil { // what came before was told in the house
		return err
	}
	x := &suite{app: d.app}
	furnish(d.app, x)
	admin := d.as(ctx, d.byNo["1001"])
	c, err := d.app.Directory.SaveConnection(admin, 0, directory.ConnectionInput{Kind: directory.KindWeCom, NameZh: "企业微信", NameEn: "WeCom", Sync: true, Notify: true,
		// the address is one that nobody answers at, in case the folder is served by another command than demo
		Settings: map[string]string{"corp": "ww-demo", "app": "1000002", "api": "http://127.0.0.1:9", "accounts": "http://127.0.0.1:9", "private": "true"},
		Secrets:  map[string]string{"secret": "demo"}, Rules: directory.Rules{NewPeople: true, Owns: []string{"phone", "position", "active"}}})
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	run, err := d.synced(admin, c.ID)
	if err != nil {
		return err
	}
	if err := d.app.Directory.Apply(admin, run.ID, true, run.Leaving); err != nil {
		return fmt.Errorf("apply the first sync: %w", err)
	}
	if _, err := d.app.Directory.Work(ctx, run.ID); err != nil {
		return err
	}
	if err := d.unreached(ctx); err != nil {
		return err
	}
	x.part = true
	_, err = d.synced(admin, c.ID)
	return err
}

// synced reads the directory and plans.
func (d *demo) synced(ctx context.Context, connection int64) (directory.Run, error) {
	run, err := d.app.Directory.Begin(ctx, connection, "hand")
	if err == nil {
		run, err = d.app.Directory.Work(ctx, run.ID)
	}
	if err == nil && run.State != directory.Planned {
		err = fmt.Errorf("is %s", run.State)
	}
	if err != nil {
		return run, fmt.Errorf("sync: %w", err)
	}
	return run, nil
}

// unreached forgot the password and was helped; that it was set anew could not be told at WeCom.
func (d *demo) unreached(ctx context.Context) error {
	link, err := d.app.Signin.MakeLink(d.as(ctx, d.byNo["1001"]), d.byNo[frozenNo], "https://neike.example")
	if err != nil {
		return fmt.Errorf("link: %w", err)
	}
	_, key, _ := strings.Cut(link.URL, "/activate/")
	if _, err := d.app.Signin.SetByLink(ctx, key, Password, Password, signin.In{Address: "10.20.8.43", Agent: "Mozilla/5.0 (Linux; Android 12) Mobile Chrome/110"}); err != nil {
		return fmt.Errorf("password by link: %w", err)
	}
	if err := d.app.Bus.Drain(ctx); err != nil {
		return err
	}
	_, err = d.app.Jobs.RunDue(ctx)
	return err
}

// imported is the file of people that an administrator took in this morning and can take back.
func (d *demo) imported(ctx context.Context) error {
	var file strings.Builder
	file.WriteString("employee_no,name,unit,position\n")
	for _, no := range []string{"1033", "1047", "1058"} {
		p, err := d.app.Org.PersonByNo(ctx, no)
		if err != nil {
			return err
		}
		tree, err := d.app.Org.Tree(ctx)
		if err != nil {
			return err
		}
		u, _ := tree.ByID(p.Unit)
		fmt.Fprintf(&file, "%s,%s,%s,%s\n", no, p.Name, u.Code, "资深"+strings.TrimPrefix(p.Position, "资深"))
	}
	file.WriteString("2201,温晴,quality,检验员\n2202,纪南,equipment,设备技师\n")
	got, err := d.app.Importer.Import(d.as(ctx, d.byNo["1001"]), "people", strings.NewReader(file.String()), importer.Options{Name: "岗位调整.csv"})
	if err == nil && (len(got.Errors) > 0 || got.Created != 2 || got.Updated != 3) {
		err = fmt.Errorf("%+v", got)
	}
	if err != nil {
		return fmt.Errorf("import of people: %w", err)
	}
	return nil
}

// longLeave is the story of an engineer of R&D who is away for months: a colleague has the work, the name carries a mark.
func (d *demo) longLeave(ctx context.Context) error {
	staff := d.staff["rd"]
	if len(staff) < 5 {
		return nil
	}
	_, _, err := d.app.Org.PlanPerson(d.as(ctx, d.byNo["1003"]), d.noOf[staff[3]], org.ChangeInput{Kind: org.LongLeave,
		Until: d.today.In(shanghai).AddDate(0, 4, 0).Format("2006-01-02"), Deputy: d.noOf[staff[4]], Receiver: d.noOf[staff[4]]}, false)
	if err == nil {
		_, err = d.app.Jobs.RunDue(ctx)
	}
	if err != nil {
		return fmt.Errorf("long leave of %s: %w", d.noOf[staff[3]], err)
	}
	return nil
}

package demo

import (
	"context"
	"fmt"
	"time"

	"neike/internal/org"
)

// plantEntity is the code of the legal entity to which the plant belongs.
const plantEntity = "huaheng-sz"

// places are the story of where the company is: the headquarters and the plant have addresses, the plant's departments
// belong to a legal entity of their own.
func (d *demo) places(ctx context.Context) error {
	for _, p := range []struct {
		code string
		in   org.PlaceInput
	}{
		{"huaheng", org.PlaceInput{LegalName: "华衡智能装备股份有限公司", LegalNo: "91330100MA0DEMO01X"}},
		{plantEntity, org.PlaceInput{LegalName: "华衡智能装备（苏州）有限公司", LegalNo: "91320500MA0DEMO02Y"}},
		{headquarters, org.PlaceInput{AddressZh: "杭州市滨江区江虹路 88 号", AddressEn: "88 Jianghong Road, Binjiang, Hangzhou"}},
		{plant, org.PlaceInput{AddressZh: "苏州市吴江区运东大道 600 号", AddressEn: "600 Yundong Avenue, Wujiang, Suzhou", Entity: plantEntity}},
		{"production", org.PlaceInput{Entity: plantEntity}},
		{"equipment", org.PlaceInput{Entity: plantEntity}},
		{"warehouse", org.PlaceInput{Entity: plantEntity}},
	} {
		if err := d.app.Org.SavePlace(ctx, p.code, p.in); err != nil {
			return fmt.Errorf("place %s: %w", p.code, err)
		}
	}
	return nil
}

// merging is the morning half-way through the year on which Projects III goes into Projects II.
func (d *demo) merging() time.Time {
	return d.begin.AddDate(0, 6, 0).Truncate(24 * time.Hour).Add(time.Hour)
}

// merge is the story of a unit that ended: its people and what is open go into the unit that follows, what was done stays
// under its name, and reports count it there as it was or here as it is.
func (d *demo) merge(ctx context.Context) error {
	for _, u := range units {
		if u.into == "" {
			continue
		}
		_, _, err := d.app.Org.PlanUnits(d.as(ctx, d.byNo["1001"]), org.ReorganiseInput{Kind: org.Merge, From: []string{u.code}, Into: []org.IntoInput{{Code: u.into}}}, false)
		if err != nil {
			return fmt.Errorf("merge %s: %w", u.code, err)
		}
		if _, err := d.app.Jobs.RunDue(ctx); err != nil {
			return fmt.Errorf("merge %s: %w", u.code, err)
		}
		clear(d.actors) // they are of another unit now
		d.staff[u.into] = append(d.staff[u.into], d.staff[u.code]...)
	}
	return nil
}

// leaves is the story of a planned leaver: an engineer of R&D goes in three weeks, and a colleague gets what he holds.
func (d *demo) leaves(ctx context.Context) error {
	staff := d.staff["rd"]
	if len(staff) < 3 {
		return nil
	}
	last := d.today.In(shanghai).AddDate(0, 0, 21).Format(time.DateOnly)
	_, _, err := d.app.Org.PlanPerson(d.as(ctx, d.byNo["1003"]), d.noOf[staff[1]], org.ChangeInput{Kind: org.Leaving, Date: last, Receiver: d.noOf[staff[2]]}, false)
	if err != nil {
		return fmt.Errorf("leaving of %s: %w", d.noOf[staff[1]], err)
	}
	return nil
}

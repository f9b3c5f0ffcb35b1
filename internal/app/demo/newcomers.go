package demo

import (
	"context"
	"fmt"
	"strings"

	"neike/internal/org"
	"neike/internal/signin"
)

// newcomers came to Projects I this morning and have no password yet: their secretary has put up a poster, two of them have
// asked by it, and somebody whom it fits not at all.
func (d *demo) newcomers(ctx context.Context) error {
	for _, p := range []org.PersonInput{
		{No: "2101", Name: "唐小满", NameEn: "Tang Xiaoman", Unit: "proj1", Phone: "13900002101"},
		{No: "2102", Name: "马骏", NameEn: "Ma Jun", Unit: "proj1", Phone: "13900002102"},
		{No: "2103", Name: "白露", NameEn: "Bai Lu", Unit: "proj1"},
		{No: "2104", Name: "龙飞", NameEn: "Long Fei", Unit: "proj1"},
	} {
		if _, err := d.app.Org.SavePerson(ctx, p); err != nil {
			return fmt.Errorf("%s: %w", p.No, err)
		}
	}
	secretary := d.as(ctx, d.byNo["1008"])
	poster, err := d.app.Signin.MakePoster(secretary, "proj1", "14", "")
	if err != nil {
		return err
	}
	_, key, _ := strings.Cut(poster.URL, "/join/") // with a public address that stands before it
	for _, j := range []signin.JoinIn{
		{No: "2101", Name: "唐小满", Digits: "2101"},
		{No: "2103", Name: "白露"},
		{No: "2104", Name: "龙小飞"}, // not the name on file
	} {
		j.Password, j.Again = Password, Password
		if _, err := d.app.Signin.Join(ctx, key, j, signin.In{Address: "10.20.8." + j.No[2:], Agent: "Mozilla/5.0 (Linux; Android 12) Mobile Chrome/110"}); err != nil {
			return fmt.Errorf("%s at the poster: %w", j.No, err)
		}
	}
	return nil
}

// guarded lets 石磊 of Quality have a second factor. Nobody knows its key: whoever wants to see how a lost phone is helped
// asks the security officer, on the page of that account.
func (d *demo) guarded(ctx context.Context) error {
	ctx = d.as(ctx, d.byNo["1019"])
	offer, err := d.app.Signin.OfferTOTP(ctx)
	if err != nil {
		return err
	}
	code, err := signin.CodeAt(offer.Key, d.clock.Now())
	if err != nil {
		return err
	}
	_, err = d.app.Signin.ConfirmTOTP(ctx, offer.Sealed, code, "手机验证器")
	return err
}

package org

import (
	"cmp"
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"

	"neike/internal/kit/actor"
	"neike/internal/kit/lang"
	"neike/internal/kit/ui"
	"neike/internal/kit/web"
)

// AddressBy fixes the public address of the house from outside ("https://neike.example.com"): the settings no longer say
// it. Call it while wiring.
func (s *Service) AddressBy(address string) { s.fixed = strings.TrimRight(address, "/") }

// Address is where people reach the house, without a slash at its end: as the house was started with, else as the
// company has set it, else "". It is never what a request says of itself: a link that somebody else gets is made of it.
func (s *Service) Address(ctx context.Context) string {
	if s.fixed != "" {
		return s.fixed
	}
	return s.Company(ctx).URL
}

// AddressFor is Address, or the one the reader came by: for what goes back to that reader, and is shown with AddressNote.
func (s *Service) AddressFor(r *http.Request) string {
	return cmp.Or(s.Address(r.Context()), AddressOf(r))
}

// AddressOf is the address by which a request came.
func AddressOf(r *http.Request) string {
	u := url.URL{Scheme: "http", Host: r.Host}
	if web.IsSecure(r) {
		u.Scheme = "https"
	}
	return u.String()
}

// AddressNote says what is wrong with an address that is about to be printed or handed on; nil: nothing is.
func (s *Service) AddressNote(r *http.Request) *ui.NoteProps {
	ctx := r.Context()
	address := s.AddressFor(r)
	n := ui.NoteProps{Tone: "warn", Icon: "alert-triangle", Text: lang.T(ctx, "org.address-unset", "address", address)}
	switch {
	case onlyHere(address):
		n.Tone, n.Alert, n.Text = "bad", true, lang.T(ctx, "org.address-here", "address", address)
	case s.Address(ctx) != "":
		return nil
	}
	if actor.From(ctx).Has("admin") && s.fixed == "" {
		n.Href, n.Link = "/settings/company#f-url", lang.T(ctx, "org.address-set")
	}
	return &n
}

// onlyHere says whether an address leads to the machine itself.
func onlyHere(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || strings.HasSuffix(u.Hostname(), ".localhost") || ip != nil && (ip.IsLoopback() || ip.IsUnspecified())
}

// addressRead brings what was typed into its one form.
func addressRead(typed string) string { return strings.TrimRight(clean(typed), "/") }

// checkAddress says what is wrong with a public address; none is fine.
func checkAddress(address string) []finding {
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.Hostname() == "" || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" ||
		strings.ContainsAny(address, " \t\r\n\\\"'<>?#") || len(address) > 200 {
		return []finding{wrong("url", "org.address-malformed", "value", address)}
	}
	return nil
}

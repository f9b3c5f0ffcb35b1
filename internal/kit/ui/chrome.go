package ui

import "context"

// Chrome is what the frame shows around every page: filled by the
// application's middleware, read by Page. The zero value draws a frame
// without navigation, which is right for nobody signed in.
type Chrome struct {
	Company string // name of the company, beside the brand
	Person  string // name of the reader; empty: nobody is signed in
	Role    string // the small line under the name, "财务部 · 费用核算主管"

	Nav  []NavItem // the rail, in the order of the loop; only what this reader may use
	Tabs []NavItem // the first four tabs of the phone; the frame adds 'more' with the rest
	Menu []NavItem // the person's own pages in the person menu: account, password, ...

	AskHref     string // where '提请求' leads; empty: the button is not shown
	SearchHref  string // GET with q; empty: no search field
	InboxHref   string // empty: no inbox
	SignOutHref string // POST; empty: no such entry
	PrefsHref   string // POST of theme (light, dark, auto), locale, back; empty: no switches
	Unread      int    // unread messages and mentions
	LiveHref    string // the event stream, "/live"; empty: no live page
	LiveTopic   string // the topic of the person, "person:12"; event "unread" carries the count

	Theme  string // "light", "dark", or "" for what the device says
	Locale string // "zh" or "en"
	Path   string // path and query of this page, where a switch of theme or language comes back to

	Viewing *ViewingProps // somebody looks with the reader's eyes: a band on top of every page

	Guide *NoteProps // over the head of a page: where a longer way goes on

	Toast *ToastProps // said once, on the page after the deed
}

// NavItem is one entry of the rail, the tabs or the person menu.
type NavItem struct {
	Key   string // compared with PageProps.Active
	Label string
	Icon  string
	Href  string
	Count int       // shown when above 0, from 100 on as 99+
	Live  string    // event that carries a new count, "unread"; of a tab
	Sub   []NavItem // shown while this item or one of them is active
}

type chromeKey struct{}

// With puts the chrome into the context.
func With(ctx context.Context, c Chrome) context.Context {
	return context.WithValue(ctx, chromeKey{}, c)
}

// From is the chrome of the context, or the zero Chrome.
func From(ctx context.Context) Chrome {
	c, _ := ctx.Value(chromeKey{}).(Chrome)
	return c
}

// ViewingProps says on every page that this is seen with somebody else's eyes.
type ViewingProps struct {
	Text string // with whose eyes, until when
	Stop string // label of the button that ends it
	Post string // where it posts to
}

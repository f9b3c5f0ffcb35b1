// Package ui is the look: the frame around every page and one component for
// each pattern, each taking one struct. /design shows all of them with real
// data; its source (kit/ui/design) is the best example of how to call them.
//
//	@ui.Page(ui.PageProps{Title: …, Active: "request"}) { … }
//
// # Frame
//
//	Page        a framed page; Aside 360 px, Drawer 344 px, Sticky for the thumb, Live topics
//	Bare        sign-in, activation, first run (Wide), errors before sign-in
//	Live        a region that fetches and morphs itself on an event: Live(LiveProps{ID, Event, URL}) {…};
//	            the address answers with HTML that contains an element of the same id
//	With, From  Chrome in the context: navigation, person, unread count, theme, toast; app's middleware fills it
//	SearchList  the answer of GET /search?q= to an htmx request
//
// # Words and marks
//
//	Icon, IconSmall, IconLarge   of the sprite, by Tabler's name; decoration, the word stands beside it
//	Button      Kind "primary" (one a screen), "", "quiet", "danger"; link with Href; Disabled says why; Opens a Dialog
//	IconButton  square, Label is its name
//	Segmented   a switch between views (links) or of a form (Name)
//	Tag         small label; Status shape, word, colour; Verdict of a measure
//	Avatar, Person
//	Note        a sentence in a tinted well; Text user's text with @[name] and links
//
// # Blocks
//
//	Card, Section, Pairs, Stats, Stat, Legend, List + ListItem, Board, Tabs
//	Empty, Skeleton, Error, ErrorPage
//
// # Data
//
//	Table + Row  children are rows; on the phone each row is a card: td classes t-title (leads), t-hide (left out),
//	             t-check (corner), t-act (corner, beside t-title has-act), attribute data-th (label before the value); Wide keeps it a table that scrolls
//	FilterBar    a GET form, selects in the address; Pager; Downloads (XLSX, CSV); BulkBar + Check(Form); KeyHints
//	Whisker      estimate, interval, target; Matrix; Bar; Drawer
//
// # Forms
//
//	Form + FormRow + FormActions, ErrorSummary(ErrorsOf(ctx, err, labels)); every field gets Error: errs.At(name)
//	Input, Textarea, Select, DateInput, Checkbox, CheckList, RadioList, Picker, FileDrop, FileChip: FieldProps
//	FieldSet + FieldSetRow  several inputs of one answer, in rows; inputs of one name are numbered by Nth
//	FieldGroup   a part of a long form under its own heading
//	Field        the wrapper alone, for an input of your own (id FieldID)
//	RadioCards   a forced choice with printed examples; DurationInput value + unit; Stars 1–5; Scale 1–n
//	Dialog, Toast, Explain
//
// # Request
//
//	Clock, HopLanes, Intervals, Conversation, Message, Composer, Timeline, Steps
//
// # Work
//
//	Wizard, DryRun, Job, QR, Slip
//
// # What scripts add
//
// Everything works without them. With them: / and Ctrl-K search, j k x Enter
// r ? in lists (a Table or List with Keys, rows with Href), Ctrl-Enter sends,
// forms with Draft are kept on the device until they are accepted, a form is
// sent once, files may be dropped and pasted, @ offers people (JSON endpoint:
// {"items":[{"value","text","note"}]}; the text gets @[value]), HX-Trigger
// {"nk-toast":{"text","undo","tone"}} shows a toast.
//
// # Rules
//
// No style attributes and no inline scripts: the content policy forbids them.
// Layout helpers for pages are nk-row, nk-stack, nk-stack-4, nk-grid nk-g2 …
// nk-g4, nk-split, nk-two, nk-state; text helpers nk-2, nk-3, nk-s, nk-xs,
// nk-num, nk-ellipsis, nk-sr; no-phone, only-phone, only-print, no-print. What
// a page needs twice becomes a component here.
package ui

package ui

import "github.com/a-h/templ"

// MessageProps is one entry of a conversation.
type MessageProps struct {
	ID     string
	Kind   string // "message", "note", "ask", "answer", "deliver", "system"
	Person string
	Unit   string
	When   string          // "9月29日 16:40"
	At     string          // RFC 3339, for the title of the time
	Tone   int             // of the avatar: 2 for the customer's side
	Text   string          // plain text; line breaks kept, mentions marked
	Body   templ.Component // instead of Text
	Hidden string          // of a note: who cannot see it, "项目一部"
	Tag    string          // of an ask: "要求补充，计时暂停"
	Icon   string          // of a system line
	Files  []FileProps
	Unread bool
	Act    *Crumb // what may be made of it, as a link beside the time; not on notes and system lines
}

// ConversationProps is the whole exchange.
type ConversationProps struct {
	ID       string
	Messages []MessageProps
	Older    string // address of the earlier ones
	OlderN   int
	Empty    string
}

// ComposerProps is the reply box under it.
type ComposerProps struct {
	ID          string
	Action      string // POST of text, files, kind
	Note        bool   // the writer may leave internal notes
	NoteHidden  string // who cannot see a note
	To          string // "回复客户", "回复财务部"
	Send        string // "发给项目一部"
	SendNote    string
	Placeholder string
	Value       string
	Error       string
	Mentions    string // JSON endpoint for @
	Draft       string // key of the draft
	Files       bool
	Kind        string // "message" or "note" as it came back

	Phrases string      // JSON endpoint of what is said often: offered behind /, and by a select
	Choices []Option    // the same by name, for the select
	Used    string      // ids of those that stand in Value, with commas
	Keep    *Crumb      // where they are kept
	Seen    string      // of the newest entry that the page shows: whoever wrote since is told of before it is sent
	Hold    string      // address to which the words are posted, with save=1, while they are written; "" they are not kept there
	Kept    []FileProps // files of that draft, which are sent along
	Held    int64       // version of the draft that stands in Value; 0: of none
	Anyway  bool        // somebody wrote meanwhile, and the writer has been told
}

// TimelineItem is one event.
type TimelineItem struct {
	When, At, Icon, Text, Href string
	Note                       string
	Body                       templ.Component
}

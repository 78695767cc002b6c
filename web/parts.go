package web

import (
	"time"

	"folkmoot/internal/lang"
	"folkmoot/internal/textdiff"
)

// Row is one thing in a list: part "rows".
type Row struct {
	Href  string
	Kind  lang.Msg // small, above: "Proposal 14"
	Title string
	State lang.Msg   // in words: "Voting is open"
	Until Until      // zero: none
	Can   lang.Msg   // what the reader can do here now; marks the row with the accent
	Notes []lang.Msg // small, a sentence a line: "You have voted."
	Facts []lang.Msg // small, below, in one line: "12 supporters", "3 new posts"
}

// Tab is a filter that is a link: part "tabs".
type Tab struct {
	Href    string
	Label   lang.Msg
	Current bool
}

// Pager leads to older and newer entries: part "pager". An empty address shows no link.
type Pager struct{ Newer, Older string }

// Empty is what stands where there is nothing yet; it teaches what the place is for: part "empty".
type Empty struct {
	Title lang.Msg
	Say   []lang.Msg
	Act   Action // zero: none
}

// Tag is a word or two about a thing: part "tags". New stands out.
type Tag struct {
	Say lang.Msg
	New bool
}

// Fact is a name and its value: part "facts". With At the value is a time; with Href it is a link.
type Fact struct {
	Label lang.Msg
	Value lang.Msg
	At    time.Time
	Href  string
	Code  bool // set in letters of one width
}

// Power says who may do what, until when, and how members can end it: part "powers".
type Power struct {
	Who   lang.Msg
	What  lang.Msg  // what they may do; zero where the list says it
	From  time.Time // zero: it is not said
	Until time.Time // zero: says Ends instead
	Day   bool      // the days are enough here
	Ends  lang.Msg
	Say   lang.Msg // what is different about this one
	How   lang.Msg // what it came from, or how it ends
	Href  string   // to what it came from; empty: there is no page of it
}

// Check is a point of a list that is done or not yet: part "checks".
type Check struct {
	Done bool
	Say  lang.Msg
	Href string
}

// Session is one place where the reader is signed in: part "sessions".
type Session struct {
	Name    lang.Msg // "Firefox on Android"
	Seen    time.Time
	Since   time.Time
	Current bool
	End     Action // zero: cannot be ended here
}

// Clause is a numbered point of a text: part "clauses". Spans replace Text where a comparison is shown.
type Clause struct {
	ID     string // anchor without "#"
	Number int    // 0: no number, for a clause that is gone
	Text   string
	Spans  []Span
	Note   lang.Msg // "Changed in version 3"
	Links  []Link   // "4 posts on this point"
}

// Span is a stretch of a text that is compared: part "diff" takes a list of them.
type Span struct {
	Text           string
	Added, Removed bool
}

// spans turns a comparison into what the page shows.
func spans(diff []textdiff.Span) []Span {
	out := make([]Span, len(diff))
	for i, d := range diff {
		out[i] = Span{Text: d.Text, Added: d.Op == textdiff.Added, Removed: d.Op == textdiff.Removed}
	}
	return out
}

// Statement is a short text for or against: part "statements" sets them side by side.
type Statement struct {
	Title lang.Msg // "For", "Against"
	Text  string   // Markdown; empty: Empty is shown
	By    string
	Empty lang.Msg // "Nobody has written one yet. Any member may."
	Act   Action
}

// Explain is a question that opens to its answer: part "explain".
type Explain struct {
	Ask lang.Msg
	Say []lang.Msg
}

// Post is a contribution to a talk with its answers: part "thread" takes a list of them.
type Post struct {
	ID      string // anchor without "#"
	Kind    lang.Msg
	Who     string
	At      time.Time
	About   Link     // the clause it is about; zero: the whole
	Text    string   // Markdown
	Gone    lang.Msg // said instead of a text that was withdrawn
	New     bool     // since the reader last looked
	Actions []Link   // "Answer", "Link"
	Replies []Post
	Seen    Seen // on the last post of the page: tells the server it was seen
}

// Seen tells the server that the talk was read so far. The zero value tells nothing.
type Seen struct{ Path, CSRF, UpTo string }

// QR is a code to photograph, with its address in words below: part "qr".
type QR struct {
	Label   lang.Msg // what it leads to
	Address string
}

// CodeCard is a recovery code to print and put away: part "code-card".
type CodeCard struct {
	Title lang.Msg
	Code  string
	Facts []Fact
	Say   []lang.Msg
}

// Copy is a text with a button that copies it: part "copy". Without scripts it is a text to mark and copy.
type Copy struct {
	ID    string
	Label lang.Msg
	Text  string
	Long  bool // several lines
}

package web

import (
	"strconv"

	"folkmoot/internal/lang"
)

// Ballot is a ballot paper: part "ballot". The choices have one size and one look; the text is the text voted on.
type Ballot struct {
	Href    string // where it is sent to be checked
	Guard   Guard
	Name    string // of the field; "choice" if empty
	Kind    lang.Msg
	Title   string
	Clauses []Clause
	Ask     lang.Msg // "Shall the group do this?"
	Choices []Option
	Wrong   lang.Msg
	Say     []lang.Msg // how this vote is kept, who can see what
	Random  string     // name of a hidden field that the browser fills with bytes of its own choosing; empty: none
	Send    []Hidden
	Short   bool     // what is said stands below the button, where there is a minute
	Submit  lang.Msg // "Check my vote"
}

// Field returns the name of the field the choice is sent in.
func (b Ballot) Field() string {
	if b.Name == "" {
		return "choice"
	}
	return b.Name
}

// Chosen shows a vote once more before it is cast: part "chosen".
type Chosen struct {
	Say    lang.Msg // "Your vote:"
	Choice lang.Msg // "For"
	Notes  []lang.Msg
	Href   string
	Guard  Guard
	Send   []Hidden
	Submit lang.Msg // "Cast this vote"
	Back   Link
	Fill   string // spaces, which make the page as long whatever was chosen
}

// Result is how a vote ended: part "result". Carried and not carried look alike; the words differ. Where too few took part the
// votes were not counted, and there are no bars.
type Result struct {
	Outcome lang.Msg
	Why     lang.Msg // the one sentence that explains it from the rule and the numbers
	Caption lang.Msg // what is counted: "Votes"
	Bars    []Bar    // none: it was not counted
	Of      int      // the number a full bar stands for
	Need    int      // votes needed for the first bar; 0: no mark
	NeedSay lang.Msg // "The mark shows what was needed: more for than against."
	Facts   []Fact
}

// Bar is one line of a Result.
type Bar struct {
	Label lang.Msg
	Count int
}

// Percent returns n of Of in per cent with one decimal as an SVG length, "62.5%". It is drawn, never decided by.
func (r Result) Percent(n int) string { return percent(n, r.Of) }

// Receipt is what a voter takes away: part "receipt".
type Receipt struct {
	Title lang.Msg
	Code  string // empty: this vote has none
	Say   []lang.Msg
	Facts []Fact
	Act   Action
}

func percent(n, of int) string {
	if of <= 0 {
		return "0%"
	}
	tenths := min(n*1000/of, 1000)
	return strconv.Itoa(tenths/10) + "." + strconv.Itoa(tenths%10) + "%"
}

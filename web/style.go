package web

import (
	"net/http"
	"time"

	"folkmoot/internal/lang"
	"folkmoot/internal/textdiff"

	"github.com/labstack/echo/v4"
)

// stylePage is the living style guide: every part in every state, with made-up content.
type stylePage struct {
	Frame
	Colours    []string
	Heads      []Head
	Rows       []Row
	Tabs       []Tab
	Pager      Pager
	Clauses    []Clause
	Compared   []Clause
	Statements []Statement
	Talk       []Post
	Notices    []Notice
	Wrong      Trouble
	Line       Field
	LineWrong  Field
	Code       Field
	Area       Field
	AreaWrong  Field
	Cards      Choice
	CardsWrong Choice
	Boxes      Choice
	List       Choice
	Tick       Tick
	TickWrong  Tick
	Grave      Grave
	Steps      Steps
	Ballot     Ballot
	Chosen     Chosen
	Rank       Rank
	RankWrong  Rank
	Ranked     Ranked
	Receipt    Receipt
	Results    []Result
	Facts      []Fact
	Explain    Explain
	Empty      Empty
	Tags       []Tag
	Powers     []Power
	Checks     []Check
	Sessions   []Session
	QR         QR
	Card       CodeCard
	Copies     []Copy
	Flow       Flow
	Times      Times
}

var styleTmpl = newPage[stylePage]("style.html")

// showStyle answers with the style guide in the frame given; only a server with the sample data has a route to it.
func showStyle(c echo.Context, f Frame) error {
	return styleTmpl.render(c, http.StatusOK, styleGuide(f))
}

func styleGuide(f Frame) stylePage {
	day := time.Date(f.Now.Year(), f.Now.Month(), f.Now.Day(), 20, 0, 0, 0, f.Now.Location())
	p := stylePage{
		Frame:   f,
		Colours: []string{"paper", "sheet", "shade", "rule", "line", "soft", "ink", "accent", "accent-deep", "accent-tint", "added", "removed"},
		Pager:   Pager{Newer: "#lists", Older: "#lists"},
		Explain: Explain{Ask: m("explain.ask"), Say: ms("explain.say1", "explain.say2")},
		QR:      QR{Label: m("qr"), Address: "http://localhost:8080/join/7FK3-9QTM-2XVA"},
	}
	p.Head = Head{Kind: m("kind"), Title: m("title"), State: m("state"), Cannot: m("cannot")}
	p.Strip = Strip{Next: m("strip.next"), Decides: m("strip.decides"), Change: m("strip.change"), Href: "#foot"}
	p.styleHeads(day)
	p.styleLists(day)
	p.styleTexts(day)
	p.styleForms()
	p.styleVote(day)
	p.styleRank()
	p.stylePaper(day)
	p.Flow, p.Times = styleFlow(), styleTimes(day)
	return p
}

// m names a sentence of the guide; ms several.
func m(id string, kv ...any) lang.Msg { return lang.M("style."+id, kv...) }

func ms(ids ...string) []lang.Msg {
	out := make([]lang.Msg, len(ids))
	for i, id := range ids {
		out[i] = m(id)
	}
	return out
}

func (p *stylePage) styleHeads(day time.Time) {
	title := plain("Open the hall kitchen on Sundays")
	kind := m("head.kind")
	crumbs := []Link{{Href: "#heads", Label: lang.M("layout.nav.proposals")}}
	p.Heads = []Head{
		{Crumbs: crumbs, Kind: kind, Title: title, State: m("head.voting"), Can: m("head.can_vote"),
			Until: Until{Say: m("until.vote"), At: day.AddDate(0, 0, 3)}, Act: Action{Href: "#ballot", Label: m("act.vote")}},
		{Kind: kind, Title: title, State: m("head.seeking"), Can: m("head.can_support"),
			Until: Until{Say: m("until.support"), At: day.AddDate(0, 0, 12)},
			Act:   Action{Href: "#heads", Label: m("act.support"), Post: true, Guard: p.Guard()},
			Also:  []Action{{Href: "#talk", Label: m("act.talk")}}},
		{Kind: kind, Title: title, State: m("head.tabled"), Until: Until{Say: m("until.opens"), At: day.AddDate(0, 0, 1)}, Cannot: m("head.wait")},
		{Kind: m("head.decision"), Title: title, State: m("head.carried"), Also: []Action{{Href: "#paper", Label: m("act.export")}}},
	}
}

func (p *stylePage) styleLists(day time.Time) {
	number := func(n int) lang.Msg { return m("row.kind", "Number", n) }
	p.Rows = []Row{
		{Href: "#lists", Kind: number(14), Title: "Open the hall kitchen on Sundays", State: m("row.voting"), Can: m("row.can_vote"),
			Until: Until{Say: m("until.vote"), At: day.AddDate(0, 0, 3)}, Facts: []lang.Msg{m("row.posts", "Count", 23), m("row.new", "Count", 3)}},
		{Href: "#lists", Kind: number(15), Title: "Buy a second-hand projector, for no more than 180", State: m("row.seeking"),
			Facts: []lang.Msg{m("row.support", "Count", 1)}},
		{Href: "#lists", Kind: number(12), Title: "Ask the council to mend the lift at Maple Court before winter", State: m("row.not_carried"),
			Facts: []lang.Msg{m("row.posts", "Count", 61)}},
	}
	p.Tabs = []Tab{{Href: "#lists", Label: m("tab.all"), Current: true}, {Href: "#lists", Label: m("tab.voting")}, {Href: "#lists", Label: m("tab.seeking")}, {Href: "#lists", Label: m("tab.decided")}}
	p.Empty = Empty{Title: m("empty.title"), Say: ms("empty.say1", "empty.say2"), Act: Action{Href: "#lists", Label: m("empty.act")}}
	p.Tags = []Tag{{Say: lang.M("layout.new"), New: true}, {Say: m("tag.money")}, {Say: m("tag.secret")}}
	p.Powers = []Power{
		{What: m("power.keys"), Who: plain("Ines, Marek"), Until: day.AddDate(0, 5, 0), How: m("power.keys_how")},
		{What: m("power.rules"), Who: m("power.all"), Ends: m("power.always"), How: m("power.rules_how")},
	}
	p.Checks = []Check{{Done: true, Say: m("check.members")}, {Say: m("check.key"), Href: "#lists"}, {Done: true, Say: m("check.meeting")}}
	p.Sessions = []Session{
		{Name: plain("Firefox, Linux"), Seen: p.Now, Since: day.AddDate(0, 0, -20), Current: true},
		{Name: plain("Chrome, Android"), Seen: day.AddDate(0, 0, -2), Since: day.AddDate(0, -1, 0), End: Action{Href: "#lists", Label: m("session.end"), Post: true, Guard: p.Guard()}},
	}
	p.Facts = []Fact{
		{Label: m("fact.proposer"), Value: plain("Ines")},
		{Label: m("fact.closes"), At: day.AddDate(0, 0, 3)},
		{Label: m("fact.rules"), Value: m("fact.rules_value"), Href: "#lists"},
		{Label: m("fact.print"), Value: plain("5f3c a91b 77e0 42d8"), Code: true},
	}
}

func (p *stylePage) styleTexts(day time.Time) {
	before := "We will open the hall kitchen every Sunday from noon, starting in May."
	after := "The food group will open the hall kitchen every Sunday from noon to four, starting in May."
	p.Clauses = []Clause{
		{ID: "c1", Number: 1, Text: after, Note: m("clause.changed"), Links: []Link{{Href: "#talk", Label: m("clause.posts", "Count", 4)}}},
		{ID: "c2", Number: 2, Text: "Two people hold the keys each week, drawn by lot from those who said yes."},
		{ID: "c3", Number: 3, Text: "We spend up to 60 a month on food from the common fund, and show the receipts."},
	}
	p.Compared = []Clause{
		{Number: 1, Spans: spans(textdiff.Diff(before, after))},
		{Number: 2, Text: p.Clauses[1].Text},
		{Spans: []Span{{Text: "Guests pay what they can.", Removed: true}}, Note: m("clause.gone")},
	}
	p.Statements = []Statement{
		{Title: m("for"), Text: "Sunday is the day when **nothing else is open**. Last winter eleven people said so in the survey.", By: "Ines"},
		{Title: m("against"), Empty: m("against.none"), Act: Action{Href: "#text", Label: m("against.act")}},
	}
	p.Talk = []Post{
		{ID: "p1", Kind: m("post.question"), Who: "Marek", At: day.AddDate(0, 0, -3), About: Link{Href: "#c2", Label: lang.M("layout.clause", "Number", 2)},
			Text: "Who opens when both key-holders are ill?\n\n- the week before\n- the week after", Actions: []Link{{Href: "#p1", Label: m("post.answer")}},
			Replies: []Post{
				{ID: "p2", Kind: m("post.comment"), Who: "Ines", At: day.AddDate(0, 0, -2), Text: "The two of the week before. It is in point 2 of the old list."},
				{ID: "p3", Kind: m("post.idea"), Who: "قمر", At: day.AddDate(0, 0, -1), New: true, Text: "> The two of the week before.\n\nLet us write that down here.", Actions: []Link{{Href: "#p3", Label: m("post.answer")}}},
			}},
		{ID: "p4", Kind: m("post.concern"), Who: "Wanderer", At: day.AddDate(0, 0, -1), New: true, Gone: m("post.gone")},
	}
}

func (p *stylePage) stylePaper(day time.Time) {
	p.Card = CodeCard{Title: m("card.title"), Code: "7FK3 9QTM 2XVA 4HRD 8WPZ", Say: ms("card.say1", "card.say2"),
		Facts: []Fact{{Label: m("card.name"), Value: plain("Ines")}, {Label: m("card.made"), At: day}}}
	p.Copies = []Copy{{ID: "copy-link", Label: m("copy.link"), Text: p.QR.Address}, {ID: "copy-text", Label: m("copy.text"), Text: "Come and decide with us:\n" + p.QR.Address, Long: true}}
}

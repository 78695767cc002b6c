package web

import (
	"time"

	"folkmoot/internal/lang"
)

func (p *stylePage) styleForms() {
	p.Notices = []Notice{{Say: m("notice.ok")}, {Say: m("notice.problem"), Problem: true}}
	p.Wrong.List = []Problem{{Field: "title-wrong", Say: m("field.title_wrong")}, {Field: "cards-wrong", Say: m("cards.wrong")}}
	p.Line = Field{Name: "title", Label: m("field.title"), Hint: m("field.title_hint"), Value: "Open the hall kitchen on Sundays", Max: 90}
	p.LineWrong = Field{Name: "title-wrong", Label: m("field.title"), Hint: m("field.title_hint"), Wrong: m("field.title_wrong")}
	p.Code = Field{Name: "code", Label: m("field.code"), Code: true, Short: true, Value: "7FK3-9QTM"}
	p.Area = Field{Name: "why", Label: m("field.why"), Hint: m("field.why_hint"), Words: 250, Optional: true, Value: "Sunday is the day when nothing else is open."}
	p.AreaWrong = Field{Name: "why-wrong", Label: m("field.why"), Words: 3, Wrong: m("field.why_wrong"), Value: "These are more words than three."}
	cards := []Option{
		{Value: "a", Label: m("cards.crew"), Hint: m("cards.crew_hint"), Chosen: true},
		{Value: "b", Label: m("cards.branch"), Hint: m("cards.branch_hint")},
		{Value: "c", Label: m("cards.many"), Hint: m("cards.many_hint")},
	}
	p.Cards = Choice{Name: "cards", Legend: m("cards.legend"), Hint: m("cards.hint"), Options: cards}
	p.CardsWrong = Choice{Name: "cards-wrong", Legend: m("cards.legend"), Wrong: m("cards.wrong"), Options: []Option{{Value: "a", Label: m("cards.crew")}, {Value: "b", Label: m("cards.branch")}}}
	p.Boxes = Choice{Name: "boxes", Legend: m("boxes.legend"), Many: true, Optional: true, Options: []Option{{Value: "a", Label: m("boxes.mail"), Chosen: true}, {Value: "b", Label: m("boxes.phone")}}}
	p.List = Choice{Name: "list", Legend: m("list.legend"), Options: []Option{{Value: "1", Label: m("list.action"), Chosen: true}, {Value: "2", Label: m("list.money")}}}
	p.Tick = Tick{Name: "agree", Label: m("tick.label"), Hint: m("tick.hint"), Chosen: true}
	p.TickWrong = Tick{Name: "agree-wrong", Label: m("tick.label"), Wrong: m("tick.wrong")}
	p.Grave = Grave{ID: "leave", Label: m("grave.label"), Ask: m("grave.ask"), Say: ms("grave.say1", "grave.say2"), Yes: m("grave.yes"), Href: "#forms", Guard: p.Guard()}
	p.Steps = Steps{At: 3, Names: []Step{
		{Name: m("step.welcome"), Href: "#forms"}, {Name: m("step.name"), Href: "#forms"}, {Name: m("step.you")}, {Name: m("step.decide")},
		{Name: m("step.keys")}, {Name: m("step.meeting")}, {Name: m("step.invite")}, {Name: m("step.done")}}}
}

func (p *stylePage) styleVote(day time.Time) {
	choices := []Option{{Value: "for", Label: m("for")}, {Value: "against", Label: m("against")}, {Value: "abstain", Label: m("abstain")}}
	p.Ballot = Ballot{Href: "#ballot", Guard: p.Guard(), Kind: m("ballot.kind"), Title: "Open the hall kitchen on Sundays", Ask: m("ballot.ask"),
		Clauses: []Clause{{Number: 1, Text: p.Clauses[0].Text}, {Number: 2, Text: p.Clauses[1].Text}}, Choices: choices,
		Say: ms("ballot.say1", "ballot.say2"), Random: "nonce", Submit: m("ballot.submit")}
	p.Chosen = Chosen{Say: m("chosen.say"), Choice: m("for"), Notes: ms("chosen.note"), Href: "#ballot", Guard: p.Guard(), Submit: m("chosen.submit"), Back: Link{Href: "#ballot", Label: m("chosen.back")}}
	p.Receipt = Receipt{Title: m("receipt.title"), Code: "4HRD 8WPZ 1Q6C", Say: ms("receipt.say1", "receipt.say2"),
		Facts: []Fact{{Label: m("receipt.results"), At: day.AddDate(0, 0, 3)}}, Act: Action{Href: "#ballot", Label: m("receipt.act")}}
	facts := func(voted, members int) []Fact {
		return []Fact{{Label: m("result.voted"), Value: m("result.of", "N", voted, "Of", members)}, {Label: m("result.quorum"), Value: m("result.quorum_value")},
			{Label: m("result.rule"), Value: m("result.rule_value")}, {Label: m("result.closed"), At: day}}
	}
	result := func(outcome, why lang.Msg, pro, contra, abstain, members, need int) Result {
		return Result{Outcome: outcome, Why: why, Caption: m("result.caption"), Of: members, Need: need, NeedSay: m("result.need", "Need", need),
			Bars: []Bar{{m("for"), pro}, {m("against"), contra}, {m("abstain"), abstain}}, Facts: facts(pro+contra+abstain, members)}
	}
	p.Results = []Result{
		result(m("result.carried"), m("result.carried_why"), 19, 7, 3, 41, 8),
		result(m("result.not_carried"), m("result.not_carried_why"), 11, 14, 4, 41, 15),
		{Outcome: m("result.inquorate"), Why: m("result.inquorate_why"), Facts: facts(4, 41)},
	}
}

// styleRank shows a ranked paper to fill in, one with what can be wrong with it, and the order in words.
func (p *stylePage) styleRank() {
	ada := RankOption{ID: "ada", Name: plain("Ada"), Line: m("rank.line"), Link: Link{Href: "#ballot", Label: m("rank.link")}}
	bo := RankOption{ID: "bo", Name: plain("Wilhelmina Oyelaran-Featherstonehaugh and Bartholomew Nzeogwu"), Line: m("rank.share")}
	cem := RankOption{ID: "cem", Name: plain("قمر"), Line: m("rank.line")}
	none := RankOption{ID: "none", Name: m("rank.none")}
	p.Rank = Rank{Ask: m("rank.ask"), Options: []RankOption{ada, bo, cem, none}}
	p.Ranked = p.Rank.ranked(p.views.catalog.Voice(p.Lang), []string{"cem", "ada"})
	same := lang.M("rank.equal", "Number", 1, "Names", listed([]RankOption{ada, cem}))
	ada.Typed, ada.Wrong, cem.Typed, cem.Wrong = "1", same, "1", same
	none.Typed, none.Wrong = "?", lang.M("rank.number", "Name", none.Name, "Most", maxRank)
	p.RankWrong = Rank{Name: "rank-wrong", Ask: m("rank.ask"), Options: []RankOption{ada, cem, none}}
}

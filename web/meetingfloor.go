package web

import (
	"strconv"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/floor"
	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/tally"
)

// floorPart is what is talked about now: the item, who speaks, who comes next and why, and what the reader can do.
type floorPart struct {
	Item    string
	Link    Link // to the proposal
	Text    string
	Says    []Link     // of a report: what there is to hear
	Aside   lang.Msg   // who handed over to speak about it, and who facilitates; zero: nobody did
	Result  []lang.Msg // of the vote on it, and what it took
	Speaker lang.Msg
	Until   time.Time // the speaker's time is up
	Done    Action    // ends the reader's own turn
	List    []placeLine
	Listed  lang.Msg // what the list is
	Mine    []mineLine
	Note    lang.Msg // about raising a hand
	Raise   *raiseForm
}

// placeLine is somebody on the speakers' list, and why they stand there.
type placeLine struct {
	Name  lang.Msg
	What  lang.Msg // for, against, a question of fact
	Why   lang.Msg
	First Action // puts them first; for whoever keeps the list
}

// mineLine is the reader's own hand.
type mineLine struct {
	Say   []lang.Msg
	More  []lang.Msg // how that came about, folded
	Lower Action
	First Action // lets the next go first
}

// raiseForm raises the reader's hand.
type raiseForm struct {
	Href   string
	Say    lang.Msg
	Sides  []Option // of a proposal
	Fact   lang.Msg
	Guard  Guard
	Guard2 Guard
}

// fillFloor says who speaks and who comes next.
func (p *meetingPage) fillFloor(a member.Actor, v meeting.View) {
	path := func(below ...string) string { return meetingPath(a.Group, v.Number, below...) }
	act := func(id int64, below, label string) Action {
		return Action{Href: path("hands", strconv.FormatInt(id, 10), below), Label: lang.M(label), Post: true, Guard: p.Guard()}
	}
	f := &floorPart{Item: v.Current.Title, Text: v.Current.Text, Says: reportsSay(a, v, v.Current)}
	if who := v.Aside(); who == v.Me && who != 0 {
		f.Aside = lang.M("meeting.aside.you", "Name", memberName(v.People[v.Chair]))
	} else if who != 0 {
		f.Aside = lang.M("meeting.aside.is", "Who", memberName(v.People[who]), "Name", memberName(v.People[v.Chair]))
	}
	voting := false
	if v.Current.Motion != 0 {
		m := v.Motions[v.Current.Motion]
		f.Item, f.Link = m.Title, Link{motionPath(a.Group, m), lang.M("meeting.read")}
		if m.State == motion.Voting && !v.Now.Before(m.Closes) {
			voting = true // it is being counted
		} else if m.State == motion.Voting {
			voting = true
			p.Wanted.Votes = true
			p.Wanted.Item, p.Wanted.Vote, p.Wanted.VoteSay = m.Title, Link{motionPath(a.Group, m, "vote"), lang.M("meeting.vote_now")}, lang.M("meeting.vote_open_until", "At", lang.Clock(local(a, m.Closes)))
			p.RefreshAt = local(a, m.Closes)
			callNow(&p.Wanted, v)
		}
	}
	if b, ok := v.Result(v.Current); ok && !b.Calls() { // how calls went stands with them
		f.Result = resultSay(b)
	}
	if v.Speaker.ID != 0 {
		f.Speaker = lang.M("meeting.speaks", "Name", memberName(v.People[v.Speaker.Member]))
		f.Until = local(a, v.Speaker.Until())
		if v.Speaker.Member == v.Me {
			f.Speaker, f.Done = lang.M("meeting.you_speak"), act(v.Speaker.ID, "finished", "meeting.finished")
			f.Done.Main = true
		}
	}
	round := v.Together.Round.ID != 0
	if f.Listed = lang.M("meeting.list"); round {
		f.Listed, f.Note = lang.M("meeting.round.list"), lang.M("meeting.round.after")
	}
	if v.Together.Breakout.ID != 0 {
		f.Note = lang.M("meeting.groups.after")
	}
	stacks := !round && p.back != "" && (v.Desk().Runs || v.Desk().List)
	for i, place := range v.List {
		h := v.Hands[place.ID]
		line := placeLine{Name: memberName(v.People[h.Member]), What: handSay(h), Why: meeting.Why(place.Why)}
		if place.Why == floor.Rounds && i > 0 { // it is the same for all
			line.Why = lang.Msg{}
		}
		if h.Member == v.Me {
			line.Name = lang.M("meeting.you")
			mine := mineLine{Say: []lang.Msg{lang.M("meeting.your_place", "Place", i+1), meeting.Why(place.Why)}, Lower: act(h.ID, "lower", "meeting.lower")}
			if round {
				why := roundWhy(v.Together.Round, h)
				if place.Why == floor.Later {
					why = meeting.Why(place.Why)
				}
				mine.Say, mine.More = []lang.Msg{lang.M("meeting.round.you_next")}, []lang.Msg{why}
				if i > 0 {
					mine.Say[0] = lang.M("meeting.round.you_after", "Name", memberName(v.People[v.Hands[v.List[i-1].ID].Member]))
					mine.More = []lang.Msg{lang.M("meeting.your_place", "Place", i+1), why}
				}
			}
			switch {
			case round:
				mine.Lower = act(h.ID, "pass", "meeting.round.pass")
				if !h.Later {
					mine.First = act(h.ID, "later", "meeting.round.later")
				}
			case i+1 < len(v.List):
				mine.First = act(h.ID, "first", "meeting.let_first")
			}
			f.Mine = append(f.Mine, mine)
		}
		if stacks && i > 0 {
			line.First = act(h.ID, "put", "meeting.put_first")
			line.First.Send = []Hidden{{"before", strconv.FormatInt(v.List[0].ID, 10)}}
		}
		f.List = append(f.List, line)
	}
	if v.Together.Spokes.ID != 0 && v.Here.HasDevice() && !v.Facilitates() && !round {
		f.Note = spokesNote(v)
	}
	for _, h := range v.Hands { // one of each kind
		if !v.Speaks() && !round && h.Member == v.Me && h.Kind == floor.Speak && h.State == meeting.Up {
			f.Mine = append(f.Mine, mineLine{Say: []lang.Msg{lang.M("meeting.spokes.waits")}, Lower: act(h.ID, "lower", "meeting.lower")})
		}
		if round && h.Member == v.Me && h.Kind == floor.Speak && h.State == meeting.Up {
			f.Mine = append(f.Mine, mineLine{Say: []lang.Msg{lang.M("meeting.round.waits")}, Lower: act(h.ID, "lower", "meeting.lower")})
			f.Note = lang.Msg{}
		}
	}
	if v.Here.HasDevice() && !voting && !v.Facilitates() && !v.VoteCalled && !v.OnBreak(v.Now) {
		f.Raise = p.raise(a, v)
	}
	p.Floor = f
}

// resultSay says what a vote in the room came to, what it took, and where too few took part what follows.
func resultSay(b ballot.Ballot) []lang.Msg {
	if b.Outcome == tally.Inquorate {
		return []lang.Msg{b.Came(), lang.M("ballot.why.too_few_voted", "Turnout", b.Turnout, "Quorum", b.Quorum)}
	}
	return []lang.Msg{b.Came(), ballot.ExplainBallot(b)}
}

// raise is the form with which the reader raises a hand; nobody who facilitates has one.
func (p *meetingPage) raise(a member.Actor, v meeting.View) *raiseForm {
	f := &raiseForm{
		Href: meetingPath(a.Group, v.Number, "raise"), Guard: p.Guard(), Guard2: p.Guard(),
	}
	f.Say, f.Fact = lang.M("meeting.raise"), lang.M("meeting.raise_fact")
	if !v.Speaks() { // whoever speaks for their group does
		return f
	}
	sides := []floor.Side{floor.Either}
	if v.Current.Kind == meeting.Proposal {
		sides = []floor.Side{floor.For, floor.Against, floor.Either}
	}
	for _, side := range sides {
		f.Sides = append(f.Sides, Option{Value: string(side), Label: sideSay(side, v.Current.Kind == meeting.Proposal)})
	}
	return f
}

func sideSay(s floor.Side, proposal bool) lang.Msg {
	switch {
	case s == floor.Either && proposal:
		return lang.M("meeting.side.neither")
	case s == floor.Either:
		return lang.M("meeting.side.speak")
	}
	return lang.M("meeting.side." + string(s))
}

// handSay says what somebody has raised a hand for.
func handSay(h meeting.Hand) lang.Msg {
	switch {
	case h.Kind == floor.Fact:
		return lang.M("meeting.hand.fact")
	case h.Kind == floor.Rules:
		return lang.M("meeting.hand.rules", "About", h.About)
	case h.Side != floor.Either:
		return lang.M("meeting.hand." + string(h.Side))
	}
	return lang.Msg{}
}

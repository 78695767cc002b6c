package web

import (
	"strconv"

	"folkmoot/internal/agree"
	"folkmoot/internal/ballot"
	"folkmoot/internal/decision"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/tally"

	"github.com/labstack/echo/v4"
)

// A call for agreement is answered in one step, on one page: whoever answers can change that until the end, and everything that an answer needs stands on it.

// callPage is the text that is called on, and the form with which the reader answers.
type callPage struct {
	Frame
	Clauses []Clause
	Urgent  lang.Msg // that it cannot wait, and what follows from that
	Open    bool     // the reader can answer
	Href    string
	Answer  Choice   // with Ground and Names: all answers in one form, where there are days for that
	Short   []Option // in a room: one press each; without options the form is whole, or only a block is left to write
	Held    bool     // the call is held open for the reader's reasons
	Means   []Fact   // what each answer means
	Words   Field
	Ground  Choice
	Names   Field
	Named   Tick
	Keeps   []lang.Msg
	Facts   []Fact
	Links   []Link
}

var callTmpl = newPage[callPage]("ballot/call.html")

// renderCall answers with the call as the reader sees it, with what they would answer and what is wrong with that.
func (s *Server) renderCall(c echo.Context, status int, v ballot.View, say agree.Answer, wrong map[string]lang.Msg) error {
	if v.IsAtOnce() {
		return s.renderSpot(c, status, v, say, wrong)
	}
	a := s.actor(c)
	p := callPage{Frame: s.groupFrame(c, SectionProposals), Clauses: voteClauses(v), Facts: callFacts(a, v), Open: mayVote(v), Href: votePath(a.Group, v.Motion.Number, "answer")}
	p.refuse(wrong, "answer", "words", "ground", "names")
	p.Head, p.Strip = callHead(a, v), voteStrip(a, v)
	p.Answer = Choice{Name: "answer", Legend: lang.M("call.ask"), Wrong: wrong["answer"]}
	for _, r := range agree.Responses() {
		p.Answer.Options = append(p.Answer.Options, Option{
			Value: string(r), Label: r.Name(), Hint: lang.M("call.hint." + string(r)), Chosen: r == say.Response,
		})
	}
	p.Words = Field{Name: "words", Value: say.Words, Label: lang.M("call.words_label"), Hint: lang.M("call.words_hint"), Max: agree.MaxWords, Rows: 3, Mark: lang.M("call.words_needed"), Wrong: wrong["words"]}
	p.Named = Tick{Name: "named", Label: lang.M("call.named"), Hint: lang.M("call.named_hint"), Chosen: say.Named}
	if p.Held = p.Open && v.Held && !v.Voted; p.Held {
		p.Words.Label, p.Words.Hint, p.Words.Mark = lang.M("decision.object.words"), lang.Msg{}, lang.M("call.needed")
		p.Slim, p.Head.Crumbs, p.Facts = true, nil, p.Facts[:min(3, len(p.Facts))]
	}
	if p.Open && v.InRoom() && !p.Held && wrong["ground"].IsZero() && wrong["names"].IsZero() {
		p.asShort(v)
	}
	p.Ground, p.Names = groundChoice(say.Ground), namesField(say.Names)
	p.Ground.Wrong, p.Names.Wrong = wrong["ground"], wrong["names"]
	if v.Urgent {
		p.Urgent = lang.M("call.urgent_say")
	}
	early := "call.keeps.early"
	if v.InRoom() {
		p.Links = []Link{{Href: meetingRefPath(a.Group, v.Meeting), Label: lang.M("ballot.room.back", "Number", motion.MeetingNumber(v.Meeting))}}
	} else {
		early = "call.keeps.days"
	}
	p.Keeps = []lang.Msg{lang.M("call.keeps.answers"), lang.M("call.keeps.names"), lang.M(early)}
	p.Links = append(p.Links, Link{Href: groupPath(a.Group) + "/proposals/" + strconv.Itoa(v.Motion.Number), Label: lang.M("ballot.done.back")})
	if !p.Open {
		p.RefreshAt = p.Head.Until.At
	}
	return callTmpl.render(c, status, p)
}

// asShort has each answer be a button, as there is a minute for it: what people say stands before those that go with words, and a block is written once it is pressed.
func (p *callPage) asShort(v ballot.View) {
	p.Short = p.Answer.Options
	for _, o := range p.Short {
		p.Means = append(p.Means, Fact{Label: o.Label, Value: o.Hint})
	}
	p.Words.Rows, p.Words.Mark, p.Words.Hint = 2, lang.M("call.words_needed_short"), lang.Msg{}
	p.Slim, p.Named.Hint, p.Head.Crumbs, p.Head.Act = true, lang.M("call.named_short"), nil, Action{}
	if !v.Voted {
		p.Head.Can = lang.Msg{}
	}
	p.Facts = p.Facts[:min(3, len(p.Facts))]
}

// groundChoice asks what a block rests on, and namesField what exactly that is.
func groundChoice(chosen agree.Ground) Choice {
	out := Choice{Name: "ground", Legend: lang.M("call.ground_label"), Hint: lang.M("call.ground_hint"), Mark: lang.M("call.needed")}
	for _, g := range agree.Grounds() {
		out.Options = append(out.Options, Option{Value: string(g), Label: g.Name(), Chosen: g == chosen})
	}
	return out
}

func namesField(is string) Field {
	return Field{Name: "names", Value: is, Label: lang.M("call.names_label"), Max: agree.MaxName, Mark: lang.M("call.needed")}
}

// callHead is voteHead in the words of a call.
func callHead(a member.Actor, v ballot.View) Head {
	h := voteHead(a, v)
	h.Kind = lang.M("call.kind", "Meeting", motion.MeetingNumber(v.Meeting), "Number", v.Motion.Number, "Version", v.Version)
	if !v.InRoom() {
		h.Kind = lang.M("call.kind_online", "Number", v.Motion.Number, "Version", v.Version)
	}
	switch {
	case !v.IsOpen(v.Now):
		h.State, h.Cannot = lang.M("call.closing"), lang.M("call.cannot.over")
		return h
	case v.Absent:
		h.Cannot = lang.M("call.cannot.absent")
	case !v.OnRoll:
		h.Cannot = lang.M("call.cannot.roll")
	case v.Held && !v.Voted:
		h.Can, h.Act = lang.M("call.can_block"), Action{}
	case v.Voted:
		h.Can, h.Act = lang.M("call.can_change", "Answer", v.Called(v.Mine.Response)), Action{Href: "#f-answer", Label: lang.M("call.act_change")}
	default:
		h.Can, h.Act = lang.M("call.can"), Action{Href: "#f-answer", Label: lang.M("call.act")}
	}
	h.Until.Say = lang.M("call.until")
	return h
}

func callFacts(a member.Actor, v ballot.View) []Fact {
	quorum := "call.quorum"
	if !v.InRoom() {
		quorum = "call.quorum_online"
	}
	return append([]Fact{
		{Label: lang.M("ballot.needed"), Value: ballot.ExplainBallot(v.Ballot)},
		{Label: lang.M("ballot.enough"), Value: lang.M(quorum, "Quorum", v.Quorum, "Entitled", v.Entitled)},
		{Label: lang.M("call.answered"), Value: answeredSay(v)},
	}, frozenFacts(a, v.Ballot)...)
}

// answeredSay says how many have answered, and nothing of what; online in steps, as of every vote over days.
func answeredSay(v ballot.View) lang.Msg {
	switch {
	case !v.InRoom() && v.TookPart == 0:
		return lang.M("call.answered_few")
	case !v.InRoom():
		return lang.M("call.answered_about", "N", v.TookPart)
	}
	return lang.M("call.answered_of", "Count", v.TookPart, "Entitled", v.Entitled)
}

// answerCall keeps what the reader answers.
func (s *Server) answerCall(c echo.Context) error {
	n, err := voteNumber(c)
	if err != nil {
		return err
	}
	a, ctx := s.actor(c), c.Request().Context()
	say := agree.Answer{
		Response: agree.Response(value(c, "answer")), Words: value(c, "words"), Ground: agree.Ground(value(c, "ground")), Names: value(c, "names"), Named: value(c, "named") == "yes",
	}
	b, err := s.Ballots.Answer(ctx, a, n, s.once(c), say)
	if say.Response == agree.Block && fault.Fields(err) != nil && b.InRoom() { // whoever presses it is given the time to say why
		if _, held, err := s.Ballots.Hold(ctx, a, n); err != nil || held {
			if err == nil {
				s.flash(c, "call.flash.held")
				err = see(c, votePath(a.Group, n))
			}
			return err
		}
	}
	if err == nil {
		s.flash(c, "call.flash.kept")
		if !b.InRoom() {
			return see(c, votePath(a.Group, n))
		}
		return see(c, meetingRefPath(a.Group, b.Meeting))
	}
	k := fault.KindOf(err)
	if k != fault.Invalid && k != fault.Conflict && k != fault.Denied {
		return err
	}
	v, verr := s.Ballots.Show(ctx, a, n)
	if verr != nil || !v.Calls() || v.IsCounted() {
		return err
	}
	t := judge(err)
	wrong := t.fields
	if wrong == nil {
		wrong = map[string]lang.Msg{"": t.say}
	}
	return s.renderCall(c, t.status, v, say, wrong)
}

// callForAgreement calls for agreement on the proposal that is talked about.
func callForAgreement(s *Server, c echo.Context, a member.Actor, n int, id meeting.ItemID) error {
	return s.Meetings.CallForAgreement(c.Request().Context(), a, n, id)
}

// callsPart is what a meeting's page says of calls for agreement on what is talked about.
type callsPart struct {
	Say     []lang.Msg
	Last    []CallResult // what holds; none: there was no call, or there is another or a vote since
	Earlier []CallResult // the last first, with what came of them alone: what was to be done next is past
	Call    Action       // for whoever facilitates
	No      lang.Msg     // why there can be no call now
}

// CallResult is how a call ended, and what people said with their answers: part "called".
type CallResult struct {
	Outcome lang.Msg
	Line    lang.Msg
	Next    []lang.Msg
	Said    []toldLine
}

// toldLine is what is on record of an answer.
type toldLine struct {
	Answer lang.Msg
	Who    lang.Msg
	Ground lang.Msg
	Names  string
	Words  string
}

// callResult says how a counted call ended.
func callResult(b ballot.Ballot, said []ballot.Told, people map[member.ID]member.Member) CallResult {
	out := CallResult{Outcome: b.Ended(b.Outcome)}
	if b.Outcome == tally.Inquorate {
		out.Line = lang.M("ballot.why.too_few_voted", "Turnout", b.Turnout, "Quorum", b.Quorum)
		return out
	}
	out.Line = b.Line()
	for _, t := range said {
		line := toldLine{Answer: b.Called(t.Response), Who: lang.M("call.unnamed"), Names: t.Names, Words: t.Words}
		if t.Who != 0 {
			line.Who = memberName(people[t.Who])
		}
		if t.Ground != "" {
			line.Ground = t.Ground.Name()
		}
		out.Said = append(out.Said, line)
	}
	return out
}

// fillCalls puts calls for agreement on a meeting's page: how the last ended, and for whoever facilitates the next.
func (p *meetingPage) fillCalls(a member.Actor, v meeting.View) {
	if v.Current.Motion == 0 || !v.Agrees {
		return
	}
	m := v.Motions[v.Current.Motion]
	part := &callsPart{}
	for i, made := range v.Calls {
		if !made.IsCounted() {
			continue
		}
		r := callResult(made.Ballot, made.Said, v.People)
		if last, voted := v.Result(v.Current); i > 0 || voted && last.ID != made.ID || m.State == motion.Voting {
			part.Earlier = append(part.Earlier, r)
			continue
		}
		for _, next := range made.Result.Say() {
			r.Next = append(r.Next, localSay(a, next))
		}
		part.Last = []CallResult{r}
	}
	if p.back != "" && v.Facilitates() && m.OnAgenda() {
		part.Say = []lang.Msg{lang.M("call.say")}
		if v.Current.Urgent {
			part.Say = append(part.Say, lang.M("call.urgent_say"))
		}
		part.Say = append(part.Say, lang.M("call.fallback", "Num", v.Rules.Consensus.Fallback.Num, "Den", v.Rules.Consensus.Fallback.Den))
		if part.No = noCallNow(a, v); part.No.IsZero() && m.Secret(v.Rules) {
			part.No = lang.M("call.secret")
		}
		part.Call = Action{
			Href: meetingPath(a.Group, v.Number, "items", strconv.FormatInt(int64(v.Current.ID), 10), "call"), Label: lang.M("call.do"), Post: true, Guard: p.Guard(), Main: len(v.Calls) == 0 || v.Calls[0].Outcome != tally.Blocked,
		}
	}
	if len(part.Say) > 0 || len(part.Last) > 0 || len(part.Earlier) > 0 {
		p.Calls = part
	}
}

// callNow has the link to an open vote say that it is a call, or that the reader has voted and can change it.
func callNow(w *wantedPart, v meeting.View) {
	call := len(v.Calls) > 0 && v.Calls[0].IsOpen(v.Now)
	if call {
		w.Vote.Label = lang.M("call.answer_now")
		w.VoteSay.ID = "call.open_until"
	}
	switch w.Done = v.HasVoted; {
	case v.HasVoted && call:
		w.Vote.Label, w.VoteSay.ID = lang.M("call.act_change"), "call.answered_until"
	case v.HasVoted:
		w.Vote.Label, w.VoteSay.ID = lang.M("ballot.act_change"), "meeting.voted_until"
	}
}

// earlierCalls are the calls that came before a vote on a proposal.
func (s *Server) earlierCalls(c echo.Context, v decision.View) (out []Action, err error) {
	if v.Ballot.Round < 2 {
		return nil, nil
	}
	all, err := s.Decisions.About(c.Request().Context(), v.Motion.ID)
	for _, d := range all {
		if d.ID < v.Decision.ID && (d.Outcome == tally.NotAgreed || d.Outcome == tally.Blocked || d.Window.State == decision.Overturned) {
			out = append(out, Action{Href: decisionPath(s.actor(c).Group, d.Number()), Label: lang.M("call.earlier", "Number", d.Number())})
		}
	}
	return out, err
}

// callBars are the numbers of a call, as every page shows them.
func callBars(b ballot.Ballot, out *Result) {
	n := b.Answers
	out.Caption, out.Of = lang.M("call.caption"), int(n.Responders())
	for _, bar := range []struct {
		r agree.Response
		n int64
	}{{agree.Yes, n.Agree}, {agree.Reservation, n.Reservation}, {agree.Aside, n.Aside}, {agree.Block, n.Block}} {
		if b.Answerable(bar.r) {
			out.Bars = append(out.Bars, Bar{b.Called(bar.r), int(bar.n)})
		}
	}
	silent := lang.M("call.silent")
	if b.InRoom() {
		silent = lang.M("call.silent_here") // those who were not there are not asked
	}
	out.Facts = append(out.Facts, Fact{Label: silent, Value: lang.M("call.number", "Count", n.Silent())})
}

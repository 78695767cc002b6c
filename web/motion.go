package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/discussion"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"

	"github.com/labstack/echo/v4"
)

// motionPage is one proposal.
type motionPage struct {
	Frame
	IsDraft    bool
	Vote       VoteBox
	Clauses    []Clause
	Will       lang.Msg // above the clauses
	Lead       string   // before them, where they are choices: what they are about
	Effect     lang.Msg // what happens by itself if it is carried
	EffectIs   lang.Msg // the heading above that
	Beside     besides  // where that is that rules are adopted: what they change of their preset
	Passages   []passage
	Silent     lang.Msg // whom it concerns has not answered
	Sides      []voices // for beside against
	Facts      []Fact
	Supporters []string
	Support    lang.Msg // how many support it
	Means      lang.Msg // what that says, and what it does not say
	Bar        lang.Msg // why it needs more of them than others
	Unsupport  Action
	Secret     lang.Msg // how the vote will be held
	SecretSay  lang.Msg
	AskSecret  Action
	TalkSay    lang.Msg
	Talk       []Post
	TalkLinks  []Link
	Own        []Action // what only its proposer can do
	OwnSay     lang.Msg
	Remind     []Copy // a text for where the group talks: this program sends nothing
	Withdraw   *Grave
	Delete     *Grave
}

var motionTmpl = newPage[motionPage]("motion/show.html")

// passage is a text of a proposal that is not voted on.
type passage struct {
	Title lang.Msg
	Text  string // Markdown
}

// voices is the statements of one side.
type voices struct {
	Title lang.Msg
	List  []Statement
	Empty lang.Msg
	More  Link
	Act   Action
}

// number returns the proposal's number in the address, or fault.NotFound.
func number(c echo.Context) (int, error) {
	if n := motion.ParseNumber(c.Param("n")); n != 0 {
		return n, nil
	}
	return 0, fault.New(fault.NotFound, "fault.not_found")
}

func (s *Server) showMotion(c echo.Context) error {
	n, err := number(c)
	if err != nil {
		return err
	}
	a, ctx := s.actor(c), c.Request().Context()
	v, err := s.Motions.Show(ctx, a, n)
	if err != nil {
		return err
	}
	if v.Kind == motion.Election {
		return s.showElection(c, v, http.StatusOK, nil)
	}
	p := motionPage{Frame: s.groupFrame(c, SectionProposals), IsDraft: v.State == motion.Draft}
	p.Head = Head{Kind: motionName(v.Motion), Title: motionTitle(v.Motion), State: standing(v.Motion, v.Need, v.Now), Until: deadline(a, v.Motion, v.Now)}
	p.Head.Crumbs = []Link{{Href: groupPath(a.Group) + "/proposals", Label: lang.M("layout.nav.proposals")}}
	p.Strip = motionStrip(a, v.Motion, v.Need, v.Now)
	p.fillText(a, v)
	if p.IsDraft {
		p.fillDraft(a, v)
		return motionTmpl.render(c, http.StatusOK, p)
	}
	p.fillActs(a, v)
	p.fillSupport(a, v)
	if err := s.fillEffect(c, &p, v); err != nil {
		return err
	}
	if v.Kind != motion.Vacancy { // between several things there are no two sides
		p.Sides = sidesOf(a, v.Motion, v.Sides, v.MayArgue(v.Now) == nil)
	}
	talk, err := s.Talk.Summary(ctx, a, v.Motion)
	if err != nil {
		return err
	}
	p.fillTalk(a, v, talk)
	if v.Kind == motion.Vacancy {
		p.asChoice(s.views.catalog.Voice(a.Group.Lang))
		if err := s.fillHeld(ctx, &p, a, v.Motion); err != nil {
			return err
		}
	}
	if err := s.fillVote(c, &p, v); err != nil {
		return err
	}
	if err := s.linkTalks(c, &p.Head, a, v); err != nil {
		return err
	}
	p.RefreshAt = changesAt(p.Head.Until, v.Motion, v.Now)
	p.follow(v.Ref(), "head", "vote", "text", "talk", "support")
	if v.State == motion.Voting {
		p.followEvery(ballot.LookAgain, "vote") // casting touches nothing
	}
	p.Remind = s.remind(p.Frame, a, v.Motion, v.Now)
	return motionTmpl.render(c, http.StatusOK, p)
}

// remind is a text that says what the proposal waits for, ready to paste. It says the same to whoever reads it.
func (s *Server) remind(f Frame, a member.Actor, m motion.Motion, now time.Time) []Copy {
	id, at := "", time.Time{}
	switch {
	case m.StateAt(now) == motion.Seeking && m.LeaveAsked.IsZero():
		id, at = "motion.remind.seeking", m.Expires()
	case m.State == motion.Voting && now.Before(m.Closes) && m.Meeting == "": // a text would come too late to a room
		id, at = "motion.remind.voting", m.Closes
	default:
		return nil
	}
	text := f.voice().T(id, "Group", a.Group.Name, "Title", m.Title, "At", local(a, at), "Link", s.address(motionPath(a.Group, m)))
	return []Copy{{ID: "remind", Label: lang.M("motion.remind.text"), Text: text, Long: true}}
}

// fillText puts the texts and the facts on the page.
func (p *motionPage) fillText(a member.Actor, v motion.View) {
	p.Will = lang.M("motion.will")
	for i, c := range v.Text.Clauses {
		p.Clauses = append(p.Clauses, Clause{ID: clauseAnchor(c.ID), Number: pointNumber(v.Motion, i), Text: c.Text})
	}
	for _, t := range []passage{
		{lang.M("motion.why"), v.Text.Why}, {lang.M("motion.won"), v.Text.Won}, {lang.M("motion.partly"), v.Text.Partly},
		{lang.M("motion.not_acceptable"), v.Text.NotAcceptable}, {lang.M("motion.able"), v.Text.Able},
	} {
		if t.Text != "" {
			p.Passages = append(p.Passages, t)
		}
	}
	if f, is := forumFact(a, v.Motion); is && (!p.IsDraft || v.Forum != motion.Online) {
		p.Facts = append(p.Facts, f)
	}
	if p.IsDraft {
		return
	}
	mover := plain(v.People[v.Mover].Name)
	switch {
	case v.Mover == 0 && v.Kind == motion.Founding:
		mover = lang.M("founding.by_clock")
	case v.Mover == 0 && v.Kind == motion.Vacancy:
		mover = lang.M("vacancy.called_row")
	case v.Mover == 0 && v.Kind == motion.WindingUp:
		mover = lang.M("motion.wind_up.by")
	case v.Mover == 0:
		mover = lang.M("motion.petition", "Count", v.Supporters)
	}
	p.Facts = append(p.Facts, Fact{Label: lang.M("motion.fact.mover"), Value: mover})
	if v.Version > 1 {
		p.Facts = append(p.Facts, Fact{Label: lang.M("motion.fact.version"), Value: lang.M("motion.fact.version_value", "Number", v.Version), Href: motionPath(a.Group, v.Motion, "versions")})
	}
	opens, sought := v.Opens, v.Sought
	openLabel := "motion.fact.opens"
	if v.OnAgenda() || v.Waits() {
		openLabel = "motion.fact.fallback"
	}
	settled := v.TextUntil
	if v.Waits() && v.Now.Before(settled) {
		settled = time.Time{} // as soon as it is on an agenda
	}
	if v.Mover == 0 {
		sought = time.Time{} // it was never
	}
	switch v.State {
	case motion.Seeking, motion.Withdrawn, motion.Expired:
		opens = time.Time{} // it was to, and may again
	}
	for _, t := range []struct {
		label string
		at    time.Time
	}{{"motion.fact.sought", sought}, {"motion.fact.settled", settled}, {openLabel, opens}, {"motion.fact.closes", v.Closes}, {"motion.fact.ended", v.Ended}} {
		never := !v.Ended.IsZero() && t.at.After(v.Ended) || t.at != v.Ended && !v.Closes.IsZero() && t.at.After(v.Closes) // it ended, or was voted on, before its day came
		if !t.at.IsZero() && !never && (t.at != v.Closes || t.label != "motion.fact.ended") {
			p.Facts = append(p.Facts, Fact{Label: lang.M(t.label), At: local(a, t.at)})
		}
	}
	if v.Earlier.ID != 0 {
		p.Facts = append(p.Facts, Fact{Label: lang.M("motion.fact.again"), Value: lang.M("motion.name.number", "Number", v.Earlier.Number), Href: motionPath(a.Group, v.Earlier)})
	}
	if v.ReviewDays > 0 {
		p.Facts = append(p.Facts, Fact{Label: lang.M("motion.fact.review"), Value: lang.M("motion.fact.review_value", "Count", v.ReviewDays)})
	}
	p.Facts = append(p.Facts, Fact{
		Label: lang.M("motion.fact.rules"), Value: lang.M("motion.fact.rules_value", "Number", v.Rules.Number),
		Href: groupPath(a.Group) + "/rules/" + strconv.Itoa(v.Rules.Number),
	})
}

// fillEffect says what happens by itself if the proposal is carried, and what whoever it concerns answers: in the same place as the
// reason, and at the same length.
func (s *Server) fillEffect(c echo.Context, p *motionPage, v motion.View) error {
	a := s.actor(c)
	p.Effect, p.EffectIs = effectSay(v.Text.Effect), lang.M("motion.effect")
	if v.Kind == motion.Founding {
		p.fillBeside(a, v)
	}
	if !v.ByPetition() {
		return nil
	}
	of, err := s.Petitions.For(c.Request().Context(), v.ID)
	if err != nil {
		return err
	}
	for i := range p.Passages {
		p.Passages[i].Title = lang.M("petition.reasons")
	}
	if of.Answer == "" {
		p.Silent = lang.M("petition.silent")
		return nil
	}
	p.Passages = append(p.Passages, passage{lang.M("petition.answers"), of.Answer})
	return nil
}

// effectSay says what a carried proposal does by itself; nothing, if that is nothing.
func effectSay(e motion.Effect) lang.Msg {
	if e.Kind == "" {
		return lang.Msg{}
	}
	return lang.M("motion.effect." + string(e.Kind))
}

// clauseAnchor is where a clause stands on the page of its proposal.
func clauseAnchor(id int) string { return "point-" + strconv.Itoa(id) }

func (p *motionPage) fillDraft(a member.Actor, v motion.View) {
	path := func(below ...string) string { return motionPath(a.Group, v.Motion, below...) }
	edit := Action{Href: path("edit"), Label: lang.M("motion.act.edit")}
	if a.Group.Forming() {
		p.Head.Cannot = lang.M("motion.forming")
		p.Head.Also = []Action{edit}
	} else {
		p.Head.Can = lang.M("motion.can.propose")
		p.Head.Act = Action{Href: path("propose"), Label: lang.M("motion.act.propose"), Post: true, Guard: p.Guard()}
		p.Head.Also = []Action{edit}
	}
	p.Delete = &Grave{
		ID: "delete", Label: lang.M("motion.act.delete"), Ask: lang.M("motion.delete.ask"), Say: []lang.Msg{lang.M("motion.delete.say")},
		Yes: lang.M("motion.delete.yes"), Href: path("delete"), Guard: p.Guard(),
	}
}

// fillActs says at the top what this reader can do now; the vote itself has its own say later.
func (p *motionPage) fillActs(a member.Actor, v motion.View) {
	me, h := a.Member.ID, &p.Head
	path := func(below ...string) string { return motionPath(a.Group, v.Motion, below...) }
	post := func(below, label string) Action {
		return Action{Href: path(below), Label: lang.M(label), Post: true, Guard: p.Guard()}
	}
	talk := Action{Href: path("talk"), Label: lang.M("motion.act.talk")}
	switch leaving := !v.LeaveAsked.IsZero() && v.StateAt(v.Now) != motion.Withdrawn; {
	case leaving && v.Mover == me:
		h.Can, h.Act = lang.M("motion.can.keep"), post("take-over", "motion.act.keep")
	case leaving && v.MySupport > 0:
		h.Can, h.Act = lang.M("motion.can.take_over"), post("take-over", "motion.act.take_over")
	case v.MySupport == 0 && v.MaySupport(v.Now) == nil && (leaving || v.State == motion.Seeking):
		h.Can, h.Act = lang.M("motion.can.support"), p.supportAct(a, v, "motion.act.support")
		if leaving {
			h.Can = lang.M("motion.can.support_leaving")
		}
	case v.MySupport > 0 && v.MySupport < v.Version && v.MaySupport(v.Now) == nil:
		h.Can, h.Act = lang.M("motion.can.confirm"), p.supportAct(a, v, "motion.act.confirm")
	case v.StateAt(v.Now) == motion.Tabled && v.Now.Before(v.TextUntil):
		h.Can, h.Act = lang.M("motion.can.talk"), talk
		return
	case v.StateAt(v.Now) == motion.Tabled:
		h.Can, h.Act = lang.M("motion.can.argue"), talk
		return
	case v.State == motion.Seeking:
		h.Cannot = lang.M("motion.cannot.wait")
	case v.IsOver():
		h.Cannot = lang.M("motion.cannot.over")
	}
	h.Also = append(h.Also, talk)
}

func (p *motionPage) supportAct(a member.Actor, v motion.View, label string) Action {
	return Action{
		Href: motionPath(a.Group, v.Motion, "support"), Label: lang.M(label), Post: true, Keeps: true, Guard: p.Guard(),
		Send: []Hidden{{"version", strconv.Itoa(v.Version)}},
	}
}

// fillSupport says who supports the proposal, how its vote will be held, and what its proposer can do.
func (p *motionPage) fillSupport(a member.Actor, v motion.View) {
	if v.ByPetition() {
		p.Support, p.Means = lang.M("motion.petitioned", "Count", v.Supporters), lang.M("motion.petition_means")
		p.Secret = lang.M("motion.held.person")
		return
	}
	me := a.Member.ID
	path := func(below string) string { return motionPath(a.Group, v.Motion, below) }
	for _, id := range v.Supporting {
		p.Supporters = append(p.Supporters, v.People[id].Name)
	}
	p.Support, p.Means = lang.M("motion.supporters", "Count", v.Supporters), lang.M("motion.support_means")
	if v.MaySupport(v.Now) != nil { // support is over once the vote opens
		p.Support, p.Means = lang.M("motion.supporters_then", "Count", v.Supporters), lang.M("motion.support_meant")
	}
	if v.Mover == 0 {
		p.Support, p.Means = lang.M("motion.wind_up.second"), lang.Msg{}
	}
	if v.Kind == motion.Vacancy {
		p.Support = lang.M("vacancy.called")
	}
	if v.IsBarred(v.Now) && v.MaySupport(v.Now) == nil {
		p.Bar = lang.M("motion.barred", "Number", v.Earlier.Number, "At", local(a, v.BarUntil))
	}
	if v.MySupport > 0 && v.MayUnsupport(me, v.Now) == nil {
		p.Unsupport = Action{Href: path("unsupport"), Label: lang.M("motion.act.unsupport"), Post: true, Keeps: true, Guard: p.Guard()}
	}
	p.Secret = lang.M("motion.held.open")
	if v.OnAgenda() || v.Waits() || v.State == motion.Seeking && v.Forum == motion.AtMeeting {
		p.Secret = lang.M("motion.held.open_room")
	}
	switch {
	case v.MayAskSecret(v.Now) != nil:
		p.Secret = lang.Msg{} // the vote says so itself
	case v.AboutPerson:
		p.Secret = lang.M("motion.held.person")
	case v.Motion.Secret(v.Rules.Rules):
		p.Secret = lang.M("motion.held.secret")
	}
	if v.MayAskSecret(v.Now) == nil && !v.AboutPerson {
		p.SecretSay = lang.M("motion.held.asks", "Count", v.SecretAsks, "Need", v.Rules.Rules.SecretRequest)
		if v.SecretAsks == 0 {
			p.SecretSay = lang.M("motion.held.none", "Need", v.Rules.Rules.SecretRequest)
		}
		if v.MySecretAsk {
			p.SecretSay = lang.M("motion.held.asked", "Count", v.SecretAsks, "Need", v.Rules.Rules.SecretRequest)
		} else if !v.Motion.Secret(v.Rules.Rules) {
			p.AskSecret = Action{Href: path("secret"), Label: lang.M("motion.act.secret"), Post: true, Guard: p.Guard()}
		}
	}
	if v.MayEdit(me, v.Now) == nil {
		p.OwnSay = lang.M("motion.own")
		p.Own = []Action{{Href: path("edit"), Label: lang.M("motion.act.reword")}}
		p.Withdraw = &Grave{
			ID: "withdraw", Label: lang.M("motion.act.withdraw"), Ask: lang.M("motion.withdraw.ask"),
			Say: []lang.Msg{lang.M("motion.withdraw.say"), lang.M("motion.withdraw.say2")}, Yes: lang.M("motion.withdraw.yes"),
			Href: path("withdraw"), Guard: p.Guard(),
		}
	}
}

// sidesOf sets the statements for beside those against: the same heading, the same length, the same place. With open, the
// reader can still write one.
func sidesOf(a member.Actor, m motion.Motion, s motion.Sides, open bool) (out []voices) {
	for _, side := range []struct {
		side motion.Side
		of   motion.Voices
	}{{motion.For, s.For}, {motion.Against, s.Against}} {
		path := motionPath(a.Group, m, "statements") + "?side=" + string(side.side)
		vs := voices{Title: lang.M("motion.side." + string(side.side)), Empty: lang.M("motion.side.none")}
		for _, st := range side.of.List {
			vs.List = append(vs.List, Statement{Text: st.Text, By: s.People[st.Author].Name})
		}
		if side.of.More {
			vs.More = Link{Href: path, Label: lang.M("motion.side.more")}
		}
		if open {
			vs.Empty = lang.M("motion.side.empty")
			vs.Act = Action{Href: path + "#f-text", Label: lang.M("motion.side.write." + string(side.side))}
		}
		out = append(out, vs)
	}
	return out
}

// fillTalk puts the newest posts on the page, and at each clause the way to what is said about it.
func (p *motionPage) fillTalk(a member.Actor, v motion.View, talk discussion.Summary) {
	path := motionPath(a.Group, v.Motion, "talk")
	open := discussion.PhaseAt(v.Motion, v.Now) == discussion.Before
	for i, c := range v.Text.Clauses {
		f := discussion.Filter{Phase: discussion.Before, Clause: c.ID}
		link := Link{Href: talkPath(a.Group, v.Motion, f), Label: lang.M("motion.clause_talk", "Count", talk.Counts[c.ID])}
		if talk.Counts[c.ID] == 0 {
			link.Label = lang.M("motion.clause_talk_none")
		}
		if open || talk.Counts[c.ID] > 0 {
			p.Clauses[i].Links = []Link{link}
		}
	}
	p.TalkSay = lang.M("motion.posts", "Count", v.Posts)
	if v.Posts == 0 {
		p.TalkSay = lang.M("motion.posts_none")
	}
	t := talkView{actor: a, motion: v.Motion, people: talk.People, mark: talk.Mark, short: true}
	for _, post := range slices.Backward(talk.Newest) { // an answer below its question
		p.Talk = append(p.Talk, t.post(post))
	}
	p.TalkLinks = []Link{{Href: path, Label: lang.M("motion.act.talk")}}
	if talk.Mark != 0 && v.LastPost > int64(talk.Mark) {
		p.TalkLinks = append(p.TalkLinks, Link{Href: path + "?show=new", Label: lang.M("talk.show.new")})
	}
}

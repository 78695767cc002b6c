package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/draw"
	"folkmoot/internal/election"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"

	"github.com/labstack/echo/v4"
)

// electionPage is one election: what the role is, who stands, what they are asked, and how it ended. It has what every proposal's page
// has but supporters, sides and whatever a proposer can do, of whom there is none.
type electionPage struct {
	motionPage
	About      []lang.Msg // the role, its terms and places
	RoleLink   Link
	Steps      []electionStep
	Stand      []candidateCard
	StandSay   lang.Msg // how many stand
	Asked      lang.Msg // somebody has put the reader up
	Bars       []lang.Msg
	Form       smallForm // with which the reader stands, or changes what they say
	Down       *Grave    // declines, or steps back
	Share      Link      // to standing together with others, and to what the reader is asked; an empty address: neither
	Nominate   smallForm
	Questions  []questionCard
	Ask        smallForm
	Count      Count
	Objections []Statement
	Object     smallForm
	ObjectSay  lang.Msg
}

var electionTmpl = newPage[electionPage]("motion/election.html")

// smallForm is a form with a few texts: part "small-form". Without an address there is none.
type smallForm struct {
	Href   string
	Say    []lang.Msg
	Line   Field   // zero: none
	Lines  []Field // more of them
	Areas  []Field
	Picks  []Choice
	Send   []Hidden
	Submit lang.Msg
	Main   bool // what the page is for: its button is filled
	Guard  Guard
}

// electionStep is a step with its dates, and whether it is behind or is taken now.
type electionStep struct {
	Tag lang.Msg
	Say lang.Msg
}

// candidateCard is what somebody who stands says of themselves, in the same shape for all.
type candidateCard struct {
	ID        string // anchor
	Name      lang.Msg
	Notes     []lang.Msg // that they share, or stand for a reserved place
	Statement string     // Markdown
	Interests []interest
	Gone      lang.Msg
}

// interest is what might pull somebody another way; of people who stand together there is one of each, with their names.
type interest struct {
	Name lang.Msg // zero: they stand alone
	Text string   // Markdown
}

// questionCard is a question to all candidates with the answers that may be read.
type questionCard struct {
	ID      string
	Text    string
	By      string
	Answers []Statement
	Say     lang.Msg // how many have answered
	Form    smallForm
}

// showElection answers with the page of an election, as it is or with what was typed and what is wrong with it.
func (s *Server) showElection(c echo.Context, v motion.View, status int, wrong map[string]lang.Msg) error {
	a, ctx := s.actor(c), c.Request().Context()
	e, err := s.Elections.Show(ctx, a, v.Number)
	if err != nil {
		return err
	}
	p := electionPage{motionPage: motionPage{Frame: s.groupFrame(c, SectionProposals)}}
	p.refuse(wrong)
	p.Head = Head{Kind: motionName(v.Motion), Title: motionTitle(v.Motion), State: electionState(v.Motion, e), Until: electionUntil(a, v.Motion, e)}
	p.Head.Crumbs = []Link{{Href: groupPath(a.Group) + "/proposals", Label: lang.M("layout.nav.proposals")}}
	p.Strip = electionStrip(a, v.Motion, e)
	p.fillRole(a, v.Motion, e)
	p.fillStand(c, a, e, wrong)
	p.fillElectionActs(e)
	p.fillQuestions(c, a, e, wrong)
	talk, err := s.Talk.Summary(ctx, a, v.Motion)
	if err != nil {
		return err
	}
	p.Clauses = make([]Clause, len(v.Text.Clauses)) // what the role is, the page says in the reader's language
	p.fillTalk(a, v, talk)
	if err := s.fillVote(c, &p.motionPage, v); err != nil {
		return err
	}
	if p.Count, err = s.countOf(c, p.Frame, v.Motion, ranked{election: e}, ballot.Ballot{}); err != nil {
		return err
	}
	p.fillObjections(c, a, e, wrong)
	p.RefreshAt = changesAt(p.Head.Until, v.Motion, v.Now)
	p.Remind = s.remind(p.Frame, a, v.Motion, v.Now)
	return electionTmpl.render(c, status, p)
}

// fillRole says what the role may and may not do, for how long, and what comes when.
func (p *electionPage) fillRole(a member.Actor, m motion.Motion, e election.View) {
	p.About = []lang.Msg{lang.M("role." + e.Role.Key + ".does"), lang.M("role." + e.Role.Key + ".not")}
	if len(e.Role.Caps) == 0 {
		p.About = append(p.About, lang.M("election.no_powers"))
	}
	for _, power := range e.Role.Caps {
		p.About = append(p.About, lang.M("election.power", "Power", lang.M("power."+string(power))))
	}
	p.About = append(p.About, termSay(e.Rules, e.Seats, e.First, len(e.Relaxed) > 0))
	p.About = append(p.About, reservedHere(e)...)
	if !p.Practice { // which has no pages of roles
		p.RoleLink = Link{Href: powersPath(a.Group, e.Role.Key), Label: lang.M("election.role", "Role", roleName(e.Role))}
	}
	p.Steps = electionSteps(a, m, e)
	p.Facts = []Fact{
		{Label: lang.M("election.fact.role"), Value: roleName(e.Role), Href: p.RoleLink.Href},
		{Label: lang.M("election.fact.places"), Value: lang.M("election.places", "Count", len(e.Seats))},
		{Label: lang.M("election.fact.opened"), At: local(a, e.Opened)},
	}
	if e.State.Open() || e.State == election.Final {
		p.Facts = append(p.Facts, Fact{Label: lang.M("election.fact.begins"), At: local(a, e.Starts)})
	}
	p.Facts = append(p.Facts, Fact{Label: lang.M("motion.fact.rules"), Value: lang.M("motion.fact.rules_value", "Number", e.Rulebook),
		Href: groupPath(a.Group) + "/rules/" + strconv.Itoa(e.Rulebook)})
}

// termSay says how many places there are and how long the terms last, and why they are shorter where a role begins, and not the same for all.
func termSay(r rulebook.Rules, seats []role.Vacancy, first, relaxed bool) lang.Msg {
	least, most := 0, 0
	for _, s := range seats {
		days := role.TermDays(r, s.Seat, first, relaxed)
		if least == 0 || days < least {
			least = days
		}
		most = max(most, days)
	}
	switch full := r.Office.TermDays; {
	case first && least != most:
		return lang.M("election.terms_first_differ", "Count", len(seats), "Least", least, "Most", most, "Full", full)
	case first && most < full:
		return lang.M("election.terms_first", "Count", len(seats), "Most", most, "Full", full)
	}
	return lang.M("election.terms", "Count", len(seats), "Days", most)
}

// fillElectionActs says at the top what this reader can do now; the vote itself has its own say later.
func (p *electionPage) fillElectionActs(e election.View) {
	h, now := &p.Head, e.Now
	link := func(href, label string) Action { return Action{Href: href, Label: lang.M(label)} }
	switch {
	case waitsForMe(e):
		h.Can, h.Act = offerSay(e.Role, offeredMe(e).Offer, e.People, e.Me), Action{Href: p.Share.Href, Label: offerAct(e)}
	case e.MayNominate(now) == nil && e.Mine.ID != 0 && e.Mine.Accepted.IsZero() && e.Mine.Gone.IsZero():
		h.Can, h.Act = lang.M("election.can.asked"), link("#stand", "election.act.asked")
	case e.MayNominate(now) == nil && e.Mine.Stands():
		h.Can, h.Also = lang.M("election.can.stands"), []Action{link("#stand", "election.act.change"), link("#nominate", "election.act.nominate")}
	case e.MayNominate(now) == nil && role.Relaxable(e.Bars):
		h.Can, h.Act, h.Also = lang.M("election.can.stand"), link("#stand", "election.act.stand"), []Action{link("#nominate", "election.act.nominate")}
	case e.MayNominate(now) == nil:
		h.Can, h.Act = lang.M("election.can.nominate"), link("#nominate", "election.act.nominate")
	case e.MayAnswer(now) == nil && e.Mine.Stands() && len(e.Questions) > 0:
		h.Can, h.Act = lang.M("election.can.answer"), link("#questions", "election.act.answer")
	case e.MayAsk(now) == nil:
		h.Can, h.Act = lang.M("election.can.ask"), link("#questions", "election.act.ask")
	case e.MayObject(now) == nil:
		h.Can, h.Also = lang.M("election.can.object"), []Action{link("#objections", "election.act.object")}
	case !e.State.Open():
		h.Cannot = lang.M("election.cannot.over")
	}
}

// fillStand shows who stands, and while nominations are open the reader's own form.
func (p *electionPage) fillStand(c echo.Context, a member.Actor, e election.View, wrong map[string]lang.Msg) {
	people := 0
	for _, cand := range e.Together() {
		p.Stand = append(p.Stand, candidateOf(e, cand))
		if cand.Stands() {
			people += len(cand.People)
		}
	}
	switch stand := len(e.Stand()); {
	case stand == 0:
		p.StandSay = lang.M("election.standing_none")
	case people > stand:
		p.StandSay = lang.M("election.standing_shared", "Count", stand, "People", people)
	default:
		p.StandSay = lang.M("election.standing", "Count", stand)
	}
	path := func(below string) string { return motionPath(a.Group, motion.Motion{Number: e.Number}, below) }
	asked := e.Mine.ID != 0 && e.Mine.Accepted.IsZero() && e.Mine.Gone.IsZero()
	if e.Mine.Stands() && e.MayStandDown(e.Now) == nil {
		p.Down = p.grave("step-back", path("stand-down"))
		if e.Mine.Share != "" {
			p.Down.Say = append(p.Down.Say, lang.M("election.step-back.say_shared"))
		}
	}
	p.Share = shareLink(a, e)
	if e.MayNominate(e.Now) != nil {
		return
	}
	if asked {
		p.Asked, p.Down = lang.M("election.asked"), p.grave("decline", path("stand-down"))
	}
	for _, b := range e.Bars {
		p.Bars = append(p.Bars, lang.M("election.bar."+string(b)))
	}
	if len(e.Bars) > 0 && e.From.After(e.Now) {
		p.Bars = append(p.Bars, lang.M("election.from", "At", e.From.In(a.Group.Zone)))
	}
	if role.Relaxable(e.Bars) && !partsMe(e) { // whom others left is asked first whether they go on
		p.Form = p.standForm(c, e, path("stand"), wrong)
	}
	p.Nominate = smallForm{
		Href: path("nominate"), Say: []lang.Msg{lang.M("election.nominate.say")}, Submit: lang.M("election.nominate.do"), Guard: p.Guard(),
		Line: Field{Name: "member", Value: value(c, "member"), Label: lang.M("election.nominate.name"), Hint: lang.M("waiver.name.hint"), Wrong: wrong["member"], Max: 80},
	}
}

// standForm is the form with which the reader stands: the same for all.
func (p *electionPage) standForm(c echo.Context, e election.View, href string, wrong map[string]lang.Msg) smallForm {
	f := smallForm{Href: href, Main: true, Submit: lang.M("election.stand.do"), Guard: p.Guard(), Say: []lang.Msg{lang.M("election.stand.say")}}
	if e.Mine.Stands() {
		f.Submit = lang.M("election.stand.change")
	}
	f.Picks = append(reservedPick(c, e, "reserved", e.Mine.Reserved), trialPick(c, e)...)
	f.Areas = []Field{
		{Name: "statement", Value: typedOr(c, "statement", ownWords(e)), Label: lang.M("election.statement"), Hint: lang.M("election.statement.hint"),
			Wrong: wrong["statement"], Words: e.Rules.Elections.StatementWords, Rows: 7, Markdown: true},
		{Name: "interests", Value: typedOr(c, "interests", e.Mine.Interests), Label: lang.M("election.interests"), Hint: lang.M("election.interests.hint"),
			Wrong: wrong["interests"], Words: election.InterestWords, Rows: 3, Markdown: true},
	}
	if e.Mine.Stands() && e.Mine.Share != "" { // what they say together changes when all of them say yes again
		f.Areas, f.Say = f.Areas[1:], []lang.Msg{lang.M("election.share.own")}
	}
	return f
}

// trialPick lets somebody say that they would do it for three months at most; nothing where that is not asked, and of people who stand together.
func trialPick(c echo.Context, e election.View) []Choice {
	if !e.Tries(e.Role, e.Rules) || e.Mine.Stands() && e.Mine.Share != "" {
		return nil
	}
	is := e.Mine.Trial
	if c.Request().Method == http.MethodPost {
		is = value(c, "trial") != ""
	}
	return []Choice{{Name: "trial", Many: true, Optional: true, Legend: lang.M("election.trial.ask"), Hint: lang.M("election.trial.hint"), Options: []Option{
		{Value: "yes", Label: lang.M("election.trial.yes"), Chosen: is},
	}}}
}

func (p *electionPage) grave(what, href string) *Grave {
	id := "election." + what
	return &Grave{ID: what, Label: lang.M(id), Ask: lang.M(id + ".ask"), Say: []lang.Msg{lang.M(id + ".say")}, Yes: lang.M(id + ".yes"), Href: href, Guard: p.Guard()}
}

func candidateOf(e election.View, cand election.Candidature) candidateCard {
	card := candidateCard{ID: "who-" + cand.Lead().Ref, Name: candidateName(e, cand), Statement: cand.Lead().Statement}
	for _, p := range cand.People {
		one := interest{Text: p.Interests}
		if cand.IsShared() {
			one.Name = memberName(e.People[p.Member])
		}
		card.Interests = append(card.Interests, one)
	}
	if cand.IsShared() {
		card.Notes = append(card.Notes, lang.M("election.share.note"))
	}
	if cand.Reserved() && e.Reserved > 0 {
		card.Notes = append(card.Notes, lang.M("election.reserved.stands", "For", e.For))
	}
	if say := openNote(e, cand); !say.IsZero() {
		card.Notes = append(card.Notes, say)
	}
	if cand.Lead().Trial {
		card.Notes = append(card.Notes, lang.M("election.trial.stands"))
	}
	if !cand.Stands() {
		card.Gone = lang.M("election.stands_no_more")
		if e.Parted[cand.Lead().Member] {
			card.Gone = lang.M("election.share.parted")
		}
	}
	return card
}

// candidateName is what stands on papers, in counts and in files: a name, or one for people who stand together.
func candidateName(e election.View, cand election.Candidature) lang.Msg {
	var names []lang.Msg
	for _, p := range cand.People {
		names = append(names, memberName(e.People[p.Member]))
	}
	return election.NameOf(names)
}

// fillQuestions shows what all candidates are asked, and the answers once they may be read.
func (p *electionPage) fillQuestions(c echo.Context, a member.Actor, e election.View, wrong map[string]lang.Msg) {
	path := func(below string) string { return motionPath(a.Group, motion.Motion{Number: e.Number}, below) }
	for _, q := range e.Questions {
		p.Questions = append(p.Questions, p.question(c, e, q, path("answers"), wrong))
	}
	if e.MayAsk(e.Now) == nil && len(e.Questions) < election.MaxQuestions {
		p.Ask = smallForm{
			Href: path("questions"), Submit: lang.M("election.ask.do"), Guard: p.Guard(), Say: []lang.Msg{lang.M("election.ask.say")},
			Areas: []Field{{Name: "question", Value: value(c, "question"), Label: lang.M("election.question"), Hint: lang.M("election.question.hint"),
				Wrong: wrong["question"], Words: election.QuestionWords, Rows: 3}},
		}
	}
}

// question shows one question. Until they may be read, it is told only how many have answered, and to who stands their own answer.
func (p *electionPage) question(c echo.Context, e election.View, q election.Question, href string, wrong map[string]lang.Msg) questionCard {
	id := strconv.FormatInt(int64(q.ID), 10)
	card := questionCard{ID: "question-" + id, Text: q.Text, By: e.People[q.Author].Name}
	mine, others := "", 0
	own, stood := e.Own(), e.Together()
	for _, ans := range e.Answers {
		switch {
		case ans.Question != q.ID:
			continue
		case own.Ref != "" && ans.Candidate == own.Lead().ID:
			mine = ans.Text
		default:
			others++
		}
		i := slices.IndexFunc(stood, func(cand election.Candidature) bool { return cand.Lead().ID == ans.Candidate })
		if i >= 0 {
			card.Answers = append(card.Answers, Statement{Title: candidateName(e, stood[i]), Text: ans.Text})
		}
	}
	have, all := e.Answered[q.ID], len(e.Stand())
	early := e.MayAnswer(e.Now) == nil
	switch {
	case early && others == 0 && e.State == election.Nominating:
		card.Say = lang.M("election.answered_nominating", "Count", have, "All", all) // it is not settled who all are
	case early && others == 0:
		card.Say = lang.M("election.answered_hidden", "Count", have, "All", all)
	case have < all:
		card.Say = lang.M("election.answered", "Count", have, "All", all)
	}
	if early && e.Mine.Stands() {
		field := "answer-" + id
		if c.Request().PostForm.Has(field) {
			mine = value(c, field)
		}
		card.Form = smallForm{Href: href, Guard: p.Guard(), Send: []Hidden{{"question", id}}, Submit: lang.M("election.answer.do"), Areas: []Field{{
			Name: field, Value: mine, Label: lang.M("election.answer"), Hint: lang.M("election.answer.hint"), Wrong: wrong[field], Words: election.AnswerWords, Rows: 5, Markdown: true,
		}}}
	}
	return card
}

// fillObjections shows what members hold against the count.
func (p *electionPage) fillObjections(c echo.Context, a member.Actor, e election.View, wrong map[string]lang.Msg) {
	for _, o := range e.Objections {
		p.Objections = append(p.Objections, Statement{Text: o.Text, By: e.People[o.Member].Name})
	}
	if e.State == election.Objecting || e.State == election.Final {
		p.ObjectSay = lang.M("election.object.say", "At", local(a, e.Final))
	}
	has := slices.ContainsFunc(e.Objections, func(o election.Objection) bool { return o.Member == a.Member.ID })
	if has || e.MayObject(e.Now) != nil {
		return
	}
	p.Object = smallForm{
		Href: motionPath(a.Group, motion.Motion{Number: e.Number}, "objections"), Submit: lang.M("election.object.do"), Guard: p.Guard(),
		Areas: []Field{{Name: "objection", Value: value(c, "objection"), Label: lang.M("election.objection"), Hint: lang.M("election.objection.hint"),
			Wrong: wrong["objection"], Words: election.ObjectWords, Rows: 5, Markdown: true}},
	}
}

// electionSteps are the steps with their dates, which the rules set.
func electionSteps(a member.Actor, m motion.Motion, e election.View) (out []electionStep) {
	if e.State == election.Nobody {
		return nil
	}
	closes := m.Closes
	if closes.IsZero() {
		closes = e.Rules.BallotWindow(e.Opens, a.Group.Zone)
	}
	final := e.Final
	if final.IsZero() {
		final = closes.Add(election.ObjectTime)
	}
	nominations := "election.step.nominations"
	if e.Extended {
		nominations = "election.step.extended"
	}
	opens := e.Opens
	if m.State == motion.Inquorate || m.State == motion.Voting {
		opens = m.Opens // of the vote that is held once more
	}
	begun := e.Opened
	type step struct {
		id string
		at time.Time
	}
	steps := []step{{nominations, e.Until}, {"election.step.answers", e.Opens}, {"election.step.vote", closes}, {"election.step.objections", final}, {"election.step.terms", e.Starts}}
	if e.Approves() {
		falls := final.Add(draw.WordsTime)
		if e.Lot.ID != 0 {
			falls = e.Lot.At
		}
		steps = slices.Insert(steps, len(steps)-1, step{"approval.step.lot", falls})
	}
	for _, step := range steps {
		line := electionStep{Say: lang.M(step.id, "At", local(a, step.at), "From", local(a, opens))}
		switch {
		case !e.Now.Before(step.at):
			line.Tag = lang.M("election.step.done")
		case !e.Now.Before(begun):
			line.Tag = lang.M("election.step.now")
		}
		out, begun = append(out, line), step.at
	}
	return out
}

// asElection shows the election's page again, with what was typed.
func (s *Server) asElection(c echo.Context, n int, wrong map[string]lang.Msg) error {
	v, err := s.Motions.Show(c.Request().Context(), s.actor(c), n)
	if err != nil {
		return err
	}
	return s.showElection(c, v, http.StatusUnprocessableEntity, wrong)
}

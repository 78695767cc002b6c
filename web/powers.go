package web

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"folkmoot/internal/draw"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/role"

	"github.com/labstack/echo/v4"
)

// powersPage is the power map: every power in the group beyond the rights of its members, who holds it, until when and how to end it.
type powersPage struct {
	Frame
	Roles  []roleCard
	Many   []lang.Msg // who holds several of them
	Times  Times
	Powers []Power // that belong to no role
	Keys   []keyLine
	Empty  Empty

	Waivers []lang.Msg // who may take, or took, a role outside the limits
	Waived  lang.Msg   // how many have been let
}

// roleCard is a role on the power map.
type roleCard struct {
	Href  string
	Name  lang.Msg
	Does  lang.Msg
	Held  []Power
	Free  lang.Msg // seats that nobody holds
	Next  lang.Msg // what comes next for it
	Until Until
	Can   lang.Msg // what the reader can do about it now
	More  lang.Msg // what else its own page is for

	Election lang.Msg // how far the one under way is
	Vote     Link
	Depth    lang.Msg // how many could do it tomorrow
	Vacant   vacantPart
	Reserved []lang.Msg // how many places are reserved
}

var powersTmpl = newPage[powersPage]("group/powers.html")

func powersPath(g member.Group, below ...string) string {
	path := groupPath(g) + "/powers"
	for _, b := range below {
		path += "/" + b
	}
	return path
}

func (s *Server) showPowers(c echo.Context) error {
	a, ctx := s.actor(c), c.Request().Context()
	m, err := s.Roles.Map(ctx, a)
	if err != nil {
		return err
	}
	all := c.QueryParam("years") == "all"
	times, err := s.Roles.Timeline(ctx, a, all)
	if err != nil {
		return err
	}
	founders, err := s.Members.Founders(ctx, a)
	if err != nil {
		return err
	}
	keys, err := s.Keys.List(ctx, a)
	if err != nil {
		return err
	}
	p := powersPage{Frame: s.groupFrame(c, SectionPeople)}
	p.Head = Head{Crumbs: []Link{{groupPath(a.Group) + "/people", lang.M("people.people.title")}}, Title: lang.M("powers.title"), State: lang.M("powers.state")}
	p.Strip = Strip{Next: lang.M("powers.next"), Decides: lang.M("powers.decides"), Change: lang.M("powers.change"), Href: groupPath(a.Group) + "/rules#roles"}
	elections, err := s.Elections.Latest(ctx, a, roleIDs(m.Roles))
	if err != nil {
		return err
	}
	draws, err := s.Draws.Latest(ctx, a, roleIDs(m.Roles))
	if err != nil {
		return err
	}
	selections, err := s.Selections.Latest(ctx, a, roleIDs(m.Roles))
	if err != nil {
		return err
	}
	free, err := s.Vacancies.Map(ctx, a)
	if err != nil {
		return err
	}
	reserved, soon, err := s.Balances.Rules(ctx, a, roleIDs(m.Roles))
	if err != nil {
		return err
	}
	for _, r := range m.Roles {
		card := roleCardOf(a, m, r, draws[r.ID])
		card.Reserved = reservedSay(a, r.Role, reserved[r.ID], soon[r.ID])
		if card.Election, card.Vote = electionNow(a, elections[r.ID]); r.Fill == role.ByConsent {
			card.Election, card.Vote = selectionNow(a, selections[r.ID])
		}
		card.Vacant = vacantOf(a, r, free[r.ID], m.Now)
		p.Roles = append(p.Roles, card)
	}
	p.Many = severalSay(m)
	if err := s.fillDepths(c, &p, m.Roles); err != nil {
		return err
	}
	if !times.IsEmpty() || times.Folded {
		p.Times = timesOf(a, times, all, powersPath(a.Group))
	}
	for _, f := range founders {
		p.Powers = append(p.Powers, founderPower(a, f))
	}
	p.Keys = keyActions(a, keys, keyLines(a, keys), p.Guard())
	p.fillWaivers(a, m)
	if len(p.Roles) == 0 {
		p.Empty = Empty{Title: lang.M("powers.none"), Say: []lang.Msg{lang.M("powers.none_say." + noRoles(a.Group))}}
		p.Strip.Next = lang.M("powers.next_none." + noRoles(a.Group))
	}
	return powersTmpl.render(c, http.StatusOK, p)
}

// severalSay says who holds places in several roles at once, whoever holds most first, or that nobody does: power that comes together is seen only where it is put
// together (practice.md §3.5).
func severalSay(m role.Map) (out []lang.Msg) {
	type holder struct {
		who   member.ID
		roles []lang.Msg
	}
	var all []holder
	for _, r := range m.Roles {
		had := map[member.ID]bool{}
		for _, t := range r.Terms {
			if !t.Holds(m.Now) || had[t.Member] {
				continue
			}
			had[t.Member] = true
			say := roleName(r.Role)
			if !t.Fills() {
				say = lang.M("powers.many.minds", "Role", say)
			}
			i := slices.IndexFunc(all, func(h holder) bool { return h.who == t.Member })
			if i < 0 {
				i, all = len(all), append(all, holder{who: t.Member})
			}
			all[i].roles = append(all[i].roles, say)
		}
	}
	slices.SortStableFunc(all, func(x, y holder) int { return len(y.roles) - len(x.roles) })
	for _, h := range all {
		if len(h.roles) > 1 {
			out = append(out, lang.M("powers.many.has", "Who", memberName(m.People[h.who]), "Count", len(h.roles), "Roles", namesOf(h.roles)))
		}
	}
	if len(all) > 0 && len(out) == 0 {
		out = []lang.Msg{lang.M("powers.many.none")}
	}
	return out
}

// fillWaivers counts in public who was let outside the limits (practice.md §2.12.2).
func (p *powersPage) fillWaivers(a member.Actor, m role.Map) {
	w := m.Waivers
	if p.Waived = lang.M("powers.waived", "Count", w.All); w.All == 0 {
		p.Waived = lang.M("powers.waived_none")
	}
	for _, g := range w.List {
		id := "powers.waiver.free"
		var bars []string
		if g.Term != 0 {
			id = "powers.waiver.used"
			for _, b := range g.Bars {
				bars = append(bars, p.voice().Say(lang.M("powers.waiver.bar."+string(b))))
			}
			if len(bars) == 0 {
				id = "powers.waiver.needless"
			}
		}
		_, number, _ := strings.Cut(g.Cause, "/")
		p.Waivers = append(p.Waivers, lang.M(id, "Who", memberName(w.People[g.Member]), "Role", roleName(w.Roles[g.Role]),
			"At", local(a, g.At), "Number", number, "Bars", strings.Join(bars, ", ")))
	}
}

// noRoles says why a group has no roles.
func noRoles(g member.Group) string {
	if g.Forming() {
		return "forming"
	}
	return "small"
}

func roleCardOf(a member.Actor, m role.Map, r role.Powers, d draw.Draw) roleCard {
	card := roleCard{Href: powersPath(a.Group, r.Key), Name: roleName(r.Role), Does: lang.M("role." + r.Key + ".does"), More: lang.M("powers.more", "Role", roleName(r.Role))}
	for _, t := range r.Terms {
		card.Held = append(card.Held, termPower(a, m.People, r, t, true))
	}
	if free := r.Free(m.Now); free > 0 {
		card.Free = lang.M("powers.free", "Count", free)
	}
	card.Next, card.Until = drawNext(a, d)
	if d.State == draw.Asking {
		card.Can = lang.M("powers.can_say")
	}
	return card
}

func roleName(r role.Role) lang.Msg { return lang.M("role." + r.Key + ".name") }

// termPower says who holds a seat, since when, until when and what it came from. The map names the days, and the role's page the hours too.
func termPower(a member.Actor, people map[member.ID]member.Member, r role.Powers, t role.Term, days bool) Power {
	p := Power{Who: memberName(people[t.Member]), From: local(a, t.Begins), Until: local(a, t.Ends), Day: days, How: causeSay(t.Cause)}
	if number, ok := strings.CutPrefix(t.Cause, "decision/"); ok {
		p.Href = decisionPath(a.Group, number)
	}
	if number, ok := strings.CutPrefix(t.Cause, "selection/"); ok {
		p.Href = groupPath(a.Group) + "/selections/" + number
	}
	switch beside := r.Beside(t); {
	case !t.Fills():
	case len(beside) > 0:
		p.Say = lang.M("powers.shares", "Who", namesOf(holders(people, beside)))
	case t.Share != "":
		p.Say = lang.M("powers.goes_on")
	}
	return p
}

// causeSay says what a term came from.
func causeSay(cause string) lang.Msg {
	what, number, _ := strings.Cut(cause, "/")
	return lang.M("powers.cause."+what, "Number", number)
}

// memberName is what somebody is called, also if they have taken their name out.
func memberName(m member.Member) lang.Msg {
	if m.Name == "" {
		return lang.M("record.former")
	}
	return plain(m.Name)
}

// drawNext says what comes next for a role, and when.
func drawNext(a member.Actor, d draw.Draw) (lang.Msg, Until) {
	switch d.State {
	case draw.Asking:
		return lang.M("powers.draw.asking", "Count", d.Seats), Until{Say: lang.M("powers.draw.closes"), At: local(a, d.Closes)}
	case draw.Announced:
		return lang.M("powers.draw.announced", "Count", d.Seats), Until{Say: lang.M("powers.draw.falls"), At: local(a, d.At)}
	}
	return lang.Msg{}, Until{}
}

// rolePage is one role: what it is for, who holds it, and the draw that fills it.
type rolePage struct {
	Frame
	Say   []lang.Msg
	May   []lang.Msg
	Try   Link       // to where meetings are practised, for a role that calls them
	Newer []lang.Msg // what the role could do by today's program, and has not been given
	Chore Link       // to proposing that
	Held  []Power
	Yours []lang.Msg // what the reader's own term lets them do, until when, and who follows
	Mine  []Grave    // terms of the reader, which they can give up
	Ends  []Link     // to ending terms early
	Waive Link

	Reserved   []lang.Msg // how many places are reserved, and from when
	ReservedBy []Link     // the decisions
	Reserve    Link       // to changing that; an empty address: it cannot be

	Ask    askForm  // whether the reader would do it; zero: nobody is asked
	Draw   lang.Msg // how far the newest is, in a sentence
	Pool   []ticketLine
	Order  bool    // the lot has fallen
	Words  askForm // zero: the reader cannot throw in any
	Facts  []Fact
	Check  []lang.Msg
	File   Link
	Past   []lang.Msg
	Older  []lang.Msg // terms before those
	Vacant vacantPart

	Learn    learnBox
	Filled   lang.Msg // how a role is filled that is elected
	Election lang.Msg // how far the one under way is
	Vote     Link
	Begins   lang.Msg // when it is filled for the first time
}

// askForm is a form with one control. Its draw is named, so that an answer never goes to another one.
type askForm struct {
	Href   string // empty: there is none
	Say    []lang.Msg
	Choice Choice
	Field  Field
	Draw   string
	Submit lang.Msg
	Guard  Guard
}

// ticketLine is somebody in the pool of a draw.
type ticketLine struct {
	Place  int
	Who    lang.Msg
	Weight int64
	Turn   int
	Words  string
}

// pastOpen is how many terms that are over a role's page shows without being asked.
const pastOpen = 4

var roleTmpl = newPage[rolePage]("group/role.html")

func (s *Server) showRole(c echo.Context) error {
	v, err := s.Draws.Show(c.Request().Context(), s.actor(c), c.Param("role"))
	if err != nil {
		return err
	}
	return s.renderRole(c, http.StatusOK, v, "", nil)
}

// rolePage makes the page, with words that were typed and what is wrong with them.
func (s *Server) rolePage(c echo.Context, v draw.View, words string, wrong map[string]lang.Msg) rolePage {
	a := s.actor(c)
	p := rolePage{Frame: s.groupFrame(c, SectionPeople)}
	path := powersPath(a.Group, v.Key)
	p.Head = Head{
		Crumbs: []Link{{powersPath(a.Group), lang.M("powers.title")}}, Kind: lang.M("powers.kind"), Title: roleName(v.Role),
		State: lang.M("powers.seats", "Count", v.Seats, "Free", v.Free(v.Now)),
	}
	p.Strip = Strip{Next: lang.M("powers.role.next." + string(v.Draw.State)), Decides: lang.M("powers.role.decides"), Change: lang.M("powers.change"), Href: groupPath(a.Group) + "/rules#roles"}
	p.Say = []lang.Msg{lang.M("role." + v.Key + ".does"), lang.M("role." + v.Key + ".not")}
	for _, cap := range v.Caps {
		p.May = append(p.May, lang.M("power."+string(cap)))
	}
	if v.Gives(member.Convene) || v.Gives(member.Facilitate) {
		p.Try = s.practiseLink("practice.link.role")
	}
	if v.Ended.IsZero() && v.Meant(member.FinanceNote) && !v.Gives(member.FinanceNote) {
		p.Newer, p.Chore = []lang.Msg{lang.M("money.chore.newer"), lang.M("money.chore.newer_how")}, moneyChoreLink(a.Group, v.Key)
	}
	p.Waive = Link{Href: powersPath(a.Group, v.Key, "waiver"), Label: lang.M("waiver.title")}
	for _, t := range v.Terms {
		p.Held = append(p.Held, termPower(a, v.People, v.Powers, t, false))
		if t.Member == v.Me {
			p.Yours = append(p.Yours, myTermHere(a, v.View, t)...)
			p.Mine = append(p.Mine, giveUp(a, v.View, t, p.Guard()))
		}
	}
	p.fillDraw(a, v)
	p.fillAsk(a, v, path)
	p.fillWords(a, v, path, words, wrong)
	for _, t := range v.Past {
		p.Past = append(p.Past, pastSay(a, memberName(v.People[t.Member]), t))
	}
	if len(p.Past) > pastOpen+1 { // a fold is not for one line
		p.Past, p.Older = p.Past[:pastOpen], p.Past[pastOpen:]
	}
	return p
}

// pastSay says who held a place from when until when, or only looked after it, and how that ended. Of a term that members ended nothing else is
// told (practice.md §2.9).
func pastSay(a member.Actor, who lang.Msg, t role.Term) lang.Msg {
	held := "powers.past.held"
	if !t.Fills() {
		held = "powers.past.minded"
	}
	from, until := lang.Day(local(a, t.Begins)), lang.Day(local(a, t.Over()))
	return lang.M("powers.past."+cmp.Or(t.How, "over"), "Who", who, "Until", until, "Held", lang.M(held, "Who", who, "From", from, "Until", until))
}

// giveUp is the button with which somebody ends their own term.
func giveUp(a member.Actor, v role.View, t role.Term, g Guard) Grave {
	what, say := "resign", lang.M("powers.resign.say")
	switch {
	case v.Now.Before(t.Begins):
		what, say = "decline", lang.M("powers.decline.say")
	case !t.Fills():
		say = lang.M("vacancy.resign.say")
	case strings.HasPrefix(t.Cause, "decision/"):
		say = lang.M("powers.resign.say_elected")
	}
	sentences := []lang.Msg{say}
	if beside := v.Beside(t); len(beside) > 0 { // nobody else is needed: the place is not free
		sentences = []lang.Msg{lang.M("powers."+what+".say_shared", "Who", namesOf(holders(v.People, beside)))}
	}
	return Grave{
		ID: "give-up-" + t.Ref, Label: lang.M("powers." + what), Ask: lang.M("powers." + what + ".ask"),
		Say: sentences, Yes: lang.M("powers." + what + ".yes"),
		Href: powersPath(a.Group, v.Key, "give-up"), Guard: g, Send: []Hidden{{Name: "term", Value: t.Ref}},
	}
}

// fillDraw puts what is published of the newest draw on the page.
func (p *rolePage) fillDraw(a member.Actor, v draw.View) {
	d := v.Draw
	if d.Number == 0 {
		return
	}
	id := "powers.draw.state." + string(d.State)
	switch {
	case d.State == draw.Announced && d.Cause != "":
		id = "approval.draw.announced"
	case d.State == draw.Drawn && !v.Now.Before(d.Starts) && v.Role.Fill != role.ByLot:
		id = "powers.draw.once"
	case d.State == draw.Drawn && !v.Now.Before(d.Starts):
		id = "powers.draw.begun"
	}
	p.Draw = lang.M(id, "Count", d.Seats, "Closes", local(a, d.Closes), "At", local(a, d.At), "Starts", local(a, d.Starts))
	slices.SortStableFunc(v.Pool, func(a, b draw.Ticket) int { return a.Turn - b.Turn }) // by place until the lot has fallen
	for _, t := range v.Pool {
		p.Pool = append(p.Pool, ticketLine{Place: t.Place, Who: memberName(v.People[t.Member]), Weight: t.Weight, Turn: t.Turn, Words: t.Words})
	}
	if len(v.Pool) == 0 {
		return
	}
	p.Facts = []Fact{
		{Label: lang.M("powers.fact.tickets"), Value: plain(strconv.FormatInt(v.Chances, 10))},
		{Label: lang.M("powers.fact.pool_hash"), Value: plain(d.PoolHash), Code: true},
		{Label: lang.M("powers.fact.commit"), Value: plain(d.Commit), Code: true},
	}
	p.Check = []lang.Msg{lang.M("powers.draw.keep")}
	if p.Order = d.State == draw.Drawn; p.Order {
		p.Facts = append(p.Facts, Fact{Label: lang.M("powers.fact.secret"), Value: plain(hex.EncodeToString(d.Secret)), Code: true},
			Fact{Label: lang.M("powers.fact.seed"), Value: plain(d.Seed), Code: true})
		p.Check = []lang.Msg{lang.M("powers.draw.repeat")}
	}
	if len(d.Relaxed) > 0 {
		p.Check = append(p.Check, lang.M("powers.draw.relaxed"))
	}
	p.File = Link{Href: groupPath(a.Group) + "/draws/" + strconv.Itoa(d.Number), Label: lang.M("powers.draw.file")}
}

// fillAsk asks whether the reader would do it.
func (p *rolePage) fillAsk(a member.Actor, v draw.View, path string) {
	if v.Draw.State != draw.Asking || !v.Now.Before(v.Draw.Closes) {
		return
	}
	p.Head.Can, p.Head.Until = lang.M("powers.can_say"), Until{Say: lang.M("powers.draw.closes"), At: local(a, v.Draw.Closes)}
	p.Head.Act = Action{Href: "#ask", Label: lang.M("powers.ask.go")}
	choice := Choice{Name: "answer", Legend: lang.M("powers.ask.legend"), Hint: lang.M("powers.ask.hint")}
	for _, w := range draw.Answers() {
		choice.Options = append(choice.Options, Option{
			Value: string(w), Label: lang.M("powers.answer." + string(w)), Hint: lang.M("powers.answer." + string(w) + ".hint"), Chosen: v.Mine == w,
		})
	}
	p.Ask = askForm{Href: path + "/answer", Choice: choice, Draw: strconv.Itoa(v.Draw.Number), Submit: lang.M("powers.ask.do"), Guard: p.Guard()}
	p.Ask.Say = []lang.Msg{lang.M("vacancy.ask.hint", "Days", v.MindDays)}
	for _, b := range v.Bars {
		p.Ask.Say = append(p.Ask.Say, lang.M("role.bar."+string(b)))
	}
	if len(v.Bars) > 0 && v.From.After(v.Now) {
		p.Ask.Say = append(p.Ask.Say, lang.M("powers.ask.from", "At", v.From))
	}
}

// fillWords lets somebody in the pool throw in words.
func (p *rolePage) fillWords(a member.Actor, v draw.View, path, words string, wrong map[string]lang.Msg) {
	if v.Draw.State != draw.Announced || !v.Now.Before(v.Draw.At) {
		return
	}
	for _, t := range v.Pool {
		if t.Member != v.Me {
			continue
		}
		if words == "" {
			words = t.Words
		}
		p.Head.Can, p.Head.Until = lang.M("powers.words.can"), Until{Say: lang.M("powers.draw.falls"), At: local(a, v.Draw.At)}
		p.Head.Act = Action{Href: "#draw", Label: lang.M("powers.words.go")}
		p.Words = askForm{
			Href: path + "/words", Draw: strconv.Itoa(v.Draw.Number), Submit: lang.M("powers.words.do"), Guard: p.Guard(),
			Field: Field{Name: "words", Value: words, Label: lang.M("powers.words.label"), Hint: lang.M("powers.words.hint"), Wrong: wrong["words"], Max: draw.MaxWords},
		}
	}
}

// drawNumber returns the number of the draw that a form is about, or fault.Invalid.
func drawNumber(c echo.Context) (int, error) {
	n, err := strconv.Atoi(value(c, "draw"))
	if err != nil || n < 1 {
		return 0, fault.New(fault.Invalid, "role.answer.none")
	}
	return n, nil
}

func (s *Server) answerRole(c echo.Context) error {
	n, err := drawNumber(c)
	if err == nil {
		err = s.Draws.Say(c.Request().Context(), s.actor(c), n, draw.Answer(value(c, "answer")))
	}
	if err != nil {
		return err
	}
	s.flash(c, "powers.flash.said")
	return see(c, powersPath(s.actor(c).Group, c.Param("role")))
}

func (s *Server) throwIn(c echo.Context) error {
	n, err := drawNumber(c)
	if err == nil {
		err = s.Draws.ThrowIn(c.Request().Context(), s.actor(c), n, value(c, "words"))
	}
	if wrong := fault.Fields(err); wrong != nil {
		v, err := s.Draws.Show(c.Request().Context(), s.actor(c), c.Param("role"))
		if err != nil {
			return err
		}
		return s.renderRole(c, http.StatusUnprocessableEntity, v, value(c, "words"), wrong)
	}
	if err != nil {
		return err
	}
	s.flash(c, "powers.flash.words")
	return see(c, powersPath(s.actor(c).Group, c.Param("role")))
}

func (s *Server) giveUpTerm(c echo.Context) error {
	if err := s.Roles.GiveUp(c.Request().Context(), s.actor(c), value(c, "term")); err != nil {
		return err
	}
	s.flash(c, "powers.flash.given_up")
	return see(c, powersPath(s.actor(c).Group, c.Param("role")))
}

// sendDraw sends what is published of a draw, as `folkmoot draw --check` reads it.
func (s *Server) sendDraw(c echo.Context) error {
	n, err := strconv.Atoi(c.Param("draw"))
	if err != nil || n < 1 {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	r, err := s.Draws.Published(c.Request().Context(), s.actor(c), n)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := r.Write(&b); err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="draw-`+strconv.Itoa(n)+`.json"`)
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, b.Bytes())
}

// askedRow is a role in the list of those for which the reader is asked.
func askedRow(a member.Actor, r draw.Asked, v *lang.Voice) Row {
	return Row{
		Href: powersPath(a.Group, r.Key), Kind: lang.M("powers.kind"), Title: v.Say(roleName(r.Role)), Can: lang.M("powers.can_say"),
		Until: Until{Say: lang.M("powers.draw.closes"), At: local(a, r.Closes)}, Facts: []lang.Msg{lang.M("powers.places", "Count", r.Draw.Seats)},
	}
}

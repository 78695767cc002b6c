package web

import (
	"folkmoot/internal/draw"
	"folkmoot/internal/election"
	"folkmoot/internal/handover"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"

	"github.com/labstack/echo/v4"
)

// learnBox is how a role is learnt and handed over, on its page: part "learn", with "learn-top" above everything else.
type learnBox struct {
	Depth   lang.Msg // how many could do it tomorrow
	Half    []lang.Msg
	Propose Link       // a proposal about the role; set with Half
	Open    lang.Msg   // a handover that is not finished; names nobody
	Sheets  []Link     // handovers of which the reader is part
	List    Link       // to what a handover asks, for whoever holds the role
	Yours   []lang.Msg // who learns beside the reader, and whom they can ask
	Advise  Action     // whether the reader can be asked; a zero label: they never held the role lately
	Asked   lang.Msg   // said with Advise

	Ask    askForm // whether the reader would do it; zero: nobody is asked
	Totals []lang.Msg
	Say    []lang.Msg // who learns, in numbers, and who is understudy
	Learn  Link
}

func learnPath(g member.Group, key string, below ...string) string {
	return powersPath(g, append([]string{key, "learn"}, below...)...)
}

func sheetPath(g member.Group, key, ref string, below ...string) string {
	return powersPath(g, append([]string{key, "handover", ref}, below...)...)
}

// learnBox makes the part.
func (s *Server) learnBox(c echo.Context, read role.View, g Guard) (b learnBox, err error) {
	a, key := s.actor(c), read.Key
	v, err := s.Handovers.ShowOf(c.Request().Context(), a, read)
	if err != nil {
		return b, err
	}
	b = learnBox{Depth: depthSay(v.Depth), Learn: Link{Href: learnPath(a.Group, key), Label: lang.M("handover.learn.link")}}
	b.Say = append(learners(v), understudies(a, v)...)
	b.fillTerms(a, v)
	b.fillPairs(a, v)
	b.fillSheets(a, v)
	b.fillAdvice(a, v, g)
	b.fillAsk(a, v, g)
	return b, nil
}

// depthSay says how many could do a role tomorrow. In a small group a number would tell who is meant (practice.md §3.1).
func depthSay(d handover.Depth) lang.Msg {
	switch {
	case d.Count == 0:
		return lang.M("handover.depth.none")
	case d.Few():
		return lang.M("handover.depth.some")
	}
	return lang.M("handover.depth", "Count", min(d.Count, handover.Most), "More", d.Count > handover.Most)
}

// learners says how many learn beside the holders.
func learners(v handover.View) []lang.Msg {
	switch {
	case v.Shadows == 0 && len(v.Terms) == 0:
		return nil // nobody holds it
	case v.Shadows == 0:
		return []lang.Msg{lang.M("handover.shadows.none")}
	case v.Depth.Few():
		return []lang.Msg{lang.M("handover.shadows.some")}
	}
	return []lang.Msg{lang.M("handover.shadows", "Count", v.Shadows)}
}

// understudies says who is understudy to whom.
func understudies(a member.Actor, v handover.View) (out []lang.Msg) {
	for _, t := range v.Terms {
		if !t.Term.Fills() {
			continue // whoever only looks after a place has none
		}
		holder := memberName(v.People[t.Term.Member])
		switch {
		case t.Understudy != 0:
			out = append(out, lang.M("handover.understudy.is", "Who", memberName(v.People[t.Understudy]), "Holder", holder))
		case t.Lot.State == handover.Announced:
			out = append(out, lang.M("handover.understudy.falls", "Holder", holder, "At", local(a, t.Lot.At)))
		default:
			out = append(out, lang.M("handover.understudy.none", "Holder", holder))
		}
	}
	if len(out) > 0 {
		out = append(out, lang.M("handover.understudy.what"))
	}
	return out
}

// fillTerms says which terms are half over, and whom a new holder can ask.
func (b *learnBox) fillTerms(a member.Actor, v handover.View) {
	for _, t := range v.Terms {
		if t.Term.Fills() && t.Calendar.IsHalf(v.Now) {
			b.Half = append(b.Half, lang.M("handover.half", "Holder", memberName(v.People[t.Term.Member])))
			b.Propose = Link{Href: groupPath(a.Group) + "/proposals/new", Label: lang.M("handover.half.link")}
		}
		if t.Adviser != 0 {
			b.Yours = append(b.Yours, lang.M("handover.adviser", "Who", memberName(v.People[t.Adviser]), "Until", local(a, t.AdviseUntil)))
		}
	}
}

// fillPairs tells a holder who learns beside them.
func (b *learnBox) fillPairs(a member.Actor, v handover.View) {
	for _, sh := range v.Mine {
		if sh.Holder == v.Me && !sh.Agreed.IsZero() {
			b.Yours = append(b.Yours, lang.M("handover.shadow.beside", "Other", memberName(v.People[sh.Member]), "Since", local(a, sh.Agreed)))
		}
	}
}

// fillSheets leads the reader to handovers of which they are part. Others learn only that one is not finished.
func (b *learnBox) fillSheets(a member.Actor, v handover.View) {
	for _, h := range v.Doing {
		if h.Unfinished() {
			b.Open = lang.M("handover.unfinished")
		}
		if h.Part != handover.Nobody && !h.Needless {
			b.Sheets = append(b.Sheets, Link{Href: sheetPath(a.Group, v.Role.Key, h.Term.Ref), Label: lang.M("handover.sheet.link." + string(h.Part))})
		}
	}
	if v.Holds {
		b.List = Link{Href: powersPath(a.Group, v.Role.Key, "handover-list"), Label: lang.M("handover.list.link")}
	}
}

// fillAdvice asks a former holder whether they can be asked.
func (b *learnBox) fillAdvice(a member.Actor, v handover.View, g Guard) {
	if v.Past.ID == 0 {
		return
	}
	b.Asked = lang.M("handover.advise.may", "Until", local(a, v.Past.Over().AddDate(0, 0, 30)))
	b.Advise = Action{
		Href: learnPath(a.Group, v.Role.Key, "advise"), Label: lang.M("handover.advise.no"), Post: true, Guard: g,
		Send: []Hidden{{"term", v.Past.Ref}, {"may", "no"}},
	}
	if v.Quiet {
		b.Asked, b.Advise.Label, b.Advise.Send[1].Value = lang.M("handover.advise.quiet"), lang.M("handover.advise.yes"), "yes"
	}
}

// counted says what was answered; in a small group in words, because numbers would tell who is meant (practice.md §3.1).
func counted(k handover.Asking, d handover.Depth) lang.Msg {
	if !k.Few && !d.Few() {
		return lang.M("handover.ask.counted", "Yes", k.Said[draw.Yes], "With", k.Said[draw.WithSomeone], "Shadow", k.Said[draw.ShadowFirst], "Not", k.Said[draw.NotNow])
	}
	if k.Said[draw.Yes]+k.Said[draw.WithSomeone] == 0 {
		return lang.M("handover.ask.counted_nobody")
	}
	return lang.M("handover.ask.counted_some")
}

// fillAsk asks whether the reader would do it, or says what was answered.
func (b *learnBox) fillAsk(a member.Actor, v handover.View, g Guard) {
	k := v.Asking
	if !k.Open(v.Now) {
		if k.ID != 0 && !k.Counted.IsZero() && v.Now.Before(k.Free) {
			b.Totals = []lang.Msg{counted(k, v.Depth)}
		}
		return
	}
	choice := Choice{Name: "would", Legend: lang.M("handover.ask.legend"), Hint: lang.M("handover.ask.hint")}
	for _, w := range draw.Answers() {
		choice.Options = append(choice.Options, Option{
			Value: string(w), Label: lang.M("powers.answer." + string(w)), Hint: lang.M("handover.ask.answer." + string(w) + ".hint"), Chosen: v.Said == w,
		})
	}
	b.Ask = askForm{
		Href: learnPath(a.Group, v.Role.Key, "would"), Choice: choice, Submit: lang.M("powers.ask.do"), Guard: g,
		Say: []lang.Msg{lang.M("handover.ask.say", "Free", local(a, k.Free), "Closes", local(a, k.Closes))},
	}
	for _, bar := range v.Bars {
		b.Ask.Say = append(b.Ask.Say, lang.M("role.bar."+string(bar)))
	}
	if len(v.Bars) > 0 && v.From.After(v.Now) {
		b.Ask.Say = append(b.Ask.Say, lang.M("powers.ask.from", "At", v.From))
	}
}

// fillDepths says on the power map how many could do each role tomorrow.
func (s *Server) fillDepths(c echo.Context, p *powersPage, roles []role.Powers) error {
	depths, err := s.Handovers.Depths(c.Request().Context(), s.actor(c))
	for i, r := range roles {
		if i < len(p.Roles) && err == nil {
			p.Roles[i].Depth = depthSay(depths[r.ID])
		}
	}
	return err
}

// learnNow is what a group's first page says of learning and handing over: part "learn-now".
type learnNow struct {
	Asked []Row // roles for which the reader is asked in good time, or said yes and can stand now
	Rows  []Row
	Title lang.Msg // how many jobs change hands today; zero: none does
	Cards []learnCard
}

// learnCard is a role that changes hands today.
type learnCard struct {
	Role    Link
	Changes []lang.Msg // whose terms begin and end
	Say     []lang.Msg // what it is for, and what it is not
	More    []lang.Msg // who could do it, and from when on the reader could
}

// learnNow makes the part.
func (s *Server) learnNow(c echo.Context, v *lang.Voice) (n learnNow, err error) {
	a := s.actor(c)
	b, err := s.Handovers.Brief(c.Request().Context(), a)
	if err != nil {
		return n, err
	}
	if err := s.fillAsked(c, &n, b, v); err != nil {
		return n, err
	}
	for _, sh := range b.Shadows {
		n.Rows = append(n.Rows, learnRow(b.Roles[sh.Role], v, learnPath(a.Group, b.Roles[sh.Role].Key), lang.M("handover.wait.shadow")))
	}
	for _, l := range b.Sheets {
		r := b.Roles[l.Term.Role]
		n.Rows = append(n.Rows, learnRow(r, v, sheetPath(a.Group, r.Key, l.Term.Ref), lang.M("handover.sheet.link."+string(l.Part))))
	}
	for _, t := range b.Half {
		r := b.Roles[t.Role]
		n.Rows = append(n.Rows, learnRow(r, v, powersPath(a.Group, r.Key), lang.M("handover.half", "Holder", memberName(b.People[t.Member]))))
	}
	n.fillCards(a, b)
	return n, nil
}

func learnRow(r role.Role, v *lang.Voice, href string, can lang.Msg) Row {
	return Row{Href: href, Kind: lang.M("powers.kind"), Title: v.Say(roleName(r)), Can: can}
}

// fillAsked asks for roles that are free soon, and reminds who said yes once nominations are open.
func (s *Server) fillAsked(c echo.Context, n *learnNow, b handover.Brief, v *lang.Voice) error {
	a := s.actor(c)
	var ids []role.ID
	for _, k := range b.Asked {
		ids = append(ids, k.Role)
	}
	if len(ids) == 0 {
		return nil
	}
	elections, err := s.Elections.Latest(c.Request().Context(), a, ids)
	if err != nil {
		return err
	}
	for _, k := range b.Asked {
		r := b.Roles[k.Role]
		e := elections[k.Role]
		switch {
		case k.Mine == "":
			row := learnRow(r, v, powersPath(a.Group, r.Key)+"#would", lang.M("powers.can_say"))
			row.Until = Until{Say: lang.M("handover.ask.until"), At: local(a, k.Closes)}
			n.Asked = append(n.Asked, row)
		case k.Mine == draw.Yes && e.ID != 0 && e.State == election.Nominating:
			row := learnRow(r, v, motionPath(a.Group, motion.Motion{Number: e.Number}), lang.M("handover.remind.can"))
			row.Notes, row.Until = []lang.Msg{lang.M("handover.remind")}, Until{Say: lang.M("handover.ask.until"), At: local(a, e.Until)}
			n.Asked = append(n.Asked, row)
		}
	}
	return nil
}

// fillCards tells of each role that changes hands today (practice.md §5.7).
func (n *learnNow) fillCards(a member.Actor, b handover.Brief) {
	for _, id := range b.Changing() {
		r, able := b.Roles[id], b.Able[id]
		card := learnCard{
			Role: Link{powersPath(a.Group, r.Key), roleName(r)},
			Say:  []lang.Msg{lang.M("role." + r.Key + ".does"), lang.M("role." + r.Key + ".not")},
			More: []lang.Msg{depthSay(able.Depth)},
		}
		for _, ch := range b.Today {
			if ch.Role.ID == id {
				card.Changes = append(card.Changes, changeSay(a, ch))
			}
		}
		if !able.From.IsZero() {
			card.More = append(card.More, lang.M("handover.today.from", "At", local(a, able.From)))
		}
		n.Cards = append(n.Cards, card)
	}
	if len(n.Cards) > 0 {
		n.Title = lang.M("handover.today", "Count", len(n.Cards))
	}
}

// changeSay says whose term in a role begins or ends, or who looks after a place from when or until when.
func changeSay(a member.Actor, ch role.Change) lang.Msg {
	id := "powers.today."
	if !ch.Term.Fills() {
		id += "care_"
	}
	if ch.Begins {
		id += "begins"
	} else {
		id += "ends"
	}
	return lang.M(id, "Who", memberName(ch.Who), "At", local(a, ch.At()))
}

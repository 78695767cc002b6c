package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"folkmoot/internal/election"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"

	"github.com/labstack/echo/v4"
)

// sharePage is where people ask each other to share a place, and say yes or no. Only who is asked sees what is asked.
type sharePage struct {
	Frame
	Say    []lang.Msg
	Offers []offerCard
	Ask    smallForm
	Folded bool     // the reader is asked something themselves, which comes first
	Closed lang.Msg // why nobody can be asked now
}

// offerCard is what somebody is asked, or has asked, with what the others have said.
type offerCard struct {
	ID        string
	Title     lang.Msg
	Say       []lang.Msg
	People    []sharerLine
	Statement string // Markdown
	Form      smallForm
	Decline   *Grave
}

// sharerLine is one of the people: what they have said, how the limits stand for them, and what might pull them another way.
type sharerLine struct {
	Name      lang.Msg
	Said      lang.Msg
	Limits    []lang.Msg
	Pulls     lang.Msg // what their interests are called; zero: they have not said
	Interests string
}

var shareTmpl = newPage[sharePage]("motion/share.html")

// shareLink leads to sharing a place: where that can be asked, and where the reader is asked.
func shareLink(a member.Actor, e election.View) Link {
	href := motionPath(a.Group, motion.Motion{Number: e.Number}, "share")
	switch {
	case waitsForMe(e):
		return Link{Href: href, Label: offerAct(e)}
	case len(e.Offers) > 0:
		o := e.Offers[len(e.Offers)-1]
		if !mineToTake(e, o) {
			return Link{Href: href, Label: lang.M("election.share.look_others")}
		}
		var names []lang.Msg
		for _, p := range o.People[1:] {
			names = append(names, memberName(e.People[p.Member]))
		}
		return Link{Href: href, Label: lang.M("election.share.look", "Who", namesOf(names))}
	case e.MayShare(e.Role, e.Now) == nil:
		return Link{Href: href, Label: lang.M("election.share.link")}
	}
	return Link{}
}

// waitsForMe says whether others wait for the reader to say whether they stand together.
func waitsForMe(e election.View) bool {
	return slices.ContainsFunc(e.Offers, func(o election.Asking) bool { return asksMe(e, o) })
}

// offeredMe returns the newest offer to which the reader has to say yes or no; without people, there is none.
func offeredMe(e election.View) (out election.Asking) {
	for _, o := range e.Offers {
		if asksMe(e, o) {
			out = o
		}
	}
	return out
}

// partsMe says whether the reader is asked how they go on, because somebody with whom they stood stands no longer.
func partsMe(e election.View) bool {
	return slices.ContainsFunc(e.Offers, func(o election.Asking) bool { return o.Rest && asksMe(e, o) })
}

// offerAct names what the reader does about what they are asked.
func offerAct(e election.View) lang.Msg {
	if o := offeredMe(e); o.Rest && len(o.People) == 1 {
		return lang.M("election.act.alone")
	}
	return lang.M("election.act.offer")
}

// mineToTake says whether the reader made the offer.
func mineToTake(e election.View, o election.Asking) bool {
	return !o.Rest && o.People[0].Member == e.Me
}

// ownWords is what somebody says of themselves alone; nothing after they stood together with others, whose words those were.
func ownWords(e election.View) string {
	if e.Mine.Share != "" {
		return ""
	}
	return e.Mine.Statement
}

func asksMe(e election.View, o election.Asking) bool { return o.Mine(e.Me).Waits() }

// reservedPick lets somebody say that they stand for a reserved place; nothing where none is reserved.
func reservedPick(c echo.Context, e election.View, name string, is bool) []Choice {
	if e.Reserved == 0 {
		return nil
	}
	if c.Request().Method == http.MethodPost {
		is = value(c, name) != ""
	}
	hint := lang.M("election.reserved.hint")
	if allReserved(e) {
		hint = lang.M("election.reserved.hint_all", "Rule", lang.M("election.reserved.all", "Count", e.Reserved, "For", e.For))
	}
	return []Choice{{Name: name, Many: true, Optional: true, Legend: lang.M("election.reserved.ask"), Hint: hint, Options: []Option{
		{Value: "yes", Label: lang.M("election.reserved.yes", "For", e.For), Chosen: is},
	}}}
}

func (s *Server) showShare(c echo.Context) error {
	n, err := number(c)
	if err != nil {
		return err
	}
	return s.renderShare(c, n, http.StatusOK, nil)
}

// renderShare answers with the page, as it is or with what was typed and what is wrong with it.
func (s *Server) renderShare(c echo.Context, n, status int, wrong map[string]lang.Msg) error {
	a := s.actor(c)
	e, err := s.Elections.Show(c.Request().Context(), a, n)
	if err != nil {
		return err
	}
	m := motion.Motion{Number: n}
	p := sharePage{Frame: s.groupFrame(c, SectionProposals)}
	p.refuse(wrong)
	p.Head = Head{
		Crumbs: []Link{{groupPath(a.Group) + "/proposals", lang.M("layout.nav.proposals")}, {motionPath(a.Group, m), lang.M("election.name", "Number", n)}},
		Kind:   roleName(e.Role), Title: lang.M("election.share.title"), State: lang.M("election.share.state"),
	}
	p.Strip = Strip{Next: lang.M("election.share.next"), Decides: lang.M("election.share.decides"), Change: lang.M("powers.change"), Href: groupPath(a.Group) + "/rules#roles"}
	for _, o := range e.Offers {
		p.Offers = append(p.Offers, p.offer(c, a, e, o, wrong))
	}
	if closed, ok := errors.AsType[*fault.Error](e.MayShare(e.Role, e.Now)); ok {
		p.Closed = closed.Say
	} else if !partsMe(e) {
		p.Folded = waitsForMe(e) && (len(wrong) == 0 || c.Request().PostForm.Has("offer"))
		p.Say = []lang.Msg{lang.M("election.share.say"), lang.M("election.share.say2")}
		p.Ask = p.askForm(c, a, e, wrong)
	}
	return shareTmpl.render(c, status, p)
}

// typedOr is what was typed in a field, or what was there before.
func typedOr(c echo.Context, name, was string) string {
	if c.Request().PostForm.Has(name) {
		return value(c, name)
	}
	return was
}

// jointWords is what the reader and those with whom they stand say together.
func jointWords(e election.View) string {
	if e.Mine.Stands() && e.Mine.Share != "" {
		return e.Mine.Statement
	}
	return ""
}

// askForm is the form with which the reader asks others; where they share already, it has what they say.
func (p *sharePage) askForm(c echo.Context, a member.Actor, e election.View, wrong map[string]lang.Msg) smallForm {
	with := [2]string{}
	if own := e.Own(); own.IsShared() {
		at := 0
		for _, other := range own.People {
			if other.Member != e.Mine.Member {
				with[at], at = e.People[other.Member].Name, at+1
			}
		}
	}
	f := smallForm{
		Href: motionPath(a.Group, motion.Motion{Number: e.Number}, "share"), Guard: p.Guard(), Submit: lang.M("election.share.do"), Main: true,
		Lines: []Field{
			{Name: "with", Value: typedOr(c, "with", with[0]), Label: lang.M("election.share.with"), Hint: lang.M("waiver.name.hint"), Wrong: wrong["with"], Max: 80},
			{Name: "with2", Value: typedOr(c, "with2", with[1]), Label: lang.M("election.share.with2"), Max: 80, Optional: true},
		},
		Areas: []Field{
			{Name: "statement", Value: typedOr(c, "statement", jointWords(e)), Label: lang.M("election.share.statement"), Hint: lang.M("election.share.statement.hint"),
				Wrong: wrong["statement"], Words: e.Rules.Elections.StatementWords, Rows: 7, Markdown: true},
			{Name: "interests", Value: typedOr(c, "interests", e.Mine.Interests), Label: lang.M("election.share.interests"), Hint: lang.M("election.interests.hint"),
				Wrong: wrong["interests"], Words: election.InterestWords, Rows: 3, Markdown: true},
		},
		Picks: reservedPick(c, e, "reserved", e.Mine.Reserved),
	}
	if e.Mine.Stands() && e.Mine.Share != "" {
		f.Submit, f.Say = lang.M("election.share.again"), []lang.Msg{lang.M("election.share.again_say")}
	}
	return f
}

// offer shows what is asked, how the limits stand for each, and the reader's answer.
func (p *sharePage) offer(c echo.Context, a member.Actor, e election.View, o election.Asking, wrong map[string]lang.Msg) offerCard {
	id := strconv.FormatInt(int64(o.ID), 10)
	card := offerCard{ID: "offer-" + id, Statement: o.Statement, Title: lang.M("election.share.offer", "Who", offerName(e, o))}
	switch {
	case o.Rest && len(o.People) == 1:
		card.Title, card.Say = lang.M("election.share.alone_title"), []lang.Msg{leftSay(e, o, "election.share.rest_one")}
		card.Statement = ""
	case o.Rest:
		card.Say = []lang.Msg{leftSay(e, o, "election.share.rest")}
	case asksMe(e, o):
		card.Say = []lang.Msg{lang.M("election.share.asks", "Who", memberName(e.People[o.People[0].Member]))}
	default:
		card.Say = []lang.Msg{lang.M("election.share.waits")}
	}
	for i, who := range o.People {
		line := sharerLine{Name: memberName(e.People[who.Member]), Said: lang.M("election.share.said.waits"), Limits: limitsSay(a, e, o.Suited[i], who.Member == e.Me)}
		if !who.Agreed.IsZero() {
			line.Said, line.Interests = lang.M("election.share.said.yes"), who.Interests
			line.Pulls = lang.M("election.share.pulls", "Name", line.Name)
		}
		if who.Member == e.Me {
			line.Name, line.Said = lang.M("election.share.you"), lang.Msg{}
			if !who.Agreed.IsZero() {
				line.Said, line.Pulls = lang.M("election.share.said.you"), lang.M("election.share.pulls_you")
			}
		}
		card.People = append(card.People, line)
	}
	path := func(below string) string { return motionPath(a.Group, motion.Motion{Number: e.Number}, "share/"+below) }
	of := []Hidden{{"offer", id}}
	card.Decline = &Grave{
		ID: "decline-" + id, Label: lang.M("election.share.decline"), Ask: lang.M("election.share.decline.ask"), Say: []lang.Msg{lang.M("election.share.decline.say")},
		Yes: lang.M("election.share.decline.yes"), Href: path("decline"), Guard: p.Guard(), Send: of,
	}
	if mineToTake(e, o) {
		card.Decline.Label, card.Decline.Ask = lang.M("election.share.take"), lang.M("election.share.take.ask")
		card.Decline.Say, card.Decline.Yes = []lang.Msg{lang.M("election.share.take.say")}, lang.M("election.share.take.yes")
	}
	if asksMe(e, o) {
		card.Form = p.answerForm(c, e, o, id, wrong)
		card.Form.Href, card.Form.Send = path("agree"), of
	}
	return card
}

// offerName is what those who are asked would be called on the paper.
func offerName(e election.View, o election.Asking) lang.Msg {
	var names []lang.Msg
	for _, p := range o.People {
		names = append(names, memberName(e.People[p.Member]))
	}
	return election.NameOf(names)
}

// leftSay says who stands no longer, where everybody knows it, and asks how the reader goes on.
func leftSay(e election.View, o election.Asking, id string) lang.Msg {
	var names []lang.Msg
	for _, m := range e.Left(o.Offer) {
		names = append(names, memberName(e.People[m]))
	}
	if len(names) == 0 {
		return lang.M(id)
	}
	return lang.M(id+"_of", "Count", len(names), "Who", namesOf(names))
}

// limitsSay says whether the limits let somebody, or the reader, take the role.
func limitsSay(a member.Actor, e election.View, s election.Suited, me bool) (out []lang.Msg) {
	if len(s.Bars) == 0 {
		return []lang.Msg{lang.M("election.share.may")}
	}
	area, from := "election.share.bar.", "election.share.from"
	if me {
		area, from = "election.bar.", "election.from"
	}
	for _, b := range s.Bars {
		out = append(out, lang.M(area+string(b)))
	}
	if s.From.After(e.Now) {
		out = append(out, lang.M(from, "At", s.From.In(a.Group.Zone)))
	}
	return out
}

// answerForm is how the reader says yes.
func (p *sharePage) answerForm(c echo.Context, e election.View, o election.Asking, id string, wrong map[string]lang.Msg) smallForm {
	mine := o.Mine(e.Me)
	f := smallForm{Main: true, Guard: p.Guard(), Submit: lang.M("election.share.yes"), Picks: reservedPick(c, e, "reserved-"+id, mine.Reserved)}
	if o.Rest && len(o.People) > 1 {
		how := Choice{Name: "how-" + id, Legend: lang.M("election.share.how"), Options: []Option{
			{Value: "together", Label: lang.M("election.share.how.together", "Who", offerName(e, o)), Chosen: value(c, "how-"+id) != "alone"},
			{Value: "alone", Label: lang.M("election.share.how.alone"), Chosen: value(c, "how-"+id) == "alone"},
		}}
		f.Picks = append(f.Picks, how)
	}
	if o.Rest {
		hint, words := "election.statement.hint", o.Statement
		if len(o.People) == 1 { // what they said together was said of several
			words = ""
		}
		if !o.Untouched() {
			hint = "election.share.statement.alone"
		}
		f.Areas = append(f.Areas, Field{Name: "statement-" + id, Value: typedOr(c, "statement-"+id, words), Label: lang.M("election.statement"), Hint: lang.M(hint),
			Wrong: wrong["statement-"+id], Words: e.Rules.Elections.StatementWords, Rows: 7, Markdown: true})
	}
	f.Areas = append(f.Areas, Field{Name: "interests-" + id, Value: typedOr(c, "interests-"+id, mine.Interests), Label: lang.M("election.share.interests"), Hint: lang.M("election.interests.hint"),
		Wrong: wrong["interests-"+id], Words: election.InterestWords, Rows: 3, Markdown: true})
	return f
}

// sharing does something about sharing a place in the election in the address. What is wrong with a form stands beside its fields, whose
// names end in suffix.
func (s *Server) sharing(c echo.Context, flash *string, suffix string, do func(a member.Actor, n int) error) error {
	n, err := number(c)
	if err != nil {
		return err
	}
	err = do(s.actor(c), n)
	if wrong := fault.Fields(err); wrong != nil {
		there := map[string]lang.Msg{}
		for field, say := range wrong {
			there[field+suffix] = say
		}
		return s.renderShare(c, n, http.StatusUnprocessableEntity, there)
	}
	if err != nil {
		return err
	}
	s.flash(c, *flash)
	return see(c, motionPath(s.actor(c).Group, motion.Motion{Number: n})+"#stand")
}

func (s *Server) askToShare(c echo.Context) error {
	flash := "election.flash.share_asked"
	return s.sharing(c, &flash, "", func(a member.Actor, n int) error {
		say := election.Standing{Statement: value(c, "statement"), Interests: value(c, "interests"), Reserved: value(c, "reserved") != ""}
		return s.Elections.Share(c.Request().Context(), a, s.once(c), n, []string{value(c, "with"), value(c, "with2")}, say)
	})
}

// offerID returns the offer that a form is about, with what the names of its fields end in.
func offerID(c echo.Context) (id election.OfferID, suffix string, err error) {
	n, err := strconv.ParseInt(value(c, "offer"), 10, 64)
	if err != nil || n < 1 {
		return 0, "", fault.New(fault.NotFound, "fault.not_found")
	}
	return election.OfferID(n), "-" + strconv.FormatInt(n, 10), nil
}

func (s *Server) agreeToShare(c echo.Context) error {
	id, suffix, err := offerID(c)
	if err != nil {
		return err
	}
	say := election.Standing{Statement: value(c, "statement"+suffix), Interests: value(c, "interests"+suffix), Reserved: value(c, "reserved"+suffix) != ""}
	flash := "election.flash.share_yes"
	return s.sharing(c, &flash, suffix, func(a member.Actor, n int) error {
		ctx := c.Request().Context()
		if value(c, "how"+suffix) == "alone" {
			flash = "election.flash.stands"
			return s.Elections.Alone(ctx, a, n, id, say)
		}
		if err := s.Elections.Agree(ctx, a, n, id, say); err != nil {
			return err
		}
		e, err := s.Elections.Show(ctx, a, n)
		switch {
		case err != nil || slices.ContainsFunc(e.Offers, func(o election.Asking) bool { return o.ID == id }):
			return err // others have not said yet
		case e.Own().IsShared():
			flash = "election.flash.share_all"
		default:
			flash = "election.flash.stands"
		}
		return nil
	})
}

func (s *Server) declineToShare(c echo.Context) error {
	id, suffix, err := offerID(c)
	if err != nil {
		return err
	}
	flash := "election.flash.share_no"
	return s.sharing(c, &flash, suffix, func(a member.Actor, n int) error {
		return s.Elections.Decline(c.Request().Context(), a, n, id)
	})
}

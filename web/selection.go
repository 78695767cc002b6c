package web

import (
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"folkmoot/internal/consent"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"

	"github.com/labstack/echo/v4"
)

// selectionPage is one selection by consent: what the role is, what comes when, the names with who wrote them and why, and the rounds of consent.
// What nobody may read yet is not on it, and neither is who has written or spoken.
type selectionPage struct {
	Frame
	About    []lang.Msg // the role, its terms and places
	RoleLink Link
	Steps    []electionStep
	Facts    []Fact
	Form     nameForm
	Consent  answersForm
	Accept   *acceptForm
	Cannot   lang.Msg // why the reader takes no part
	Outside  []lang.Msg
	Relaxed  lang.Msg
	Out      lang.Msg // who has said: not me
	Down     *Grave   // says so
	Terms    []lang.Msg
	Next     Link // to the selection for what this one has left free
	First    bool // what has been read out stands before everything else
	Order    []nomineeLine
	Names    []namesRead
	Rounds   []roundRead
}

var selectionTmpl = newPage[selectionPage]("group/selection.html")

// nameForm is where the reader writes a name. Without an address there is none.
type nameForm struct {
	Href   string
	Say    []lang.Msg
	Who    Choice
	Reason Field
	Submit lang.Msg
	Guard  Guard
}

// answersForm is where the reader says what they think of the names that are proposed: one form for all of them, so that nothing that was typed
// is lost. Without an address there is none, and the names are there to read.
type answersForm struct {
	Names  []proposedName
	Href   string
	Submit lang.Msg
	Guard  Guard
}

// proposedName is a name that is proposed, with why, and what the reader says to it.
type proposedName struct {
	ID     string   // anchor
	Name   lang.Msg // and by how many they were named
	Why    []reasonRead
	Own    lang.Msg // where it is the reader's own
	Turn   string   // without one the reader says nothing to it
	Choice Choice
	Reason Field
}

// acceptForm is where the reader, on whom the others can agree, says yes.
type acceptForm struct {
	Say []lang.Msg
	Yes Action
	No  *Grave // beside it; nil once they have said yes
}

// nomineeLine is somebody who was named, in the order in which they are proposed.
type nomineeLine struct {
	Turn         int
	Who          lang.Msg
	Named, First int
	How          lang.Msg
}

// namesRead is what was written in one round, as it was read out.
type namesRead struct {
	ID    string
	Title lang.Msg
	List  []namedRead
}

// namedRead is somebody who was named in a round, with why.
type namedRead struct {
	Name lang.Msg // and by how many
	Why  []reasonRead
}

// reasonRead is one name, or one answer, with why and who wrote it.
type reasonRead struct {
	Title lang.Msg
	Text  string // Markdown; may be empty
	By    lang.Msg
}

// roundRead is what members said to one name.
type roundRead struct {
	ID    string
	Title lang.Msg
	Count lang.Msg
	How   lang.Msg
	Who   []lang.Msg   // who gave which answer, a line for each
	List  []reasonRead // answers with a reason
}

func selectionPath(g member.Group, number int, below ...string) string {
	return strings.Join(append([]string{groupPath(g) + "/selections/" + strconv.Itoa(number)}, below...), "/")
}

func (s *Server) showSelection(c echo.Context) error { return s.renderSelection(c, http.StatusOK, nil) }

// renderSelection answers with the page, as it is or with what was typed and what is wrong with it.
func (s *Server) renderSelection(c echo.Context, status int, wrong map[string]lang.Msg) error {
	n, err := number(c)
	if err != nil {
		return err
	}
	a := s.actor(c)
	v, err := s.Selections.Show(c.Request().Context(), a, n)
	if err != nil {
		return err
	}
	p := selectionPage{Frame: s.groupFrame(c, SectionPeople)}
	order := []string{"member", "reason"}
	for _, proposed := range v.Proposed() {
		turn := strconv.Itoa(proposed.Turn)
		order = append(order, "answer-"+turn, "reason-"+turn)
	}
	p.refuse(wrong, order...)
	p.Head = Head{
		Crumbs: []Link{{powersPath(a.Group), lang.M("powers.title")}, {powersPath(a.Group, v.Role.Key), roleName(v.Role)}},
		Kind:   lang.M("selection.name", "Number", v.Number), Title: lang.M("selection.title", "Role", roleName(v.Role)), State: selectionEnded(v),
		Until: selectionUntil(a, v.Selection, v.Now),
	}
	p.Strip = Strip{
		Next:    lang.M("selection.next."+selectionEnd(v.Selection), "Until", local(a, v.Until), "Count", v.Left(v.Nominees)),
		Decides: lang.M("selection.decides.now", "Quorum", v.Quorum), Change: lang.M("powers.change"), Href: groupPath(a.Group) + "/rules#roles",
	}
	p.RefreshAt = p.Head.Until.At
	p.fillSelection(a, v)
	p.fillNames(c, a, v, wrong)
	p.fillLimits(a, v)
	p.fillAnswers(c, a, v, wrong)
	p.fillAccept(a, v)
	p.fillRead(v)
	return selectionTmpl.render(c, status, p)
}

// selectionEnd is the state in words' ids; how it ended without a choice is part of it.
func selectionEnd(x consent.Selection) string {
	if x.State == consent.Nobody && x.Why == consent.Archived {
		return string(x.Why)
	}
	return string(x.State)
}

// selectionState says how far a selection is, in one sentence.
func selectionState(x consent.Selection) lang.Msg {
	if x.State == consent.Nobody {
		return lang.M("selection.why." + string(x.Why))
	}
	if x.Extended && x.State.IsOpen() {
		return lang.M("selection.is." + string(x.State) + ".extended")
	}
	return lang.M("selection.is." + string(x.State))
}

// selectionEnded is selectionState for the page of a selection: where some of the places are filled it says which, and what comes of the others.
func selectionEnded(v consent.View) lang.Msg {
	left := v.Left(v.Nominees)
	if v.State != consent.Final || left == 0 {
		return selectionState(v.Selection)
	}
	var names []lang.Msg
	for _, n := range v.Nominees {
		if n.How == consent.Agreed {
			names = append(names, memberName(v.People[n.Member]))
		}
	}
	rest := "selection.rest.free"
	if v.Next != 0 {
		rest = "selection.rest.again"
	}
	return lang.M("selection.is.part", "Count", len(v.Seats)-left, "Seats", len(v.Seats), "Names", namesOf(names), "Rest", lang.M(rest, "Count", left))
}

// selectionUntil is what its page counts down to; zero where nothing is to come.
func selectionUntil(a member.Actor, x consent.Selection, now time.Time) Until {
	if !x.State.IsOpen() || !now.Before(x.Until) {
		return Until{}
	}
	return Until{Say: lang.M("selection.until." + string(x.State)), At: local(a, x.Until)}
}

// fillSelection says what the role may and may not do, for how long, and what comes when.
func (p *selectionPage) fillSelection(a member.Actor, v consent.View) {
	p.About = []lang.Msg{lang.M("role." + v.Role.Key + ".does"), lang.M("role." + v.Role.Key + ".not")}
	if len(v.Role.Caps) == 0 {
		p.About = append(p.About, lang.M("election.no_powers"))
	}
	for _, power := range v.Role.Caps {
		p.About = append(p.About, lang.M("election.power", "Power", lang.M("power."+string(power))))
	}
	p.About = append(p.About, termSay(v.Rules, v.Seats, v.First, len(v.Relaxed) > 0))
	p.RoleLink = Link{Href: powersPath(a.Group, v.Role.Key), Label: lang.M("election.role", "Role", roleName(v.Role))}
	p.Steps = selectionSteps(a, v)
	p.Facts = []Fact{
		{Label: lang.M("election.fact.places"), Value: lang.M("election.places", "Count", len(v.Seats))},
		{Label: lang.M("election.fact.opened"), At: local(a, v.Opened)},
		{Label: lang.M("selection.fact.quorum"), Value: lang.M("selection.quorum", "Count", max(1, v.Quorum))},
		{Label: lang.M("motion.fact.rules"), Value: lang.M("motion.fact.rules_value", "Number", v.Rulebook), Href: groupPath(a.Group) + "/rules/" + strconv.Itoa(v.Rulebook)},
		{Label: lang.M("powers.fact.commit"), Value: plain(v.Commit), Code: true},
	}
	if v.Secret != nil {
		p.Facts = append(p.Facts, Fact{Label: lang.M("powers.fact.secret"), Value: plain(hex.EncodeToString(v.Secret)), Code: true})
	}
	for _, t := range v.Terms {
		p.Terms = append(p.Terms, lang.M("election.term", "Name", memberName(v.People[t.Member]), "From", local(a, t.Begins), "Until", local(a, t.Ends)))
	}
	if v.State == consent.Final && v.Left(v.Nominees) > 0 && v.Next != 0 {
		p.Next = Link{Href: selectionPath(a.Group, v.Next), Label: lang.M("selection.name", "Number", v.Next)}
	}
}

// selectionSteps are the steps with what is behind and what is taken now.
func selectionSteps(a member.Actor, v consent.View) (out []electionStep) {
	if !v.State.IsOpen() {
		return nil
	}
	order := []consent.State{consent.Naming, consent.Changing, consent.Asking, consent.Accepting}
	at, names := slices.Index(order, v.State), v.Left(v.Nominees)
	if v.Round > 0 { // also those of the round for whom it has ended
		names = 0
		for _, n := range v.Nominees {
			if n.Round == v.Round {
				names++
			}
		}
	}
	for i, state := range order {
		line := electionStep{Say: lang.M("selection.step."+string(state), "Count", names)}
		switch {
		case i < at:
			line.Tag = lang.M("election.step.done")
		case i == at:
			line.Tag, line.Say = lang.M("election.step.now"), lang.M("selection.step.now."+string(state), "At", local(a, v.Until), "Count", names)
		default:
			line.Tag = lang.M("selection.step.from", "At", local(a, v.Begins(i-at, a.Group.Zone)))
		}
		out = append(out, line)
	}
	return append(out, electionStep{Say: lang.M("selection.step.terms", "At", local(a, v.Starts))})
}

// fillNames lets the reader write a name, and says before they do who will read it and when.
func (p *selectionPage) fillNames(c echo.Context, a member.Actor, v consent.View, wrong map[string]lang.Msg) {
	if v.MayWrite(v.Now) != nil {
		return
	}
	if !v.OnRoll {
		p.Cannot = lang.M("selection.not_on_roll")
		return
	}
	chosen, reason := "", ""
	if v.Mine.Round != 0 && (v.Mine.Round == consent.ChangeRound || v.State == consent.Naming) { // a first name is read, and stands on the page
		reason = v.Mine.Reason
		chosen = strconv.FormatInt(int64(v.Mine.Named), 10)
	}
	if wrong != nil {
		chosen, reason = value(c, "member"), value(c, "reason")
	}
	who := Choice{Name: "member", Legend: lang.M("selection.member"), Hint: lang.M("selection.member.hint"), Wrong: wrong["member"]}
	who.Options = []Option{{Value: "", Label: lang.M("selection.member.choose")}}
	for _, id := range byName(v.May, v.People) {
		o := Option{Value: strconv.FormatInt(int64(id), 10), Label: memberName(v.People[id])}
		if id == v.Me {
			o.Label = lang.M("selection.member.you", "Name", v.People[id].Name)
		}
		o.Chosen = o.Value == chosen
		who.Options = append(who.Options, o)
	}
	p.Form = nameForm{
		Href: selectionPath(a.Group, v.Number, "name"), Who: who, Guard: p.Guard(), Submit: lang.M("selection.write.do"),
		Say: []lang.Msg{lang.M("selection.write.private", "Until", local(a, v.Until)), lang.M("selection.write.open")},
		Reason: Field{Name: "reason", Value: reason, Label: lang.M("selection.reason"), Hint: lang.M("selection.reason.hint"), Wrong: wrong["reason"],
			Words: consent.ReasonWords, Rows: 5, Markdown: true},
	}
	if v.State == consent.Changing {
		p.Form.Say = []lang.Msg{lang.M("selection.change.private", "Until", local(a, v.Until)), lang.M("selection.change.open")}
	}
	now := v.Mine.Round == consent.FirstRound && v.State == consent.Naming || v.Mine.Round == consent.ChangeRound
	switch {
	case now:
		p.Form.Submit = lang.M("selection.write.change")
		p.Head.Can, p.Head.Also = lang.M("selection.can.written"), []Action{{Href: "#write", Label: lang.M("selection.act.written")}}
	case v.State == consent.Changing && v.Mine.Round != 0:
		p.Form.Submit = lang.M("selection.write.instead")
		if !slices.Contains(v.Out, v.Mine.Named) {
			p.Form.Say = append([]lang.Msg{lang.M("selection.change.stands", "Name", memberName(v.People[v.Mine.Named]))}, p.Form.Say...)
		}
		p.Head.Can, p.Head.Act = lang.M("selection.can.changing"), Action{Href: "#names-1", Label: lang.M("selection.act.changing")}
	default:
		p.Head.Can, p.Head.Act = lang.M("selection.can.naming"), Action{Href: "#write", Label: lang.M("selection.act.naming")}
	}
}

// byName returns the members in the order of their names.
func byName(ids []member.ID, people map[member.ID]member.Member) []member.ID {
	out := slices.Clone(ids)
	slices.SortFunc(out, func(a, b member.ID) int {
		return strings.Compare(member.Fold(people[a].Name), member.Fold(people[b].Name))
	})
	return out
}

// fillLimits says who cannot be named and from when on they could, and who has said: not me.
func (p *selectionPage) fillLimits(a member.Actor, v consent.View) {
	for _, o := range v.Outside {
		p.Outside = append(p.Outside, p.outside(a, v, o))
	}
	if len(v.Relaxed) > 0 {
		p.Relaxed = lang.M("powers.draw.relaxed")
	}
	if len(v.Out) > 0 {
		var names []lang.Msg
		for _, id := range byName(v.Out, v.People) {
			names = append(names, memberName(v.People[id]))
		}
		p.Out = lang.M("selection.out", "Names", namesOf(names))
	}
	if v.State.IsOpen() && !slices.Contains(v.Out, v.Me) {
		p.Down = &Grave{
			ID: "not-me", Label: lang.M("selection.decline"), Ask: lang.M("selection.decline.ask"), Yes: lang.M("selection.decline.yes"),
			Say: []lang.Msg{lang.M("selection.decline.say")}, Href: selectionPath(a.Group, v.Number, "not-me"), Guard: p.Guard(),
		}
	}
}

// outside says why somebody cannot be named, and for terms from which day on they could. Of who holds a place it says only that: what else the
// limits have against them follows from it.
func (p *selectionPage) outside(a member.Actor, v consent.View, o consent.Outside) lang.Msg {
	id, args := "selection.outside", []any{"Name", memberName(v.People[o.Member])}
	if o.Holds.IsZero() {
		bars := make([]string, len(o.Bars))
		for i, b := range o.Bars {
			bars[i] = p.voice().Say(lang.M("selection.bar." + string(b)))
		}
		args = append(args, "Why", strings.Join(bars, "; "))
	} else {
		id, args = "selection.holds", append(args, "Until", lang.Day(local(a, o.Holds)))
	}
	if o.From.After(v.Now) {
		id, args = id+"_from", append(args, "At", lang.Day(local(a, o.From)))
	}
	return lang.M(id, args...)
}

// fillAnswers lets the reader say what they think of the names that are proposed.
func (p *selectionPage) fillAnswers(c echo.Context, a member.Actor, v consent.View, wrong map[string]lang.Msg) {
	if v.MayAnswer(v.Now) != nil {
		return
	}
	if !v.OnRoll {
		p.Cannot = lang.M("selection.not_on_roll")
	}
	p.First = true
	forms := 0
	for _, n := range v.Proposed() {
		turn := strconv.Itoa(n.Turn)
		f := proposedName{ID: "name-" + turn, Name: lang.M("selection.named", "Name", memberName(v.People[n.Member]), "Count", n.Named)}
		for _, w := range v.Last() {
			if w.Named == n.Member {
				f.Why = append(f.Why, reasonRead{Text: w.Reason, By: lang.M("selection.by", "Name", memberName(v.People[w.By]))})
			}
		}
		switch {
		case n.Member == v.Me:
			f.Own = lang.M("selection.own")
		case v.OnRoll:
			fillAnswer(c, &f, memberName(v.People[n.Member]), turn, v.MineSaid[n.Turn], wrong)
			forms++
		}
		p.Consent.Names = append(p.Consent.Names, f)
	}
	if forms > 0 {
		p.Consent.Href, p.Consent.Guard = selectionPath(a.Group, v.Number, "answer"), p.Guard()
		p.Consent.Submit = lang.M("selection.answer.do", "Count", forms)
	}
	switch {
	case v.Waits() != "":
		p.Head.Can, p.Head.Act = lang.M("selection.can.asking"), Action{Href: "#consent", Label: lang.M("selection.act.asking")}
	case v.OnRoll && len(v.MineSaid) > 0:
		p.Head.Can, p.Head.Also = lang.M("selection.can.spoken"), []Action{{Href: "#consent", Label: lang.M("selection.act.change")}}
	}
}

// fillAnswer lets the reader say what they think of one name.
func fillAnswer(c echo.Context, f *proposedName, name lang.Msg, turn string, mine consent.Said, wrong map[string]lang.Msg) {
	chosen, reason := string(mine.Answer), mine.Reason
	if wrong != nil && slices.Contains(c.Request().PostForm["turn"], turn) {
		chosen, reason = value(c, "answer-"+turn), value(c, "reason-"+turn)
	}
	f.Turn = turn
	f.Choice = Choice{Name: "answer-" + turn, Legend: lang.M("selection.answer", "Name", name), Wrong: wrong["answer-"+turn]}
	for _, answer := range consent.Answers() {
		id := "selection.answer." + string(answer)
		f.Choice.Options = append(f.Choice.Options, Option{Value: string(answer), Label: lang.M(id), Hint: lang.M(id + ".hint"), Chosen: chosen == string(answer)})
	}
	f.Reason = Field{Name: "reason-" + turn, Value: reason, Label: lang.M("selection.answer.reason", "Name", name), Hint: lang.M("selection.answer.reason.hint"),
		Wrong: wrong["reason-"+turn], Words: consent.ReasonWords, Rows: 4, Markdown: true, Optional: true}
}

// fillAccept lets the reader, on whom the others can agree, say yes.
func (p *selectionPage) fillAccept(a member.Actor, v consent.View) {
	for _, n := range v.Proposed() {
		if n.Member != v.Me || v.MayAccept(n, v.Now) != nil {
			continue
		}
		p.Accept = &acceptForm{Say: []lang.Msg{lang.M("selection.accept.say", "At", local(a, v.Until)), lang.M("selection.accept.until", "At", local(a, v.Until))}}
		if !n.Accepted.IsZero() {
			p.Accept.Say = []lang.Msg{lang.M("selection.accepted", "At", local(a, v.Until))}
			return
		}
		if p.Down != nil {
			p.Down.Label = lang.M("selection.accept.no")
			p.Accept.No, p.Down = p.Down, nil
		}
		p.Accept.Yes = Action{Href: selectionPath(a.Group, v.Number, "accept"), Label: lang.M("selection.accept.do"), Post: true, Main: true, Guard: p.Guard()}
		p.Head.Can, p.Head.Act = lang.M("selection.can.accepting"), Action{Href: "#accept", Label: lang.M("selection.act.accepting")}
	}
}

// fillRead shows what has been read out: the names, in which order they are proposed, and what members said to them.
func (p *selectionPage) fillRead(v consent.View) {
	p.First = p.First || v.State == consent.Changing
	for _, round := range []int{consent.FirstRound, consent.ChangeRound} {
		if list := namedIn(v, round); len(list) > 0 {
			p.Names = append(p.Names, namesRead{"names-" + strconv.Itoa(round), lang.M("selection.names." + strconv.Itoa(round)), list})
		}
	}
	for _, n := range v.Nominees {
		who := memberName(v.People[n.Member])
		line := nomineeLine{n.Turn, who, n.Named, n.First, howSay(v, n)}
		p.Order = append(p.Order, line)
		if n.Round == 0 || n.Round == v.Round && v.State == consent.Asking {
			continue
		}
		c := v.CountOf(n.Turn)
		round := roundRead{
			ID: "said-" + strconv.Itoa(n.Turn), Title: who, How: line.How,
			Count: lang.M("selection.count", "Agree", c.Agree, "Aside", c.Aside, "Object", c.Object, "Silent", silentOf(v, n)),
		}
		for _, answer := range consent.Answers() {
			var names []lang.Msg
			for _, said := range v.Said {
				if said.Turn != n.Turn || said.Answer != answer {
					continue
				}
				by := memberName(v.People[said.By])
				if names = append(names, by); said.Reason != "" {
					round.List = append(round.List, reasonRead{lang.M("selection.said." + string(answer)), said.Reason, by})
				}
			}
			if len(names) > 0 {
				round.Who = append(round.Who, lang.M("selection.who."+string(answer), "Names", namesOf(names)))
			}
		}
		p.Rounds = append(p.Rounds, round)
	}
}

// namedIn is who was named in a round that has been read out, with why, whoever was named by most first.
func namedIn(v consent.View, round int) (out []namedRead) {
	why := map[member.ID][]reasonRead{}
	var ids []member.ID
	for _, w := range v.Papers {
		if w.Round != round {
			continue
		}
		if why[w.Named] == nil {
			ids = append(ids, w.Named)
		}
		why[w.Named] = append(why[w.Named], reasonRead{Text: w.Reason, By: lang.M("selection.by", "Name", memberName(v.People[w.By]))})
	}
	ids = byName(ids, v.People)
	slices.SortStableFunc(ids, func(a, b member.ID) int { return len(why[b]) - len(why[a]) })
	for _, id := range ids {
		out = append(out, namedRead{lang.M("selection.named", "Name", memberName(v.People[id]), "Count", len(why[id])), why[id]})
	}
	return out
}

// silentOf is how many of those who could have spoken about somebody did not.
func silentOf(v consent.View, n consent.Nominee) int {
	c := v.CountOf(n.Turn)
	return max(0, v.Entitled-1-c.Agree-c.Aside-c.Object)
}

// howSay says what became of somebody who was named, or how far it is.
func howSay(v consent.View, n consent.Nominee) lang.Msg {
	switch asked := v.State == consent.Accepting && n.How == "" && n.Round == v.Round && n.Round > 0; {
	case n.How != "":
		return lang.M("selection.how." + string(n.How))
	case !asked:
		return lang.M("selection.how.open")
	case !n.Accepted.IsZero():
		return lang.M("selection.how.accepted", "Name", memberName(v.People[n.Member]))
	case v.CountOf(n.Turn).Aside > 0 || silentOf(v, n) > 0:
		return lang.M("selection.how.asked", "Name", memberName(v.People[n.Member]))
	}
	return lang.M("selection.how.asked_all", "Name", memberName(v.People[n.Member]))
}

// selectionRow is a selection in a list, with what the reader can do in it.
func selectionRow(a member.Actor, v consent.View, voice *lang.Voice) Row {
	r := Row{
		Href: selectionPath(a.Group, v.Number), Kind: lang.M("selection.name", "Number", v.Number), Title: voice.Say(roleName(v.Role)),
		State: selectionState(v.Selection), Until: selectionUntil(a, v.Selection, v.Now), Facts: []lang.Msg{lang.M("powers.places", "Count", len(v.Seats))},
	}
	if waits := v.Waits(); waits != "" {
		r.Can = lang.M("selection.can." + string(waits))
	}
	return r
}

// selectionNow says which selection for the role is under way.
func selectionNow(a member.Actor, x consent.Selection) (say lang.Msg, link Link) {
	if x.ID == 0 || !x.State.IsOpen() {
		return lang.Msg{}, Link{}
	}
	return lang.M("selection.under_way."+string(x.State), "Until", local(a, x.Until)),
		Link{Href: selectionPath(a.Group, x.Number), Label: lang.M("selection.name", "Number", x.Number)}
}

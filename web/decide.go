package web

import (
	"net/http"
	"net/url"
	"time"

	"folkmoot/internal/agree"
	"folkmoot/internal/ballot"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/tally"

	"github.com/labstack/echo/v4"
)

// A tiny group that is together decides on one sentence on the spot (practice.md §2.16): one writes it, and everybody there presses one of two buttons on their phone.

func decidePath(g member.Group) string { return groupPath(g) + "/decide" }

// showDecide shows the form for the sentence, or the one that is being decided on.
func (s *Server) showDecide(c echo.Context) error {
	a := s.actor(c)
	at, err := s.Ballots.MayDecideNow(c.Request().Context(), a)
	if err != nil {
		return err
	}
	if at.Open != 0 {
		return see(c, votePath(a.Group, at.Open))
	}
	return formTmpl.render(c, http.StatusOK, s.decideForm(c, at, c.QueryParam("sentence")))
}

func (s *Server) decideForm(c echo.Context, at ballot.Spot, sentence string) formPage {
	a := s.actor(c)
	f := s.groupFrame(c, SectionNow)
	f.Head = Head{Crumbs: []Link{{groupPath(a.Group), plain(a.Group.Name)}}, Title: lang.M("decide.title"), State: lang.M("decide.state")}
	f.Strip = spotStrip(a)
	p := s.form(c, f, decidePath(a.Group), lang.M("decide.do"), area(Field{
		Name: "sentence", Value: sentence, Label: lang.M("decide.sentence"), Hint: lang.M("decide.sentence_hint"), Max: motion.MaxSentence, Rows: 2,
	}))
	p.Below = []Link{{Href: groupPath(a.Group) + "/proposals/new", Label: lang.M("decide.other_way")}}
	p.Explain = []Explain{
		{Ask: lang.M("decide.how"), Say: []lang.Msg{lang.M("decide.how.answer"), lang.M("decide.how.concern"), lang.M("decide.how.absent", "Count", at.Days)}},
		{Ask: lang.M("decide.not"), Say: []lang.Msg{lang.M("decide.not.people"), lang.M("decide.not.rules"), lang.M("decide.not.large")}},
	}
	return p
}

// againHref leads to the form with the sentence in it that is asked again.
func againHref(a member.Actor, words motion.Version) string {
	return decidePath(a.Group) + "?" + url.Values{"sentence": {words.Clauses[0].Text}}.Encode()
}

func spotStrip(a member.Actor) Strip {
	return Strip{Next: lang.M("decide.strip.next"), Decides: lang.M("decide.strip.decides"), Change: lang.M("now.change"), Href: groupPath(a.Group) + "/rules"}
}

// decideNow puts the sentence to those who are there.
func (s *Server) decideNow(c echo.Context) error {
	a, ctx := s.actor(c), c.Request().Context()
	sentence := value(c, "sentence")
	m, err := s.Ballots.DecideNow(ctx, a, s.once(c), sentence)
	wrong := fault.Fields(err)
	if wrong != nil {
		at, err := s.Ballots.MayDecideNow(ctx, a)
		if err != nil {
			return err
		}
		for field, say := range wrong {
			wrong[field] = localSay(a, say)
		}
		return s.decideForm(c, at, sentence).again(c, wrong)
	}
	if err != nil {
		return err
	}
	s.flash(c, "decide.flash.asked")
	return see(c, votePath(a.Group, m.Number))
}

// offerDecide has the group's first page lead to the form, where the group decides so and the reader can begin it now.
func (s *Server) offerDecide(c echo.Context, p *nowPage, n motion.Now) error {
	a := s.actor(c)
	if ballot.MayDecideAtOnce(a.Group, n.Rules.Rules, n.Active) != nil {
		return nil // nobody else in the group need be counted
	}
	at, err := s.Ballots.MayDecideNow(c.Request().Context(), a)
	switch k := fault.KindOf(err); {
	case err != nil && k != fault.Conflict && k != fault.Denied:
		return err
	case err == nil && at.Open == 0:
		p.Head.Also = append(p.Head.Also, Action{Href: decidePath(a.Group), Label: lang.M("decide.do")})
	}
	return nil
}

// spotPage is the sentence that is decided on, and the two buttons.
type spotPage struct {
	Frame
	Href    string
	Answers []Option
	Words   Field
	Say     []lang.Msg
	Keeps   []lang.Msg
	Links   []Link
	Facts   []Fact
}

// spotOften is how often the page asks how many have answered.
const spotOften = 3 * time.Second

var spotTmpl = newPage[spotPage]("ballot/spot.html")

// renderSpot answers with the call as the reader sees it. Once it is counted, what came of it is said where the page keeps itself up to date.
func (s *Server) renderSpot(c echo.Context, status int, v ballot.View, say agree.Answer, wrong map[string]lang.Msg) error {
	a := s.actor(c)
	p := spotPage{Frame: s.groupFrame(c, SectionNow), Href: votePath(a.Group, v.Motion.Number, "answer")}
	p.refuse(wrong, "answer", "words")
	p.Head, p.Strip = spotHead(a, v), spotStrip(a)
	switch {
	case v.IsCounted():
		d, err := s.Decisions.ByBallot(c.Request().Context(), a, v.ID)
		if err != nil {
			return err
		}
		r, err := v.Result()
		if err != nil {
			return err
		}
		p.Say = []lang.Msg{v.Explain(r)}
		if r.Outcome != tally.Carried {
			p.Say = append(p.Say, lang.M("decide.goes_on"))
		}
		if v.MayAskAgain(v.Motion, a.Member.ID, v.Now) {
			p.Say = append(p.Say, lang.M("decide.again_say"))
			p.Links = []Link{{Href: againHref(a, v.Words), Label: lang.M("decide.again")}}
		}
		p.Links = append(p.Links, Link{Href: decisionPath(a.Group, d.Number()), Label: lang.M("decide.to_decision")})
	case mayVote(v):
		for _, r := range []agree.Response{agree.Yes, agree.Aside} {
			p.Answers = append(p.Answers, Option{Value: string(r), Label: v.Called(r), Chosen: r == v.Mine.Response})
		}
		p.Words = Field{Name: "words", Value: say.Words, Label: lang.M("decide.words"), Hint: lang.M("decide.words_hint"), Max: agree.MaxWords, Optional: true, Wrong: wrong["words"]}
		fallthrough
	default:
		p.Say = append(p.Say, lang.M("decide.answered", "Count", v.TookPart, "Entitled", v.Entitled), lang.M("decide.needed", "Quorum", v.Quorum))
		p.Keeps = []lang.Msg{lang.M("decide.keeps"), lang.M("call.keeps.early")}
	}
	p.Facts = frozenFacts(a, v.Ballot)
	p.follow("motion/"+motion.FormatNumber(v.Motion.Number), "head", "call")
	if v.IsOpen(v.Now) {
		p.followEvery(spotOften, "call")
		p.RefreshAt = local(a, v.Closes)
	}
	return spotTmpl.render(c, status, p)
}

func spotHead(a member.Actor, v ballot.View) Head {
	h := Head{Crumbs: []Link{{groupPath(a.Group), plain(a.Group.Name)}}, Kind: lang.M("decide.kind", "Number", v.Motion.Number), Title: plain(v.Words.Clauses[0].Text)}
	switch {
	case v.IsCounted():
		h.State = lang.M("decide.ended." + string(v.Outcome))
		return h
	case !v.IsOpen(v.Now):
		h.State = lang.M("call.closing")
		return h
	case !v.OnRoll:
		h.Cannot = lang.M("call.cannot.roll")
	case v.Voted:
		h.Can = lang.M("call.can_change", "Answer", v.Called(v.Mine.Response))
	default:
		h.Can = lang.M("decide.ask")
	}
	h.Until = Until{Say: lang.M("call.until"), At: local(a, v.Closes)}
	return h
}

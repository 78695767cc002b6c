package web

import (
	"crypto/rand"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"folkmoot/internal/ballot"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"

	"github.com/labstack/echo/v4"
)

// Voting takes two steps: the paper, and a look at it before it is cast. The answer to casting is the page itself and not
// a redirect to one: the receipt it shows is kept nowhere, so there is nothing a second request could show. The same form
// sent again changes nothing and has the same answer.

// votePage is the ballot paper, or how the vote stands where there is none to fill in.
type votePage struct {
	Frame
	Paper   Ballot     // zero: nothing to fill in
	Ranks   RankPaper  // in a ballot by ranking, instead of Paper
	Trust   TrustPaper // in one by approval
	Stand   []candidateCard
	Clauses []Clause
	Say     []lang.Msg
	Keeps   []lang.Msg // how the vote is kept
	Facts   []Fact
	Links   []Link
	Sides   []voices // what is said for and against, beside each other
}

// Open says whether there is a paper to fill in.
func (p votePage) Open() bool { return p.Paper.Href != "" || p.Ranks.Href != "" || p.Trust.Href != "" }

var voteTmpl = newPage[votePage]("ballot/vote.html")

// checkPage shows a vote before it is cast.
type checkPage struct {
	Frame
	Chosen Chosen
}

var checkTmpl = newPage[checkPage]("ballot/check.html")

// donePage says that a vote was recorded. It is the only place where the receipt is ever shown.
type donePage struct {
	Frame
	Receipt Receipt
	Ask     lang.Msg
	Proof   []Fact
	Why     lang.Msg
	Then    []Action // below the receipt, so that nobody leaves before it is seen
}

var doneTmpl = newPage[donePage]("ballot/done.html")

func votePath(g member.Group, number int, below ...string) string {
	path := groupPath(g) + "/proposals/" + strconv.Itoa(number) + "/vote"
	for _, b := range below {
		path += "/" + b
	}
	return path
}

// voteNumber returns the number of the proposal in the address, or fault.NotFound.
func voteNumber(c echo.Context) (int, error) {
	n, err := strconv.Atoi(c.Param("n"))
	if err != nil || n < 1 || strconv.Itoa(n) != c.Param("n") {
		return 0, fault.New(fault.NotFound, "fault.not_found")
	}
	return n, nil
}

func (s *Server) showVote(c echo.Context) error {
	n, err := voteNumber(c)
	if err != nil {
		return err
	}
	a, ctx := s.actor(c), c.Request().Context()
	v, err := s.Ballots.Show(ctx, a, n)
	if err != nil {
		return err
	}
	if v.IsCounted() && !(v.IsAtOnce() && wantsParts(c.Request())) {
		d, err := s.Decisions.ByBallot(ctx, a, v.ID)
		if err != nil {
			return err
		}
		return see(c, decisionPath(a.Group, d.Number()))
	}
	return s.renderVote(c, http.StatusOK, v, ballotForm{})
}

// renderVote shows the paper with what was filled in already, if anything was.
func (s *Server) renderVote(c echo.Context, status int, v ballot.View, f ballotForm, wrong ...lang.Msg) error {
	if v.Calls() && v.State != ballot.Announced {
		var no map[string]lang.Msg
		if len(wrong) > 0 {
			no = map[string]lang.Msg{"": wrong[0]}
		}
		return s.renderCall(c, status, v, v.Mine, no)
	}
	a := s.actor(c)
	p := votePage{Frame: s.groupFrame(c, SectionProposals), Facts: voteFacts(a, v), Keeps: voteKeeps(v.Ballot)}
	p.Head, p.Strip = voteHead(a, v), voteStrip(a, v)
	if err := s.fillPaper(c, &p, v, f, wrong); err != nil {
		return err
	}
	if v.InRoom() && p.Paper.Href != "" {
		p.inRoom(v)
	}
	p.Clauses = voteClauses(v)
	if does := effectSay(v.Words.Effect); !does.IsZero() {
		p.Say = append(p.Say, does)
	}
	if say := wakingSay(v.Ballot); !say.IsZero() {
		p.Say = append(p.Say, say)
	}
	p.Say = append(p.Say, firstTime(v)...)
	if v.State == ballot.Stopped {
		p.Say = append(p.Say, lang.M("ballot.stopped."+v.Incident))
	}
	p.Links = []Link{{Href: groupPath(a.Group) + "/proposals/" + strconv.Itoa(v.Motion.Number), Label: lang.M("ballot.done.back")}}
	if v.Version > 1 {
		p.Links = append(p.Links, Link{Href: groupPath(a.Group) + "/proposals/" + strconv.Itoa(v.Motion.Number) + "/versions", Label: lang.M("ballot.versions")})
	}
	if v.InRoom() {
		p.Links = append([]Link{{Href: meetingRefPath(a.Group, v.Meeting), Label: lang.M("ballot.room.back", "Number", motion.MeetingNumber(v.Meeting))}}, p.Links...)
	}
	if !v.IsOpen(v.Now) || v.InRoom() && !p.Open() {
		p.RefreshAt = p.Head.Until.At
	}
	return voteTmpl.render(c, status, p)
}

// inRoom shortens the page of a vote in a room, for which there is a minute: on a phone, the text, the choices and the way to check them stand on the first screen. What is
// chosen is still checked before it is cast (practice.md §5.2).
func (p *votePage) inRoom(v ballot.View) {
	p.Slim, p.Paper.Short, p.Paper.Title = true, true, ""
	p.Head.Crumbs, p.Head.Act = nil, Action{}
	if !v.Voted {
		p.Head.Can = lang.Msg{} // that a secret one is final is said before it is cast
	}
}

// fillPaper puts the paper on the page for who can fill it in, and beside it what is said for and against, or who stands.
func (s *Server) fillPaper(c echo.Context, p *votePage, v ballot.View, f ballotForm, wrong []lang.Msg) error {
	a, ctx := s.actor(c), c.Request().Context()
	if v.Approves() {
		return s.fillTrust(c, p, v, f, wrong)
	}
	if v.Ranked() {
		return s.fillRanks(c, p, v, f, wrong)
	}
	sides, err := s.Motions.ShowSides(ctx, a, v.Motion.Number)
	if err != nil {
		return err
	}
	p.Sides = sidesOf(a, v.Motion, sides, false)
	if !mayVote(v) {
		return nil
	}
	p.Paper = votePaper(a, v, p.Guard(), f.choice)
	if len(wrong) > 0 {
		p.Paper.Wrong = wrong[0]
		p.Problems = []Problem{{Field: p.Paper.Field(), Say: wrong[0]}}
	}
	return nil
}

// votePaper is the paper itself: exactly the text that is voted on, and three choices of one size.
func votePaper(a member.Actor, v ballot.View, g Guard, choice ballot.Choice) Ballot {
	b := Ballot{
		Href: votePath(a.Group, v.Motion.Number, "check"), Guard: g, Title: v.Words.Title, Kind: voteKind(v), Clauses: voteClauses(v),
		Ask: lang.M("ballot.ask"), Say: voteWarnings(v.Ballot), Submit: lang.M("ballot.check"),
	}
	for _, ch := range ballot.Choices() {
		b.Choices = append(b.Choices, Option{Value: sent(ch), Label: lang.M("ballot." + ch.String()), Chosen: ch == choice})
	}
	if v.Secret {
		b.Random, b.Send = "random", []Hidden{{"basis", v.Basis}}
	}
	return b
}

// ballotForm is what the two forms of a vote send.
type ballotForm struct {
	choice ballot.Choice
	random string // from the voter's side
	basis  string
	rank   *Rank  // in a ballot by ranking: the paper as it was filled in
	trust  *Trust // in one by approval
}

// check refuses what no form of ours sends.
func (f ballotForm) check() error {
	if len(f.random) > maxRandom || len(f.basis) > maxRandom {
		return refusal{http.StatusBadRequest, "web.bad_request"}
	}
	return nil
}

const maxRandom = 200

// ready says whether what was chosen can be cast now, where err is what is wrong with the choice, and draws the part of the voter where no
// script has.
func (f *ballotForm) ready(v ballot.View, err error) error {
	if err == nil {
		err = f.check()
	}
	if err == nil {
		err = v.Takes(v.Now)
	}
	if err == nil && !mayVote(v) {
		err = voteRefusal(v)
	}
	if v.Secret && f.random == "" {
		f.random = rand.Text() // the server's choice has to do
	}
	return err
}

// sent is a choice as forms send it: every choice has the same length, or the size of what is sent would tell whoever sees
// only that how somebody votes (security.md §1.2, T7).
func sent(c ballot.Choice) string {
	most := 0
	for _, other := range ballot.Choices() {
		most = max(most, len(other.String()))
	}
	return c.String() + strings.Repeat(".", most-len(c.String()))
}

// received reads a choice as a form sends it, or returns 0.
func received(s string) ballot.Choice {
	if c := ballot.ParseChoice(strings.TrimRight(s, ".")); c != 0 && s == sent(c) {
		return c
	}
	return 0
}

// readVote reads a form. Anything but exactly one choice is a problem of the field.
func readVote(c echo.Context) (f ballotForm, err error) {
	all := c.Request().PostForm["choice"]
	f.random, f.basis = value(c, "random"), value(c, "basis")
	wrong := "ballot.choose"
	if len(all) > 1 {
		wrong = "ballot.choose_one"
	}
	if len(all) == 1 {
		f.choice = received(all[0])
	}
	if f.choice == 0 {
		return f, fault.Form(map[string]lang.Msg{"choice": lang.M(wrong)})
	}
	return f, f.check()
}

func (s *Server) checkVote(c echo.Context) error {
	n, err := voteNumber(c)
	if err != nil {
		return err
	}
	a := s.actor(c)
	v, err := s.Ballots.Show(c.Request().Context(), a, n)
	if err != nil {
		return err
	}
	if v.Approves() {
		return s.checkTrust(c, v)
	}
	if v.Ranked() {
		return s.checkRanked(c, v)
	}
	f, err := readVote(c)
	if err := f.ready(v, err); err != nil {
		return s.voteTrouble(c, n, f, err)
	}
	p := checkPage{Frame: s.groupFrame(c, SectionProposals), Chosen: Chosen{
		Say: lang.M("ballot.check.say"), Choice: lang.M("ballot." + f.choice.String()), Notes: []lang.Msg{lang.M("ballot.check." + changeWord(v.Ballot))},
		Href: votePath(a.Group, n), Submit: lang.M("ballot.cast"), Send: []Hidden{{"choice", sent(f.choice)}},
		Back: Link{Href: votePath(a.Group, n), Label: lang.M("ballot.back")},
	}}
	p.Chosen.Guard, p.Chosen.Fill = p.Guard(), fillUp(p.views.catalog.Voice(p.Lang), f.choice)
	if v.Secret {
		p.Chosen.Send = append(p.Chosen.Send, Hidden{"random", f.random}, Hidden{"basis", f.basis})
		p.Chosen.Notes = append(p.Chosen.Notes, lang.M("ballot.say.receipt."+string(v.Receipts)))
	}
	p.Head, p.Strip = checkHead(a, v), voteStrip(a, v)
	return checkTmpl.render(c, http.StatusOK, p)
}

// changeWord ends the names of what is said about changing a vote.
func changeWord(b ballot.Ballot) string {
	if b.Final() {
		return "final"
	}
	return "change"
}

func checkHead(a member.Actor, v ballot.View) Head {
	return Head{
		Crumbs: voteCrumbs(a, v.Ballot, v.Motion.Number, true), Kind: voteKind(v), Title: lang.M("ballot.check.title"), State: plain(v.Words.Title),
		Cannot: lang.M("ballot.check.state"), Until: Until{Say: lang.M("ballot.until"), At: local(a, v.Closes)},
	}
}

// fillUp returns the spaces that make the page for the choice as long as that for the longest, so that whoever sees only the
// size of an answer does not see what was chosen (security.md §1.5).
func fillUp(v *lang.Voice, chosen ballot.Choice) string {
	size := func(c ballot.Choice) int {
		return len(template.HTMLEscapeString(v.T("ballot." + c.String())))
	}
	most := 0
	for _, c := range ballot.Choices() {
		most = max(most, size(c))
	}
	return strings.Repeat(" ", most-size(chosen))
}

func (s *Server) castVote(c echo.Context) error {
	n, err := voteNumber(c)
	if err != nil {
		return err
	}
	if c.Request().PostForm.Has("trusts") {
		return s.castTrust(c, n)
	}
	if c.Request().PostForm.Has("order") {
		return s.castRanked(c, n)
	}
	f, err := readVote(c)
	if err != nil {
		return s.voteTrouble(c, n, f, err)
	}
	a := s.actor(c)
	taken, err := s.Ballots.Cast(c.Request().Context(), a, n, ballot.Vote{Choice: f.choice, Once: s.once(c), Client: f.random, Basis: f.basis})
	if err != nil {
		return s.voteTrouble(c, n, f, err)
	}
	return s.voteTaken(c, n, taken, f)
}

// voteTaken answers that the vote was recorded, with its receipt.
func (s *Server) voteTaken(c echo.Context, n int, taken ballot.Taken, f ballotForm) error {
	a := s.actor(c)
	p := donePage{Frame: s.groupFrame(c, SectionProposals)}
	p.Receipt, p.Proof = voteReceipt(a, taken, f)
	p.Ask, p.Why = lang.M("ballot.done.proof"), lang.M("ballot.done.proof_say")
	p.Head = Head{
		Crumbs: voteCrumbs(a, taken.Ballot, n, false), Title: p.Receipt.Title, State: lang.M("ballot.done.state"),
		Until: Until{Say: lang.M("ballot.done.until"), At: local(a, taken.Closes)},
	}
	if p.Receipt.Code != "" {
		p.Head.State = lang.M("ballot.done.state_code")
	}
	p.Then = []Action{
		{Href: groupPath(a.Group) + "/proposals/" + strconv.Itoa(n), Label: lang.M("ballot.done.back")},
		{Href: votePath(a.Group, n), Label: lang.M("ballot.act_change")},
	}
	if taken.InRoom() {
		p.toRoom(a, taken)
	}
	p.Receipt.Title = lang.M("ballot.copy_code")
	p.Strip = Strip{Next: lang.M("ballot.next.open"), Decides: voteDecides(taken.Ballot), Change: lang.M("ballot.change"), Href: groupPath(a.Group) + "/rules"}
	return s.answerVote(c, taken.Ref, p)
}

// toRoom says that the result comes in a moment, and leads back to the meeting.
func (p *donePage) toRoom(a member.Actor, t ballot.Taken) {
	p.Head.State = lang.M("ballot.done.state_room", "At", local(a, t.Closes))
	p.Then[0] = Action{Href: meetingRefPath(a.Group, t.Meeting), Label: lang.M("ballot.room.back", "Number", motion.MeetingNumber(t.Meeting))}
	if t.Final() {
		p.Head.Until, p.Then = Until{}, p.Then[:1]
	}
}

func voteReceipt(a member.Actor, t ballot.Taken, f ballotForm) (r Receipt, proof []Fact) {
	r = Receipt{Title: lang.M("ballot.done.title_open"), Facts: []Fact{{Label: lang.M("ballot.done.results"), At: local(a, t.Closes)}}}
	if t.Secret {
		r.Title = lang.M("ballot.done.title")
	}
	if t.Receipt.Code == "" {
		return r, nil
	}
	r.Code = t.Receipt.Code
	r.Say = []lang.Msg{lang.M("ballot.done.code"), lang.M("ballot.done.code_" + string(t.Receipts))}
	if !t.Final() {
		r.Say = append(r.Say, lang.M("ballot.done.change_code"))
	}
	proof = []Fact{
		{Label: lang.M("ballot.done.yours"), Value: plain(f.random), Code: true},
		{Label: lang.M("ballot.done.theirs"), Value: plain(t.Receipt.Part), Code: true},
	}
	return r, proof
}

// voteTrouble answers what went wrong with a vote. Where the paper can still be filled in, it is shown again with what was
// chosen; where it cannot, the page says why and where to go on.
func (s *Server) voteTrouble(c echo.Context, n int, f ballotForm, err error) error {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || e.Kind != fault.Invalid && e.Kind != fault.Conflict && e.Kind != fault.Denied && e.Kind != fault.Unavailable {
		return err
	}
	a := s.actor(c)
	v, verr := s.Ballots.Show(c.Request().Context(), a, n)
	if verr != nil {
		return errors.Join(err, verr)
	}
	if e.Kind == fault.Unavailable {
		c.Response().Header().Set("Retry-After", strconv.Itoa(afterUnavailable))
		s.logFailure(c, err)
	}
	if say := e.Say; mayVote(v) {
		if m, ok := e.Fields["choice"]; ok {
			say = m
		}
		if m, ok := e.Fields[Rank{}.Field()]; ok {
			say = m
		}
		if m, ok := e.Fields[Trust{}.Field()]; ok {
			say = m
		}
		return s.renderVote(c, statuses[e.Kind], v, f, say)
	}
	if e.Kind == fault.Invalid {
		e = voteRefusal(v)
	}
	p := errorPage{Frame: s.groupFrame(c, SectionProposals)}
	p.Head = Head{Crumbs: voteCrumbs(a, v.Ballot, n, false), Title: lang.M("web.error." + strconv.Itoa(statuses[e.Kind])), State: e.Say,
		Act: Action{Href: groupPath(a.Group) + "/proposals/" + strconv.Itoa(n), Label: lang.M("ballot.done.back")}}
	p.Strip = troubleStrip()
	return errorTmpl.render(c, statuses[e.Kind], p)
}

// codesPage lists the published receipt codes of a counted secret vote.
type codesPage struct {
	Frame
	Say   []lang.Msg
	List  []string
	Facts []Fact
	Text  Link
	Empty Empty
	Pager Pager
}

var codesTmpl = newPage[codesPage]("ballot/codes.html")

// codesRound returns the round whose codes are asked for, the first one if none is named.
func codesRound(c echo.Context) int {
	if n, err := strconv.Atoi(c.QueryParam("round")); err == nil {
		return n
	}
	return 1
}

func (s *Server) showCodes(c echo.Context) error {
	n, err := voteNumber(c)
	if err != nil {
		return err
	}
	a := s.actor(c)
	list, err := s.Ballots.Codes(c.Request().Context(), a, n, codesRound(c), c.QueryParam("after"), false)
	if err != nil {
		return err
	}
	p := codesPage{Frame: s.groupFrame(c, SectionDecisions), Say: []lang.Msg{lang.M("ballot.codes.find"), lang.M("ballot.codes.missing"), lang.M("ballot.codes.trust")}}
	turnout := int(list.Turnout)
	p.Head = Head{Crumbs: voteCrumbs(a, list.Ballot, n, false), Kind: plain(list.Motion.Title), Title: lang.M("ballot.codes.title"),
		State: lang.M("ballot.codes.state", "Papers", turnout, "Turnout", turnout)}
	for _, paper := range list.List {
		p.List = append(p.List, codeLine(paper))
	}
	round := "?round=" + strconv.Itoa(list.Round)
	p.Text = Link{Href: votePath(a.Group, n, "codes.txt") + round, Label: lang.M("ballot.codes.download")}
	p.Facts = []Fact{{Label: lang.M("ballot.codes.print"), Value: plain(hexOf(list.Papers)), Code: true}}
	p.Empty = Empty{Title: lang.M("ballot.codes.none")}
	here := votePath(a.Group, n, "codes") + round
	if c.QueryParam("after") != "" {
		p.Pager.Newer = here
	}
	if list.More {
		p.Pager.Older = here + "&after=" + url.QueryEscape(list.List[len(list.List)-1].Code)
	}
	p.Strip = Strip{Next: lang.M("ballot.codes.next"), Decides: lang.M("decision.decides"), Change: lang.M("ballot.change"), Href: groupPath(a.Group) + "/rules"}
	return codesTmpl.render(c, http.StatusOK, p)
}

// codesText is the bare list: its SHA-256 is the fingerprint in the record.
func (s *Server) codesText(c echo.Context) error {
	n, err := voteNumber(c)
	if err != nil {
		return err
	}
	list, err := s.Ballots.Codes(c.Request().Context(), s.actor(c), n, codesRound(c), "", true)
	if err != nil {
		return err
	}
	text := ""
	for _, paper := range list.List {
		text += codeLine(paper) + "\n"
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="receipt-codes-`+strconv.Itoa(n)+`-`+strconv.Itoa(list.Round)+`.txt"`)
	return c.Blob(http.StatusOK, "text/plain; charset=utf-8", []byte(text))
}

func codeLine(p ballot.Paper) string {
	if p.Choice == 0 {
		return p.Code
	}
	return p.Code + " " + strconv.Itoa(int(p.Choice))
}

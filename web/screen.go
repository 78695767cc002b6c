package web

import (
	"context"
	"encoding/hex"
	"net/http"
	"strconv"
	"time"

	"folkmoot/internal/agree"
	"folkmoot/internal/ballot"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/live"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/screen"
	"folkmoot/internal/script"
	"folkmoot/internal/tally"
	"folkmoot/internal/textdiff"

	"github.com/labstack/echo/v4"
)

const (
	screenPrefix   = "/screen/"
	screenLivePath = screenPrefix + ":token/live"
)

// screenCookie holds the secret of the screen that this browser made: the server keeps only its hash.
const screenCookie = "folkmoot_screen"

// screenFor is how long the browser that made an address can show it again.
const screenFor = 12 * time.Hour

// screenAdmin is where whoever runs a meeting gets the address of its screen.
type screenAdmin struct {
	Frame
	Only  Notice // that no other computer can reach it
	Copy  Copy   // the address, while this browser has it; zero: it has not
	Open  string
	Since time.Time
	Make  Action
	End   Grave
}

var screenAdminTmpl = newPage[screenAdmin]("meeting/screens.html")

func (s *Server) showScreens(c echo.Context) error {
	a, v, err := s.meetingOf(c)
	if err != nil {
		return err
	}
	st, err := s.Screens.Of(c.Request().Context(), a, v.Meeting)
	if err != nil {
		return err
	}
	switch {
	case v.IsOver():
		return fault.New(fault.Conflict, "meeting.over")
	case !st.May:
		return fault.New(fault.Denied, "screen.no_power")
	}
	p := screenAdmin{Frame: s.groupFrame(c, SectionMeetings), Since: local(a, st.Since)}
	at := meetingPath(a.Group, v.Number, "screen")
	p.Head = Head{Crumbs: []Link{{meetingsPath(a.Group), lang.M("meeting.list.title")}, {meetingPath(a.Group, v.Number), plain(v.Title)}}, Title: lang.M("screen.title"), State: lang.M("screen.state")}
	p.Strip = Strip{Next: lang.M("screen.next"), Decides: lang.M("meeting.decides"), Change: lang.M("powers.change"), Href: groupPath(a.Group) + "/rules#meetings"}
	p.Make = Action{Href: at, Label: lang.M("screen.make"), Post: true, Main: true, Guard: p.Guard()}
	if s.onlyHere() {
		p.Only = Notice{Say: lang.M("screen.only_here")}
	}
	if st.Since.IsZero() {
		return screenAdminTmpl.render(c, http.StatusOK, p)
	}
	p.Make.Label, p.Make.Main = lang.M("screen.renew"), false
	p.End = Grave{ID: "end-screen", Label: lang.M("screen.end"), Ask: lang.M("screen.end_ask"), Say: []lang.Msg{lang.M("screen.end_say")},
		Yes: lang.M("screen.end"), Href: at + "/end", Guard: p.Guard()}
	if secret := s.cookie(c, screenCookie); secret != "" {
		g, m, err := s.Screens.Shows(c.Request().Context(), secret)
		switch {
		case err == nil && g.ID == a.Group.ID && m.Number == v.Number:
			p.Open = screenPrefix + secret
			p.Copy = Copy{ID: "screen-address", Label: lang.M("screen.address"), Text: s.address(p.Open)}
		case err != nil && !isNo(err):
			return err
		}
	}
	return screenAdminTmpl.render(c, http.StatusOK, p)
}

func (s *Server) makeScreen(c echo.Context) error {
	n, err := param(c, "n")
	if err != nil {
		return err
	}
	a := s.actor(c)
	secret, err := s.Screens.Make(c.Request().Context(), a, int(n))
	if err != nil {
		return err
	}
	s.setCookie(c, screenCookie, secret, screenFor)
	s.flash(c, "screen.flash.made")
	return see(c, meetingPath(a.Group, int(n), "screen"))
}

func (s *Server) endScreen(c echo.Context) error {
	n, err := param(c, "n")
	if err != nil {
		return err
	}
	a := s.actor(c)
	if err := s.Screens.End(c.Request().Context(), a, int(n)); err != nil {
		return err
	}
	s.setCookie(c, screenCookie, "", -time.Second)
	s.flash(c, "screen.flash.ended")
	return see(c, meetingPath(a.Group, int(n), "screen"))
}

// fillScreen offers whoever runs the meeting a screen in the room, and tells everybody of one that there is.
func (s *Server) fillScreen(c echo.Context, p *meetingPage, a member.Actor, v meeting.View) error {
	if v.IsOver() || s.hall != nil { // nobody else sees a practice
		return nil
	}
	st, err := s.Screens.Of(c.Request().Context(), a, v.Meeting)
	if err != nil {
		return err
	}
	if !st.Since.IsZero() {
		p.Facts = append(p.Facts, Fact{Label: lang.M("screen.fact"), At: local(a, st.Since)})
	}
	if st.May { // as who makes codes for the door
		if v.State != meeting.Session || v.Jobs[meeting.Doors] || v.Facilitates() {
			p.Head.Also = append(p.Head.Also, Action{Href: meetingPath(a.Group, v.Number, "codes"), Label: lang.M("door.codes.link")})
		}
		p.Head.Also = append(p.Head.Also, Action{Href: meetingPath(a.Group, v.Number, "screen"), Label: lang.M("screen.title")})
	}
	return nil
}

// screenPage is what is on the screen. It has a layout of its own, and leads nowhere.
type screenPage struct {
	Frame
	Ink      bool // light on dark
	InkHref  string
	What     string   // what is talked about; "": nothing is
	Line     lang.Msg // of the agenda: which item it is, and how it stands
	Enough   lang.Msg // whether enough are there
	Others   lang.Msg // how many of them others have noted
	Fit      int      // the size of the words before scripts have tried what fits, 0 the largest
	Text     []screenLine
	Changed  bool   // the words are marked where they changed
	Topic    string // words that are no proposal's
	Plan     []screenItem
	Say      []lang.Msg // instead of words
	Round    lang.Msg   // what everybody is asked in turn; zero: there is no round
	Speaker  lang.Msg
	Until    time.Time // the speaker's time is up
	Next     []screenName
	Vote     *screenVote
	Result   *screenResult
	Felt     *feltView // what came of a show of feeling
	Groups   *screenGroups
	Spokes   []lang.Msg // who speaks for which group; none while somebody speaks, or all do for themselves
	Card     *screenCard
	Pending  []lang.Msg
	Script   []lang.Msg
	Captions []string // what is typed of what is said; in place of the script while there is some
	QR       QR
	Code     string
	Root     string // the first of the hash of the record's head
	Clock    string
	Zone     string
	AgainAt  time.Time // something is over then
}

// screenName is somebody on the speakers' list.
type screenName struct {
	Number int
	Name   lang.Msg
}

// screenLine is a point of a proposal.
type screenLine struct {
	Number int
	Spans  []Span
}

// screenItem is a line of the agenda.
type screenItem struct {
	Number int
	Title  string
	State  lang.Msg
	Now    bool
}

// screenVote is a vote that is open, or is being counted.
type screenVote struct {
	Say      lang.Msg
	Closes   time.Time
	SoFar    lang.Msg
	Hands    lang.Msg // that hands are counted, and nothing of what they say
	Counting bool
}

// screenResult is what a vote came to, for a while.
type screenResult struct {
	Title lang.Msg
	Say   lang.Msg
	Rule  lang.Msg // what it took; zero: it is not said
}

var screenTmpl = newPage[screenPage]("meeting/screen.html")

func (s *Server) showScreen(c echo.Context) error {
	secret := c.Param("token")
	v, err := s.Screens.Show(c.Request().Context(), secret)
	if err != nil {
		return err
	}
	here := member.Actor{Group: v.Group}
	p := screenPage{Frame: s.views.frame(s.now(), v.Group.Lang), Ink: c.QueryParam("ink") == "light", InkHref: "?ink=light"}
	if p.Ink {
		p.InkHref = screenPrefix + secret
	}
	if mark, ok := c.Get(markKey).(live.Mark); ok {
		p.Live = Live{Path: screenPrefix + secret + "/live", Since: mark.String(), Still: still(c)}
	}
	p.Reload, p.Head.Title, p.Group.Name = true, plain(v.Title), v.Group.Name
	p.follow(v.Ref(), "what", "words", "side", "script", "foot")
	p.follow(v.CaptionsTopic(), "script")
	p.followEvery(time.Minute, "foot") // the record grows elsewhere, too
	p.fillFoot(v, s.base.String())
	p.fillWhat(v)
	p.fillWords(v)
	p.fillSide(here, v)
	p.fillVote(v)
	if !v.Hidden {
		p.Captions = captionsShown(s.captions(v.View))
	}
	p.fillGroups(here, v.View, v.Hidden)
	p.fillSpokes(v.View)
	return screenTmpl.render(c, http.StatusOK, p)
}

// showScreenLive tells a screen that something happens in its meeting, and nothing of what. It closes within a second once the screen has ended, has
// another address, or the meeting is over.
func (s *Server) showScreenLive(c echo.Context) error {
	secret := c.Param("token")
	g, m, err := s.Screens.Shows(c.Request().Context(), secret)
	if err != nil {
		return err
	}
	topics := []string{topicOf(g.Log(), m.Ref()), topicOf(g.Log(), m.CaptionsTopic())}
	return s.stream(c, hearing{
		whose: "screen/" + strconv.FormatInt(int64(m.ID), 10), group: topicOf(g.Log(), "group"), names: topics, own: topics[:1],
		may: func(ctx context.Context) error {
			_, _, err := s.Screens.Shows(ctx, secret)
			return err
		},
	})
}

// at has the page ask for its parts again once a moment has come, if none comes before.
func (p *screenPage) at(moment time.Time) {
	if moment.After(p.Now) && (p.AgainAt.IsZero() || moment.Before(p.AgainAt)) {
		p.AgainAt = moment
	}
}

// clock is a time of day in the group's zone.
func (p *screenPage) clock(g member.Group, t time.Time) string {
	return p.voice().Clock(local(member.Actor{Group: g}, t))
}

// fillFoot says how to join, and where the record stands.
func (p *screenPage) fillFoot(v screen.View, base string) {
	const show = 8
	p.Code = v.Code
	p.QR = QR{Label: lang.M("screen.scan"), Address: base + "/m/" + v.Code}
	if root := hex.EncodeToString(v.Head.Root[:]); v.Head.Size > 0 {
		p.Root = root[:show]
	}
	p.Clock = p.clock(v.Group, p.Now)
	if v.Group.Zone != nil {
		p.Zone = v.Group.Zone.String()
	}
}

// fillWhat says what is talked about, where it stands on the agenda, and whether enough are there.
func (p *screenPage) fillWhat(v screen.View) {
	p.What = v.Title
	for i, it := range v.Items {
		line := screenItem{Number: i + 1, Title: itemTitle(v.View, it), State: screenState(v, it), Now: it.State == meeting.Now}
		if it.Motion != 0 && line.Title == "" {
			line.Title = p.voice().T("screen.hidden_item")
		}
		p.Plan = append(p.Plan, line)
		if it.ID == v.Current.ID {
			p.What = line.Title
			state := line.State
			if b, ok := v.Decided[it.Motion]; ok { // with its numbers, for as long as it is talked about
				state = b.Came()
			}
			p.Line = lang.M("screen.line", "Number", i+1, "Of", len(v.Items), "State", state)
		}
	}
	if v.Meeting.State != meeting.Session && v.Now.Before(v.Door()) {
		return
	}
	p.Others = notedSay(v.Meeting)
	switch {
	case v.Total() >= v.Needed:
		p.Enough = lang.M("screen.enough", "Count", v.Total())
	case v.TalksOnly():
		p.Enough = lang.M("screen.talk", "Count", v.Total(), "Need", v.Needed)
	case v.Few.IsZero():
		p.Enough = lang.M("screen.few", "Count", v.Total(), "Need", v.Needed)
	default:
		p.Enough = lang.M("screen.few_since", "Count", v.Total(), "Need", v.Needed, "At", p.clock(v.Group, v.Few))
	}
}

// screenState says how an item stands, and what was decided about it.
func screenState(v screen.View, it meeting.Item) lang.Msg {
	if b, ok := v.Decided[it.Motion]; ok && it.Motion != 0 {
		return b.Ended(b.Outcome)
	}
	return lang.M("meeting.item." + string(it.State))
}

// fillWords puts the words on the screen: of the proposal, exactly as it stands; of a topic; or the agenda.
func (p *screenPage) fillWords(v screen.View) {
	if v.Meeting.State == meeting.Called {
		before := lang.M("screen.before", "At", p.clock(v.Group, v.Opens))
		if v.IsAdjourned() {
			before = localSay(member.Actor{Group: v.Group}, lang.M("screen.again", "At", v.Opens))
		}
		p.Say = append(p.Say, before)
		if v.MayEnter(v.Now) == nil {
			p.Say = append(p.Say, lang.M("screen.come"))
		}
		p.at(v.Opens)
		return
	}
	if v.OnBreak(v.Now) {
		p.Say = append(p.Say, lang.M("screen.break", "At", p.clock(v.Group, v.Break)))
		p.at(v.Break)
		return
	}
	defer func() { p.Fit = screenFit(p.Text, p.Topic) }()
	switch {
	case v.Current.ID == 0 && v.Reading.Cue == script.CueDue:
		p.Plan = nil
		p.lines(mattersSay(member.Actor{Group: v.Group}, v.View))
	case v.Current.ID == 0:
	case v.Current.Kind == meeting.Report:
		p.Plan = nil
		p.lines(reportsSay(member.Actor{Group: v.Group}, v.View, v.Current))
	case v.Hidden:
		p.Say = append(p.Say, lang.M("screen.hidden"))
	case v.Text.N == 0:
		p.Topic, p.Plan = v.Current.Text, nil
		if p.Topic == "" {
			p.Say = append(p.Say, lang.M("screen.no_words"))
		}
	default:
		p.Plan = nil
		p.Text, p.Changed = screenText(v)
	}
}

// lines puts sentences on the screen.
func (p *screenPage) lines(says []Link) {
	for _, l := range says {
		p.Say = append(p.Say, l.Label)
	}
}

// screenText returns the points of the proposal. Where it was worded anew, what changed is marked; but not while people vote, on exactly these words.
func screenText(v screen.View) (out []screenLine, marked bool) {
	voting := v.Vote.Ref != "" && v.Vote.Motion == v.Current.Motion
	if v.Was.N == 0 || voting {
		for i, cl := range v.Text.Clauses {
			out = append(out, screenLine{Number: i + 1, Spans: []Span{{Text: cl.Text}}})
		}
		return out, false
	}
	for _, row := range textdiff.Clauses(diffable(v.Was), diffable(v.Text)) {
		line := screenLine{Number: row.New + 1, Spans: spans(row.Spans)}
		for _, sp := range line.Spans {
			marked = marked || sp.Added || sp.Removed
		}
		out = append(out, line)
	}
	return out, marked
}

// screenFit guesses how large the words can be; scripts try it out.
func screenFit(text []screenLine, topic string) int {
	n := len(topic)
	for _, l := range text {
		n += 10
		for _, sp := range l.Spans {
			n += len(sp.Text)
		}
	}
	size := 0
	for _, most := range []int{80, 130, 200, 300} {
		if n > most {
			size++
		}
	}
	return size
}

// fillSide says who speaks and who comes next, what was asked about how the meeting goes on, and what should happen now.
func (p *screenPage) fillSide(here member.Actor, v screen.View) {
	if v.Meeting.State != meeting.Session || v.OnBreak(v.Now) {
		return
	}
	if r := v.Together.Round; r.ID != 0 && !v.Hidden {
		p.Round = lang.M("screen.round", "Question", roundAsks(r))
	}
	if v.Speaker.ID != 0 {
		p.Speaker, p.Until = lang.M("meeting.speaks", "Name", memberName(v.People[v.Speaker.Member])), local(here, v.Speaker.Until())
	}
	const names = 3
	for i, place := range v.List[:min(names, len(v.List))] {
		p.Next = append(p.Next, screenName{i + 1, memberName(v.People[v.Hands[place.ID].Member])})
	}
	for _, mv := range v.Moves {
		if mv.State == meeting.MovePending {
			p.Pending = append(p.Pending, lang.M("screen.pending", "Move", localSay(here, mv.Name())))
			break
		}
	}
	for _, l := range v.Reading.Lines {
		p.Script = append(p.Script, script.Quoted(localSay(here, l)))
	}
}

// fillVote says that there is a vote, until when, and for a while what came of it; never how it stands.
func (p *screenPage) fillVote(v screen.View) {
	here := member.Actor{Group: v.Group}
	for _, mv := range v.Moves {
		if mv.State == meeting.MoveVoting {
			p.Vote = &screenVote{Say: lang.M("screen.vote_move", "Move", localSay(here, mv.Name())), Closes: local(here, mv.Closes), Counting: !v.Now.Before(mv.Closes)}
			p.at(mv.Closes)
		}
	}
	if len(v.Settled) > 0 {
		mv := v.Settled[0]
		over := mv.Decided.Add(screen.ResultFor)
		if mv.Entitled > 0 && v.Now.Before(over) {
			p.Result = &screenResult{Title: localSay(here, mv.Name()), Say: localSay(here, mv.Came(v.Settled))}
			p.at(over)
		}
	}
	b := v.Vote
	switch {
	case b.Ref == "":
	case b.IsCounted():
		p.Result = &screenResult{Title: b.Ended(b.Outcome), Say: screenCount(b)}
		if b.Outcome != tally.Inquorate {
			p.Result.Rule = ballot.ExplainBallot(b)
		}
		p.at(b.CountedAt.Add(screen.ResultFor))
	default:
		p.Vote = &screenVote{Say: lang.M("screen.vote"), Closes: local(here, b.Closes), Counting: !v.Now.Before(b.Closes), SoFar: lang.M("ballot.took_part_few")}
		switch {
		case b.Calls():
			p.Vote.Say, p.Vote.SoFar = lang.M("screen.call"), lang.M("screen.answered", "Count", v.SoFar, "Entitled", b.Entitled)
		case v.SoFar > 0:
			p.Vote.SoFar = lang.M("ballot.took_part", "N", v.SoFar)
		}
		p.at(b.Closes)
		if b.TakesHands(v.Now) == nil {
			p.Vote.Hands = lang.M("screen.hands")
			p.at(b.HandsUntil())
		}
	}
	p.fillFelt(v)
	if p.Vote != nil || p.Result != nil || p.Felt != nil {
		p.Script, p.Pending, p.Speaker, p.Next, p.Round = nil, nil, lang.Msg{}, nil, lang.Msg{}
	}
}

// fillFelt says that people show how they feel, and for a while how they did.
func (p *screenPage) fillFelt(v screen.View) {
	if v.Hidden {
		return
	}
	if f := v.Together.Feeling; f.ID != 0 {
		p.Vote = &screenVote{Say: asked(f), Closes: local(member.Actor{Group: v.Group}, f.Closes), Counting: !v.Now.Before(f.Closes), SoFar: lang.M("screen.feeling")}
		p.at(f.Closes)
		return
	}
	if len(v.Together.Felt) == 0 {
		return
	}
	f := v.Together.Felt[0]
	if over := f.Ended.Add(screen.ResultFor); f.State != meeting.FeelingStopped && v.Now.Before(over) {
		felt := feltOf(f)
		p.Felt = &felt
		p.at(over)
	}
}

// screenCount says how the votes fell, where that is known to anybody.
func screenCount(b ballot.Ballot) lang.Msg {
	if b.Outcome == tally.Inquorate {
		return lang.M("screen.too_few_voted")
	}
	if b.Calls() {
		return agree.Line(b.Answers)
	}
	return lang.M("screen.count", "For", int(b.Votes.For), "Against", int(b.Votes.Against), "Abstain", int(b.Votes.Abstain))
}

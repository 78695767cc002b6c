package meeting

import (
	"slices"
	"time"

	"folkmoot/internal/fault"
	"folkmoot/internal/floor"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/procedure"
	"folkmoot/internal/script"
	"folkmoot/internal/tally"
)

// Times of moves.
const (
	MoveVote     = 30 * time.Second // a vote on a move is open so long, or until all have answered
	ToChallenge  = time.Minute      // a ruling can be challenged so long after it, whatever whoever facilitates does in the meantime
	toSupport    = time.Minute      // so long others can support a move before whoever facilitates chooses something by themselves
	runnerWaits  = 2 * time.Minute  // then anybody who is there may put a move to the vote that enough support
	countAgain   = time.Minute      // whoever asks sooner whether enough are there is told what was counted
	mostItemMore = 60               // minutes more for an item at a time
	LeastBreak   = 5                // minutes
	MostBreak    = 60
	MostTurn     = 2 // minutes for each in a round that members ask for
)

// Limits of what is written about a move.
const (
	MaxRule   = 200
	MaxRuling = 500
)

// Built returns the moves that meetings know, in the order of practice.md §2.4. The others of procedure.Table are offered nowhere.
func Built() []procedure.Kind {
	return []procedure.Kind{
		procedure.RulesQuestion, procedure.Challenge, procedure.Replace, procedure.VoteNow, procedure.MoreTime, procedure.ComeBack, procedure.SecretVote,
		procedure.NotUrgent, procedure.Reorder, procedure.GoRound, procedure.Spokes, procedure.AllSpeak, procedure.Feeling, procedure.Quorum, procedure.Adjourn,
	}
}

// MoveID names a move that was made in a meeting.
type MoveID int64

// MoveState is how far a move is.
type MoveState string

// The states of a move.
const (
	MovePending   MoveState = "pending"
	MoveVoting    MoveState = "voting"
	MoveCarried   MoveState = "carried"
	MoveLost      MoveState = "lost"
	MoveRuled     MoveState = "ruled"
	MoveDone      MoveState = "done" // without a vote
	MoveTakenBack MoveState = "taken_back"
	MoveDeclined  MoveState = "declined" // by whoever facilitates
	MoveLapsed    MoveState = "lapsed"   // what it was about ended before
	MoveFell      MoveState = "fell"     // nobody supported it before whoever facilitates chose what they could choose by themselves
)

// Named is what is named with a move.
type Named struct {
	Rule    string // a rules question: which rule, or what is unfair or unsafe
	Safety  bool
	Whole   bool // for the meeting, not for the item that is talked about
	Part    bool // for the item
	Other   bool // a sitting at another date, and no break
	Minutes int
	At      time.Time // when an item comes back, or an adjourned meeting goes on
	First   ItemID    // which item is to be next
}

// Move is a move that somebody made in a meeting (practice.md §2.4).
type Move struct {
	ID      MoveID
	Group   member.GroupID
	Meeting ID
	Item    ItemID // that was talked about; 0: none
	Kind    procedure.Kind
	By      member.ID
	Named
	About    member.ID // who facilitated when it was asked that somebody else does
	Of       MoveID    // the question whose ruling is challenged
	Support  int       // whoever made it included
	State    MoveState
	Made     time.Time
	Ready    time.Time // enough supported it; zero: not yet
	Majority tally.Rule
	Opens    time.Time
	Closes   time.Time
	Entitled int
	For      int // 0 until it is counted
	Against  int
	Decided  time.Time
	Ruling   string
	RuledBy  string // the rule that the ruling names
}

// IsOpen says whether something can still become of the move.
func (mv Move) IsOpen() bool { return mv.State == MovePending || mv.State == MoveVoting }

// Came says what came of a move that is settled; others are the settled moves of its meeting, among which is what may have overturned its ruling.
func (mv Move) Came(others []Move) lang.Msg {
	kv := []any{"Move", mv.Name(), "For", mv.For, "Against", mv.Against}
	if mv.State != MoveRuled {
		return lang.M("meeting.moves.end."+string(mv.State), kv...)
	}
	kv = append(kv, "Text", mv.Ruling, "Rule", mv.RuledBy)
	if slices.ContainsFunc(others, func(o Move) bool { return o.Of == mv.ID && o.State == MoveCarried }) {
		return lang.M("meeting.moves.end.overturned", kv...)
	}
	return lang.M("meeting.moves.end.ruled", kv...)
}

// Name is what the move asks for. A break, and going on at another date, are named for themselves.
func (mv Move) Name() lang.Msg {
	switch {
	case mv.Kind != procedure.Adjourn:
		return mv.Kind.Name()
	case mv.adjourns():
		return lang.M("meeting.adjourn.move", "At", mv.At)
	}
	return lang.M("meeting.adjourn.move_pause", "Count", mv.Minutes)
}

// adjourns says whether the move asks that the meeting goes on at another date, and not for a break.
func (mv Move) adjourns() bool { return mv.Kind == procedure.Adjourn && !mv.At.IsZero() }

// ofItem says whether it falls with the item about which it was made.
func (mv Move) ofItem() bool {
	return mv.Item != 0 && !mv.Whole && mv.Kind != procedure.Adjourn
}

// voted says whether people vote on it.
func (mv Move) voted() bool { return procedure.Votes(mv.Kind, false) != procedure.Nobody }

// Supporters returns how many must support a move of the kind, whoever makes it included.
func Supporters(k procedure.Kind) int {
	row, _ := procedure.Find(k)
	return row.Supporters(1)
}

// standing is how a meeting stands as far as moves are concerned.
type standing struct {
	procedure.Situation
	hands []Hand
	about []member.ID
	chair member.ID
}

// standing returns how the meeting stands now.
func (in *room) standing() (st standing, err error) {
	if st.hands, err = in.hands(); err != nil {
		return st, err
	}
	if st.about, err = in.about(); err != nil {
		return st, err
	}
	st.chair = in.chair(st.about)
	now := in.tx.Now
	s := &st.Situation
	s.State = procedure.Outside
	switch {
	case in.m.State == Session && in.m.OnBreak(now):
		s.State = procedure.Break
	case in.m.State == Session:
		s.State = procedure.Sitting
	}
	for _, it := range in.items {
		if it.State == Waiting {
			s.Left++
		}
	}
	s.Speaking = slices.ContainsFunc(st.hands, func(h Hand) bool { return h.State == Speaking && now.Before(h.Until()) })
	if s.VoteOpen, err = in.voting(); err != nil {
		return st, err
	}
	s.VoteOpen = s.VoteOpen || slices.ContainsFunc(in.moves, func(mv Move) bool { return mv.State == MoveVoting })
	s.Stopped, s.MostExtra = !now.Before(in.m.Stop), in.rules.Rules.Meeting.ExtendMaxMinutes
	s.SecretRequest = in.rules.Rules.SecretRequest
	_, s.Ruling = in.ruling()
	for _, mv := range in.moves {
		switch {
		case mv.IsOpen():
			s.Pending = append(s.Pending, mv.pending())
		case mv.State == MoveLost:
			s.Lost = append(s.Lost, procedure.Loss{Kind: mv.Kind, Ago: now.Sub(mv.Decided), Here: mv.Item == in.m.Item})
		case mv.State == MoveCarried && mv.Kind == procedure.MoreTime && mv.Whole:
			s.StopMoved = true
		}
	}
	return st, in.standingItem(&st)
}

// standingItem adds what depends on the item that is talked about.
func (in *room) standingItem(st *standing) error {
	it, called := in.item(in.m.Item)
	s := &st.Situation
	s.Item.Called = called
	if !called {
		return nil
	}
	for _, mv := range in.moves {
		if mv.State == MoveCarried && mv.Kind == procedure.MoreTime && !mv.Whole && mv.Item == it.ID {
			s.Item.Extended++
		}
	}
	said := func(cues ...script.Cue) bool {
		return slices.ContainsFunc(in.said, func(x saidRow) bool { return x.About == saidOfItem(it.ID) && slices.Contains(cues, x.Cue) })
	}
	s.ForOffered = said(script.CueOpens)
	s.AgainstOffered = said(script.CueAgainst, script.CueAnyMore)
	var mover member.ID
	if it.Motion != 0 {
		m, err := in.proposal(it)
		if err != nil {
			return err
		}
		mover = m.Mover
		s.Item.Voted, s.Item.Secret, s.Item.Urgent = m.OnAgenda(), m.Secret(in.rules.Rules), it.Urgent
	}
	for _, h := range st.hands {
		if h.Item == it.ID && h.since(it) && h.Kind == floor.Speak {
			s.ForOffered = s.ForOffered || h.Side == floor.For || h.Member == mover
			s.AgainstOffered = s.AgainstOffered || h.Side == floor.Against
		}
	}
	return nil
}

func (mv Move) pending() procedure.Pending {
	return procedure.Pending{ID: int64(mv.ID), Kind: mv.Kind, Safety: mv.Safety, Raised: mv.Made}
}

// person returns the actor as somebody who would make a move.
func (in *room) person(st standing) (procedure.Person, error) {
	me := in.a.Member.ID
	p := procedure.Person{Member: in.a.IsMember(), Present: in.isHere(me), Facilitates: st.chair == me && me != 0}
	it, _ := in.item(in.m.Item)
	p.Spoken = slices.ContainsFunc(st.hands, func(h Hand) bool {
		return h.Item == in.m.Item && h.Member == me && h.Kind == floor.Speak && h.since(it)
	})
	var since time.Time // between items, what was asked between others does not count
	for _, it := range in.items {
		if it.Ended.After(since) {
			since = it.Ended
		}
	}
	for _, mv := range in.moves {
		if mv.By == me && mv.Item == in.m.Item && (mv.Item != 0 || !mv.Made.Before(since)) {
			p.Made = append(p.Made, mv.Kind)
		}
	}
	if it.Motion != 0 {
		asked, err := motion.HasAskedSecret(in.tx, it.Motion, me)
		if err != nil {
			return p, err
		}
		if asked {
			p.Made = append(p.Made, procedure.SecretVote)
		}
	}
	return p, nil
}

// ruling returns the question whose ruling can be challenged now.
func (in *room) ruling() (Move, bool) {
	for i := range in.moves {
		mv := in.moves[len(in.moves)-1-i]
		if mv.State != MoveRuled {
			continue
		}
		challenged := slices.ContainsFunc(in.moves, func(o Move) bool { return o.Of == mv.ID })
		return mv, !challenged && in.tx.Now.Sub(mv.Decided) < ToChallenge
	}
	return Move{}, false
}

// runner returns who runs the vote on a move, or deals with it; 0: nobody who could is there.
func (in *room) runner(mv Move, st standing) member.ID {
	if procedure.Votes(mv.Kind, mv.By == st.chair || mv.About == st.chair && st.chair != 0) == procedure.Vice {
		return Chair(in.terms, in.isHere, append(slices.Clone(st.about), st.chair), in.tx.Now)
	}
	return st.chair
}

// mayPut returns nil if somebody may put a move to the vote now. Who runs it does; where they do not for a while, or nobody could, whoever is there may, so that
// nobody holds up a vote by doing nothing. Whoever facilitates never runs a vote on themselves while others are there (practice.md §1.2, G10).
func (in *room) mayPut(mv Move, st standing, who member.ID) error {
	runner, self := in.runner(mv, st), mv.Kind == procedure.Challenge || mv.Kind == procedure.Replace
	late := !mv.Ready.IsZero() && !in.tx.Now.Before(mv.Ready.Add(runnerWaits))
	switch {
	case !in.isHere(who):
		return fault.New(fault.Conflict, "meeting.not_there")
	case who == runner:
	case self && who == st.chair && in.count() > 1, runner != 0 && !late:
		return fault.New(fault.Denied, "meeting.moves.not_runner")
	}
	return in.canPut(mv, st)
}

// canPut returns nil if there can be a vote on the move now, whoever runs it.
func (in *room) canPut(mv Move, st standing) error {
	switch {
	case mv.State != MovePending || !mv.voted():
		return fault.New(fault.Conflict, "meeting.moves.over")
	case mv.Ready.IsZero():
		return fault.New(fault.Conflict, "meeting.moves.no_support")
	case st.VoteOpen:
		return fault.New(fault.Conflict, "meeting.vote_open")
	case in.stale(mv, st):
		return fault.New(fault.Conflict, "meeting.past_stop")
	case in.tooSoon(mv):
		return fault.New(fault.Conflict, "meeting.adjourn.sooner")
	case !procedure.Heard(mv.Kind, st.Situation):
		return fault.New(fault.Conflict, "meeting.moves.wait")
	}
	if err := in.fits(mv.Kind, st); err != nil {
		return err
	}
	if first, ok := in.first(st); ok && first.ID != mv.ID {
		return fault.New(fault.Conflict, "meeting.moves.other_first")
	}
	if mv.Kind == procedure.GoRound || mv.Kind == procedure.Spokes {
		return in.apart()
	}
	return in.whole()
}

// fits returns nil if what a move of the kind asks for can be done with those who are there, and as they speak now.
func (in *room) fits(k procedure.Kind, st standing) error {
	switch k {
	case procedure.GoRound:
		return in.roundFits(st.chair)
	case procedure.Spokes:
		return in.spokesFit()
	case procedure.AllSpeak:
		if _, open, err := in.spokesNow(); err != nil || !open {
			if err == nil {
				err = fault.New(fault.Conflict, "meeting.spokes.none")
			}
			return err
		}
	case procedure.ComeBack:
		it, _ := in.item(in.m.Item)
		if decided, err := in.decided(it); err != nil || decided {
			if err == nil {
				err = fault.New(fault.Conflict, "meeting.console.decided")
			}
			return err
		}
	}
	return nil
}

// stale says whether the end of the meeting has come for a move: only more time brings it back.
func (in *room) stale(mv Move, st standing) bool {
	s := st.Situation
	s.Pending = nil
	return slices.Contains(procedure.InOrder(mv.Kind, s, procedure.Person{Member: true, Present: true}), procedure.PastStop)
}

// moot says whether there can be no vote on a move as things are, however many want it: the end of the meeting has come for it, or its date, or too few are there for it, or too many. It waits,
// and nothing waits for it: what one member alone asks for cannot hold a meeting up.
func (in *room) moot(mv Move, st standing) bool {
	return in.stale(mv, st) || in.tooSoon(mv) || fault.KindOf(in.fits(mv.Kind, st)) == fault.Conflict
}

// tooSoon says whether a move asks for another date that has come meanwhile.
func (in *room) tooSoon(mv Move) bool {
	return mv.adjourns() && mv.At.Before(in.tx.Now.Add(leastApart))
}

// first returns the move on which people vote first, of those that enough support.
func (in *room) first(st standing) (Move, bool) {
	for _, p := range procedure.Precedence(st.Pending) {
		mv, ok := in.move(MoveID(p.ID))
		if ok && mv.voted() && mv.State == MovePending && !mv.Ready.IsZero() && !in.moot(mv, st) {
			return mv, true
		}
	}
	return Move{}, false
}

func (in *room) move(id MoveID) (Move, bool) {
	i := slices.IndexFunc(in.moves, func(mv Move) bool { return mv.ID == id })
	if i < 0 {
		return Move{}, false
	}
	return in.moves[i], true
}

// clear returns fault.Conflict while there is a move that comes before what whoever facilitates would do: it is voted on, or enough support it, or a ruling is due; and while
// people do something together.
func (in *room) clear() error { return in.clearBut("") }

// clearBut is clear, as what moves of a kind ask for is done.
func (in *room) clearBut(k procedure.Kind) error {
	if err := in.apart(); err != nil {
		return err
	}
	st, err := in.standing()
	if err != nil {
		return err
	}
	for _, mv := range in.moves {
		if mv.State == MoveVoting || mv.State == MovePending && mv.Kind != k && !mv.Ready.IsZero() && !in.moot(mv, st) {
			return fault.New(fault.Conflict, "meeting.moves.before")
		}
	}
	return nil
}

// mayChoose returns fault.Conflict while a move comes before what whoever facilitates chooses by themselves with too few there, or once the time is over: only talk, another date, a vote
// online (practice.md §2.5.3). One member alone does not hold that up for longer than others need to support what they ask for.
func (in *room) mayChoose() error {
	if err := in.apart(); err != nil {
		return err
	}
	st, err := in.standing()
	if err != nil {
		return err
	}
	var alone error
	for _, mv := range in.moves {
		switch {
		case !in.holds(mv, st):
		case mv.lone():
			alone = fault.New(fault.Conflict, "meeting.moves.lone", "At", lang.Clock(mv.Made.Add(toSupport)))
		default:
			return fault.New(fault.Conflict, "meeting.moves.before")
		}
	}
	return alone
}

// lone says whether a move is still that of one member alone. A rules question waits for a ruling, and for nobody's support.
func (mv Move) lone() bool {
	return mv.State == MovePending && mv.Support < 2 && mv.Kind != procedure.RulesQuestion
}

// holds says whether what whoever facilitates chooses by themselves waits for the move: it is voted on, or it is in order and somebody supports it, or still can.
func (in *room) holds(mv Move, st standing) bool {
	s := st.Situation
	s.Pending = nil
	switch {
	case mv.State != MovePending:
		return mv.State == MoveVoting
	case len(procedure.InOrder(mv.Kind, s, procedure.Person{Member: true, Present: true})) > 0, in.moot(mv, st):
		return false
	}
	return !mv.lone() || in.tx.Now.Before(mv.Made.Add(toSupport))
}

// fall ends the moves for which whoever facilitates did not have to wait: those that nobody supports, and those that are not in order any more.
func (in *room) fall() error {
	st, err := in.standing()
	if err != nil {
		return err
	}
	for _, mv := range slices.Clone(in.moves) {
		how := MoveLapsed
		if mv.lone() && !in.tx.Now.Before(mv.Made.Add(toSupport)) {
			how = MoveFell
		}
		if mv.IsOpen() && !in.holds(mv, st) {
			if err := in.drop(mv, how, ""); err != nil {
				return err
			}
		}
	}
	return nil
}

// choosable says whether whoever facilitates can choose something by themselves, now or soon, so that it matters whether a move is supported.
func (in *room) choosable() bool { return in.count() < in.m.Quorum || !in.tx.Now.Before(in.m.Stop) }

// sits returns fault.Conflict while the meeting has a break, or people talk in small groups.
func (in *room) sits() error {
	if in.m.OnBreak(in.tx.Now) {
		return fault.New(fault.Conflict, "meeting.on_break", "At", in.m.Break)
	}
	return in.whole()
}

// replaced says whether people decided that somebody else facilitates: this item, or the meeting.
func (in *room) replaced(who member.ID) bool {
	return slices.ContainsFunc(in.moves, func(mv Move) bool {
		return mv.Kind == procedure.Replace && mv.State == MoveCarried && mv.About == who && (mv.Whole || mv.Item == in.m.Item)
	})
}

// OnBreak says whether the meeting has a break.
func (m Meeting) OnBreak(now time.Time) bool { return now.Before(m.Break) }

package procedure

import (
	"slices"
	"time"

	"folkmoot/internal/tally"
)

// State is how far a meeting is, as far as moves are concerned.
type State string

// The states.
const (
	Outside   State = "outside"   // it is not open yet, or over
	Gathering State = "gathering" // people check in, or too few are here
	Sitting   State = "sitting"
	Break     State = "break" // or in small groups
	Closing   State = "closing"
)

// Matter is what an item is about, where moves depend on it.
type Matter string

// The matters.
const (
	Other    Matter = ""
	Money    Matter = "money"
	Rules    Matter = "rules"
	Election Matter = "election"
	Recall   Matter = "recall"
)

// power says whether it is about who holds a role, which no move puts off.
func (m Matter) power() bool { return m == Election || m == Recall }

// Item is what is talked about or, while Called is false, what comes next.
type Item struct {
	Called   bool
	Matter   Matter
	Voted    bool // a proposal: it ends with a vote
	Report   bool
	Clauses  int
	ByClause bool // they are voted on one by one
	Secret   bool // the vote is secret, because the rules or enough people ask for it
	Urgent   bool // the notice called it so, and nobody has decided otherwise since
	Extended int  // how often it was given more time
}

// Loss is a move that was voted down.
type Loss struct {
	Kind Kind
	Ago  time.Duration
	Here bool // on the item that is talked about
}

// Situation is what moves depend on in a meeting.
type Situation struct {
	State     State
	Item      Item
	Left      int // items that are still to come, that in Item included if it is not called
	Speaking  bool
	VoteOpen  bool // in the room, on anything, a move too
	Result    bool // of a vote was just read out, and nothing has come since
	Recounted bool // that result
	Ruling    bool // was just given, nothing has come since, and it was not challenged
	Warned    bool // somebody was warned in this meeting and is still here
	Closed    bool // doors

	ForOffered, AgainstOffered bool // somebody spoke for the item, or against; or people were asked and nobody would

	Delegates     bool // with mandates vote, so that votes are by name
	SecretRequest int  // how many must ask for a secret vote (rules secret_request)

	Stopped   bool // the hard stop has come
	StopMoved bool // it was moved once, by a vote
	MostExtra int  // minutes by which it can be (rules meeting.extend_max_minutes)

	Pending []Pending
	Lost    []Loss // in this meeting

	Groups bool          // the rules of a branch or a federation: procedure is timed, and moves can be put together
	Spent  time.Duration // on procedure in this session
}

// Person is who would like to make a move.
type Person struct {
	Member      bool
	Present     bool
	Facilitates bool
	Spoken      bool   // to the item; a question of fact is none
	Made        []Kind // moves on this item
}

// CoolDown is how long a move cannot be made again after it was voted down.
const CoolDown = 10 * time.Minute

// InOrder returns every reason why a person cannot make a move now; none means that it is in order. What must be named with it is for
// Complete, whether enough support it for Supporters.
//
// Each kind of move can be made once on an item by the same person, and not within CoolDown after it was lost. Two follow the rights of
// members (practice.md §2.1) and not that: whether enough people are here is counted whenever anybody asks (§2.5.3), and every ruling can be
// challenged, however the challenge of another went, because it can be challenged at once only. What puts an item off, or drops it, is not
// in order for a recall or an election, as it is not by changing the order of items.
func InOrder(k Kind, s Situation, p Person) (no []Reason) {
	m, ok := Find(k)
	if !ok {
		return []Reason{NoMove}
	}
	because := func(r Reason, so bool) {
		if so {
			no = append(no, r)
		}
	}
	because(Guest, !p.Member)
	because(NotHere, !p.Present)
	switch s.State {
	case Sitting, Closing:
	case Gathering, Break:
		because(NotSitting, !m.always)
	default:
		because(NotOpen, true)
	}
	because(VoteOpen, s.VoteOpen && !m.inVote)
	late := k == MoreTime && s.Stopped // then it is for the meeting
	because(NoItem, m.ofItem && !s.Item.Called && !late)
	because(MidItem, m.When == BetweenItems && s.Item.Called)
	because(PastStop, s.Stopped && m.voted() && !m.late)
	because(OnceOnly, k != Quorum && slices.Contains(p.Made, k))
	because(Cooling, m.voted() && k != Challenge && slices.ContainsFunc(s.Lost, func(l Loss) bool {
		return l.Kind == k && l.Ago < CoolDown && (l.Here || !m.ofItem)
	}))
	because(IsPending, (m.voted() || m.Decided == OnDemand || m.Decided == OnDemandOnce) && s.pending(k))
	return append(no, own(m, s, p)...)
}

// own returns the reasons that are those of single moves.
func own(m Move, s Situation, p Person) (no []Reason) {
	because := func(r Reason, so bool) {
		if so {
			no = append(no, r)
		}
	}
	voted := s.Item.Called && !s.Item.Voted
	switch m.Kind {
	case Challenge:
		because(OwnRuling, p.Facilitates)
		because(NoRuling, !s.Ruling)
	case VoteNow:
		because(NoQuestion, voted)
		because(HasSpoken, p.Spoken)
		because(ForNotOffered, s.Item.Called && !s.ForOffered)
		because(AgainstNotOffered, s.Item.Called && !s.AgainstOffered)
	case MoreTime:
		because(StopMoved, s.Stopped && s.StopMoved)
	case MoveOn:
		because(HasSpoken, p.Spoken)
		because(DelaysPower, s.Item.Matter.power())
	case ComeBack, Refer:
		because(DelaysPower, s.Item.Matter.power())
	case SendBack:
		because(NoReport, s.Item.Called && !s.Item.Report)
	case ByClause:
		because(NoQuestion, voted)
		because(OneClause, s.Item.Called && s.Item.Voted && s.Item.Clauses < 2)
		because(IsByClause, s.Item.ByClause)
	case SecretVote:
		because(NoQuestion, voted)
		because(IsSecret, s.Item.Secret)
	case NotUrgent:
		because(NoQuestion, voted)
		because(IsNotUrgent, s.Item.Called && s.Item.Voted && !s.Item.Urgent)
	case NamedVote:
		because(NoQuestion, voted)
		because(SecretAsked, s.Item.Secret || s.pending(SecretVote))
		because(IsNamed, s.Delegates && !s.Item.Secret)
	case Recount:
		because(NoResult, !s.Result)
		because(IsRecounted, s.Result && s.Recounted)
	case Reorder:
		because(NothingLeft, !s.Item.Called && s.Left < 2)
	case CloseDoors:
		because(NothingLeft, !s.Item.Called && s.Left < 1)
		because(MustBeOpen, s.Item.Matter != Other)
		because(IsClosed, s.Closed)
	case AskToLeave:
		because(NobodyWarned, !s.Warned)
	}
	return no
}

func (s Situation) pending(k Kind) bool {
	return slices.ContainsFunc(s.Pending, func(p Pending) bool { return p.Kind == k })
}

// Supports returns every reason why a person cannot support a move that is pending; own says that they have made it. Whoever may not
// challenge a ruling does not support that either; whoever has spoken may support what they may not ask for.
func Supports(k Kind, s Situation, p Person, own bool) (no []Reason) {
	if _, ok := Find(k); !ok {
		return []Reason{NoMove}
	}
	for _, r := range []struct {
		Reason
		so bool
	}{
		{Guest, !p.Member}, {NotHere, !p.Present}, {NotOpen, s.State == Outside || s.State == ""}, {OwnMove, own},
		{OwnRuling, k == Challenge && p.Facilitates},
	} {
		if r.so {
			no = append(no, r.Reason)
		}
	}
	return no
}

// Heard says whether a move that is in order is taken up now; if it is not, it waits until whoever speaks has finished, the vote is closed
// or the meeting goes on.
func Heard(k Kind, s Situation) bool {
	m, ok := Find(k)
	switch {
	case !ok:
		return false
	case m.When == Interrupts, m.When == AtOnce:
		return true
	}
	return !s.Speaking && !s.VoteOpen && (s.State == Sitting || s.State == Closing || s.State == Gathering)
}

// Named is what is named with a move.
type Named struct {
	Rule    string // its key
	Tier    int    // of the rule (practice.md §2.13.2)
	Safety  bool   // fairness or safety, where no rule is named
	Meeting bool   // for the whole meeting; of MoreTime, past its hard stop
	Item    bool   // for this item
	Minutes int
	At      time.Time // the date it is put off to, is due on, goes on at, or is made public
	Group   string
	Part    string
	Person  bool // it is said whom it is about
	Order   bool // it is said in what order
	Delays  bool // a recall or an election would come later than without it
}

// releaseMonths is for how long, at most, what is said behind closed doors stays there.
const releaseMonths = 12

// Complete returns what is missing in what was named with a move, or cannot be; none means that it can be put. Now is when that is.
func Complete(k Kind, s Situation, n Named, now time.Time) (no []Reason) {
	m, ok := Find(k)
	if !ok {
		return []Reason{NoMove}
	}
	missing := map[Reason]bool{
		NameRuleOrSafety: n.Rule == "" && !n.Safety, NameRule: n.Rule == "", NameMinutes: n.Minutes <= 0, NameDate: !n.At.After(now),
		NameGroup: n.Group == "", NamePart: n.Part == "", NameOrder: !n.Order, NamePerson: !n.Person,
		NameRelease: !n.At.After(now) || n.At.After(now.AddDate(0, releaseMonths, 0)), NameExtent: n.Item == n.Meeting,
	}
	for _, r := range m.Names {
		if missing[r] {
			no = append(no, r)
		}
	}
	switch {
	case k == SetAside && n.Rule != "" && n.Tier < 2:
		no = append(no, RuleTooBasic)
	case k == SetAside && n.Rule != "" && n.Tier > 2:
		no = append(no, RuleEasy)
	case k == Reorder && n.Delays:
		no = append(no, DelaysPower)
	case k == MoreTime && (n.Meeting || s.Stopped):
		if s.StopMoved {
			no = append(no, StopMoved)
		}
		if n.Minutes > s.MostExtra {
			no = append(no, TooManyMinutes)
		}
	}
	return no
}

// Needed returns how a move is decided here, and by what majority if by a vote. More time for an item needs two thirds from the second time
// on, and for the meeting always (practice.md §2.5.7). Where delegates vote, votes are named by themselves.
func Needed(k Kind, s Situation, n Named) (Decided, tally.Rule) {
	m, _ := Find(k)
	switch {
	case k == MoreTime && (n.Meeting || s.Stopped):
		return m.Decided, tally.TwoThirds()
	case k == MoreTime && s.Item.Extended > 0:
		return m.Decided, m.Again
	case m.Decided == ByVoteOrDelegates && s.Delegates:
		return Itself, tally.Rule{}
	case m.Decided == ByVoteOrDelegates:
		return ByVote, m.Majority
	}
	return m.Decided, m.Majority
}

package procedure

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/lang"
	"folkmoot/internal/tally"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var start = time.Date(2026, 3, 3, 19, 0, 0, 0, time.UTC)

// page returns the rows of the table of practice.md §2.4, cell by cell, and the sentence on precedence below it.
func page(t *testing.T) (rows [][]string, precedence string) {
	t.Helper()
	text, err := os.ReadFile("testdata/moves.md")
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		switch {
		case strings.HasPrefix(line, "Precedence"):
			precedence = line
		case i < 2 || line == "":
		default:
			var cells []string
			for _, c := range strings.Split(strings.Trim(line, "|"), "|") {
				cells = append(cells, strings.TrimSpace(c))
			}
			rows = append(rows, cells)
		}
	}
	return rows, precedence
}

// The words of the page's columns, as values.
var (
	whens = map[string]When{
		"yes": Interrupts, "at once": AtOnce, "no": InTurn, "next": Next, "after result": AfterResult, "between items": BetweenItems,
		"between speakers": BetweenSpeakers, "after warning": AfterWarning,
	}
	supports = map[string]Support{"no": Alone, "yes": OneMore, "A:1 B:2 C:10 in all": ByNumber}
	debates  = map[string]Debate{"no": None, "1/1": OneEach, "open": OpenTalk, "member may reply": MayReply}
	deciders = map[string]struct {
		Decided
		first, second tally.Rule
	}{
		"facilitator rules, gives rule": {Decided: ByFacilitator},
		"facilitator":                   {Decided: ByFacilitator},
		"facilitator or simple":         {Decided: ByFacilitatorOrVote, first: tally.Simple()},
		"simple to overturn":            {Decided: ByVote, first: tally.Simple()},
		"simple":                        {Decided: ByVote, first: tally.Simple()},
		"simple (first), ⅔ (second)":    {Decided: ByVote, first: tally.Simple(), second: tally.TwoThirds()},
		"⅔":                             {Decided: ByVote, first: tally.TwoThirds()},
		"–":                             {Decided: Itself},
		"on demand":                     {Decided: OnDemand},
		"on demand once":                {Decided: OnDemandOnce},
		"simple; automatic for mandated delegates":                                  {Decided: ByVoteOrDelegates, first: tally.Simple()},
		"⅔; facilitator must first check that ≥ 1 for and ≥ 1 against were offered": {Decided: ByVote, first: tally.TwoThirds()},
	}
	// effects also say what must be named.
	effects = map[string]struct {
		Effect
		names []Reason
	}{
		"ruling logged":                   {RulingLogged, []Reason{NameRuleOrSafety}}, // which its last column says
		"vice facilitator runs this vote": {RulingOverturned, nil},
		"next on rota takes over":         {NextFacilitates, []Reason{NameExtent}},
		"30 s question":                   {QuestionAsked, nil},
		"60 s":                            {CorrectionMade, nil},
		"one named Tier-2 rule, one item": {RuleAside, []Reason{NameRule}},
		"last word, then vote; applies to the pending change only unless stated": {LastWordThenVote, nil},
		"clock":                                    {ClockExtended, []Reason{NameMinutes}},
		"no vote on merits; resubmit bar":          {ItemDropped, nil},
		"date fixed":                               {ItemPostponed, []Reason{NameDate}},
		"named group + due date (else refused)":    {ItemReferred, []Reason{NameGroup, NameDate}},
		"author reports again by date":             {PartSentBack, []Reason{NamePart, NameDate}},
		"separate votes, then whole":               {ClausesThenWhole, nil},
		"secret ballot":                            {BallotSecret, nil},
		"people who are absent can object":         {UrgencyLifted, nil}, // §2.7.6
		"votes recorded by name":                   {BallotNamed, nil},
		"tellers count":                            {TellersCount, nil},
		"–":                                        {ItemsReordered, []Reason{NameOrder}},
		"round or breakouts, n min":                {RoundHeld, []Reason{NameMinutes}},
		"one of each group speaks":                 {SpokesSpeak, nil}, // §2.5.5, large groups
		"the list is open to all":                  {AllSpeakAgain, nil},
		"non-binding":                              {FeelingShown, nil},
		"heading public, release date ≤ 12 months": {DoorsClosed, []Reason{NameRelease}},
		"till end of meeting; vote on record; they may vote async": {PersonLeaves, []Reason{NamePerson}},
		"count":         {PresentCounted, nil},
		"to fixed time": {MeetingAdjourned, []Reason{NameDate}},
	}
	bars = map[string][]Reason{
		"must name a rule or pick \"fairness/safety\"": nil, // stands in Names
		"facilitator":                             {OwnRuling},
		"–":                                       nil,
		"Tier-0/1 rules":                          {RuleTooBasic},
		"anyone who has spoken on the item":       {HasSpoken},
		"spoken on item":                          {HasSpoken},
		"where secret already demanded":           {SecretAsked},
		"to delay a recall or election":           {DelaysPower},
		"decisions about money, rules, elections": {MustBeOpen},
		"facilitator alone":                       {NotAlone},
		"while a vote is open":                    {VoteOpen},
	}
)

// TestTable holds each row of the table, column by column, against the page.
func TestTable(t *testing.T) {
	rows, _ := page(t)
	voice := voices(t)[0]
	if len(rows) != len(Table()) {
		t.Fatalf("the page has %d moves, and the table %d", len(rows), len(Table()))
	}
	for i, m := range Table() {
		row := rows[i]
		name := row[0]
		when, ok := whens[row[2]]
		if !ok || m.When != when {
			t.Errorf("%s is heard %s, and the page says %q", name, m.When, row[2])
		}
		if s, ok := supports[row[3]]; !ok || m.Support != s {
			t.Errorf("%s is supported by %s, and the page says %q", name, m.Support, row[3])
		}
		if d, ok := debates[row[4]]; !ok || m.Debate != d {
			t.Errorf("%s has the debate %s, and the page says %q", name, m.Debate, row[4])
		}
		if d, ok := deciders[row[5]]; !ok || m.Decided != d.Decided || m.Majority != d.first || m.Again != d.second {
			t.Errorf("%s is decided by %s with %+v, again %+v, and the page says %q", name, m.Decided, m.Majority, m.Again, row[5])
		}
		e, ok := effects[row[6]]
		if !ok || m.Effect != e.Effect || !slices.Equal(m.Names, e.names) {
			t.Errorf("%s has the effect %s and must name %v, and the page says %q", name, m.Effect, m.Names, row[6])
		}
		want, ok := bars[row[7]]
		if strings.Contains(row[5], "were offered") { // which stands beside the majority
			want = append([]Reason{ForNotOffered, AgainstNotOffered}, want...)
		}
		if !ok || !slices.Equal(m.Bars, want) {
			t.Errorf("%s is barred by %v, and the page says %q", name, m.Bars, row[7])
		}
		said, _, _ := strings.Cut(voice.Say(m.Kind.Name()), "…")
		plain := func(s string) string {
			return strings.NewReplacer(" / break into groups", "", " / ", " or ", "(report part)", "(part of a report)", " (n min)", "", " (this item / meeting)", "").Replace(s)
		}
		if first, _, _ := strings.Cut(plain(name), "…"); said != first {
			t.Errorf("the button says %q, and the page %q", said, name)
		}
	}
}

// TestSupporters: two in all where a supporter is needed, and of a secret vote as many as the presets A, B and C ask for.
func TestSupporters(t *testing.T) {
	for _, m := range Table() {
		want := map[Support][3]int{Alone: {1, 1, 1}, OneMore: {2, 2, 2}, ByNumber: {1, 2, 10}}[m.Support]
		if got := [3]int{m.Supporters(1), m.Supporters(2), m.Supporters(10)}; got != want {
			t.Errorf("%s needs %v, want %v", m.Kind, got, want)
		}
	}
}

// debating is a meeting in which a proposal of three points was talked about from both sides.
func debating() Situation {
	return Situation{
		State: Sitting, Item: Item{Called: true, Voted: true, Clauses: 3}, Left: 2, ForOffered: true, AgainstOffered: true,
		SecretRequest: 2, MostExtra: 30, Groups: true,
	}
}

func member() Person { return Person{Member: true, Present: true} }

// inDebate are the moves that are in order for a member who has not spoken, while debating.
var inDebate = []Kind{RulesQuestion, Replace, Fact, Explain, SetAside, VoteNow, MoreTime, MoveOn, ComeBack, Refer, ByClause, SecretVote,
	NamedVote, GoRound, Spokes, AllSpeak, Feeling, Quorum, Adjourn}

func possible(s Situation, p Person) (out []Kind) {
	for _, m := range Table() {
		if len(InOrder(m.Kind, s, p)) == 0 {
			out = append(out, m.Kind)
		}
	}
	return out
}

// TestPossible: what is in order in the situations of a meeting, as a whole.
func TestPossible(t *testing.T) {
	change := func(f func(*Situation)) Situation { s := debating(); f(&s); return s }
	without := func(ks ...Kind) (out []Kind) {
		for _, k := range inDebate {
			if !slices.Contains(ks, k) {
				out = append(out, k)
			}
		}
		return out
	}
	ofItem := []Kind{Fact, VoteNow, MoreTime, MoveOn, ComeBack, Refer, ByClause, SecretVote, NamedVote, GoRound, Spokes, AllSpeak, Feeling}
	for _, tt := range []struct {
		name string
		s    Situation
		p    Person
		want []Kind
	}{
		{"a debate", debating(), member(), inDebate},
		{"who has spoken", debating(), Person{Member: true, Present: true, Spoken: true}, without(VoteNow, MoveOn)},
		{"nobody was asked for the other side", change(func(s *Situation) { s.AgainstOffered = false }), member(), without(VoteNow)},
		{"a vote is open", change(func(s *Situation) { s.VoteOpen = true }), member(), []Kind{RulesQuestion, Quorum}},
		{"after a ruling", change(func(s *Situation) { s.Ruling = true }), member(), sorted(append(without(), Challenge))},
		{"after a ruling, whoever facilitates", change(func(s *Situation) { s.Ruling = true }), Person{Member: true, Present: true, Facilitates: true}, inDebate},
		{"after a result, between items", change(func(s *Situation) { s.Result, s.Item.Called = true, false }), member(),
			sorted(append(without(ofItem...), Recount, Reorder, CloseDoors))},
		{"before the last item", change(func(s *Situation) { s.Item.Called, s.Left = false, 1 }), member(), sorted(append(without(ofItem...), CloseDoors))},
		{"before an item about money", change(func(s *Situation) { s.Item.Called, s.Item.Matter = false, Money }), member(), sorted(append(without(ofItem...), Reorder))},
		{"a recall", change(func(s *Situation) { s.Item.Matter, s.Item.Secret = Recall, true }), member(),
			without(MoveOn, ComeBack, Refer, SecretVote, NamedVote)},
		{"a report", change(func(s *Situation) { s.Item.Voted, s.Item.Report = false, true }), member(),
			sorted(append(without(VoteNow, ByClause, SecretVote, NamedVote), SendBack))},
		{"delegates vote", change(func(s *Situation) { s.Delegates = true }), member(), without(NamedVote)},
		{"somebody was warned", change(func(s *Situation) { s.Warned = true }), member(), sorted(append(without(), AskToLeave))},
		{"in a break", change(func(s *Situation) { s.State = Break }), member(), []Kind{RulesQuestion, Quorum}},
		{"people check in", change(func(s *Situation) { s.State = Gathering }), member(), []Kind{RulesQuestion, Quorum}},
		{"the meeting closes", change(func(s *Situation) { s.State, s.Item, s.Left = Closing, Item{}, 0 }), member(), without(ofItem...)},
		{"the hard stop has come", change(func(s *Situation) { s.Stopped = true }), member(),
			[]Kind{RulesQuestion, Replace, Fact, Explain, MoreTime, SecretVote, Feeling, Quorum, Adjourn}},
		{"it has come again", change(func(s *Situation) { s.Stopped, s.StopMoved = true, true }), member(),
			[]Kind{RulesQuestion, Replace, Fact, Explain, SecretVote, Feeling, Quorum, Adjourn}},
		{"a guest", debating(), Person{Present: true}, nil},
		{"a member at home", debating(), Person{Member: true}, nil},
		{"no meeting", Situation{}, member(), nil},
		{"a move is pending", change(func(s *Situation) { s.Pending = []Pending{{Kind: Adjourn}, {Kind: Fact}, {Kind: SecretVote}} }), member(),
			without(Adjourn, SecretVote, NamedVote)},
		{"some were lost", change(func(s *Situation) {
			s.Lost = []Loss{{Adjourn, 9 * time.Minute, false}, {MoveOn, 9 * time.Minute, false}, {VoteNow, time.Minute, true}, {Refer, CoolDown, true}}
		}), member(), without(Adjourn, VoteNow)},
		{"one made some", debating(), Person{Member: true, Present: true, Made: []Kind{Quorum, RulesQuestion, MoreTime}}, without(RulesQuestion, MoreTime)},
		{"the notice called it urgent", change(func(s *Situation) { s.Item.Urgent = true }), member(), sorted(append(without(), NotUrgent))},
		{"point by point, in secret", change(func(s *Situation) { s.Item.ByClause, s.Item.Secret = true, true }), member(), without(ByClause, SecretVote, NamedVote)},
		{"a proposal of one point", change(func(s *Situation) { s.Item.Clauses = 1 }), member(), without(ByClause)},
	} {
		if diff := cmp.Diff(tt.want, possible(tt.s, tt.p)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func sorted(ks []Kind) (out []Kind) {
	for _, m := range Table() {
		if slices.Contains(ks, m.Kind) {
			out = append(out, m.Kind)
		}
	}
	return out
}

// TestEveryReason: a move that is out of order for several reasons says all of them, and each single reason is given where it is one.
func TestEveryReason(t *testing.T) {
	s := debating()
	s.ForOffered, s.AgainstOffered, s.VoteOpen, s.Stopped = false, false, true, true
	s.Lost, s.Pending = []Loss{{VoteNow, time.Minute, true}}, []Pending{{Kind: VoteNow}}
	p := Person{Member: true, Present: true, Spoken: true, Made: []Kind{VoteNow}}
	want := []Reason{VoteOpen, PastStop, OnceOnly, Cooling, IsPending, HasSpoken, ForNotOffered, AgainstNotOffered}
	if got := InOrder(VoteNow, s, p); !slices.Equal(got, want) {
		t.Errorf("reasons are %v, want %v", got, want)
	}
	for _, tt := range []struct {
		kind Kind
		f    func(*Situation, *Person)
		want Reason
	}{
		{"nothing", func(*Situation, *Person) {}, NoMove},
		{TheProposal, func(*Situation, *Person) {}, NoMove},
		{Fact, func(_ *Situation, p *Person) { p.Member = false }, Guest},
		{Fact, func(_ *Situation, p *Person) { p.Present = false }, NotHere},
		{RulesQuestion, func(s *Situation, _ *Person) { s.State = Outside }, NotOpen},
		{Fact, func(s *Situation, _ *Person) { s.State = Gathering }, NotSitting},
		{Adjourn, func(s *Situation, _ *Person) { s.VoteOpen = true }, VoteOpen},
		{MoreTime, func(s *Situation, _ *Person) { s.Item.Called = false }, NoItem},
		{Reorder, func(*Situation, *Person) {}, MidItem},
		{CloseDoors, func(*Situation, *Person) {}, MidItem},
		{SetAside, func(s *Situation, _ *Person) { s.Stopped = true }, PastStop},
		{SetAside, func(_ *Situation, p *Person) { p.Made = []Kind{SetAside} }, OnceOnly},
		{SetAside, func(s *Situation, _ *Person) { s.Lost = []Loss{{Kind: SetAside}} }, Cooling},
		{SetAside, func(s *Situation, _ *Person) { s.Pending = []Pending{{Kind: SetAside}} }, IsPending},
		{Challenge, func(s *Situation, p *Person) { s.Ruling, p.Facilitates = true, true }, OwnRuling},
		{Challenge, func(*Situation, *Person) {}, NoRuling},
		{VoteNow, func(s *Situation, _ *Person) { s.ForOffered = false }, ForNotOffered},
		{VoteNow, func(s *Situation, _ *Person) { s.AgainstOffered = false }, AgainstNotOffered},
		{VoteNow, func(_ *Situation, p *Person) { p.Spoken = true }, HasSpoken},
		{MoveOn, func(_ *Situation, p *Person) { p.Spoken = true }, HasSpoken},
		{SecretVote, func(s *Situation, _ *Person) { s.Item.Voted = false }, NoQuestion},
		{MoreTime, func(s *Situation, _ *Person) { s.Stopped, s.StopMoved = true, true }, StopMoved},
		{ComeBack, func(s *Situation, _ *Person) { s.Item.Matter = Election }, DelaysPower},
		{Refer, func(s *Situation, _ *Person) { s.Item.Matter = Recall }, DelaysPower},
		{SendBack, func(*Situation, *Person) {}, NoReport},
		{ByClause, func(s *Situation, _ *Person) { s.Item.Clauses = 1 }, OneClause},
		{ByClause, func(s *Situation, _ *Person) { s.Item.ByClause = true }, IsByClause},
		{SecretVote, func(s *Situation, _ *Person) { s.Item.Secret = true }, IsSecret},
		{NotUrgent, func(*Situation, *Person) {}, IsNotUrgent},
		{NotUrgent, func(s *Situation, _ *Person) { s.Item.Urgent, s.Item.Voted = true, false }, NoQuestion}, // it was decided
		{NamedVote, func(s *Situation, _ *Person) { s.Delegates = true }, IsNamed},
		{NamedVote, func(s *Situation, _ *Person) { s.Pending = []Pending{{Kind: SecretVote}} }, SecretAsked},
		{NamedVote, func(s *Situation, _ *Person) { s.Delegates, s.Item.Secret = true, true }, SecretAsked},
		{Recount, func(*Situation, *Person) {}, NoResult},
		{Recount, func(s *Situation, _ *Person) { s.Result, s.Recounted = true, true }, IsRecounted},
		{Reorder, func(s *Situation, _ *Person) { s.Item.Called, s.Left = false, 1 }, NothingLeft},
		{CloseDoors, func(s *Situation, _ *Person) { s.Item, s.Left = Item{}, 0 }, NothingLeft},
		{CloseDoors, func(s *Situation, _ *Person) { s.Item = Item{Matter: Rules} }, MustBeOpen},
		{CloseDoors, func(s *Situation, _ *Person) { s.Item, s.Closed = Item{}, true }, IsClosed},
		{AskToLeave, func(*Situation, *Person) {}, NobodyWarned},
	} {
		s, p := debating(), member()
		tt.f(&s, &p)
		if got := InOrder(tt.kind, s, p); !slices.Equal(got, []Reason{tt.want}) {
			t.Errorf("%s: %v, want %s alone", tt.kind, got, tt.want)
		}
	}
}

// TestRightsAreNotUsedUp: the same person can ask for a count of who is here again and again, and a ruling can be challenged although a
// challenge of another was lost.
func TestRightsAreNotUsedUp(t *testing.T) {
	s := debating()
	s.Ruling, s.Lost = true, []Loss{{Challenge, time.Minute, true}}
	s.Pending = []Pending{{Kind: Quorum}}
	p := member()
	p.Made = []Kind{Quorum}
	for _, k := range []Kind{Challenge, Quorum} {
		if got := InOrder(k, s, p); len(got) > 0 {
			t.Errorf("%s is not in order: %v", k, got)
		}
	}
}

func TestSupports(t *testing.T) {
	s := debating()
	for _, tt := range []struct {
		name string
		kind Kind
		s    Situation
		p    Person
		own  bool
		want []Reason
	}{
		{"a member", VoteNow, s, member(), false, nil},
		{"who has spoken", VoteNow, s, Person{Member: true, Present: true, Spoken: true}, false, nil},
		{"themselves", VoteNow, s, member(), true, []Reason{OwnMove}},
		{"a guest", VoteNow, s, Person{}, false, []Reason{Guest, NotHere}},
		{"whoever facilitates, a challenge", Challenge, s, Person{Member: true, Present: true, Facilitates: true}, false, []Reason{OwnRuling}},
		{"whoever facilitates, another move", Adjourn, s, Person{Member: true, Present: true, Facilitates: true}, false, nil},
		{"after the meeting", Adjourn, Situation{State: Outside}, member(), false, []Reason{NotOpen}},
		{"no move", TheChange, s, member(), false, []Reason{NoMove}},
	} {
		if got := Supports(tt.kind, tt.s, tt.p, tt.own); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestHeard(t *testing.T) {
	talk, vote, pause := debating(), debating(), debating()
	talk.Speaking, vote.VoteOpen, pause.State = true, true, Break
	for _, m := range Table() {
		now := m.Kind == RulesQuestion || m.Kind == Challenge
		if got := Heard(m.Kind, talk); got != now {
			t.Errorf("%s while somebody speaks: %v", m.Kind, got)
		}
		if got := Heard(m.Kind, vote); got != now {
			t.Errorf("%s while a vote is open: %v", m.Kind, got)
		}
		if got := Heard(m.Kind, pause); got != now {
			t.Errorf("%s in a break: %v", m.Kind, got)
		}
		if !Heard(m.Kind, debating()) {
			t.Errorf("%s is not heard although nobody speaks", m.Kind)
		}
	}
	if Heard(TheProposal, debating()) {
		t.Error("the proposal is heard as a move")
	}
}

func TestComplete(t *testing.T) {
	soon, s := start.Add(time.Hour), debating()
	stopped := s
	stopped.Stopped = true
	moved := stopped
	moved.StopMoved = true
	for _, tt := range []struct {
		kind Kind
		s    Situation
		n    Named
		want []Reason
	}{
		{RulesQuestion, s, Named{}, []Reason{NameRuleOrSafety}},
		{RulesQuestion, s, Named{Safety: true}, nil},
		{RulesQuestion, s, Named{Rule: "speech_seconds.other", Tier: 2}, nil},
		{Challenge, s, Named{}, nil},
		{Replace, s, Named{}, []Reason{NameExtent}},
		{Replace, s, Named{Meeting: true, Item: true}, []Reason{NameExtent}},
		{Replace, s, Named{Meeting: true}, nil},
		{Replace, s, Named{Item: true}, nil},
		{SetAside, s, Named{}, []Reason{NameRule}},
		{SetAside, s, Named{Rule: "k_anonymity", Tier: 1}, []Reason{RuleTooBasic}},
		{SetAside, s, Named{Rule: "G8", Tier: 0}, []Reason{RuleTooBasic}},
		{SetAside, s, Named{Rule: "item_minutes", Tier: 3}, []Reason{RuleEasy}},
		{SetAside, s, Named{Rule: "speech_seconds.other", Tier: 2}, nil},
		{MoreTime, s, Named{}, []Reason{NameMinutes}},
		{MoreTime, s, Named{Minutes: 45}, nil},
		{MoreTime, s, Named{Minutes: 31, Meeting: true}, []Reason{TooManyMinutes}},
		{MoreTime, stopped, Named{Minutes: 31}, []Reason{TooManyMinutes}},
		{MoreTime, stopped, Named{Minutes: 30}, nil},
		{MoreTime, moved, Named{Minutes: 30}, []Reason{StopMoved}},
		{ComeBack, s, Named{At: start}, []Reason{NameDate}},
		{ComeBack, s, Named{At: soon}, nil},
		{Refer, s, Named{}, []Reason{NameGroup, NameDate}},
		{Refer, s, Named{Group: "Repairs", At: soon}, nil},
		{SendBack, s, Named{}, []Reason{NamePart, NameDate}},
		{SendBack, s, Named{Part: "2", At: soon}, nil},
		{Reorder, s, Named{}, []Reason{NameOrder}},
		{Reorder, s, Named{Order: true, Delays: true}, []Reason{DelaysPower}},
		{Reorder, s, Named{Order: true}, nil},
		{GoRound, s, Named{}, []Reason{NameMinutes}},
		{CloseDoors, s, Named{At: start.AddDate(1, 0, 1)}, []Reason{NameRelease}},
		{CloseDoors, s, Named{}, []Reason{NameRelease}},
		{CloseDoors, s, Named{At: start.AddDate(1, 0, 0)}, nil},
		{AskToLeave, s, Named{}, []Reason{NamePerson}},
		{AskToLeave, s, Named{Person: true}, nil},
		{Adjourn, s, Named{}, []Reason{NameDate}},
		{VoteNow, s, Named{}, nil},
		{TheProposal, s, Named{}, []Reason{NoMove}},
	} {
		if got := Complete(tt.kind, tt.s, tt.n, start); !slices.Equal(got, tt.want) {
			t.Errorf("%s with %+v: %v, want %v", tt.kind, tt.n, got, tt.want)
		}
	}
}

func TestNeeded(t *testing.T) {
	s := debating()
	again, late, delegates := s, s, s
	again.Item.Extended, late.Stopped, delegates.Delegates = 1, true, true
	for _, tt := range []struct {
		name string
		kind Kind
		s    Situation
		n    Named
		how  Decided
		by   tally.Rule
	}{
		{"more time, the first", MoreTime, s, Named{}, ByVote, tally.Simple()},
		{"more time, the second", MoreTime, again, Named{}, ByVote, tally.TwoThirds()},
		{"more time for the meeting", MoreTime, s, Named{Meeting: true}, ByVote, tally.TwoThirds()},
		{"more time past the hard stop", MoreTime, late, Named{}, ByVote, tally.TwoThirds()},
		{"by name", NamedVote, s, Named{}, ByVote, tally.Simple()},
		{"delegates by name", NamedVote, delegates, Named{}, Itself, tally.Rule{}},
		{"vote now", VoteNow, s, Named{}, ByVote, tally.TwoThirds()},
		{"secret", SecretVote, s, Named{}, OnDemand, tally.Rule{}},
		{"no move", TheChange, s, Named{}, "", tally.Rule{}},
	} {
		if how, by := Needed(tt.kind, tt.s, tt.n); how != tt.how || by != tt.by {
			t.Errorf("%s: %s, %+v", tt.name, how, by)
		}
	}
	for _, m := range Table() { // what is voted on has a majority that can be reached, and nothing else has one
		how, by := Needed(m.Kind, s, Named{})
		if voted := how == ByVote || how == ByFacilitatorOrVote; voted != (by.Check() == nil) {
			t.Errorf("%s is decided by %s with %+v", m.Kind, how, by)
		}
	}
}

// TestVotes: the vice runs the votes of which whoever facilitates is the matter, and nobody else but them the others.
func TestVotes(t *testing.T) {
	for _, m := range Table() {
		want := Facilitator
		switch {
		case m.Kind == Challenge || m.Kind == Replace:
			want = Vice
		case m.Kind == Recount:
			want = Tellers
		case m.Majority == tally.Rule{}:
			want = Nobody
		}
		if got := Votes(m.Kind, false); got != want {
			t.Errorf("%s: %s runs it, want %s", m.Kind, got, want)
		}
		if got := Votes(m.Kind, true); got == Facilitator {
			t.Errorf("%s: whoever facilitates runs a vote on a matter of their own", m.Kind)
		}
	}
	if got := Votes(TheProposal, false); got != Nobody {
		t.Errorf("the proposal is no move, and %s runs it", got)
	}
}

// TestPrecedence is the sentence below the table.
func TestPrecedence(t *testing.T) {
	_, line := page(t)
	words := map[string][]Pending{
		"safety/leave": {{Kind: RulesQuestion, Safety: true}, {Kind: AskToLeave}}, "rules question": {{Kind: RulesQuestion}},
		"challenge": {{Kind: Challenge}}, "replace facilitator": {{Kind: Replace}}, "quorum": {{Kind: Quorum}}, "adjourn": {{Kind: Adjourn}},
		"close doors": {{Kind: CloseDoors}}, "vote now": {{Kind: VoteNow}}, "next business": {{Kind: MoveOn}}, "postpone": {{Kind: ComeBack}},
		"refer": {{Kind: Refer}}, "parts": {{Kind: ByClause}}, "the change": {{Kind: TheChange}}, "the proposal": {{Kind: TheProposal}},
	}
	var want []Pending
	steps := strings.Split(strings.TrimSuffix(strings.TrimPrefix(line, "Precedence when several are pending: "), "."), " → ")
	for _, w := range steps {
		if words[w] == nil {
			t.Fatalf("the page ranks %q", w)
		}
		want = append(want, words[w]...)
	}
	if len(steps) != len(words) {
		t.Fatalf("the page ranks %d, and %d are known", len(steps), len(words))
	}
	for i := range want { // what the page ranks higher was raised later
		want[i].ID, want[i].Raised = int64(i), start.Add(-time.Duration(i)*time.Minute)
	}
	want[0].Raised = want[1].Raised // beside each other; the number decides
	mixed := slices.Clone(want)
	slices.Reverse(mixed)
	if diff := cmp.Diff(want, Precedence(mixed)); diff != "" {
		t.Error(diff)
	}
	others := []Pending{{ID: 1, Kind: ByClause}, {ID: 3, Kind: MoreTime, Raised: start}, {ID: 2, Kind: NamedVote, Raised: start.Add(1)}, {ID: 4, Kind: TheChange}}
	if diff := cmp.Diff(others, Precedence([]Pending{others[3], others[2], others[1], others[0]})); diff != "" {
		t.Errorf("what the page does not rank: %s", diff)
	}
}

func TestGrouped(t *testing.T) {
	s := debating()
	for i, m := range Table() {
		s.Pending = append(s.Pending, Pending{ID: int64(i), Kind: m.Kind})
	}
	s.Spent = GroupAfter - 1
	if got := Grouped(s); got != nil {
		t.Errorf("a moment too early: %v", got)
	}
	s.Spent = GroupAfter
	var got []Kind
	for _, p := range Grouped(s) {
		got = append(got, p.Kind)
	}
	want := []Kind{Adjourn, CloseDoors, VoteNow, MoveOn, ComeBack, Refer, ByClause, SetAside, MoreTime, NotUrgent, NamedVote, Reorder, GoRound, Spokes, AllSpeak}
	if !slices.Equal(got, want) {
		t.Errorf("together are %v, want %v", got, want)
	}
	one := s
	one.Pending = []Pending{{Kind: Adjourn}, {Kind: Challenge}}
	if got := Grouped(one); got != nil {
		t.Errorf("one move alone is put together: %v", got)
	}
	s.Groups = false
	if got := Grouped(s); got != nil {
		t.Errorf("in a small group: %v", got)
	}
}

func voices(t *testing.T) (out []*lang.Voice) {
	t.Helper()
	c, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, tag := range c.Tags() {
		out = append(out, c.Voice(tag))
	}
	return out
}

// TestWords: every button and every reason has a sentence of at most 20 words, in every language, and no other reason is given.
func TestWords(t *testing.T) {
	var all []lang.Msg
	for _, m := range Table() {
		all = append(all, m.Kind.Name(), m.Kind.Say())
		for _, r := range append(slices.Clone(m.Bars), m.Names...) {
			if !slices.Contains(Reasons(), r) {
				t.Errorf("%s is no reason", r)
			}
		}
	}
	for _, r := range Reasons() {
		all = append(all, r.Say())
	}
	for _, v := range voices(t) {
		for _, m := range all {
			said := v.Say(m)
			if said == m.ID || said == "" {
				t.Errorf("%s: %s says nothing", v.Tag(), m.ID)
			}
			for _, sentence := range strings.FieldsFunc(said, func(r rune) bool { return strings.ContainsRune(".?!:", r) }) {
				if n := len(strings.Fields(sentence)); n > 20 {
					t.Errorf("%s: %s has %d words: %s", v.Tag(), m.ID, n, said)
				}
			}
		}
	}
}

func anySituation(t *rapid.T) Situation {
	kind := rapid.SampledFrom(kinds())
	flag := func(name string) bool { return rapid.Bool().Draw(t, name) }
	s := Situation{
		State: rapid.SampledFrom([]State{Gathering, Sitting, Sitting, Sitting, Break, Closing, Outside}).Draw(t, "state"),
		Item: Item{
			Called: flag("called"), Matter: rapid.SampledFrom([]Matter{Other, Other, Money, Rules, Election, Recall}).Draw(t, "matter"),
			Voted: flag("voted"), Report: flag("report"), Clauses: rapid.IntRange(0, 3).Draw(t, "clauses"), ByClause: flag("by clause"),
			Secret: flag("secret"), Extended: rapid.IntRange(0, 2).Draw(t, "extended"),
		},
		Left: rapid.IntRange(0, 3).Draw(t, "left"), Speaking: flag("speaking"), VoteOpen: flag("vote"), Result: flag("result"),
		Recounted: flag("recounted"), Ruling: flag("ruling"), Warned: flag("warned"), Closed: flag("closed"), ForOffered: flag("for"),
		AgainstOffered: flag("against"), Delegates: flag("delegates"), SecretRequest: rapid.IntRange(1, 10).Draw(t, "request"),
		Stopped: flag("stopped"), StopMoved: flag("moved"), MostExtra: 30, Groups: flag("groups"),
		Spent: time.Duration(rapid.IntRange(0, 30).Draw(t, "spent")) * time.Minute,
	}
	for i, k := range rapid.SliceOfN(kind, 0, 6).Draw(t, "pending") {
		s.Pending = append(s.Pending, Pending{
			ID: int64(i), Kind: k, Safety: flag("safety"), Raised: start.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "raised")) * time.Minute),
		})
	}
	for _, k := range rapid.SliceOfN(kind, 0, 4).Draw(t, "lost") {
		s.Lost = append(s.Lost, Loss{k, time.Duration(rapid.IntRange(0, 20).Draw(t, "ago")) * time.Minute, flag("here")})
	}
	return s
}

func kinds() (out []Kind) {
	for _, m := range Table() {
		out = append(out, m.Kind)
	}
	return out
}

func anyMember(t *rapid.T) Person {
	return Person{
		Member: true, Present: true, Facilitates: rapid.Bool().Draw(t, "facilitates"), Spoken: rapid.Bool().Draw(t, "spoken"),
		Made: rapid.SliceOfN(rapid.SampledFrom(kinds()), 0, 8).Draw(t, "made"),
	}
}

// TestSomebodyCanAlways: there is no situation of an open meeting in which a member who is there has no move, whatever has happened and
// whatever they have made already; and none outside of one, or for a guest. A reason is given once, and has words.
func TestSomebodyCanAlways(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, p := anySituation(t), anyMember(t)
		can := possible(s, p)
		if open := s.State != Outside; open != (len(can) > 0) {
			t.Fatalf("%s: %v are in order", s.State, can)
		}
		guest := p
		guest.Member = false
		if got := possible(s, guest); got != nil {
			t.Fatalf("a guest can make %v", got)
		}
		for _, k := range kinds() {
			no := InOrder(k, s, p)
			for i, r := range no {
				if !slices.Contains(Reasons(), r) || slices.Contains(no[:i], r) {
					t.Fatalf("%s: reasons are %v", k, no)
				}
			}
			if s.VoteOpen && len(no) == 0 && k != RulesQuestion && k != Challenge && k != Quorum {
				t.Fatalf("%s while a vote is open", k)
			}
			if fresh := (Person{Member: true, Present: true, Facilitates: p.Facilitates}); len(InOrder(k, s, fresh)) > len(no) {
				t.Fatalf("%s: who has done nothing yet can do less", k)
			}
		}
	})
}

// TestPrecedenceProperties: everything that is pending is in the order once, a lower move never comes before a higher, of the same rank what
// was raised later never before what was raised earlier, and the order in which they are known changes nothing. What is put together is a
// part of that order, and never before GroupAfter.
func TestPrecedenceProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anySituation(t)
		got := Precedence(s.Pending)
		if len(got) != len(s.Pending) || !slices.Equal(got, Precedence(rapid.Permutation(s.Pending).Draw(t, "known as"))) {
			t.Fatalf("%v become %v", s.Pending, got)
		}
		for i := 1; i < len(got); i++ {
			a, b := got[i-1], got[i]
			if a.rank() > b.rank() || a.rank() == b.rank() && a.Raised.After(b.Raised) {
				t.Fatalf("%+v comes before %+v", a, b)
			}
		}
		group := Grouped(s)
		if group != nil && (!s.Groups || s.Spent < GroupAfter || len(group) < 2) {
			t.Fatalf("put together although it may not be: %v", group)
		}
		at := 0
		for _, p := range group {
			if p.Kind == Challenge || p.Kind == Replace || p.Kind == AskToLeave || Votes(p.Kind, false) != Facilitator {
				t.Fatalf("%s is put together", p.Kind)
			}
			n := slices.Index(got[at:], p)
			if n < 0 {
				t.Fatalf("%v is another order than %v", group, got)
			}
			at += n + 1
		}
	})
}

package ballot

import (
	"context"
	"fmt"
	"slices"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/tally"
)

// HandTime is how much longer a vote in a room waits for those who count hands, once it takes no more votes. It hangs on nobody: without
// two equal counts by then the hands count as not given, and the record says so.
const HandTime = 2 * time.Minute

// Tellers is how many count hands (practice.md §2.1).
const Tellers = 2

// What came of the hands in a vote, once it is counted.
const (
	HandsAgreed   = "agreed"
	HandsNotGiven = "not_given"
)

// Hands is what those without a device said by show of hands.
type Hands struct{ For, Against, Abstain int64 }

// Total is how many hands there were.
func (h Hands) Total() int64 { return h.For + h.Against + h.Abstain }

// HandsUntil is until when hands can be counted.
func (b Ballot) HandsUntil() time.Time { return b.Closes.Add(HandTime) }

// TakesHands returns nil if hands can be counted now, or fault.Conflict. Those who count have longer than those who vote with a device.
func (b Ballot) TakesHands(now time.Time) error {
	if b.State != Open || b.ByHand == 0 || !now.Before(b.HandsUntil()) {
		return fault.New(fault.Conflict, "ballot.hands.over")
	}
	return nil
}

// raise freezes who votes by hand: who has no device and is on the roll, and in no secret vote. Where names are published, theirs
// are not: of a show of hands there are numbers. It returns fault.Conflict if nobody counts.
func (b *Ballot) raise(roll []member.ID, r Room) ([]member.ID, error) {
	if b.Secret {
		return nil, nil
	}
	hands := slices.DeleteFunc(slices.Clone(roll), func(id member.ID) bool { return !slices.Contains(r.ByHand, id) })
	b.ByHand = len(hands)
	switch {
	case b.ByHand == 0:
		return nil, nil
	case len(r.Tellers) != Tellers || r.Tellers[0] == r.Tellers[1] || slices.Contains(hands, r.Tellers[0]) || slices.Contains(hands, r.Tellers[1]):
		return nil, fault.New(fault.Conflict, "ballot.hands.nobody_counts", "Count", b.ByHand)
	}
	b.due = b.HandsUntil()
	return hands, nil
}

// seat stores who votes by hand and who counts.
func seat(tx *db.Tx, b Ballot, hands, tellers []member.ID) error {
	if len(hands) == 0 {
		return nil
	}
	rows := make([]handVoterRow, len(hands))
	for i, id := range hands {
		rows[i] = handVoterRow{b.ID, id}
	}
	if err := tx.CreateInBatches(rows, 500).Error; err != nil {
		return fmt.Errorf("insert who votes by hand: %w", err)
	}
	for _, id := range tellers {
		if err := tx.Exec("INSERT INTO hand_tellers (ballot_id, member_id) VALUES (?, ?)", b.ID, id).Error; err != nil {
			return fmt.Errorf("insert who counts hands: %w", err)
		}
	}
	return nil
}

// Counting is what a teller has to do in a vote.
type Counting struct {
	Entered bool // they have counted, and the other has not, or they agree
	Agreed  bool // both have counted the same
	Again   int  // how often the two have not agreed
	Mine    Hands
}

// CountHands notes what the actor, one of the two who count hands in the last vote on the motion with the number, has counted among so
// many who vote by hand. Neither sees what the other has. If both say the same it is counted with the vote; if not, both are asked to count again. It says whether they
// have to. The same numbers sent again change nothing.
//
// It returns fault.NotFound if there is no such vote for the actor, fault.Denied for who does not count in it, fault.Invalid with the
// field "for" for more than have no device, and fault.Conflict if it takes no hands, they have counted already, or another number vote by
// hand now: whoever has found a device must not be counted with the others.
func (s *Service) CountHands(ctx context.Context, a member.Actor, number, among int, h Hands) (again bool, err error) {
	if !a.IsMember() {
		return false, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Write(ctx, func(tx *db.Tx) (err error) {
		again, err = countHands(tx, a, number, among, h)
		return err
	})
	return again, err
}

func countHands(tx *db.Tx, a member.Actor, number, among int, h Hands) (again bool, err error) {
	if a, err = member.Again(tx, a); err != nil {
		return false, err
	}
	b, err := latest(tx, a.Group.ID, number)
	if err != nil {
		return false, err
	}
	both, err := tellersOf(tx, b.ID)
	if err != nil {
		return false, err
	}
	if len(both) == 0 { // or the vote was, and another is announced
		return false, fault.New(fault.Conflict, "ballot.hands.over")
	}
	mine := slices.IndexFunc(both, func(r tellerRow) bool { return r.MemberID == a.Member.ID })
	if mine < 0 {
		return false, fault.New(fault.Denied, "ballot.hands.not_teller")
	}
	if err := b.TakesHands(tx.Now); err != nil {
		return false, err
	}
	if was, ok := both[mine].hands(); ok {
		if was == h {
			return false, nil
		}
		return false, fault.New(fault.Conflict, "ballot.hands.entered")
	}
	if among != b.ByHand {
		return false, fault.New(fault.Conflict, "ballot.hands.fewer", "Count", b.ByHand)
	}
	most := int64(b.ByHand)
	if min(h.For, h.Against, h.Abstain) < 0 || max(h.For, h.Against, h.Abstain) > most || h.Total() > most {
		return false, fault.Form(map[string]lang.Msg{"for": lang.M("ballot.hands.too_many", "Count", b.ByHand)})
	}
	other, ok := both[1-mine].hands()
	switch {
	case !ok:
		return false, putHands(tx, b.ID, a.Member.ID, h)
	case other != h:
		return true, handsAnew(tx, b.ID)
	}
	if err := putHands(tx, b.ID, a.Member.ID, h); err != nil {
		return false, err
	}
	// Whoever votes with a device has their time; after it nothing is waited for any more.
	return false, update(tx, b.ID, Open, map[string]any{"due_at": db.At(b.Closes)})
}

// HasDevice has somebody vote with a device who was to vote by hand, in the transaction in which a meeting found that they have one. What
// was counted of hands goes, and is counted anew among those who are left: nobody counts twice. It does nothing for who does not vote by
// hand. It returns fault.Conflict once both who count have signed the same numbers, as theirs is among them, and once hands alone are
// counted, as they would have no vote at all.
func (s *Service) HasDevice(tx *db.Tx, b Ballot, who member.ID) error {
	is, err := votesByHand(tx, b.ID, who)
	if err != nil || !is {
		return err
	}
	switch _, signed, err := agreed(tx, b); {
	case err != nil:
		return err
	case signed:
		return fault.New(fault.Conflict, "ballot.hands.signed")
	case b.Takes(tx.Now) != nil:
		return fault.New(fault.Conflict, "ballot.hands.last")
	}
	return s.oneFewer(tx, b, who)
}

// LeaveHands has nobody raise a hand for somebody who was to vote by hand and says that they are not there. Where both who count have signed
// already, nothing changes.
func (s *Service) LeaveHands(tx *db.Tx, b Ballot, who member.ID) error {
	is, err := votesByHand(tx, b.ID, who)
	if err != nil || !is {
		return err
	}
	if _, signed, err := agreed(tx, b); err != nil || signed {
		return err
	}
	return s.oneFewer(tx, b, who)
}

// oneFewer has somebody not vote by hand any more, and the record say that it is one fewer; not who.
func (s *Service) oneFewer(tx *db.Tx, b Ballot, who member.ID) error {
	if err := lowersHand(tx, b.ID, who); err != nil {
		return fmt.Errorf("take somebody from those who vote by hand: %w", err)
	}
	if err := dropHands(tx, b.ID); err != nil {
		return fmt.Errorf("have hands counted anew: %w", err)
	}
	b.ByHand, b.Fewer = b.ByHand-1, b.Fewer+1
	due, err := looksAt(tx, b)
	if err != nil {
		return err
	}
	if err := update(tx, b.ID, Open, map[string]any{"hands_fewer": b.Fewer, "due_at": db.At(due)}); err != nil {
		return err
	}
	g, err := member.GetGroup(tx, b.Group)
	if err != nil {
		return err
	}
	m, err := motion.Get(tx, b.Motion)
	if err != nil {
		return err
	}
	return s.note(tx, g, "ballot.hands_fewer", b.InRecord(), ledger.Data{"ballot": b.InRecord(), "motion": m.Ref(), "fewer": b.Fewer}, b.changes(m)...)
}

// agreed returns what the two tellers of a vote have counted; ok is false while they have not, or do not agree.
func agreed(tx *db.Tx, b Ballot) (h Hands, ok bool, err error) {
	if b.ByHand == 0 {
		return h, false, nil
	}
	both, err := tellersOf(tx, b.ID)
	if err != nil || len(both) != Tellers {
		return h, false, err
	}
	one, ok1 := both[0].hands()
	two, ok2 := both[1].hands()
	return one, ok1 && ok2 && one == two, nil
}

// waitsForHands says whether a vote whose time has come is not closed yet, because hands are counted.
func waitsForHands(tx *db.Tx, b Ballot) (bool, error) {
	if b.TakesHands(tx.Now) != nil {
		return false, nil
	}
	_, ok, err := agreed(tx, b)
	return !ok, err
}

// looksAt is when an open vote is looked at next.
func looksAt(tx *db.Tx, b Ballot) (time.Time, error) {
	_, ok, err := agreed(tx, b)
	if b.ByHand > 0 && !ok {
		return b.HandsUntil(), err
	}
	return b.Closes, err
}

// gather has the ballot know what was said by hand, and returns who took part so, if everybody has who could; of fewer nobody knows who
// they are.
func (b *Ballot) gather(tx *db.Tx) (voters []member.ID, err error) {
	if b.ByHand == 0 {
		return nil, nil
	}
	h, ok, err := agreed(tx, *b)
	b.HandsHow = HandsNotGiven
	if err != nil || !ok {
		return nil, err
	}
	b.HandsHow, b.Hands, b.HandsTurnout = HandsAgreed, h, h.Total()
	if h.Total() < int64(b.ByHand) {
		return nil, nil
	}
	return handVoters(tx, b.ID)
}

// addTo adds them to the votes.
func (h Hands) addTo(v *tally.Votes) {
	v.For, v.Against, v.Abstain = v.For+h.For, v.Against+h.Against, v.Abstain+h.Abstain
}

// HandsCounted says whether hands are among the numbers of a vote that is counted.
func (b Ballot) HandsCounted() bool { return b.HandsHow == HandsAgreed && !b.tooFew() }

// HandsSay says what came of the hands in a vote that is counted, and who counted them.
func HandsSay(b Ballot, tellers []lang.Msg) lang.Msg {
	id := "ballot.hands." + b.HandsHow
	if b.HandsHow == HandsAgreed && !b.HandsCounted() {
		id = "ballot.hands.few"
	}
	names := lang.Msg{}
	if len(tellers) == Tellers {
		names = lang.M("ballot.hands.both", "One", tellers[0], "Two", tellers[1])
	}
	return lang.M(id, "Count", b.ByHand, "For", b.Hands.For, "Against", b.Hands.Against, "Abstain", b.Hands.Abstain, "Names", names)
}

// setHands adds to what is written of a vote that is counted, and to what the record says of it, what came of the hands: numbers only
// where the vote is counted.
func (b Ballot) setHands(tx *db.Tx, set map[string]any) error {
	if b.ByHand == 0 {
		return nil
	}
	set["hands"], set["hands_turnout"] = b.HandsHow, b.HandsTurnout
	if b.HandsCounted() {
		set["hands_for"], set["hands_against"], set["hands_abstain"] = b.Hands.For, b.Hands.Against, b.Hands.Abstain
	}
	return dropHands(tx, b.ID)
}

// handsData is what the record says of hands at the close.
func (b Ballot) handsData(tx *db.Tx) (ledger.Data, error) {
	d := ledger.Data{"how": b.HandsHow, "turnout": b.HandsTurnout}
	if b.HandsHow == HandsAgreed { // by sending the same numbers both have signed them
		both, err := HandTellers(tx, b.ID)
		if err != nil {
			return nil, err
		}
		if d["signed"], err = refsOf(tx, both); err != nil {
			return nil, err
		}
	}
	if b.HandsCounted() {
		d["for"], d["against"], d["abstain"] = b.Hands.For, b.Hands.Against, b.Hands.Abstain
	}
	return d, nil
}

// HandTellers returns who counts or counted hands in a vote, in order of membership.
func HandTellers(tx *db.Tx, id ID) (out []member.ID, err error) {
	both, err := tellersOf(tx, id)
	for _, r := range both {
		out = append(out, r.MemberID)
	}
	return out, err
}

// hands adds what the viewer has to do with hands in the vote.
func (v *View) hands(tx *db.Tx, who member.ID) error {
	if v.ByHand == 0 {
		return nil
	}
	both, err := tellersOf(tx, v.ID)
	if err != nil {
		return err
	}
	for _, r := range both {
		v.Tellers = append(v.Tellers, r.MemberID)
	}
	v.Counting = counting(both, who)
	v.ByMyHand, err = votesByHand(tx, v.ID, who)
	if v.ByMyHand {
		v.OnRoll = false // not here
	}
	return err
}

// refsOf returns the references of members, sorted, as the record holds them.
func refsOf(tx *db.Tx, ids []member.ID) ([]any, error) {
	people, err := member.Many(tx, ids)
	if err != nil {
		return nil, err
	}
	var refs []string
	for _, id := range ids {
		refs = append(refs, people[id].Ref)
	}
	slices.Sort(refs)
	out := make([]any, len(refs))
	for i, r := range refs {
		out[i] = r
	}
	return out, nil
}

// CountingIn returns what somebody counts in a vote; nil if they do not.
func CountingIn(tx *db.Tx, b Ballot, who member.ID) (*Counting, error) {
	both, err := tellersOf(tx, b.ID)
	return counting(both, who), err
}

func counting(both []tellerRow, who member.ID) *Counting {
	i := slices.IndexFunc(both, func(r tellerRow) bool { return r.MemberID == who })
	if i < 0 {
		return nil
	}
	c := Counting{Again: both[i].Again}
	c.Mine, c.Entered = both[i].hands()
	if c.Entered && len(both) == Tellers {
		other, ok := both[1-i].hands()
		c.Agreed = ok && other == c.Mine
	}
	return &c
}

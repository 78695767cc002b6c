package ballot

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"folkmoot/internal/agree"
	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/merkle"
	"folkmoot/internal/motion"
	"folkmoot/internal/resolve"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/tally"
)

// Consensus is the method of a call for agreement (practice.md §2.7): people are not counted for and against, but say that they agree, stand aside or block.
const Consensus = "consensus"

// Calls says whether the ballot is a call for agreement. It is open and in a room; what somebody answers stands beside their name only where they want it,
// or block.
func (c Contest) Calls() bool { return c.Method == Consensus || c.IsAtOnce() }

// ForAgainst says whether people vote for or against something.
func (c Contest) ForAgainst() bool { return c.Method == "" }

// callRule is when a call is agreed, by the rules of the group. How large the group is goes by its active members, as the quorum does.
func callRule(r rulebook.Rules, active, quorum int) tally.ConsensusRule {
	a := r.Agreement()
	out := tally.ConsensusRule{AsideNum: a.AsideNum, AsideDen: a.AsideDen, Blocks: 1, Quorum: int64(quorum)}
	if int64(active) > a.TwoBlocksAbove {
		out.Blocks = 2
	}
	return out
}

// mayCall returns nil if there can be a call for agreement on the motion, or fault.Conflict: the rules do not decide by agreement, or somebody has asked for a
// secret vote, which a call is not.
func mayCall(m motion.Motion, r rulebook.Rules) error {
	switch {
	case r.DecideDefault != rulebook.Consensus:
		return fault.New(fault.Conflict, "call.not_by_rules")
	case m.Secret(r):
		return fault.New(fault.Conflict, "call.secret")
	}
	return nil
}

// callsOnline says whether what opens next online on a motion is a call for agreement, and not a vote: its words leave it to agreement, which its rules decide by, nobody
// has asked for a secret vote, and there has been no call yet, or too few answered it, or the words were changed since, or nobody blocks them any more. Wherever it is to be decided, there is a call
// on what those who were to resolve a block bring back. Once it was blocked as often as there are meetings to resolve a block, members vote (practice.md §2.7.4).
func callsOnline(tx *db.Tx, m motion.Motion) (bool, error) {
	r, err := resolve.Last(tx, m.ID)
	resolved := r.Stops && (r.State == resolve.Lifted || r.State == resolve.Joint && r.Joint == m.Version)
	if err != nil || m.Forum != motion.ByAgreement && !resolved {
		return false, err
	}
	_, v, err := setting(tx, m.Group, m.Rulebook)
	if err != nil || mayCall(m, v.Rules) != nil {
		return false, err
	}
	rounds, err := Of(tx, m.ID)
	if err != nil || len(rounds) == 0 {
		return err == nil, err
	}
	blocked := 0
	for _, b := range rounds {
		if b.Outcome == tally.Blocked {
			blocked++
		}
	}
	last := rounds[len(rounds)-1]
	resolved = resolved && r.Ballot == int64(last.ID)
	if m.Forum != motion.ByAgreement && !resolved {
		return false, nil
	}
	return last.Calls() && (last.Version != m.Version || resolved) && blocked < max(1, v.Rules.Agreement().Meetings), nil
}

func callData(r tally.ConsensusRule) map[string]any {
	return map[string]any{"aside_den": r.AsideDen, "aside_num": r.AsideNum, "blocks": r.Blocks}
}

// frozenRule is the rule of the ballot as it is stored; "" in a ballot by ranking.
func (b Ballot) frozenRule() (string, error) {
	if !b.Calls() {
		return ruleText(b.Rule)
	}
	text, err := merkle.Canonical(callData(b.Call))
	return string(text), err
}

// readRule reads what frozenRule wrote.
func (b *Ballot) readRule(text string) (err error) {
	if !b.Calls() {
		b.Rule, err = parseRule(text)
		return err
	}
	if text == "" {
		return nil // announced, and not open yet
	}
	var r struct {
		AsideDen int64 `json:"aside_den"`
		AsideNum int64 `json:"aside_num"`
		Blocks   int64 `json:"blocks"`
	}
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return fmt.Errorf("rule of a call: %w", err)
	}
	b.Call = tally.ConsensusRule{AsideNum: r.AsideNum, AsideDen: r.AsideDen, Blocks: r.Blocks, Quorum: int64(b.Quorum)}
	return nil
}

// choiceOf is what open_votes has for a response, and responseOf the other way round.
func choiceOf(r agree.Response) Choice {
	for i, o := range agree.Responses() {
		if o == r {
			return Choice(i + 1)
		}
	}
	return 0
}

func responseOf(c Choice) agree.Response {
	if all := agree.Responses(); c >= 1 && int(c) <= len(all) {
		return all[c-1]
	}
	return ""
}

// Answer records what the member answers to the open call on the motion with the number, in place of what they answered before. The same form sent again changes
// nothing. It returns fault.Invalid with the fields of agree.Answer.Wrong, and what Cast does.
func (s *Service) Answer(ctx context.Context, a member.Actor, number int, once db.Once, say agree.Answer) (Ballot, error) {
	b, _, err := s.entitled(ctx, a, number)
	if err != nil {
		return b, err
	}
	if !b.Calls() {
		return b, fault.New(fault.Conflict, "call.none")
	}
	say = say.Tidy()
	wrong := say.Wrong()
	if !b.Answerable(say.Response) {
		wrong = map[string]lang.Msg{"answer": lang.M("decide.no_answer")}
	}
	if err := fault.Form(wrong); err != nil {
		return b, err
	}
	return b, s.put(ctx, b.ID, func(tx *db.Tx) error {
		first, err := tx.Once(once, int64(b.ID))
		if err != nil {
			return err
		}
		if !first {
			was, err := myAnswer(tx, b.ID, a.Member.ID)
			if err == nil && was != say {
				err = fault.New(fault.Conflict, "ballot.changed")
			}
			return err
		}
		if err := putOpenVote(tx, b.ID, a.Member.ID, choiceOf(say.Response)); err != nil {
			return err
		}
		return putAnswer(tx, b.ID, a.Member.ID, say)
	})
}

// countCall counts the answers to a call. From then on nobody knows who answered what, but for what is on record by name; who took part is kept as long as of a
// secret ballot.
func (s *Service) countCall(tx *db.Tx, b Ballot) error {
	voters, err := openVoters(tx, b.ID)
	if err != nil {
		return fmt.Errorf("turnout: %w", err)
	}
	var said []agree.Said
	var named map[string]member.ID
	if b.Turnout = int64(len(voters)); !b.tooFew() {
		if b.Answers, said, named, err = answersTo(tx, b); err != nil {
			return fmt.Errorf("count: %w", err)
		}
	}
	if err := forgetAnswers(tx, b.ID); err != nil {
		return err
	}
	if err := markOpenVotes(tx, b.ID); err != nil {
		return fmt.Errorf("delete the answers: %w", err)
	}
	if !b.tooFew() {
		if err := insertCall(tx, b, said, named); err != nil {
			return fmt.Errorf("write what was answered: %w", err)
		}
	}
	b.said = said
	tx.After(func() { s.uncut.Store(true) })
	return s.conclude(tx, b, voters, nil, nil)
}

// Agreed judges a counted call: what came of it, with what that follows from. It returns fault.Conflict for what is none, or not counted.
func (b Ballot) Agreed() (tally.Consented, error) {
	if !b.Calls() || !b.IsCounted() {
		return tally.Consented{}, fault.New(fault.Conflict, "ballot.not_counted")
	}
	return b.agreed()
}

func (b Ballot) agreed() (tally.Consented, error) {
	if b.tooFew() {
		return tally.CallConsensus(tally.Call{Entitled: int64(b.Entitled)}, b.Call)
	}
	return tally.CallConsensus(b.Answers, b.Call)
}

// AgreedWith judges a counted call with so many blocks that absent members raised afterwards (practice.md §2.7.6): each is counted as one made at the call. Errors are
// those of Agreed.
func (b Ballot) AgreedWith(late int64) (tally.Consented, error) {
	if !b.Calls() || !b.IsCounted() || b.tooFew() {
		return b.Agreed()
	}
	c := b.Answers
	c.Block += late
	c.Entitled = max(c.Entitled, c.Responders())
	return tally.CallConsensus(c, b.Call)
}

// Unheard returns how many could have answered a counted call by the rules, and were not heard from.
func (b Ballot) Unheard(tx *db.Tx) (int64, error) {
	_, v, err := setting(tx, b.Group, b.Rulebook)
	if err != nil {
		return 0, err
	}
	all, err := member.RollAt(tx, b.Group, b.Opens, time.Duration(v.Rules.VotingWaitDays)*day)
	return max(0, int64(len(all))-b.Turnout), err
}

// Missed says whether a member could have answered a counted call by the rules, and was not heard from: they were not there, or did not get to it.
func (b Ballot) Missed(tx *db.Tx, who member.ID) (bool, error) {
	v := View{Ballot: b}
	err := v.mine(tx, nil, who)
	return err == nil && (v.Absent || v.OnRoll && !v.Voted), err
}

// called returns how a call ended, as other ballots do: what is agreed is carried.
func (b Ballot) called() (tally.Result, error) {
	c, err := b.agreed()
	r := tally.Result{Outcome: c.Outcome, Reason: c.Reason, Votes: tally.Votes{Entitled: int64(b.Entitled)}, Quorum: int64(b.Quorum), Turnout: b.Turnout}
	switch c.Outcome {
	case tally.Agreed:
		r.Outcome = tally.Carried
	case tally.Inquorate:
		r.Reason = tally.TooFewVoted
	}
	return r, err
}

// noteAnswers adds to what the record says of a close what was answered to a call, if enough did.
func (b Ballot) noteAnswers(d ledger.Data) {
	if !b.Calls() || b.tooFew() {
		return
	}
	d["agree"], d["reservation"], d["aside"], d["block"] = b.Answers.Agree, b.Answers.Reservation, b.Answers.Aside, b.Answers.Block
	said := make([]any, len(b.said))
	for i, s := range b.said {
		said[i] = ledger.Data{
			"answer": string(s.Response), "member": s.Member, "words": ledger.Text(s.Words), "ground": string(s.Ground), "names": ledger.Text(s.Names),
		}
	}
	d["said"] = said
	if b.IsAtOnce() {
		d["method"] = b.Method
	}
}

// LastCall returns the last counted call on a motion; the zero Ballot if there was none.
func LastCall(tx *db.Tx, m motion.ID) (last Ballot, err error) {
	all, err := Of(tx, m)
	for _, b := range all {
		if b.Calls() && b.IsCounted() {
			last = b
		}
	}
	return last, err
}

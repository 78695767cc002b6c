// Package ballot opens, takes and counts votes.
//
// Opening and closing are functions of time: a ballot opens when its motion's clock says so and closes when the rules say
// so, whether or not anything ran at that moment, and nobody can do either by hand, early or late. At opening three things are
// frozen and hashed together: the text, the rules and the roll. A vote is taken if, in the transaction that records it,
// the ballot is open and its closing time has not come; so what was acknowledged is counted, and nothing else.
//
// A vote may be changed until the close. Before it, nobody learns a number: there is no function here that counts the votes of
// an open ballot. Open votes are a row a voter, shown as totals only; secret votes lie in the urn (package urn), which nothing
// but this package may open, once.
//
// A ballot in which too few took part is held once more, announced as the rules say; then the proposal lapses (practice.md
// §2.6, Inquorate). Its votes are not counted, either time, open or secret: how many took part is kept, and nothing of how they
// voted. The same question is before nearly the same people again, so a count of the first time would be one seen before the
// close (G9), and two counts subtracted would show how single people voted (security.md §1.5).
// A ballot that had to be stopped because its urn was tampered with or damaged is held once more too: nothing of it is
// counted and nothing destroyed.
//
// What a count leads to is not decided here: New takes a function that records it in the same transaction.
package ballot

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"folkmoot/internal/agree"
	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/merkle"
	"folkmoot/internal/motion"
	"folkmoot/internal/tally"
	"folkmoot/internal/urn"
)

// ID names a ballot.
type ID int64

// State is where a ballot is in its life. No transition goes from closed back to open.
type State string

// The states.
const (
	Announced State = "announced" // held again, and waiting for its day
	Open      State = "open"
	Closing   State = "closing" // takes no more votes, and is being counted
	Counted   State = "counted" // has its outcome; secret: the urn is still to be emptied
	Purged    State = "purged"  // secret: the urn is empty and the key destroyed
	Stopped   State = "stopped" // the urn was not as it must be; nothing was counted
)

// Choice is what a vote says.
type Choice byte

// The choices.
const (
	For     Choice = 1
	Against Choice = 2
	Abstain Choice = 3
)

// Choices lists the choices in the order they are offered, which is the same for everybody.
func Choices() []Choice { return []Choice{For, Against, Abstain} }

// ParseChoice reads a choice as a form sends it, or returns 0.
func ParseChoice(s string) Choice {
	for _, c := range Choices() {
		if s == c.String() {
			return c
		}
	}
	return 0
}

func (c Choice) String() string {
	switch c {
	case For:
		return "for"
	case Against:
		return "against"
	case Abstain:
		return "abstain"
	}
	return ""
}

// Receipts is what voters of a ballot get to find their paper again by.
type Receipts string

// The receipt modes (security.md §1.4.5).
const (
	NoReceipt Receipts = "none"
	Presence  Receipts = "presence" // a code in the published list: the paper was in the urn
	Full      Receipts = "full"     // the code is published with the choice, if it is counted, and so proves it to others too
)

// Few members make secrecy thin; fewer make it impossible (security.md §1.5).
const (
	LeastSecret = 3  // with fewer on the roll, no secret ballot opens
	FewSecret   = 10 // with fewer, voters are warned
)

// Ballot is one vote on one version of a motion. What is frozen at opening is zero until then, what is counted until
// it is counted.
type Ballot struct {
	ID       ID
	Ref      string
	Group    member.GroupID
	Motion   motion.ID
	Version  int
	Round    int // from 1 for each motion, calls included
	State    State
	Secret   bool
	Receipts Receipts
	Opens    time.Time
	Closes   time.Time // in a room, when it is over, which may be earlier than it has to be, or later by half a minute
	Rulebook int

	Meeting string    // in whose room it is held, as the record names it: meeting/3; "" online
	Present int       // how many were checked in there when it opened
	Urgent  bool      // a call on what the notice of the meeting said cannot wait: what it agrees on is not provisional
	Named   bool      // who votes how is published at the close
	Planned time.Time // when it was to close as it was frozen
	ByHand  int       // how many of those on the roll have no device, and vote by show of hands
	Fewer   int       // how many more did as it opened, and have a device since, or are not there

	Contest
	Rule     tally.Rule          // the zero Rule in a ballot by ranking, and in a call
	Call     tally.ConsensusRule // of a call for agreement
	Active   int
	Quorum   int
	QuorumBy string // why it is another than the rules give, as the record names it: revival/2
	Entitled int
	Roll     [sha256.Size]byte
	Text     [sha256.Size]byte
	Question [sha256.Size]byte

	Turnout      int64
	Votes        tally.Votes // none if too few took part, and in a ballot by ranking: its count is a sheet
	HandsHow     string      // what came of the hands: HandsAgreed, HandsNotGiven
	Hands        Hands       // among the votes; none where too few took part
	HandsTurnout int64       // how many hands there were
	Answers      tally.Call  // of a call in which enough took part
	Outcome      tally.Outcome
	Papers       [sha256.Size]byte // secret: of the published codes
	CountedAt    time.Time
	Incident     string // why it was stopped, as a code
	Replaces     ID     // the ballot instead of which it is held; 0: none
	due          time.Time
	said         []agree.Said
}

// InRecord names the ballot in the record.
func (b Ballot) InRecord() string { return "ballot/" + b.Ref }

// IsCounted says whether there is a result. It may be that too few took part for the votes to be counted.
func (b Ballot) IsCounted() bool { return b.State == Counted || b.State == Purged }

// Takes returns nil if votes are taken at the moment, or fault.Conflict.
func (b Ballot) Takes(now time.Time) error {
	switch {
	case b.State == Announced, b.State == Open && now.Before(b.Opens):
		return fault.New(fault.Conflict, "ballot.not_yet")
	case b.State != Open || !now.Before(b.Closes):
		return fault.New(fault.Conflict, "ballot.closed")
	}
	return nil
}

// IsOpen says whether votes are taken at the moment.
func (b Ballot) IsOpen(now time.Time) bool { return b.Takes(now) == nil }

// IsSmall says whether voters must be warned that so few can hardly vote in secret.
func (b Ballot) IsSmall() bool { return b.Secret && b.Entitled < FewSecret }

// bound is what secret votes are tied to.
func (b Ballot) bound() urn.Ballot {
	return urn.Ballot{ID: int64(b.ID), Ref: b.Ref, Question: b.Question, Size: b.size()}
}

// said returns the choice on a secret paper for or against.
func said(p urn.Paper) Choice { return Choice(p.Choice[0]) }

// Result returns the count with all it follows from, or fault.Conflict before there is one. It is computed from the
// numbers and the rule every time, so that what is shown is what anybody can compute again.
func (b Ballot) Result() (tally.Result, error) {
	if !b.IsCounted() {
		return tally.Result{}, fault.New(fault.Conflict, "ballot.not_counted")
	}
	return b.result()
}

// result follows from the rule, the roll and the turnout, and from the votes if enough took part.
func (b Ballot) result() (tally.Result, error) {
	if b.Ranked() {
		return b.ranked(), nil
	}
	if b.Calls() {
		return b.called()
	}
	if b.tooFew() {
		return tally.TooFew(b.Turnout, int64(b.Entitled), b.Rule, int64(b.Quorum))
	}
	return tally.Majority(b.Votes, b.Rule, int64(b.Quorum))
}

// tooFew says whether so few took part that the votes are not counted.
func (b Ballot) tooFew() bool { return b.Turnout < int64(b.Quorum) }

// showsChoices says whether the receipt codes are published with the choices. An order never is: there are so many that one could be
// agreed on beforehand as a sign.
func (b Ballot) showsChoices() bool { return b.Receipts == Full && !b.tooFew() && !b.Ranked() }

// RollHash is the fingerprint of a roll: of the members' references, sorted, a line each.
func RollHash(sorted []string) [sha256.Size]byte { return linesHash(sorted) }

func linesHash(lines []string) (sum [sha256.Size]byte) {
	h := sha256.New()
	for _, l := range lines {
		h.Write([]byte(l + "\n"))
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// papersHash is the fingerprint of the published papers, which are sorted by code, with their choices or without.
func papersHash(papers []urn.Paper, choices bool) [sha256.Size]byte {
	lines := make([]string, len(papers))
	for i, p := range papers {
		lines[i] = p.Code
		if choices {
			lines[i] += " " + strconv.Itoa(int(said(p)))
		}
	}
	return linesHash(lines)
}

const stamp = "2006-01-02T15:04:05.000Z"

// question is the fingerprint of everything a ballot asks: text, rule, roll and times. Secret votes open for it alone.
func (b Ballot) question() ([sha256.Size]byte, error) {
	asks := map[string]any{
		"ballot": b.Ref, "opens_at": b.Opens.UTC().Format(stamp), "closes_at": b.Closes.UTC().Format(stamp),
		"quorum": b.Quorum, "roll": hex.EncodeToString(b.Roll[:]), "rule": ruleData(b.Rule), "secret": b.Secret,
		"text": hex.EncodeToString(b.Text[:]),
	}
	if b.Ranked() {
		delete(asks, "rule")
		asks["contest"], asks["method"], asks["seats"] = b.data(), b.Method, b.Seats
	}
	if b.Calls() {
		delete(asks, "rule")
		asks["call"] = callData(b.Call)
	}
	if b.InRoom() {
		asks["meeting"], asks["named"] = b.Meeting, b.Named
	}
	text, err := merkle.Canonical(asks)
	return sha256.Sum256(text), err
}

func ruleData(r tally.Rule) map[string]any {
	return map[string]any{"base": string(r.Base), "den": r.Den, "num": r.Num, "strict": r.Strict}
}

// ruleText is the rule as it is stored.
func ruleText(r tally.Rule) (string, error) {
	if r == (tally.Rule{}) {
		return "", nil
	}
	b, err := merkle.Canonical(ruleData(r))
	return string(b), err
}

func parseRule(text string) (tally.Rule, error) {
	var r struct {
		Base     tally.Base
		Den, Num int64
		Strict   bool
	}
	if text == "" {
		return tally.Rule{}, nil
	}
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return tally.Rule{}, fmt.Errorf("rule of a ballot: %w", err)
	}
	return tally.Rule{Num: r.Num, Den: r.Den, Strict: r.Strict, Base: r.Base}, nil
}

package tally

import (
	"errors"
	"testing"
)

func TestCallConsensus(t *testing.T) {
	small, large := Consensus(10, 4), Consensus(13, 4)
	for _, tt := range []struct {
		name    string
		call    Call
		rule    ConsensusRule
		outcome Outcome
		reason  Reason
		resolve bool
	}{
		{"as printed in the page's example", Call{6, 1, 0, 0, 10}, small, Agreed, EnoughAgree, false},
		{"everybody", Call{10, 0, 0, 0, 10}, small, Agreed, EnoughAgree, false},
		{"reservations agree", Call{0, 5, 0, 0, 10}, small, Agreed, EnoughAgree, false},
		{"exactly a third aside", Call{4, 0, 2, 0, 10}, small, Agreed, EnoughAgree, false},
		{"more than a third aside", Call{4, 0, 3, 0, 10}, small, NotAgreed, TooManyAside, false},
		{"a third of five is one", Call{4, 0, 1, 0, 10}, small, Agreed, EnoughAgree, false},
		{"two of five is too many", Call{3, 0, 2, 0, 10}, small, NotAgreed, TooManyAside, false},
		{"one block in a small group", Call{9, 0, 0, 1, 10}, small, Blocked, EnoughBlock, true},
		{"one block in a large group", Call{9, 0, 0, 1, 13}, large, Agreed, EnoughAgree, true},
		{"two blocks in a large group", Call{9, 0, 0, 2, 13}, large, Blocked, EnoughBlock, true},
		{"a block comes before those aside", Call{1, 0, 8, 1, 10}, small, Blocked, EnoughBlock, true},
		{"one block alone, in a large group", Call{0, 0, 0, 4, 13}, large, Blocked, EnoughBlock, true},
		{"one short of quorum", Call{3, 0, 0, 0, 10}, small, Inquorate, TooFewResponded, false},
		{"inquorate with a block", Call{2, 0, 0, 1, 10}, small, Inquorate, TooFewResponded, false},
		{"nobody answered, no quorum", Call{0, 0, 0, 0, 10}, Consensus(10, 0), Inquorate, TooFewResponded, false},
		{"one person", Call{1, 0, 0, 0, 1}, Consensus(1, 1), Agreed, EnoughAgree, false},
		{"everybody may stand aside, and does", Call{0, 0, 4, 0, 10}, ConsensusRule{1, 1, 1, 0}, NotAgreed, NobodyAgreed, false},
	} {
		got, err := CallConsensus(tt.call, tt.rule)
		if err != nil || got.Outcome != tt.outcome || got.Reason != tt.reason || got.Resolve != tt.resolve {
			t.Errorf("%s: %s, %s, resolve %v (%v); want %s, %s, %v", tt.name, got.Outcome, got.Reason, got.Resolve, err, tt.outcome, tt.reason, tt.resolve)
		}
		if got.Outcome == Inquorate && got.Call != (Call{Entitled: tt.call.Entitled}) {
			t.Errorf("%s: an inquorate call tells %+v", tt.name, got.Call)
		}
	}
}

func TestCallConsensusRefuses(t *testing.T) {
	for _, c := range []Call{{Agree: -1, Entitled: 3}, {Agree: 2, Aside: 2, Entitled: 3}, {Block: 1}} {
		if _, err := CallConsensus(c, Consensus(3, 1)); !errors.Is(err, ErrVotes) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	for _, r := range []ConsensusRule{{}, {1, 0, 1, 0}, {4, 3, 1, 0}, {1, 3, 0, 0}, {1, 3, 1, -1}, {-1, 3, 1, 0}} {
		if _, err := CallConsensus(Call{Agree: 3, Entitled: 3}, r); !errors.Is(err, ErrRule) {
			t.Errorf("%+v: %v", r, err)
		}
	}
}

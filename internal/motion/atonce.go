package motion

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
)

// MaxSentence is how many characters a sentence may have that people who are together decide on at once.
const MaxSentence = 200

// PutAtOnce puts a sentence before the group that those who are together decide on at once (practice.md §2.16, "Decide now"), in the transaction that calls on it. It is an
// ordinary proposal to do something, with nothing in it but the sentence, and goes on as one if they do not agree. It has no effect of its own and is about no person.
// It returns fault.Invalid with the field "sentence", and fault.Conflict if the rules ask for more supporters than the one who writes it, or the group is forming.
func PutAtOnce(tx *db.Tx, l *ledger.Ledger, a member.Actor, sentence string) (Motion, error) {
	sc, err := (&Service{ledger: l}).enter(tx, a)
	if err != nil {
		return Motion{}, err
	}
	sentence = OneLine(sentence)
	if err := fault.Form(sentenceWrong(sentence)); err != nil {
		return Motion{}, err
	}
	text, err := sc.saveDraft(0, Proposal{Kind: Action, ReviewDays: ReviewDefault, Text: Text{Title: titleOf(sentence), Clauses: []Clause{{Text: sentence}}}})
	if err == nil {
		err = sc.putForward(text)
	}
	if err != nil {
		return Motion{}, fmt.Errorf("put forward: %w", err)
	}
	if sc.m.State != Tabled {
		return Motion{}, fault.New(fault.Conflict, "decide.no.support")
	}
	return sc.m, nil
}

func sentenceWrong(s string) map[string]lang.Msg {
	switch n := utf8.RuneCountInString(s); {
	case n == 0:
		return map[string]lang.Msg{"sentence": lang.M("decide.empty")}
	case n > MaxSentence:
		return map[string]lang.Msg{"sentence": lang.M("decide.long", "Max", MaxSentence, "Count", n)}
	}
	return nil
}

// titleOf returns as many words of the sentence as a title may have; all of them, if they are few.
func titleOf(sentence string) string {
	r := []rune(sentence)
	if len(r) <= MaxTitle {
		return sentence
	}
	short := string(r[:MaxTitle-1])
	if i := strings.LastIndex(short, " "); i > MaxTitle/2 {
		short = short[:i]
	}
	return strings.TrimRight(short, " ,;:") + "…"
}

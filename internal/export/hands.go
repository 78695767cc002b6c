package export

import (
	"slices"

	ballots "folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
)

// readHands reads what came of a show of hands, and who counted it.
func (r *record) readHands(tx *db.Tx, b ballots.Ballot) error {
	ids, err := ballots.HandTellers(tx, b.ID)
	if err != nil {
		return err
	}
	people, err := member.Many(tx, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		r.Room.Tellers = append(r.Room.Tellers, people[id].Ref)
	}
	slices.Sort(r.Room.Tellers)
	r.Room.ByHand = b.ByHand
	h := &hands{How: b.HandsHow, Turnout: b.HandsTurnout}
	if h.How == ballots.HandsAgreed {
		h.Signed = r.Room.Tellers
	}
	if b.HandsCounted() {
		h.For, h.Against, h.Abstain = &b.Hands.For, &b.Hands.Against, &b.Hands.Abstain
	}
	r.Room.Hands = h
	return nil
}

// hands says what came of a show of hands.
func (j job) hands(out sheet, r record) {
	h := r.Room.Hands
	if h == nil {
		return
	}
	var names []lang.Msg
	for _, ref := range r.Room.Tellers {
		names = append(names, lang.M("layout.plain", "Text", j.person(ref, "member")))
	}
	out.para(j.Voice.Say(ballots.HandsSay(r.frozen, names)))
}

package ballot

import (
	"folkmoot/internal/db"
	"folkmoot/internal/member"
)

type handVoterRow struct {
	BallotID ID
	MemberID member.ID
}

func (handVoterRow) TableName() string { return "hand_voters" }

type tellerRow struct {
	MemberID     member.ID
	Again        int
	VotesFor     *int64
	VotesAgainst *int64
	Abstentions  *int64
}

// hands returns what the teller has counted; ok is false if they have not.
func (r tellerRow) hands() (h Hands, ok bool) {
	if r.VotesFor == nil || r.VotesAgainst == nil || r.Abstentions == nil {
		return h, false
	}
	return Hands{*r.VotesFor, *r.VotesAgainst, *r.Abstentions}, true
}

// tellersOf returns who counts hands in a vote, in order of membership, and what they have counted. Nobody but its teller is told what
// one has, before the count.
func tellersOf(tx *db.Tx, b ID) (out []tellerRow, err error) {
	err = tx.Raw("SELECT member_id, again, votes_for, votes_against, abstentions FROM hand_tellers WHERE ballot_id = ? ORDER BY member_id", b).Scan(&out).Error
	return out, err
}

// putHands keeps what a teller has counted, who had counted nothing.
func putHands(tx *db.Tx, b ID, who member.ID, h Hands) error {
	return db.Affected(tx.Exec("UPDATE hand_tellers SET votes_for = ?, votes_against = ?, abstentions = ? WHERE ballot_id = ? AND member_id = ? AND votes_for IS NULL",
		h.For, h.Against, h.Abstain, b, who), 1)
}

// handsAnew has both tellers count again.
func handsAnew(tx *db.Tx, b ID) error {
	return tx.Exec("UPDATE hand_tellers SET again = again + 1, votes_for = NULL, votes_against = NULL, abstentions = NULL WHERE ballot_id = ?", b).Error
}

// dropHands removes what the tellers have counted; what came of it is with the count.
func dropHands(tx *db.Tx, b ID) error {
	return tx.Exec("UPDATE hand_tellers SET votes_for = NULL, votes_against = NULL, abstentions = NULL WHERE ballot_id = ?", b).Error
}

// lowersHand has somebody not vote by hand any more, who does.
func lowersHand(tx *db.Tx, b ID, who member.ID) error {
	return db.Affected(tx.Exec("DELETE FROM hand_voters WHERE ballot_id = ? AND member_id = ?", b, who), 1)
}

// handVoters returns who votes by hand.
func handVoters(tx *db.Tx, b ID) (out []member.ID, err error) {
	err = tx.Raw("SELECT member_id FROM hand_voters WHERE ballot_id = ? ORDER BY member_id", b).Scan(&out).Error
	return out, err
}

func votesByHand(tx *db.Tx, b ID, who member.ID) (bool, error) {
	var n int64
	err := tx.Raw("SELECT COUNT(*) FROM hand_voters WHERE ballot_id = ? AND member_id = ?", b, who).Scan(&n).Error
	return n > 0, err
}

package election

import (
	"cmp"
	"slices"

	"folkmoot/internal/db"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
)

type offerRow struct {
	ID         OfferID
	ElectionID ID
	Statement  string
	Rest       db.Flag
	OpenedAt   db.Instant
	ClosedAt   db.Instant
}

func (offerRow) TableName() string { return "share_offers" }

type sharerRow struct {
	OfferID    OfferID
	Place      int
	MemberID   member.ID
	AgreedAt   db.Instant
	DeclinedAt db.Instant
	Interests  string
	Reserved   db.Flag
}

func (sharerRow) TableName() string { return "share_people" }

func insertOffer(tx *db.Tx, o Offer) (Offer, error) {
	r := offerRow{ElectionID: o.Election, Statement: o.Statement, Rest: db.Flag(o.Rest), OpenedAt: db.At(o.Opened)}
	if err := tx.Create(&r).Error; err != nil {
		return o, err
	}
	o.ID = r.ID
	rows := make([]sharerRow, len(o.People))
	for i, p := range o.People {
		rows[i] = sharerRow{
			OfferID: r.ID, Place: i + 1, MemberID: p.Member, AgreedAt: db.At(p.Agreed), DeclinedAt: db.At(p.Declined), Interests: p.Interests, Reserved: db.Flag(p.Reserved),
		}
	}
	return o, tx.Create(&rows).Error
}

// putSharer stores what one of the people of an offer has said, and what they all say.
func putSharer(tx *db.Tx, o Offer, at int) error {
	p := o.People[at]
	if err := db.Affected(tx.Model(&sharerRow{}).Where("offer_id = ? AND place = ?", o.ID, at+1).Updates(map[string]any{
		"agreed_at": db.At(p.Agreed), "declined_at": db.At(p.Declined), "interests": p.Interests, "reserved": db.Flag(p.Reserved),
	}), 1); err != nil {
		return err
	}
	return db.Affected(tx.Exec("UPDATE share_offers SET statement = ? WHERE id = ? AND closed_at IS NULL", o.Statement, o.ID), 1)
}

func closeOffer(tx *db.Tx, id OfferID) error {
	return db.Affected(tx.Exec("UPDATE share_offers SET closed_at = ? WHERE id = ? AND closed_at IS NULL", db.At(tx.Now), id), 1)
}

// closeOffersAmong closes offers that are open among none but those who stood together: what they would have changed is no more.
func closeOffersAmong(tx *db.Tx, e ID, c Candidature) error {
	open, err := openOffers(tx, e)
	if err != nil {
		return err
	}
	for _, o := range open {
		among := true
		for _, p := range o.People {
			among = among && c.Has(p.Member)
		}
		if !among {
			continue
		}
		if err := closeOffer(tx, o.ID); err != nil {
			return err
		}
	}
	return nil
}

// openOffers returns the offers of an election that are open, the oldest first.
func openOffers(tx *db.Tx, e ID) ([]Offer, error) {
	var rows []offerRow
	if err := tx.Where("election_id = ? AND closed_at IS NULL", e).Order("id").Find(&rows).Error; err != nil {
		return nil, err
	}
	return offers(tx, rows)
}

// offersOf returns the offers of an election to which a member was asked, those that are open or all, the oldest first.
func offersOf(tx *db.Tx, e ID, m member.ID, closed bool) ([]Offer, error) {
	query := `SELECT o.* FROM share_people p JOIN share_offers o ON o.id = p.offer_id WHERE p.member_id = ? AND o.election_id = ?`
	if !closed {
		query += " AND o.closed_at IS NULL"
	}
	var rows []offerRow
	if err := tx.Raw(query+" ORDER BY o.id", m, e).Scan(&rows).Error; err != nil {
		return nil, err
	}
	return offers(tx, rows)
}

// offeredTo returns the elections of the group in which a member is asked to stand together with others and has not said, the oldest first.
func offeredTo(tx *db.Tx, g member.GroupID, m member.ID) (out []Election, err error) {
	var rows []row
	err = tx.Raw(`SELECT e.* FROM elections e WHERE e.id IN (SELECT o.election_id FROM share_people p JOIN share_offers o ON o.id = p.offer_id
		WHERE p.member_id = ? AND p.agreed_at IS NULL AND p.declined_at IS NULL AND o.closed_at IS NULL AND (o.rest = 1 OR e.state = ?))
		AND e.group_id = ? AND e.state IN ?`, m, Nominating, g, []State{Nominating, Answering}).Scan(&rows).Error
	slices.SortFunc(rows, func(a, b row) int { return cmp.Compare(a.ID, b.ID) }) // of a few, and an index for the database's order would serve nothing else
	return elections(rows), err
}

// offersOfMember returns the offers that are open to a member in all elections.
func offersOfMember(tx *db.Tx, m member.ID) ([]Offer, error) {
	var rows []offerRow
	if err := tx.Raw(`SELECT o.* FROM share_people p JOIN share_offers o ON o.id = p.offer_id
		WHERE p.member_id = ? AND o.closed_at IS NULL ORDER BY o.id`, m).Scan(&rows).Error; err != nil {
		return nil, err
	}
	return offers(tx, rows)
}

// offers adds the people.
func offers(tx *db.Tx, rows []offerRow) ([]Offer, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	out, ids, at := make([]Offer, len(rows)), make([]OfferID, len(rows)), map[OfferID]int{}
	for i, r := range rows {
		out[i] = Offer{ID: r.ID, Election: r.ElectionID, Statement: r.Statement, Rest: bool(r.Rest), Opened: r.OpenedAt.Time}
		ids[i], at[r.ID] = r.ID, i
	}
	var people []sharerRow
	err := tx.Where("offer_id IN ?", ids).Order("offer_id, place").Find(&people).Error
	for _, p := range people {
		o := &out[at[p.OfferID]]
		o.People = append(o.People, Sharer{
			Member: p.MemberID, Agreed: p.AgreedAt.Time, Declined: p.DeclinedAt.Time, Interests: p.Interests, Reserved: bool(p.Reserved),
		})
	}
	return out, err
}

// stoodReserved says whether a term came of a candidature for a reserved place. Of people who were elected together each must have said so.
func stoodReserved(tx *db.Tx, t role.Term) (bool, error) {
	var n int
	err := tx.Raw(`SELECT COUNT(*) FROM candidates c JOIN elections e ON e.id = c.election_id
		WHERE c.member_id = ? AND e.role_id = ? AND e.decision = ? AND c.reserved = 1 AND NOT EXISTS (SELECT 1 FROM candidates o
		WHERE o.election_id = c.election_id AND o.share = c.share AND o.share <> '' AND o.turn IS NOT NULL AND o.reserved = 0)`, t.Member, t.Role, t.Cause).Scan(&n).Error
	return n > 0, err
}

package meeting

import (
	"context"
	"fmt"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/token"
)

// CodesPage is how many codes of the door are shown at once.
const CodesPage = 60

// Codes are the codes of a meeting's door, one for each member: whoever has no device with them, or none on which they are signed in, types theirs on any device and is noted as there (practice.md
// §2.6, §5.2). A code does that once in a sitting, and nothing else: it signs nobody in, and votes for nobody.
type Codes struct {
	Meeting
	Made   time.Time // zero: there are none
	All    int
	Used   int
	People []CodeOf  // in order of their names; without codes for whoever has not the secret of this sheet
	After  member.ID // there are more members after this one; 0: no more
}

// CodeOf is the code of a member.
type CodeOf struct {
	Member member.ID
	Name   string
	Code   string // "" where it was used
}

// codeName is what the code of a member follows from, beside the secret of the sheet: a sheet is of one meeting.
func codeName(m ID, who member.ID) string { return fmt.Sprintf("door/%d/%d", m, who) }

// codeHash is what is kept of a code.
func codeHash(m ID, code string) []byte { return token.Hash(fmt.Sprintf("door/%d/%s", m, code)) }

// mayPrepareDoor returns the actor as they are now and the meeting with the number, if they may make codes for its door.
func mayPrepareDoor(tx *db.Tx, a member.Actor, number int) (member.Actor, Meeting, error) {
	if !a.IsMember() {
		return a, Meeting{}, fault.New(fault.NotFound, "fault.not_found")
	}
	a, err := member.Again(tx, a)
	if err != nil {
		return a, Meeting{}, err
	}
	m, err := find(tx, a.Group.ID, number)
	if err != nil {
		return a, m, err
	}
	if m.State != Session {
		return a, m, MayPrepare(tx, a, m, "door.codes.no_power")
	}
	// Once it has begun, those who have jobs in it answer for who is noted as there, and no longer whoever called it.
	if Has(tx, a, number, member.Door, member.Can(a, member.Door, tx.Now)) != nil {
		return a, m, fault.New(fault.Denied, "door.codes.no_power")
	}
	return a, m, nil
}

// DoorCodes returns the codes of the meeting's door from a name on, as they follow from the secret that MakeCodes returned; after is the last of the page before. Without that secret it returns only
// that there are some: of codes only hashes are kept. It returns fault.NotFound for who is no member or if there is no such meeting, fault.Conflict once it is over, and fault.Denied for who may not
// make them.
func (s *Service) DoorCodes(ctx context.Context, a member.Actor, number int, secret string, after member.ID) (c Codes, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		_, m, err := mayPrepareDoor(tx, a, number)
		if c.Meeting = m; err != nil {
			return err
		}
		if c.Made, c.All, c.Used, err = codesMade(tx, m.ID); err != nil || c.All == 0 || secret == "" {
			return err
		}
		list, err := codesOf(tx, m, after, CodesPage+1)
		if err != nil {
			return err
		}
		if len(list) > CodesPage {
			list = list[:CodesPage]
			c.After = list[CodesPage-1].MemberID
		}
		for _, r := range list {
			one := CodeOf{Member: r.MemberID, Name: r.Name}
			if !r.Used {
				one.Code = token.Short(secret, codeName(m.ID, r.MemberID))
				if string(codeHash(m.ID, one.Code)) != string(r.Hash) { // it is the secret of another sheet
					c.People, c.After = nil, 0
					return nil
				}
			}
			c.People = append(c.People, one)
		}
		return nil
	})
	return c, err
}

// MakeCodes makes a code for each member at the meeting's door and returns the secret from which they follow, which is kept nowhere. Codes that were made before do nothing from now on. The
// record says who made them. It returns what DoorCodes does.
func (s *Service) MakeCodes(ctx context.Context, a member.Actor, number int) (secret string, err error) {
	secret = token.New()
	return secret, s.db.Write(ctx, func(tx *db.Tx) error {
		a, m, err := mayPrepareDoor(tx, a, number)
		if err != nil {
			return err
		}
		who, err := membersOf(tx, m.Group)
		if err != nil {
			return err
		}
		rows, seen := make([]codeRow, 0, len(who)), map[string]bool{}
		for _, id := range who {
			hash := codeHash(m.ID, token.Short(secret, codeName(m.ID, id)))
			if seen[string(hash)] { // two in a thousand million are alike: whoever comes second is let in by name
				continue
			}
			seen[string(hash)] = true
			rows = append(rows, codeRow{MeetingID: m.ID, MemberID: id, Hash: hash, MadeAt: db.At(tx.Now), MadeBy: orNull(a.Member.ID)})
		}
		if err := dropCodes(tx, m.ID); err != nil {
			return err
		}
		if err := insertCodes(tx, rows); err != nil {
			return fmt.Errorf("insert codes of a door: %w", err)
		}
		return s.note(tx, a.Group, m.Ref(), "meeting.codes", a.Member.Ref, ledger.Data{"meeting": m.Ref()})
	})
}

// EndCodes has the codes of the meeting's door do nothing any more. It returns what DoorCodes does.
func (s *Service) EndCodes(ctx context.Context, a member.Actor, number int) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, m, err := mayPrepareDoor(tx, a, number)
		if err != nil {
			return err
		}
		return dropCodes(tx, m.ID)
	})
}

// ComeByCode notes that the member is there whose code of the door was typed, at the meeting that place finds, as LetIn does: without a device. It returns the name by which they are known; of whoever
// is there already nothing changes. on is who is signed in on the device on which it was typed, if anybody is, and from its network address, of which tries are counted in memory alone. It returns fault.NotFound if there is no such meeting, fault.Conflict while nobody
// can enter and for who has taken such a note back, fault.TooMany after many wrong codes, and fault.Invalid with the field "code".
func (s *Service) ComeByCode(ctx context.Context, place, typed string, on member.Actor, from string) (name string, err error) {
	no := func(id string) error { return fault.Form(map[string]lang.Msg{"code": lang.M(id)}) }
	code, err := token.ParseShort(typed)
	if err != nil {
		return "", no("door.code.no_code")
	}
	if !s.tries.take(place, from, s.db.Now()) {
		return "", fault.New(fault.TooMany, "door.code.too_many")
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		m, err := byCode(tx, place)
		if err != nil {
			return err
		}
		if err := m.MayEnter(tx.Now); err != nil {
			return err
		}
		row, ok, err := codeBy(tx, m.ID, codeHash(m.ID, code))
		switch {
		case err != nil:
			return err
		case !ok:
			return no("door.code.unknown")
		case bool(row.Used):
			return no("door.code.used")
		}
		who, err := member.Get(tx, row.MemberID)
		if err != nil {
			return err
		}
		if !who.Left.IsZero() {
			return no("door.code.unknown")
		}
		name = who.Name
		if err := useCode(tx, m.ID, who.ID); err != nil {
			return err
		}
		in, err := s.alone(tx, m)
		if err != nil {
			return err
		}
		in.tell()
		return in.byCode(who.ID, row, on)
	})
	if err == nil {
		s.tries.right(place, from, s.db.Now())
	}
	return name, err
}

// byCode lets in whose code was typed. If somebody who has the door is signed in where it was, it is theirs to answer for; else, whoever made the codes does.
func (in *room) byCode(who member.ID, row codeRow, on member.Actor) error {
	maker := value(row.MadeBy)
	people, err := member.Many(in.tx, []member.ID{maker})
	if err != nil {
		return err
	}
	n := Note{ByCode, maker}
	if on.IsMember() && on.Group.ID == in.m.Group && in.answersFor(on.Member.ID) {
		n, in.a.Member = Note{ByTyped, on.Member.ID}, on.Member
	}
	return in.letIn(who, n, people[maker].Ref)
}

// letIn notes that somebody is there without a device, if they are not there already; codes is who made them by one of which that came about. It returns fault.Conflict for who has taken
// such a note back in this sitting.
func (in *room) letIn(who member.ID, n Note, codes string) error {
	there, err := hereOf(in.tx, in.m.ID, []member.ID{who})
	if err != nil || there[who].ID != 0 {
		return err
	}
	switch refused, err := in.refused(who); {
	case err != nil:
		return err
	case refused:
		return fault.New(fault.Conflict, "door.refused")
	}
	if err := noted(in.tx, in.m.ID, who, n); err != nil {
		return err
	}
	if err := in.joinIn(who, Room); err != nil {
		return err
	}
	if err := in.noted(n, codes); err != nil {
		return err
	}
	return in.recount()
}

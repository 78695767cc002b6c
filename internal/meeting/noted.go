package meeting

import (
	"context"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
)

// NoteHow is how somebody else noted that a member is there.
type NoteHow string

// The ways. Nobody knows who types a code on a device on which nobody is signed in; whoever made the codes answers for them.
const (
	ByName  NoteHow = "name"  // whoever keeps the door, or facilitates, chose their name
	ByTyped NoteHow = "typed" // their code was typed on a device on which whoever has such a job is signed in
	ByCode  NoteHow = "code"  // it was typed on another
)

// Note is that somebody else noted a member as there. Whoever could note people that are not there could make a quorum out of them: so each note is an entry of the record, which
// names who has the job and never whom they noted (practice.md §3.1), the number stands wherever it stands how many are there, and the member is told, and can take it back.
type Note struct {
	How NoteHow
	By  member.ID // who noted it, or, ByCode, who made the codes; 0: that is not known
}

// Why a note of somebody else counts no more. Of who leaves the group the record says nothing here: beside the entry that names them it would tell that they were there.
const (
	bySelf   = "self"   // the member says that they are not there
	bySelfAt = "late"   // they say, after they had left or the meeting was over, that they were not
	byDevice = "device" // they say themselves that they are there
	byComing = "came"   // they had said that they were not there, and now say themselves that they are
	byDoor   = "door"   // whoever keeps the door
)

// noted has the record say that somebody was noted as there by somebody else.
func (in *room) noted(n Note, codes string) (err error) {
	data := ledger.Data{"how": string(n.How)}
	if n.How != ByName && codes != "" {
		data["codes_by"] = codes
	}
	in.m.Noted++
	by := in.by()
	if n.How == ByCode {
		by = ""
	}
	return in.tellNoted("meeting.noted", by, data)
}

// unnoted has the record say that such a note counts no more.
func (in *room) unnoted(how string) error {
	by := ""
	if how == byDoor {
		by = in.by()
	}
	in.m.Noted--
	return in.tellNoted("meeting.unnoted", by, ledger.Data{"how": how})
}

// tellNoted writes down how many are there now, and how many of them others have noted.
func (in *room) tellNoted(kind, by string, data ledger.Data) (err error) {
	if err := put(in.tx, in.m, in.m.State); err != nil {
		return err
	}
	if in.heads, err = headcount(in.tx, in.m.ID); err != nil {
		return err
	}
	data["meeting"], data["noted"], data["present"] = in.m.Ref(), in.m.Noted, in.count()
	if data["refused"], err = howManyRefused(in.tx, in.m); err != nil {
		return err
	}
	return in.note(kind, by, data)
}

// refused says whether somebody has taken back in this sitting that others noted them as there, and has not come themselves since: then nobody notes them again, and whoever would make a
// quorum out of them has to wait until they say themselves that they are there. The record says of how many that is so, and never of whom.
func (in *room) refused(who member.ID) (bool, error) {
	refused, err := whoRefused(in.tx, in.m, []member.ID{who})
	return refused[who], err
}

// answersFor says whether somebody has a job in the meeting, now, by which they say who is there.
func (in *room) answersFor(who member.ID) bool {
	for _, t := range in.terms {
		if t.Member == who && !t.Shadow && t.Runs(in.tx.Now) && (t.Job == Doors || t.Job == Facilitates || t.Job == Vice) {
			return true
		}
	}
	return false
}

// NotThere takes back that somebody else noted the actor as there: they are not, or were not where they have gone since or the meeting is over, for as long as it is kept who was there. A
// meeting under way counts again whether enough are there, and in an open vote nobody raises a hand for them, unless the hands are counted and signed. Nobody notes them again in this
// sitting, until they say themselves that they are there. It returns
// fault.NotFound for who is no member or if there is no such meeting, and fault.Conflict where nobody noted that they are there.
func (s *Service) NotThere(ctx context.Context, a member.Actor, number int) error {
	return s.act(ctx, a, func(sc *scene) error {
		in, err := sc.enter(number)
		if err != nil {
			return err
		}
		if p := in.here[in.a.Member.ID]; p.ID != 0 && p.Paper {
			in.tell()
			return in.notThere()
		}
		p, err := lastNoted(in.tx, in.m.ID, in.a.Member.ID)
		switch {
		case err != nil:
			return err
		case p.ID == 0 || p.Left.IsZero():
			return fault.New(fault.Conflict, "door.noted.none")
		}
		in.tell()
		if err := answered(in.tx, p.ID, false); err != nil {
			return err
		}
		return in.tellNoted("meeting.unnoted", "", ledger.Data{"how": bySelfAt})
	})
}

// WasThere has nobody ask the actor any more whether they were there, as somebody else noted. It returns what NotThere does.
func (s *Service) WasThere(ctx context.Context, a member.Actor, number int) error {
	return s.act(ctx, a, func(sc *scene) error {
		m, err := find(sc.tx, sc.a.Group.ID, number)
		if err != nil {
			return err
		}
		p, err := lastNoted(sc.tx, m.ID, sc.a.Member.ID)
		switch {
		case err != nil:
			return err
		case p.ID == 0 || p.Left.IsZero():
			return fault.New(fault.Conflict, "door.noted.none")
		}
		return answered(sc.tx, p.ID, true)
	})
}

// notThere has the actor be gone, whom somebody else noted as there.
func (in *room) notThere() error {
	err := in.handed(func(b ballot.Ballot) error { return in.Service.votes.LeaveHands(in.tx, b, in.a.Member.ID) })
	if err != nil {
		return err
	}
	return in.away(in.a.Member.ID, bySelf)
}

// handed does something about each open vote in the meeting in which hands are counted.
func (in *room) handed(do func(ballot.Ballot) error) error {
	votes, err := in.votes()
	if err != nil {
		return err
	}
	for _, b := range votes {
		if b.TakesHands(in.tx.Now) != nil {
			continue
		}
		if err := do(b); err != nil {
			return err
		}
	}
	return nil
}

// AsNoted is that somebody else noted a member as there, and where. Left is zero while they are there so.
type AsNoted struct {
	Meeting Meeting
	Presence
	By member.Member // who noted it, or made the codes; zero: that is not known
}

// notedOf returns where others noted somebody as there, and they have said nothing of it: now, or as long as it is kept who was there. The newest comes first.
func notedOf(tx *db.Tx, who member.ID) ([]AsNoted, error) {
	rows, err := notedRows(tx, who)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	var by []member.ID
	var in []ID
	for _, r := range rows {
		by, in = append(by, value(r.NotedBy)), append(in, r.MeetingID)
	}
	people, err := member.Many(tx, by)
	if err != nil {
		return nil, err
	}
	ms, err := many(tx, in)
	if err != nil {
		return nil, err
	}
	out := make([]AsNoted, len(rows))
	for i, r := range rows {
		out[i] = AsNoted{ms[r.MeetingID], r.presence(), people[value(r.NotedBy)]}
	}
	return out, nil
}

// told adds how somebody else noted the viewer as there.
func (v *View) told(in *room) (err error) {
	switch {
	case v.Here.Paper:
		v.Told = v.Here
	case v.Here.ID == 0 && v.Me != 0: // a screen is nobody
		v.Told, err = lastNoted(in.tx, v.ID, v.Me)
	}
	return err
}

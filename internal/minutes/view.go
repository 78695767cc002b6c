package minutes

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/decision"
	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
)

// Show returns what is on record of the meeting with the number, as the actor sees it. It returns fault.NotFound for who is no member or if there is no
// such meeting, and fault.Conflict if it has not begun, or nobody ever began it.
func (s *Service) Show(ctx context.Context, a member.Actor, number int) (r Record, err error) {
	if !a.IsMember() {
		return r, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		d, err := s.open(tx, a, number)
		if err != nil {
			return err
		}
		if r, err = d.record(); err != nil {
			return err
		}
		return d.rights(&r)
	})
	return r, err
}

// Read returns what is on record of the meeting with the number, as anybody reads it who may. It returns what Show does.
func Read(tx *db.Tx, g member.Group, number int) (r Record, err error) {
	d, err := (*Service)(nil).open(tx, member.Actor{Group: g}, number)
	if err != nil {
		return r, err
	}
	return d.record()
}

func (d *desk) record() (r Record, err error) {
	r = Record{Book: d.book, Minutes: d.m, Now: d.tx.Now, Me: d.a.Member.ID}
	talked, err := d.course(&r)
	if err != nil {
		return r, err
	}
	if r.Corrections, err = corrections(d.tx, d.book.ID); err != nil {
		return r, err
	}
	if err := d.sections(&r, talked); err != nil {
		return r, err
	}
	if d.m.ConfirmedIn != 0 {
		if r.In, err = meeting.Get(d.tx, d.m.ConfirmedIn); err != nil {
			return r, err
		}
	}
	r.People, err = member.Many(d.tx, r.ids())
	return r, err
}

// ids lists everybody who is named in the record.
func (r Record) ids() (ids []member.ID) {
	for _, t := range r.Terms {
		ids = append(ids, t.Member)
	}
	for _, c := range r.Corrections {
		ids = append(ids, c.By, c.AnsweredBy)
	}
	for _, s := range r.Sections {
		ids = append(append(ids, s.Named...), s.Item.By, s.Motion.Mover)
	}
	return append(ids, r.PublishedBy, r.Me)
}

// changes are the entries that tell of changes, and what of where there were not enough.
var changes = map[string]What{"meeting.began": Few, "meeting.quorum": Few, "meeting.adjourned": Adjourned, "meeting.talk": TalkOnly}

// course reads from the record how many others noted as there, when there were enough members for decisions and when no longer, in which sitting, and what was chosen with too few; and returns when each item was talked
// about: what a sitting did not get through was so more than once.
func (d *desk) course(r *Record) (talked map[meeting.ItemID][]Stretch, err error) {
	es, err := ledger.About(d.tx, d.a.Group.Log(), d.book.Ref())
	if err != nil {
		return nil, err
	}
	talked = map[meeting.ItemID][]Stretch{}
	for _, e := range es {
		what, is := changes[e.Kind]
		if !is && !slices.Contains([]string{"meeting.noted", "meeting.unnoted", "item.began", "item.ended"}, e.Kind) {
			continue
		}
		var leaf struct {
			Data struct {
				Present int
				Enough  bool
				Opens   time.Time
				Since   time.Time
				Item    meeting.ItemID
				How     string
			}
		}
		if err := json.Unmarshal([]byte(e.Leaf), &leaf); err != nil {
			return nil, fmt.Errorf("entry %d: %w", e.N, err)
		}
		it := leaf.Data.Item
		switch {
		case e.Kind == "meeting.noted":
			r.Noted++
			continue
		case e.Kind == "meeting.unnoted":
			if leaf.Data.How == "self" || leaf.Data.How == "late" {
				r.Denied++
			}
			continue
		case e.Kind == "item.began":
			talked[it] = append(talked[it], Stretch{Began: e.At})
			continue
		case !is:
			if n := len(talked[it]); n > 0 {
				talked[it][n-1].Ended = e.At
			}
			continue
		case leaf.Data.Enough:
			what = Enough
		}
		if !leaf.Data.Since.IsZero() { // it was written down once it had held
			e.At = leaf.Data.Since
		}
		if e.Kind == "meeting.began" && len(r.Quorum) > 0 {
			what = "again_" + what
		}
		r.Quorum = append(r.Quorum, Change{e.At, what, leaf.Data.Present, leaf.Data.Opens})
	}
	return talked, nil
}

// sections adds what there is about each item.
func (d *desk) sections(r *Record, talked map[meeting.ItemID][]Stretch) error {
	now, err := notes(d.tx, d.book.ID)
	if err != nil {
		return err
	}
	out, err := texts(d.tx, d.book.ID)
	if err != nil {
		return err
	}
	named, err := namesOf(d.tx, d.book.ID)
	if err != nil {
		return err
	}
	votes, err := ballot.InRoom(d.tx, d.a.Group.ID, d.book.Ref())
	if err != nil {
		return err
	}
	feelings, err := meeting.FeelingsOf(d.tx, d.book.ID)
	if err != nil {
		return err
	}
	rounds, err := meeting.RoundsOf(d.tx, d.book.ID)
	if err != nil {
		return err
	}
	var ids []motion.ID
	for _, it := range d.book.Items {
		if it.Motion != 0 {
			ids = append(ids, it.Motion)
		}
	}
	known, err := motion.Many(d.tx, ids)
	if err != nil {
		return err
	}
	proposals := map[motion.ID]motion.Motion{}
	for _, p := range known {
		proposals[p.ID] = p
	}
	decisions, err := decision.OfMany(d.tx, ids)
	if err != nil {
		return err
	}
	breakouts, err := meeting.BreakoutsOf(d.tx, d.book.ID)
	if err != nil {
		return err
	}
	spokes, err := meeting.SpokesOf(d.tx, d.book.ID)
	if err != nil {
		return err
	}
	for _, it := range append(d.book.Items[:len(d.book.Items):len(d.book.Items)], meeting.Item{}) {
		s := Section{Item: it, Note: now[it.ID], Text: out[it.ID], Named: named[it.ID], Talked: talked[it.ID]}
		s.Note.Item = it.ID
		for _, mv := range d.book.Moves {
			if mv.Item == it.ID {
				s.Moves = append(s.Moves, mv)
			}
		}
		for _, f := range feelings {
			if f.Item == it.ID {
				s.Feelings = append(s.Feelings, f)
			}
		}
		for _, x := range rounds {
			if x.Item == it.ID {
				s.Rounds = append(s.Rounds, x)
			}
		}
		for _, x := range breakouts {
			if x.Item == it.ID {
				s.Breakouts = append(s.Breakouts, x)
			}
		}
		for _, x := range spokes {
			if x.Item == it.ID {
				s.Spokes = append(s.Spokes, x)
			}
		}
		for _, c := range r.Corrections {
			if c.Item == it.ID && c.How == Taken {
				s.Fixed = append(s.Fixed, c)
			}
		}
		if it.Motion != 0 {
			s.Motion = proposals[it.Motion]
			s.decided(decisions[it.Motion], votes)
		}
		r.Sections = append(r.Sections, s)
	}
	return nil
}

// decided tells what was decided about a proposal in the votes of the meeting from what came of it online, after it.
func (s *Section) decided(all []decision.Decision, votes []ballot.Ballot) {
	for _, one := range all {
		switch {
		case slices.ContainsFunc(votes, func(b ballot.Ballot) bool { return b.ID == one.Ballot }):
			s.Decisions = append(s.Decisions, one)
		case s.Item.State == meeting.Online && one.At.After(s.Item.Ended):
			s.Later = append(s.Later, one)
		}
	}
}

// rights adds what the viewer can do.
func (d *desk) rights(r *Record) (err error) {
	ok := func(err error) (bool, error) {
		if k := fault.KindOf(err); err == nil || k == fault.Denied || k == fault.Conflict {
			return err == nil, nil
		}
		return false, err
	}
	if r.MayWrite, err = ok(d.mayWrite()); err != nil {
		return err
	}
	r.MayPublish = r.MayWrite && d.m.State == Draft
	r.MaySuggest = d.m.MaySuggest(d.a.Member.Joined, d.book.Ended, d.tx.Now) == nil
	r.MayName = d.mayName() == nil
	_, err = d.mayAnswer()
	if r.MayAnswer, err = ok(err); err != nil {
		return err
	}
	if r.Later, err = d.later(); err != nil {
		return err
	}
	may, err := ok(d.mayConfirm())
	r.MayConfirm = may && r.Later.ID != 0
	return err
}

// Unconfirmed returns the meetings of the actor's group whose record is out and waits to be confirmed, or fault.NotFound.
func (s *Service) Unconfirmed(ctx context.Context, a member.Actor) (numbers []int, err error) {
	if !a.IsMember() {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		numbers, err = Waiting(tx, a.Group.ID)
		return err
	})
	return numbers, err
}

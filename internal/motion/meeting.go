package motion

import (
	"fmt"
	"strings"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/rulebook"
)

// ForMeeting returns up to limit of the group's motions that a meeting that opens then can decide, those tabled longest ago first: they are to
// be decided at a meeting, were tabled as long before as a meeting is called ahead (practice.md §2.3.1), are on no agenda yet, and have not
// come to their online vote by then.
func ForMeeting(tx *db.Tx, g member.GroupID, opens time.Time, limit int) ([]Motion, error) {
	v, err := rulebook.Current(tx, g, tx.Now)
	if err != nil {
		return nil, fmt.Errorf("look up rules: %w", err)
	}
	return forMeeting(tx, g, opens.Add(-notice(v.Rules)), opens, limit)
}

// WaitForMeeting returns up to limit of the group's motions that wait for a meeting, of which ForMeeting says which one can decide them, those tabled longest ago first.
func WaitForMeeting(tx *db.Tx, g member.GroupID, limit int) ([]Motion, error) {
	return forMeeting(tx, g, tx.Now, tx.Now, limit)
}

// notice is how long before a meeting, and before a vote that takes its place, members are told.
func notice(r rulebook.Rules) time.Duration {
	return time.Duration(r.NoticeDays.Meeting) * 24 * time.Hour
}

// Schedule has the motion be on the agenda of a meeting, in the transaction that calls it. Its text belongs to the meeting from now on and does
// not change, and its online vote waits until the meeting is over, but at most a week beyond the day on which members vote anyway.
//
// It returns fault.Conflict if the motion is not one that a meeting may decide: it is not tabled, or its mover wants to withdraw it, or it is
// to be decided online, or its online vote opens now, or soon because it was not reached so often.
func Schedule(tx *db.Tx, l *ledger.Ledger, g member.Group, m Motion, meeting string, until time.Time) error {
	m, err := Get(tx, m.ID)
	if err != nil {
		return err
	}
	if m.Group != g.ID || m.Forum != AtMeeting || m.StateAt(tx.Now) != Tabled || !m.LeaveAsked.IsZero() || m.GoesOnline() {
		return fault.New(fault.Conflict, "motion.not_for_meeting")
	}
	if most := m.Fallback.Add(holdTime); until.After(most) {
		until = most
	}
	switch {
	case m.Meeting != meeting:
		m.Meeting, m.Meetings, m.TextUntil = meeting, m.Meetings+1, tx.Now
	case !m.Opens.Before(until):
		return nil
	}
	if m.Opens.Before(until) {
		m.Opens = until
	}
	m.Due = m.next(tx.Now)
	if err := put(tx, m, Tabled); err != nil {
		return err
	}
	return record(tx, l, g, m, "motion.scheduled", "", ledger.Data{
		"meeting": meeting, "meetings": m.Meetings, "text_until": m.TextUntil, "opens_at": m.Opens,
	})
}

// NotReached has the motion leave the agenda of a meeting that ended, or was called off, without deciding it, in the transaction in which that is
// found. The first time it waits for the next meeting, until its day; the second time its online vote opens after the usual notice, so that nothing
// lapses for want of time (practice.md §2.3.1). It does nothing to a motion that has left that agenda already.
func NotReached(tx *db.Tx, l *ledger.Ledger, g member.Group, m Motion, meeting string) error {
	m, err := Get(tx, m.ID)
	if err != nil || m.Group != g.ID || m.State != Tabled || m.Meeting != meeting || meeting == "" {
		return err
	}
	v, err := rulebook.Get(tx, g.ID, m.Rulebook)
	if err != nil {
		return fmt.Errorf("look up rules: %w", err)
	}
	m.Meeting = ""
	told := tx.Now.Add(notice(v.Rules))
	switch {
	case m.Fallback.After(tx.Now) && (m.Meetings < mostMeetings || m.Fallback.Before(told)):
		m.Opens = m.Fallback
	case m.Opens.After(told):
		m.Opens = told
	}
	m.Due = m.next(tx.Now)
	if err := put(tx, m, Tabled); err != nil {
		return err
	}
	return record(tx, l, g, m, "motion.not_reached", "", ledger.Data{"meeting": meeting, "meetings": m.Meetings, "opens_at": m.Opens})
}

// OnlineAfter is how long after a meeting has sent a motion online its vote opens there, so that who was not in the room hears of it.
const OnlineAfter = 24 * time.Hour

// SendOnline has the motion leave the agenda of a meeting that had too few members to decide it, in the transaction in which the meeting chooses that: its online vote
// opens a day later, on exactly its text, and no other meeting takes it up (practice.md §2.5.3). It returns fault.Conflict if the motion is not on that agenda.
func SendOnline(tx *db.Tx, l *ledger.Ledger, g member.Group, m Motion, meeting string) error {
	m, err := Get(tx, m.ID)
	if err != nil {
		return err
	}
	if m.Group != g.ID || !m.OnAgenda() || m.Meeting != meeting {
		return fault.New(fault.Conflict, "motion.not_for_meeting")
	}
	m.Meeting, m.Meetings, m.Opens = "", max(m.Meetings, mostMeetings), tx.Now.Add(OnlineAfter)
	m.Due = m.next(tx.Now)
	if err := put(tx, m, Tabled); err != nil {
		return err
	}
	return record(tx, l, g, m, "motion.sent_online", "", ledger.Data{"meeting": meeting, "meetings": m.Meetings, "opens_at": m.Opens})
}

// BackToDraft has the motion be tabled again, in the transaction that counts a call for agreement on it which came to none (practice.md §2.7.1): on the agenda of its
// meeting, or, after a call online, for as long as rest, and at least as long as it was talked about before. Its mover can change the words, which stand still again before
// an online vote, and they can be put to another call or to the vote. It returns fault.Conflict if the motion is not voted on.
func BackToDraft(tx *db.Tx, l *ledger.Ledger, g member.Group, m Motion, rest time.Duration) error {
	m, err := Get(tx, m.ID)
	if err != nil {
		return err
	}
	v, err := rulebook.Get(tx, g.ID, m.Rulebook)
	if err != nil {
		return fmt.Errorf("look up rules: %w", err)
	}
	talk, still := m.spans(v.Rules)
	m.State, m.Closes = Tabled, time.Time{}
	if m.Meeting == "" {
		m.Opens = rulebook.Evening(tx.Now.Add(max(talk, rest)), g.Zone)
	}
	if m.TextUntil = m.Opens.Add(-still); m.TextUntil.Before(tx.Now) {
		m.TextUntil = m.Opens
	}
	m.Due = m.next(tx.Now)
	if err := put(tx, m, Voting); err != nil {
		return err
	}
	return record(tx, l, g, m, "motion.back_to_draft", "", ledger.Data{"meeting": m.Meeting, "text_until": m.TextUntil, "opens_at": m.Opens})
}

// Blocked has a motion that was agreed on be open again, in the transaction in which absent members blocked that (practice.md §2.7.6): its mover can change the words, and
// members vote online when what is found in the meantime is due. It returns fault.Conflict if the motion is not carried.
func Blocked(tx *db.Tx, l *ledger.Ledger, g member.Group, m Motion, decision string, opens time.Time) error {
	m, err := Get(tx, m.ID)
	if err != nil {
		return err
	}
	v, err := rulebook.Get(tx, g.ID, m.Rulebook)
	if err != nil {
		return fmt.Errorf("look up rules: %w", err)
	}
	_, still := m.spans(v.Rules)
	m.State, m.Meeting, m.Meetings, m.Ended, m.Closes = Tabled, "", max(m.Meetings, mostMeetings), time.Time{}, time.Time{}
	m.Opens, m.TextUntil = opens, rulebook.Later(tx.Now, opens.Add(-still))
	m.Due = m.next(tx.Now)
	if err := put(tx, m, Carried); err != nil {
		return err
	}
	return record(tx, l, g, m, "motion.blocked", "", ledger.Data{"decision": decision, "meetings": m.Meetings, "text_until": m.TextUntil, "opens_at": m.Opens})
}

// Sooner has the next online ballot on a motion open as soon as its words have stood still as long as they must, in the transaction in which nothing blocks the motion any more (practice.md §2.7.3).
// It does nothing where a meeting has the motion before it, or it waits for one, or the ballot opens as soon anyway.
func Sooner(tx *db.Tx, l *ledger.Ledger, g member.Group, m Motion) error {
	m, err := Get(tx, m.ID)
	if err != nil || m.State != Tabled || m.OnAgenda() || m.Waits() {
		return err
	}
	v, err := rulebook.Get(tx, g.ID, m.Rulebook)
	if err != nil {
		return fmt.Errorf("look up rules: %w", err)
	}
	_, still := m.spans(v.Rules)
	opens := rulebook.Evening(tx.Now.Add(still), g.Zone)
	if !opens.Before(m.Opens) {
		return nil
	}
	m.Opens, m.TextUntil = opens, tx.Now
	m.Due = m.next(tx.Now)
	if err := put(tx, m, Tabled); err != nil {
		return err
	}
	return record(tx, l, g, m, "motion.sooner", "", ledger.Data{"text_until": m.TextUntil, "opens_at": m.Opens})
}

// MeetingNumber returns the number of the meeting that the record names so, from 1; 0 if it names none.
func MeetingNumber(ref string) int {
	digits, is := strings.CutPrefix(ref, "meeting/")
	n := ParseNumber(digits)
	if !is || n < 0 {
		return 0
	}
	return n
}

// OnAgenda says whether a meeting has the motion before it.
func (m Motion) OnAgenda() bool { return m.State == Tabled && m.Meeting != "" }

// Waits says whether the motion waits for a meeting that can decide it.
func (m Motion) Waits() bool {
	return m.State == Tabled && m.Forum == AtMeeting && m.Meeting == "" && !m.GoesOnline()
}

// GoesOnline says whether members will vote on a motion for a meeting online after all, because it was not reached so
// often, or had too few there to decide.
func (m Motion) GoesOnline() bool {
	return m.State == Tabled && m.Forum == AtMeeting && m.Meeting == "" && m.Meetings >= mostMeetings
}

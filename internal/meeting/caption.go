package meeting

import (
	"context"
	"strconv"
	"time"

	"folkmoot/internal/fault"
	"folkmoot/internal/member"
	"folkmoot/internal/signal"
)

// MaxCaption is how long a line of captions can be: what a screen in the room shows at a glance.
const MaxCaption = 80

// CaptionsTopic is what those follow who read what is typed while people speak.
func (m Meeting) CaptionsTopic() string { return "captions/" + strconv.Itoa(m.Number) }

// MayCaption says whether the viewer can type captions now: whoever takes notes, or facilitates.
func (v View) MayCaption() bool { return v.State == Session && (v.Jobs[Notes] || v.Facilitates()) }

// Caption shows everybody a line of what is said just now, on the meeting's pages and on its screen, for those who cannot hear it (practice.md §5.5). It
// fades within two minutes, and no record has it. It returns fault.NotFound for who is no member or if there is no such meeting, fault.Invalid with the field
// "caption", fault.Denied for who neither takes notes nor facilitates, and fault.Conflict if the meeting is not under way, or during a break.
func (s *Service) Caption(ctx context.Context, a member.Actor, number int, text string) error {
	w := wrongs{}
	text = w.line("caption", text, MaxCaption, true)
	if err := fault.Form(w); err != nil {
		return err
	}
	var m Meeting
	var now time.Time
	err := s.looking(ctx, a, number, func(in *room) error { // nothing is written
		m, now = in.m, in.tx.Now
		switch {
		case m.IsOver():
			return fault.New(fault.Conflict, "meeting.over")
		case m.State != Session:
			return fault.New(fault.Conflict, "meeting.not_begun")
		case in.has(member.TakeNotes, member.Can(a, member.TakeNotes, now)) != nil:
			return fault.New(fault.Denied, "meeting.captions.not_yours")
		}
		return in.sits()
	})
	if err != nil {
		return err
	}
	until := s.captions.Add(m.ID, text, now)
	for _, at := range []time.Time{now, until} {
		s.signalled(a.Group.Log(), m.CaptionsTopic(), signal.Beats(at))
	}
	return nil
}

// Captions returns the lines of the meeting that have not faded, the newest last.
func (s *Service) Captions(m ID, now time.Time) []string { return s.captions.Lines(m, now) }

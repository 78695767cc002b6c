package meeting

import (
	"context"
	"slices"
	"strconv"
	"time"

	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/signal"
)

// Signals are what people in a meeting show without a word (practice.md §2.5.5). Nobody sees whose they are; they are in memory alone, fade by
// themselves, and no record has them.
type Signals struct {
	May   []signal.Kind // that the viewer can give
	Mine  signal.Kind   // "": none
	Until time.Time     // mine fades
	Given map[signal.Kind]int
}

// SignalsTopic is what those who run a meeting follow, to hear that people signal something; AsksTopic what everybody follows, to hear of what is for all.
func (m Meeting) SignalsTopic() string { return "signals/" + strconv.Itoa(m.Number) }

// AsksTopic: see SignalsTopic.
func (m Meeting) AsksTopic() string { return "asks/" + strconv.Itoa(m.Number) }

// OnSignal has f told of each moment at which other signals may be seen than before, and to whom: SignalsTopic or AsksTopic of the meeting. These are beats (signal.Beat), so that however many people
// press, those who look are woken once a beat.
func (s *Service) OnSignal(f func(log ledger.Log, subject string, at time.Time)) { s.signalled = f }

// Signal has the actor signal something, in place of what they signalled before; "" takes that back. It returns fault.NotFound for who is no member or if there is no such meeting, fault.Invalid for what is
// no signal, and fault.Conflict if the meeting is not under way, during a break, for who is not there, and for an opinion while people vote or show how they feel.
func (s *Service) Signal(ctx context.Context, a member.Actor, number int, k signal.Kind) error {
	if k != "" && !k.Is() {
		return fault.New(fault.Invalid, "meeting.signal.none")
	}
	var m Meeting
	var now time.Time
	err := s.looking(ctx, a, number, func(in *room) error { // nothing is written, and many may press at once
		m, now = in.m, in.tx.Now
		switch {
		case m.IsOver():
			return fault.New(fault.Conflict, "meeting.over")
		case m.State != Session:
			return fault.New(fault.Conflict, "meeting.not_begun")
		case !in.isHere(a.Member.ID):
			return fault.New(fault.Conflict, "meeting.not_there")
		case k == "":
			return nil
		case m.OnBreak(now):
			return fault.New(fault.Conflict, "meeting.on_break", "At", m.Break)
		}
		hides, err := in.hidesOpinions()
		if err == nil && hides && k.Opinion() {
			return fault.New(fault.Conflict, "meeting.signal.voting")
		}
		return err
	})
	if err != nil {
		return err
	}
	if k == "" {
		s.unsignal(a.Group.Log(), m, a.Member.ID, now)
		return nil
	}
	was, until := s.signals.Give(m.ID, a.Member.ID, k, now)
	if was != k {
		s.seen(a.Group.Log(), m, was.ForAll() || k.ForAll(), now)
	}
	s.seen(a.Group.Log(), m, k.ForAll(), until)
	return nil
}

// seen tells that other signals may be seen at a time, by all or by those who run the meeting alone.
func (s *Service) seen(log ledger.Log, m Meeting, all bool, at time.Time) {
	at = signal.Beats(at)
	s.signalled(log, m.SignalsTopic(), at)
	if all {
		s.signalled(log, m.AsksTopic(), at)
	}
}

// unsignal takes back what somebody signals.
func (s *Service) unsignal(log ledger.Log, m Meeting, who member.ID, now time.Time) {
	if was := s.signals.Take(m.ID, who, now); was != "" {
		s.seen(log, m, was.ForAll(), now)
	}
}

// hidesOpinions says whether nobody is to show now what they think: people vote, or show how they feel, and no sum is told before its time.
func (in *room) hidesOpinions() (bool, error) {
	voting, err := in.voting()
	if err != nil {
		return false, err
	}
	j, err := in.joint()
	if err != nil {
		return false, err
	}
	_, feels := j.feeling()
	return voting || feels || slices.ContainsFunc(in.moves, func(mv Move) bool { return mv.State == MoveVoting }), nil
}

// signals adds what people signal: to who runs the meeting all of it, and to other members what is for all. A screen in the room shows none (practice.md §5.5).
func (v *View) signals(in *room) error {
	if v.Me == 0 || v.OnBreak(v.Now) {
		return nil
	}
	hides, err := in.hidesOpinions()
	if err != nil {
		return err
	}
	runs := v.Desk().Runs
	x := Signals{Given: in.signals.Count(v.ID, v.Now)}
	for k := range x.Given {
		if hides && k.Opinion() || !runs && !k.ForAll() {
			delete(x.Given, k)
		}
	}
	if v.Here.HasDevice() {
		x.Mine, x.Until = in.signals.Of(v.ID, v.Me, v.Now)
		for _, k := range signal.Kinds() {
			if !hides || !k.Opinion() {
				x.May = append(x.May, k)
			}
		}
	}
	v.Signals = x
	return nil
}

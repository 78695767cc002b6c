package meeting

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/token"
)

// AskState is how far it is that members ask for a meeting.
type AskState string

// The states.
const (
	Collecting AskState = "collecting"
	Reached    AskState = "reached"   // enough have asked; whoever convenes has some days to call it
	Convening  AskState = "convening" // they did not, or nobody convenes, and those who asked first can
	Answered   AskState = "called"
	RanOut     AskState = "expired"
	Dropped    AskState = "dropped" // everybody took their name back
	Archived   AskState = "archived"
)

// Times of asking for a meeting (practice.md §2.5.2).
const (
	askDays     = 30 // for collecting names
	callDays    = 7  // for whoever convenes, and then as long for those who asked first
	askers      = 3  // who may call it themselves
	MaxBusiness = 200
)

const day = 24 * time.Hour

// Ask is that members ask for a meeting. Who has asked is told to nobody, but for the first three where they call it themselves.
type Ask struct {
	ID       int64
	Group    member.GroupID
	Number   int // from 1 in each group
	State    AskState
	Business string // what it is to be about
	Needed   int    // frozen at the start
	Signed   int
	Rulebook int
	Started  time.Time
	Closes   time.Time
	Reached  time.Time
	Ended    time.Time
	due      time.Time
}

// Ref names it in the record.
func (k Ask) Ref() string { return "call/" + strconv.Itoa(k.Number) }

// IsOpen says whether anything can still come of it.
func (k Ask) IsOpen() bool {
	return k.State == Collecting || k.State == Reached || k.State == Convening
}

// CallBy is until when whoever convenes can call it before those who asked first can.
func (k Ask) CallBy() time.Time { return k.Reached.AddDate(0, 0, callDays) }

// ClockCalls is when the clock calls it if nobody has.
func (k Ask) ClockCalls() time.Time { return k.Reached.AddDate(0, 0, 2*callDays) }

// MaySign returns nil if members may put their names under it now, or take them back.
func (k Ask) MaySign(now time.Time) error {
	if k.State != Collecting || !now.Before(k.Closes) {
		return fault.New(fault.Conflict, "meeting.ask.closed")
	}
	return nil
}

// AskFor asks for a meeting, with the actor's name as the first. It returns fault.NotFound for who is no member, fault.Invalid with the field
// "business", and fault.Conflict while the group is forming or if members ask for one already.
func (s *Service) AskFor(ctx context.Context, a member.Actor, business string) (k Ask, err error) {
	business = motion.Tidy(business)
	switch {
	case business == "":
		return k, fault.Form(map[string]lang.Msg{"business": lang.M("meeting.form.missing")})
	case motion.Words(business) > MaxBusiness || len(business) > 20*MaxBusiness:
		return k, fault.Form(map[string]lang.Msg{"business": lang.M("motion.words_long", "Max", MaxBusiness, "Count", motion.Words(business))})
	}
	err = s.act(ctx, a, func(sc *scene) error {
		g, rules := sc.a.Group, sc.rules.Rules
		if g.Forming() {
			return fault.New(fault.Conflict, "motion.forming")
		}
		if open, err := openCall(sc.tx, g.ID); err != nil || open.ID != 0 {
			if err == nil {
				err = fault.New(fault.Conflict, "meeting.ask.open_already")
			}
			return err
		}
		active, err := member.Active(sc.tx, g.ID, sc.tx.Now, time.Duration(rules.ActiveWindowDays)*day)
		if err != nil {
			return fmt.Errorf("count active members: %w", err)
		}
		k = Ask{Group: g.ID, State: Collecting, Business: business, Needed: rulebook.S(active), Rulebook: sc.rules.Number, Started: sc.tx.Now}
		k.Closes = lastOf(sc.tx.Now, askDays, g.Zone)
		k.due = k.Closes
		if k, err = insertAsk(sc.tx, k); err != nil {
			return fmt.Errorf("insert call for a meeting: %w", err)
		}
		if err := s.note(sc.tx, g, k.Ref(), "call.started", "", ledger.Data{
			"call": k.Ref(), "business": ledger.Text(business), "needed": k.Needed, "active": active, "rulebook": k.Rulebook, "closes": k.Closes,
		}); err != nil {
			return err
		}
		k, err = sc.sign(k)
		return err
	})
	return k, err
}

// lastOf is the end of the last of so many days by the group's calendar: the minute in which somebody began would tell who it was.
func lastOf(now time.Time, days int, zone *time.Location) time.Time {
	last := now.In(zone).AddDate(0, 0, days)
	return time.Date(last.Year(), last.Month(), last.Day()+1, 0, 0, 0, 0, zone).UTC()
}

// Sign puts the actor's name under what members ask for. Doing it again changes nothing. Once there are enough, whoever convenes has a week to call the
// meeting; where nobody does, there is nobody to wait for, and those who asked first can call it at once. It returns fault.NotFound for who is no member or if nothing is asked for, and fault.Conflict once it is closed.
func (s *Service) Sign(ctx context.Context, a member.Actor, number int) error {
	return s.asked(ctx, a, number, func(sc *scene, k Ask) error {
		_, err := sc.sign(k)
		return err
	})
}

// Unsign takes the actor's name back. It returns what Sign does.
func (s *Service) Unsign(ctx context.Context, a member.Actor, number int) error {
	return s.asked(ctx, a, number, func(sc *scene, k Ask) error {
		was, err := dropName(sc.tx, k.ID, sc.a.Member.ID)
		if err != nil || !was {
			return err
		}
		if k.Signed--; k.Signed == 0 {
			return s.endAsk(sc.tx, sc.a.Group, k, Dropped)
		}
		return putAsk(sc.tx, k)
	})
}

func (s *Service) asked(ctx context.Context, a member.Actor, number int, do func(*scene, Ask) error) error {
	return s.act(ctx, a, func(sc *scene) error {
		k, err := findAsk(sc.tx, sc.a.Group.ID, number)
		if err != nil {
			return err
		}
		if err := k.MaySign(sc.tx.Now); err != nil {
			return err
		}
		return do(sc, k)
	})
}

// sign adds the actor's name.
func (sc *scene) sign(k Ask) (Ask, error) {
	first, err := addName(sc.tx, k.ID, sc.a.Member.ID)
	if err != nil || !first {
		return k, err
	}
	if k.Signed++; k.Signed < k.Needed {
		return k, putAsk(sc.tx, k)
	}
	k.State, k.Reached = Reached, sc.tx.Now
	k.due = k.CallBy()
	if err := putAsk(sc.tx, k); err != nil {
		return k, err
	}
	if err := sc.note(sc.tx, sc.a.Group, k.Ref(), "call.reached", "", ledger.Data{"call": k.Ref(), "signed": k.Signed}); err != nil {
		return k, err
	}
	convene, err := role.WhoMay(sc.tx, sc.a.Group.ID, member.Convene)
	if err != nil || len(convene) > 0 {
		return k, err
	}
	return sc.letConvene(sc.tx, sc.a.Group, k, true)
}

// endAsk ends it and forgets who asked.
func (s *Service) endAsk(tx *db.Tx, g member.Group, k Ask, how AskState) error {
	if err := dropNames(tx, k.ID); err != nil {
		return fmt.Errorf("forget names: %w", err)
	}
	k.State, k.Ended, k.due = how, tx.Now, time.Time{}
	if err := putAsk(tx, k); err != nil {
		return err
	}
	return s.note(tx, g, k.Ref(), "call.ended", "", ledger.Data{"call": k.Ref(), "how": string(how), "signed": k.Signed})
}

// answered ends what members asked for, because the meeting is called. Whoever could have called it themselves need not any more.
func (s *Service) answered(tx *db.Tx, g member.Group, k Ask, m Meeting) error {
	running, err := toConvene(tx, g.ID)
	if err != nil {
		return err
	}
	for _, t := range running {
		if err := s.end(tx, g, t, HasCalled); err != nil {
			return err
		}
	}
	return s.endAsk(tx, g, k, Answered)
}

// watch does what is due by time alone for what members ask for: it ends, or those who asked first can call the meeting, or the clock does.
func (s *Service) watch(tx *db.Tx, k Ask) error {
	g, err := member.GetGroup(tx, k.Group)
	if err != nil {
		return err
	}
	switch k.State {
	case Collecting:
		return s.endAsk(tx, g, k, RanOut)
	case Reached:
		_, err := s.letConvene(tx, g, k, false)
		return err
	}
	return s.callByClock(tx, g, k)
}

// letConvene gives the first three who asked, and are still there, the power to call the meeting until the clock does: whoever convenes has not within their week, or nobody
// does.
func (s *Service) letConvene(tx *db.Tx, g member.Group, k Ask, nobody bool) (Ask, error) {
	first, err := firstNames(tx, k.ID, askers)
	if err != nil {
		return k, err
	}
	if !tx.Now.Before(k.ClockCalls()) {
		first = nil // the server stood still for so long that the clock calls it now
	}
	k.State, k.due = Convening, k.ClockCalls()
	if err := putAsk(tx, k); err != nil {
		return k, err
	}
	data := ledger.Data{"call": k.Ref(), "can_call": len(first)}
	if nobody {
		data["nobody"] = true // who convenes, so that nobody had to be waited for
	}
	if err := s.note(tx, g, k.Ref(), "call.unanswered", "", data); err != nil {
		return k, err
	}
	for _, who := range first {
		t := Term{Ref: token.Ref("j_"), Group: g.ID, Job: Convenes, Member: who, Begins: tx.Now, Ends: k.ClockCalls(), Cause: k.Ref()}
		if err := s.give(tx, g, t, HadAsked, ""); err != nil {
			return k, err
		}
	}
	return k, nil
}

// callByClock calls the meeting that members asked for and nobody has called: on the first evening that notice allows.
func (s *Service) callByClock(tx *db.Tx, g member.Group, k Ask) error {
	rules, err := rulebook.Current(tx, g.ID, tx.Now)
	if err != nil {
		return err
	}
	say := s.words.Voice(g.Lang)
	opens := rulebook.Evening(EarliestFor(rules.Rules.NoticeDays.Special, tx.Now), g.Zone)
	d := Details{
		Title: say.T("meeting.clock.title"), Place: say.T("meeting.clock.place"), Opens: opens,
		Stop: opens.Add(time.Duration(rules.Rules.Meeting.HardStopMinutes) * time.Minute),
	}
	_, err = s.call(tx, g, rules, Meeting{Kind: Special, Details: d, Cause: k.Ref()}, k, "")
	return err
}

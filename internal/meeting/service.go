package meeting

import (
	"context"
	"fmt"
	"io"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/notify"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/signal"
	"folkmoot/internal/sortition"
	"folkmoot/internal/token"
)

// Service calls meetings and holds them.
type Service struct {
	db     *db.DB
	ledger *ledger.Ledger
	chance io.Reader
	words  *lang.Catalog

	closed    func(tx *db.Tx, g member.Group, m Meeting) error
	votes     *ballot.Service
	changed   func(log ledger.Log, subject string)
	looks     looks
	signals   signal.Board[ID, member.ID]
	captions  signal.Strip[ID]
	tries     tries // of codes of the door
	signalled func(log ledger.Log, subject string, at time.Time)
	notices   *notify.Service // nil: members are told on pages only
}

// NewService returns a Service on the database that writes to the record. Its secrets are read from chance, which must be such that nobody can
// guess them; what the clock calls is worded by words, in the group's language.
func NewService(d *db.DB, l *ledger.Ledger, chance io.Reader, words *lang.Catalog) *Service {
	return &Service{db: d, ledger: l, chance: chance, words: words, tries: newTries(), changed: func(ledger.Log, string) {}, signalled: func(ledger.Log, string, time.Time) {}}
}

// OnChange has f told, once it is committed, that something in a meeting has changed that the record does not tell: who is there, who would like to speak.
func (s *Service) OnChange(f func(log ledger.Log, subject string)) { s.changed = f }

// OnVotes has votes in meetings be opened by the service.
func (s *Service) OnVotes(b *ballot.Service) { s.votes = b }

// OnClose has f told of each meeting that was held, in the transaction that closes it.
func (s *Service) OnClose(f func(tx *db.Tx, g member.Group, m Meeting) error) { s.closed = f }

// scene is what a member does, with what the rules need to judge it, read in the transaction that does it.
type scene struct {
	*Service
	tx    *db.Tx
	a     member.Actor
	rules rulebook.Version
}

// act runs what a member does. It returns fault.NotFound to everybody who is none.
func (s *Service) act(ctx context.Context, a member.Actor, do func(*scene) error) error {
	return rulebook.Act(ctx, s.db, a, func(tx *db.Tx, a member.Actor, rules rulebook.Version) error { return do(&scene{s, tx, a, rules}) })
}

func (s *Service) note(tx *db.Tx, g member.Group, subject, kind, actor string, data ledger.Data) error {
	_, err := s.ledger.Append(tx, g.Log(), ledger.Event{Kind: kind, Subject: subject, Actor: actor, Data: data})
	return err
}

// MayCall returns nil if the actor can call a meeting at the moment: they have the power to, and the group is not forming any more.
func MayCall(a member.Actor, now time.Time) error {
	switch {
	case a.Group.Forming():
		return fault.New(fault.Conflict, "motion.forming")
	case !member.Can(a, member.Convene, now):
		return fault.New(fault.Denied, "meeting.no_power")
	}
	return nil
}

// Call gives notice of a meeting in the actor's name. What waits for a meeting, and has waited for as long as notice takes, is on its agenda from now
// on. The same form sent again changes nothing. It returns fault.NotFound for who is no member, fault.Denied for who has not the power to convene,
// fault.Conflict while the group is forming, and fault.Invalid with the fields "title", "place", "link", "phone", "getting-in", "help", "opens", "minutes" and "urgent".
//
// urgent has the numbers of proposals on its agenda that cannot wait: the notice says so to everybody, and what is agreed on them in the room is not provisional
// (practice.md §2.7.6). That goes where the rules decide by agreement and give days to those who were absent, and is not changed once notice is given.
func (s *Service) Call(ctx context.Context, a member.Actor, once db.Once, d Details, urgent ...int) (m Meeting, err error) {
	err = s.act(ctx, a, func(sc *scene) error {
		if id, seen, err := sc.tx.Seen(once); err != nil || seen {
			m.Number = int(id)
			return err
		}
		if err := MayCall(sc.a, sc.tx.Now); err != nil {
			return err
		}
		asked, err := openCall(sc.tx, sc.a.Group.ID)
		if err != nil {
			return err
		}
		kind, notice := Ordinary, sc.rules.Rules.NoticeDays.Meeting
		if asked.ID != 0 && asked.State != Collecting {
			kind, notice = Special, sc.rules.Rules.NoticeDays.Special
		}
		if d, err = d.check(sc.rules.Rules, notice, sc.tx.Now); err != nil {
			return err
		}
		if len(urgent) > 0 && !CanBeUrgent(sc.rules.Rules) {
			return fault.Form(map[string]lang.Msg{"urgent": lang.M("meeting.form.urgent_rules")})
		}
		m = Meeting{Kind: kind, Details: d, CalledBy: sc.a.Member.ID, Cause: sc.power(member.Convene)}
		if m, err = s.call(sc.tx, sc.a.Group, sc.rules, m, asked, sc.a.Member.Ref, urgent...); err != nil {
			return err
		}
		return sc.tx.Did(once, int64(m.Number))
	})
	return m, err
}

// CanBeUrgent says whether a notice can say of a proposal that it cannot wait: only what is agreed in a room is provisional, and only where the rules give days for that.
func CanBeUrgent(r rulebook.Rules) bool {
	return r.DecideDefault == rulebook.Consensus && r.Agreement().AbsentDays > 0
}

// power names the term by which the actor has a power now.
func (sc *scene) power(c member.Capability) string {
	for _, t := range sc.a.Terms {
		for _, has := range t.Caps {
			if has == c && !sc.tx.Now.Before(t.Begins) && sc.tx.Now.Before(t.Ends) {
				return t.Ref
			}
		}
	}
	return ""
}

// call calls a meeting, with what waits for one on its agenda, and the proposals that are urgent.
func (s *Service) call(tx *db.Tx, g member.Group, rules rulebook.Version, m Meeting, asked Ask, by string, urgent ...int) (Meeting, error) {
	m.Group, m.State, m.Notice, m.CalledAt, m.Rulebook = g.ID, Called, tx.Now, tx.Now, rules.Number
	m.Code = token.Code(2)
	var err error
	if m.Secret, m.Commit, err = s.secret(); err != nil {
		return m, err
	}
	if m.JobsSecret, m.JobsCommit, err = s.secret(); err != nil {
		return m, err
	}
	m.LotAt = m.lot()
	m.due = m.LotAt
	if m, err = insert(tx, m); err != nil {
		return m, fmt.Errorf("insert meeting: %w", err)
	}
	received, err := lastReceived(tx, g.ID)
	if err != nil {
		return m, err
	}
	list, err := s.gather(tx, g, rules.Rules, m, asked, urgent)
	if err != nil {
		return m, err
	}
	answers := ""
	if m.Kind == Special {
		answers = asked.Ref()
	}
	if err := s.note(tx, g, m.Ref(), "meeting.called", by, m.where(ledger.Data{
		"meeting": m.Ref(), "kind": string(m.Kind), "cause": m.Cause, "rulebook": m.Rulebook, "title": ledger.Text(m.Title), "opens": m.Opens, "stop": m.Stop,
		"code": m.Code, "commit": m.Commit, "jobs_commit": m.JobsCommit, "lot_at": m.LotAt, "items": list, "call": answers, "received": received,
	})); err != nil {
		return m, err
	}
	told := "called"
	if m.ByRhythm() {
		told = "rhythm"
	}
	if err := s.announce(tx, g, m, told); err != nil {
		return m, err
	}
	if m.Kind == Special {
		return m, s.answered(tx, g, asked, m)
	}
	return m, nil
}

// secret returns a secret of a lot, and what is published of it before.
func (s *Service) secret() (secret []byte, commit string, err error) {
	secret = make([]byte, 32)
	if _, err := io.ReadFull(s.chance, secret); err != nil {
		return nil, "", fmt.Errorf("read chance: %w", err)
	}
	return secret, sortition.Commitment(secret), nil
}

// lot is when the order of new proposals is drawn: a day after notice was given, or halfway to the meeting where that is sooner. Whoever calls it
// knows by then what is on the agenda, and nobody can know the order.
func (m Meeting) lot() time.Time {
	wait := min(lotWait, m.Opens.Sub(m.CalledAt)/2)
	return m.CalledAt.Add(wait).Truncate(time.Millisecond)
}

// Move puts a meeting off in the actor's name: to a later time, of which all get as much notice as of a new one, and with other words about the place.
// A meeting that members asked for is not put off. It returns what Call does, fault.NotFound if there is no such meeting, and fault.Conflict once it
// could have begun.
func (s *Service) Move(ctx context.Context, a member.Actor, number int, d Details) error {
	return s.act(ctx, a, func(sc *scene) error {
		m, err := find(sc.tx, sc.a.Group.ID, number)
		if err != nil {
			return err
		}
		if err := MayMove(sc.a, m, sc.tx.Now); err != nil {
			return err
		}
		d.Title = m.Title
		if d, err = d.check(sc.rules.Rules, sc.rules.Rules.NoticeDays.Meeting, sc.tx.Now); err != nil {
			return err
		}
		if d.Opens.Before(m.Opens) {
			return fault.Form(map[string]lang.Msg{"opens": lang.M("meeting.form.sooner", "At", m.Opens)})
		}
		m.Details, m.Notice = d, sc.tx.Now
		switch {
		case m.OrderedAt.IsZero():
			m.due = m.LotAt
		case !m.IsAdjourned(): // see lookAfter
			m.due = m.closes(sc.rules.Rules)
		}
		if err := put(sc.tx, m, Called); err != nil {
			return err
		}
		if err := s.putOff(sc.tx, sc.a.Group, m, sc.rules.Rules); err != nil {
			return err
		}
		if err := s.announce(sc.tx, sc.a.Group, m, "moved"); err != nil {
			return err
		}
		return s.note(sc.tx, sc.a.Group, m.Ref(), "meeting.moved", sc.a.Member.Ref,
			m.where(ledger.Data{"meeting": m.Ref(), "cause": sc.power(member.Convene), "opens": m.Opens, "stop": m.Stop}))
	})
}

// MayMove returns nil if the actor can put the meeting off now.
func MayMove(a member.Actor, m Meeting, now time.Time) error {
	switch {
	case !member.Can(a, member.Convene, now):
		return fault.New(fault.Denied, "meeting.no_power")
	case m.Kind == Special:
		return fault.New(fault.Conflict, "meeting.asked_for")
	case m.State != Called || !now.Before(m.Opens):
		return fault.New(fault.Conflict, "meeting.too_late")
	}
	return nil
}

// PutDown puts something down in the actor's name that the next meeting is to talk about. The same form sent again changes nothing. It returns
// fault.NotFound for who is no member, fault.Conflict while the group is forming or if very much waits already, and fault.Invalid with the fields
// "title", "text" and "minutes".
func (s *Service) PutDown(ctx context.Context, a member.Actor, once db.Once, title, text string, minutes int) error {
	w := wrongs{}
	title, text = w.line("title", title, MaxTitle, true), w.text("text", text, MaxTopic)
	if minutes < 5 || minutes > 60 {
		w["minutes"] = lang.M("meeting.form.minutes", "Min", 5, "Max", 60)
	}
	if err := fault.Form(w); err != nil {
		return err
	}
	return s.act(ctx, a, func(sc *scene) error {
		if _, seen, err := sc.tx.Seen(once); err != nil || seen {
			return err
		}
		if sc.a.Group.Forming() {
			return fault.New(fault.Conflict, "motion.forming")
		}
		list, err := waitingItems(sc.tx, sc.a.Group.ID)
		if err != nil {
			return err
		}
		if len(list) >= mostItems {
			return fault.New(fault.Conflict, "meeting.topics_full")
		}
		it, err := insertItem(sc.tx, Item{
			Group: sc.a.Group.ID, Kind: Topic, Title: title, Text: text, By: sc.a.Member.ID, Added: sc.tx.Now, Minutes: minutes, State: Waiting,
		})
		if err != nil {
			return fmt.Errorf("insert item: %w", err)
		}
		if err := s.note(sc.tx, sc.a.Group, "meetings", "topic.put", sc.a.Member.Ref, ledger.Data{
			"item": int64(it.ID), "title": ledger.Text(title), "text": ledger.Text(text), "minutes": minutes,
		}); err != nil {
			return err
		}
		return sc.tx.Did(once, int64(it.ID))
	})
}

// TakeBack takes back what the actor put down, before a meeting is called that talks about it. It returns fault.NotFound for what is not theirs, and
// fault.Conflict once it is on an agenda.
func (s *Service) TakeBack(ctx context.Context, a member.Actor, id ItemID) error {
	return s.act(ctx, a, func(sc *scene) error {
		it, err := getItem(sc.tx, sc.a.Group.ID, id)
		if err != nil {
			return err
		}
		switch {
		case it.By != sc.a.Member.ID:
			return fault.New(fault.NotFound, "fault.not_found")
		case it.Meeting != 0 || it.State != Waiting:
			return fault.New(fault.Conflict, "meeting.on_agenda")
		}
		it.State, it.Ended = Withdrawn, sc.tx.Now
		if err := putItem(sc.tx, it, Waiting); err != nil {
			return err
		}
		return s.note(sc.tx, sc.a.Group, "meetings", "topic.taken_back", sc.a.Member.Ref, ledger.Data{"item": int64(it.ID)})
	})
}

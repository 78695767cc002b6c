package ballot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
	"folkmoot/internal/tally"
	"folkmoot/internal/urn"
)

// Closed is a counted ballot, as it is told to whoever records what follows from it.
type Closed struct {
	Ballot
	Result tally.Result
	Motion motion.Motion // as it was before the close
	Group  member.Group
	Rerun  Ballot   // the ballot that is held instead; zero if there is none
	Count  *Tallied // of a ballot by ranking in which enough took part; nil of any other
}

// OnClose records what a count leads to, in the closing transaction.
type OnClose func(tx *db.Tx, c Closed) error

// Service opens, takes and counts votes.
type Service struct {
	db      *db.DB
	ledger  *ledger.Ledger
	urn     *urn.Urn
	onClose OnClose
	contest map[motion.Kind]func(tx *db.Tx, m motion.Motion) (Contest, error)
	common  func(tx *db.Tx, g member.GroupID, c member.Capability) (empty string, err error)
	oneSeat func(tx *db.Tx, who member.ID, c member.Capability, others []member.ID) (bool, error)
	stands  func(tx *db.Tx, m motion.ID, who member.ID) (bool, error)
	waking  func(tx *db.Tx, g member.GroupID, at time.Time) (string, error)
	log     *slog.Logger

	provisional func(tx *db.Tx, g member.GroupID) ([]motion.ID, error)

	ticking sync.Mutex
	uncut   atomic.Bool // who answered what in a call that is counted can still stand in the write-ahead log
	waiting map[ID]busy // urns that somebody still read when they were to be emptied
	seen    shown
	frozen  frozen
}

// New returns a Service whose keys and journals lie in the key folder, with every urn taken up where it was left. An urn that
// is not as it must be stops its ballot, not the program. Close releases the files.
func New(ctx context.Context, d *db.DB, l *ledger.Ledger, keyFolder string, onClose OnClose, log *slog.Logger) (*Service, error) {
	u, err := urn.Open(keyFolder, log)
	if err != nil {
		return nil, err
	}
	s := &Service{db: d, ledger: l, urn: u, onClose: onClose, log: log, waiting: map[ID]busy{},
		contest: map[motion.Kind]func(*db.Tx, motion.Motion) (Contest, error){},
		common:  func(*db.Tx, member.GroupID, member.Capability) (string, error) { return "", nil },
		oneSeat: func(*db.Tx, member.ID, member.Capability, []member.ID) (bool, error) { return false, nil },
		stands:  func(*db.Tx, motion.ID, member.ID) (bool, error) { return false, nil },

		provisional: func(*db.Tx, member.GroupID) ([]motion.ID, error) { return nil, nil },
		seen:        shown{at: map[ID]sight{}}, frozen: frozen{open: map[asked]known{}}}
	if err := s.recover(ctx); err != nil {
		return nil, errors.Join(err, u.Close())
	}
	return s, nil
}

// OnRanked has the service ask what can be put in order in the ballot on a motion of a kind, when it opens.
func (s *Service) OnRanked(k motion.Kind, what func(tx *db.Tx, m motion.Motion) (Contest, error)) {
	s.contest[k] = what
}

// OnStands has the service ask whether somebody is voted on, so that they do not sign the count: in an election a vote is about all who stand.
func (s *Service) OnStands(f func(tx *db.Tx, m motion.ID, who member.ID) (bool, error)) { s.stands = f }

// OnCommon has the service ask whether any two members together may use a power now, and of which role: of one that nobody holds.
func (s *Service) OnCommon(f func(tx *db.Tx, g member.GroupID, c member.Capability) (empty string, err error)) {
	s.common = f
}

// OnOneSeat has the service ask whether a member has a power only as one who shares a seat with any of some others: what two have to do, they
// do not do together.
func (s *Service) OnOneSeat(f func(tx *db.Tx, who member.ID, c member.Capability, others []member.ID) (bool, error)) {
	s.oneSeat = f
}

// look is a Read in which the urns may be asked.
func (s *Service) look(ctx context.Context, f func(*db.Tx) error) error {
	return s.db.Read(ctx, func(tx *db.Tx) error {
		if err := urn.Hold(tx); err != nil {
			return err
		}
		return f(tx)
	})
}

// Close closes the journals. The urns stay as they are.
func (s *Service) Close() error { return s.urn.Close() }

func (s *Service) recover(ctx context.Context) error {
	known := map[string]bool{}
	var open []Ballot
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		if open, err = inStates(tx, Open, Closing); err != nil {
			return err
		}
		rest, err := inStates(tx, Announced, Counted, Stopped)
		for _, b := range append(rest, open...) {
			known[b.Ref] = true
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("find open ballots: %w", err)
	}
	for _, b := range open {
		restored, err := s.urn.Recover(ctx, s.db, b.bound())
		if restored > 0 {
			s.log.WarnContext(ctx, "votes put back from the journal", slog.String("ballot", b.Ref), slog.Int("votes", restored))
		}
		if i, ok := errors.AsType[*urn.Incident](err); ok && (i.Reason == urn.KeyLost || i.Reason == urn.JournalLost) {
			// The folder may be the wrong one. No vote is taken meanwhile; the ballot is lost only at its close.
			s.log.ErrorContext(ctx, "a ballot takes no votes", slog.String("ballot", b.Ref), slog.String("reason", string(i.Reason)), slog.Any("err", i.Err))
			continue
		}
		if err := s.stopOn(ctx, b, err); err != nil {
			return fmt.Errorf("recover the urn of ballot %s: %w", b.Ref, err)
		}
	}
	return s.urn.Sweep(known)
}

// keyTime is how long a ballot waits for its key or its journal, from when they were first missed after the close: the folder
// may be the wrong one, or on a disk that is not there yet, and a stopped ballot stays stopped.
const keyTime = 24 * time.Hour

// stopUnlessItMayComeBack is stopOn, but what is missing may be put back for keyTime; until then it returns err.
func (s *Service) stopUnlessItMayComeBack(ctx context.Context, b Ballot, err error) error {
	i, ok := errors.AsType[*urn.Incident](err)
	if !ok || i.Reason != urn.KeyLost && i.Reason != urn.JournalLost {
		return s.stopOn(ctx, b, err)
	}
	waits := false
	if werr := s.db.Write(ctx, func(tx *db.Tx) error {
		since, werr := missedSince(tx, b)
		waits = tx.Now.Before(since.Add(keyTime))
		return werr
	}); werr != nil {
		return werr
	}
	if waits {
		return err
	}
	return s.stopOn(ctx, b, err)
}

// missedSince returns when the ballot's key or journal was first missed, and notes it if that is now. It is kept in the database: a
// server that is started again every night would otherwise wait for ever.
func missedSince(tx *db.Tx, b Ballot) (time.Time, error) {
	name := "missed_" + b.Ref
	was, err := tx.Setting(name)
	if err != nil {
		return tx.Now, err
	}
	if at, perr := time.Parse(time.RFC3339, string(was)); perr == nil { // one that cannot be read is none
		return at, nil
	}
	return tx.Now, tx.PutSetting(name, []byte(tx.Now.UTC().Format(time.RFC3339)))
}

// stopOn stops the ballot if err is an incident of its urn, and passes on any other error.
func (s *Service) stopOn(ctx context.Context, b Ballot, err error) error {
	i, ok := errors.AsType[*urn.Incident](err)
	if !ok {
		return err
	}
	s.log.ErrorContext(ctx, "ballot stopped", slog.String("ballot", b.Ref), slog.String("reason", string(i.Reason)), slog.Any("err", i.Err))
	return s.db.Write(ctx, func(tx *db.Tx) error { return s.stop(tx, b.ID, i.Reason) })
}

// batch is how many things Tick takes up before it looks again.
const batch = 50

// busyPause is how long is waited before an urn that is still being read is emptied again. Each try holds up all writing for a
// moment, and who reads may have much to read.
const busyPause = 5 * time.Second

// busy is why an urn was not emptied, and when that is tried again.
type busy struct {
	until time.Time
	err   error
}

// Tick does what is due by time alone: it opens and closes ballots, empties the urns of counted ones and forgets who took
// part. It may come late, or twice. A ballot that fails does not hold up the others; it is tried again at the next Tick.
func (s *Service) Tick(ctx context.Context) error {
	s.ticking.Lock()
	defer s.ticking.Unlock()
	var errs []error
	failed := map[any]bool{}
	for {
		var motions []motion.Motion
		var ballots []Ballot
		var now time.Time
		err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
			now = tx.Now
			if motions, err = motion.DueToOpen(tx, tx.Now, batch); err != nil {
				return err
			}
			if ballots, err = due(tx, tx.Now, batch); err != nil {
				return err
			}
			early, err := full(tx)
			for _, b := range early {
				if b.Closes.After(tx.Now) {
					ballots = append(ballots, b)
				}
			}
			return err
		})
		if err != nil {
			return errors.Join(append(errs, err)...)
		}
		progress := false
		note := func(what any, err error) {
			progress = progress || err == nil
			if err != nil {
				failed[what] = true
				errs = append(errs, err)
			}
		}
		for _, m := range motions {
			if !failed[m.ID] {
				note(m.ID, s.open(ctx, m))
			}
		}
		for _, b := range ballots {
			if failed[b.ID] {
				continue
			}
			w := s.waiting[b.ID]
			if !now.Before(w.until) {
				delete(s.waiting, b.ID)
				if w.err = s.moveOn(ctx, b); errors.Is(w.err, urn.ErrBusy) {
					s.waiting[b.ID] = busy{now.Add(busyPause), w.err}
				}
			}
			note(b.ID, w.err)
		}
		if !progress {
			return errors.Join(append(errs, s.clean(ctx))...)
		}
	}
}

// clean has the answers to calls that are counted be gone from the database's files. While somebody reads it waits for the next Tick.
func (s *Service) clean(ctx context.Context) error {
	if !s.uncut.Swap(false) {
		return nil
	}
	err := urn.Clean(ctx, s.db)
	if err == nil {
		return nil
	}
	s.uncut.Store(true)
	if errors.Is(err, urn.ErrBusy) {
		return nil
	}
	return err
}

// Next returns when Tick has something to do next, which may be due already; zero if nothing will be.
func (s *Service) Next(tx *db.Tx) (time.Time, error) {
	opens, err := motion.NextToOpen(tx)
	if err != nil {
		return opens, err
	}
	at, err := db.Soonest(tx, nextDue)
	if at.IsZero() || !opens.IsZero() && opens.Before(at) {
		at = opens
	}
	if err != nil {
		return at, err
	}
	if early, err := full(tx); err != nil || len(early) > 0 {
		return tx.Now, err
	}
	return at, nil
}

// moveOn brings a ballot one state further.
func (s *Service) moveOn(ctx context.Context, b Ballot) (err error) {
	switch b.State {
	case Announced:
		err = s.openAgain(ctx, b)
	case Open, Closing:
		err = s.close(ctx, b)
	case Counted, Purged:
		if b.Secret && b.State == Counted {
			err = s.purge(ctx, b)
		} else {
			err = s.forget(ctx, b)
		}
	case Stopped:
		err = s.clear(ctx, b)
	default:
		return fmt.Errorf("ballot %s is %s and due", b.Ref, b.State)
	}
	if err != nil {
		return fmt.Errorf("ballot %s, %s: %w", b.Ref, b.State, err)
	}
	return nil
}

// sight is how many have taken part in an open ballot, as of when somebody last looked.
type sight struct {
	n  int64
	at time.Time
}

// shown keeps what was last shown of open ballots. It is memory only.
type shown struct {
	mu sync.Mutex
	at map[ID]sight
}

package handover

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/role"
)

// open opens the handover of a term with the list as it is now.
func (s *Service) open(tx *db.Tx, g member.Group, r role.Role, t role.Term) error {
	labels, err := s.list(tx, g, r.ID)
	if err != nil {
		return err
	}
	if err := insert(tx, Handover{Group: g.ID, Term: t.ID, Opened: tx.Now}, labels); err != nil {
		return fmt.Errorf("insert a handover: %w", err)
	}
	return s.note(tx, g, ref(t), "handover.opened", "", ledger.Data{"term": t.Ref})
}

// list returns the points that a handover of the role has.
func (s *Service) list(tx *db.Tx, g member.Group, r role.ID) ([]string, error) {
	items, err := newestList(tx, r)
	if err != nil || items != "" {
		return strings.Split(items, "\n"), err
	}
	return DefaultItems(s.words.Voice(g.Lang)), nil
}

// ShowList returns the points that the next handovers of the role have, to its holders. To everybody else it returns fault.NotFound.
func (s *Service) ShowList(ctx context.Context, a member.Actor, key string) (r role.Role, items []string, err error) {
	if !a.IsMember() {
		return r, nil, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if r, err = role.Find(tx, a.Group.ID, key); err != nil {
			return err
		}
		if err := onlyHolders(tx, r.ID, a.Member.ID); err != nil {
			return err
		}
		items, err = s.list(tx, a.Group, r.ID)
		return err
	})
	return r, items, err
}

func onlyHolders(tx *db.Tx, r role.ID, who member.ID) error {
	_, held, err := holds(tx, r, who)
	if err == nil && !held {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return err
}

// ChangeList has the next handovers of the role ask something else, one point a line. Those that are open stay as they are. It returns
// fault.NotFound to who does not hold the role, and fault.Invalid with the field "items".
func (s *Service) ChangeList(ctx context.Context, a member.Actor, key, text string) error {
	items, err := tidyList(text)
	if err != nil {
		return err
	}
	return s.act(ctx, a, key, func(sc *scene) error {
		if err := onlyHolders(sc.tx, sc.role.ID, sc.a.Member.ID); err != nil {
			return err
		}
		was, err := sc.list(sc.tx, sc.a.Group, sc.role.ID)
		if err != nil || slices.Equal(was, items) {
			return err
		}
		text := strings.Join(items, "\n")
		n, err := insertList(sc.tx, sc.role, sc.a.Member.ID, text)
		if err != nil {
			return fmt.Errorf("insert a list: %w", err)
		}
		return sc.note(sc.tx, sc.a.Group, sc.role.Ref(), "handover.list", sc.a.Member.Ref, ledger.Data{"role": sc.role.Ref(), "n": n, "items": ledger.Text(text)})
	})
}

// handing is a handover with the terms on both sides of it.
type handing struct {
	Handover
	old, next role.Term   // next is zero while nobody has the seat; of people who share it, the actor, or else the first
	after     []role.Term // all of those who share it
	part      Part        // of the actor
}

// between returns the handover of a term, with what somebody is to it. It returns fault.NotFound if it has not opened, and to who has no part in it.
func between(tx *db.Tx, t role.Term, who member.ID) (h handing, err error) {
	if h, err = about(tx, t, who); err == nil && (h.ID == 0 || h.part == Nobody) {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return h, err
}

// about is between for who only looks how far it is.
func about(tx *db.Tx, t role.Term, who member.ID) (h handing, err error) {
	h.old = t
	if h.Handover, err = ofTerm(tx, t.ID); err != nil {
		return h, err
	}
	if h.after, err = role.AfterIn(tx, t); err != nil {
		return h, err
	}
	all, err := namedFor(tx, t.ID)
	if err == nil {
		h.take(tx.Now, who, all)
	}
	return h, err
}

// take says which term is next and what somebody's part is, once it is known who comes after and who is understudy.
func (h *handing) take(now time.Time, who member.ID, all []Named) {
	if len(h.after) > 0 {
		h.next = h.after[max(0, slices.IndexFunc(h.after, func(n role.Term) bool { return n.Member == who }))]
	}
	switch {
	case h.old.Member == who:
		h.part = Outgoing
	case h.next.ID != 0 && h.next.Member == who && now.Before(h.next.Over()):
		h.part = Incoming
	case slices.ContainsFunc(all, func(u Named) bool { return u.Member == who && u.Ended.IsZero() }):
		h.part = Learner
	}
}

// needless says that there is nothing to hand over: the same person goes on.
func (h handing) needless() bool {
	return slices.ContainsFunc(h.after, func(n role.Term) bool { return n.Member == h.old.Member })
}

// on runs what somebody does about the handover of a term.
func (s *Service) on(ctx context.Context, a member.Actor, key, ref string, do func(*scene, handing) error) error {
	return s.act(ctx, a, key, func(sc *scene) error {
		t, err := sc.term(ref)
		if err != nil {
			return err
		}
		h, err := between(sc.tx, t, sc.a.Member.ID)
		if err != nil {
			return err
		}
		return do(sc, h)
	})
}

// Write keeps what the outgoing says to the points, by their numbers. It may be as little as they like: nothing depends on it. It returns
// fault.NotFound to who has no part in the handover, fault.Denied to everybody but the outgoing, fault.Conflict once it is finished, and
// fault.Invalid with the fields of the points that are too long.
func (s *Service) Write(ctx context.Context, a member.Actor, key, ref string, texts map[int]string) error {
	wrong := map[string]lang.Msg{}
	for n, text := range texts {
		var err error
		texts[n], err = tidyText(n, text)
		maps.Copy(wrong, fault.Fields(err))
	}
	if len(wrong) > 0 {
		return fault.Form(wrong)
	}
	return s.on(ctx, a, key, ref, func(sc *scene, h handing) error {
		if err := h.MayWrite(h.part); err != nil {
			return err
		}
		for _, it := range h.Items {
			if text, ok := texts[it.N]; ok && text != it.Text {
				it.Text = text
				if err := putItem(sc.tx, h.ID, it); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// Check keeps which points the new holder finds complete. It returns fault.NotFound to who has no part in the handover, fault.Denied to
// everybody but the new holder, and fault.Conflict before their term begins and once it is finished.
func (s *Service) Check(ctx context.Context, a member.Actor, key, ref string, checked []int) error {
	return s.on(ctx, a, key, ref, func(sc *scene, h handing) error {
		if err := h.mayCheck(h.part, h.next.Begins, sc.tx.Now); err != nil {
			return err
		}
		for _, it := range h.Items {
			if is := slices.Contains(checked, it.N); is != it.Checked {
				it.Checked = is
				if err := putItem(sc.tx, h.ID, it); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// Meet says that the outgoing and the new holder have met; each says it for themselves. Doing it again changes nothing. It returns
// fault.NotFound to who has no part in the handover, fault.Denied to the understudy, and fault.Conflict once it is finished.
func (s *Service) Meet(ctx context.Context, a member.Actor, key, ref string) error {
	return s.on(ctx, a, key, ref, func(sc *scene, h handing) error {
		switch {
		case h.part == Learner:
			return fault.New(fault.Denied, "handover.only_incoming")
		case !h.Finished.IsZero() || !h.Forgotten.IsZero():
			return fault.New(fault.Conflict, "handover.is_finished")
		case h.part == Outgoing:
			h.MetOld = true
		default:
			h.MetNew = true
		}
		return put(sc.tx, h.Handover)
	})
}

// Finish says that the handover is complete; the new holder does, and not the old. The record gets a hash of what was written and nothing
// else of it. It returns fault.NotFound to who has no part in it, fault.Denied to everybody but the new holder, and fault.Conflict before their
// term begins, while a point is not checked, before they say that the two have met, and if it is finished.
func (s *Service) Finish(ctx context.Context, a member.Actor, key, ref string) error {
	return s.on(ctx, a, key, ref, func(sc *scene, h handing) error {
		if err := h.MayFinish(h.part, h.next.Begins, sc.tx.Now); err != nil {
			return err
		}
		h.Salt = make([]byte, 32)
		if _, err := rand.Read(h.Salt); err != nil {
			return err
		}
		h.Finished, h.Seal = sc.tx.Now, SealOf(h.Salt, h.Items)
		if err := put(sc.tx, h.Handover); err != nil {
			return err
		}
		return sc.finished(h)
	})
}

func (sc *scene) finished(h handing) error {
	return sc.note(sc.tx, sc.a.Group, ref(h.old), "handover.finished", "", ledger.Data{"term": h.old.Ref, "seal": h.Seal})
}

// forget deletes what was written at the handover of a term, and with the salt what the hash in the record could be tried against.
func (s *Service) forget(tx *db.Tx, g member.Group, t role.Term) error {
	h, err := ofTerm(tx, t.ID)
	if err != nil || h.ID == 0 || !h.Forgotten.IsZero() {
		return err
	}
	if err := wipe(tx, h.ID); err != nil {
		return err
	}
	h.Salt, h.Forgotten = nil, tx.Now
	if err := put(tx, h); err != nil {
		return err
	}
	return s.note(tx, g, ref(t), "handover.forgotten", "", ledger.Data{"term": t.Ref})
}

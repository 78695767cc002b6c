package asset

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/line"
	"folkmoot/internal/member"
)

// Service keeps the register.
type Service struct {
	db     *db.DB
	ledger *ledger.Ledger
}

// NewService returns a Service on the database that writes to the record.
func NewService(d *db.DB, l *ledger.Ledger) *Service { return &Service{d, l} }

// Register is what a group depends on, as a member reads it.
type Register struct {
	Keys   []Key
	People map[member.ID]member.Member
	Now    time.Time
}

// List returns the group's keys in the order they were first written down, without those that are gone. It returns fault.NotFound for
// who is not a member.
func (s *Service) List(ctx context.Context, a member.Actor) (r Register, err error) {
	if !a.IsMember() {
		return r, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		r.Now = tx.Now
		if r.Keys, r.People, err = list(tx, a.Group.ID); err != nil {
			return err
		}
		r.Keys = slices.DeleteFunc(r.Keys, func(k Key) bool { return k.Gone })
		return nil
	})
	return r, err
}

// list returns all keys of the group, and the members who hold them.
func list(tx *db.Tx, g member.GroupID) ([]Key, map[member.ID]member.Member, error) {
	keys, err := find(tx, g)
	if err != nil {
		return nil, nil, err
	}
	var ids []member.ID
	var names []string
	for _, k := range keys {
		for _, h := range []Holder{k.First, k.Second} {
			switch {
			case h.Member != 0:
				ids = append(ids, h.Member)
			case h.Name != "" && !k.Gone:
				names = append(names, h.Name)
			}
		}
	}
	called, err := member.ByNames(tx, g, names)
	if err != nil {
		return nil, nil, err
	}
	people, err := member.Many(tx, ids)
	for i := range keys {
		for _, h := range []*Holder{&keys[i].First, &keys[i].Second} {
			h.Left = h.Member != 0 && !people[h.Member].Left.IsZero()
			if h.Member == 0 && h.Name != "" {
				h.Called = called[member.Fold(h.Name)].ID
			}
		}
	}
	return keys, people, err
}

// Entry is what somebody writes down of a key. Who is called as a member is, is that member; any other name is of somebody outside.
type Entry struct {
	Kind           Kind
	What           string
	Holder, Second string
	Until          time.Time // zero: for the usual time
	Gone           bool
}

// check returns the entry in its written form, or fault.Invalid with the fields that are wrong.
func (e Entry) check(now time.Time) (Entry, error) {
	wrong := map[string]lang.Msg{}
	var m lang.Msg
	if e.What, m = member.CleanName(e.What, MaxText); !m.IsZero() {
		wrong["what"] = m
	}
	for field, s := range map[string]*string{"holder": &e.Holder, "second": &e.Second} {
		if *s = line.Tidy(*s); utf8.RuneCountInString(*s) > MaxText {
			wrong[field] = lang.M("people.name.long", "Max", MaxText)
		} else if !utf8.ValidString(*s) || strings.ContainsFunc(*s, line.Hidden) {
			wrong[field] = lang.M("people.name.invisible")
		}
	}
	switch {
	case e.Second != "" && e.Holder == "":
		wrong["holder"] = lang.M("people.keys.first")
	case e.Second != "" && member.Fold(e.Holder) == member.Fold(e.Second):
		wrong["second"] = lang.M("people.keys.same")
	}
	if !slices.Contains(Kinds(), e.Kind) {
		wrong["kind"] = lang.M("asset.kind.missing")
	}
	if e.Until.IsZero() {
		e.Until = now.Add(UsualHeld)
	}
	if !e.Until.After(now) || e.Until.After(now.Add(MaxHeld)) {
		wrong["until"] = lang.M("asset.until.wrong")
	}
	return e, fault.Form(wrong)
}

// Note writes down what a key is and who holds it, in place of what was written of the same thing before. Any member may; the record says
// who did. The same again changes nothing. It returns fault.Invalid with the fields "what", "kind", "holder", "second" or "until", and
// fault.Conflict when the register is full.
func (s *Service) Note(ctx context.Context, a member.Actor, e Entry) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		a, err := member.Again(tx, a)
		if err != nil {
			return err
		}
		dated := !e.Until.IsZero()
		e, err := e.check(tx.Now)
		if err != nil {
			return err
		}
		keys, err := find(tx, a.Group.ID)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(keys, func(k Key) bool { return k.What == e.What })
		if back := at < 0 || keys[at].Gone; back && !e.Gone && inUse(keys) >= MaxKeys {
			return fault.New(fault.Conflict, "people.keys.full")
		}
		var was Key
		if at >= 0 {
			was = keys[at]
		}
		k, err := e.key(tx, a.Group.ID, was)
		if err != nil {
			return err
		}
		if k.says(was) && (!dated || k.Until.Equal(was.Until)) {
			return nil // nothing new: nothing to note
		}
		if err := put(tx, a.Group.ID, k); err != nil {
			return err
		}
		return s.noted(tx, a, k)
	})
}

// inUse returns how many of the keys the group still has.
func inUse(keys []Key) (n int) {
	for _, k := range keys {
		if !k.Gone {
			n++
		}
	}
	return n
}

// key returns the key as the entry has it, where it was known before.
func (e Entry) key(tx *db.Tx, g member.GroupID, was Key) (k Key, err error) {
	k = Key{ID: was.ID, Kind: e.Kind, What: e.What, Until: e.Until, Gone: e.Gone, At: tx.Now}
	if k.First, err = holder(tx, g, e.Holder); err != nil {
		return k, err
	}
	if k.Second, err = holder(tx, g, e.Second); err != nil {
		return k, err
	}
	k.First = k.First.after(was.of(k.First), tx.Now)
	k.Second = k.Second.after(was.of(k.Second), tx.Now)
	return k, nil
}

// of returns the holder who is the same as h, whichever place they have; zero if neither is.
func (k Key) of(h Holder) Holder {
	for _, was := range []Holder{k.First, k.Second} {
		if h.same(was) {
			return was
		}
	}
	return Holder{}
}

// says says whether two entries say the same but for their dates.
func (k Key) says(o Key) bool {
	return o.ID != 0 && k.Kind == o.Kind && k.What == o.What && k.First.same(o.First) && k.Second.same(o.Second) && k.Gone == o.Gone
}

// holder finds who is meant by a name.
func holder(tx *db.Tx, g member.GroupID, name string) (Holder, error) {
	if name == "" {
		return Holder{}, nil
	}
	m, err := member.ByName(tx, g, name)
	if db.IsNotFound(err) {
		return Holder{Name: name}, nil
	}
	return Holder{Member: m.ID}, err
}

// noted tells the record of an entry. What follows from it, since when somebody holds a key, is spelt out.
func (s *Service) noted(tx *db.Tx, a member.Actor, k Key) error {
	data := ledger.Data{"what": ledger.Text(k.What), "kind": string(k.Kind), "until": k.Until, "gone": k.Gone}
	for place, h := range map[Place]Holder{First: k.First, Second: k.Second} {
		switch {
		case h.Member != 0:
			m, err := member.Get(tx, h.Member)
			if err != nil {
				return err
			}
			data[string(place)+"_member"] = m.Ref
		case h.Name != "":
			data[string(place)] = ledger.Text(h.Name)
		default:
			continue
		}
		data[string(place)+"_since"] = h.Since
	}
	return s.note(tx, a, "key.noted", data)
}

func (s *Service) note(tx *db.Tx, a member.Actor, kind string, data ledger.Data) error {
	if _, err := s.ledger.Append(tx, a.Group.Log(), ledger.Event{Kind: kind, Subject: "group", Actor: a.Member.Ref, Data: data}); err != nil {
		return err
	}
	return member.Touch(tx, a.Member)
}

// Claim has the actor say that they are the holder who was written down by a name that is theirs. The line then has the member in place of
// the name; since when, and until when, stay as they were. Doing it again changes nothing. It returns fault.NotFound if there is no such
// key, and fault.Denied for whoever is not called so.
func (s *Service) Claim(ctx context.Context, a member.Actor, id ID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		a, err := member.Again(tx, a)
		if err != nil {
			return err
		}
		keys, _, err := list(tx, a.Group.ID)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(keys, func(k Key) bool { return k.ID == id && !k.Gone })
		if at < 0 {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		k, me := keys[at], a.Member.ID
		switch {
		case k.First.Member == me || k.Second.Member == me:
			return nil
		case k.First.Called == me:
			k.First = Holder{Member: me, Since: k.First.Since}
		case k.Second.Called == me:
			k.Second = Holder{Member: me, Since: k.Second.Since}
		default:
			return fault.New(fault.Denied, "asset.claim.other")
		}
		k.At = tx.Now
		if err := put(tx, a.Group.ID, k); err != nil {
			return err
		}
		return s.noted(tx, a, k)
	})
}

// Test has the actor confirm that they have received the key and that it works. Doing it again changes nothing. It returns fault.NotFound
// if there is no such key, and fault.Denied for whoever does not hold it: who gave it away cannot confirm it.
func (s *Service) Test(ctx context.Context, a member.Actor, id ID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		a, err := member.Again(tx, a)
		if err != nil {
			return err
		}
		keys, err := find(tx, a.Group.ID)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(keys, func(k Key) bool { return k.ID == id && !k.Gone })
		if at < 0 {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		k := keys[at]
		place, h := First, &k.First
		if h.Member != a.Member.ID {
			place, h = Second, &k.Second
		}
		if h.Member != a.Member.ID {
			return fault.New(fault.Denied, "asset.test.receiver")
		}
		if !h.Tested.IsZero() {
			return nil
		}
		h.Tested = tx.Now
		if err := put(tx, a.Group.ID, k); err != nil {
			return err
		}
		return s.note(tx, a, "key.tested", ledger.Data{"what": ledger.Text(k.What), "place": string(place)})
	})
}

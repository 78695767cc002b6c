package rulebook

import (
	"context"
	"fmt"
	"strconv"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
)

// Service puts rules in force and keeps their versions.
type Service struct {
	db     *db.DB
	ledger *ledger.Ledger
}

// NewService returns a Service on the database that writes to the record.
func NewService(d *db.DB, l *ledger.Ledger) *Service { return &Service{d, l} }

// Current returns the group's rules that are in force now, or fault.NotFound if it has none.
func (s *Service) Current(ctx context.Context, g member.GroupID) (v Version, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		v, err = Current(tx, g, tx.Now)
		return err
	})
	return v, err
}

// CurrentOf returns the rules that are in force now in each of the groups.
func (s *Service) CurrentOf(ctx context.Context, groups []member.GroupID) (out map[member.GroupID]Version, err error) {
	if len(groups) == 0 {
		return map[member.GroupID]Version{}, nil
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		out, err = currentOf(tx, groups, tx.Now)
		return err
	})
	return out, err
}

// Begin writes the first version of a new group's rules: those of the preset the group was started with, chosen by
// its founder. It is part of founding and runs in that transaction. It returns fault.Invalid if there is no such preset.
func (s *Service) Begin(tx *db.Tx, g member.Group, by member.Member) error {
	rules, ok := Preset(Name(g.Preset))
	if !ok {
		return noPreset()
	}
	v, err := First(rules, g.Preset, tx.Now)
	if err != nil {
		return err
	}
	v.Chooser = by.ID
	return s.put(tx, g, by, v)
}

// ReplacePreset starts the group's rules again from another preset, as a new version. Only a founder may, and only
// while the group is forming (practice.md §2.13.1). Choosing the preset that is in force changes nothing.
// It returns fault.Invalid if there is no such preset, fault.Denied for every other member, and fault.NotFound for who is none.
func (s *Service) ReplacePreset(ctx context.Context, a member.Actor, preset Name) error {
	rules, ok := Preset(preset)
	if !ok {
		return noPreset()
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		a, err := member.Again(tx, a) // the group may have stopped forming since the page was shown
		if err != nil {
			return err
		}
		if !member.Can(a, member.ChoosePreset, tx.Now) {
			return fault.New(fault.Denied, "rules_page.not_forming")
		}
		was, err := Current(tx, a.Group.ID, tx.Now)
		if err != nil || was.By == string(preset) {
			return err
		}
		v, err := was.Next(rules, string(preset), tx.Now)
		if err != nil {
			return err
		}
		v.Chooser = a.Member.ID
		if err := member.SetPreset(tx, a.Group.ID, string(preset)); err != nil {
			return fmt.Errorf("set preset: %w", err)
		}
		return s.put(tx, a.Group, a.Member, v)
	})
}

func noPreset() error { return fault.New(fault.Invalid, "rules_page.no_preset") }

// put stores the version and tells the record.
func (s *Service) put(tx *db.Tx, g member.Group, by member.Member, v Version) error {
	if err := insert(tx, g.ID, v); err != nil {
		return fmt.Errorf("insert rulebook: %w", err)
	}
	_, err := s.ledger.Append(tx, g.Log(), ledger.Event{
		Kind: "rulebook.begun", Subject: Ref(v.Number), Actor: by.Ref,
		Data: ledger.Data{
			"number": v.Number, "params": string(v.Rules.Canonical()), "hash": v.Rules.Hash().String(), "from": v.From,
			"preset": v.By, "version": v.Hash.String(), "previous": v.PrevHash.String(),
		},
	})
	return err
}

// Ref names a version of the rules in the record.
func Ref(number int) string { return "rulebook/" + strconv.Itoa(number) }

// View is a version of a group's rules as a member reads it.
type View struct {
	Version
	Latest  int           // the number of the newest version
	Chosen  member.Member // who chose the preset, or its numbers; zero once members decide
	Active  int           // how many members count as active now
	Forming bool          // the founder may still choose another preset
}

// Show returns a version of the group's rules, the one in force if number is 0.
// It returns fault.NotFound for who is not a member, and if there is no such version.
func (s *Service) Show(ctx context.Context, a member.Actor, number int) (v View, err error) {
	if !a.IsMember() {
		return v, fault.New(fault.NotFound, "fault.not_found")
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		v = View{Forming: member.Can(a, member.ChoosePreset, tx.Now)}
		current, err := Current(tx, a.Group.ID, tx.Now)
		if err != nil {
			return err
		}
		v.Version, v.Latest = current, current.Number
		if number != 0 {
			if v.Version, err = Get(tx, a.Group.ID, number); err != nil {
				return err
			}
		}
		if v.Chooser != 0 {
			if v.Chosen, err = member.Get(tx, v.Chooser); err != nil {
				return err
			}
		}
		v.Active, err = member.Active(tx, a.Group.ID, tx.Now, days(v.Rules.ActiveWindowDays))
		return err
	})
	return v, err
}

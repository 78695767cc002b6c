package rulebook

import (
	"context"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
)

// Starters are the rules that a founder may set one by one while the group is forming: the few numbers that people meet first
// (practice.md §5.1, step 4). The rest comes with the preset.
func Starters() (out []Param) {
	for _, key := range []string{"quorum.min", "table_support", "online_discussion_min_hours", "online_vote_hours", "secret_request", "voting_wait_days", "meeting.every_weeks"} {
		if p, ok := ParamOf(key); ok {
			out = append(out, p)
		}
	}
	return out
}

// Bounds says which numbers the rule may have.
func (p Param) Bounds() lang.Msg { return p.inRange(p.Min - 1) }

// SetStart changes some of the Starters, given by key as a form holds them, as one new version of the rules. An empty value
// stands for what the preset begins with. Only a founder may, and only while the group is forming (practice.md §2.13.1); the
// numbers that are in force already change nothing, whichever member sends them.
// It returns whether anything changed, fault.Invalid with what is wrong by key, fault.Denied for every other member, and
// fault.NotFound for who is none.
func (s *Service) SetStart(ctx context.Context, a member.Actor, typed map[string]string) (changed bool, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		changed = false
		a, err := member.Again(tx, a) // the group may have stopped forming since the page was shown
		if err != nil {
			return err
		}
		was, err := Current(tx, a.Group.ID, tx.Now)
		if err != nil {
			return err
		}
		rules, err := withStarters(was, typed)
		if err == nil && rules == was.Rules {
			return nil
		}
		if !member.Can(a, member.ChoosePreset, tx.Now) {
			return fault.New(fault.Denied, "rules_page.not_forming")
		}
		if err != nil {
			return err
		}
		v, err := was.Next(rules, was.By, tx.Now)
		if err != nil {
			return err
		}
		v.Chooser, changed = a.Member.ID, true
		return s.put(tx, a.Group, a.Member, v)
	})
	return changed, err
}

// withStarters returns the rules with what was typed, or fault.Invalid.
func withStarters(was Version, typed map[string]string) (Rules, error) {
	rules, wrong := was.Rules, map[string]lang.Msg{}
	usual, _ := Preset(Name(was.By))
	for _, p := range Starters() {
		text, given := typed[p.Key]
		if !given {
			continue
		}
		v, err := p.Get(usual), error(nil)
		if text != "" {
			v, err = p.ParseValue(text)
		}
		if err == nil {
			err = p.set(&rules, v)
		}
		if err != nil {
			wrong[p.Key] = p.Bounds()
		}
	}
	for _, b := range rules.Check() {
		if _, told := wrong[b.Key]; !told {
			wrong[b.Key] = b.Say
		}
	}
	return rules, fault.Form(wrong)
}

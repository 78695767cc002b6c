package decision

import (
	"fmt"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/notify"
	"folkmoot/internal/tally"
)

// OnNotice has members told by mail as well of what those who were together decided at once, and what could not wait. The decision itself is on the group's pages.
func (s *Service) OnNotice(n *notify.Service) { s.notices = n }

// tell has all members told what those who were together decided at once, or agreed on in a meeting because it could not wait, in the transaction that records it (practice.md §2.3.9): everybody, and not only who was not
// heard from, so that no list of mails says who that was.
func (s *Service) tell(tx *db.Tx, c ballot.Closed, d Decision) error {
	if s.notices == nil || !c.IsAtOnce() && !c.Urgent || d.Outcome != tally.Carried {
		return nil
	}
	n := notify.Notice{
		Group: c.Group, Kind: notify.Decision, Subject: d.Ref(), Title: lang.M("decide.mail.title", "Title", d.Title),
		Say:   []lang.Msg{lang.M("decide.mail.say", "Group", c.Group.Name)},
		Facts: []notify.Fact{{Label: lang.M("decide.mail.line"), Value: c.Line()}}, Open: lang.M("decide.mail.open"),
	}
	if c.Urgent {
		n.Title, n.Say = lang.M("call.mail.title", "Title", d.Title), []lang.Msg{lang.M("call.mail.say", "Group", c.Group.Name), lang.M("call.mail.then")}
	}
	if until := d.Window.Until; d.IsProvisional() && !until.IsZero() {
		if c.Group.Zone != nil {
			until = until.In(c.Group.Zone)
		}
		n.Say = append(n.Say, lang.M("decide.mail.until", "At", until))
	}
	all, err := member.RollAt(tx, c.Group.ID, tx.Now, 0)
	if err != nil {
		return err
	}
	if err := s.notices.Put(tx, n, all); err != nil {
		return fmt.Errorf("tell members of the decision: %w", err)
	}
	return nil
}

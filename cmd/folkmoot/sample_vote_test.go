package main

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"folkmoot/internal/account"
	"folkmoot/internal/ballot"
	"folkmoot/internal/config"
	"folkmoot/internal/db"
	"folkmoot/internal/demo"
	"folkmoot/internal/member"
)

// TestTheSampleLeavesSomethingToVoteOn: who looks around reaches all three groups, and can cast a first vote in the open and in
// secret.
func TestTheSampleLeavesSomethingToVoteOn(t *testing.T) {
	clock := demo.NewClock(time.Now)
	a, err := open(t.Context(), config.Config{Data: t.TempDir(), Keys: t.TempDir()}, clock.Now, slog.New(slog.DiscardHandler), false)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	}()
	people, err := demo.Tell(t.Context(), a.demo(), clock, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	first := map[bool]int{} // votes not cast yet, by whether they are secret
	most := 0
	for _, guest := range people {
		e, err := a.accounts.SignIn(t.Context(), guest.Name, guest.Passphrase, account.Browser{Label: "test"})
		if err != nil {
			t.Fatal(err)
		}
		groups, err := a.members.Groups(t.Context(), e.Person)
		if err != nil {
			t.Fatal(err)
		}
		most = max(most, len(groups))
		for _, g := range groups {
			for _, v := range openVotes(t, a, member.Actor{Person: e.Person, Member: g.Member, Group: g.Group}) {
				if v.OnRoll && !v.Voted {
					first[v.Secret]++
					t.Logf("%s can vote on %q", guest.Name, v.Words.Title)
				}
			}
		}
	}
	if most != 3 || first[true] == 0 || first[false] == 0 {
		t.Errorf("visitors reach %d groups at once, and can cast a first vote in %d secret votes and %d open ones", most, first[true], first[false])
	}
}

func openVotes(t *testing.T, a *app, who member.Actor) (out []ballot.View) {
	t.Helper()
	var numbers []int
	if err := a.db.Read(t.Context(), func(tx *db.Tx) error {
		return tx.Raw("SELECT m.number FROM motions m JOIN ballots b ON b.motion_id = m.id WHERE m.group_id = ? AND b.state = 'open'", who.Group.ID).Scan(&numbers).Error
	}); err != nil {
		t.Fatal(err)
	}
	for _, n := range numbers {
		v, err := a.ballots.Show(t.Context(), who, n)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

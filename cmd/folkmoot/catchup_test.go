package main

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"folkmoot/internal/config"
	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/member"
)

// TestOldGroupsGetRoles starts the program on a group from before it knew roles: the group has those of its preset from the first start
// on, members read so in the record, and the next start adds nothing.
func TestOldGroupsGetRoles(t *testing.T) {
	c := config.Config{Data: filepath.Join(t.TempDir(), "data")}
	a, err := open(t.Context(), c, time.Now, slog.New(slog.DiscardHandler), false)
	if err != nil {
		t.Fatal(err)
	}
	err = a.db.Write(t.Context(), func(tx *db.Tx) error {
		if _, _, err := dbtest.PutGroup(tx, "bakers", "B", "Ada", "Bo", "Cem"); err != nil {
			return err
		}
		ada, err := member.ActorIn(tx, 1, "bakers")
		if err != nil {
			return err
		}
		return a.rules.Begin(tx, ada.Group, ada.Member)
	})
	if err := errors.Join(err, a.close(context.WithoutCancel(t.Context()))); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		start(t, "--data="+c.Data).stop(t)
		all := kinds(t, c)
		if got := slices.DeleteFunc(all, func(kind string) bool { return kind != "role.begun" }); len(got) != 3 {
			t.Errorf("the record says %d times that a role began: %v", len(got), kinds(t, c))
		}
	}
}

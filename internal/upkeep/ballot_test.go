package upkeep_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/upkeep"
	"folkmoot/internal/votetest"
)

// TestAnOpenSecretBallotInABackup: the backup has no key and opens no vote. Where the key is gone, no vote is taken and
// the ballot is stopped at its close, with the reason; where it is still there, the journal brings back what was voted after the backup.
func TestAnOpenSecretBallotInABackup(t *testing.T) {
	c := dbtest.NewClock(dbtest.Start)
	d := dbtest.SQLite(t, c)
	w := votetest.New(t, d, c, "B", 7)
	v := w.Open(true)
	w.Cast(w.Who[0], v.Motion.Number, ballot.For)
	file := filepath.Join(t.TempDir(), "backup.db")
	if _, err := upkeep.Backup(t.Context(), d, w.Ledger, file); err != nil {
		t.Fatal(err)
	}
	w.Cast(w.Who[1], v.Motion.Number, ballot.For)
	w.Cast(w.Who[2], v.Motion.Number, ballot.Against)
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := filepath.Glob(filepath.Join(w.Keys, "ballots", "*"))
	if err != nil || len(keys) != 1 {
		t.Fatalf("keys: %v (%v)", keys, err)
	}
	key, err := os.ReadFile(keys[0])
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(b), string(key)) || strings.Contains(string(b), strings.TrimSpace(string(key))) {
		t.Error("the backup holds the ballot's key")
	}
	if err := w.Ballots.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"key there", "key gone"} { // in this order: the second lets time pass
		keyFolder := w.Keys
		if name == "key gone" {
			keyFolder = t.TempDir()
		}
		t.Run(name, func(t *testing.T) {
			to := upkeep.Target{Dir: t.TempDir(), Keys: keyFolder, Now: c.Now}
			if _, err := upkeep.Restore(t.Context(), file, to); err != nil {
				t.Fatal(err)
			}
			again := *w
			again.TB, again.Keys, again.DB, again.Ballots = t, keyFolder, open(t, to), nil
			again.Restart()
			again.Tick()
			got := again.Show(v.Motion.Number)
			if name == "key gone" {
				if !got.Unavailable {
					t.Error("votes are taken without a key")
				}
				again.Clock.Set(v.Closes)
				if err := again.Ballots.Tick(t.Context()); err == nil {
					t.Error("nobody is told that the key is missing")
				}
				again.GoTo(v.Closes.Add(24 * time.Hour)) // until then the operator may still bring the key
				got = again.Show(v.Motion.Number)
				if len(got.Earlier) != 1 || got.Earlier[0].State != ballot.Stopped || got.Earlier[0].Incident != "key_lost" {
					t.Errorf("the ballot is %s, before it %+v", got.State, got.Earlier)
				}
				if n := scan[int64](t, again.DB, "SELECT COUNT(*) FROM ledger_entries WHERE kind = 'ballot.stopped'"); n != 1 {
					t.Error("the record does not say that the ballot was stopped")
				}
				return
			}
			if n := scan[int64](t, again.DB, "SELECT COUNT(*) FROM urn"); got.State != ballot.Open || n != 3 {
				t.Errorf("the ballot is %s and has %d votes", got.State, n)
			}
		})
	}
}

package db_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/fault"
	"folkmoot/internal/upkeep"
)

// onPostgres runs f where there is a PostgreSQL: an SQLite file is claimed by its folder (package upkeep).
func onPostgres(t *testing.T, f func(t *testing.T, url string)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if d.Dialect() == db.Postgres {
			f(t, dbtest.PostgresURL(t))
		}
	})
}

// asServer returns the options of a server on the database, with a data folder of its own.
func asServer(t *testing.T, url string) db.Options {
	return db.Options{Dir: t.TempDir(), URL: url, Now: dbtest.NewClock(dbtest.Start).Now, Server: true}
}

func serving(t *testing.T, o db.Options) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func wantTaken(t *testing.T, o db.Options) {
	t.Helper()
	d, err := db.Open(t.Context(), o)
	if err == nil {
		t.Fatal(errors.Join(errors.New("was opened"), d.Close()))
	}
	if !errors.Is(err, db.ErrTaken) || !strings.Contains(err.Error(), "cannot use this database: another Folkmoot is already running on it") || strings.Contains(err.Error(), "\n") {
		t.Errorf("says %q", err)
	}
}

func TestOneServerOnADatabase(t *testing.T) {
	onPostgres(t, func(t *testing.T, url string) {
		first := serving(t, asServer(t, url))
		wantTaken(t, asServer(t, url))
		beside := asServer(t, url)
		beside.Server = false
		if err := serving(t, beside).Write(t.Context(), add("beside")); err != nil {
			t.Errorf("a command beside the server: %v", err)
		}
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
		serving(t, asServer(t, url))
	})
}

// TestALostClaimIsTakenAgain: also where PostgreSQL does not know that the connection is lost, and so keeps its lock.
func TestALostClaimIsTakenAgain(t *testing.T) {
	onPostgres(t, func(t *testing.T, url string) {
		l, at := dbtest.Through(t, url)
		d := serving(t, asServer(t, at))
		for name, lose := range map[string]func(){"dropped": l.Drop, "orphaned": l.Orphan} {
			began := time.Now()
			lose()
			if err := d.Renew(t.Context()); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			t.Logf("%s: taken again after %v", name, time.Since(began))
			if err := d.Write(t.Context(), add(name)); err != nil || marks(t, d, name) != 1 {
				t.Errorf("%s: %v, %d marks", name, err, marks(t, d, name))
			}
			wantTaken(t, asServer(t, url))
		}
		select {
		case <-d.Taken():
			t.Error("it is said to be lost")
		default:
		}
	})
}

// TestATakenDatabaseIsNotWrittenTo: the connection is lost, and another server is there before it can be made again.
func TestATakenDatabaseIsNotWrittenTo(t *testing.T) {
	onPostgres(t, func(t *testing.T, url string) {
		l, at := dbtest.Through(t, url)
		d := serving(t, asServer(t, at))
		l.Drop()
		second := serving(t, asServer(t, url))
		if err := d.Write(t.Context(), add("late")); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("the first writes: %v", err)
		}
		if n := marks(t, second, "late"); n != 0 {
			t.Errorf("the first has written %d marks", n)
		}
		select {
		case <-d.Taken():
		default:
			t.Error("the first does not know")
		}
		if err := second.Write(t.Context(), add("second")); err != nil {
			t.Error(err)
		}
	})
}

// TestAClaimThatWasTakenAndGivenBack: the connection is lost, and before it is made again another server has come and gone, or a
// backup from when this one served was put in the database's place.
func TestAClaimThatWasTakenAndGivenBack(t *testing.T) {
	for name, meanwhile := range map[string]func(t *testing.T, url, backup string){
		"server": func(t *testing.T, url, _ string) {
			second, err := db.Open(t.Context(), asServer(t, url))
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(second.Write(t.Context(), add("second")), second.Close()); err != nil {
				t.Fatal(err)
			}
		},
		"restore": func(t *testing.T, url, backup string) {
			to := upkeep.Target{Dir: t.TempDir(), Keys: t.TempDir(), URL: url, Replace: true, Now: dbtest.NewClock(dbtest.Start).Now}
			if _, err := upkeep.Restore(t.Context(), backup, to); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			onPostgres(t, func(t *testing.T, url string) {
				l, at := dbtest.Through(t, url)
				d := serving(t, asServer(t, at))
				backup := filepath.Join(t.TempDir(), db.FileName)
				if err := upkeep.CopyOut(t.Context(), d, backup); err != nil {
					t.Fatal(err)
				}
				l.Drop()
				meanwhile(t, url, backup)
				for range 2 { // also when it tries again
					if err := d.Write(t.Context(), add("late")); fault.KindOf(err) != fault.Unavailable {
						t.Errorf("the first writes: %v", err)
					}
				}
				select {
				case <-d.Taken():
				default:
					t.Error("the first does not know")
				}
				beside := asServer(t, url)
				beside.Server = false
				if n := marks(t, serving(t, beside), "late"); n != 0 {
					t.Errorf("the first has written %d marks", n)
				}
			})
		})
	}
}

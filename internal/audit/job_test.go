package audit

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/export"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
)

// TestAuditorTellsOnce: the tables are compared once a day, also after a restart; what differs is logged without what it says,
// and stands in the record once, in words.
func TestAuditorTellsOnce(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		r := newRoad(t, d, c)
		var log bytes.Buffer
		auditor := func() *Auditor { return NewAuditor(d, r.Ledger, slog.New(slog.NewTextHandler(&log, nil))) }
		tick := func(after time.Duration, want int) {
			t.Helper()
			c.Advance(after)
			r.must(auditor().Tick(t.Context()))
			if got := len(toldIn(r)); got != want {
				t.Errorf("told of %d differences, want %d", got, want)
			}
		}
		tick(0, 0)
		r.Write(func(tx *db.Tx) error { return tx.Exec("UPDATE members SET name = 'Mallory' WHERE name = 'Cy'").Error })
		tick(every-time.Second, 0)
		tick(time.Second, 1)
		tick(every, 1)
		r.Write(func(tx *db.Tx) error { return tx.Exec("UPDATE groups SET zone = 'UTC'").Error })
		tick(every, 2)
		if said := log.String(); !strings.Contains(said, "field=name") || strings.Contains(said, "Mallory") || strings.Contains(said, "Cy") {
			t.Errorf("logged %q", said)
		}
		voices, err := lang.Load()
		r.must(err)
		for _, tag := range voices.Tags() {
			said := voices.Voice(tag).Say(export.LineOf(toldIn(r)[1], nil, nil).Say)
			if strings.Contains(said, "audit.") || strings.Contains(said, "ledger.") || strings.Contains(said, "<no value>") {
				t.Errorf("%s: %q", tag, said)
			}
		}
	})
}

// toldIn returns the entries that tell of differences.
func toldIn(r *road) (out []ledger.Entry) {
	r.Read(func(tx *db.Tx) error {
		all, err := ledger.About(tx, r.Group.Log(), "group")
		for _, e := range all {
			if e.Kind == Kind {
				out = append(out, e)
			}
		}
		return err
	})
	return out
}

// TestWordsForEverything: every table and field that can differ has a name in the catalogues.
func TestWordsForEverything(t *testing.T) {
	voices, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	all := append(compared(), table{"ledger_entries", "", columns(is("n", "at", "kind", "subject", "leaf", Whole))})
	for _, x := range all {
		for _, c := range x.columns {
			d := Difference{Table: x.name, Field: c.name, Record: none(), Has: there()}
			for _, tag := range voices.Tags() {
				if said := voices.Voice(tag).Say(d.Say()); c.why == "" && c.in == nowhere && strings.Contains(said, "audit.") {
					t.Errorf("%s.%s in %s: %q", x.name, c.name, tag, said)
				}
			}
		}
	}
}

// TestAnAlteredEntryIsNamed: the entries are held against what was hashed.
func TestAnAlteredEntryIsNamed(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		newRoad(t, d, c)
		dropGuards(t, d)
		for _, field := range []string{"at", "kind", "subject", "leaf"} {
			a := &alteration{t: t, d: d, table: "ledger_entries", field: field, columns: []string{"group_id", "n", "at", "kind", "subject", "leaf"}}
			a.pick()
			v := another(a.was, nil)
			if field == "leaf" {
				v = strings.Replace(a.was.(string), "Europe/Madrid", "Europe/Lisbon", 1)
			}
			a.set(a.was, v)
			found := compare(t, d)
			a.set(v, a.was)
			if len(found) == 0 || found[0].Table != "ledger_entries" || found[0].Field != field || found[0].Subject != "entry/0" {
				t.Errorf("%s: found %+v", field, found)
			}
		}
	})
}

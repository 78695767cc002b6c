package audit

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/export"
	"folkmoot/internal/lang"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/verify"
	"folkmoot/internal/votetest"
)

// TestMeetingFilesHold: what members take along of their meetings, all of it or the record of one, can be checked by anybody.
func TestMeetingFilesHold(t *testing.T) {
	dbtest.EachClock(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		keys := t.TempDir()
		meets(t, d, c, keys)
		l, _, err := ledger.Open(keys)
		if err != nil {
			t.Fatal(err)
		}
		words, err := lang.Load()
		if err != nil {
			t.Fatal(err)
		}
		w := &votetest.World{TB: t, DB: d, Clock: c, Ledger: l}
		var a member.Actor
		w.Read(func(tx *db.Tx) (err error) {
			a, err = member.ActorIn(tx, 1, "menders")
			return err
		})
		files, o := export.NewService(d, l, nil), export.Options{Format: export.JSON, Voice: words.Voice("en")}
		read := func(f *export.File, err error) []byte {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(f)
			if err = errors.Join(err, f.Close()); err != nil {
				t.Fatal(err)
			}
			return b
		}
		for name, file := range map[string][]byte{
			"everything": read(files.Everything(t.Context(), a, o)), "the first meeting": read(files.Meeting(t.Context(), a, 1, o)),
		} {
			if got := verify.Check(bytes.NewReader(file), verify.Own()); got.Verdict != verify.Holds {
				t.Errorf("%s does not hold: %v %s", name, got.Problem, got.Problem.Kind)
			}
		}
		for _, f := range export.Formats() {
			o.Format = f
			if b := read(files.Meeting(t.Context(), a, 1, o)); len(b) == 0 || f != export.PDF && f != export.JSON && f != export.Tables && !bytes.Contains(b, []byte("It is cold.")) {
				t.Errorf("%s: %d bytes, without the notes", f, len(b))
			}
		}
	})
}

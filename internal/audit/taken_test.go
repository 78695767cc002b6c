package audit

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"testing"

	"folkmoot/internal/db"
	"folkmoot/internal/dbtest"
	"folkmoot/internal/export"
	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/verify"
	"folkmoot/internal/votetest"
)

// crafts is a group that meets, of people of a craft: so many besides who founded it, all of whom may vote.
func crafts(t *testing.T, d *db.DB, c *dbtest.Clock, keys, craft string, people int) meetingRoad {
	t.Helper()
	return craftsBy(t, d, c, keys, craft, "B", people)
}

// craftsBy is crafts, by other rules.
func craftsBy(t *testing.T, d *db.DB, c *dbtest.Clock, keys, craft, preset string, people int) meetingRoad {
	t.Helper()
	r := meetingRoad{&road{World: votetest.FoundIn(t, d, c, keys, member.Founding{
		Name: craft + "s", Aim: "We work.", Preset: preset, Zone: "Europe/Madrid", Lang: "en", By: "First " + craft,
	})}}
	names := make([]string, people)
	for i := range names {
		names[i] = craft + " " + strconv.Itoa(i)
	}
	r.Invite(names...)
	c.Advance(60 * day)
	r.Pass(c.Now())
	return r
}

// sits has all come to a meeting, who would do every job, and take up the first item. It returns who facilitates.
func (r meetingRoad) sits(m meeting.Meeting) (chair member.Actor) {
	r.Helper()
	ctx, n := r.Context(), m.Number
	r.Pass(m.Opens)
	for i := range r.Who {
		r.must(r.Meetings.CheckIn(ctx, r.visit(i), n, meeting.Room))
		r.must(r.Meetings.Would(ctx, r.visit(i), n, meeting.Offers()))
	}
	r.must(r.Meetings.Begin(ctx, r.visit(1), n))
	chair = r.visit(r.at(r.show(n).Chair))
	r.must(r.Meetings.Adopt(ctx, chair, n))
	r.must(r.Meetings.Take(ctx, chair, n, r.show(n).Undecided()[0].ID))
	return r.visit(r.at(r.show(n).Chair))
}

// same fails the test where the tables are not as the record says.
func same(t *testing.T, d *db.DB, when string) {
	t.Helper()
	for _, x := range compare(t, d) {
		t.Errorf("%s: %+v", when, x)
	}
}

// taken returns what members take along, all of the group's and that of one meeting by what each is, and the record of the meeting as they read it. It fails the test where they do not hold.
func (r meetingRoad) taken(d *db.DB, n int) (files map[string][]byte, record []byte) {
	r.Helper()
	words, err := lang.Load()
	r.must(err)
	from, o := export.NewService(d, r.Ledger, nil), export.Options{Format: export.JSON, Voice: words.Voice("en")}
	read := func(f *export.File, err error) []byte {
		r.Helper()
		r.must(err)
		b, err := io.ReadAll(f)
		r.must(errors.Join(err, f.Close()))
		return b
	}
	files = map[string][]byte{"everything": read(from.Everything(r.Context(), r.visit(1), o)), "the meeting": read(from.Meeting(r.Context(), r.visit(1), n, o))}
	for name, file := range files {
		if got := verify.Check(bytes.NewReader(file), verify.Own()); got.Verdict != verify.Holds {
			r.Errorf("%s does not hold: %v", name, got.Problem)
		}
	}
	o.Format = export.Markdown
	return files, read(from.Meeting(r.Context(), r.visit(1), n, o))
}

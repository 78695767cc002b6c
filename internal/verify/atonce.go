package verify

import "time"

// What a call among people who are together may take (practice.md §2.16): as long as this, in groups of so many at most.
const (
	atOnceTime  = 2 * time.Minute
	atOnceMost  = 7
	atOnceAgain = 24 * time.Hour // for so long it is made once more where too few answered
)

// atOnce says whether the ballot that the entry opens is a call on one sentence among people who are together, in no meeting.
func atOnce(opened object) bool { return opened.str("method") == "at_once" }

// together checks that such a call was made by whoever wrote the sentence, in the same moment, or on the same day once more where too few answered; that it is about nobody and does
// nothing by itself; and that the group is small enough. What comes of elections, rules and ends of terms is not decided so.
func (b *book) together(e entry, m *motion, v version, opens, closes time.Time) *Problem {
	d := e.data
	switch {
	case d.has("present") || d.has("named") || d.has("urgent") || d.flag("secret") || b.announced[e.of] || d.num("entitled") > atOnceMost:
		return broken("at_once", "N", e.n)
	case v.number != 1 || len(m.versions) != 1 || e.by == "" || e.by != m.mover || !b.askedInTime(e, m, v):
		return broken("at_once", "N", e.n)
	case v.data.str("kind") != "action" || v.data.flag("about_person") || v.data.has("effect") || len(v.data.list("clauses")) != 1:
		return broken("at_once", "N", e.n)
	case closes.Sub(opens) != atOnceTime || !opens.Equal(e.at) && !e.at.Equal(b.last):
		return broken("ballot_times", "N", e.n)
	}
	return nil
}

// askedInTime says whether such a call was made when it could be: as the sentence was written, or within a day where too few answered each one before it.
func (b *book) askedInTime(e entry, m *motion, v version) bool {
	if e.data.num("round") == 1 {
		return len(m.rounds) == 0 && v.stamp == e.stamp
	}
	written, err := time.Parse(stamp, v.stamp)
	if err != nil || !e.at.Before(written.Add(atOnceAgain)) {
		return false
	}
	for _, bal := range m.rounds {
		if !atOnce(bal.opened.data) || bal.closed == nil || bal.closed.data.str("outcome") != "inquorate" {
			return false
		}
	}
	return b.only != "" || e.data.num("round") == int64(len(m.rounds)+1)
}

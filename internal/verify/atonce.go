package verify

import "time"

// What a call among people who are together may take (practice.md §2.16): as long as this, in groups of so many at most.
const (
	atOnceTime = 2 * time.Minute
	atOnceMost = 7
)

// atOnce says whether the ballot that the entry opens is a call on one sentence among people who are together, in no meeting.
func atOnce(opened object) bool { return opened.str("method") == "at_once" }

// together checks that such a call was made by whoever wrote the sentence, in the same moment, before anything else was asked of it; that it is about nobody and does
// nothing by itself; and that the group is small enough. What comes of elections, rules and ends of terms is not decided so.
func (b *book) together(e entry, m *motion, v version, opens, closes time.Time) *Problem {
	d := e.data
	switch {
	case d.has("present") || d.has("named") || d.flag("secret") || b.announced[e.of] || d.num("entitled") > atOnceMost || d.num("round") != 1:
		return broken("at_once", "N", e.n)
	case v.number != 1 || len(m.versions) != 1 || len(m.rounds) > 0 || e.by == "" || e.by != m.mover || v.stamp != e.stamp:
		return broken("at_once", "N", e.n)
	case v.data.str("kind") != "action" || v.data.flag("about_person") || v.data.has("effect") || len(v.data.list("clauses")) != 1:
		return broken("at_once", "N", e.n)
	case closes.Sub(opens) != atOnceTime || !opens.Equal(e.at) && !e.at.Equal(b.last):
		return broken("ballot_times", "N", e.n)
	}
	return nil
}

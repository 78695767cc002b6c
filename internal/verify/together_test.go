package verify

import (
	"testing"
	"time"
)

// TestFeltForged: a show of feeling is asked for by whoever facilitates, about what is talked about, for half a minute and one at a time; what it came to is told once, and not of a few.
func TestFeltForged(t *testing.T) {
	const m3 = "meeting/3"
	with := func(forge func(asked, ended *entry)) []entry {
		es := met(t)
		at := nth(t, es, "item.began", m3, 1)
		item, last := es[at].data.num("item"), es[at]
		next := func(after time.Duration, kind string, data object) entry {
			moment := last.at.Add(after)
			return entry{n: last.n, at: moment, stamp: moment.UTC().Format(stamp), kind: kind, of: m3, data: data}
		}
		asked := next(time.Second, "feeling.asked", object{"meeting": m3, "feeling": int64(1), "item": item, "question": "", "opens": "", "closes": ""})
		asked.by = es[nth(t, es, "job.begun", m3, 1)].data.str("member")
		asked.data["opens"], asked.data["closes"] = asked.stamp, asked.at.Add(feelingWindow).UTC().Format(stamp)
		ended := next(time.Second+feelingWindow, "feeling.ended", object{
			"meeting": m3, "feeling": int64(1), "how": "shown", "p1": int64(2), "p2": int64(1), "p3": int64(1), "p4": int64(0), "p5": int64(1),
		})
		forge(&asked, &ended)
		return append(es[:at+1:at+1], asked, ended)
	}
	if n, p := firstBroken(with(func(_, _ *entry) {})); p != nil {
		t.Fatalf("what is true does not hold: entry %d, %v", n, p)
	}
	for name, forge := range map[string]func(asked, ended *entry){
		"by somebody else":       func(asked, _ *entry) { asked.by = "m_elsewhere" },
		"by nobody":              func(asked, _ *entry) { asked.by = "" },
		"about another item":     func(asked, _ *entry) { asked.data["item"] = asked.data.num("item") + 100 },
		"in another meeting":     func(asked, _ *entry) { asked.data["meeting"] = "meeting/1" },
		"for longer":             func(asked, _ *entry) { asked.data["closes"] = asked.at.Add(time.Hour).UTC().Format(stamp) },
		"another ends":           func(_, ended *entry) { ended.data["feeling"] = int64(2) },
		"too few answered":       func(_, ended *entry) { ended.data["p1"] = int64(1) },
		"fewer than none":        func(_, ended *entry) { ended.data["p1"], ended.data["p2"] = int64(-1), int64(9) },
		"a point is left out":    func(_, ended *entry) { delete(ended.data, "p4") },
		"told although few":      func(_, ended *entry) { ended.data["how"] = "few" },
		"told although it ended": func(_, ended *entry) { ended.data["how"] = "stopped" },
		"ended as nothing does":  func(_, ended *entry) { ended.data["how"] = "carried" },
		"told before it was over": func(asked, ended *entry) {
			ended.at, ended.stamp = asked.at.Add(time.Second), asked.at.Add(time.Second).UTC().Format(stamp)
		},
	} {
		if _, p := firstBroken(with(forge)); p == nil {
			t.Errorf("%s: not found", name)
		}
	}
	es := with(func(_, _ *entry) {})
	if _, p := firstBroken(append(es, es[len(es)-1])); p == nil {
		t.Error("it ended twice, and that is not found")
	}
}

// TestRoundForged: a round is begun by whoever facilitates, about what is talked about, one at a time and not beside a show of feeling; it ends once, and no more speak in it than were asked.
func TestRoundForged(t *testing.T) {
	const m3 = "meeting/3"
	with := func(forge func(begun, ended *entry)) []entry {
		es := met(t)
		at := nth(t, es, "item.began", m3, 1)
		item, last := es[at].data.num("item"), es[at]
		chair := es[nth(t, es, "job.begun", m3, 1)].data.str("member")
		next := func(after time.Duration, kind string, data object) entry {
			moment := last.at.Add(after)
			return entry{n: last.n, at: moment, stamp: moment.UTC().Format(stamp), kind: kind, of: m3, data: data}
		}
		begun := next(time.Second, "round.begun", object{
			"meeting": m3, "round": int64(1), "item": item, "question": "", "seconds": int64(60), "people": int64(5), "opens": "",
		})
		begun.by, begun.data["opens"] = chair, begun.stamp
		ended := next(time.Minute, "round.ended", object{"meeting": m3, "round": int64(1), "how": "done", "people": int64(5), "turns": int64(4)})
		forge(&begun, &ended)
		return append(es[:at+1:at+1], begun, ended)
	}
	for name, forge := range map[string]func(begun, ended *entry){
		"as it was":                    func(_, _ *entry) {},
		"somebody came":                func(_, ended *entry) { ended.data["people"], ended.data["turns"] = int64(6), int64(6) },
		"whoever facilitates ended it": func(begun, ended *entry) { ended.data["how"], ended.by = "stopped", begun.by },
		"it ended with something else": func(_, ended *entry) { ended.data["how"] = "stopped" },
	} {
		if n, p := firstBroken(with(forge)); p != nil {
			t.Errorf("%s does not hold: entry %d, %v", name, n, p)
		}
	}
	for name, forge := range map[string]func(begun, ended *entry){
		"by somebody else":           func(begun, _ *entry) { begun.by = "m_elsewhere" },
		"by nobody":                  func(begun, _ *entry) { begun.by = "" },
		"about another item":         func(begun, _ *entry) { begun.data["item"] = begun.data.num("item") + 100 },
		"in another meeting":         func(begun, _ *entry) { begun.data["meeting"] = "meeting/1" },
		"for longer":                 func(begun, _ *entry) { begun.data["seconds"] = int64(600) },
		"of nobody":                  func(begun, _ *entry) { begun.data["people"] = int64(0) },
		"of too many":                func(begun, _ *entry) { begun.data["people"] = int64(31) },
		"another ends":               func(_, ended *entry) { ended.data["round"] = int64(2) },
		"it ends elsewhere":          func(_, ended *entry) { ended.of = "meeting/1" },
		"more spoke than were asked": func(_, ended *entry) { ended.data["turns"] = int64(6) },
		"fewer than none spoke":      func(_, ended *entry) { ended.data["turns"] = int64(-1) },
		"it is not said how many":    func(_, ended *entry) { delete(ended.data, "turns") },
		"fewer were asked":           func(_, ended *entry) { ended.data["people"] = int64(4) },
		"ended as nothing does":      func(_, ended *entry) { ended.data["how"] = "carried" },
		"somebody ended what was":    func(begun, ended *entry) { ended.by = begun.by },
		"ended by somebody else":     func(_, ended *entry) { ended.data["how"], ended.by = "stopped", "m_elsewhere" },
	} {
		if _, p := firstBroken(with(forge)); p == nil {
			t.Errorf("%s: not found", name)
		}
	}
	es := with(func(_, _ *entry) {})
	if _, p := firstBroken(append(es, es[len(es)-1])); p == nil {
		t.Error("it ended twice, and that is not found")
	}
	votedFor(t, es)
	twice := with(func(_, _ *entry) {})
	twice[len(twice)-1] = twice[len(twice)-2]
	twice[len(twice)-1].data = object{}
	for k, v := range twice[len(twice)-2].data {
		twice[len(twice)-1].data[k] = v
	}
	twice[len(twice)-1].data["round"] = int64(2)
	if _, p := firstBroken(twice); p == nil {
		t.Error("there are two at once, and that is not found")
	}
}

// votedFor holds that a round can be begun by the vote on a move of whoever its entry names, and by no other. The last two entries are a round from its beginning to its end.
func votedFor(t *testing.T, es []entry) {
	t.Helper()
	const by = "m_somebody"
	all, begun, ended := es[:len(es)-2:len(es)-2], es[len(es)-2], es[len(es)-1]
	for name, tt := range map[string]struct {
		kind, by string
		of, for_ int64
		none     bool // it was not put to the vote
		good     bool
	}{
		"as it was":         {"go_round", by, 7, 5, false, true},
		"of somebody else":  {"go_round", "m_other", 7, 5, false, false},
		"for another move":  {"adjourn", by, 7, 5, false, false},
		"without a move":    {"go_round", by, 8, 5, false, false},
		"without a vote":    {"go_round", by, 7, 5, true, false},
		"the vote was lost": {"go_round", by, 7, 1, false, false},
	} {
		at := begun.at
		next := func(kind string, d object) entry {
			d["meeting"], d["move"] = begun.of, int64(7)
			return entry{n: begun.n, at: at, stamp: begun.stamp, kind: kind, of: begun.of, by: tt.by, data: d}
		}
		r := begun
		r.by, r.data = by, object{"move": tt.of}
		for k, v := range begun.data {
			r.data[k] = v
		}
		how := "carried"
		if tt.for_ < 2 {
			how = "lost"
		}
		made := next("move.made", object{"kind": tt.kind, "ready": tt.kind == "go_round"})
		put := next("move.put", object{"needs": "simple", "entitled": int64(8), "opens": begun.stamp, "closes": at.Add(moveVote).UTC().Format(stamp)})
		decided := next("move.decided", object{"how": how, "for": tt.for_, "against": int64(2)})
		list := []entry{made, put, r, decided, ended}
		if tt.none {
			list = []entry{made, r, ended}
		}
		if _, p := firstBroken(append(all, list...)); (p == nil) != tt.good {
			t.Errorf("a round by a vote, %s: %v", name, p)
		}
	}
}

// TestAsideForged: whoever facilitates hands over to speak about what is talked about, once for each item, and only if somebody else can facilitate.
func TestAsideForged(t *testing.T) {
	const m3 = "meeting/3"
	with := func(forge func(aside *entry)) []entry {
		es := met(t)
		at := nth(t, es, "item.began", m3, 1)
		last := es[at]
		aside := entry{n: last.n, at: last.at, stamp: last.stamp, kind: "item.aside", of: m3, by: last.by, data: object{"meeting": m3, "item": last.data.num("item")}}
		forge(&aside)
		return append(es[:at+1:at+1], aside)
	}
	if n, p := firstBroken(with(func(*entry) {})); p != nil {
		t.Fatalf("what is true does not hold: entry %d, %v", n, p)
	}
	for name, forge := range map[string]func(aside *entry){
		"by somebody else":   func(e *entry) { e.by = "m_elsewhere" },
		"by nobody":          func(e *entry) { e.by = "" },
		"about another item": func(e *entry) { e.data["item"] = e.data.num("item") + 100 },
		"in another meeting": func(e *entry) { e.of = "meeting/1" },
	} {
		if _, p := firstBroken(with(forge)); p == nil {
			t.Errorf("%s: not found", name)
		}
	}
	es := with(func(*entry) {})
	if _, p := firstBroken(append(es, es[len(es)-1])); p == nil {
		t.Error("two have handed over, and that is not found")
	}
}

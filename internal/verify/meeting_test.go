package verify

import (
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"folkmoot/internal/agenda"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/sortition"

	"pgregory.net/rapid"
)

// met returns the entries of a group that meets, as they were exported, with their texts as words: members ask for meetings, one is called by who asked
// first and held, one by the clock and not begun, and one is under way.
func met(t *testing.T) (out []entry) {
	t.Helper()
	b, err := os.ReadFile("testdata/meetings.json")
	if err != nil {
		t.Fatal(err)
	}
	read := func(text string) object {
		s := newScanner(strings.NewReader(text), int64(len(text))+1, 1<<20)
		v, err := s.value(0)
		o, ok := v.(map[string]any)
		if err != nil || !ok {
			t.Fatal(err)
		}
		return o
	}
	for _, v := range read(string(b)).list("entries") {
		one := object(v.(map[string]any))
		o, texts := read(one.str("leaf")), one.obj("texts")
		at, err := time.Parse(stamp, o.str("at"))
		if err != nil {
			t.Fatal(err)
		}
		e := entry{n: o.num("n"), at: at, stamp: o.str("at"), by: o.str("by"), kind: o.str("kind"), of: o.str("of")}
		e.data, _ = spoken(map[string]any(o.obj("data")), texts).(map[string]any)
		out = append(out, e)
	}
	return out
}

// spoken puts words in place of the names of texts.
func spoken(v any, texts object) any {
	switch v := v.(type) {
	case string:
		if hash, ok := strings.CutPrefix(v, "text:"); ok {
			return words{s: texts.str(hash), isSet: true}
		}
	case []any:
		for i := range v {
			v[i] = spoken(v[i], texts)
		}
	case map[string]any:
		for k := range v {
			v[k] = spoken(v[k], texts)
		}
	}
	return v
}

// firstBroken returns the first entry that a book finds wrong, and why; -1 if none is.
func firstBroken(es []entry) (int64, *Problem) {
	b := newBook()
	for _, e := range es {
		if p := b.note(e); p != nil {
			return e.n, p
		}
	}
	return -1, nil
}

// nth returns where the nth entry of a kind about something stands, from 1.
func nth(t *testing.T, es []entry, kind, of string, n int) int {
	t.Helper()
	for i, e := range es {
		if e.kind == kind && (of == "" || e.of == of) {
			if n--; n == 0 {
				return i
			}
		}
	}
	t.Fatalf("no such entry: %s about %s", kind, of)
	return -1
}

// TestMeetingForged: whoever signs entries and tells of a meeting otherwise than it was is found out, at that entry or where something no longer follows from it.
func TestMeetingForged(t *testing.T) {
	if n, p := firstBroken(met(t)); p != nil {
		t.Fatalf("what is true does not hold: entry %d, %v", n, p)
	}
	set := func(kv ...any) func(object, []entry) {
		return func(o object, _ []entry) {
			for i := 0; i < len(kv); i += 2 {
				o[kv[i].(string)] = kv[i+1]
			}
		}
	}
	line := func(list string, i int, kv ...any) func(object, []entry) {
		return func(o object, _ []entry) { maps.Copy(o.list(list)[i].(map[string]any), pairs(kv)) }
	}
	m1, m2, m3 := "meeting/1", "meeting/2", "meeting/3"
	for _, f := range []struct {
		name, kind, of string
		nth            int
		forge          func(o object, es []entry)
		where          string // the kind of the entry that is found wrong; "" is that one
	}{
		{"another secret of the agenda", "meeting.ordered", m1, 1, set("secret", strings.Repeat("00", 32)), ""},
		{"another order", "meeting.ordered", m1, 1, func(o object, _ []entry) { slices.Reverse(o.list("items")) }, ""},
		{"another reason", "meeting.ordered", m1, 1, line("items", 0, "why", "most_supported"), ""},
		{"it does not fit, it is said", "meeting.ordered", m1, 1, line("items", 0, "fits", false), ""},
		{"another secret of jobs", "meeting.jobs", m1, 1, set("secret", strings.Repeat("00", 32)), ""},
		{"somebody has done it before, it is said", "meeting.jobs", m1, 1, func(o object, _ []entry) { would1(o, 0)["same"] = int64(1) }, ""},
		{"they have not, it is said", "meeting.jobs", m3, 1, func(o object, es []entry) {
			for i := range o.list("pool") {
				for _, w := range o.list("pool")[i].(map[string]any)["would"].([]any) {
					w.(map[string]any)["same"], w.(map[string]any)["any"] = int64(0), int64(0)
				}
			}
		}, ""},
		{"somebody is left out of the pool", "meeting.jobs", m1, 1, func(o object, _ []entry) { o["pool"] = o.list("pool")[1:] }, "job.begun"},
		{"somebody else has the job", "job.begun", m1, 1, func(o object, es []entry) { o["member"] = es[nth(t, es, "job.begun", m1, 2)].data.str("member") }, ""},
		{"who learns has the power", "job.begun", m1, 4, set("shadow", false), ""},
		{"another power", "job.begun", m1, 3, set("caps", "facilitate"), ""},
		{"a job that nobody handed over", "job.begun", m1, 11, set("job", "door", "caps", "door"), ""},
		{"a job that was taken", "job.begun", m1, 11, set("how", "drawn"), ""},
		{"a job that goes on", "job.ended", m1, 2, set("how", "handed_over"), "job.ended"},
		{"it ends for good reasons, it is said", "job.ended", m1, 3, set("how", "left"), ""},
		{"a power without its end", "job.begun", m1, 1, func(o object, _ []entry) { o["ends"] = o["begins"] }, ""},
		{"to call, before whoever convenes had their days", "call.unanswered", "call/2", 1, nil, "job.begun"},
		{"who asked for nothing calls", "meeting.called", m1, 1, set("cause", "j_elsewhere"), ""},
		{"called by the clock, it is said", "meeting.called", m2, 1, set("call", "call/2"), ""},
		{"something is left off the agenda", "meeting.called", m1, 1, func(o object, _ []entry) { o["items"] = o.list("items")[:2] }, ""},
		{"a proposal that nobody put there", "meeting.called", m1, 1, func(o object, _ []entry) {
			o["items"] = append(o.list("items"), map[string]any{"item": int64(77), "kind": "proposal", "motion": "motion/1", "minutes": int64(5), "carried": int64(0), "since": "2026-05-01T10:05:00.000Z"})
		}, ""},
		{"it ends before it begins", "meeting.called", m1, 1, func(o object, _ []entry) { o["stop"] = o["opens"] }, ""},
		{"it begins too early", "meeting.called", m1, 1, set("opens", "2027-01-01T10:00:00.000Z", "stop", "2027-01-01T11:30:00.000Z"), "meeting.began"},
		{"enough, it is said", "meeting.began", m1, 1, set("present", int64(1)), ""},
		{"enough again, it is said", "meeting.quorum", m1, 2, set("present", int64(1)), ""},
		{"the next item while one is talked about", "item.ended", m1, 1, nil, "item.began"},
		{"an item of another meeting", "item.began", m1, 1, set("item", int64(99)), ""},
		{"before the agenda is adopted", "meeting.adopted", m1, 1, nil, "item.began"},
		{"something is forgotten", "meeting.ended", m1, 1, set("left", []any{}), ""},
		{"fewer were there", "meeting.ended", m1, 1, set("most", int64(3)), ""},
		{"a vote outside its item", "item.began", m1, 2, set("item", int64(1)), "ballot.opened"},
		{"published by somebody else", "minutes.published", m1, 1, nil, "minutes.correction"},
		{"a correction that is answered already", "minutes.answered", m1, 2, set("n", int64(1)), ""},
		{"confirmed with a correction open", "minutes.answered", m1, 2, nil, "minutes.confirmed"},
		{"confirmed by a meeting that is none", "minutes.confirmed", m1, 1, set("in", m2), ""},
		{"the draft has no time", "minutes.begun", m1, 1, set("draft_until", "2026-01-01T00:00:00.000Z"), ""},
		{"a topic taken back by somebody else", "topic.taken_back", "", 1, set("item", int64(1)), ""},
		{"enough asked, it is said", "call.reached", "call/2", 1, set("signed", int64(1)), ""},
		{"it expires too early", "call.ended", "call/4", 1, set("how", "dropped"), ""},
	} {
		es := met(t)
		i := nth(t, es, f.kind, f.of, f.nth)
		want := f.kind
		if f.forge == nil {
			es = slices.Delete(es, i, i+1)
			want = f.where
		} else {
			f.forge(es[i].data, es)
			if f.where != "" {
				want = f.where
			}
		}
		n, p := firstBroken(es)
		at := slices.IndexFunc(es, func(e entry) bool { return e.n == n })
		if p == nil || es[at].kind != want || f.forge != nil && f.where == "" && at != i {
			got := ""
			if at >= 0 {
				got = es[at].kind
			}
			t.Errorf("%s: found at entry %d (%s, %v), want one of %s", f.name, n, got, p, want)
		}
	}
}

func pairs(kv []any) map[string]any {
	out := map[string]any{}
	for i := 0; i < len(kv); i += 2 {
		out[kv[i].(string)] = kv[i+1]
	}
	return out
}

// would1 is the first job that somebody in a pool would do.
func would1(o object, i int) map[string]any {
	return o.list("pool")[i].(map[string]any)["would"].([]any)[0].(map[string]any)
}

// TestAgendaAgrees: what is worked out here is the order that package agenda gives, and another order is found out.
func TestAgendaAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "secret")
		opens := time.Date(2026, 5, 1, 18, 0, 0, 0, time.UTC)
		stop := rapid.IntRange(20, 150).Draw(t, "stop")
		b := newBook()
		b.assembly.ref = "g_1"
		m := &gathering{ref: "meeting/7", commit: sortition.Commitment(secret), opens: opens, stop: opens.Add(time.Duration(stop) * time.Minute)}
		kinds := map[string]agenda.Kind{"business": agenda.Business, "proposal": agenda.Proposal, "topic": agenda.Discussion, "other": agenda.Notice}
		var items []agenda.Item
		for id := range rapid.Int64Range(0, 9).Draw(t, "items") {
			kind := rapid.SampledFrom(slices.Sorted(maps.Keys(kinds))).Draw(t, "kind")
			it := agenda.Item{
				ID: id + 1, Kind: kinds[kind], Minutes: rapid.IntRange(5, 30).Draw(t, "minutes"), Carried: rapid.Bool().Draw(t, "carried"),
				Supporters: rapid.IntRange(0, 5).Draw(t, "supporters"), Since: opens.Add(-time.Duration(rapid.IntRange(1, 4).Draw(t, "days")) * day),
			}
			items = append(items, it)
			p := &point{id: it.ID, kind: kind, minutes: int64(it.Minutes), since: it.Since}
			if it.Carried {
				p.carried = 1
			}
			b.assembly.points[it.ID] = p
			m.items = append(m.items, it.ID)
		}
		want, err := agenda.Order(agenda.Plan{Meeting: "agenda-g_1-7", Secret: secret, Stop: stop}, items)
		if err != nil {
			t.Fatal(err)
		}
		list := make([]any, len(want.Entries))
		for i, e := range want.Entries {
			list[i] = map[string]any{"item": e.ID, "why": string(e.Why), "fits": e.Fits, "supporters": int64(e.Supporters)}
		}
		again := slices.Clone(m.items)
		if !b.inOrder(m, object{"secret": hex.EncodeToString(secret), "items": list}) {
			t.Fatalf("%+v does not hold", want.Entries)
		}
		if len(list) > 1 {
			m.items = again
			list[0], list[1] = list[1], list[0]
			if b.inOrder(m, object{"secret": hex.EncodeToString(secret), "items": list}) {
				t.Fatal("another order holds too")
			}
		}
	})
}

// TestJobsAgree: who has which job, as it is worked out here, is who package meeting gives it to.
func TestJobsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "secret")
		m := meeting.Meeting{Number: 4, JobsSecret: secret}
		b, g := newBook(), &gathering{ref: "meeting/4", jobsCommit: sortition.Commitment(secret)}
		would := map[meeting.Job][]meeting.Candidate{}
		var ids []member.ID
		var pool []any
		for i := range rapid.IntRange(1, 7).Draw(t, "people") {
			id, ref := member.ID(100-i), fmt.Sprintf("m_%d", i)
			jobs := rapid.SliceOfNDistinct(rapid.SampledFrom(offered), 1, 5, rapid.ID[string]).Draw(t, "jobs")
			done := map[string]int64{}
			for _, job := range jobsInOrder {
				done[job] = int64(rapid.IntRange(0, 2).Draw(t, "done"))
			}
			all := 0
			for _, n := range done {
				all += int(n)
			}
			b.people[ref], b.assembly.done[ref] = &person{}, done
			var said []any
			for _, job := range jobs {
				would[meeting.Job(job)] = append(would[meeting.Job(job)], meeting.Candidate{Member: id, Same: int(done[job]), Any: all})
				said = append(said, map[string]any{"job": job, "same": done[job], "any": int64(all)})
			}
			ids, pool = append(ids, id), append(pool, map[string]any{"member": ref, "would": said})
		}
		lots, err := meeting.Lots(m, ids)
		if err != nil {
			t.Fatal(err)
		}
		if !b.drawJobs(g, entry{data: object{"secret": hex.EncodeToString(secret), "pool": pool}}) {
			t.Fatal("the pool does not hold")
		}
		var want []hire
		for _, d := range meeting.Share(would, lots, nil) {
			of := func(id member.ID) string { return fmt.Sprintf("m_%d", 100-id) }
			want = append(want, hire{string(d.Job), of(d.Member), false})
			if d.Shadow != 0 {
				want = append(want, hire{string(d.Job), of(d.Shadow), true})
			}
		}
		if !slices.Equal(g.hires, want) {
			t.Fatalf("%+v, want %+v", g.hires, want)
		}
	})
}

// TestQuorumForged: a meeting begins with the quorum that the rules make of how many count as active, and no more count so than might vote, nor fewer than came; and no more are there than are
// members.
func TestQuorumForged(t *testing.T) {
	for _, f := range []struct {
		name, kind, of string
		forge          object
	}{
		{"one is enough", "meeting.began", "meeting/1", object{"quorum": int64(1)}},
		{"one is enough, of none who are active", "meeting.began", "meeting/3", object{"quorum": int64(1), "active": int64(0)}},
		{"fewer are active", "meeting.began", "meeting/1", object{"quorum": int64(2), "active": int64(2), "enough": true}},
		{"more are active than are members", "meeting.began", "meeting/3", object{"quorum": int64(9), "active": int64(30), "enough": false}},
		{"it takes one more", "meeting.began", "meeting/3", object{"quorum": int64(4)}},
		{"a million begin it", "meeting.began", "meeting/3", object{"present": int64(1_000_000)}},
		{"a million were there", "meeting.ended", "meeting/1", object{"most": int64(1_000_000)}},
	} {
		es := met(t)
		e := es[nth(t, es, f.kind, f.of, 1)]
		maps.Copy(e.data, f.forge)
		if n, p := firstBroken(es); p == nil || n != e.n {
			t.Errorf("%s: it is found at entry %d, not %d: %v", f.name, n, e.n, p)
		}
	}
}

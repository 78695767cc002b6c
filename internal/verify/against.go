package verify

import "slices"

// Against holds a record that Check found in order to an older one of the same log, also found in order: all that the
// older one shows must be in the newer one, unchanged and in the same places. It returns a report of the newer one
// whose Problem is what was rewritten, or why the two cannot be compared; InOlder says that the older file itself does
// not hold.
func Against(newer, older Report) Report {
	if newer.Problem != nil {
		return newer
	}
	if older.Problem != nil {
		newer.Verdict, newer.Problem, newer.InOlder = older.Verdict, older.Problem, true
		return newer
	}
	if p := against(newer, older); p != nil {
		newer.Verdict, newer.Problem = p.Verdict, p
	}
	return newer
}

func against(newer, older Report) *Problem {
	n, o := newer.Checkpoint, older.Checkpoint
	switch {
	case n.Origin != o.Origin:
		return problem(Unusable, "other_log", []any{"Newer", newer.Group, "Older", older.Group})
	case n.Size < o.Size:
		return broken("shorter", "Newer", n.Size, "Older", o.Size)
	case n.Size == o.Size && n.Root != o.Root:
		return rewritten(newer, older)
	case newer.Key != older.Key && !leads(newer.keys, older.Key):
		return broken("key_changed")
	}
	for _, at := range places(older) {
		if e, ok := newer.seen[at]; ok && e.hash != older.seen[at].hash {
			return rewritten(newer, older)
		}
	}
	switch {
	case n.Size == o.Size:
		return nil
	case int64(len(newer.leaves)) < o.Size:
		return problem(Unusable, "incomparable", []any{"Size", o.Size})
	case rootOf(newer.leaves[:o.Size]) != o.Root:
		return rewritten(newer, older)
	}
	return nil
}

// leads says whether the recorded changes of key begin at a key or lead on from it.
func leads(keys []rekeyed, from string) bool {
	return slices.ContainsFunc(keys, func(k rekeyed) bool { return k.was == from || k.key == from })
}

func places(r Report) []int64 {
	out := make([]int64, 0, len(r.seen))
	for n := range r.seen {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// rewritten names the first entry that is known to differ. If the newer record says itself that an older database was
// put in place there, that is said: the loss is then in the open, but it is one.
func rewritten(newer, older Report) *Problem {
	at := int64(-1)
	for n := range min(len(newer.leaves), len(older.leaves)) {
		if newer.leaves[n] != older.leaves[n] {
			at = int64(n)
			break
		}
	}
	if at < 0 {
		for _, n := range places(older) {
			e, ok := newer.seen[n]
			if ok && e.hash != older.seen[n].hash || int(n) < len(newer.leaves) && newer.leaves[n] != older.seen[n].hash {
				at = n
				break
			}
		}
	}
	for _, l := range newer.losses {
		if l.n < older.Checkpoint.Size && (at < 0 || l.n == at) {
			return broken("restored", "N", l.n, "Size", older.Checkpoint.Size)
		}
	}
	if at < 0 {
		return broken("rewritten_somewhere", "Size", older.Checkpoint.Size)
	}
	return broken("rewritten", "N", at, "Was", kindAt(older, at), "Now", kindAt(newer, at))
}

func kindAt(r Report, n int64) string {
	if e, ok := r.seen[n]; ok {
		return e.kind
	}
	return "…"
}

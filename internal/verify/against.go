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
		if p := lost(newer, older, differing(newer, older)); p != nil {
			return p
		}
		return broken("shorter", "Newer", n.Size, "Older", o.Size)
	case n.Size == o.Size && n.Root != o.Root:
		return rewritten(newer, older)
	case newer.Key != older.Key && !leads(newer.keys, older.Key):
		if p := lost(newer, older, differing(newer, older)); p != nil {
			return p // the change of key is among what was lost
		}
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
	at := differing(newer, older)
	if p := lost(newer, older, at); p != nil {
		return p
	}
	if at >= 0 {
		return broken("rewritten", "N", at, "Was", kindAt(older, at), "Now", kindAt(newer, at))
	}
	for _, l := range newer.losses {
		if l.n < older.Checkpoint.Size {
			return broken("restored_somewhere", "At", l.n, "Size", older.Checkpoint.Size)
		}
	}
	return broken("rewritten_somewhere", "Size", older.Checkpoint.Size)
}

// differing returns the first entry that is known to differ, or -1.
func differing(newer, older Report) int64 {
	for n := range min(len(newer.leaves), len(older.leaves)) {
		if newer.leaves[n] != older.leaves[n] {
			return int64(n)
		}
	}
	for _, n := range places(older) {
		e, ok := newer.seen[n]
		if ok && e.hash != older.seen[n].hash || int(n) < len(newer.leaves) && newer.leaves[n] != older.seen[n].hash {
			return n
		}
	}
	return -1
}

// lost returns the problem that a restore explains: the newer record tells of it at the place, or right after the change
// of key that comes first where the backup was put beside other keys. Nothing else is explained by it, so that a restore
// further on covers up no rewriting before it.
func lost(newer, older Report, at int64) *Problem {
	if at < 0 {
		return nil
	}
	for _, l := range newer.losses {
		from := l.n
		for from > at && newer.seen[from-1].kind == "operator.rekeyed" {
			from--
		}
		if from == at {
			return broken("restored", "N", at, "Was", kindAt(older, at), "Now", kindAt(newer, at), "At", l.n, "Size", older.Checkpoint.Size)
		}
	}
	return nil
}

// kindAt is the kind of an entry, or "" if the file does not show it. The caller has words for kinds.
func kindAt(r Report, n int64) string { return r.seen[n].kind }

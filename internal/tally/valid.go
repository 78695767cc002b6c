package tally

import "slices"

// Which papers are valid follows from what a method asks of them; Sheet has the rule for each family. Why the others are not is the
// same everywhere: nothing stands on a paper, or nobody who takes part, or what comes first on it cannot be read.

// reject says why papers do not count, or nil if all are valid. What counts gets the marks of a paper without those who have
// withdrawn; sk is what the method passes over on it.
func (e *Election) reject(valid int64, sk skips, counts func(marks []Mark) bool) *Ended {
	if valid == e.Papers.Total() {
		return nil
	}
	in := e.taking()
	var sums [endings]int64
	var left []Mark
	for i := range e.Papers.Len() {
		marks, papers := e.Papers.At(i)
		left = strip(left[:0], marks, in)
		switch {
		case counts(left):
		case isBlank(marks):
			sums[endBlank] += papers
		default:
			sums[sk.why(left)] += papers
		}
	}
	return writeEnded(sums, 0)
}

// why says where a paper stops that counts for nobody.
func (sk skips) why(marks []Mark) ending {
	why := endExhausted
	if !slices.ContainsFunc(marks, Mark.Names) {
		sk = skips{blank: true, over: true} // whatever else it leaves out, nobody who stands is on it
	}
	for i, m := range marks {
		switch {
		case several(marks, i):
			if why = endOver; !sk.over {
				return why
			}
		case m == Blank && !sk.blank:
			return endSkipped
		case m == Again && !sk.blank:
			return endRepeated
		case m == Undeclared && !sk.blank:
			return endExhausted
		}
	}
	return why
}

// several says whether the rank of the mark was given to more than one.
func several(marks []Mark, i int) bool {
	return marks[i]&^Same == Over || marks[i].Names() && (marks[i]&Same != 0 || i+1 < len(marks) && marks[i+1]&Same != 0)
}

// isBlank says whether nothing stands on a paper.
func isBlank(marks []Mark) bool {
	return !slices.ContainsFunc(marks, func(m Mark) bool { return m&^Same != Blank })
}

// namesAny says whether a paper names anybody.
func namesAny(marks []Mark) bool { return slices.ContainsFunc(marks, Mark.Names) }

// legible says whether a paper can be read where its order plays no part: one that names nobody says so, unless all that can be seen
// is that there was more on it.
func legible(marks []Mark) bool {
	return namesAny(marks) || !slices.ContainsFunc(marks, func(m Mark) bool { return m&^Same == Over })
}

// writeEnded writes why papers do not count, or nil if all do.
func writeEnded(sums [endings]int64, places int) *Ended {
	if sums == [endings]int64{} {
		return nil
	}
	f := func(why ending) string {
		if sums[why] == 0 {
			return ""
		}
		return decimal(sums[why], places)
	}
	return &Ended{f(endBlank), f(endExhausted), f(endOver), f(endSkipped), f(endRepeated), f(endSurplus)}
}

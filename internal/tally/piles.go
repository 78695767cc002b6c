package tally

// piles are the papers as they lie with the candidates. Papers of one kind stay together for the whole count, because nothing ever
// tells them apart.
type piles struct {
	papers  *Papers
	at      []int32 // by kind: which mark the papers count for
	running []bool  // by candidate: whether papers can still move to them
	skips   skips
}

// skips says what is passed over on a paper. The zero skips passes over nothing: what names nobody, or several, ends the paper.
type skips struct {
	blank bool // a rank that names nobody who is a candidate
	over  bool // a rank that was given to several
}

// next moves on the kind's papers to the next candidate who is running, and returns the candidate, or -1 if there is none.
func (p *piles) next(kind int32) int {
	marks, _ := p.papers.At(int(kind))
	at := p.skips.find(marks, int(p.at[kind]), p.running)
	p.at[kind] = int32(at)
	if at == len(marks) {
		return -1
	}
	return int(marks[at])
}

// reject says why papers do not count.
func (p *piles) reject(e *Election, valid int64) *Ended {
	return e.reject(valid, p.skips, func(marks []Mark) bool { return p.skips.find(marks, 0, p.running) < len(marks) })
}

// find returns the place of the next mark, from one on, that names somebody who is running, or how many marks there are.
func (sk skips) find(marks []Mark, from int, running []bool) int {
	for i := from; i < len(marks); i++ {
		m := marks[i]
		if !m.Names() || m&Same != 0 || i+1 < len(marks) && marks[i+1]&Same != 0 {
			if over := m.Names() || m == Over; over && sk.over || !over && sk.blank {
				continue
			}
			break
		}
		if running[m] {
			return i
		}
	}
	return len(marks)
}

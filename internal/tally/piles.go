package tally

// piles are the papers as they lie with the candidates. Papers of one kind stay together for the whole count, because nothing ever
// tells them apart.
type piles struct {
	papers  *Papers
	at      []int32   // by kind: which mark the papers count for
	of      [][]int32 // by candidate: the kinds that lie with them
	running []bool    // by candidate: whether papers can still move to them
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
	for i := p.at[kind]; int(i) < len(marks); i++ {
		m := marks[i]
		if !m.Names() || m&Same != 0 || int(i)+1 < len(marks) && marks[i+1]&Same != 0 {
			if over := m.Names() || m == Over; over && p.skips.over || !over && p.skips.blank {
				continue
			}
			break
		}
		if p.running[m] {
			p.at[kind] = i
			return int(m)
		}
	}
	p.at[kind] = int32(len(marks))
	return -1
}

package rulebook

// Changed returns the rules of which the two sets say different things, in the order of Params.
func Changed(a, b Rules) (out []Param) {
	for _, p := range Params() {
		if p.Get(a) != p.Get(b) {
			out = append(out, p)
		}
	}
	return out
}

package audit

// withDevice is a number of the close without the hands that were counted in it.
func (v *vote) withDevice(name string) int64 {
	n := v.closed.num(name)
	if v.closed.has("hands") {
		n -= v.closed.obj("hands").num(name)
	}
	return n
}

// aboutTellers: who counts hands in a vote is who the record says that it is.
func (c *check) aboutTellers(v *vote) error {
	want := map[string]wanted{}
	for _, ref := range v.opened.strs("tellers") {
		want[ref] = func() row { return row{} }
	}
	_, err := c.rows(handTellers, v.inRecord(), want, v.ref)
	return err
}

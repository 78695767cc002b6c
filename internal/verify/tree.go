package verify

import "golang.org/x/mod/sumdb/tlog"

// compact is a hash tree that grows leaf by leaf and keeps only the roots of its full subtrees, the largest first.
type compact struct {
	n     int64
	roots []tlog.Hash
}

func (t *compact) add(leaf tlog.Hash) {
	t.roots = append(t.roots, leaf)
	for n := t.n; n&1 == 1; n >>= 1 {
		last := len(t.roots) - 1
		t.roots[last-1] = tlog.NodeHash(t.roots[last-1], t.roots[last])
		t.roots = t.roots[:last]
	}
	t.n++
}

// root returns the root over the leaves so far; there must be one.
func (t *compact) root() tlog.Hash {
	if len(t.roots) == 0 {
		return tlog.Hash{}
	}
	h := t.roots[len(t.roots)-1]
	for i := len(t.roots) - 2; i >= 0; i-- {
		h = tlog.NodeHash(t.roots[i], h)
	}
	return h
}

// rootOf returns the root over the leaves.
func rootOf(leaves []tlog.Hash) tlog.Hash {
	var t compact
	for _, h := range leaves {
		t.add(h)
	}
	return t.root()
}

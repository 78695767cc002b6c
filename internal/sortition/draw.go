package sortition

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Limits of what can be drawn from. They keep sums of weights far from 64 bits.
const (
	mostMembers = 1 << 20
	mostWeight  = 1 << 30
	mostText    = 500 // bytes in a contribution or a draw's id
	secretSize  = 32  // bytes
)

// ErrDraw is wrapped by every refusal of a draw that cannot be made or repeated.
var ErrDraw = errors.New("cannot be drawn")

// refusal is an ErrDraw that says in its own words why.
type refusal string

func (r refusal) Error() string        { return string(r) }
func (r refusal) Is(target error) bool { return target == ErrDraw }

func refuse(format string, args ...any) error { return refusal(shown(fmt.Sprintf(format, args...))) }

// Member is who can be drawn, and with what weight. Somebody with weight 0 is in the list and is never drawn.
type Member struct {
	ID     int64 `json:"id"`
	Weight int64 `json:"weight"`
}

// Pool is who can be drawn, by ascending ID.
type Pool []Member

// Contribution is what a member of the pool threw in: words, or the numbers of dice.
type Contribution struct {
	ID   int64  `json:"id"`
	Text string `json:"text"`
}

// Weight is a member's weight in a draw for a role, by how often they have held one of its family (practice.md §2.12.3).
func Weight(timesHeld int, eligible bool) int64 {
	switch {
	case !eligible:
		return 0
	case timesHeld <= 0:
		return 4
	case timesHeld == 1:
		return 2
	}
	return 1
}

// NewPool returns the members in the order of a pool. It returns ErrDraw if an ID comes twice, or an ID or a weight cannot be.
func NewPool(members ...Member) (Pool, error) {
	p := Pool(slices.SortedFunc(slices.Values(members), func(a, b Member) int { return cmp.Compare(a.ID, b.ID) }))
	return p, p.Check()
}

// Numbers returns a pool in which people stand by numbers from 1 to n, all with the same weight: of lots that are published without names. Errors are NewPool's.
func Numbers(n int) (Pool, error) {
	all := make([]Member, n)
	for i := range all {
		all[i] = Member{ID: int64(i + 1), Weight: 1}
	}
	return NewPool(all...)
}

// Check refuses, with ErrDraw, a pool that is not in order, or out of which nobody can be drawn.
func (p Pool) Check() error {
	if len(p) == 0 {
		return refuse("the pool is empty, so there is nobody to draw")
	}
	total := int64(0)
	for i, m := range p {
		switch {
		case m.ID < 0:
			return refuse("member %d has a number below 0", m.ID)
		case i > 0 && p[i-1].ID == m.ID:
			return refuse("member %d is in the pool twice", m.ID)
		case i > 0 && p[i-1].ID > m.ID:
			return refuse("member %d is out of order in the pool", m.ID)
		case m.Weight < 0 || m.Weight > mostWeight:
			return refuse("member %d has the weight %d; a weight is a whole number from 0 to %d", m.ID, m.Weight, mostWeight)
		}
		total += m.Weight
	}
	if total == 0 {
		return refuse("everybody in the pool has the weight 0, so nobody can be drawn")
	}
	if len(p) > mostMembers {
		return refuse("the pool has %d members, and a draw takes at most %d", len(p), mostMembers)
	}
	return nil
}

// Total returns the sum of the weights. A member's chance of being drawn first is their weight out of it.
func (p Pool) Total() int64 {
	total := int64(0)
	for _, m := range p {
		total += m.Weight
	}
	return total
}

// has says whether a member is in the pool.
func (p Pool) has(id int64) bool {
	_, found := slices.BinarySearchFunc(p, id, func(m Member, id int64) int { return cmp.Compare(m.ID, id) })
	return found
}

// Lines returns the pool as it is published and hashed: a line "id,weight" for each member.
func (p Pool) Lines() string {
	var b strings.Builder
	for _, m := range p {
		fmt.Fprintf(&b, "%d,%d\n", m.ID, m.Weight)
	}
	return b.String()
}

// Hash returns the SHA-256 of the lines, in hex.
func (p Pool) Hash() string { return hexHash(p.Lines()) }

// Commitment returns what is published of a secret before it is revealed, in hex.
func Commitment(secret []byte) string { return hexHash(string(secret)) }

// Seed returns what a draw follows from, in hex. The contributions must be in the order of IDs.
func Seed(drawID, poolHash string, secret []byte, contributions []Contribution) string {
	var b strings.Builder
	b.WriteString("draw-v1\n" + drawID + "\n" + poolHash + "\n" + hex.EncodeToString(secret))
	for _, c := range contributions {
		b.WriteString("\n" + strconv.FormatInt(c.ID, 10) + ":" + c.Text)
	}
	return hexHash(b.String())
}

func hexHash(text string) string {
	h := sha256.Sum256([]byte(text))
	return hex.EncodeToString(h[:])
}

// Order draws everybody with a weight out of the pool, one after another, by the seed.
func (p Pool) Order(seed string) []int64 {
	left := newWeights(p)
	ids := []int64{}
	for ctr := uint64(0); left.total > 0; {
		var r uint64
		r, ctr = below(uint64(left.total), seed, ctr)
		ids = append(ids, p[left.take(int64(r))].ID)
	}
	return ids
}

// Lots returns the numbers from 0 up to n in an order drawn from the seed, as a draw goes in which nobody has more weight than another:
// the order in which a lot takes candidates who are tied.
func Lots(seed string, n int) []int {
	pool := make(Pool, n)
	for i := range pool {
		pool[i] = Member{ID: int64(i), Weight: 1}
	}
	order := make([]int, n)
	for i, id := range pool.Order(seed) {
		order[i] = int(id)
	}
	return order
}

// below returns a number below t that is as likely as any other, from the numbers that the seed gives from ctr on, and what ctr is
// then. Numbers from the last multiple of t on are passed over, since they would make small results likelier.
func below(t uint64, seed string, ctr uint64) (r, next uint64) {
	over := -t % t // 2^64 modulo t
	for {
		h := sha256.Sum256([]byte(seed + ":" + strconv.FormatUint(ctr, 10)))
		ctr++
		if x := binary.BigEndian.Uint64(h[:]); over == 0 || x < -over {
			return x % t, ctr
		}
	}
}

// weights is a pool from which members are taken by walking along it and subtracting their weights. Sums of weights in a tree
// (Fenwick 1994) make the walk short.
type weights struct {
	of    []int64 // by place
	sums  []int64 // sums[i] is that of the weights at places from i minus its lowest bit up to i, all without i
	total int64
}

func newWeights(p Pool) *weights {
	w := &weights{of: make([]int64, len(p)), sums: make([]int64, len(p)+1)}
	for i, m := range p {
		w.add(i, m.Weight)
	}
	return w
}

func (w *weights) add(place int, weight int64) {
	w.of[place] += weight
	w.total += weight
	for i := place + 1; i < len(w.sums); i += i & -i {
		w.sums[i] += weight
	}
}

// take removes the member on whom the walk ends, r being below the total, and returns their place.
func (w *weights) take(r int64) int {
	at, step := 0, 1
	for 2*step < len(w.sums) {
		step *= 2
	}
	for ; step > 0; step /= 2 {
		if at+step < len(w.sums) && w.sums[at+step] <= r {
			at += step
			r -= w.sums[at]
		}
	}
	w.add(at, -w.of[at])
	return at
}

// Draw is the record of a draw. Until the secret is revealed it has neither secret, seed nor order.
type Draw struct {
	Schema        string         `json:"schema"`
	ID            string         `json:"draw_id"`
	Pool          Pool           `json:"pool,omitzero"`
	PoolHash      string         `json:"pool_hash"`
	Commit        string         `json:"commit"`
	Contributors  []int64        `json:"contributors,omitempty"` // who may contribute, ascending, where that is not the pool
	Contributions []Contribution `json:"contributions,omitzero"`
	Secret        string         `json:"secret,omitempty"`
	Seed          string         `json:"seed,omitempty"`
	Order         []int64        `json:"order,omitempty"`
	Asked         *Panels        `json:"asked,omitempty"`  // in a draw of a panel, what was asked for
	Panels        []Panel        `json:"panels,omitempty"` // and what the pool's numbers, from 1, stand for
}

// Announce returns what is published before contributions are taken. The secret must be 32 bytes that nobody else knows, made for
// this draw. Errors wrap ErrDraw.
func Announce(drawID string, pool Pool, secret []byte) (Draw, error) {
	if err := pool.Check(); err != nil {
		return Draw{}, err
	}
	if err := checkText("the draw's id", drawID); err != nil {
		return Draw{}, err
	}
	if len(secret) != secretSize {
		return Draw{}, refuse("the secret has %d bytes and must have %d, which is %d digits of hex", len(secret), secretSize, 2*secretSize)
	}
	return Draw{Schema: Schema, ID: drawID, Pool: slices.Clone(pool), PoolHash: pool.Hash(), Commit: Commitment(secret), Contributions: []Contribution{}}, nil
}

// Reveal returns the whole record of a draw that was announced, with the contributions beside those it has. It returns ErrDraw if
// the secret is not the one that was committed to, the draw was revealed already, or a contribution cannot be taken.
func (d Draw) Reveal(secret []byte, contributions []Contribution) (Draw, error) {
	if d.Revealed() {
		return d, refuse("the draw %s was revealed already; a draw is made once", d.ID)
	}
	if Commitment(secret) != d.Commit || len(secret) != secretSize {
		return d, refuse("this is not the secret that was committed to when the draw %s was announced", d.ID)
	}
	if err := cmp.Or(d.Pool.Check(), checkText("the draw's id", d.ID)); err != nil {
		return d, fmt.Errorf("the record is not one that was announced: %w", err)
	}
	if d.PoolHash != d.Pool.Hash() {
		return d, refuse("the pool is not the one whose hash was published when the draw %s was announced", d.ID)
	}
	if d.Panels != nil || d.Asked != nil {
		if err := d.checkPanels(); err != nil {
			return d, fmt.Errorf("the list of panels is not the one that was announced: %w", err)
		}
	}
	d.Contributions = append(append([]Contribution{}, d.Contributions...), contributions...)
	slices.SortStableFunc(d.Contributions, func(a, b Contribution) int { return cmp.Compare(a.ID, b.ID) })
	if err := d.checkContributions(); err != nil {
		return d, err
	}
	d.Secret = hex.EncodeToString(secret)
	d.Seed = Seed(d.ID, d.PoolHash, secret, d.Contributions)
	d.Order = d.Pool.Order(d.Seed)
	return d, nil
}

// Revealed says whether the record holds anything of what can only follow from the secret.
func (d Draw) Revealed() bool { return d.Secret != "" || d.Seed != "" || len(d.Order) > 0 }

// mayContribute says whether somebody is among those who may.
func (d Draw) mayContribute(id int64) bool {
	if d.Contributors == nil {
		return d.Pool.has(id)
	}
	_, found := slices.BinarySearch(d.Contributors, id)
	return found
}

// checkContributions refuses what is not in order or from a stranger, and texts that could be read as more than one contribution.
func (d Draw) checkContributions() error {
	if !slices.IsSorted(d.Contributors) {
		return refuse("those who may contribute are out of order")
	}
	cs := d.Contributions
	for i, c := range cs {
		switch {
		case !d.mayContribute(c.ID):
			return refuse("member %d has contributed and is not among those who may", c.ID)
		case i > 0 && cs[i-1].ID == c.ID:
			return refuse("member %d has contributed twice", c.ID)
		case i > 0 && cs[i-1].ID > c.ID:
			return refuse("the contribution of member %d is out of order", c.ID)
		}
		if err := checkText(fmt.Sprintf("the contribution of member %d", c.ID), c.Text); err != nil {
			return err
		}
	}
	return nil
}

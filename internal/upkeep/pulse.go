package upkeep

import (
	"context"
	"encoding/binary"
	"sync"
	"time"

	"folkmoot/internal/db"
)

const (
	// pulseTime is for how long an answer holds: however many ask, the disk has no more work than that.
	pulseTime = 3 * time.Second
	// pulseSize is about what a vote writes. A few bytes would still fit where a vote no longer does.
	pulseSize = 16 << 10
)

// Pulse finds out whether the database can be written to, by writing to it.
type Pulse struct {
	db  *db.DB
	now func() time.Time

	mu    sync.Mutex
	asked bool
	at    time.Time
	err   error
}

// NewPulse returns a Pulse of the database, on the program's clock.
func NewPulse(d *db.DB, now func() time.Time) *Pulse { return &Pulse{db: d, now: now} }

// Feel writes a row and returns why it could not. Who asks while another does, or soon after, has the same answer.
func (p *Pulse) Feel(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if since := now.Sub(p.at); p.asked && since >= 0 && since < pulseTime {
		return p.err
	}
	// Whoever asked first must not end the answer of the others by going away.
	p.err = p.db.Write(context.WithoutCancel(ctx), func(tx *db.Tx) error {
		row := make([]byte, pulseSize)
		binary.BigEndian.PutUint64(row, uint64(tx.Now.UnixMilli()))
		return tx.PutSetting(pulse, row)
	})
	p.asked, p.at = true, p.now()
	return p.err
}

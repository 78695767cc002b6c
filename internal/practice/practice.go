// Package practice lets somebody facilitate a meeting for the first time where nothing hangs on it: among invented people, by the same rules and on the
// same pages as any meeting, and with no trace afterwards (practice.md §1.1, row 39: "must learn in practice").
//
// # How it is made
//
// Each practice is a database of its own in a folder of its own, made for one person when they ask for it, with the program's own services on it. A
// group of invented people has lived through some weeks in it, on a clock that starts in the past, and a meeting is about to begin. From then on the
// clock shows the time. The services of a practice know no other database than theirs: what is done there cannot reach a group that there is.
//
// # Who acts
//
// The person begins the meeting and facilitates it. The invented people raise hands, ask, move, challenge and vote, after what has just happened and at
// instants drawn from a fixed seed: who practises twice meets the same meeting. They act while somebody looks, and stand still while nobody does.
//
// # How it ends
//
// It ends when the person leaves it, two hours after it began, after half an hour in which nobody looked, and when the program ends. Then its folder is gone.
package practice

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"folkmoot/internal/ballot"
	"folkmoot/internal/db"
	"folkmoot/internal/lang"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/minutes"
	"folkmoot/internal/motion"
)

// Slug is the invented group's, in addresses. No group that people found can have it: theirs are of letters, digits and hyphens.
const Slug = "the_hall"

// How long a practice lasts, and how many there may be.
const (
	Lasts      = 2 * time.Hour
	Unwatched  = 30 * time.Minute // then it ends, so that somebody else can practise
	MostAtOnce = 20
	MostOfOne  = 6 // begun by one person within an hour
)

// Services are what a practice is held with: all of them on DB, which is the practice's own. Tick does what time alone brings about by now.
type Services struct {
	DB       *db.DB
	Words    *lang.Catalog
	Members  *member.Service
	Motions  *motion.Service
	Ballots  *ballot.Service
	Meetings *meeting.Service
	Minutes  *minutes.Service
	Tick     func(context.Context) error
}

// Hall is one practice: its clock, its people, and what they are about to do.
type Hall struct {
	Services
	clock

	Secret string    // of the person's session in the practice's database
	Number int       // of the meeting
	Ends   time.Time // at the latest
	person member.PersonID
	cast   map[string]member.PersonID // the invented people
	group  member.Group

	acting  sync.Mutex
	chance  *rand.Rand
	deeds   []deed
	planned map[string]bool
	learnt  *learnt
}

// seed has the invented people act at the same instants in each practice.
const seed = 20

// clock begins in the past; once the practice can begin it shows the time.
type clock struct {
	mu   sync.Mutex
	at   time.Time
	live func() time.Time
}

// Now returns what the practice's clock shows.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.at.IsZero() {
		return c.live()
	}
	return c.at
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = t
}

func newHall(now func() time.Time) *Hall {
	return &Hall{
		clock: clock{live: now, at: now().Add(-history - time.Hour)}, Ends: now().Add(Lasts), cast: map[string]member.PersonID{},
		chance: rand.New(rand.NewPCG(seed, seed)), planned: map[string]bool{}, learnt: &learnt{done: map[Step]bool{}},
	}
}

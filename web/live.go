package web

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"folkmoot/internal/fault"
	"folkmoot/internal/ledger"
	"folkmoot/internal/live"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"

	"github.com/labstack/echo/v4"
)

// Times of a stream that tells a page what changed.
const (
	beatTime   = 25 * time.Second // between two signs of life, so that nothing on the way takes the stream for dead
	askTime    = 5 * time.Second  // until it is asked again whether the reader may listen; at once where something of theirs changed
	asksAtMost = 6                // of these times it is spared while this process has written nothing: another one may have
	writeTime  = 10 * time.Second // for one writing: who takes longer has gone away
	leastRetry = time.Second      // before a browser comes back; see retry
)

// How many streams there may be.
const (
	listenersOfOne = 6      // of one person: the oldest gives way, it is most likely the one that nobody looks at
	listenersOfAll = 10_000 // unless Options say otherwise
	topicsOfOne    = 8
	longestTopic   = 64
)

const livePath = "/g/:group/live"

// endless are the routes whose answers have no end of their own, and so no time by which it has to come.
var endless = map[string]bool{get + " " + livePath: true, get + " " + screenLivePath: true, get + " " + hallPath + "/live": true}

// topics says of what a page can be told: the first part of a topic's name, and who may hear of it. An error is the listener's answer.
// A topic is the subject of entries in the group's record, or what a service touches under that name (see topicOf); "group" stands for
// all of the record.
func topics() map[string]func(s *Server, ctx context.Context, a member.Actor, rest string) error {
	return map[string]func(*Server, context.Context, member.Actor, string) error{
		"asks":     (*Server).hearMeeting,
		"captions": (*Server).hearMeeting,
		"card":     (*Server).hearCard,
		"group":    (*Server).hearGroup,
		"meeting":  (*Server).hearMeeting,
		"minutes":  (*Server).hearMeeting,
		"motion":   (*Server).hearMotion,
		"signals":  (*Server).hearMeeting,
	}
}

// hearGroup lets any member hear that the record has grown, which every page tells them.
func (s *Server) hearGroup(_ context.Context, _ member.Actor, rest string) error {
	if rest != "" {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return nil
}

// hearMotion lets those hear of a proposal who can see it. One that has been put forward is every member's to see, for good, so that is
// looked up once for all of them.
func (s *Server) hearMotion(ctx context.Context, a member.Actor, rest string) error {
	n := motion.ParseNumber(rest)
	if n == 0 {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	topic := topicOf(a.Group.Log(), "motion/"+rest)
	if _, ok := s.proposed.Load(topic); ok {
		return nil
	}
	err := s.Motions.MaySee(ctx, a, n)
	if err == nil && n > 0 {
		s.proposed.Store(topic, true)
	}
	return err
}

// hearMeeting lets any member hear that something happens in a meeting that there is.
func (s *Server) hearMeeting(ctx context.Context, a member.Actor, rest string) error {
	n, err := strconv.Atoi(rest)
	if err != nil || n < 1 {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return s.Meetings.Exists(ctx, a, n)
}

// hearCard lets any member hear that the card of a small group changes in a meeting that there is, and nothing of what is on it.
func (s *Server) hearCard(ctx context.Context, a member.Actor, rest string) error {
	n, table, _ := strings.Cut(rest, "-")
	if k, err := strconv.Atoi(table); err != nil || k < 1 || k > meeting.MostApart {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return s.hearMeeting(ctx, a, n)
}

// topicOf returns what the hub calls a topic of the log's group: what services touch.
func topicOf(log ledger.Log, name string) string { return live.Topic(int64(log), name) }

// TellOf returns what a record is to call (ledger.OnAppend) so that pages hear of each entry.
func TellOf(h *live.Hub) func(ledger.Log, ...string) {
	return func(log ledger.Log, about ...string) {
		topics := []string{topicOf(log, "group")}
		for _, name := range about {
			topics = append(topics, topicOf(log, name))
		}
		h.Touch(topics...)
	}
}

// TellOne returns what a service is to call when something changes that has no entry, so that only those hear of it who look at just that.
func TellOne(h *live.Hub) func(ledger.Log, string) {
	return func(log ledger.Log, name string) { h.Touch(topicOf(log, name)) }
}

// TellLater returns what a service is to call of what shows at a moment to come, and tells of it then: see live.Hub.TouchAt.
func TellLater(h *live.Hub) func(ledger.Log, string, time.Time) {
	return func(log ledger.Log, name string, at time.Time) { h.TouchAt(at, topicOf(log, name)) }
}

func personTopic(p member.PersonID) string { return "person/" + strconv.FormatInt(int64(p), 10) }

func sessionTopic(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return "session/" + hex.EncodeToString(sum[:])
}

// tellEars has the streams of somebody whose sessions changed ask whether they may go on.
func (s *Server) tellEars(p member.PersonID, secret string) {
	if p != 0 {
		s.live.Touch(personTopic(p))
	}
	if secret != "" {
		s.live.Touch(sessionTopic(secret))
	}
}

// Stop ends every stream that tells pages what changed, so that the server can end.
func (s *Server) Stop() {
	s.live.Close()
	if s.practice != nil {
		s.practice.Stop()
	}
}

// ear is one stream's place among all of them.
type ear struct {
	whose  string // a person, or a screen that is nobody's
	topics []string
	out    chan struct{} // closed when it has to give way
}

// ears counts the streams.
type ears struct {
	mu   sync.Mutex
	most int
	n    int
	of   map[string][]*ear // the oldest first
}

// enter makes a place, or returns fault.Unavailable if all are taken. The caller leaves once.
func (e *ears) enter(whose string, topics ...string) (*ear, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.n >= e.most {
		return nil, fault.New(fault.Unavailable, "fault.too_busy")
	}
	fresh := &ear{whose, topics, make(chan struct{})}
	if e.of == nil {
		e.of = map[string][]*ear{}
	}
	mine := e.of[whose]
	if len(mine) >= listenersOfOne {
		close(mine[0].out)
		mine = mine[1:]
		e.n--
	}
	e.of[whose] = append(slices.Clip(mine), fresh)
	e.n++
	return fresh, nil
}

func (e *ears) leave(x *ear) {
	e.mu.Lock()
	defer e.mu.Unlock()
	mine := e.of[x.whose]
	at := slices.Index(mine, x)
	if at < 0 {
		return // it gave way
	}
	e.n--
	if mine = slices.Delete(slices.Clone(mine), at, at+1); len(mine) == 0 {
		delete(e.of, x.whose)
	} else {
		e.of[x.whose] = mine
	}
}

// follows says whether somebody looks at a page that follows the topic.
func (e *ears) follows(p member.PersonID, topic string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.ContainsFunc(e.of[personTopic(p)], func(x *ear) bool { return slices.Contains(x.topics, topic) })
}

// retry is how long a browser waits before it comes back. The more of them there are the further they are spread, so that a server that
// starts again is not met by all of them at once.
func (e *ears) retry() time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	spread := 2*time.Second + time.Duration(e.n)*time.Millisecond/2
	return leastRetry + rand.N(min(spread, 10*time.Second))
}

// hearing is what one stream tells, and whom.
type hearing struct {
	whose string                          // whose places it takes one of
	names []string                        // its topics, as the hub calls them
	own   []string                        // what tells that the reader may not go on listening, perhaps
	group string                          // what the hub calls the group
	may   func(ctx context.Context) error // whether they may, asked again and again
	turn  uint64                          // of the database, before that was asked last
}

// listen tells a page which of its topics changed, and nothing of what: "motion/14 5711", the topic and its version. What a page shows
// it asks for as before. The stream closes within a second once its reader is signed out, has left, or may no longer see a topic (V27, V57).
func (s *Server) listen(c echo.Context) error {
	names, err := liveNames(c.QueryParams()["topic"])
	if err != nil {
		return err
	}
	a, v := s.actor(c), s.visitor(c)
	h := hearing{
		whose: personTopic(v.session.Person), group: topicOf(a.Group.Log(), "group"),
		own: []string{personTopic(v.session.Person), sessionTopic(v.secret), topicOf(a.Group.Log(), "member/"+a.Member.Ref)},
		may: func(ctx context.Context) error { return s.mayHear(ctx, v.secret, a.Group.Slug, names) },
	}
	for _, name := range names {
		h.names = append(h.names, topicOf(a.Group.Log(), name))
	}
	return s.stream(c, h)
}

// stream tells what there is to tell until its reader goes away, or may no longer listen.
func (s *Server) stream(c echo.Context, h hearing) error {
	h.turn = s.Members.Turn()
	// What is their own is watched before it is asked whether they may: nothing can end in between unseen.
	own := s.live.Watch(h.own...)
	defer own.Close()
	mark := s.live.Now()
	if err := s.ask(c.Request().Context(), h); err != nil {
		return err
	}
	place, err := s.ears.enter(h.whose, h.names...)
	if err != nil {
		return err
	}
	defer s.ears.leave(place)
	w := s.live.Watch(h.names...)
	defer w.Close()
	st, err := s.newStream(c, h.group)
	if err != nil || c.Request().Method == http.MethodHead {
		return err
	}
	defer st.end()
	if err := st.write(fmt.Sprintf("retry: %d\n: folkmoot\n\n", s.ears.retry().Milliseconds())); err != nil {
		st.note(err)
		return nil
	}
	seen := live.ParseMark(cmp.Or(c.Request().Header.Get("Last-Event-ID"), c.QueryParam("since")))
	s.tell(c.Request().Context(), st, h, place, w, own, seen, mark)
	return nil
}

// ask asks whether the reader may listen. That takes no longer than until it is asked again.
func (s *Server) ask(ctx context.Context, h hearing) error {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	return h.may(ctx)
}

// tell writes until the reader goes away, may no longer listen, or the server ends.
func (s *Server) tell(ctx context.Context, st *stream, who hearing, place *ear, w, own *live.Watch, seen, mine live.Mark) {
	ask, beat := time.NewTicker(askTime), time.NewTicker(beatTime)
	defer ask.Stop()
	defer beat.Stop()
	due, quiet, asks := false, false, 0
	for {
		changed, gone := w.Changed(), own.Changed()
		touched, next := own.Since(mine)
		if mine = next; len(touched) > 0 || due {
			asks, who.turn = 0, s.Members.Turn()
			err := s.ask(ctx, who)
			if isNo(err) {
				st.last("over", 0)
				return
			}
			due = err != nil // the database is away or has its hands full: nothing is told until it has answered
		}
		if !due {
			at, now := w.Since(seen)
			if err := st.tell(at, now, quiet); err != nil {
				st.note(err)
				return
			}
			seen = now
		}
		quiet = false
		select {
		case <-changed:
		case <-gone:
		case <-ask.C:
			asks++
			due = who.turn != s.Members.Turn() || asks >= asksAtMost // nothing was written: the answer would be the same
		case <-beat.C:
			quiet = true
		case <-place.out:
			st.last("enough", 0)
			return
		case <-s.live.Done():
			st.last("", s.ears.retry())
			return
		case <-ctx.Done():
			return
		}
	}
}

// liveNames returns the topics that are asked for, or a refusal if they are none that a page could have named.
func liveNames(asked []string) ([]string, error) {
	known := topics()
	bad := len(asked) == 0 || len(asked) > topicsOfOne
	for _, name := range asked {
		kind, _, _ := strings.Cut(name, "/")
		bad = bad || known[kind] == nil || len(name) > longestTopic
	}
	if bad {
		return nil, refusal{http.StatusBadRequest, "web.bad_request"}
	}
	return asked, nil
}

// mayHear returns an error if whoever is signed in may not listen to these topics of the group, or not any more.
func (s *Server) mayHear(ctx context.Context, secret, group string, names []string) error {
	ses, ok, err := s.Accounts.Session(ctx, secret)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.SignIn, "fault.sign_in")
	}
	a, _, err := s.Members.Visit(ctx, ses.Person, group)
	if err != nil {
		return err
	}
	if !a.IsMember() {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	known := topics()
	for _, name := range names {
		kind, rest, _ := strings.Cut(name, "/")
		if err := known[kind](s, ctx, a, rest); err != nil {
			return err
		}
	}
	return nil
}

// isNo tells whether the error says that somebody may not listen, and not that nobody could be asked.
func isNo(err error) bool {
	switch fault.KindOf(err) {
	case fault.SignIn, fault.Denied, fault.NotFound, fault.Gone:
		return true
	}
	return false
}

// stream is an answer of text/event-stream (HTML, chapter 9.2).
type stream struct {
	c      echo.Context
	ctl    *http.ResponseController
	log    *slog.Logger
	prefix string // of the hub's names for the group's topics
}

// newStream sends the head of the answer.
func (s *Server) newStream(c echo.Context, prefix string) (*stream, error) {
	st := &stream{c, http.NewResponseController(c.Response()), s.log, prefix}
	if err := able(st.ctl.SetReadDeadline(time.Time{})); err != nil { // the server's is for requests, and would end the stream
		return nil, err
	}
	h := c.Response().Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store, no-transform")
	h.Set("X-Accel-Buffering", "no") // nginx would keep it back
	c.Response().WriteHeader(http.StatusOK)
	return st, nil
}

// able passes over what a connection has no deadlines for, as in tests.
func able(err error) error {
	if errors.Is(err, http.ErrNotSupported) {
		return nil
	}
	return err
}

// write sends the text, and gives up on a reader who does not take it in time: the deadline is each writing's own.
func (st *stream) write(text string) error {
	late := time.AfterFunc(writeTime, func() { st.note(able(st.ctl.SetWriteDeadline(time.Unix(1, 0)))) })
	defer late.Stop()
	if _, err := io.WriteString(st.c.Response(), text); err != nil {
		return err
	}
	return st.ctl.Flush()
}

// tell writes the topics that changed. With quiet it writes only the mark if none did: a sign of life, by which browsers remember how
// far they are.
func (st *stream) tell(changed []live.At, now live.Mark, quiet bool) error {
	if len(changed) == 0 && !quiet {
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "id: %s\n", now)
	for _, at := range changed {
		name := strings.TrimPrefix(strings.TrimPrefix(at.Topic, st.prefix), "/")
		fmt.Fprintf(&b, "data: %s %d\n", cmp.Or(name, "group"), at.Version)
	}
	b.WriteString("\n")
	return st.write(b.String())
}

// last writes why the stream ends, and after what time to come back, if there is something to say about either.
func (st *stream) last(event string, retry time.Duration) {
	text := ""
	if retry > 0 {
		text = fmt.Sprintf("retry: %d\n\n", retry.Milliseconds())
	}
	if event != "" {
		text += "event: " + event + "\ndata:\n\n"
	}
	st.note(st.write(text))
}

// end takes the deadline back, which was the stream's and not the connection's.
func (st *stream) end() { st.note(able(st.ctl.SetWriteDeadline(time.Time{}))) }

// note writes down that the reader has gone away, which is no failure.
func (st *stream) note(err error) {
	if err != nil {
		st.log.DebugContext(st.c.Request().Context(), "stream", slog.Any("err", err))
	}
}

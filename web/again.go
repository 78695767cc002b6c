package web

import (
	"crypto/sha256"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
)

// replies are the last few seconds' answers to forms, so that a form sent twice, by a double click or an impatient
// browser, does one thing and shows its result. The second sending waits for the first and is answered like it, also
// where the first one has changed who the reader is: signing up, signing out, leaving.
//
// They live in memory only and for seconds. What must hold beyond that, each use case keeps by its once key. Votes have
// their own way of being sent again, and nothing about them is kept here.
type replies struct {
	mu   sync.Mutex
	made map[formHash]*reply
}

// formHash is the hash of everything that a form sent and of where it was sent to. It holds the form's own random
// tokens, which nobody has who has not seen the page.
type formHash [sha256.Size]byte

type reply struct {
	done   chan struct{} // closed when the answer is there, or will not be
	header http.Header   // of a redirect; nil: the form was not taken, and is asked again
	until  time.Time
	shown  formHash // of the cookie that the browser showed
}

const (
	replyFor   = 10 * time.Second
	maxReplies = 4096
)

// replied are the headers of an answer that are sent again: the rest is the same on every answer.
var replied = []string{echo.HeaderSetCookie, "Clear-Site-Data"}

// onlyOnce runs handle for a form that is sent for the first time, and answers one sent again as it was answered.
func (s *Server) onlyOnce(c echo.Context, handle func() error) error {
	r := c.Request()
	if safe(r.Method) || r.PostForm.Get("once") == "" || isBallot(c.Path()) || isUpload(r) {
		return handle()
	}
	key, shown := formHash(sha256.Sum256([]byte(r.URL.Path+"\n"+r.PostForm.Encode()))), s.shownCookie(c)
	first, mine := s.replies.begin(key, shown, s.now())
	if !mine {
		select {
		case <-first.done:
		case <-r.Context().Done():
			return r.Context().Err()
		}
		if first.header != nil {
			return first.repeat(c, shown)
		}
		return handle()
	}
	defer close(first.done)
	err := handle()
	if res := c.Response(); err == nil && res.Status == http.StatusSeeOther {
		first.header = res.Header().Clone()
	} else {
		s.replies.drop(key)
	}
	return err
}

// shownCookie is the hash of what the browser shows of itself.
func (s *Server) shownCookie(c echo.Context) formHash {
	return sha256.Sum256([]byte(s.cookie(c, sessionCookie) + "\n" + s.cookie(c, anonymousCookie)))
}

// begin returns the reply to the form, and whether it is the caller's to make.
func (rs *replies) begin(key, shown formHash, now time.Time) (*reply, bool) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if old, ok := rs.made[key]; ok && now.Before(old.until) {
		return old, false
	}
	if rs.made == nil || len(rs.made) >= maxReplies {
		rs.made = map[formHash]*reply{} // whoever waits for one of them has it in hand
	}
	for k, old := range rs.made {
		if !now.Before(old.until) {
			delete(rs.made, k)
		}
	}
	fresh := &reply{done: make(chan struct{}), until: now.Add(replyFor), shown: shown}
	rs.made[key] = fresh
	return fresh, true
}

func (rs *replies) drop(key formHash) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	delete(rs.made, key)
}

// repeat sends the answer again. Cookies go only to a browser that still shows the one it showed: any other has them
// already, or is not that browser.
func (p *reply) repeat(c echo.Context, shown formHash) error {
	if shown == p.shown {
		for _, name := range replied {
			for _, v := range p.header.Values(name) {
				c.Response().Header().Add(name, v)
			}
		}
	}
	return see(c, p.header.Get(echo.HeaderLocation))
}

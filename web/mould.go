package web

import (
	"bytes"
	"crypto/rand"
	"html/template"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"folkmoot/internal/lang"

	"github.com/labstack/echo/v4"
)

// The page that answers a vote is the one page that thousands of people may get within a minute, and but for a receipt and a
// name it is the same for all of them. It is rendered once for each language and vote, with marks where readers differ, and
// then filled in. Rendering it anew would cost more than everything else about a vote together.

// mould is a rendered page with holes. parts are what stands around them: one more than there are holes.
type mould struct {
	parts [][]byte
	holes []int // which value goes in
}

// The values that differ, and the marks that stand for them while the page is rendered. A mark is made of letters and digits, so
// that no escaping changes it.
const (
	holeName = iota
	holeCSRF
	holeCode
	holeOwn
	holePart
	holeNow
	holeOnce // a fresh one in each place
	holes
)

// mark returns the mark of a value; that of the time is a number of milliseconds.
func mark(hole int) string {
	if hole == holeNow {
		return strconv.FormatInt(markTime.UnixMilli(), 10)
	}
	return "Zq" + strconv.Itoa(hole) + "markZq7vX"
}

var (
	markTime = time.UnixMilli(7_258_118_400_731).UTC() // in the year 2199
	onceMark = regexp.MustCompile(`(name="once" value=")[^"]*"`)
)

// newMould cuts the page at its marks.
func newMould(html []byte) mould {
	html = onceMark.ReplaceAll(html, []byte("${1}"+mark(holeOnce)+`"`))
	var m mould
	for {
		first, which := -1, 0
		for hole := range holes {
			if at := bytes.Index(html, []byte(mark(hole))); at >= 0 && (first < 0 || at < first) {
				first, which = at, hole
			}
		}
		if first < 0 {
			m.parts = append(m.parts, html)
			return m
		}
		m.parts, m.holes = append(m.parts, html[:first]), append(m.holes, which)
		html = html[first+len(mark(which)):]
	}
}

// fill writes the page with the values in it.
func (m mould) fill(b *bytes.Buffer, values [holes]string) {
	for i, hole := range m.holes {
		b.Write(m.parts[i])
		if hole == holeOnce {
			b.WriteString(rand.Text())
		} else {
			template.HTMLEscape(b, []byte(values[hole]))
		}
	}
	b.Write(m.parts[len(m.parts)-1])
}

// filled are kept for the next page: thousands of them within a minute would keep the collector busy.
var filled = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// moulds are kept while they fit; none is large, and few are in use at a time.
type moulds struct {
	mu  sync.RWMutex
	all map[string]mould
}

const mostMoulds = 64

func (ms *moulds) find(key string) (mould, bool) {
	ms.mu.RLock()
	defer ms.mu.RUnlock()
	m, ok := ms.all[key]
	return m, ok
}

func (ms *moulds) keep(key string, m mould) {
	ms.mu.Lock()
	defer ms.mu.Unlock()
	if ms.all == nil || len(ms.all) >= mostMoulds {
		ms.all = map[string]mould{}
	}
	ms.all[key] = m
}

// answerVote sends the page that says that a vote was recorded. vote names what everything else on the page follows from.
func (s *Server) answerVote(c echo.Context, vote string, p donePage) error {
	key := strings.Join([]string{vote, p.Lang, p.Here, p.Group.Name, strconv.Itoa(p.Group.Checkpoint.Size), p.Group.Checkpoint.Root}, "\n")
	m, ok := s.moulds.find(key)
	if !ok {
		html, err := doneTmpl.execute(p.marked())
		if err != nil {
			return err
		}
		m = newMould(html)
		s.moulds.keep(key, m)
	}
	b, _ := filled.Get().(*bytes.Buffer)
	defer filled.Put(b)
	b.Reset()
	m.fill(b, p.values())
	return send(c, http.StatusOK, p.Lang, b.Bytes())
}

// marked returns the page with marks in the place of what differs.
func (p donePage) marked() donePage {
	p.Person.Name, p.CSRF, p.Now = mark(holeName), mark(holeCSRF), markTime
	if p.Receipt.Code != "" {
		p.Receipt.Code = mark(holeCode)
		p.Proof = []Fact{p.Proof[0], p.Proof[1]}
		p.Proof[0].Value, p.Proof[1].Value = plain(mark(holeOwn)), plain(mark(holePart))
	}
	return p
}

// values returns what differs.
func (p donePage) values() (v [holes]string) {
	v[holeName], v[holeCSRF], v[holeNow] = p.Person.Name, p.CSRF, strconv.FormatInt(p.Now.UnixMilli(), 10)
	if p.Receipt.Code != "" {
		v[holeCode], v[holeOwn], v[holePart] = p.Receipt.Code, words(p.Proof[0].Value), words(p.Proof[1].Value)
	}
	return v
}

// words returns what plain was given.
func words(m lang.Msg) string {
	text, _ := m.Args["Text"].(string)
	return text
}

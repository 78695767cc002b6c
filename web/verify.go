package web

import (
	"errors"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"time"

	"folkmoot/internal/export"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/verify"

	"github.com/labstack/echo/v4"
)

// verifyPage is where anybody can check an exported record, also of another server's group.
type verifyPage struct {
	Frame
	Found   *verifyFound
	Missing lang.Msg // what is wrong with the form
}

// verifyFound is what a check came to.
type verifyFound struct {
	Verdict   Notice
	InOlder   bool
	Problem   lang.Msg
	About     lang.Msg // the entry that it is about
	Of        lang.Msg
	Key       string
	Until     time.Time
	Decisions []string
	Rekeyed   int64
	Removed   int
	Hidden    bool
}

var verifyTmpl = newPage[verifyPage]("record/verify.html")

// verifyLimit is how many bytes may be sent to be checked.
const verifyLimit = 64 << 20

// checksAtOnce is how many files are checked at the same time: each may take a processor and some memory.
const checksAtOnce = 2

func (s *Server) verifyPage(c echo.Context) verifyPage {
	p := verifyPage{Frame: s.frame(c)}
	p.Head = Head{Kind: lang.M("verify.page.kind"), Title: lang.M("verify.page.title"), State: lang.M("verify.page.lede")}
	p.Strip = Strip{Next: lang.M("verify.page.next"), Decides: lang.M("verify.page.decides"), Change: lang.M("verify.page.change")}
	return p
}

func (s *Server) showVerify(c echo.Context) error {
	return verifyTmpl.render(c, http.StatusOK, s.verifyPage(c))
}

// checkFile checks what is sent while it comes in. Nothing of it is kept, in memory or on disk.
func (s *Server) checkFile(c echo.Context) error {
	p := s.verifyPage(c)
	up, _ := c.Get(uploadKey).(*upload)
	if up == nil {
		return s.noFile(c, p)
	}
	select {
	case s.checks <- struct{}{}:
		defer func() { <-s.checks }()
	default:
		return fault.New(fault.Unavailable, "fault.too_busy")
	}
	slow := s.hurry(c)
	defer slow.stop()
	reports, seen := map[string]verify.Report{}, map[string]bool{}
	for up.part != nil {
		name := up.part.FormName()
		// Each name once: a report is kept until all have come in, and a check is work.
		if seen[name] || name != "file" && name != "older" {
			return refusal{http.StatusBadRequest, "web.bad_request"}
		}
		seen[name] = true
		if up.part.FileName() != "" { // browsers send a nameless part where no file was chosen
			reports[name] = verify.Check(slow.of(up.part), verify.Sent())
		}
		if err := up.next(); err != nil {
			return err
		}
	}
	r, ok := reports["file"]
	if !ok {
		return s.noFile(c, p)
	}
	older, against := reports["older"]
	if against {
		r = verify.Against(r, older)
	}
	p.Found = s.found(r, against)
	return verifyTmpl.render(c, http.StatusOK, p)
}

func (s *Server) noFile(c echo.Context, p verifyPage) error {
	p.Missing = lang.M("verify.page.no_file")
	p.refuse(map[string]lang.Msg{"file": p.Missing}, "file")
	return verifyTmpl.render(c, http.StatusUnprocessableEntity, p)
}

func (s *Server) found(r verify.Report, against bool) *verifyFound {
	f := &verifyFound{InOlder: r.InOlder}
	switch {
	case r.Verdict == verify.Holds && against:
		f.Verdict.Say = lang.M("verify.holds_against")
	case r.Verdict == verify.Holds:
		f.Verdict.Say = lang.M("verify.holds")
	case r.Verdict == verify.Broken:
		f.Verdict.Say = lang.M("verify.broken")
	default:
		f.Verdict.Say = lang.M("verify.unusable_file")
	}
	if r.Problem != nil {
		f.Verdict.Problem = true
		f.Problem, f.About = export.ProblemSaid(s.views.catalog, r.Problem.ID, r.Problem.Args, r.Problem.Kind, r.Problem.At)
		return f
	}
	f.Of = lang.M("verify.is_of", "Group", r.Group, "Entries", r.Entries, "Size", r.Checkpoint.Size, "Checkpoint", r.Checkpoint.Short())
	f.Key, f.Until, f.Decisions, f.Removed, f.Hidden = r.Key, r.Until, r.Decisions, r.Removed, r.NamesHidden
	f.Rekeyed = r.Rekeyed
	return f
}

// How fast a file must come in while it holds one of the few places in which files are checked: so many bytes in so much time.
const (
	leastBytes = 256 << 10
	leastTime  = 10 * time.Second
)

// hurry ends the reading of a request that comes in too slowly.
type hurry struct {
	c     *http.ResponseController
	timer *time.Timer
	each  time.Duration
	n     int
}

// hurry begins to watch the request's body.
func (s *Server) hurry(c echo.Context) *hurry {
	h := &hurry{c: http.NewResponseController(c.Response()), each: s.patience}
	h.timer = time.AfterFunc(h.each, func() {
		// Its error says that this connection cannot be hurried; then the server's own limit ends it.
		if err := h.c.SetReadDeadline(time.Unix(1, 0)); err != nil {
			s.log.Debug("hurry a slow upload", slog.Any("err", err))
		}
	})
	return h
}

// stop ends the watch.
func (h *hurry) stop() { h.timer.Stop() }

// of returns the reader with its bytes counted.
func (h *hurry) of(r io.Reader) io.Reader {
	return readerFunc(func(p []byte) (int, error) {
		n, err := r.Read(p)
		if h.n += n; h.n >= leastBytes {
			h.n = 0
			h.timer.Reset(h.each)
		}
		return n, err
	})
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// uploadKey is where the middleware leaves a form whose files are still coming in.
const uploadKey = "upload"

// upload is a form with files, read as far as its first file.
type upload struct {
	r    *multipart.Reader
	part *multipart.Part // nil at the end
}

// next moves to the part after this one.
func (u *upload) next() (err error) {
	u.part, err = u.r.NextPart()
	if errors.Is(err, io.EOF) {
		u.part, err = nil, nil
	}
	return cutShort(err)
}

// cutShort says what is wrong with a body that ended before it should.
func cutShort(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return refusal{http.StatusRequestEntityTooLarge, "web.too_large"}
	}
	if err != nil {
		return refusal{http.StatusBadRequest, "web.bad_request"}
	}
	return nil
}

// fieldCost is what a field counts for besides its bytes, so that many empty ones are too much as well.
const fieldCost = 64

// isUpload tells forms with files.
func isUpload(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "multipart/form-data"
}

// readUpload takes in a form as far as its first file, and leaves the files for the handler to read as they come. The
// form's own fields stand before them.
func (s *Server) readUpload(c echo.Context, limit int64) error {
	r := c.Request()
	if r.ContentLength > limit {
		return refusal{http.StatusRequestEntityTooLarge, "web.too_large"}
	}
	r.Body = http.MaxBytesReader(c.Response(), r.Body, limit)
	parts, err := r.MultipartReader()
	if err != nil {
		return refusal{http.StatusBadRequest, "web.bad_request"}
	}
	up := &upload{r: parts}
	r.PostForm, r.Form = url.Values{}, url.Values{}
	for room := int64(bodyLimit); ; {
		if err := up.next(); err != nil {
			return err
		}
		if up.part == nil || up.part.FileName() != "" {
			c.Set(uploadKey, up)
			return nil
		}
		var b strings.Builder
		n, err := io.Copy(&b, io.LimitReader(up.part, room+1))
		name := up.part.FormName()
		if room -= n + int64(len(name)) + fieldCost; room < 0 {
			return refusal{http.StatusRequestEntityTooLarge, "web.too_large"}
		}
		if err != nil {
			return cutShort(err)
		}
		if !validForm(url.Values{name: {b.String()}}) {
			return refusal{http.StatusBadRequest, "web.bad_request"}
		}
		r.PostForm.Add(name, b.String())
	}
}

package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"folkmoot/internal/account"
	"folkmoot/internal/asset"
	"folkmoot/internal/balance"
	"folkmoot/internal/ballot"
	"folkmoot/internal/consent"
	"folkmoot/internal/decision"
	"folkmoot/internal/discussion"
	"folkmoot/internal/draw"
	"folkmoot/internal/election"
	"folkmoot/internal/export"
	"folkmoot/internal/founding"
	"folkmoot/internal/handover"
	"folkmoot/internal/lang"
	"folkmoot/internal/live"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/minutes"
	"folkmoot/internal/money"
	"folkmoot/internal/motion"
	"folkmoot/internal/notify"
	"folkmoot/internal/petition"
	"folkmoot/internal/practice"
	"folkmoot/internal/resolve"
	"folkmoot/internal/revival"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/screen"
	"folkmoot/internal/vacancy"

	"github.com/labstack/echo/v4"
)

// Services are what the pages ask. Each area of pages adds its own.
type Services struct {
	Members     *member.Service
	Accounts    *account.Service
	Rulebooks   *rulebook.Service
	Motions     *motion.Service
	Talk        *discussion.Service
	Ballots     *ballot.Service
	Decisions   *decision.Service
	Resolutions *resolve.Service
	Roles       *role.Service
	Petitions   *petition.Service
	Draws       *draw.Service
	Vacancies   *vacancy.Service
	Balances    *balance.Service
	Meetings    *meeting.Service
	Screens     *screen.Service
	Minutes     *minutes.Service
	Elections   *election.Service
	Selections  *consent.Service
	Keys        *asset.Service
	Money       *money.Service
	Revivals    *revival.Service
	Founding    *founding.Service
	Handovers   *handover.Service
	Exports     *export.Service
	Notices     *notify.Service
}

// Options say how the server is reached and what it serves.
type Options struct {
	Services
	Base    string         // address under which people reach it: "https://vote.example.org"
	Proxies []netip.Prefix // whose X-Forwarded-For is believed; empty: nobody's
	Catalog *lang.Catalog
	Now     func() time.Time
	Log     *slog.Logger
	Ready   func(context.Context) error // says whether the database can be written
	Live    *live.Hub                   // what services and the record touch; nil: one that nothing touches
	Ears    int                         // how many streams there may be at a time; 0: listenersOfAll
	Demo    bool                        // serves the living sample
	Guests  []Guest                     // with Demo: who visitors may be

	Practice *practice.Rooms[*Server] // where people practise; nil: nowhere
	hall     *practice.Hall           // the practice whose pages these are; nil: they are no practice's
	views    *views                   // parsed already; nil: they are not
}

// Server answers requests.
type Server struct {
	Services
	echo     *echo.Echo
	views    *views
	base     *url.URL
	origins  *http.CrossOriginProtection
	store    *sessionStore
	now      func() time.Time
	log      *slog.Logger
	ready    func(context.Context) error
	demo     bool
	guests   []Guest
	checks   chan struct{}   // has room for the files that are checked at the same time
	patience time.Duration   // with files that are checked and come in slowly
	gets     map[string]bool // patterns of the routes that can be looked at
	moulds   moulds
	replies  replies
	live     *live.Hub
	ears     ears
	desks    desks
	proposed sync.Map // the topics of proposals that were put forward
	practice *practice.Rooms[*Server]
	hall     *practice.Hall
}

// requestTime is how long an answer may take before its context ends.
const requestTime = 30 * time.Second

// New returns a Server. An error names the template or the option that is wrong.
func New(o Options) (*Server, error) {
	base, err := url.Parse(o.Base)
	if err != nil || base.Host == "" {
		return nil, fmt.Errorf("web: %q is no address to be reached at", o.Base)
	}
	s := &Server{
		Services: o.Services, base: base, now: o.Now, log: o.Log, ready: o.Ready, demo: o.Demo, guests: o.Guests,
		origins: http.NewCrossOriginProtection(), gets: map[string]bool{},
		checks: make(chan struct{}, checksAtOnce), patience: leastTime, live: o.Live, ears: ears{most: cmp.Or(o.Ears, listenersOfAll)}, desks: desks{since: o.Now()},
		practice: o.Practice, hall: o.hall, views: o.views,
	}
	if s.live == nil {
		s.live = live.New(s.now)
	}
	if s.Accounts != nil {
		s.Accounts.OnChange(s.tellEars)
	}
	if err := s.origins.AddTrustedOrigin(s.origin()); err != nil {
		return nil, fmt.Errorf("web: base address: %w", err)
	}
	if s.views == nil {
		if s.views, err = newViews(o.Catalog); err != nil {
			return nil, err
		}
	}
	s.store = &sessionStore{accounts: o.Accounts, secure: s.secure()}
	s.echo = s.newEcho(o.Proxies)
	return s, nil
}

func (s *Server) newEcho(proxies []netip.Prefix) *echo.Echo {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = ipExtractor(proxies)
	e.HTTPErrorHandler = s.fail
	e.Pre(s.accessLog, s.recover, s.headers, s.hosts, s.paths)
	for _, r := range routes() {
		if r.access == demoOnly && !s.demo {
			continue
		}
		h := s.guarded(r)
		if r.path = s.place(r.path); r.path == "" {
			continue
		}
		e.Add(r.method, r.path, h)
		if r.method == http.MethodGet {
			s.gets[r.path] = true
			e.Add(http.MethodHead, r.path, h)
		}
	}
	return e
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.echo.ServeHTTP(w, r) }

// secure says whether people reach the server by https.
func (s *Server) secure() bool { return s.base.Scheme == "https" }

// origin returns the server's own origin, as browsers write it.
func (s *Server) origin() string { return s.base.Scheme + "://" + s.base.Host }

// address returns the full address of a path. It is made from the settings only, never from the request: a forged host
// must not end up in a link that somebody passes on.
func (s *Server) address(path string) string { return s.origin() + path }

// onlyHere says whether the server's own name leads back to the computer that reads it, so that nobody else can follow a link.
func (s *Server) onlyHere() bool {
	host := s.base.Hostname()
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && (ip.IsLoopback() || ip.IsUnspecified())
}

// hostSay tells whoever runs the server how to start it so that others can reach it, on the port that it has now.
func (s *Server) hostSay() lang.Msg {
	port := "80"
	if s.secure() {
		port = "443"
	}
	return lang.M("people.invite.host_say", "Port", cmp.Or(s.base.Port(), port))
}

// ipExtractor believes the connection, and a header only from the proxies.
func ipExtractor(proxies []netip.Prefix) echo.IPExtractor {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect()
	}
	trust := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range proxies {
		trust = append(trust, echo.TrustIPRange(&net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}))
	}
	return echo.ExtractIPFromXFFHeader(trust...)
}

// access is the word in the route table that says who may come in. The middleware enforces it.
type access string

const (
	anyone   access = "anyone"
	signedIn access = "signed in"
	members  access = "members"   // of the group in the address; for everybody else there is nothing there
	demoOnly access = "demo only" // anyone, on a server with the living sample; no route at all elsewhere
	// Whoever has the link, whatever program it is: what is sent need not come from a page of ours. Such a route does one thing, which the
	// link stands for, and takes no notice of who is signed in.
	byLink access = "by link"
)

// route is one line of the table.
type route struct {
	method, path string
	access       access
	handle       func(*Server, echo.Context) error
}

// readRequest takes in what was sent: all of it, or, where files are checked as they come in, what stands before them.
func (s *Server) readRequest(c echo.Context, r route) error {
	if _, large := limits[r.method+" "+r.path]; large && isUpload(c.Request()) {
		return s.readUpload(c, r.limit())
	}
	return s.readBody(c, bodyLimit)
}

// limits are the routes to which files may be sent that are larger than bodyLimit, by method and path.
var limits = map[string]int64{post + " /verify": verifyLimit}

// bodyLimit is how many bytes a request may carry.
const bodyLimit = 64 << 10

func (r route) limit() int64 {
	if n, ok := limits[r.method+" "+r.path]; ok {
		return n
	}
	return bodyLimit
}

// guarded wraps a route's handler in everything that its word in the table asks for.
func (s *Server) guarded(r route) echo.HandlerFunc {
	inner := s.enter(r)
	if endless[r.method+" "+r.path] {
		return inner
	}
	return func(c echo.Context) error {
		r := c.Request()
		ctx, cancel := context.WithTimeout(r.Context(), requestTime)
		defer func() {
			cancel()
			c.SetRequest(r) // an error page may take its own time
		}()
		c.SetRequest(r.WithContext(ctx))
		err := inner(c)
		if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
			err = late{err} // whatever a database makes of it
		}
		return err
	}
}

// late is an error that came of running out of time.
type late struct{ error }

func (l late) Unwrap() error { return l.error }

func (late) Is(target error) bool { return target == context.DeadlineExceeded }

func (s *Server) enter(r route) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := s.readRequest(c, r); err != nil {
			return err
		}
		c.Set(formKey, c.Request().PostForm) // for an error page, which has the request as it came
		v, err := s.identify(c)
		if err != nil {
			return err
		}
		if err := s.checkOrigin(c); err != nil && r.access != byLink {
			return err
		}
		return s.onlyOnce(c, func() error {
			if err := s.checkToken(c, v); err != nil && r.access != byLink {
				return err
			}
			if err := s.admit(c, r, v); err != nil {
				return err
			}
			if err := s.noteSeen(c, v); err != nil {
				return err
			}
			return r.handle(s, c)
		})
	}
}

// noteSeen notes once a day that a session is in use; never on a ballot's pages, where nothing may be written but the
// paper.
func (s *Server) noteSeen(c echo.Context, v *visitor) error {
	if c.Request().Method != http.MethodGet || !v.signedIn() || isBallot(c.Path()) {
		return nil
	}
	return s.Accounts.Seen(c.Request().Context(), v.session)
}

// Routes returns every route as "METHOD path", sorted, for tests.
func Routes() []string {
	var out []string
	for _, r := range routes() {
		out = append(out, r.method+" "+r.path)
	}
	slices.Sort(out)
	return out
}

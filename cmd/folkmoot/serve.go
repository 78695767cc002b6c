package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	"time"

	"folkmoot/internal/config"
	"folkmoot/internal/lang"
	"folkmoot/internal/practice"
	"folkmoot/internal/schedule"
	"folkmoot/internal/upkeep"
	"folkmoot/web"
)

// Times of the server. There is no write timeout as a whole: a large export to a slow phone may take its time.
const (
	readHeaderTime = 5 * time.Second
	readTime       = 60 * time.Second
	idleTime       = 120 * time.Second
	maxHeaderBytes = 16 << 10
	shutdownTime   = 20 * time.Second
	tickTime       = time.Second
	auditTime      = time.Minute
)

// gcPercent lets the heap, which is small, grow further between collections: they took a quarter of the time of a vote.
const gcPercent = 300

type serveCmd struct {
	Demo bool `help:"Serve a living sample, in a folder of its own that is deleted at the end."`
}

// Run serves until the context ends.
func (s *serveCmd) Run(e *env, c config.Config) (err error) {
	if s.Demo {
		return s.sample(e, c)
	}
	lis, err := listen(c.Addr) // first: a server that cannot listen leaves no folders behind
	if err != nil {
		return err
	}
	defer lis.Close() // closed already once it has served
	release, err := upkeep.Lock(c.Data)
	if errors.Is(err, upkeep.ErrLocked) {
		return fmt.Errorf("another Folkmoot is already running on %s; stop it first, or choose another folder with --data", c.Data)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	a, err := open(e.ctx, c, e.now, e.log, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.close(e.ctx)) }()
	if err := errors.Join(upkeep.NoteKey(e.ctx, a.db, a.ledger), upkeep.NoteSchema(e.ctx, a.db, a.ledger), upkeep.Refold(e.ctx, a.db, e.log), a.roles.CatchUp(e.ctx)); err != nil {
		return err
	}
	if err := upkeep.NoteAddress(c.Data, c.Base()); err != nil {
		return err
	}
	return serve(e, c, a, lis, nil, func() error { return greet(e, c, a) })
}

// unreached returns the name and the port that the server listens on, if that is this computer's own while other computers are told to ask it
// directly: by plain HTTP on the very port it listens on, so with no proxy between.
func unreached(c config.Config) (host, port string) {
	host, port, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return "", ""
	}
	told, err := url.Parse(c.Base())
	if err != nil || told.Scheme != "http" || told.Port() != port || !own(host) || own(told.Hostname()) {
		return "", ""
	}
	return host, port
}

// own says whether a name is this computer's for itself.
func own(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// greet says where the server is and, while there is no group, prints a link for setting one up.
func greet(e *env, c config.Config, a *app) error {
	fmt.Fprintf(e.stdout, "Folkmoot is at %s\n", c.Base())
	if host, port := unreached(c); host != "" {
		fmt.Fprintf(e.stdout, "Nobody else can reach it there: it listens on %s only. Start it with --addr 0.0.0.0:%s as well.\n", host, port)
	}
	any, err := a.members.AnyGroup(e.ctx)
	if err != nil || any {
		return err
	}
	secret, err := a.members.MakeSetupLink(e.ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "\nSet up your group here. The link works once:\n\n  %s/setup/%s\n\nLost it? Run: %s\n", c.Base(), secret, beside(c, "setup-link"))
	return nil
}

// serve answers requests, runs what time brings about, and ends in order when the context ends.
func serve(e *env, c config.Config, a *app, lis net.Listener, guests []web.Guest, greet func() error) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	site, err := newSite(e, c, a, guests)
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler: site, ReadHeaderTimeout: readHeaderTime, ReadTimeout: readTime, IdleTimeout: idleTime, MaxHeaderBytes: maxHeaderBytes,
		ErrorLog: slog.NewLogLogger(e.log.Handler(), slog.LevelDebug), // what it says names addresses
	}
	server.RegisterOnShutdown(site.Stop)
	if err := greet(); err != nil {
		return errors.Join(err, lis.Close())
	}
	var jobs sync.WaitGroup
	ctx, stop := context.WithCancel(e.ctx)
	jobs.Go(func() { schedule.RunOnTime(ctx, e.log, tickTime, a.nextVote, a.jobs()...) })
	jobs.Go(func() { schedule.Run(ctx, e.log, auditTime, a.audits(e.log)...) })
	jobs.Go(func() { schedule.Run(ctx, e.log, tickTime, a.mails()...) })
	jobs.Go(func() { schedule.Run(ctx, e.log, tickTime, schedule.Job{Name: "practice", Do: site.Practices().Tick}) })
	served := make(chan error, 1)
	go func() { served <- server.Serve(lis) }()
	select {
	case err = <-served:
		if errors.Is(err, http.ErrServerClosed) {
			err = nil
		}
	case <-e.ctx.Done():
		err = shutDown(e, server)
		<-served
	case <-a.db.Taken():
		err = errors.Join(errors.New("another Folkmoot has taken the database while it could not be reached; this one ends"), shutDown(e, server))
		<-served
	}
	stop()
	jobs.Wait()
	err = errors.Join(err, site.Practices().Close())
	return err
}

// shutDown lets the requests under way end, for a while.
func shutDown(e *env, server *http.Server) error {
	end, cancel := context.WithTimeout(context.WithoutCancel(e.ctx), shutdownTime)
	defer cancel()
	return server.Shutdown(end)
}

func newSite(e *env, c config.Config, a *app, guests []web.Guest) (*web.Server, error) {
	catalog, err := lang.Load()
	if err != nil {
		return nil, err
	}
	proxies, err := c.Proxies()
	if err != nil {
		return nil, err
	}
	site, rooms := (*web.Server)(nil), (*practice.Rooms[*web.Server])(nil)
	if rooms, err = practices(c, e, catalog, func() *web.Server { return site }); err != nil {
		return nil, err
	}
	site, err = web.New(web.Options{
		Practice: rooms,
		Services: a.services(), Live: a.live, Ears: ears(), Base: c.Base(), Proxies: proxies, Catalog: catalog, Now: e.now, Log: e.log,
		Ready: upkeep.NewPulse(a.db, e.now).Feel,
		Demo:  guests != nil, Guests: guests,
	})
	return site, err
}

// mostEars is how many pages are told at a time what changed, at most: each takes some 30 kB of memory.
const mostEars = 20_000

// filesLeft is how many open files are kept for everything but pages that are told what changed: the database, and whoever comes now.
const filesLeft = 512

// ears returns how many pages can be told at a time what changed; each needs an open file. Programs in Go raise their limit of them to the
// highest allowed when they start (syscall, since Go 1.19).
func ears() int {
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		return mostEars // where there is no limit to read, a connection too many is refused by the system
	}
	n := int(min(files.Cur, mostEars+filesLeft))
	return max(n-filesLeft, n/2)
}

// listen takes the address.
func listen(addr string) (net.Listener, error) {
	lis, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, explainListen(addr, err)
	}
	return lis, nil
}

// explainListen turns a taken or forbidden port into one sentence.
func explainListen(addr string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("something else is already listening on %s; stop it, or choose another port with --addr", addr)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("not allowed to listen on %s; choose a port above 1024 with --addr", addr)
	}
	return fmt.Errorf("listen on %s: %s", addr, strings.TrimPrefix(err.Error(), "listen tcp: "))
}

package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"folkmoot/internal/account"
	"folkmoot/internal/asset"
	"folkmoot/internal/audit"
	"folkmoot/internal/balance"
	"folkmoot/internal/ballot"
	"folkmoot/internal/config"
	"folkmoot/internal/consent"
	"folkmoot/internal/db"
	"folkmoot/internal/decision"
	"folkmoot/internal/discussion"
	"folkmoot/internal/draw"
	"folkmoot/internal/election"
	"folkmoot/internal/export"
	"folkmoot/internal/founding"
	"folkmoot/internal/handover"
	"folkmoot/internal/ledger"
	"folkmoot/internal/live"
	"folkmoot/internal/meeting"
	"folkmoot/internal/member"
	"folkmoot/internal/minutes"
	"folkmoot/internal/money"
	"folkmoot/internal/motion"
	"folkmoot/internal/notify"
	"folkmoot/internal/paper"
	"folkmoot/internal/petition"
	"folkmoot/internal/resolve"
	"folkmoot/internal/revival"
	"folkmoot/internal/role"
	"folkmoot/internal/rulebook"
	"folkmoot/internal/schedule"
	"folkmoot/internal/screen"
	"folkmoot/internal/upkeep"
	"folkmoot/internal/vacancy"
	"folkmoot/web"
)

// app is the program put together: the database, the record and every service on them. It decides nothing.
type app struct {
	db        *db.DB
	ledger    *ledger.Ledger
	heads     *ledger.Heads
	members   *member.Service
	accounts  *account.Service
	rules     *rulebook.Service
	roles     *role.Service
	petition  *petition.Service
	draws     *draw.Service
	votes     *election.Service
	consent   *consent.Service
	learning  *handover.Service
	vacancies *vacancy.Service
	motions   *motion.Service
	talk      *discussion.Service
	ballots   *ballot.Service // nil beside a server, which alone may touch the urns
	outcomes  *decision.Service
	resolve   *resolve.Service
	wakes     *revival.Service
	exports   *export.Service
	keys      *asset.Service
	money     *money.Service
	founding  *founding.Service
	balances  *balance.Service
	notices   *notify.Service
	meetings  *meeting.Service
	screens   *screen.Service
	minutes   *minutes.Service
	live      *live.Hub // what pages are told of; see web.TellOf
}

// open puts the program together on the settings' database. beside is for commands that work while a server runs: they
// do not change the schema.
func open(ctx context.Context, c config.Config, now func() time.Time, log *slog.Logger, beside bool) (a *app, err error) {
	if err := anyDatabase(c, beside); err != nil {
		return nil, err
	}
	d, err := db.Open(ctx, db.Options{Dir: c.Data, URL: c.Database, Now: now, Log: log, NoMigrate: beside, Server: !beside, Keep: upkeep.CopyOut})
	if err != nil {
		return nil, err
	}
	return assemble(ctx, d, c, now, log, beside)
}

// anyDatabase returns an error for a command beside a server that would begin an empty database in a wrong folder.
func anyDatabase(c config.Config, beside bool) error {
	if !beside || c.Database != "" {
		return nil
	}
	if _, err := os.Stat(filepath.Join(c.Data, db.FileName)); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no database in %s; say with --data which folder it is in", c.Data)
	}
	return nil
}

// assemble puts the services on a database, which it closes if that fails.
func assemble(ctx context.Context, d *db.DB, c config.Config, now func() time.Time, log *slog.Logger, beside bool) (a *app, err error) {
	a = &app{db: d}
	if beside {
		err = hasKey(c)
	}
	if err == nil {
		err = a.fill(ctx, c, now, log)
	}
	if err == nil && !beside {
		if a.ballots, err = ballot.New(ctx, a.db, a.ledger, c.KeysDir(), a.outcomes.Record, log); err == nil {
			a.ballots.OnRanked(motion.Election, a.votes.Contest)
			a.ballots.OnRanked(motion.Vacancy, a.vacancies.Contest)
			a.ballots.OnCommon(role.Common)
			a.ballots.OnOneSeat(role.OneSeat)
			a.ballots.OnStands(election.Stands)
			a.ballots.OnSpot(decision.ProvisionalOn)
			a.ballots.OnWaking(a.wakes.Waking)
			a.meetings.OnVotes(a.ballots)
			a.screens = screen.NewService(a.db, a.ledger, a.ballots)
			a.screens.OnChange(web.TellOne(a.live))
			a.wakes.Ends(a.votes.Archive, a.ballots.Archive, a.motions.Archive, a.petition.Archive, a.draws.Archive, a.consent.Archive, a.vacancies.Archive, a.roles.Archive, a.learning.Archive, a.meetings.Archive, a.minutes.Archive, a.outcomes.Archive)
		}
	}
	if err != nil {
		return nil, errors.Join(err, a.db.Close())
	}
	return a, nil
}

// hasKey returns an error for a command beside a server that would sign the record with a new key, in a wrong folder. Only a server
// makes one, and says so in the record.
func hasKey(c config.Config) error {
	has, err := ledger.HasKey(c.KeysDir())
	if err == nil && !has {
		return fmt.Errorf("the record's key is not in %s; say with --keys which folder it is in, or, if it is lost, start the server once", c.KeysDir())
	}
	return err
}

func (a *app) fill(ctx context.Context, c config.Config, now func() time.Time, log *slog.Logger) (err error) {
	if a.ledger, _, err = ledger.Open(c.KeysDir()); err != nil {
		return err
	}
	a.live = live.New(now)
	a.ledger.OnAppend(web.TellOf(a.live))
	a.heads = ledger.NewHeads(a.db, a.ledger, c.KeysDir())
	forked, err := a.heads.Check(ctx)
	if err != nil {
		return fmt.Errorf("compare the record with what was shown: %w", err)
	}
	for _, ref := range forked {
		log.Error("the record is older than one already shown; the group is read-only until a restore is recorded", slog.String("group", ref))
	}
	a.members = member.New(a.db, a.ledger)
	if a.accounts, err = account.New(ctx, a.db, a.members, now); err != nil {
		return err
	}
	a.rules = rulebook.NewService(a.db, a.ledger)
	a.members.OnBegin(a.rules.Begin)
	a.motions = motion.NewService(a.db, a.ledger)
	a.members.OnLeave(motion.Part)
	words, err := catalogue()
	if err != nil {
		return err
	}
	letters, err := web.Letters(words, c.Base())
	if err != nil {
		return err
	}
	if a.notices, err = notify.NewService(ctx, a.db, words, letters, mailServer(c), c.Base()); err != nil {
		return err
	}
	a.members.OnLeave(notify.Part)
	a.members.OnGone(notify.Gone)
	a.resolve = resolve.NewService(a.db, a.ledger)
	a.members.OnLeave(a.resolve.Part)
	a.outcomes = decision.NewService(a.db, a.ledger)
	a.roles = role.NewService(a.db, a.ledger, words)
	a.members.OnForm(a.roles.Form)
	a.members.OnLeave(a.roles.Part)
	a.petition = petition.NewService(a.db, a.ledger, words)
	a.roles.OnEnd(a.petition.Ended)
	a.members.OnLeave(a.petition.Part)
	a.draws = draw.NewService(a.db, a.ledger, rand.Reader, a.outcomes.Begin)
	a.roles.OnFill(role.ByLot, a.draws)
	a.members.OnLeave(a.draws.Part)
	a.votes = election.NewService(a.db, a.ledger, a.outcomes.Begin, a.roles.TextOf, a.draws)
	a.roles.OnFill(role.ByElection, a.votes)
	a.roles.OnFill(role.ByApproval, a.votes.ThenLot())
	a.balances = balance.NewService(a.db, a.ledger, words)
	a.consent = consent.NewService(a.db, a.ledger, rand.Reader, a.outcomes.Begin)
	a.roles.OnFill(role.ByConsent, a.consent)
	a.members.OnLeave(a.consent.Part)
	a.vacancies = vacancy.NewService(a.db, a.ledger, rand.Reader, a.outcomes.Begin, a.roles, words)
	a.outcomes.OnStay(a.vacancies.Stay)
	a.vacancies.OnUnderstudy(handover.Understudy)
	a.outcomes.OnElected(a.votes.Counted)
	a.members.OnLeave(a.votes.Part)
	a.learning = handover.NewService(a.db, a.ledger, rand.Reader, words)
	a.members.OnLeave(a.learning.Part)
	a.meetings = meeting.NewService(a.db, a.ledger, rand.Reader, words)
	a.meetings.OnChange(web.TellOne(a.live))
	a.meetings.OnSignal(web.TellLater(a.live))
	a.meetings.OnNotice(a.notices)
	a.outcomes.OnNotice(a.notices)
	a.members.OnLeave(a.meetings.Part)
	a.minutes = minutes.NewService(a.db, a.ledger, words)
	a.minutes.OnChange(web.TellOne(a.live))
	a.meetings.OnClose(a.minutes.Begin)
	a.founding = founding.NewService(a.db, a.ledger, words)
	a.keys = asset.NewService(a.db, a.ledger)
	a.money = money.NewService(a.db, a.ledger, words)
	a.wakes = revival.NewService(a.db, a.ledger, words)
	a.wakes.OnReopen(role.Reopen)
	a.outcomes.OnWindUp(a.wakes.Carried)
	a.members.OnLeave(a.wakes.Part)
	a.talk = discussion.NewService(a.db, a.ledger)
	a.exports = export.NewService(a.db, a.ledger, append(slices.Clone(c.Fonts), paper.SystemFontDirs()...))
	return nil
}

// close writes down what is left and closes the database.
func (a *app) close(ctx context.Context) error {
	errs := []error{a.heads.Keep(context.WithoutCancel(ctx)), a.db.Close()}
	if a.ballots != nil {
		errs = append(errs, a.ballots.Close())
	}
	return errors.Join(errs...)
}

// services is what the pages ask.
func (a *app) services() web.Services {
	return web.Services{Members: a.members, Accounts: a.accounts, Rulebooks: a.rules, Motions: a.motions, Talk: a.talk,
		Ballots: a.ballots, Decisions: a.outcomes, Resolutions: a.resolve, Roles: a.roles, Petitions: a.petition, Draws: a.draws, Elections: a.votes, Selections: a.consent,
		Handovers: a.learning, Vacancies: a.vacancies, Exports: a.exports, Keys: a.keys, Money: a.money, Revivals: a.wakes, Founding: a.founding, Balances: a.balances,
		Meetings: a.meetings, Screens: a.screens, Minutes: a.minutes, Notices: a.notices}
}

// duty is something that time brings about, and when it next does.
type duty struct {
	schedule.Job
	next func(*db.Tx) (time.Time, error)
}

// due is what time brings about in groups and among their people, in order.
func (a *app) due() []duty {
	return []duty{
		{schedule.Job{Name: "accounts", Do: a.accounts.Tick}, a.accounts.Next},
		{schedule.Job{Name: "foundings", Do: a.founding.Tick}, a.founding.Next},
		{schedule.Job{Name: "motions", Do: a.motions.Tick}, a.motions.Next},
		{schedule.Job{Name: "elections", Do: a.votes.Tick}, a.votes.Next}, // who stands is settled before the ballot opens
		{schedule.Job{Name: "ballots", Do: a.ballots.Tick}, a.ballots.Next},
		{schedule.Job{Name: "petitions", Do: a.petition.Tick}, a.petition.Next},
		{schedule.Job{Name: "draws", Do: a.draws.Tick}, a.draws.Next},
		{schedule.Job{Name: "selections", Do: a.consent.Tick}, a.consent.Next},
		{schedule.Job{Name: "roles", Do: a.roles.Tick}, a.roles.Next},
		{schedule.Job{Name: "vacancies", Do: a.vacancies.Tick}, a.vacancies.Next},
		{schedule.Job{Name: "handovers", Do: a.learning.Tick}, a.learning.Next},
		{schedule.Job{Name: "meetings", Do: a.meetings.Tick}, a.meetings.Next},
		{schedule.Job{Name: "minutes", Do: a.minutes.Tick}, a.minutes.Next},
		{schedule.Job{Name: "decisions", Do: a.outcomes.Tick}, a.outcomes.Next},
		{schedule.Job{Name: "resolution groups", Do: a.resolve.Tick}, a.resolve.Next},
		{schedule.Job{Name: "revivals", Do: a.wakes.Tick}, a.wakes.Next},
	}
}

// nextVote returns in how long a vote is to open or to close; 0 if that is not known. People in a room wait for the result of theirs.
func (a *app) nextVote(ctx context.Context) (in time.Duration, err error) {
	err = a.db.Read(ctx, func(tx *db.Tx) error {
		at, err := a.ballots.Next(tx)
		in = 0
		if !at.IsZero() {
			in = at.Sub(tx.Now)
		}
		return err
	})
	return in, err
}

// jobs is what a server does again and again: what is due, and what keeps its files in order.
func (a *app) jobs() []schedule.Job {
	var jobs []schedule.Job
	for _, d := range a.due() {
		jobs = append(jobs, d.Job)
	}
	return append(jobs,
		schedule.Job{Name: "heads", Do: a.heads.Keep},
		schedule.Job{Name: "claim", Do: a.db.Renew},
		schedule.Job{Name: "tidy", Do: upkeep.NewTidier(a.db).Tick},
	)
}

// mailServer is the mail server of the settings; nil if none is set.
func mailServer(c config.Config) *notify.Server {
	if c.SMTPHost == "" {
		return nil
	}
	return &notify.Server{Host: c.SMTPHost, Port: c.MailPort(), User: c.SMTPUser, Password: c.SMTPPassword, From: c.SMTPFrom, TLS: c.SMTPTLS}
}

// mails is what waits for other computers, and so holds up nothing else.
func (a *app) mails() []schedule.Job {
	return []schedule.Job{{Name: "mail", Do: a.notices.Deliver}}
}

// audits is what may take a while, and so holds up no vote that is due: it runs beside the jobs.
func (a *app) audits(log *slog.Logger) []schedule.Job {
	return []schedule.Job{{Name: "audit", Do: audit.NewAuditor(a.db, a.ledger, log).Tick}}
}

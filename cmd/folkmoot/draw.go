package main

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/line"
	"folkmoot/internal/sortition"
)

// exitAnnounced is how the check of a draw ends that is in order, and not yet revealed.
const exitAnnounced = 3

type drawCmd struct {
	Pool          string `arg:"" optional:"" help:"Who can be drawn, as README shows it: a table id,weight; with --strata id,weight,stratum; with --quotas id and a column for each feature; - reads standard input."`
	ID            string `name:"id" help:"What the draw is called; no other draw may be called so."`
	Places        int    `help:"How many places there are, of a draw by strata or of a panel." placeholder:"N"`
	Strata        string `help:"Share the places between strata by their sizes, and draw within each: a table stratum,size." placeholder:"FILE" xor:"kind"`
	Quotas        string `help:"Draw a panel within quotas, with the fairest chances there are (LEXIMIN): a table feature,value,min,max." placeholder:"FILE" xor:"kind"`
	Reveal        string `help:"The record of a draw that was announced: draws, with what members threw in." placeholder:"RECORD"`
	Contributions string `help:"What members threw in: a file with a line id:text for each." placeholder:"FILE"`
	Secret        string `help:"The file with the secret. Without this it is the record's name with .secret behind it." placeholder:"FILE"`
	Out           string `help:"Where to put the record, as JSON. A file that is there is never overwritten." placeholder:"FILE"`
	Check         string `help:"The record of a draw: repeats it and says whether all is as published: 0 it is, 1 it is not, 2 unusable, 3 in order and not yet revealed; - reads standard input." placeholder:"RECORD"`
	Against       string `help:"With --check: the record that was announced, as you kept it; whether this is the same draw." placeholder:"RECORD"`
	Format        string `help:"How --check answers: text or json." enum:"text,json" default:"text"`
}

// Run announces a draw, makes it, or checks one. It needs no server, no database and no network.
func (c *drawCmd) Run(e *env) error {
	var err error
	switch {
	case c.Check == "-" && c.Against == "-":
		err = errors.New("standard input can be read once only")
	case c.Out == "-":
		err = errors.New("--out needs the name of a file; beside it stands the one with the secret")
	case c.Check != "" && c.Pool+c.ID+c.Reveal+c.Contributions+c.Secret+c.Out+c.Strata+c.Quotas == "" && c.Places == 0:
		err = c.check(e)
	case c.Check != "":
		err = errors.New("--check goes with nothing else but --against and --format")
	case c.Against != "":
		err = errors.New("--against goes with --check")
	case c.Format != "text":
		err = errors.New("--format goes with --check; the record that a draw writes is JSON already")
	case c.Reveal != "" && c.Out != "" && c.Pool+c.ID+c.Strata+c.Quotas == "" && c.Places == 0:
		err = c.reveal(e)
	case c.Reveal != "":
		err = errors.New("--reveal needs --out, and goes with neither a pool nor anything else that was said when the draw was announced")
	case c.Pool == "-" && (c.Strata == "-" || c.Quotas == "-"):
		err = errors.New("standard input can be read once only")
	case c.Pool != "" && c.ID != "" && c.Out != "" && c.Contributions == "":
		err = c.announce(e)
	default:
		err = errors.New("draw needs a pool, --id and --out to announce a draw; --reveal and --out to make it; or --check. README shows each step")
	}
	if _, said := errors.AsType[failure](err); said || err == nil {
		return err
	}
	if e.ctx.Err() != nil {
		return failure{exitFailed, errors.New("the draw was stopped; nothing was written")}
	}
	return failure{exitUnusable, err}
}

// announce makes a secret and writes what is published before the draw.
func (c *drawCmd) announce(e *env) error {
	secret := make([]byte, 32)
	rand.Read(secret)
	r, say, err := c.prepare(e, secret)
	if err != nil {
		return err
	}
	if err := create(c.secretOf(c.Out), strings.NewReader(hex.EncodeToString(secret)+"\n")); err != nil {
		return err
	}
	if err := createRecord(c.Out, r); err != nil {
		return failure{exitFailed, errors.Join(err, os.Remove(c.secretOf(c.Out)))}
	}
	say(e.stdout)
	fmt.Fprintf(e.stdout, "\nThe commitment is %s.\n", r.Commit())
	fmt.Fprintf(e.stdout, "Publish %s now, and let members throw in words or dice until a set time.\n", c.Out)
	fmt.Fprintf(e.stdout, "Keep %s from everybody until then. A draw whose secret is lost has failed.\n", c.secretOf(c.Out))
	return nil
}

// prepare returns a draw of the kind that was asked for, and what is said of it once it is written.
func (c *drawCmd) prepare(e *env, secret []byte) (r sortition.Record, say func(io.Writer), err error) {
	pool, err := input(e, c.Pool)
	if err != nil {
		return r, nil, err
	}
	if (c.Strata != "" || c.Quotas != "") != (c.Places != 0) || c.Places < 0 {
		return r, nil, errors.New("--strata and --quotas need --places, a number above 0, and no other draw does: it puts everybody in an order")
	}
	switch {
	case c.Strata != "":
		return c.prepareStrata(e, pool, secret)
	case c.Quotas != "":
		return c.preparePanel(e, pool, secret)
	}
	members, err := sortition.ReadPool(bytes.NewReader(pool))
	if err != nil {
		return r, nil, fmt.Errorf("%s: %w", named(c.Pool), err)
	}
	d, err := sortition.Announce(c.ID, members, secret)
	return sortition.Record{Draw: &d}, func(w io.Writer) { sayPool(w, d) }, err
}

func (c *drawCmd) prepareStrata(e *env, pool, secret []byte) (r sortition.Record, say func(io.Writer), err error) {
	sizes, err := input(e, c.Strata)
	if err != nil {
		return r, nil, err
	}
	strata, err := sortition.ReadStrata(named(c.Strata), bytes.NewReader(sizes), named(c.Pool), bytes.NewReader(pool))
	if err != nil {
		return r, nil, err
	}
	s, err := sortition.AnnounceStrata(c.ID, c.Places, strata, secret)
	return sortition.Record{Strata: &s}, func(w io.Writer) { sayStrata(w, s) }, err
}

func (c *drawCmd) preparePanel(e *env, pool, secret []byte) (r sortition.Record, say func(io.Writer), err error) {
	quotas, err := input(e, c.Quotas)
	if err != nil {
		return r, nil, err
	}
	asked, err := sortition.ReadPanels(c.Places, named(c.Quotas), bytes.NewReader(quotas), named(c.Pool), bytes.NewReader(pool))
	if err != nil {
		return r, nil, err
	}
	fair, err := asked.Leximin(e.ctx, sortition.DefaultTickets, progress(e))
	if err != nil {
		return r, nil, err
	}
	d, err := sortition.AnnouncePanels(c.ID, asked, fair, secret)
	return sortition.Record{Draw: &d}, func(w io.Writer) { sayPanels(w, d) }, err
}

// progress tells every few seconds how far the work on chances is.
func progress(e *env) func(sortition.Progress) {
	last := e.now()
	return func(p sortition.Progress) {
		if now := e.now(); now.Sub(last) >= 3*time.Second {
			last = now
			fmt.Fprintf(e.stderr, "Working out the fairest chances: %d of %s settled, %s found.\n", p.Fixed, people(p.People), line.Count(p.Panels, "panel"))
		}
	}
}

// reveal makes a draw that was announced.
func (c *drawCmd) reveal(e *env) error {
	r, err := readRecord(e, c.Reveal)
	if err != nil {
		return err
	}
	if r.Revealed() {
		return fmt.Errorf("%s: the draw %s was revealed already; a draw is made once", named(c.Reveal), nameOf(r))
	}
	text, err := os.ReadFile(c.secretOf(c.Reveal))
	if err != nil {
		return err
	}
	secret, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil {
		return fmt.Errorf("%s does not hold a secret", c.secretOf(c.Reveal))
	}
	var thrown []sortition.Contribution
	if c.Contributions != "" {
		if text, err = input(e, c.Contributions); err != nil {
			return err
		}
		if thrown, err = sortition.ReadContributions(bytes.NewReader(text)); err != nil {
			return fmt.Errorf("%s: %w", named(c.Contributions), err)
		}
	}
	if r, err = r.Reveal(secret, thrown); err != nil {
		return err
	}
	if err := createRecord(c.Out, r); err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "The draw %s is made, with %s.\n", nameOf(r), line.Count(len(r.Contributions()), "contribution"))
	sayThrown(e.stdout, r)
	sayDrawn(e.stdout, r)
	fmt.Fprintf(e.stdout, "\nPublish %s: with it anybody can repeat the draw, by folkmoot draw --check.\n", c.Out)
	return nil
}

// report is what --check answers as JSON.
type report struct {
	Schema   string              `json:"schema"` // folkmoot-draw-check/1
	ID       string              `json:"draw_id"`
	State    string              `json:"state"` // holds, fails or announced
	Findings []sortition.Finding `json:"findings"`
	Drawn    []int64             `json:"drawn,omitempty"` // who was drawn: everybody in the order, or who is chosen
}

// check repeats a draw.
func (c *drawCmd) check(e *env) error {
	r, err := readRecord(e, c.Check)
	if err != nil {
		return err
	}
	found := r.Check()
	if r.Draw != nil && r.Draw.Panels != nil && sortition.Holds(found) {
		fair, err := r.Draw.CheckFair(e.ctx, progress(e))
		if err != nil {
			return err
		}
		found = append(found, fair)
	}
	if c.Against != "" {
		announced, err := readRecord(e, c.Against)
		if err != nil {
			return err
		}
		same, err := r.Follows(announced)
		if err != nil {
			return fmt.Errorf("%s: %w", named(c.Against), err)
		}
		found = append(found, same)
	}
	rep := report{"folkmoot-draw-check/1", nameOf(r), "holds", found, nil}
	code := exitOK
	switch {
	case !sortition.Holds(found):
		rep.State, code = "fails", exitFailed
	case !r.Revealed():
		rep.State, code = "announced", exitAnnounced
	default:
		rep.Drawn = drawn(r)
	}
	if c.Format == "json" {
		err = json.NewEncoder(e.stdout).Encode(rep)
	} else {
		sayChecked(e.stdout, r, rep, c.Against != "")
	}
	if err != nil || code == exitOK {
		return err
	}
	return failure{code: code}
}

func (c *drawCmd) secretOf(record string) string {
	if c.Secret != "" {
		return c.Secret
	}
	return record + ".secret"
}

func readRecord(e *env, name string) (r sortition.Record, err error) {
	text, err := input(e, name)
	if err != nil {
		return r, err
	}
	if r, err = sortition.ReadRecord(bytes.NewReader(text)); err != nil {
		err = fmt.Errorf("%s: %w", named(name), err)
	}
	return r, err
}

func input(e *env, name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(e.stdin)
	}
	return os.ReadFile(name)
}

// named is what a file is called in a sentence.
func named(file string) string {
	if file == "-" {
		return "standard input"
	}
	return file
}

func createRecord(name string, r sortition.Record) error {
	var b bytes.Buffer
	if err := r.Write(&b); err != nil {
		return err
	}
	return create(name, &b)
}

// create writes a file that is not there yet. It is there whole and on disk, or not at all: a secret that is lost is a draw that failed.
func create(name string, from io.Reader) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*") // 0600
	if err != nil {
		return failure{exitFailed, fmt.Errorf("%s cannot be written: %w", name, err)}
	}
	_, err = io.Copy(f, from)
	if err = errors.Join(err, f.Close()); err == nil {
		err = db.Settle(f.Name(), name)
	}
	if gone := os.Remove(f.Name()); !errors.Is(gone, fs.ErrNotExist) {
		err = errors.Join(err, gone)
	}
	if err != nil {
		return failure{exitFailed, fmt.Errorf("%w; nothing was written there, and a draw never overwrites a file", err)}
	}
	return nil
}

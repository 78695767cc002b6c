package main

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"folkmoot/internal/sortition"
)

type drawCmd struct {
	Pool          string `arg:"" optional:"" help:"Who can be drawn: a file with a line id,weight for each; - reads standard input." type:"path"`
	ID            string `name:"id" help:"What the draw is called; no other draw may be called so."`
	Reveal        string `help:"The record of a draw that was announced: draws, with what members threw in." placeholder:"RECORD" type:"path"`
	Contributions string `help:"What members threw in: a file with a line id:text for each." placeholder:"FILE" type:"path"`
	Secret        string `help:"The file with the secret. Without this it is the record's name with .secret behind it." placeholder:"FILE" type:"path"`
	Out           string `help:"Where to put the record, as JSON. A file that is there is never overwritten." placeholder:"FILE" type:"path"`
	Check         string `help:"The record of a draw: repeats it and says whether all is as published: 0 it is, 1 it is not, 2 unusable; - reads standard input." placeholder:"RECORD" type:"path"`
}

// Run announces a draw, makes it, or checks one. It needs no server, no database and no network.
func (c *drawCmd) Run(e *env) error {
	var err error
	switch {
	case c.Check != "" && c.Pool+c.ID+c.Reveal+c.Contributions+c.Secret+c.Out == "":
		err = c.check(e)
	case c.Check != "":
		err = errors.New("--check goes with nothing else")
	case c.Reveal != "" && c.Out != "" && c.Pool+c.ID == "":
		err = c.reveal(e)
	case c.Reveal != "":
		err = errors.New("--reveal needs --out, and goes with neither a pool nor --id")
	case c.Pool != "" && c.ID != "" && c.Out != "" && c.Contributions == "":
		err = c.announce(e)
	default:
		err = errors.New("draw needs a pool, --id and --out; or --reveal and --out; or --check")
	}
	if _, said := errors.AsType[failure](err); said || err == nil {
		return err
	}
	return failure{exitUnusable, err}
}

// announce makes a secret and writes what is published before the draw.
func (c *drawCmd) announce(e *env) error {
	text, err := input(e, c.Pool)
	if err != nil {
		return err
	}
	pool, err := sortition.ReadPool(bytes.NewReader(text))
	if err != nil {
		return err
	}
	secret := make([]byte, 32)
	rand.Read(secret)
	d, err := sortition.Announce(c.ID, pool, secret)
	if err != nil {
		return err
	}
	if err := create(c.secretOf(c.Out), strings.NewReader(hex.EncodeToString(secret)+"\n")); err != nil {
		return err
	}
	if err := createRecord(c.Out, d); err != nil {
		return failure{exitFailed, errors.Join(err, os.Remove(c.secretOf(c.Out)))}
	}
	fmt.Fprintf(e.stdout, "The draw %s is announced: %s in the pool.\n", d.ID, several(len(pool), "member"))
	for _, w := range weights(pool) {
		fmt.Fprintf(e.stdout, "%s with the weight %d: each is drawn first with a chance of %d in %d.\n", several(w.members, "member"), w.weight, w.weight, pool.Total())
	}
	fmt.Fprintf(e.stdout, "The commitment is %s.\n", d.Commit)
	fmt.Fprintf(e.stdout, "Publish %s now, and let members throw in words or dice until a set time.\n", c.Out)
	fmt.Fprintf(e.stdout, "Keep %s from everybody until then. A draw whose secret is lost has failed.\n", c.secretOf(c.Out))
	return nil
}

// class is how many members have a weight.
type class struct {
	weight  int64
	members int
}

// weights counts the members of a pool by their weight, the largest first.
func weights(pool sortition.Pool) []class {
	var out []class
	for _, m := range pool {
		i := slices.IndexFunc(out, func(c class) bool { return c.weight == m.Weight })
		if i < 0 {
			i = len(out)
			out = append(out, class{weight: m.Weight})
		}
		out[i].members++
	}
	slices.SortFunc(out, func(a, b class) int { return int(b.weight - a.weight) })
	return out
}

// reveal makes a draw that was announced.
func (c *drawCmd) reveal(e *env) error {
	text, err := input(e, c.Reveal)
	if err != nil {
		return err
	}
	d, err := sortition.ReadDraw(bytes.NewReader(text))
	if err != nil {
		return err
	}
	text, err = os.ReadFile(c.secretOf(c.Reveal))
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
			return err
		}
	}
	if d, err = d.Reveal(secret, thrown); err != nil {
		return err
	}
	if err := createRecord(c.Out, d); err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "The draw %s is made, with %s.\n", d.ID, several(len(thrown), "contribution"))
	sayDrawn(e.stdout, d)
	fmt.Fprintf(e.stdout, "Publish %s: with it anybody can repeat the draw, by folkmoot draw --check.\n", c.Out)
	return nil
}

// sayDrawn prints who was drawn.
func sayDrawn(w io.Writer, d sortition.Draw) {
	if d.Panels != nil {
		fmt.Fprintf(w, "Panel %d of %d was drawn: %s.\n", d.Order[0], len(d.Panels), list(d.Drawn()))
		return
	}
	fmt.Fprintf(w, "The order is %s.\n", list(d.Order))
}

func list(ids []int64) string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(ids), "[]"), " ", ", ")
}

// check repeats a draw.
func (c *drawCmd) check(e *env) error {
	text, err := input(e, c.Check)
	if err != nil {
		return err
	}
	d, err := sortition.ReadDraw(bytes.NewReader(text))
	if err != nil {
		return err
	}
	found := sortition.Check(d)
	holds := sortition.Holds(found)
	if holds {
		fmt.Fprintln(e.stdout, "This draw holds. Whoever repeats it gets what was published.")
	} else {
		fmt.Fprintln(e.stdout, "This draw does not hold.")
	}
	for _, f := range found {
		fmt.Fprintln(e.stdout, f.Say)
	}
	if !holds {
		return failure{code: exitFailed}
	}
	sayDrawn(e.stdout, d)
	fmt.Fprintln(e.stdout, "Whether the pool and the commitment are those of before the draw, you can tell from what was published then.")
	return nil
}

func (c *drawCmd) secretOf(record string) string {
	if c.Secret != "" {
		return c.Secret
	}
	return record + ".secret"
}

func input(e *env, name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(e.stdin)
	}
	return os.ReadFile(name)
}

func createRecord(name string, d sortition.Draw) error {
	var b bytes.Buffer
	if err := d.Write(&b); err != nil {
		return err
	}
	return create(name, &b)
}

// create writes a file that is not there yet. One that was not written whole is taken away again.
func create(name string, from io.Reader) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		err = fmt.Errorf("%s is there already; a draw never overwrites a file", name)
	}
	if err != nil {
		return failure{exitFailed, err}
	}
	_, err = io.Copy(f, from)
	if err := errors.Join(err, f.Close()); err != nil {
		return failure{exitFailed, errors.Join(err, os.Remove(name))}
	}
	return nil
}

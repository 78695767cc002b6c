// Command powercut cuts the power, as far as a program can, and looks at what is left.
//
// A workload runs as a process of its own on a small ext4 disk that is a file, and prints a line for each thing
// that it acknowledges. At a random instant powercut notes the lines so far and takes an image of the disk, as a copy
// on write, which holds what the kernel had handed to the disk by then and nothing of what it still kept in memory.
// Then the workload is killed, the image becomes the disk, its journal is replayed, and the workload's check is asked
// whether all that was acknowledged is there. The next cut goes on from there.
//
// A run must also be seen to lose something when the database is told not to wait for the disk (-control);
// otherwise the cuts cut nothing.
//
//	powercut run [-cuts 100] [-control] rows    as root, with xfsprogs
//	powercut rows write|check -dir DIR …        the workload, started by run
//
// A workload is a pair of functions in the table below: write runs until it is killed, check reads acknowledgements
// and reports which of them are missing.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"
)

// place is where a workload works.
type place struct {
	dir     string // the data folder
	control bool   // do not wait for the disk
	run     int    // which start this is, so that acknowledgements of two starts differ
}

// workload is something that acknowledges what it has stored.
type workload struct {
	// write stores and acknowledges until ctx ends or the process is killed.
	write func(ctx context.Context, p place, ack func(string)) error
	// check returns those acknowledgements that are not there. An error means that what is there is damaged.
	check func(ctx context.Context, p place, acks []string) (missing []string, err error)
}

var workloads = map[string]workload{
	"rows":    {writeRows, checkRows},
	"ballots": {writeBallots, checkBallots},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := command(ctx, os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "powercut:", err)
		os.Exit(1)
	}
}

func command(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	if len(args) > 0 && args[0] == "run" {
		f := flag.NewFlagSet("run", flag.ContinueOnError)
		var h harness
		f.IntVar(&h.cuts, "cuts", 100, "how many cuts")
		f.BoolVar(&h.control, "control", false, "do not wait for the disk, and expect losses")
		f.DurationVar(&h.least, "least", 100*time.Millisecond, "shortest time from the first acknowledgement to the cut")
		f.DurationVar(&h.most, "most", 800*time.Millisecond, "longest time from the first acknowledgement to the cut")
		if err := f.Parse(args[1:]); err != nil {
			return err
		}
		if h.name = f.Arg(0); workloads[h.name].write == nil {
			return fmt.Errorf("there is no workload %q", h.name)
		}
		return h.all(ctx, out)
	}
	if len(args) < 2 || workloads[args[0]].write == nil {
		return errors.New("use: powercut run WORKLOAD")
	}
	w := workloads[args[0]]
	f := flag.NewFlagSet(args[1], flag.ContinueOnError)
	var p place
	f.StringVar(&p.dir, "dir", "", "data folder")
	f.BoolVar(&p.control, "control", false, "do not wait for the disk")
	f.IntVar(&p.run, "run", 0, "number of this start")
	if err := f.Parse(args[2:]); err != nil {
		return err
	}
	if args[1] == "write" {
		return w.write(ctx, p, acknowledge(out))
	}
	acks, err := lines(in)
	if err != nil {
		return err
	}
	missing, err := w.check(ctx, p, acks)
	for _, m := range missing {
		fmt.Fprintln(out, m)
	}
	return err
}

// acknowledge returns a function that prints a line at once. It is safe for concurrent use:
// one write of a short line to a pipe is not torn.
func acknowledge(out io.Writer) func(string) {
	return func(line string) {
		if _, err := io.WriteString(out, line+"\n"); err != nil {
			os.Exit(1) // nobody listens any more
		}
	}
}

func lines(in io.Reader) (all []string, err error) {
	s := bufio.NewScanner(in)
	for s.Scan() {
		all = append(all, s.Text())
	}
	return all, s.Err()
}

package sortition

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// ReadPool reads lines "id,weight", in any order. Empty lines and lines that begin with # are passed over. Errors of what is
// written there wrap ErrDraw.
func ReadPool(r io.Reader) (Pool, error) {
	var members []Member
	err := eachLine(r, func(line string) error {
		id, weight, _ := strings.Cut(line, ",")
		m := Member{}
		var err error
		if m.ID, err = number(id); err != nil {
			return err
		}
		if m.Weight, err = number(weight); err != nil {
			return err
		}
		if len(members) == mostMembers {
			return fmt.Errorf("there are more than %d members", mostMembers)
		}
		members = append(members, m)
		return nil
	}, "a member is a line like 3,4: a number and a weight")
	if err != nil {
		return nil, err
	}
	return NewPool(members...)
}

// ReadContributions reads lines "id:text". Errors of what is written there wrap ErrDraw; whether the IDs are those of a pool is not
// looked at.
func ReadContributions(r io.Reader) ([]Contribution, error) {
	var cs []Contribution
	err := eachLine(r, func(line string) error {
		id, text, _ := strings.Cut(line, ":")
		n, err := number(id)
		if err != nil {
			return err
		}
		if len(cs) == mostMembers {
			return fmt.Errorf("there are more than %d contributions", mostMembers)
		}
		cs = append(cs, Contribution{n, text})
		return checkText("what is contributed", text)
	}, "a contribution is a line like 7:bread: a number and a text")
	return cs, err
}

// number reads a whole number as it is written in a pool's lines: digits, with no zero before them.
func number(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != text {
		return 0, fmt.Errorf("%q is not a whole number", text)
	}
	return n, nil
}

// eachLine calls do with every line that says something, without its end.
func eachLine(r io.Reader, do func(line string) error, shape string) error {
	lines := bufio.NewScanner(io.LimitReader(r, mostRecord))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSuffix(lines.Text(), "\r")
		if line == "" || line[0] == '#' {
			continue
		}
		if err := do(line); err != nil {
			return fmt.Errorf("%w: line %d: %w; %s", ErrDraw, n, err, shape)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%w: %w", ErrDraw, err)
	}
	return nil
}

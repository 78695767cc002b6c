package tally_test

import (
	"bytes"
	"fmt"
	"testing"

	"folkmoot/internal/published"
	"folkmoot/internal/tally"
	"folkmoot/internal/votefile"
)

// BenchmarkFiles reads and counts whole files: A is a million papers with equal ones on one line, F the same with a line for each paper.
func BenchmarkFiles(b *testing.B) {
	e := bigElection(b)
	var grouped, single bytes.Buffer
	if err := votefile.WriteBLT(&grouped, e); err != nil {
		b.Fatal(err)
	}
	onePerLine(&single, e)
	for _, method := range []string{"scottish", "irv", "schulze", "meek", "ers97"} {
		b.Run("A/"+method, func(b *testing.B) { benchFiles(b, method, grouped.Bytes()) })
		b.Run("F/"+method, func(b *testing.B) { benchFiles(b, method, single.Bytes()) })
	}
}

// BenchmarkWards reads and counts published elections: the one with the longest file, and all of them.
func BenchmarkWards(b *testing.B) {
	var wards [][]byte
	var longest []byte
	for _, file := range published.Files(b, "scottish/ballots/*.blt") {
		text := []byte(published.Text(b, file))
		if wards = append(wards, text); len(text) > len(longest) {
			longest = text
		}
	}
	if wards == nil {
		return
	}
	b.Run("longest", func(b *testing.B) { benchFiles(b, "scottish", longest) })
	b.Run("all", func(b *testing.B) {
		benchFiles(b, "scottish", wards...)
		b.ReportMetric(float64(len(wards)), "wards")
	})
}

func onePerLine(w *bytes.Buffer, e *tally.Election) {
	fmt.Fprintf(w, "%d %d\n", len(e.Candidates), e.Seats)
	for i := range e.Papers.Len() {
		marks, n := e.Papers.At(i)
		for range n {
			w.WriteString("1")
			for _, m := range marks {
				fmt.Fprintf(w, " %d", m+1)
			}
			w.WriteString(" 0\n")
		}
	}
	w.WriteString("0\n")
	for range e.Candidates {
		w.WriteString("\"\"\n")
	}
}

func benchFiles(b *testing.B, method string, texts ...[]byte) {
	m, _ := tally.Find(method)
	b.ReportAllocs()
	for b.Loop() {
		for _, text := range texts {
			e, err := votefile.Read("x.blt", bytes.NewReader(text))
			if err == nil {
				_, err = m.Count(e, tally.Options{})
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}

package sortition

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"folkmoot/internal/effort"
)

// assembly is a pool as a citizens' assembly draws from: so many people with four features, of whom those that volunteer most
// are more than their share, and quotas that follow the shares of the population with a little room.
func assembly(people, size int) Panels {
	features := []struct {
		name  string
		share []float64 // of the population, by value
		keen  []float64 // how likely somebody of the value is to volunteer
	}{
		{"gender", []float64{.50, .48, .02}, []float64{1, .8, 1}},
		{"age", []float64{.14, .18, .17, .18, .16, .17}, []float64{.4, .7, .9, 1, 1.2, 1}},
		{"education", []float64{.2, .3, .25, .25}, []float64{.3, .6, 1, 1.6}},
		{"region", []float64{.22, .18, .15, .13, .12, .1, .06, .04}, []float64{1, 1, .8, 1, .7, 1.2, 1, .9}},
	}
	p := Panels{Size: size}
	for _, f := range features {
		for v, share := range f.share {
			exact := share * float64(size)
			p.Quotas = append(p.Quotas, Quota{f.name, fmt.Sprint(v), max(0, int(exact-.5)), int(exact + 1.5)})
		}
	}
	r := rand.New(rand.NewPCG(300, 30))
	for id := range people {
		person := Person{ID: int64(id), Features: map[string]string{}}
		for _, f := range features {
			all := 0.0
			for v := range f.share {
				all += f.share[v] * f.keen[v]
			}
			v := 0
			for at := r.Float64() * all; v < len(f.share)-1; v++ {
				if at -= f.share[v] * f.keen[v]; at < 0 {
					break
				}
			}
			person.Features[f.name] = fmt.Sprint(v)
		}
		p.People = append(p.People, person)
	}
	return p
}

// BenchmarkLeximin says also how much of the processor's time it took, which does not depend on what else the machine does.
func BenchmarkLeximin(b *testing.B) {
	for _, of := range [][2]int{{150, 20}, {300, 30}, {600, 40}, {1000, 50}} {
		p := assembly(of[0], of[1])
		_, kinds := p.program()
		b.Run(fmt.Sprintf("%d-people-%d-kinds-%d-places", of[0], len(kinds), of[1]), func(b *testing.B) {
			spent := effort.Of(func() {
				for b.Loop() {
					if _, err := p.Leximin(b.Context(), DefaultTickets, nil); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.ReportMetric(spent.Seconds()/float64(b.N), "cpu-s/op")
		})
	}
}

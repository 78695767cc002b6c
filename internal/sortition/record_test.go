package sortition

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestCheckFindsWhatWasChanged spoils each part of a record, and wants the steps named that no longer agree, and no other.
func TestCheckFindsWhatWasChanged(t *testing.T) {
	for _, tt := range []struct {
		name  string
		spoil func(*Draw)
		want  string
	}{
		{"nothing", func(*Draw) {}, ""},
		{"a weight", func(d *Draw) { d.Pool[2].Weight = 4 }, "pool hash, seed, order"},
		{"the pool's hash", func(d *Draw) { d.PoolHash = d.Commit }, "pool hash"},
		{"the commitment", func(d *Draw) { d.Commit = d.PoolHash }, "commit"},
		{"the secret", func(d *Draw) { d.Secret = strings.Repeat("ab", 32) }, "commit, seed, order"},
		{"a secret in capitals", func(d *Draw) { d.Secret = strings.ToUpper(d.Secret) }, "commit"},
		{"no secret", func(d *Draw) { d.Secret = "" }, "commit"},
		{"a contribution", func(d *Draw) { d.Contributions[0].Text = "cake" }, "seed, order"},
		{"a contribution left out", func(d *Draw) { d.Contributions = d.Contributions[1:] }, "seed, order"},
		{"a stranger's contribution", func(d *Draw) { d.Contributions[1].ID = 13 }, "contributions, seed, order"},
		{"the seed", func(d *Draw) { d.Seed = d.Commit }, "seed"},
		{"the order", func(d *Draw) { d.Order[0], d.Order[1] = d.Order[1], d.Order[0] }, "order"},
		{"an order cut short", func(d *Draw) { d.Order = d.Order[:3] }, "order"},
		{"an order too long", func(d *Draw) { d.Order = append(d.Order, 7) }, "order"},
		{"the id", func(d *Draw) { d.ID = "another" }, "seed, order"},
		{"somebody twice", func(d *Draw) { d.Pool[1].ID = 3 }, "pool"},
	} {
		d := drawn(t)
		tt.spoil(&d)
		var wrong []string
		found := Check(d)
		for _, f := range found {
			if !f.Agrees {
				wrong = append(wrong, f.Step)
			}
			if !strings.HasSuffix(f.Say, ".") {
				t.Errorf("%s: %q is no sentence", tt.name, f.Say)
			}
		}
		if got := strings.Join(wrong, ", "); got != tt.want || Holds(found) != (tt.want == "") {
			t.Errorf("%s: found wrong: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestReadDrawRefuses(t *testing.T) {
	var whole bytes.Buffer
	if err := drawn(t).Write(&whole); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"nothing": "", "half": whole.String()[:whole.Len()/2], "a list": "[]", "another format": `{"schema":"folkmoot-draw/2"}`,
		"something after it": whole.String() + "x", "a field nobody knows": `{"schema":"folkmoot-draw/1","winner":3}`,
	} {
		if _, err := ReadDraw(strings.NewReader(text)); !errors.Is(err, ErrDraw) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReadPool(t *testing.T) {
	got, err := ReadPool(strings.NewReader("# those who said yes\n\n12,1\r\n3,4\n"))
	if want := (Pool{{3, 4}, {12, 1}}); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	for _, text := range []string{"", "3\n", "3,\n", "3;4\n", "3,4,5\n", "03,4\n", "3, 4\n", "-3,4\n", "3,-4\n", "3,4\n3,4\n", "ann,4\n", "3,0\n", strings.Repeat("1", 1<<17)} {
		if _, err := ReadPool(strings.NewReader(text)); !errors.Is(err, ErrDraw) {
			t.Errorf("%.20q: %v", text, err)
		}
	}
	cs, err := ReadContributions(strings.NewReader("7:bread: fresh\n12:4 6 1 2\n"))
	if want := []Contribution{{7, "bread: fresh"}, {12, "4 6 1 2"}}; err != nil || !reflect.DeepEqual(cs, want) {
		t.Errorf("%v, %v, want %v", cs, err, want)
	}
	for _, text := range []string{"7\n", "bread\n", "7:\n", "x:y\n"} {
		if _, err := ReadContributions(strings.NewReader(text)); !errors.Is(err, ErrDraw) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestDrawsHold: every draw that can be made is read back as it was written, and holds.
func TestDrawsHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pool := rapidPool(t)
		secret := rapid.SliceOfN(rapid.Byte(), secretSize, secretSize).Draw(t, "secret")
		d, err := Announce("draw", pool, secret)
		if err != nil {
			t.Fatal(err)
		}
		cs := []Contribution{}
		for _, m := range pool {
			if rapid.Bool().Draw(t, "contributes") {
				cs = append(cs, Contribution{m.ID, rapid.StringMatching(`[ -~]{1,20}`).Draw(t, "text")})
			}
		}
		if d, err = d.Reveal(secret, rapid.Permutation(cs).Draw(t, "as they came")); err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := d.Write(&b); err != nil {
			t.Fatal(err)
		}
		back, err := ReadDraw(&b)
		if err != nil || !reflect.DeepEqual(back, d) {
			t.Fatalf("%v: read back %+v, want %+v", err, back, d)
		}
		if found := Check(back); !Holds(found) {
			t.Fatalf("%+v", found)
		}
		again, err := ReadPool(strings.NewReader(pool.Lines()))
		if err != nil || !reflect.DeepEqual(again, pool) {
			t.Fatalf("%v: the pool is read back as %v, want %v", err, again, pool)
		}
	})
}

func FuzzReadPool(f *testing.F) {
	f.Add("3,4\n7,4\n")
	f.Add("# nobody\r\n1,0\n2,1073741824")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ReadPool(strings.NewReader(text))
		if err != nil {
			if !errors.Is(err, ErrDraw) {
				t.Fatal(err)
			}
			return
		}
		if again, err := ReadPool(strings.NewReader(p.Lines())); err != nil || !reflect.DeepEqual(again, p) {
			t.Fatalf("%v: %v is read back as %v", err, p, again)
		}
		p.Order("seed")
	})
}

func FuzzReadContributions(f *testing.F) {
	f.Add("7:bread\n12:4 6 1 2\n")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := ReadContributions(strings.NewReader(text)); err != nil && !errors.Is(err, ErrDraw) {
			t.Fatal(err)
		}
	})
}

func FuzzReadDraw(f *testing.F) {
	var b bytes.Buffer
	if err := drawn(f).Write(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte(`{"schema":"folkmoot-draw/1","pool":[{"id":1,"weight":1}],"secret":"00"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := ReadDraw(bytes.NewReader(text))
		if err != nil {
			if !errors.Is(err, ErrDraw) {
				t.Fatal(err)
			}
			return
		}
		if len(Check(d)) == 0 {
			t.Fatal("a check that says nothing")
		}
	})
}

package sortition

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"slices"
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

func TestReadRecordRefuses(t *testing.T) {
	var whole bytes.Buffer
	d := drawn(t)
	if err := (Record{Draw: &d}).Write(&whole); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"nothing": "", "no schema": "{}", "a draw by strata that is not one": `{"schema":"folkmoot-draw-strata/1","pool":[]}`, "half": whole.String()[:whole.Len()/2], "a list": "[]", "another format": `{"schema":"folkmoot-draw/2"}`,
		"something after it": whole.String() + "x", "a field nobody knows": `{"schema":"folkmoot-draw/1","winner":3}`,
	} {
		if _, err := ReadRecord(strings.NewReader(text)); !errors.Is(err, ErrDraw) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestReadRecordWithMark: some editors put a mark before what they save, which changes nothing.
func TestReadRecordWithMark(t *testing.T) {
	for _, r := range records(t) {
		var whole bytes.Buffer
		if err := r.Write(&whole); err != nil {
			t.Fatal(err)
		}
		if back, err := ReadRecord(io.MultiReader(strings.NewReader(byteOrderMark), &whole)); err != nil || !reflect.DeepEqual(back, r) {
			t.Errorf("%+v, %v", back, err)
		}
	}
}

func TestReadPool(t *testing.T) {
	got, err := ReadPool(strings.NewReader("# those who said yes\n\n12,1\r\n3,4\n"))
	if want := (Pool{{3, 4}, {12, 1}}); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	for _, text := range []string{"", "3\n", "3,\n", "3;4\n", "3,4,5\n", "03,4\n", "3,\"4\n", "-3,4\n", "3,-4\n", "3,4\n3,4\n", "ann,4\n", "3,0\n", strings.Repeat("1", 1<<17)} {
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
				cs = append(cs, Contribution{m.ID, rapid.StringMatching(`[!-~]{1,9}( [!-~]{1,9})?`).Draw(t, "text")})
			}
		}
		if d, err = d.Reveal(secret, rapid.Permutation(cs).Draw(t, "as they came")); err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := (Record{Draw: &d}).Write(&b); err != nil {
			t.Fatal(err)
		}
		back, err := ReadRecord(&b)
		if err != nil || !reflect.DeepEqual(back.Draw, &d) {
			t.Fatalf("%v: read back %+v, want %+v", err, back.Draw, d)
		}
		if found := back.Check(); !Holds(found) {
			t.Fatalf("%+v", found)
		}
		again, err := ReadPool(strings.NewReader(pool.Lines()))
		if err != nil || !reflect.DeepEqual(again, pool) {
			t.Fatalf("%v: the pool is read back as %v, want %v", err, again, pool)
		}
	})
}

// TestReadTables reads what is asked of strata and panels, and wants refusals to name the file, the line and the fault.
func TestReadTables(t *testing.T) {
	strata, err := ReadStrata("branches", strings.NewReader("\ufeffsize,stratum\n30,\"North, End\"\n20,south\n"), "pool", strings.NewReader("id,stratum,weight\n9,\"North, End\",1\n# late\n2, south ,4\n3,\"North, End\",2\n"))
	if want := []Stratum{{"North, End", 30, Pool{{3, 2}, {9, 1}}}, {"south", 20, Pool{{2, 4}}}}; err != nil || !reflect.DeepEqual(strata, want) {
		t.Errorf("%v, %v, want %v", strata, err, want)
	}
	panels, err := ReadPanels(1, "quotas", strings.NewReader("feature,value,min,max\nsex,f,0,1\nsex,m,0,1\n"), "people", strings.NewReader("id,name,sex,home\n7,Ann,f,a\n8,Bo,m,\n"))
	if want := (Panels{1, []Quota{{"sex", "f", 0, 1}, {"sex", "m", 0, 1}}, []Person{{7, map[string]string{"sex": "f"}, "a"}, {8, map[string]string{"sex": "m"}, ""}}}); err != nil || !reflect.DeepEqual(panels, want) {
		t.Errorf("%+v, %v, want %+v", panels, err, want)
	}
	for _, tt := range []struct{ strata, pool, want string }{
		{"", "", "branches: the table is empty"},
		{"stratum\nnorth\n", "", "branches: line 1: there is no column size"},
		{"stratum,size\nnorth,many\n", "", `branches: line 2: the size "many" is not a whole number`},
		{"stratum,size\nnorth,3\nnorth,4\n", "", "branches: line 3: the stratum north is there already"},
		{"stratum,size,size\n", "", "branches: line 1: two columns are called size"},
		{"stratum,size\nnorth\n", "", "branches: line 2: the row has 1 cell, and the first line has 2"},
		{"stratum,size\n\"north,3\n", "", "branches: line 2: the quotes"},
		{"stratum,size\nnorth,3\n", "id,weight,stratum\n1,1,nroth\n", `pool: line 2: member 1 is in the stratum "nroth", which branches does not have`},
		{"stratum,size\nnorth,3\n", "id,weight,stratum\n1,1,north\n1,2,north\n", "pool: line 3: member 1 is there already, in line 2"},
		{"stratum,size\nnorth,3\n", "id,weight,stratum\n1,-1,north\n", `pool: line 2: member 1 has the weight "-1"; a weight is a whole number from 0`},
	} {
		if _, err := ReadStrata("branches", strings.NewReader(tt.strata), "pool", strings.NewReader(tt.pool)); !errors.Is(err, ErrDraw) || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%q, %q: %v, want %q", tt.strata, tt.pool, err, tt.want)
		}
	}
	const quotas = "feature,value,min,max\nsex,f,1,1\n"
	for _, tt := range []struct{ quotas, people, want string }{
		{"feature,value,min,max\nsex,f,one,1\n", "", `quotas: line 2: the min "one" is not a whole number`},
		{"feature,value,min,max\nsex,,0,1\n", "", "quotas: line 2: a quota needs a feature and a value"},
		{"feature,value,min,max\nhome,a,0,1\n", "", "quotas: line 2: there is no quota of home"},
		{"feature,value,min,max\nsex,f,2,1\n", "id,sex\n1,f\n", "the quota of sex: f asks for at least 2 and at most 1"},
		{quotas, "id,name\n1,Ann\n", "people: line 1: there is no column sex"},
		{quotas, "id,sex\n1,female\n", "people: line 2: person 1 has sex: female, and quotas has quotas only for f"},
		{quotas, "id,sex\nann,f\n", `people: line 2: the member's number "ann" is not a whole number`},
		{quotas, "id,sex\n1,f\n\n1,f\n", "people: line 4: member 1 is there already, in line 2"},
		{quotas, "id,sex\n1,f\n2, \n", "people: line 3: person 2 has no sex, which quotas asks about"},
		{quotas, "id,sex,weight\n1,f,1\n", "people: there is a column weight, and a panel has no weights"},
		{quotas + "weight,1,0,1\n", "id,sex,weight\n1,f,2\n", "people: line 2: person 1 has weight: 2, and quotas"},
		{quotas, "id,sex\n-5,f\n", `people: line 2: the member's number "-5" is not a whole number from 0 to 9223372036854775807, without zeros before it`},
		{quotas, "id,sex\n01,f\n", `people: line 2: the member's number "01" is not a whole number from 0`},
		{quotas, "id,sex\n9223372036854775808,f\n", `people: line 2: the member's number "9223372036854775808" is not a whole number from 0 to 9223372036854775807`},
		{quotas, "id,sex\n", "a panel of 1 cannot be drawn from 0 people"},
	} {
		if _, err := ReadPanels(1, "quotas", strings.NewReader(tt.quotas), "people", strings.NewReader(tt.people)); !errors.Is(err, ErrDraw) || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%q, %q: %v, want %q", tt.quotas, tt.people, err, tt.want)
		}
	}
}

// records returns an announced record of each kind. Members 7 and 12 may contribute to all of them.
func records(t testing.TB) (out []Record) {
	t.Helper()
	pool, secret, _ := vector(t)
	d, err := Announce("a role", pool, secret)
	if err != nil {
		t.Fatal(err)
	}
	s, err := AnnounceStrata("delegates", 3, []Stratum{{"north", 30, Pool{{3, 4}, {7, 2}}}, {"south", 30, Pool{{11, 2}, {12, 1}}}}, secret)
	if err != nil {
		t.Fatal(err)
	}
	p := Panels{Size: 2, Quotas: []Quota{{"shift", "night", 1, 1}}}
	for _, m := range pool {
		p.People = append(p.People, Person{ID: m.ID, Features: map[string]string{"shift": map[bool]string{true: "night", false: "day"}[m.ID < 10]}})
	}
	fair, err := p.Leximin(t.Context(), DefaultTickets, nil)
	if err != nil {
		t.Fatal(err)
	}
	panel, err := AnnouncePanels("assembly", p, fair, secret)
	if err != nil {
		t.Fatal(err)
	}
	return []Record{{Draw: &d}, {Strata: &s}, {Draw: &panel}}
}

// TestAnnouncedIsNotYetRevealed: what is only announced is in order, and says so; once it is revealed it cannot be again.
func TestAnnouncedIsNotYetRevealed(t *testing.T) {
	_, secret, contributions := vector(t)
	for _, r := range records(t) {
		var b bytes.Buffer
		if err := r.Write(&b); err != nil {
			t.Fatal(err)
		}
		if text := b.String(); !strings.Contains(text, `"contributions": []`) || strings.Contains(text, "null") {
			t.Errorf("%s", text)
		}
		r, err := ReadRecord(&b)
		if err != nil {
			t.Fatal(err)
		}
		found := r.Check()
		said := slices.ContainsFunc(found, func(f Finding) bool { return f.Step == "secret" && strings.Contains(f.Say, "not yet revealed") })
		if !Holds(found) || !said || r.Revealed() {
			t.Errorf("%s: %+v", r.ID(), found)
		}
		for _, cs := range [][]Contribution{nil, contributions} {
			made, err := r.Reveal(secret, cs)
			if err != nil || !made.Revealed() || !Holds(made.Check()) {
				t.Errorf("%s: %v, %+v", r.ID(), err, made.Check())
			}
			b.Reset()
			if err := made.Write(&b); err != nil || strings.Contains(b.String(), "null") {
				t.Errorf("%v: %s", err, &b)
			}
			if _, err := made.Reveal(secret, cs); err == nil || !strings.Contains(err.Error(), "revealed already") {
				t.Errorf("%s is revealed twice: %v", r.ID(), err)
			}
		}
		if r.Draw != nil {
			r.Draw.Commit = "00"
		} else {
			r.Strata.Strata[0].Draw.Commit = "00"
		}
		if found := r.Check(); Holds(found) {
			t.Errorf("%s: a commitment that is none: %+v", r.ID(), found)
		}
	}
}

package votefile_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"folkmoot/internal/votefile"
)

func FuzzBLT(f *testing.F)     { fuzz(f, "x.blt") }
func FuzzPrefLib(f *testing.F) { fuzz(f, "x.soc", "x.soi", "x.toc", "x.toi", "x.cat") }
func FuzzPabulib(f *testing.F) { fuzz(f, "x.pb") }
func FuzzCSV(f *testing.F)     { fuzz(f, "x.csv") }

// fuzz reads texts as files with the names. What is read must be an election, and the same if it comes byte by byte and if it is written as
// BLT and read again; what is not read has a fault at a place.
func fuzz(f *testing.F, names ...string) {
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range names {
			e, err := votefile.Read(name, strings.NewReader(text))
			slow, slowErr := votefile.Read(name, iotest.OneByteReader(strings.NewReader(text)))
			if fmt.Sprint(err) != fmt.Sprint(slowErr) {
				t.Fatalf("%v, and byte by byte %v", err, slowErr)
			}
			var fault *votefile.Fault
			if errors.As(err, &fault) && fault.Line > 0 && fault.Column > 0 {
				continue
			}
			if err == nil {
				err = e.Check()
			}
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(plain(e), plain(slow)) {
				t.Fatalf("%+v, and byte by byte %+v", plain(e), plain(slow))
			}
			if name == "x.blt" {
				again(t, e)
			}
		}
	})
}

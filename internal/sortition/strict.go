package sortition

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// strict refuses JSON that two readers could take for two records: a field that comes twice, of which some take the first and others
// the last; null, which some take for nothing; one that is called nearly as it should be, which encoding/json takes for it and others
// do not; and bytes that are no text.
// The text must be one value of JSON.
func strict(text []byte) error {
	if !utf8.Valid(text) {
		return fmt.Errorf("it is not text in UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	return strictValue(dec, false)
}

// strictValue reads one value. The names of features are free, and must only not come twice.
func strictValue(dec *json.Decoder, features bool) error {
	t, err := dec.Token()
	open, nested := t.(json.Delim)
	if err == nil && t == nil {
		return errors.New("something in it is null, which some take for nothing and others for 0")
	}
	if err != nil || !nested {
		return err
	}
	seen := map[string]bool{}
	for dec.More() {
		name := ""
		if open == '{' {
			if t, err = dec.Token(); err != nil {
				return err
			}
			name, _ = t.(string)
			switch {
			case seen[name]:
				return fmt.Errorf("the field %q is there twice", name)
			case !features && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_") != "":
				return fmt.Errorf("there is no field %q", name)
			}
			seen[name] = true
		}
		if err := strictValue(dec, !features && name == "features"); err != nil {
			return err
		}
	}
	_, err = dec.Token()
	return err
}

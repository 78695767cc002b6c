package db

import (
	"crypto/sha256"
	"database/sql/driver"
	"fmt"
	"strconv"
	"time"
)

// Instant is a point in time, kept as milliseconds since 1970 in every dialect. The zero time is NULL.
type Instant struct{ time.Time }

// At returns t as it is stored.
func At(t time.Time) Instant { return Instant{t} }

// Value implements driver.Valuer.
func (i Instant) Value() (driver.Value, error) {
	if i.IsZero() {
		return nil, nil
	}
	return i.UnixMilli(), nil
}

// Scan implements sql.Scanner.
func (i *Instant) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		i.Time = time.Time{}
	case int64:
		i.Time = time.UnixMilli(v).UTC()
	default:
		return fmt.Errorf("db: cannot scan %T into an Instant", v)
	}
	return nil
}

// GormDataType implements schema.GormDataTypeInterface.
func (Instant) GormDataType() string { return "bigint" }

// Flag is a yes or no, kept as 1 or 0 in every dialect.
type Flag bool

// Value implements driver.Valuer.
func (f Flag) Value() (driver.Value, error) {
	if f {
		return int64(1), nil
	}
	return int64(0), nil
}

// Scan implements sql.Scanner.
func (f *Flag) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("db: cannot scan %T into a Flag", v)
	}
	*f = n != 0
	return nil
}

// GormDataType implements schema.GormDataTypeInterface.
func (Flag) GormDataType() string { return "bigint" }

// Once is the key of one form as one person was shown it. Acting on it twice has one effect. The zero key is never
// remembered: use it where no form is involved.
type Once [sha256.Size]byte

// OnceFor returns the key of the form that showed person the value form. An empty form gives the zero key.
func OnceFor(person int64, form string) Once {
	if form == "" {
		return Once{}
	}
	return sha256.Sum256([]byte("once\n" + strconv.FormatInt(person, 10) + "\n" + form))
}

// Seen returns what was made when this key was first acted on, and whether it was.
func (tx *Tx) Seen(k Once) (subject int64, seen bool, err error) {
	if k == (Once{}) {
		return 0, false, nil
	}
	seen, err = tx.Row("SELECT subject FROM once_keys WHERE key = ?", []any{k[:]}, &subject)
	return subject, seen, err
}

// Did remembers that acting on the key made the subject.
func (tx *Tx) Did(k Once, subject int64) error {
	_, err := tx.Once(k, subject)
	return err
}

// Once is Did, and says whether the key had not been acted on before.
func (tx *Tx) Once(k Once, subject int64) (first bool, err error) {
	if k == (Once{}) {
		return true, nil
	}
	n, err := tx.Do("INSERT INTO once_keys (key, subject, at) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING", k[:], subject, At(tx.Now))
	return n == 1, err
}

// ForgetOnce deletes the keys remembered before t; forms that old are no longer sent again by a browser.
func (tx *Tx) ForgetOnce(t time.Time) error {
	return tx.Exec("DELETE FROM once_keys WHERE at < ?", At(t)).Error
}

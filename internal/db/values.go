package db

import (
	"crypto/sha256"
	"database/sql/driver"
	"fmt"
	"strconv"
	"time"

	"gorm.io/gorm/clause"
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

type onceRow struct {
	Key     []byte
	Subject int64
	At      Instant
}

func (onceRow) TableName() string { return "once_keys" }

// Seen returns what was made when this key was first acted on, and whether it was.
func (tx *Tx) Seen(k Once) (subject int64, seen bool, err error) {
	if k == (Once{}) {
		return 0, false, nil
	}
	var rows []onceRow
	if err := tx.Where("key = ?", k[:]).Limit(1).Find(&rows).Error; err != nil || len(rows) == 0 {
		return 0, false, err
	}
	return rows[0].Subject, true, nil
}

// Did remembers that acting on the key made the subject.
func (tx *Tx) Did(k Once, subject int64) error {
	if k == (Once{}) {
		return nil
	}
	return tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&onceRow{k[:], subject, At(tx.Now)}).Error
}

// ForgetOnce deletes the keys remembered before t; forms that old are no longer sent again by a browser.
func (tx *Tx) ForgetOnce(t time.Time) error {
	return tx.Where("at < ?", At(t)).Delete(&onceRow{}).Error
}

package upkeep

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"folkmoot/internal/db"
	"folkmoot/internal/ledger"
	"folkmoot/internal/member"
	"folkmoot/internal/motion"
)

// later is what happened in the database that is replaced after the backup was taken, as far as nobody may suffer from
// its being undone: who left stays away, what was removed stays removed, and a changed passphrase stays changed.
type later struct {
	left    []leaver
	removed []removedText
	logins  []login
}

type leaver struct {
	member, person string // references
	name           string
	at             int64
	gone           bool // from the installation
}

type removedText struct {
	group string
	hash  []byte
}

type login struct {
	person     string
	email      string
	emailKey   *string
	passphrase string
	recovery   []byte
	changedAt  int64
	notices    *int64 // whether they want any
	noticesAt  *int64 // when they said so; nil: never
}

// readLater reads it from the PostgreSQL database that is to be replaced.
func readLater(ctx context.Context, address string) (later, error) {
	s, err := sql.Open("pgx", address)
	if err != nil {
		return later{}, err
	}
	l, err := laterIn(ctx, s)
	return l, errors.Join(err, s.Close())
}

// readLaterSQLite reads it from the SQLite file that is to be replaced, with what its write-ahead log still holds.
func readLaterSQLite(ctx context.Context, file string) (later, error) {
	s, err := openFile(file, "rw")
	if err != nil {
		return later{}, err
	}
	l, err := laterIn(ctx, s)
	return l, errors.Join(err, s.Close())
}

func laterIn(ctx context.Context, s *sql.DB) (l later, err error) {
	err = each(ctx, s, `SELECT m.ref, p.ref, m.name, m.left_at, CASE WHEN p.gone_at IS NULL THEN 0 ELSE 1 END
		FROM members m JOIN people p ON p.id = m.person_id WHERE m.left_at IS NOT NULL ORDER BY m.id`,
		func(scan func(...any) error) error {
			var x leaver
			var gone int64
			err := scan(&x.member, &x.person, &x.name, &x.at, &gone)
			x.gone = gone == 1
			l.left = append(l.left, x)
			return err
		})
	if err != nil {
		return l, err
	}
	err = each(ctx, s, `SELECT g.ref, t.hash FROM ledger_texts t JOIN groups g ON g.id = t.group_id
		WHERE t.text IS NULL ORDER BY t.group_id, t.n, t.hash`,
		func(scan func(...any) error) error {
			var x removedText
			err := scan(&x.group, &x.hash)
			l.removed = append(l.removed, x)
			return err
		})
	if err != nil {
		return l, err
	}
	err = each(ctx, s, `SELECT p.ref, l.email, l.email_key, l.passphrase, l.recovery, l.changed_at, l.notices, l.notices_at
		FROM logins l JOIN people p ON p.id = l.person_id ORDER BY p.id`,
		func(scan func(...any) error) error {
			var x login
			err := scan(&x.person, &x.email, &x.emailKey, &x.passphrase, &x.recovery, &x.changedAt, &x.notices, &x.noticesAt)
			l.logins = append(l.logins, x)
			return err
		})
	return l, err
}

func each(ctx context.Context, s *sql.DB, query string, f func(scan func(...any) error) error) (err error) {
	rows, err := s.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// keep carries what happened later over into the restored database.
func (l later) keep(tx *db.Tx, led *ledger.Ledger) error {
	for _, x := range l.left {
		if err := x.keep(tx, led); err != nil {
			return fmt.Errorf("carry over a leaving: %w", err)
		}
	}
	for _, x := range l.removed {
		var logs []int64
		if err := tx.Raw(`SELECT t.group_id FROM ledger_texts t JOIN groups g ON g.id = t.group_id
			WHERE g.ref = ? AND t.hash = ? AND t.text IS NOT NULL`, x.group, x.hash).Scan(&logs).Error; err != nil {
			return err
		}
		for _, log := range logs {
			if err := RemoveText(tx, led, ledger.Log(log), [32]byte(x.hash), "removed before the restore"); err != nil {
				return fmt.Errorf("carry over a removal: %w", err)
			}
		}
	}
	for _, x := range l.logins {
		if err := tx.Exec(`UPDATE logins SET email = ?, email_key = ?, passphrase = ?, recovery = ?, changed_at = ?
			WHERE changed_at < ? AND person_id = (SELECT id FROM people WHERE ref = ?)`,
			x.email, x.emailKey, x.passphrase, x.recovery, x.changedAt, x.changedAt, x.person).Error; err != nil {
			return fmt.Errorf("carry over a passphrase: %w", err)
		}
		if x.noticesAt == nil {
			continue
		}
		if err := tx.Exec(`UPDATE logins SET notices = ?, notices_at = ?
			WHERE (notices_at IS NULL OR notices_at < ?) AND person_id = (SELECT id FROM people WHERE ref = ?)`,
			x.notices, x.noticesAt, x.noticesAt, x.person).Error; err != nil {
			return fmt.Errorf("carry over what somebody said of notices: %w", err)
		}
	}
	return nil
}

func (x leaver) keep(tx *db.Tx, led *ledger.Ledger) error {
	var rows []struct{ ID, GroupID int64 }
	if err := tx.Raw("SELECT id, group_id FROM members WHERE ref = ? AND left_at IS NULL", x.member).Scan(&rows).Error; err != nil || len(rows) == 0 {
		return err
	}
	set := map[string]any{"left_at": x.at}
	if x.name == "" { // it was hidden on leaving
		set["name"], set["name_key"] = "", ""
	}
	if err := tx.Table("members").Where("id = ?", rows[0].ID).Updates(set).Error; err != nil {
		return err
	}
	_, err := led.Append(tx, ledger.Log(rows[0].GroupID), ledger.Event{
		Kind: "member.left", Subject: "member/" + x.member, Actor: ledger.Operator,
		Data: ledger.Data{"member": x.member, "left_at": time.UnixMilli(x.at)},
	})
	if err != nil {
		return err
	}
	m, err := member.Get(tx, member.ID(rows[0].ID))
	if err != nil {
		return err
	}
	// As when they left: their drafts go, and nothing rests on their support.
	if err := motion.Part(tx, m); err != nil || !x.gone {
		return err
	}
	if err := tx.Exec("DELETE FROM logins WHERE person_id = (SELECT id FROM people WHERE ref = ?)", x.person).Error; err != nil {
		return err
	}
	return tx.Table("people").Where("ref = ? AND gone_at IS NULL", x.person).
		Updates(map[string]any{"handle": "", "handle_key": nil, "lang": "", "gone_at": x.at}).Error
}

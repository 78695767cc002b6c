package account

import (
	"context"
	"fmt"

	"folkmoot/internal/db"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"
	"folkmoot/internal/token"
)

// Profile returns the person's own account. It returns fault.SignIn if there is none any more.
func (s *Service) Profile(ctx context.Context, person member.PersonID) (p Person, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		h, ok, err := getHolder(tx, person)
		if err == nil && !ok {
			err = fault.New(fault.SignIn, "fault.sign_in")
		}
		p = h.person()
		return err
	})
	return p, err
}

// confirm checks the passphrase of somebody who is signed in, before a change that matters.
// It returns fault.Invalid on the field if it is wrong, fault.TooMany, or fault.SignIn.
func (s *Service) confirm(ctx context.Context, person member.PersonID, passphrase string) (holderRow, error) {
	var h holderRow
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		var ok bool
		var err error
		if h, ok, err = getHolder(tx, person); err == nil && !ok {
			err = fault.New(fault.SignIn, "fault.sign_in")
		}
		return err
	})
	if err != nil {
		return h, err
	}
	count := fmt.Sprintf("c/%d", person)
	if !s.tries.Take(count, s.now()) {
		return h, fault.New(fault.TooMany, "people.too_many")
	}
	right, err := s.hasher.verify(ctx, passphrase, h.Passphrase)
	if err != nil {
		return h, err
	}
	if !right {
		return h, fault.Form(map[string]lang.Msg{"current": lang.M("people.passphrase.wrong")})
	}
	s.tries.Forget(count)
	return h, nil
}

// ChangePassphrase replaces the passphrase and ends every other session. It returns fault.Invalid with the fields
// "current" or "passphrase", fault.TooMany or fault.SignIn. The proof it returns makes the browser known again.
func (s *Service) ChangePassphrase(ctx context.Context, ses Session, current, passphrase string) (known string, err error) {
	h, err := s.confirm(ctx, ses.Person, current)
	if err != nil {
		return "", err
	}
	if m := weak(passphrase, h.Handle, h.Email); !m.IsZero() {
		return "", fault.Form(map[string]lang.Msg{"passphrase": m})
	}
	hash, err := s.hasher.hash(ctx, passphrase)
	if err != nil {
		return "", err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		h, err := s.reset(tx, ses.Person, map[string]any{"passphrase": hash}, ses.ID)
		known = s.prove(h)
		return err
	})
	return known, err
}

// ChangeEmail replaces the e-mail address, or removes it, and ends every other session. told is whether they were told that notices are
// sent to it: then they are, unless they have said otherwise. It returns fault.Invalid with the fields "current" or "email", fault.TooMany
// or fault.SignIn.
func (s *Service) ChangeEmail(ctx context.Context, ses Session, current, email string, told bool) (known string, err error) {
	email, wrong := CleanEmail(email)
	if !wrong.IsZero() {
		return "", fault.Form(map[string]lang.Msg{"email": wrong})
	}
	if _, err := s.confirm(ctx, ses.Person, current); err != nil {
		return "", err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if taken, err := emailTaken(tx, email, ses.Person); err != nil {
			return err
		} else if taken {
			return fault.Form(map[string]lang.Msg{"email": lang.M("people.email.taken")})
		}
		h, err := s.reset(tx, ses.Person, map[string]any{"email": email, "email_key": keyOrNil(email)}, ses.ID)
		if err != nil {
			return err
		}
		known = s.prove(h)
		if told && email != "" && h.person().Wish == Unasked {
			return setWish(tx, ses.Person, true)
		}
		return nil
	})
	return known, err
}

// SetNotices keeps whether the person wants notices sent to their address. It returns fault.SignIn if there is no account any more.
func (s *Service) SetNotices(ctx context.Context, person member.PersonID, want bool) error {
	return s.db.Write(ctx, func(tx *db.Tx) error { return SetNotices(tx, person, want) })
}

// SetNotices is Service.SetNotices within a transaction.
func SetNotices(tx *db.Tx, person member.PersonID, want bool) error {
	h, ok, err := getHolder(tx, person)
	if err == nil && !ok {
		err = fault.New(fault.SignIn, "fault.sign_in")
	}
	if err != nil || want && h.person().Wish == Wanted || !want && h.person().Wish == Unwanted {
		return err
	}
	return setWish(tx, person, want)
}

// NewCode replaces the recovery code, ends every other session and returns the new code, which is shown once.
// It returns fault.Invalid with the field "current", fault.TooMany or fault.SignIn.
func (s *Service) NewCode(ctx context.Context, ses Session, current string) (code, known string, err error) {
	if _, err := s.confirm(ctx, ses.Person, current); err != nil {
		return "", "", err
	}
	code = token.Code(codeGroups)
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		h, err := s.reset(tx, ses.Person, map[string]any{"recovery": codeHash(code)}, ses.ID)
		known = s.prove(h)
		return err
	})
	return code, known, err
}

// ChangeHandle replaces the name the person signs in with. What groups call them does not change.
// It returns fault.Invalid with the field "name".
func (s *Service) ChangeHandle(ctx context.Context, person member.PersonID, handle string) error {
	handle, wrong := CleanHandle(handle)
	if !wrong.IsZero() {
		return fault.Form(map[string]lang.Msg{"name": wrong})
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := free(tx, handle, "", person); err != nil {
			return err
		}
		tx.After(func() { s.cache.drop(person, "") })
		return updatePerson(tx, person, map[string]any{"handle": handle, "handle_key": member.Fold(handle)})
	})
}

// ChooseLanguage keeps the language the person wants pages in.
func (s *Service) ChooseLanguage(ctx context.Context, person member.PersonID, tag string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		tx.After(func() { s.cache.drop(person, "") })
		return updatePerson(tx, person, map[string]any{"lang": tag})
	})
}

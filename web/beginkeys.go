package web

import (
	"strings"

	"folkmoot/internal/asset"
	"folkmoot/internal/fault"
	"folkmoot/internal/lang"
	"folkmoot/internal/member"

	"github.com/labstack/echo/v4"
)

// wizardKeys are the keys that every group has, asked for in the wizard.
var wizardKeys = []asset.Kind{asset.Server, asset.Mail, asset.Bank}

// keyName is what a key of the wizard is called in the group's language.
func (s *Server) keyName(g member.Group, key asset.Kind) string {
	return s.views.catalog.Voice(g.Lang).T("setup.keys." + string(key))
}

// keyItems are the wizard's questions about keys, with what is written down of each.
func (s *Server) keyItems(g member.Group, known []asset.Entry) []Item {
	var out []Item
	for i, kind := range wizardKeys {
		var held asset.Entry
		for _, k := range known {
			if k.What == s.keyName(g, kind) {
				held = k
			}
		}
		key := string(kind)
		second := field(Field{Name: key + "_second", Value: held.Second, Label: lang.M("setup.keys.second"), Max: asset.MaxText, Optional: true})
		if i == 0 {
			second.Field.Hint = lang.M("setup.keys.second_hint") // once is enough
		}
		out = append(out, Item{Heading: lang.M("setup.keys." + key)},
			field(Field{Name: key + "_holder", Value: held.Holder, Label: lang.M("setup.keys.holder"), Max: asset.MaxText, Optional: true}), second)
	}
	return out
}

func (s *Server) takeKeys(c echo.Context, a member.Actor) ([]Item, error) {
	var typed []asset.Entry
	for _, kind := range wizardKeys {
		typed = append(typed, asset.Entry{Kind: kind, What: s.keyName(a.Group, kind), Holder: value(c, string(kind)+"_holder"), Second: value(c, string(kind)+"_second")})
	}
	wrong := map[string]lang.Msg{}
	for _, k := range typed {
		if strings.TrimSpace(k.Holder+k.Second) == "" {
			continue
		}
		err := s.Keys.Note(c.Request().Context(), a, k)
		for name, m := range fault.Fields(err) {
			wrong[string(k.Kind)+"_"+name] = m
		}
		if err != nil && fault.Fields(err) == nil {
			return nil, err
		}
	}
	return s.keyItems(a.Group, typed), fault.Form(wrong)
}

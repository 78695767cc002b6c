// Package lang holds every sentence the program says, in every language it speaks.
//
// A sentence is named where it is decided (Msg) and put into words at the edge, by the Voice of whoever reads it.
// The catalogues are the JSON files of go-i18n, one file per area of the program, so that translators can work on
// them with ordinary tools; plurals follow CLDR.
package lang

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed en/*.json es/*.json
var files embed.FS

// Fallback is the language that is complete by definition: a sentence missing elsewhere is said in it.
const Fallback = "en"

// Args are the values a sentence is filled with, by name.
type Args map[string]any

// Msg is a sentence by its id, with its values; it is put into words only at the edge.
// If Args holds a whole number under "Count", the sentence is a plural and N is that number.
type Msg struct {
	ID   string
	Args Args
}

// M returns the sentence id with its values as name, value pairs. It panics on an odd number of them,
// which is a mistake in the calling code.
func M(id string, kv ...any) Msg { return Msg{ID: id, Args: pairs(kv)} }

// IsZero says whether there is no sentence.
func (m Msg) IsZero() bool { return m.ID == "" }

// In returns the sentence with the times in it, and in the sentences within it, as they are in a zone.
func (m Msg) In(zone *time.Location) Msg {
	args := make(Args, len(m.Args))
	for k, v := range m.Args {
		switch t := v.(type) {
		case Msg:
			v = t.In(zone)
		case time.Time:
			v = t.In(zone)
		case Day:
			v = Day(time.Time(t).In(zone))
		case Clock:
			v = Clock(time.Time(t).In(zone))
		}
		args[k] = v
	}
	m.Args = args
	return m
}

func pairs(kv []any) Args {
	if len(kv) == 0 {
		return nil
	}
	if len(kv)%2 != 0 {
		panic("lang: values must come as name, value pairs")
	}
	args := make(Args, len(kv)/2)
	for i := 0; i < len(kv); i += 2 {
		args[kv[i].(string)] = kv[i+1]
	}
	return args
}

// Catalog is all languages.
type Catalog struct {
	voices  map[string]*Voice
	ids     map[string]bool
	tags    []string
	matcher language.Matcher
	matched matched
}

// Voice speaks one language. It is safe for use by several goroutines.
type Voice struct {
	tag   string
	lang  language.Tag
	dir   string
	plain map[string]string // sentences without values or plurals, ready to say
	local *i18n.Localizer
	cal   calendar
}

// Load returns the embedded catalogues, which are read once and never change. An error means that one of the files is not a catalogue.
func Load() (*Catalog, error) { return loaded() }

var loaded = sync.OnceValues(read)

func read() (*Catalog, error) {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("json", json.Unmarshal)
	c := &Catalog{voices: map[string]*Voice{}, ids: map[string]bool{}}
	var tags []language.Tag
	for _, t := range []string{"en", "es"} { // the fallback first
		plain := map[string]string{}
		names, err := fs.Glob(files, t+"/*.json")
		if err != nil {
			return nil, err
		}
		sort.Strings(names)
		for _, name := range names {
			if err := c.load(bundle, t, name, plain); err != nil {
				return nil, err
			}
		}
		c.tags = append(c.tags, t)
		tags = append(tags, language.MustParse(t))
		c.voices[t] = &Voice{tag: t, lang: tags[len(tags)-1], dir: "ltr", plain: plain, cal: calendars[t]}
	}
	for t, v := range c.voices {
		v.local = i18n.NewLocalizer(bundle, t, Fallback)
		for id, s := range c.voices[Fallback].plain {
			if _, ok := v.plain[id]; !ok {
				v.plain[id] = s
			}
		}
	}
	c.matcher = language.NewMatcher(tags)
	return c, nil
}

func (c *Catalog) load(bundle *i18n.Bundle, tag, name string, plain map[string]string) error {
	b, err := files.ReadFile(name)
	if err != nil {
		return err
	}
	var raw map[string]any
	if err := json.Unmarshal(b, &raw); err != nil {
		return fmt.Errorf("catalogue %s: %w", name, err)
	}
	if _, err := bundle.ParseMessageFileBytes(b, path.Base(name[:len(name)-len(".json")])+"."+tag+".json"); err != nil {
		return fmt.Errorf("catalogue %s: %w", name, err)
	}
	for id, v := range raw {
		c.ids[id] = true
		s, ok := v.(string)
		switch {
		case plain[id] != "":
			return fmt.Errorf("catalogue %s: %s is there twice", name, id)
		case ok && !strings.Contains(s, "{{"):
			plain[id] = s
		}
	}
	return nil
}

// Tags returns the languages spoken, the fallback first.
func (c *Catalog) Tags() []string { return c.tags }

// IDs returns the names of all sentences, in order.
func (c *Catalog) IDs() []string { return slices.Sorted(maps.Keys(c.ids)) }

// Voice returns the voice that suits the wishes best: language tags or Accept-Language headers, the most wanted first.
func (c *Catalog) Voice(wishes ...string) *Voice {
	if len(wishes) > 0 {
		if v, ok := c.voices[wishes[0]]; ok {
			return v
		}
	}
	key := strings.Join(wishes, "\n")
	if v := c.matched.find(key); v != nil {
		return v
	}
	_, i := language.MatchStrings(c.matcher, wishes...)
	v := c.voices[c.tags[i]]
	c.matched.keep(key, v)
	return v
}

// matched remembers which voice suited which wishes: to work it out takes longer than the rest of a small page.
type matched struct {
	mu  sync.RWMutex
	all map[string]*Voice
}

func (m *matched) find(wishes string) *Voice {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.all[wishes]
}

func (m *matched) keep(wishes string, v *Voice) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.all == nil || len(m.all) >= mostMatched {
		m.all = map[string]*Voice{}
	}
	m.all[wishes] = v
}

// mostMatched bounds what is remembered of wishes: browsers send a few dozen kinds, but anybody can send anything.
const mostMatched = 512

// Tag returns the voice's language tag, as for the lang attribute.
func (v *Voice) Tag() string { return v.tag }

// Dir returns the direction of its script, "ltr" or "rtl".
func (v *Voice) Dir() string { return v.dir }

// T says the sentence id with values given as name, value pairs.
func (v *Voice) T(id string, kv ...any) string { return v.say(id, pairs(kv)) }

// N says the plural sentence id for n things; {{.N}} in it is n.
func (v *Voice) N(id string, n int, kv ...any) string {
	args := pairs(kv)
	if args == nil {
		args = Args{}
	}
	args["Count"] = n
	return v.say(id, args)
}

// Day is an instant of which a sentence tells the day alone.
type Day time.Time

// Clock is an instant of which a sentence tells the time of day alone, in the zone it is in.
type Clock time.Time

// Say puts a sentence into words. Values that are sentences themselves are said first.
func (v *Voice) Say(m Msg) string {
	if m.IsZero() {
		return ""
	}
	return v.say(m.ID, m.Args)
}

func (v *Voice) say(id string, args Args) string {
	if len(args) == 0 {
		if s, ok := v.plain[id]; ok {
			return s
		}
	}
	data := make(map[string]any, len(args)+1)
	cfg := &i18n.LocalizeConfig{MessageID: id, TemplateData: data}
	for k, a := range args {
		switch a := a.(type) {
		case Msg:
			data[k] = v.Say(a)
		case time.Time:
			data[k] = v.DateTime(a)
		case Day:
			data[k] = v.Day(time.Time(a))
		case Clock:
			data[k] = v.Clock(time.Time(a))
		default:
			data[k] = a
		}
	}
	if n, ok := args["Count"]; ok {
		cfg.PluralCount = n
		data["N"] = n
	}
	s, err := v.local.Localize(cfg)
	if err != nil && s == "" {
		return id // a missing sentence shows its name; the catalogue test keeps this from happening
	}
	return s
}

// Has says whether the fallback catalogue knows the id.
func (c *Catalog) Has(id string) bool {
	v := c.voices[Fallback]
	if _, ok := v.plain[id]; ok {
		return true
	}
	_, err := v.local.Localize(&i18n.LocalizeConfig{MessageID: id, PluralCount: 2, TemplateData: map[string]any{}})
	if err == nil {
		return true
	}
	_, err = v.local.Localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: map[string]any{}})
	return err == nil
}

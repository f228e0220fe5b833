package ui

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"sync"

	"github.com/goccy/go-yaml"
)

// The locales that pages speak.
const (
	Chinese = "zh"
	English = "en"
)

//go:embed en/*.yaml
var catalogues embed.FS

// english is the catalogue from Chinese source strings to English, read once from en/*.yaml: one file for each area, so
// that two features never edit the same one.
var english = sync.OnceValue(func() map[string]string {
	m, err := readCatalogue(catalogues)
	if err != nil {
		panic(err) // the files are part of the binary, and TestCatalogue reads them
	}
	return m
})

// readCatalogue joins en/*.yaml of files. The same key may stand in two files only with the same English.
func readCatalogue(files fs.FS) (map[string]string, error) {
	names, err := fs.Glob(files, "en/*.yaml")
	if err != nil {
		return nil, err
	}
	all, from := map[string]string{}, map[string]string{}
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		var part map[string]string
		if err := yaml.Unmarshal(data, &part); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for zh, en := range part {
			if en == "" {
				return nil, fmt.Errorf("%s: %q has no English", name, zh)
			}
			if old, ok := all[zh]; ok && old != en {
				return nil, fmt.Errorf("%q is %q in %s and %q in %s", zh, old, from[zh], en, name)
			}
			all[zh], from[zh] = en, name
		}
	}
	return all, nil
}

// EnglishCatalogue is a copy of the whole catalogue, for the test that looks for missing entries and for the gallery.
func EnglishCatalogue() map[string]string {
	m := make(map[string]string, len(english()))
	for zh, en := range english() {
		m[zh] = en
	}
	return m
}

type localeKey struct{}

// WithLocale makes everything rendered under ctx speak locale; anything but English is Chinese.
func WithLocale(ctx context.Context, locale string) context.Context {
	return context.WithValue(ctx, localeKey{}, locale)
}

// Locale is the locale of ctx: Chinese unless WithLocale said English.
func Locale(ctx context.Context) string {
	if ctx.Value(localeKey{}) == English {
		return English
	}
	return Chinese
}

// Lang is the value of the html lang attribute for ctx.
func Lang(ctx context.Context) string {
	if Locale(ctx) == English {
		return "en"
	}
	return "zh-CN"
}

// T says zh in the language of ctx. zh is the Chinese source string and at the same time the key of the catalogue; args
// fill its fmt verbs after translation, so English may order them differently with %[2]s. A key that the catalogue lacks
// stays Chinese, and a test of templates/ui/catalogue fails. Status names and other strings that reach T in a variable are
// marked with Key where they are written.
func T(ctx context.Context, zh string, args ...any) string {
	if Locale(ctx) == English {
		if en, ok := english()[zh]; ok {
			zh = en
		}
	}
	if len(args) == 0 {
		return zh
	}
	return fmt.Sprintf(zh, args...)
}

// Key marks a Chinese source string that is handed to T later, through a variable, so that the catalogue test sees it.
//
//	var names = map[State]string{Filed: ui.Key("已立案"), Closed: ui.Key("已结案")}
func Key(zh string) string { return zh }

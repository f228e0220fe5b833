package miniprogram

import (
	"encoding/json"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

// App is what app.json says.
type App struct {
	Pages       []string `json:"pages"`
	SubPackages []struct {
		Root  string   `json:"root"`
		Pages []string `json:"pages"`
	} `json:"subPackages"`
	TabBar struct {
		List []struct {
			PagePath string `json:"pagePath"`
		} `json:"list"`
	} `json:"tabBar"`
}

// All are the pages of every package.
func (a App) All() []string {
	out := slices.Clone(a.Pages)
	for _, sub := range a.SubPackages {
		for _, p := range sub.Pages {
			out = append(out, sub.Root+"/"+p)
		}
	}
	return out
}

// ReadApp reads app.json of a code base.
func ReadApp(source fs.FS) (a App, err error) {
	b, err := fs.ReadFile(source, "app.json")
	if err == nil {
		err = json.Unmarshal(b, &a)
	}
	return a, err
}

// Sizes are the bytes of each package: "" is the main one.
func Sizes(source fs.FS) (map[string]int64, error) {
	app, err := ReadApp(source)
	if err != nil {
		return nil, err
	}
	sizes := map[string]int64{"": 0}
	err = fs.WalkDir(source, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		in := ""
		for _, sub := range app.SubPackages {
			if strings.HasPrefix(name, sub.Root+"/") {
				in = sub.Root
			}
		}
		sizes[in] += info.Size()
		return nil
	})
	return sizes, err
}

var route = regexp.MustCompile(`(?m)^\s+(\w+): '(GET|POST) (/[^']*)'`)

// Route is an address of the residents' API.
type Route struct{ Method, Path string }

// Routes are those that the pages use, by the names that the code gives them.
func Routes(source fs.FS) (map[string]Route, error) {
	b, err := fs.ReadFile(source, "lib/routes.js")
	if err != nil {
		return nil, err
	}
	out := map[string]Route{}
	for _, m := range route.FindAllStringSubmatch(string(b), -1) {
		out[m[1]] = Route{m[2], m[3]}
	}
	return out, nil
}

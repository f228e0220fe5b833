// Package miniprogram holds the residents' mini-program for WeChat: one native code base for every district, under the
// district's own appid, with the street that somebody chose as sub-brand. It speaks the same API as every program at the
// residents' door.
//
//	source/   what is released: pages in WXML, WXSS and JavaScript; lib/ is plain JavaScript without pages; words/ are its two
//	          languages; tdesign/ the components of TDesign that the pages use (check/vendor.js copies them)
//	check/    its tests: lib by node, every page drawn and clicked in miniprogram-simulate
//
// What differs between districts is [Settings]. It stands in ext.json alone, so that the platform releases one template for
// all of them (package app/miniprogram), and [Build] writes the same as a folder for WeChat's own tools.
package miniprogram

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

//go:embed all:source
var files embed.FS

// MostBytes is what WeChat takes in one package: the main one, or one of the subpackages.
const MostBytes = 2 << 20

// Theme is a colour with the steps that words may stand on: corrected for contrast on white before it comes here.
type Theme struct {
	Accent   string `json:"accent"`
	Strong   string `json:"strong"`
	Stronger string `json:"stronger"`
	Tint     string `json:"tint"`
}

// District is whose mini-program it is.
type District struct {
	Code string `json:"code"` // six digits
	Name string `json:"name"`
}

// Settings are what one district's copy is built with.
type Settings struct {
	AppID    string
	API      string // origin of the server, https://…
	District District
	Theme    Theme
}

// ext is WeChat's ext.json: what wx.getExtConfigSync answers, and what a window looks like before a page has spoken.
type ext struct {
	Enable bool   `json:"extEnable"`
	AppID  string `json:"extAppid"`
	Direct bool   `json:"directCommit"`
	Ext    struct {
		API      string   `json:"api"`
		District District `json:"district"`
		Theme    Theme    `json:"theme"`
	} `json:"ext"`
	Window map[string]string `json:"window"`
	// Private are the interfaces for position that the pages use; WeChat wants them said here too.
	Private []string `json:"requiredPrivateInfos"`
}

// Ext is the district's ext.json.
func (s Settings) Ext() ([]byte, error) {
	if s.AppID == "" || s.District.Code == "" || !strings.HasPrefix(s.API, "http") {
		return nil, fmt.Errorf("mini-program of %q: appid, district and the server's address are needed", s.District.Code)
	}
	e := ext{Enable: true, AppID: s.AppID, Private: []string{"getLocation", "chooseLocation"}}
	e.Ext.API, e.Ext.District, e.Ext.Theme = strings.TrimRight(s.API, "/"), s.District, s.Theme
	e.Window = map[string]string{"navigationBarTitleText": s.District.Name, "navigationBarBackgroundColor": s.Theme.Strong}
	return json.MarshalIndent(e, "", "  ")
}

// project is what WeChat's tools read beside the code.
func (s Settings) project() ([]byte, error) {
	return json.MarshalIndent(map[string]any{
		"appid": s.AppID, "projectname": "wanjie-" + s.District.Code, "compileType": "miniprogram", "libVersion": "3.8.0",
		"setting": map[string]bool{"es6": true, "enhance": true, "postcss": true, "minified": true, "urlCheck": true, "packNpmManually": false},
	}, "", "  ")
}

// Source is the code base.
func Source() fs.FS {
	sub, err := fs.Sub(files, "source")
	if err != nil {
		panic(err) // it is embedded
	}
	return sub
}

// Build writes a district's mini-program into a folder: the code base, ext.json and WeChat's project file. The same settings
// give the same bytes. The folder must be empty or not there, so that nothing of another district's stays.
func Build(dir string, s Settings) error {
	made := map[string][]byte{}
	var err error
	if made["ext.json"], err = s.Ext(); err != nil {
		return err
	}
	if made["project.config.json"], err = s.project(); err != nil {
		return err
	}
	sizes, err := Sizes(Source())
	if err != nil {
		return err
	}
	for name, size := range sizes {
		if size > MostBytes {
			return fmt.Errorf("package %q has %d bytes, WeChat takes %d", name, size, MostBytes)
		}
	}
	switch there, err := os.ReadDir(dir); {
	case err == nil && len(there) > 0:
		return fmt.Errorf("%s is not empty", dir)
	case err != nil && !os.IsNotExist(err):
		return err
	}
	if err := os.CopyFS(dir, Source()); err != nil {
		return fmt.Errorf("build a mini-program: %w", err)
	}
	for name, body := range made {
		if err := os.WriteFile(filepath.Join(dir, name), append(body, '\n'), 0o644); err != nil { //nolint:gosec // a project to hand on
			return fmt.Errorf("build a mini-program: %w", err)
		}
	}
	return nil
}

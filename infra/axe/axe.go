// Package axe lets browser tests ask axe-core (MPL-2.0) whether everybody can use a page: contrast, names, roles, order.
// The program itself is not part of the product; it is fetched from the npm registry once and kept in .local.
package axe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// version of axe-core that is asked.
const version = "4.14.1"

// Violation is one rule that a page breaks.
type Violation struct {
	ID    string   `json:"id"`
	Help  string   `json:"help"`
	Nodes []string `json:"nodes"` // CSS selectors of where, and why
}

func (v Violation) String() string {
	return v.ID + ": " + v.Help + "\n  " + strings.Join(v.Nodes, "\n  ")
}

// Check asks of the page that is open in a tab of chromedp. Rules are those of WCAG 2.2 at level AA, and axe's best practices.
func Check(tab context.Context) (found []Violation, err error) {
	source, err := source()
	if err != nil {
		return nil, err
	}
	var out string
	err = chromedp.Run(tab, chromedp.Evaluate(source+";0", nil), chromedp.Evaluate(ask, &out, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
	if err != nil {
		return nil, fmt.Errorf("ask axe: %w", err)
	}
	return found, json.Unmarshal([]byte(out), &found)
}

const ask = `axe.run(document, {resultTypes: ['violations']}).then((r) => JSON.stringify(r.violations.map((v) => ({
	id: v.id, help: v.help, nodes: v.nodes.slice(0, 5).map((n) => n.target.join(' ') + '  ' + (n.any.concat(n.all, n.none)[0] || {message: ''}).message)}))))`

// source is the program's text, from the checkout's .local or fetched into it.
var source = sync.OnceValues(func() (string, error) {
	root, err := checkout()
	if err != nil {
		return "", err
	}
	kept := filepath.Join(root, ".local", "axe-core-"+version+".js")
	b, err := os.ReadFile(kept)
	if err == nil {
		return string(b), nil
	}
	if b, err = fetch(filepath.Join(root, ".local")); err != nil {
		return "", fmt.Errorf("axe-core %s from the npm registry: %w", version, err)
	}
	// Several test programs may fetch it at once: each puts the same whole file there.
	half := fmt.Sprintf("%s.%d", kept, os.Getpid())
	if err := errors.Join(os.WriteFile(half, b, 0o600), os.Rename(half, kept)); err != nil {
		return "", err
	}
	return string(b), nil
})

func fetch(local string) ([]byte, error) {
	if err := os.MkdirAll(local, 0o755); err != nil { //nolint:gosec // like everything else there
		return nil, err
	}
	dir, err := os.MkdirTemp(local, "axe")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	run := exec.CommandContext(context.Background(), "npm", "install", "--silent", "--ignore-scripts", "--no-save", "--no-audit", "--no-fund", "--prefix", dir, "axe-core@"+version)
	if out, err := run.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	return os.ReadFile(filepath.Join(dir, "node_modules", "axe-core", "axe.min.js"))
}

// checkout is the folder of go.mod above the working folder.
func checkout() (string, error) {
	at, err := os.Getwd()
	for err == nil && at != filepath.Dir(at) {
		if _, e := os.Stat(filepath.Join(at, "go.mod")); e == nil {
			return at, nil
		}
		at = filepath.Dir(at)
	}
	return "", errors.Join(errors.New("no go.mod above the working folder"), err)
}

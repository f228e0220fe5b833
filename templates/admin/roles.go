package admin

import (
	"context"
	"strings"
	"time"

	"wanjie/templates/ui"
)

// Holder holds a role somewhere.
type Holder struct {
	Name, Href, Where, By string
	Since                 time.Time
	Off                   bool // the account is switched off
}

// RoleLine is a role, what it may do, and who holds it.
type RoleLine struct {
	Title, Note string
	Rights      []string
	Holders     []Holder
	Give        string // where the role is given; empty for who may not
}

// Said are the rights of a role in one line.
func (l RoleLine) Said(ctx context.Context) string { return strings.Join(l.Rights, ui.T(ctx, "、")) }

// Roles is the page of who can do what.
type Roles struct {
	Frame
	Here          string
	Role, Right   string // asked for
	Roles, Rights []ui.Option
	List          []RoleLine
}

func (r Roles) file() string {
	if r.Role == "" && r.Right == "" {
		return r.Here + "/file"
	}
	return r.Here + "/file?role=" + r.Role + "&right=" + r.Right
}

// Right is something that somebody may do, and by which grants.
type Right struct {
	Title string
	By    []RightBy
}

// RightBy is a grant that gives a right.
type RightBy struct {
	Role, Where, Giver string
	Since              time.Time
}

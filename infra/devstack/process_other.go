//go:build !linux

package devstack

import (
	"os/exec"
	"syscall"
)

// forbidNamespaces has no meaning where there are none.
var forbidNamespaces = false

const nobody = -2

// dieWithParent cannot be promised on this system: kill -9 leaves the servers, which the next start ends.
func dieWithParent(*syscall.SysProcAttr, syscall.Signal) {}

type identity int

const (
	asOurselves identity = iota
	asNamespaced
	asNobody
)

// chooseIdentity supports ordinary users only; PostgreSQL itself refuses root with a clear message.
func chooseIdentity(_, _ string) identity { return asOurselves }

func (identity) apply(*exec.Cmd) {}

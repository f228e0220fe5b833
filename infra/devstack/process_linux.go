package devstack

import (
	"os"
	"os/exec"
	"syscall"
)

// forbidNamespaces lets a test take the way for machines where user namespaces are forbidden.
var forbidNamespaces = false

// nobody is the user that PostgreSQL runs as when root can have no user namespace.
const nobody = 65534

// dieWithParent makes the kernel send the child a signal when the thread that forks it ends.
func dieWithParent(a *syscall.SysProcAttr, sig syscall.Signal) { a.Pdeathsig = sig }

// identity is how PostgreSQL, which refuses to be root, is run.
type identity int

const (
	asOurselves  identity = iota // we are not root
	asNamespaced                 // root appears as user 1000 in a namespace of its own; files stay root's
	asNobody                     // really as nobody, with data where nobody may go
)

// chooseIdentity looks who we are, whether namespaces are allowed, and whether root in a namespace reaches dir: there it
// may not enter another user's private folder.
func chooseIdentity(postgres, dir string) identity {
	if os.Geteuid() != 0 {
		return asOurselves
	}
	cmd := exec.Command(postgres, "--version")
	cmd.Dir = dir
	asNamespaced.apply(cmd)
	if forbidNamespaces || launch(cmd, syscall.SIGKILL) != nil || cmd.Wait() != nil {
		return asNobody
	}
	return asNamespaced
}

// apply makes cmd run under that identity.
func (id identity) apply(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	a := cmd.SysProcAttr
	switch id {
	case asNamespaced:
		a.Cloneflags |= syscall.CLONE_NEWUSER
		a.UidMappings = []syscall.SysProcIDMap{{ContainerID: 1000, HostID: 0, Size: 1}}
		a.GidMappings = []syscall.SysProcIDMap{{ContainerID: 1000, HostID: 0, Size: 1}}
	case asNobody:
		a.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
	}
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"wanjie/infra/devstack"
)

// stackCmd runs a command beside servers of its own, so that all test packages share one set.
type stackCmd struct {
	Dir     string   `default:".local/test" help:"State folder."`
	Command []string `arg:"" passthrough:"" help:"Command to run, after --."`
}

func (c *stackCmd) Run(ctx context.Context) error {
	command := c.Command
	if len(command) > 0 && command[0] == "--" {
		command = command[1:]
	}
	if len(command) == 0 {
		return errors.New("stack: no command given; write it after --")
	}
	if err := os.RemoveAll(filepath.Join(c.Dir, "postgres")); err != nil { // yesterday's test databases
		return err
	}
	s, err := devstack.Start(ctx, devstack.Options{Dir: c.Dir, Progress: note})
	if err != nil {
		return err
	}
	defer s.Stop()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), "WANJIE_TEST_DATABASE_URL="+s.PostgresURL, "WANJIE_TEST_REDIS_URL="+s.RedisURL,
		"WANJIE_TEST_KRATOS_PUBLIC_URL="+s.KratosPublicURL, "WANJIE_TEST_KRATOS_ADMIN_URL="+s.KratosAdminURL)
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exitCode(exit.ExitCode())
	}
	return err
}

// note tells a person what is going on, apart from the command's answer.
func note(line string) { fmt.Fprintln(os.Stderr, line) }

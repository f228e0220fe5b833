package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/uuid"

	"wanjie/app/auth"
	"wanjie/app/auth/courier"
	"wanjie/infra/devstack"
	"wanjie/tenants"
	"wanjie/tenants/tenantstest"
)

// withKratos points the commands at the Kratos of `make test`, or at one of our own.
func withKratos(t *testing.T) *tenantstest.World {
	t.Helper()
	w := production(t)
	public, admin := os.Getenv("WANJIE_TEST_KRATOS_PUBLIC_URL"), os.Getenv("WANJIE_TEST_KRATOS_ADMIN_URL")
	if public == "" {
		s, err := devstack.Start(t.Context(), devstack.Options{Dir: t.TempDir(), NoRedis: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Stop)
		public, admin = s.KratosPublicURL, s.KratosAdminURL
	}
	t.Setenv("KRATOS_PUBLIC_URL", public)
	t.Setenv("KRATOS_ADMIN_URL", admin)
	return w
}

// The first security administrator of a new deployment comes in by the command line, and so does one
// who lost the second factor when nobody else is left; both are on record.
func TestTheFirstSecurityAdministrator(t *testing.T) {
	w := withKratos(t)
	email := "p" + uuid.NewString()[:13] + "@wanjie.example"
	var v struct{ Person int64 }
	for range 2 {
		code, stdout, stderr := call(t, "--json", "officer", "invite", "--name", "沈岚", "--email", email)
		if code != 0 || json.Unmarshal([]byte(stdout), &v) != nil || v.Person == 0 {
			t.Fatalf("exit %d, %s%s", code, stdout, stderr)
		}
	}
	var acts []auth.UpperAct
	if err := w.DB.Vendor(t.Context(), tenants.Home, func(ctx context.Context, tx tenants.VendorTx) (err error) {
		acts, _, err = auth.UpperActs(ctx, tx, 0, 10)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if len(acts) != 1 || acts[0].Person != v.Person || acts[0].Actor != 0 || acts[0].UpperGrant != (auth.UpperGrant{Scope: auth.InVendor, Role: auth.SecurityAdmin}) {
		t.Errorf("on record is %+v", acts)
	}
	sent, err := courier.NewStore(w.DB).Recent(t.Context(), 1)
	if err != nil || len(sent) != 1 || sent[0].Recipient != email || sent[0].Code == "" {
		t.Errorf("invited with %+v, %v", sent, err)
	}
	if code, _, stderr := call(t, "officer", "reset", "--account", email, "--reason", "唯一管理员手机遗失"); code != 0 {
		t.Errorf("reset: exit %d, %s", code, stderr)
	}
	var n int
	if err := w.Super(t, tenants.Home).QueryRow(t.Context(), "SELECT count(*) FROM ctl.accesses WHERE kind = 'factor.dropped' AND person = $1 AND made_by = 0", v.Person).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d entries at the door (%v)", n, err)
	}
	for _, c := range []struct{ args, says string }{
		{"officer reset --account nobody@wanjie.example --reason 唯一管理员手机遗失", "没有此账号"},
		{"officer reset --account " + email + " --reason 丢", "请写明事由"},
		{"officer invite --name 沈岚", "--phone or --email"},
		{fmt.Sprintf("officer invite --name 沈岚 --email %s --role intake", email), "该角色不能在此范围授予"},
	} {
		if code, _, stderr := call(t, strings.Fields(c.args)...); code != exitFailed || !strings.Contains(stderr, c.says) {
			t.Errorf("%s: exit %d, %s", c.args, code, stderr)
		}
	}
}

package admin_test

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"wanjie/app/admin"
	"wanjie/app/auth"
	"wanjie/tenants"
)

// What somebody did while they were let in is what stands in the journal between the acts that began and ended the access,
// whatever time each act claims: not what they did in another access, nor what others did meanwhile. Read by the vendor it
// names none of the street's people.
func TestWhatWasDoneWhileLetIn(t *testing.T) {
	t.Parallel()
	l := newHall(t)
	const engineer = 909
	first, second, open := tenants.NewID(), tenants.NewID(), tenants.NewID()
	now := time.Now()
	act := func(actor int64, kind, object string, id uuid.UUID, at time.Time, after tenants.Dims) {
		t.Helper()
		if err := l.DB.Write(t.Context(), l.ID, tenants.Actor{Person: actor}, func(_ context.Context, tx tenants.Tx) error {
			tx.Record(tenants.Act{Kind: kind, Version: 1, Object: object, ObjectID: id, HappenedAt: at, After: after})
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	changed := func(actor int64, what string, at time.Time) {
		act(actor, "config.changed", "tenant", tenants.NewID(), at, tenants.Dims{"item": what, "person": strconv.Itoa(chen)})
	}
	for _, access := range []struct {
		id   uuid.UUID
		what string
		ends bool
	}{{first, "甲", true}, {second, "乙", true}, {open, "丙", false}} {
		act(engineer, "support.asked", "support", access.id, now, nil)
		changed(engineer, access.what+"之前", now)
		act(zhou, "support.begun", "support", access.id, now, nil)
		changed(engineer, access.what+"，早于进入", now.Add(-48*time.Hour))
		changed(chen, access.what+"，他人", now)
		changed(engineer, access.what+"，晚于结束", now.Add(48*time.Hour))
		if access.ends {
			act(zhou, "support.ended", "support", access.id, now, nil)
		}
	}
	changed(engineer, "至今", now)

	done := admin.Done(nil)
	read := func(access uuid.UUID, names auth.Naming) (out string) {
		t.Helper()
		if err := l.DB.Read(t.Context(), l.ID, tenants.Machine(), func(ctx context.Context, tx tenants.Tx) error {
			list, err := done(ctx, tx, access, engineer, names)
			for _, m := range list {
				out += m.Detail + "\n"
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(out)
	}
	for access, want := range map[uuid.UUID]string{
		first:           "人员：陈国华\n配置项：甲，早于进入\n人员：陈国华\n配置项：甲，晚于结束",
		second:          "人员：陈国华\n配置项：乙，早于进入\n人员：陈国华\n配置项：乙，晚于结束",
		open:            "人员：陈国华\n配置项：丙，早于进入\n人员：陈国华\n配置项：丙，晚于结束\n人员：陈国华\n配置项：至今",
		tenants.NewID(): "",
	} {
		if got := read(access, auth.Names); got != want {
			t.Errorf("done\n%s\nwant\n%s", got, want)
		}
	}
	if got := read(first, auth.Unnamed); strings.Contains(got, "陈国华") || !strings.Contains(got, "人员：工号 501") {
		t.Errorf("the vendor reads\n%s", got)
	}
}

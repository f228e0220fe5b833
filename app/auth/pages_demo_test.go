package auth

import (
	"net/http"
	"testing"
)

// A newcomer becomes one person of the demo after the other with one press each; who is no such person gets nothing.
func TestANewcomerIsAnybodyWithOnePress(t *testing.T) {
	t.Parallel()
	k := deaf(t)
	admin, adminID := employee(t)
	worker, workerID := employee(t)
	secret, err := k.SeedFactor(t.Context(), admin.Phone, admin.Password)
	must(t, err)
	people := []Demo{
		{Group: "街道", Role: "街道管理员", Login: admin.Phone, Password: admin.Password, Secret: secret, Start: "http://elsewhere/"},
		{Group: "街道", Role: "网格员", Login: worker.Phone, Password: worker.Password, Start: "http://elsewhere/?as=worker"},
		{Group: "居民", Role: "居民", Login: "13900000000", Start: "http://elsewhere/r/x/"},
	}
	p := &Pages{Keeper: k, Cookies: Cookies{Plain: true}, Log: quiet(), Demo: true}
	srv := serve(t, p, func(raw func(string, http.Handler)) { p.MountDemo(raw, func() []Demo { return people }) })
	v := visit(t, srv)
	if at := v.get("/login").attr(`a[href="/dev"]`, "href"); at == "" {
		t.Error("the sign-in page does not lead there")
	}
	doors := v.get("/dev")
	if got := doors.text(`code[data-account]`); got != codeOf(t, secret) && len(got) != 6 {
		t.Errorf("the administrator's code is %q", got)
	}
	if n := len(doors.texts(`form[action="/dev/enter"]`)); n != 2 || doors.attr(`a[href="/r/x/"]`, "href") == "" {
		t.Errorf("%d doors open with a press, the residents' by itself", n)
	}
	v.post("/dev/enter", "login", admin.Phone).want(t, 200, "/", adminID.String()+" at level 2")
	v.post("/dev/enter", "login", worker.Phone).want(t, 200, "/", workerID.String()+" at level 1")
	v.post("/dev/enter", "login", "13900000000").want(t, 404, "/dev/enter", "页面不存在")

	if res := visit(t, serve(t, &Pages{Keeper: k, Cookies: Cookies{Plain: true}, Log: quiet()})).get("/dev"); res.status != 404 {
		t.Errorf("a deployment answers %d", res.status)
	}
}

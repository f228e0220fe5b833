package auth

import (
	"errors"
	"testing"
	"time"

	"wanjie/app/fault"
)

func TestKratosAnswers(t *testing.T) {
	t.Parallel()
	must(t, client().Ready(t.Context()))
	v, err := client().Version(t.Context())
	must(t, err)
	t.Log("Kratos", v)
}

func TestLoginByPassword(t *testing.T) {
	t.Parallel()
	s, identity := employee(t)
	for _, as := range []string{s.Phone, "+86 " + s.Phone, s.Email} {
		got, err := client().Login(t.Context(), as, s.Password)
		if err != nil {
			t.Fatalf("as %s: %v", as, err)
		}
		if got.Session.Identity != identity || got.Session.Kind != Employee || got.Session.AAL != 1 || got.Token == "" {
			t.Errorf("as %s: %+v", as, got.Session)
		}
		if life := time.Until(got.Session.ExpiresAt); life < time.Hour || life > 25*time.Hour {
			t.Errorf("the session lives for %v", life)
		}
	}
}

// Whoever tries accounts must not learn which of them exist: not from the answer, not from its time.
func TestUnknownAccountIsAWrongPassword(t *testing.T) {
	t.Parallel()
	s, _ := employee(t)
	invited := Staff{Name: "无密码", Phone: phone()}
	_, _, err := client().CreateIdentity(t.Context(), invited)
	must(t, err)
	c := NewClient(world.public, world.admin)
	for what, who := range map[string]string{"wrong password": s.Phone, "unknown phone": phone(), "unknown e-mail": "nobody@example.cn",
		"no account at all": "", "no password yet": invited.Phone} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			begun := time.Now()
			_, err := c.Login(t.Context(), who, "wrong-"+password)
			if !errors.Is(err, ErrPassword) {
				t.Errorf("answers %v, want %v", err, ErrPassword)
			}
			if took := time.Since(begun); took < failAfter || took > failAfter+400*time.Millisecond {
				t.Errorf("took %v: every refusal takes %v", took, failAfter)
			}
		})
	}
}

func TestKratosAwayIsUnavailable(t *testing.T) {
	t.Parallel()
	c := NewClient("http://127.0.0.1:9", "http://127.0.0.1:9")
	c.failAfter, c.sendAfter = 0, 0
	_, err1 := c.Login(t.Context(), "13800000000", password)
	_, err2 := c.SendCode(t.Context(), "13800000000")
	_, err3 := c.Whoami(t.Context(), "ory_st_0123456789abcdef")
	_, _, err4 := c.CreateIdentity(t.Context(), Staff{Name: "陆明", Phone: phone()})
	for _, err := range []error{err1, err2, err3, err4, c.Logout(t.Context(), "ory_st_0123456789abcdef")} {
		if !fault.Is(err, fault.Unavailable) {
			t.Errorf("answers %v, want Unavailable", err)
		}
	}
}

func TestLoginByCode(t *testing.T) {
	t.Parallel()
	c := client()
	s, identity := employee(t)
	to := Identifier(s.Phone)
	flow, err := c.SendCode(t.Context(), s.Phone)
	must(t, err)
	code := messageTo(t, to, 0)
	if _, err := c.LoginCode(t.Context(), flow, s.Phone, "000000"); !errors.Is(err, ErrCode) && code != "000000" {
		t.Errorf("a wrong code answers %v", err)
	}
	got, err := c.LoginCode(t.Context(), flow, s.Phone, code)
	must(t, err)
	if got.Session.Identity != identity || got.Session.AAL != 1 {
		t.Errorf("signed in as %+v", got.Session)
	}
	if _, err := c.LoginCode(t.Context(), flow, s.Phone, code); err == nil {
		t.Error("a code counts twice")
	}

	nobody := phone()
	flow, err = c.SendCode(t.Context(), nobody)
	must(t, err)
	if flow == "" {
		t.Error("an unknown number gets no flow: that tells that it is unknown")
	}
	if _, err := c.LoginCode(t.Context(), flow, nobody, "123456"); !errors.Is(err, ErrCode) {
		t.Errorf("a code for an unknown number answers %v, want %v", err, ErrCode)
	}
	if len(messages(t, Identifier(nobody))) != 0 {
		t.Error("a stranger got a message")
	}
}

func TestResidentSignsInByCode(t *testing.T) {
	t.Parallel()
	c, number := client(), phone()
	id, made, err := c.CreateResident(t.Context(), number)
	must(t, err)
	again, madeAgain, err := c.CreateResident(t.Context(), "+86"+number)
	must(t, err)
	if !made || madeAgain || id != again {
		t.Errorf("made %v %v, then %v %v", id, made, again, madeAgain)
	}
	flow, err := c.SendCode(t.Context(), number)
	must(t, err)
	got, err := c.LoginCode(t.Context(), flow, number, messageTo(t, Identifier(number), 0))
	must(t, err)
	if got.Session.Kind != Resident || got.Session.Identity != id {
		t.Errorf("signed in as %+v", got.Session)
	}
}

func TestCreateIdentityTwice(t *testing.T) {
	t.Parallel()
	c := client()
	a, idA := employee(t)
	b, _ := employee(t)
	id, made, err := c.CreateIdentity(t.Context(), Staff{Name: "另一个名字", Phone: a.Phone, Password: "another-" + password})
	must(t, err)
	if made || id != idA {
		t.Errorf("made %v, %v: want the one that is there, %v", made, id, idA)
	}
	login(t, a) // its password is untouched
	for what, s := range map[string]struct {
		Staff
		kind fault.Kind
	}{
		"two people's": {Staff{Name: "甲", Phone: a.Phone, Email: b.Email}, fault.Conflict},
		"no name":      {Staff{Phone: phone()}, fault.Invalid},
		"no way":       {Staff{Name: "甲"}, fault.Invalid},
		"no number":    {Staff{Name: "甲", Phone: "12345"}, fault.Invalid},
		"no mobile":    {Staff{Name: "甲", Phone: "10000000000"}, fault.Invalid},
		"no address":   {Staff{Name: "甲", Email: "@"}, fault.Invalid},
	} {
		if _, _, err := c.CreateIdentity(t.Context(), s.Staff); !fault.Is(err, s.kind) {
			t.Errorf("%s: %v, want kind %d", what, err, s.kind)
		}
	}
	found, err := c.FindIdentity(t.Context(), a.Email)
	must(t, err)
	if found != idA {
		t.Errorf("found %v, want %v", found, idA)
	}
	if _, err := c.FindIdentity(t.Context(), phone()); !fault.Is(err, fault.NotFound) {
		t.Errorf("a stranger is found: %v", err)
	}
}

func TestSecondFactor(t *testing.T) {
	t.Parallel()
	c := client()
	s, identity := employee(t)
	first := login(t, s)
	if _, err := c.SecondFactor(t.Context(), first.Token, "123456"); !errors.Is(err, ErrNoFactor) {
		t.Errorf("without a factor: %v", err)
	}
	if has, err := c.HasFactor(t.Context(), first.Token); err != nil || has {
		t.Errorf("has a factor: %v, %v", has, err)
	}
	e, err := c.EnrolBegin(t.Context(), first.Token)
	must(t, err)
	if e.Secret == "" || len(e.QR) < 100 || e.URL == "" {
		t.Fatalf("enrolment %+v", e)
	}
	if err := c.EnrolFinish(t.Context(), first.Token, e.Flow, "000000"); !errors.Is(err, ErrCode) {
		t.Errorf("a wrong code answers %v", err)
	}
	again, err := c.EnrolAgain(t.Context(), first.Token, e.Flow)
	must(t, err)
	if again.Secret != e.Secret {
		t.Error("after a wrong code the secret is another one")
	}
	must(t, c.EnrolFinish(t.Context(), first.Token, e.Flow, codeOf(t, e.Secret)))
	now, err := c.Whoami(t.Context(), first.Token)
	must(t, err)
	if now.AAL != 2 {
		t.Errorf("after enrolling the session is at level %d", now.AAL)
	}
	codes, err := c.LookupCodes(t.Context(), first.Token)
	must(t, err)
	if len(codes) < 8 {
		t.Fatalf("%d recovery codes", len(codes))
	}

	second := login(t, s)
	if second.Session.AAL != 1 {
		t.Fatalf("a password alone gives level %d", second.Session.AAL)
	}
	if err := c.SetPassword(t.Context(), second.Token, "another-"+password); !errors.Is(err, ErrFactor) {
		t.Errorf("one factor changes the password: %v", err)
	}
	if _, err := c.EnrolBegin(t.Context(), second.Token); !errors.Is(err, ErrFactor) {
		t.Errorf("one factor replaces the other: %v", err)
	}
	if _, err := c.SecondFactor(t.Context(), second.Token, "000000"); !errors.Is(err, ErrCode) {
		t.Errorf("a wrong code answers %v", err)
	}
	up, err := c.SecondFactor(t.Context(), second.Token, codeOf(t, e.Secret))
	must(t, err)
	if got, err := c.Whoami(t.Context(), up.Token); err != nil || got.AAL != 2 {
		t.Errorf("after the code: %+v, %v", got, err)
	}

	third := login(t, s)
	up, err = c.SecondFactor(t.Context(), third.Token, codes[0])
	must(t, err)
	if got, err := c.Whoami(t.Context(), up.Token); err != nil || got.AAL != 2 {
		t.Errorf("after a recovery code: %+v, %v", got, err)
	}
	fourth := login(t, s)
	if _, err := c.SecondFactor(t.Context(), fourth.Token, codes[0]); !errors.Is(err, ErrCode) {
		t.Errorf("a recovery code counts twice: %v", err)
	}

	must(t, c.DropFactor(t.Context(), identity))
	if has, err := c.HasFactor(t.Context(), login(t, s).Token); err != nil || has {
		t.Errorf("dropped, and has a factor: %v, %v", has, err)
	}
}

func TestPassword(t *testing.T) {
	t.Parallel()
	c := client()
	s, _ := employee(t)
	here, there := login(t, s), login(t, s)
	if err := c.SetPassword(t.Context(), here.Token, "1234"); !fault.Is(err, fault.Invalid) || fault.Of(err).Fields["password"] == "" {
		t.Errorf("a short password answers %v", err)
	}
	must(t, c.SetPassword(t.Context(), here.Token, "neu-"+password))
	must(t, c.EndOthers(t.Context(), here.Token))
	if _, err := c.Whoami(t.Context(), there.Token); !fault.Is(err, fault.Unsigned) {
		t.Errorf("the other session lives on: %v", err)
	}
	if _, err := c.Whoami(t.Context(), here.Token); err != nil {
		t.Errorf("this session ended: %v", err)
	}
	if _, err := c.Login(t.Context(), s.Phone, s.Password); !errors.Is(err, ErrPassword) {
		t.Errorf("the old password: %v", err)
	}
}

func TestRecovery(t *testing.T) {
	t.Parallel()
	c := client()
	invited := Staff{Name: "沈岚", Phone: phone()}
	identity, _, err := c.CreateIdentity(t.Context(), invited)
	must(t, err)
	r, err := c.Recover(t.Context(), identity, "72h")
	must(t, err)
	if _, err := c.Redeem(t.Context(), r.Flow, "00000000"); !errors.Is(err, ErrCode) {
		t.Errorf("a wrong code answers %v", err)
	}
	in, err := c.Redeem(t.Context(), r.Flow, r.Code)
	must(t, err)
	if in.Session.Identity != identity {
		t.Errorf("signed in as %+v", in.Session)
	}
	must(t, c.SetPassword(t.Context(), in.Token, password))
	if _, err := c.Login(t.Context(), invited.Phone, password); err != nil {
		t.Errorf("with the new password: %v", err)
	}
	if _, err := c.Redeem(t.Context(), r.Flow, r.Code); err == nil {
		t.Error("an invitation counts twice")
	}

	known, _ := employee(t)
	flow, err := c.RequestRecovery(t.Context(), known.Email)
	must(t, err)
	in, err = c.Redeem(t.Context(), flow, messageTo(t, known.Email, 0))
	must(t, err)
	must(t, c.SetPassword(t.Context(), in.Token, "neu-"+password))
	if flow, err = c.RequestRecovery(t.Context(), "nobody-"+known.Email); err != nil || flow == "" {
		t.Errorf("an unknown address answers %q, %v", flow, err)
	}
}

func TestLogoutAndDisable(t *testing.T) {
	t.Parallel()
	c := client()
	s, identity := employee(t)
	one, two := login(t, s), login(t, s)
	must(t, c.Logout(t.Context(), one.Token))
	must(t, c.Logout(t.Context(), one.Token)) // twice is no error
	if _, err := c.Whoami(t.Context(), one.Token); !fault.Is(err, fault.Unsigned) {
		t.Errorf("after sign-out: %v", err)
	}
	must(t, c.Disable(t.Context(), identity))
	if _, err := c.Whoami(t.Context(), two.Token); !fault.Is(err, fault.Unsigned) {
		t.Errorf("after switching off: %v", err)
	}
	if _, err := c.Login(t.Context(), s.Phone, s.Password); !errors.Is(err, ErrDisabled) {
		t.Errorf("the right password of a switched-off account: %v", err)
	}
	if _, err := c.Login(t.Context(), s.Phone, "wrong"); !errors.Is(err, ErrPassword) {
		t.Errorf("a wrong password of a switched-off account: %v", err)
	}
	must(t, c.Enable(t.Context(), identity))
	login(t, s)
}

func TestIdentifier(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"13812345678": "+8613812345678", " +86 138-1234-5678": "+8613812345678", "０１３８": "0138", "Lu@Example.CN ": "lu@example.cn", "": "",
	} {
		if got := Identifier(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

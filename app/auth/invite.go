package auth

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"wanjie/app/auth/courier"
)

// Inviter brings people in. It asks Kratos, so it stands outside any transaction: a step of its own,
// safe to repeat, after which the person's number can be made a member and given grants.
type Inviter struct {
	Keeper  *Keeper
	Courier *courier.Store
	URL     string // of the console, as people reach it: https://console.example.cn
	// Request is the number under which it was asked for: asked again, it sends no second message.
	Request uuid.UUID
}

// message is the number of the message to an address; new each time where nobody gave a Request.
func (in *Inviter) message(address string) uuid.UUID {
	if in.Request == uuid.Nil {
		return uuid.Nil
	}
	return uuid.NewSHA1(in.Request, []byte(address))
}

// goodFor is how long an invitation counts; inviting again makes a new one.
const goodFor = "72h"

// Invite makes the account of a staff member, or finds it, and answers our number of the person. Who
// has no password yet gets a message with a code, good for 72 hours and once; who has one (they work
// elsewhere already) is told that they were added. at is who invites: the street's name.
func (in *Inviter) Invite(ctx context.Context, s Staff, at string) (person int64, err error) {
	identity, _, err := in.Keeper.Client.CreateIdentity(ctx, s)
	if err != nil {
		return 0, err
	}
	if person, err = in.Keeper.Person(ctx, identity, Employee); err != nil {
		return 0, err
	}
	reach, err := in.Keeper.Client.contact(ctx, identity)
	if err != nil {
		return person, err
	}
	base := strings.TrimRight(in.URL, "/")
	m := courier.Message{ID: in.message(reach.address), Via: reach.via, Recipient: reach.address, Purpose: "added", Subject: "您已加入" + at,
		Body: fmt.Sprintf("您已加入%s。请用原有账号登录：%s/login", at, base), Blanks: map[string]string{"at": at}}
	if !reach.password {
		r, err := in.Keeper.Client.Recover(ctx, identity, goodFor)
		if err != nil {
			return person, err
		}
		m.Purpose, m.Subject, m.Code = "invite", at+"邀请您开通账号", r.Code
		m.Body = fmt.Sprintf("%s邀请您开通账号。请在72小时内打开 %s/welcome?flow=%s 并填写邀请码 %s，然后设置密码。请勿告诉他人。",
			at, base, url.QueryEscape(r.Flow), r.Code)
		m.Blanks["flow"] = strings.ReplaceAll(r.Flow, "-", "") // providers take 35 characters for a blank, and no address
	}
	_, err = in.Courier.Send(ctx, m)
	return person, err
}

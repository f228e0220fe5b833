package community

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/auth"
	"wanjie/app/fault"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/keys"
)

// Form is what a post is.
type Form string

// The forms.
const (
	News   Form = "news"
	Notice Form = "notice"
	Event  Form = "event"
)

// Forms lists them.
var Forms = []Form{News, Notice, Event}

// Title is the form's name on screens, a catalogue key.
func (f Form) Title() string { return formTitles[f] }

var formTitles = map[Form]string{News: ui.Key("动态"), Notice: ui.Key("通知公告"), Event: ui.Key("活动")}

// Topic is what a post is about.
type Topic string

// The topics.
const (
	Party   Topic = "party"   // 党团
	Affairs Topic = "affairs" // 居务
	Life    Topic = "life"    // 生活
)

// Topics lists them.
var Topics = []Topic{Party, Affairs, Life}

// Title is the topic's name on screens, a catalogue key.
func (t Topic) Title() string { return topicTitles[t] }

var topicTitles = map[Topic]string{Party: ui.Key("党团"), Affairs: ui.Key("居务"), Life: ui.Key("生活")}

// State is how far a post is.
type State string

// The states.
const (
	Drafted   State = "draft"
	InReview  State = "review"
	Published State = "published"
	Withdrawn State = "withdrawn"
	Archived  State = "archived"
)

// Title is the state's name on screens, a catalogue key.
func (s State) Title() string { return stateTitles[s] }

var stateTitles = map[State]string{Drafted: ui.Key("草稿"), InReview: ui.Key("待审核"), Published: ui.Key("已发布"), Withdrawn: ui.Key("已撤下"), Archived: ui.Key("已存档")}

// Post is one thing told to everybody. Times are zero when not yet.
type Post struct {
	bun.BaseModel `bun:"table:community_posts,alias:p"`

	ID          uuid.UUID `bun:",pk,type:uuid"`
	Form        Form
	Topic       Topic
	Community   string // 12-digit code; empty: the whole street
	Title, Body string
	State       State
	DraftedBy   int64
	DraftedAt   time.Time
	SubmittedAt time.Time `bun:",nullzero"`
	ReviewedBy  int64     `bun:",nullzero"` // who published it or gave it back
	ReviewedAt  time.Time `bun:",nullzero"`
	WithdrawnBy int64     `bun:",nullzero"`
	WithdrawnAt time.Time `bun:",nullzero"`
	ValidUntil  time.Time

	Large, Small  uuid.UUID `bun:"type:uuid,nullzero"` // files of its picture
	Width, Height int       // of the large one

	// Of an event.
	BeginsAt    time.Time `bun:",nullzero"`
	EndsAt      time.Time `bun:",nullzero"`
	SignupUntil time.Time `bun:",nullzero"` // zero: nobody signs up, one comes
	Venue       string
	Audience    string // who may come
	Contact     string
	Capacity    int // 0: as many as come

	Remark, Reason []byte // sealed: why it was given back; why it was withdrawn
}

func (p *Post) at(column string) keys.Addr {
	return keys.Addr{Table: "community_posts", Column: column, ID: p.ID}
}

// Living says that residents are shown it now.
func (p *Post) Living(now time.Time) bool { return p.State == Published && p.ValidUntil.After(now) }

// Told says that residents may read it: it is published, or was until it expired.
func (p *Post) Told() bool { return p.State == Published || p.State == Archived }

// Takes says that one may sign up now.
func (p *Post) Takes(now time.Time) bool {
	return p.Form == Event && p.State == Published && now.Before(p.SignupUntil)
}

func (p *Post) dims() tenants.Dims {
	d := tenants.Dims{"post": string(p.State), "post_form": string(p.Form), "topic": string(p.Topic)}
	if p.Community != "" {
		d["community"] = p.Community
	}
	return d
}

// at is where something of a community is done: a grant may be narrowed to it as a unit or as a community.
func at(community string) auth.At { return auth.At{Unit: community, Community: community} }

// mayWrite reports whether the actor drafts for a community; empty: for the whole street.
func mayWrite(actor tenants.Actor, community string) bool {
	return auth.CanAt(actor, auth.CommunityWrite, at(community))
}

// mayReview reports whether the actor reviews what this one drafted. Nobody reviews his own.
func mayReview(actor tenants.Actor, p *Post) bool {
	return auth.CanAt(actor, auth.CommunityReview, at(p.Community)) && actor.Person != p.DraftedBy
}

func mayWithdraw(actor tenants.Actor, p *Post) bool {
	return mayWrite(actor, p.Community) || auth.CanAt(actor, auth.CommunityReview, at(p.Community))
}

// reach is where the actor has one of the capabilities: everywhere, or in these communities.
func reach(actor tenants.Actor, capabilities ...string) (everywhere bool, communities []string) {
	for _, may := range capabilities {
		for _, a := range auth.Where(actor, may) {
			switch {
			case a == (auth.At{}):
				return true, nil
			case a.Community != "":
				communities = append(communities, a.Community)
			default:
				communities = append(communities, a.Unit)
			}
		}
	}
	return actor.Trusted(), communities
}

func errForbidden() error { return fault.New(fault.Forbidden, "您没有进行此操作的权限") }

// errNone is the answer for what is not there, is another tenant's, or is none of the actor's business.
func errNone() error { return fault.New(fault.NotFound, "页面不存在") }

func errMoved() error {
	return fault.New(fault.Conflict, "内容的状态已经变化，不能进行此操作")
}

// opened opens a sealed column.
func opened(box *keys.Box, at keys.Addr, sealed []byte) (string, error) {
	text, err := box.Open(at, sealed)
	if err != nil {
		return "", fmt.Errorf("community: %w", err)
	}
	return text, nil
}

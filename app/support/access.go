package support

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/keys"
)

// State is where an access stands.
type State string

// The states. Asked and Begun are open; there is one open access of a person in a street.
const (
	Asked     State = "asked"
	Begun     State = "begun"
	Refused   State = "refused"
	Withdrawn State = "withdrawn" // by the vendor, before the street decided
	Ended     State = "ended"
)

var stateTitles = map[State]string{Asked: ui.Key("待批准"), Begun: ui.Key("进入中"), Refused: ui.Key("未批准"), Withdrawn: ui.Key("已撤回"), Ended: ui.Key("已结束")}

var stateTones = map[State]ui.Tone{Asked: ui.Warn, Begun: ui.Info, Refused: ui.Bad, Withdrawn: ui.Neutral, Ended: ui.Good}

// purposes are what an access may be for, in the order in which they are offered.
var purposes = []struct{ key, title string }{
	{"fault", ui.Key("故障排查")}, {"setup", ui.Key("配置协助")}, {"training", ui.Key("培训演示")}, {"import", ui.Key("数据迁移")}, {"other", ui.Key("其他")},
}

func purposeTitle(key string) string {
	for _, p := range purposes {
		if p.key == key {
			return p.title
		}
	}
	return key
}

// How long an access may last, in hours.
const (
	mostHours  = 24
	usualHours = 4
)

// longText bounds a reason and an answer, in characters.
const longText = 300

// Access is one request to enter and what became of it. Times are zero when not yet.
type Access struct {
	bun.BaseModel `bun:"table:supports,alias:s"`

	ID        uuid.UUID `bun:",pk,type:uuid"`
	Person    int64
	Purpose   string
	Hours     int
	State     State
	AskedAt   time.Time
	DecidedBy int64     `bun:",nullzero"`
	DecidedAt time.Time `bun:",nullzero"`
	GrantID   uuid.UUID `bun:",type:uuid,nullzero"`
	Until     time.Time `bun:",nullzero"`
	EndedBy   int64     `bun:",nullzero"` // 0 where the time was over
	EndedAt   time.Time `bun:",nullzero"`

	Name, Words, Answer []byte // sealed
}

// Said is what an access's sealed columns say.
type Said struct{ Name, Words, Answer string }

func (a *Access) at(column string) keys.Addr {
	return keys.Addr{Table: "supports", Column: column, ID: a.ID}
}

// Open opens what was said.
func (a *Access) Open(box *keys.Box) (s Said, err error) {
	for _, c := range []struct {
		column string
		from   []byte
		to     *string
	}{{"name", a.Name, &s.Name}, {"words", a.Words, &s.Words}, {"answer", a.Answer, &s.Answer}} {
		if len(c.from) == 0 {
			continue
		}
		if *c.to, err = box.Open(a.at(c.column), c.from); err != nil {
			return Said{}, fmt.Errorf("access %s: %w", a.ID, err)
		}
	}
	return s, nil
}

func (a *Access) dims() tenants.Dims {
	return tenants.Dims{"person": fmt.Sprint(a.Person), "support": string(a.State), "support_purpose": a.Purpose, "support_hours": fmt.Sprint(a.Hours)}
}

// Words are what the acts, their dimensions and values are called in the traces.
func Words() map[string]string {
	out := map[string]string{
		"act/support.asked": ui.Key("申请进入"), "act/support.begun": ui.Key("运营进入"), "act/support.refused": ui.Key("拒绝进入"), "act/support.withdrawn": ui.Key("撤回进入申请"), "act/support.ended": ui.Key("结束进入"),
		"object/support": ui.Key("运营进入"), "dimension/support": ui.Key("进入状态"), "dimension/support_purpose": ui.Key("进入事由"), "dimension/support_hours": ui.Key("进入小时数"),
	}
	for s, title := range stateTitles {
		out["support/"+string(s)] = title
	}
	for _, p := range purposes {
		out["support_purpose/"+p.key] = p.title
	}
	return out
}

// Columns is this package's part of the column catalogue.
var Columns = []keys.Columns{{
	Table:  "supports",
	Plain:  []string{"tenant_id", "id", "person", "purpose", "hours", "state", "asked_at", "decided_by", "decided_at", "grant_id", "until", "ended_by", "ended_at"},
	Sealed: []string{"name", "words", "answer"},
}}

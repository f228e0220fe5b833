package blueprint

import (
	"regexp"
	"slices"
)

// Sector is a line of departments (条线): the same trade in the district and in the street. A street's
// duty names the sector that leads above it, a unit of the district's centre says of which sector it
// is; so a matter that goes up finds its bureau although neither tenant reads the other's items.
type Sector struct {
	Entry
	Title string   `json:"title"` // 水务
	Name  string   `json:"name"`  // 区水务局: what it is called where no centre says otherwise
	Kind  UnitKind `json:"kind"`  // bureau, squad or utility
}

// Work is a kind of work in which levels take part.
type Work string

// The kinds of work of 一台受理、二级分拨、三级处置、四级监督.
const (
	Receiving   Work = "intake"      // 受理
	Dispatching Work = "dispatch"    // 分拨
	Handling    Work = "handling"    // 处置
	Supervising Work = "supervision" // 监督
)

// Works lists the kinds of work in the order in which a case meets them.
var Works = []Work{Receiving, Dispatching, Handling, Supervising}

// Level is one level of a kind of work: who does it there and when it comes to them. The study from
// which the four-part name comes does not say what the levels are, so they are the tenant's to set.
type Level struct {
	Entry
	Title     string     `json:"title"`
	Of        Work       `json:"of"`
	Rank      int        `json:"rank"` // 1, 2, 3 … without gaps, nearest to the spot first
	Text      string     `json:"text"` // what it does and what it passes on
	UnitKinds []UnitKind `json:"unit_kinds,omitempty"`
	Roles     []string   `json:"roles,omitempty"` // keys of roles; package auth has them
}

// LevelsOf returns the levels of a kind of work, lowest first.
func (c *Config) LevelsOf(w Work) []Level {
	var out []Level
	for _, l := range c.Levels.all {
		if l.Of == w {
			out = append(out, l)
		}
	}
	slices.SortStableFunc(out, func(a, b Level) int { return a.Rank - b.Rank })
	return out
}

// Supervision is a degree of supervision orders (督办): 1 is the mildest.
type Supervision struct {
	Entry
	Title   string `json:"title"` // 一级督办
	Rank    int    `json:"rank"`
	Signer  string `json:"signer"`           // key of the role that signs it
	Reply   Limit  `json:"reply"`            // by when the unit answers
	Text    string `json:"text"`             // when it is issued
	Overdue int    `json:"overdue"`          // proposed when so many per cent of the handling limit have passed; 0: never by itself
	Repeats int    `json:"repeats"`          // proposed at the so-manieth report of the same matter; 0: never by itself
	Deduct  int    `json:"deduct,omitempty"` // points in the unit's assessment, in tenths
}

var roleForm = regexp.MustCompile(`^[a-z][a-z_]{1,38}[a-z]$`)

// role checks the form of a role's key only: which roles there are is package auth's.
func (ck *checker) role(field, key string) {
	if !roleForm.MatchString(key) {
		ck.bad(field, "角色编号“%s”有误", key)
	}
}

func (s *Sector) alone(ck *checker) {
	ck.need("title", s.Title, 20)
	ck.need("name", s.Name, 60)
	switch s.Kind {
	case Bureau, Squad, Utility:
	default:
		ck.bad("kind", "条线只能是区级部门、队伍或公用企业")
	}
}

func (s *Sector) among(*Config, *checker) {}

func (l *Level) alone(ck *checker) {
	ck.need("title", l.Title, 40)
	ck.need("text", l.Text, 300)
	if !slices.Contains(Works, l.Of) {
		ck.bad("of", "没有“%s”这个环节", l.Of)
	}
	for _, k := range l.UnitKinds {
		if !slices.Contains(UnitKinds, k) {
			ck.bad("unit_kinds", "没有“%s”这种单位类型", k)
		}
	}
	for _, r := range l.Roles {
		ck.role("roles", r)
	}
}

func (l *Level) among(c *Config, ck *checker) {
	below := 0
	for _, o := range c.Levels.all {
		switch {
		case o.Of != l.Of || o.Key == l.Key:
		case o.Rank == l.Rank && o.Key < l.Key:
			ck.bad("rank", "第 %d 级已是“%s”", l.Rank, o.Title)
		case o.Rank == l.Rank-1:
			below++
		}
	}
	if l.Rank != 1 && below == 0 {
		ck.bad("rank", "级次应从 1 起连续")
	}
}

func (s *Supervision) alone(ck *checker) {
	ck.need("title", s.Title, 20)
	ck.need("text", s.Text, 300)
	ck.role("signer", s.Signer)
	ck.between("rank", s.Rank, 1, 9)
	ck.between("overdue", s.Overdue, 0, 1000)
	ck.between("repeats", s.Repeats, 0, 100)
	ck.between("deduct", s.Deduct, 0, 1000)
	s.Reply.check(ck, "reply")
}

func (s *Supervision) among(c *Config, ck *checker) {
	for _, o := range c.Supervisions.all {
		if o.Rank == s.Rank && o.Key < s.Key {
			ck.bad("rank", "第 %d 级已是“%s”", s.Rank, o.Title)
		}
	}
}

package blueprint

import (
	"fmt"
	"slices"
)

// Service is a service item (政务服务事项) as residents read it: who may apply, with what, where and how long it takes. Its
// fields follow the national element list (GB/T 39554.2).
type Service struct {
	Entry
	Title     string      `json:"title"`
	Type      ServiceType `json:"type"`
	Code      string      `json:"code,omitempty"` // of the national basic catalogue, where it has one
	Unit      string      `json:"unit"`           // the street's unit that handles it
	Basis     string      `json:"basis"`          // 设定依据
	Who       string      `json:"who"`            // who may apply
	Condition string      `json:"condition"`
	Materials []Material  `json:"materials,omitempty"`
	Steps     []string    `json:"steps"`
	Statutory *Limit      `json:"statutory,omitempty"`
	Promised  *Limit      `json:"promised,omitempty"` // neither: done while one waits (即办件)
	Visits    int         `json:"visits,omitempty"`   // how often one must come
	Fee       string      `json:"fee"`
	Result    string      `json:"result"`
	Place     string      `json:"place"`
	Hours     string      `json:"hours,omitempty"` // empty: the working calendar's
	Phone     string      `json:"phone,omitempty"` // empty: the street's telephone for residents
	Online    string      `json:"online,omitempty"`
	Events    []LifeEvent `json:"events,omitempty"`
	Words     []string    `json:"words,omitempty"`  // what people also call it
	Agency    bool        `json:"agency,omitempty"` // staff may do it for them (帮办代办)
	Home      bool        `json:"home,omitempty"`   // and come to their home
	Sample    bool        `json:"sample,omitempty"` // to be checked against the province's list
}

// Material is one thing to bring.
type Material struct {
	Name   string `json:"name"`
	Form   string `json:"form"`             // original, copy …, in words
	Copies int    `json:"copies,omitempty"` // 0: one to show
	From   string `json:"from,omitempty"`   // who issues it
	When   string `json:"when,omitempty"`   // only in this case
}

// ServiceType is the kind of power exercised.
type ServiceType string

// ServiceTypes lists the types of the national catalogue that streets deal with.
var ServiceTypes = []ServiceType{"public", "license", "confirmation", "payment", "reward", "other"}

// LifeEvent is an occasion in somebody's life by which items are found.
type LifeEvent string

// LifeEvents lists the occasions in the order of a life; shops come last.
var LifeEvents = []LifeEvent{"birth", "school", "work", "marriage", "housing", "health", "disability", "hardship", "veteran", "retirement", "death", "shop"}

func (s *Service) alone(ck *checker) {
	ck.need("title", s.Title, 60)
	ck.need("basis", s.Basis, 300)
	ck.need("who", s.Who, 200)
	ck.need("condition", s.Condition, 600)
	ck.need("fee", s.Fee, 100)
	ck.need("result", s.Result, 100)
	ck.need("place", s.Place, 200)
	ck.fit("code", s.Code, 40)
	ck.fit("hours", s.Hours, 100)
	ck.fit("phone", s.Phone, 40)
	ck.fit("online", s.Online, 200)
	ck.between("visits", s.Visits, 0, 9)
	if !slices.Contains(ServiceTypes, s.Type) {
		ck.bad("type", "没有“%s”这种事项类型", s.Type)
	}
	if len(s.Steps) == 0 {
		ck.bad("steps", "不能为空")
	}
	for _, line := range append(slices.Clone(s.Steps), s.Words...) {
		ck.fit("steps", line, 200)
	}
	s.materials(ck)
	for n, e := range s.Events {
		if !slices.Contains(LifeEvents, e) || slices.Contains(s.Events[:n], e) {
			ck.bad("events", "人生事件“%s”不存在或重复", e)
		}
	}
	for field, l := range map[string]*Limit{"statutory": s.Statutory, "promised": s.Promised} {
		if l != nil {
			l.check(ck, field)
		}
	}
	if s.Statutory != nil && s.Promised != nil && s.Statutory.Unit == s.Promised.Unit && s.Promised.Value > s.Statutory.Value {
		ck.bad("promised", "承诺时限不能长于法定时限")
	}
	if s.Home && !s.Agency {
		ck.bad("home", "可上门的事项应可帮办代办")
	}
}

func (s *Service) materials(ck *checker) {
	for n, m := range s.Materials {
		if m.Name == "" || m.Form == "" || m.Copies < 0 || m.Copies > 20 {
			ck.bad("materials", "第 %d 项材料的名称、形式不能为空，份数为 0 至 20", n+1)
		}
		ck.fit("materials", fmt.Sprint(m.Name, m.Form, m.From, m.When), 300)
	}
}

func (s *Service) among(c *Config, ck *checker) {
	if _, ok := live(c.Units, s.Unit); !ok {
		ck.bad("unit", "承办单位“%s”不存在或已停用", s.Unit)
	}
}

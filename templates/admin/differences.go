package admin

import (
	"context"
	"time"

	"wanjie/templates/ui"
)

// Difference is an item that the street made its own.
type Difference struct {
	Guard             ui.Guard
	Kind, Title, Href string
	Rows              []ItemRow // what differs: Blueprint and Own; none where the street added or retired the item
	Source            Source
	Behind            bool // the blueprint's moved on since
	At                time.Time
	By                string
	Back              string // where it is given back; empty where it cannot be
}

// Differences is the page of all of them.
type Differences struct {
	Frame
	List []Difference
	May  bool // change the configuration
}

func either(said string) string {
	if said == "" {
		return ui.None
	}
	return said
}

// added says of an item without a field that differs why it is there.
func added(ctx context.Context, x Difference) string {
	switch x.Source {
	case Added:
		return ui.T(ctx, "蓝本中没有，本单位自建")
	case Retired:
		return ui.T(ctx, "本单位已停用")
	}
	return ui.T(ctx, "内容与蓝本相同")
}

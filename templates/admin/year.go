package admin

import (
	"context"
	"strings"

	"wanjie/templates/ui"
)

// Day is one cell of a month; the zero Day is none.
type Day struct {
	Number  int
	Holiday bool // 休
	Work    bool // 班: a day on which is worked although it would be free
	Free    bool // a day of the week on which nobody works
}

// Week is from Monday to Sunday.
type Week [7]Day

// Month is one month of a year.
type Month struct {
	Number int
	Weeks  []Week
}

// Year is a calendar's year.
type Year struct {
	Number             int
	Holidays, Workdays int
	Months             []Month
}

// weekdays are the heads of a month's columns, Monday first: one sign each.
func weekdays(ctx context.Context) []string {
	return strings.Split(ui.T(ctx, "一 二 三 四 五 六 日"), " ")
}

package layout

import (
	"strconv"

	"github.com/a-h/templ"

	"wanjie/templates/static"
)

func mark(p Page) string {
	if p.Logo != "" {
		return p.Logo
	}
	return static.Path("mark.svg")
}

func who(u User) string {
	if u.Role == "" {
		return u.Name
	}
	return u.Name + " · " + u.Role
}

func badge(n int) string {
	if n > 99 {
		return "99+"
	}
	return strconv.Itoa(n)
}

func active(n NavItem) templ.Attributes {
	if n.Active {
		return templ.Attributes{"aria-current": "page"}
	}
	return nil
}

func back(p Page, f Failure) string {
	if f.Back != "" {
		return f.Back
	}
	return p.home()
}

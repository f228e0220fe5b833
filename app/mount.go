package app

import (
	"wanjie/app/district"
)

// mountDoors opens the doors that are no modules: the district's board, the vendor's console, the
// street admin's pages, sign-in and the way home.
func (a *App) mountDoors() {
	s := a.Site
	district.Routes(s)
	s.Signed("/{$}", a.home)
	s.Module("").Get("/{$}", "", tenantHome)
	a.signIn().Mount(s.Raw)
}

package app

import (
	"wanjie/app/cases"
	"wanjie/app/cases/papers"
	"wanjie/app/grids"
	"wanjie/app/module"
)

func init() { cases.Locate = grids.GridOf } // features do not import each other

// Modules are the street modules, in menu order. Deleting one is deleting its line here and its two
// folders.
var Modules = []module.Module{
	cases.Module.With(papers.Part),
	grids.Module,
}

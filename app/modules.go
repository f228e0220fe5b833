package app

import (
	"wanjie/app/cases"
	"wanjie/app/module"
)

// Modules are the street modules, in menu order. Deleting one is deleting its line here and its two
// folders.
var Modules = []module.Module{
	cases.Module,
}

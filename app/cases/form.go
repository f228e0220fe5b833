package cases

import (
	"wanjie/app/fault"
	"wanjie/templates/ui"
)

// purposes are the reasons for which a petitioner may be looked at.
var purposes = map[string]string{
	"contact":  ui.Key("联系诉求人"),
	"verify":   ui.Key("核实情况"),
	"callback": ui.Key("回访"),
	"notify":   ui.Key("告知结果"),
}

func errPurpose() error { return fault.Field("purpose", "请选择查看用途") }

func errConfidential() error {
	return fault.New(fault.Forbidden, "诉求人要求保密，仅受理人员可以查看")
}

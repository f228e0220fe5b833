package cases

import (
	"context"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/peterstace/simplefeatures/geom"

	"wanjie/app/cases/noted"
	"wanjie/app/fault"
	"wanjie/app/geo"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// What the forms say, in the verbs' words.

func readIntake(r *web.Request) Intake {
	in := Intake{
		Channel: r.Text("channel"), UpperNo: r.Text("upper_no"), Class: r.Text("class"), Community: r.Text("community"),
		Urgent: r.Text("urgent") != "", Confidential: r.Text("confidential") != "", Fixed: r.Text("fixed"),
		Nature: r.Text("nature"),
		Place:  Place{Road: r.Text("road"), House: r.Text("house"), Estate: r.Text("estate"), Building: r.Text("building"), Entrance: r.Text("entrance"), Room: r.Text("room")},
		Words: Words{Title: r.Text("title"), Description: r.Text("description"), Address: r.Text("address"), Petitioner: r.Text("petitioner"), Phone: r.Text("phone"),
			Subject: r.Text("subject")},
	}
	if in.Place != (Place{}) {
		in.Place.Detail = in.Address
	}
	if id, err := uuid.Parse(r.Text("id")); err == nil && id.Version() == 7 {
		in.ID = id
	}
	if due, err := r.Moment("upper_due"); err == nil {
		in.UpperDue = due
	}
	in.FoundAt = r.MadeAt()
	if in.Lon, in.Lat = degrees(r.Text("lon")), degrees(r.Text("lat")); in.Lon != nil && in.Lat != nil {
		if system := geo.System(r.Text("system")); system.Known() {
			p := system.In(geom.XY{X: *in.Lon, Y: *in.Lat})
			in.Lon, in.Lat = &p.X, &p.Y
		}
	}
	return in
}

func degrees(s string) *float64 {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return nil
	}
	return &f
}

// askedMark is the name of the field with which a form says that it asked for the fields of a class, and which: a program's
// post without it is asked for none.
const askedMark = "asks"

// readNoted takes the fields of a class from a form that asked for them; nil when it did not. A class that was changed
// since asks for others, which the form brings when it comes back.
func readNoted(r *web.Request, cfg *blueprint.Config, class string, at blueprint.Filled) noted.Values {
	if r.Text(askedMark) == "" {
		return nil
	}
	return noted.Read(r.PostForm, cfg.FieldsAt(class, at))
}

// filled is readNoted for a case, by its own class and rules.
func filled(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID, at blueprint.Filled) (noted.Values, error) {
	if r.Text(askedMark) == "" {
		return nil, nil //nolint:nilnil // nothing was asked
	}
	c, rules, err := Find(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	return readNoted(r, rules, c.Class, at), nil
}

// filing reads the form that files a case: by the rules of this hour, and for the class that it chose.
func filing(ctx context.Context, tx tenants.Tx, r *web.Request, id uuid.UUID) (Filing, error) {
	in := Filing{Class: r.Text("class"), Condition: r.Text("condition"), Community: r.Text("community"), Urgent: r.Text("urgent") != ""}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil || r.Text(askedMark) == "" {
		return in, err
	}
	class := in.Class
	if class == "" {
		c, _, err := Find(ctx, tx, id)
		if err != nil {
			return in, err
		}
		class = c.Class
	}
	in.Noted = readNoted(r, cfg, class, blueprint.AtFiling)
	return in, nil
}

func readOrder(r *web.Request) Order {
	return Order{
		Unit: r.Text("unit"), Basis: Basis(r.Text("basis")), Expires: r.Text("expires"),
		Grounds: Grounds{Parties: r.Text("parties"), Designator: r.Text("designator"), Ground: r.Text("ground"), Reason: r.Text("reason")},
		Helpers: r.PostForm["helpers"],
	}
}

// readHand reads "person" or "person grid".
func readHand(r *web.Request) Hand {
	person, grid, _ := strings.Cut(r.Text("hand"), " ")
	n, _ := strconv.ParseInt(person, 10, 64)
	return Hand{Person: n, Grid: grid}
}

func readFinding(r *web.Request) (Finding, error) {
	in := Finding{Pass: r.Text("verdict") == "pass", Remark: r.Text("remark"), Close: r.Text("close") != ""}
	if v := r.Text("verdict"); v != "pass" && v != "fail" {
		return in, fault.Field("verdict", "请选择核查结论")
	}
	return in, nil
}

func readFilter(r *web.Request) Filter {
	key := func(name string) string { // anybody may write anything into an address
		return strings.ToValidUTF8(strings.ReplaceAll(r.Text(name), "\x00", ""), "")
	}
	return Filter{
		Stage: Stage(key("stage")), Class: key("class"), Unit: key("unit"), Channel: key("channel"), Community: key("community"), Number: key("number"),
		From: r.Text("from"), To: r.Text("to"), Late: r.Text("late") != "", Light: Light(key("light")), Mine: r.Text("mine") != "", Page: r.Int("page", 1),
		Cases: picked(r.Form[pickedField]),
	}
}

// typed is what stood in a refused form.
func typed(r *web.Request) map[string]string {
	out := map[string]string{}
	for k := range r.PostForm {
		out[k] = strings.Join(r.PostForm[k], ",")
	}
	return out
}

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

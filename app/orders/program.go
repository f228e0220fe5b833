package orders

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"wanjie/app/cases"
	"wanjie/app/cases/replies"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/app/web"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
)

// What programs of the platforms above call: they bring orders, ask how these stand, and fetch replies.

func programs(r web.Routes) {
	r.Call(http.MethodPost, "/orders", bring)
	r.Call(http.MethodGet, "/orders/{number}", ask)
	r.Call(http.MethodGet, "/replies", fetch)
}

// Standing is what a platform is told of its order: no word of who asked, nor of what.
type Standing struct {
	UpperNo    string `json:"upper_no"`
	Number     string `json:"number"`
	Stage      string `json:"stage"`
	StageName  string `json:"stage_name"`
	Unit       string `json:"unit,omitempty"` // name of the unit that handles it
	ReportedAt string `json:"reported_at"`
	UpperDue   string `json:"upper_due,omitempty"`
	ClosedAt   string `json:"closed_at,omitempty"`
	Outcome    string `json:"outcome,omitempty"`
	OwesReply  bool   `json:"owes_reply"` // its work is over, and its reply is not sent
}

func standing(ctx context.Context, tx tenants.Tx, c *cases.Case) (Standing, error) {
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return Standing{}, err
	}
	out := Standing{
		UpperNo: c.UpperNo, Number: c.Number, Stage: string(c.Stage), StageName: ui.T(ctx, c.Stage.Title()), ReportedAt: told(c.ReportedAt),
		UpperDue: told(c.UpperDue), ClosedAt: told(c.ClosedAt), Outcome: c.Outcome, OwesReply: c.OwesReply,
	}
	out.Unit = cfg.UnitTitle(c.Unit)
	return out, nil
}

// told is a moment as programs read it, by the clock of Asia/Shanghai; empty: none.
func told(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(clock.Zone).Format(time.RFC3339)
}

// sent is the body of a call; numbers may stand as such.
type sent struct {
	Order
	Lon json.Number `json:"lon"`
	Lat json.Number `json:"lat"`
}

// decode reads an order. What cannot be one is fault.Invalid, naming the field where it can.
func decode(r *web.Request) (o Order, err error) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return o, fault.New(fault.Invalid, "内容过大，一次一件来单，不超过64 KB").Because(err)
	}
	var in sent
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	err = d.Decode(&in)
	if err == nil && d.More() {
		err = errors.New("more than one value")
	}
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind) && kind.Field != "":
		return o, fault.Field(kind.Field[strings.LastIndexByte(kind.Field, '.')+1:], ui.Key("数据类型不对，见接口说明")).Because(err)
	case err != nil && strings.HasPrefix(err.Error(), "json: unknown field "):
		return o, fault.Field(strings.Trim(strings.TrimPrefix(err.Error(), "json: unknown field "), `"`), ui.Key("没有这个字段，见接口说明"))
	case err != nil:
		return o, fault.New(fault.Invalid, "内容不是JSON对象，见接口说明").Because(err)
	}
	o = in.Order
	o.Lon, o.Lat = in.Lon.String(), in.Lat.String()
	for _, text := range []*string{&o.UpperNo, &o.Title, &o.Description, &o.Type, &o.Petitioner, &o.Phone, &o.Address, &o.Community, &o.ReportedAt, &o.UpperDue} {
		*text = strings.TrimSpace(*text)
	}
	return o, nil
}

// bring takes an order in: 201 for a new one, 200 for one that is here.
func bring(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	o, err := decode(r)
	if err != nil {
		return web.Reply{}, err
	}
	r.Caller.Number = o.UpperNo
	c, fresh, err := Receive(ctx, tx, r.Caller, o)
	if err != nil {
		return web.Reply{}, err
	}
	s, err := standing(ctx, tx, c)
	if fresh {
		return web.JSON(s).Status(http.StatusCreated), err
	}
	return web.JSON(s), err
}

// Receive takes in one order that a program brings. The same order again answers its case as it stands; another one
// under a number that a program has brought is fault.Conflict. An order that came by file or by hand before is that one.
func Receive(ctx context.Context, tx tenants.Tx, by *web.Caller, o Order) (c *cases.Case, fresh bool, err error) {
	d, err := deskFor(ctx, tx, by.Channel, typesOf(by.Channel), by.Otherwise)
	if f := fault.Of(err); f != nil && f.Kind == fault.Invalid {
		return nil, false, fault.New(fault.Forbidden, "该密钥的来源渠道或归入类别已停用，请联系街道").Because(err)
	}
	if err != nil {
		return nil, false, err
	}
	if !readable(o.UpperNo) {
		return nil, false, fault.Field("upper_no", ui.Key("含有无法识别的字符"))
	}
	if err := d.hold(ctx, tx); err != nil {
		return nil, false, err
	}
	digest, err := o.digest()
	if err != nil {
		return nil, false, err
	}
	if id, err := brought(ctx, tx, d.channel, o.UpperNo, digest); err != nil {
		return nil, false, err
	} else if id != uuid.Nil {
		c, _, err = cases.Find(ctx, tx, id)
		return c, false, err
	}
	in, err := d.read(ctx, tx, o)
	if err != nil {
		return nil, false, err
	}
	if err := d.take(ctx, tx, []*cases.Intake{in}, false, func(found *cases.Case, isNew bool) { c, fresh = found, isNew }); err != nil {
		return nil, false, err
	}
	_, err = tx.Raw("INSERT INTO api_orders (tenant_id, channel, upper_no, digest, case_id, key_id, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
		int32(tx.ID()), d.channel, o.UpperNo, digest, c.ID, by.Key, d.now).Exec(ctx)
	if err != nil {
		return nil, false, fmt.Errorf("remember the order %s: %w", o.UpperNo, err)
	}
	return c, fresh, nil
}

// digest tells an order from another one under its number.
func (o Order) digest() ([]byte, error) {
	raw, err := json.Marshal(o)
	if err != nil {
		return nil, fmt.Errorf("digest of an order: %w", err)
	}
	sum := sha256.Sum256(raw)
	return sum[:], nil
}

// brought is the case of an order that a program has brought; zero: none has.
func brought(ctx context.Context, tx tenants.Tx, channel, number string, digest []byte) (uuid.UUID, error) {
	var was struct {
		Digest []byte
		CaseID uuid.UUID `bun:"type:uuid"`
	}
	err := tx.Raw("SELECT digest, case_id FROM api_orders WHERE tenant_id = ? AND channel = ? AND upper_no = ?", int32(tx.ID()), channel, number).Scan(ctx, &was)
	if errors.Is(err, sql.ErrNoRows) {
		return uuid.Nil, nil
	}
	if err != nil {
		return uuid.Nil, fmt.Errorf("has the order %s come: %w", number, err)
	}
	if !bytes.Equal(was.Digest, digest) {
		return uuid.Nil, fault.New(fault.Conflict, "来单编号“%s”已经登记，且内容与这次不同；未作任何改动，改期或撤回请联系街道", number)
	}
	return was.CaseID, nil
}

// typesOf are the kinds of requests that the files of a channel know, which its programs use too.
func typesOf(channel string) map[string]string {
	for _, m := range Maps {
		if m.Channel == channel {
			return m.Types
		}
	}
	return nil
}

// readable reports whether a number can be looked for at all.
func readable(number string) bool {
	return utf8.ValidString(number) && !strings.ContainsRune(number, 0)
}

func errNoOrder() error { return fault.New(fault.NotFound, "没有这件来单") }

// ask tells how an order stands.
func ask(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	number := r.PathValue("number")
	r.Caller.Number = number
	if !readable(number) {
		return web.Reply{}, errNoOrder()
	}
	here, err := known(ctx, tx, r.Caller.Channel, []string{number})
	if err != nil {
		return web.Reply{}, err
	}
	c, ok := here[number]
	if !ok {
		return web.Reply{}, errNoOrder()
	}
	s, err := standing(ctx, tx, &c)
	return web.JSON(s), err
}

// Fetched is a page of approved replies.
type Fetched struct {
	Replies []Answer `json:"replies"`
	Next    int64    `json:"next"` // after which to ask next
	More    bool     `json:"more"` // there may be more now
}

// Answer is one approved reply.
type Answer struct {
	Seq       int64  `json:"seq"`
	UpperNo   string `json:"upper_no"`
	Number    string `json:"number"`
	Unit      string `json:"unit"`
	Contacted bool   `json:"contacted"`
	Solved    bool   `json:"solved"`
	Words     string `json:"words"`
	Approved  string `json:"approved_at"`
	UpperDue  string `json:"upper_due,omitempty"`
}

// mostFetched is how many replies one call gives at most.
const mostFetched = 200

// fetch gives the approved replies after a place, as the answer file does: with it they are sent.
func fetch(ctx context.Context, tx tenants.Tx, r *web.Request) (web.Reply, error) {
	after, most := r.Int("after", 0), r.Int("limit", mostFetched)
	if r.Text("after") != "" && (after < 0 || r.Int("after", -1) < 0) {
		return web.Reply{}, fault.Field("after", ui.Key("应为上一次得到的 next"))
	}
	if most < 1 || most > mostFetched || r.Text("limit") != "" && r.Int("limit", 0) == 0 {
		return web.Reply{}, fault.Field("limit", ui.Key("应为1至200的整数"))
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return web.Reply{}, err
	}
	box, err := tx.Box(ctx)
	if err != nil {
		return web.Reply{}, err
	}
	list, more, err := replies.Fetch(ctx, tx, r.Caller.Channel, int64(after), most)
	if err != nil {
		return web.Reply{}, err
	}
	out := Fetched{Replies: []Answer{}, Next: int64(after), More: more}
	for i := range list {
		p := &list[i]
		words, _, err := p.Open(box)
		if err != nil {
			return web.Reply{}, err
		}
		a := Answer{Seq: p.Seq, UpperNo: p.UpperNo, Number: p.Number, Contacted: p.Contacted, Solved: p.Solved, Words: words, Approved: told(p.ApprovedAt()), UpperDue: told(p.UpperDue)}
		a.Unit = cfg.UnitTitle(p.Unit)
		out.Replies, out.Next = append(out.Replies, a), p.Seq
	}
	r.Caller.Count = len(list)
	return web.JSON(out), nil
}

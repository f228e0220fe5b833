package courier

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"wanjie/app/auth/safe"
	"wanjie/app/clock"
	"wanjie/app/fault"
	"wanjie/jobs"
	"wanjie/tenants"
	"wanjie/tenants/keys"
)

// The ways out.
const (
	SMS   = "sms"
	Email = "email"
)

// The states of a message.
const (
	Queued = "queued"
	Sent   = "sent"
	Failed = "failed" // given up; the failed job tells why
)

// Kept is how long a sent message stays readable to support.
const Kept = 30 * 24 * time.Hour

// Message is one text message or e-mail, opened.
type Message struct {
	ID        uuid.UUID
	Via       string            // SMS or Email
	Recipient string            // +86… or an address
	Subject   string            // of an e-mail
	Body      string            // plain text, UTF-8
	Code      string            // the code in it, if any: approved templates of Chinese SMS providers take it apart
	Blanks    map[string]string // what else fills the blanks of an approved template
	Purpose   string            // "login_code_valid", "recovery_code_valid", "invite", "added", or the text that a petitioner is told by
	Tenant    tenants.ID        // in whose name it is sent; 0: the deployment's
	About     uuid.UUID         // the case that it tells about
	State     string
	MadeAt    time.Time
	SentAt    time.Time // zero until then
	Error     string    // of the last try
	Number    string    // the provider's own, once it took it
	Receipt   Receipt
}

// Store keeps messages at home, sealed with the deployment's own key.
type Store struct {
	// Heard hears what became of a message about a case of a tenant: that it left, that it was given up, and its receipt. It is
	// called outside any scope, for one message perhaps more than once and in any order, and a failure has it called again.
	// Set before anything runs; nil: nobody listens.
	Heard func(context.Context, Told) error

	db   *tenants.DB
	safe *safe.Safe
}

// NewStore makes a store over the deployment's database and its own key.
func NewStore(db *tenants.DB) *Store { return &Store{db: db, safe: safe.New(db)} }

func at(column string, id uuid.UUID) keys.Addr {
	return keys.Addr{Table: "ctl.messages", Column: column, ID: id}
}

// Send stores a message and its delivery job, and answers its number. It leaves within seconds.
// Not inside another scope. Sending the same ID twice changes nothing.
func (s *Store) Send(ctx context.Context, m Message) (uuid.UUID, error) {
	if err := m.check(); err != nil {
		return uuid.Nil, err
	}
	if m.ID == uuid.Nil {
		m.ID = tenants.NewID()
	}
	box, err := s.safe.Box(ctx)
	if err != nil {
		return uuid.Nil, err
	}
	err = s.db.System(ctx, tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
		m.State, m.Error, m.Number, m.Receipt = Queued, "", "", Receipt{}
		n, err := insert(ctx, tx, box, m, "ON CONFLICT (id) DO NOTHING")
		if err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
		_, err = jobs.AddSystem(ctx, tx, jobs.Job{Kind: DeliverKind, Queue: jobs.Critical, Payload: delivery{m.ID}})
		return err
	})
	if err != nil {
		return uuid.Nil, fmt.Errorf("courier: store message: %w", err)
	}
	return m.ID, nil
}

// keep writes m, with the state that it is in, for the first time or again.
func (s *Store) keep(ctx context.Context, m Message) error {
	box, err := s.safe.Box(ctx)
	if err != nil {
		return err
	}
	err = s.db.System(ctx, tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
		if _, err := insert(ctx, tx, box, m, `ON CONFLICT (id) DO UPDATE SET state = excluded.state, sent_at = excluded.sent_at, error = excluded.error,
			number = excluded.number, receipt = excluded.receipt`); err != nil {
			return err
		}
		return ask(ctx, tx, m)
	})
	if err != nil {
		return fmt.Errorf("courier: keep message: %w", err)
	}
	return nil
}

func insert(ctx context.Context, tx tenants.SystemTx, box *keys.Box, m Message, twice string) (int64, error) {
	seal := func(column, v string) []byte { return box.Seal(at(column, m.ID), v) }
	now := clock.Now(ctx)
	var sent, about any
	if m.State == Sent {
		sent = m.SentAt
	}
	if m.About != uuid.Nil {
		about = m.About
	}
	return tx.Prepared(m.ID, m.Via, seal("recipient", m.Recipient), seal("subject", m.Subject), seal("body", m.Body), seal("code", m.Code), seal("blanks", m.blanks()), m.Purpose,
		now, m.State, sent, m.Error, m.Number, string(m.Receipt.State), int32(m.Tenant), about).Exec(ctx, `INSERT INTO ctl.messages
		(id, via, recipient, subject, body, code, blanks, purpose, made_at, state, sent_at, error, number, receipt, tenant, about)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) `+twice)
}

// blanks is what fills a template, as it is kept.
func (m Message) blanks() string {
	if len(m.Blanks) == 0 {
		return ""
	}
	text, _ := json.Marshal(m.Blanks) // of strings: never fails
	return string(text)
}

// check refuses a message that cannot leave.
func (m Message) check() error {
	if m.Via != SMS && m.Via != Email {
		return fmt.Errorf("courier: no way %q", m.Via)
	}
	if m.Recipient == "" || m.Body == "" {
		return fault.New(fault.Invalid, "消息缺少收件人或内容")
	}
	return nil
}

type row struct {
	ID                                     uuid.UUID
	Via, Purpose, State, Error             string
	Number, Receipt, ReceiptSaid           string
	Recipient, Subject, Body, Code, Blanks []byte
	Tenant                                 int32
	About                                  uuid.NullUUID
	MadeAt                                 time.Time
	SentAt, ReceiptAt                      sql.NullTime
}

const columns = `SELECT id, via, recipient, subject, body, code, blanks, purpose, state, made_at, sent_at, error,
	number, receipt, receipt_at, receipt_said, tenant, about FROM ctl.messages `

// Recent opens the newest messages, newest first: for the page of development and for support.
func (s *Store) Recent(ctx context.Context, limit int) ([]Message, error) {
	return s.read(ctx, columns+"ORDER BY made_at DESC, id DESC LIMIT ?", limit)
}

// one opens a message; none is fault.NotFound.
func (s *Store) one(ctx context.Context, id uuid.UUID) (Message, error) {
	list, err := s.read(ctx, columns+"WHERE id = ?", id)
	if err == nil && len(list) == 0 {
		err = fault.New(fault.NotFound, "没有此消息")
	}
	if err != nil {
		return Message{}, err
	}
	return list[0], nil
}

func (s *Store) read(ctx context.Context, query string, args ...any) ([]Message, error) {
	box, err := s.safe.Box(ctx)
	if err != nil {
		return nil, err
	}
	var rows []row
	if err := s.db.System(ctx, tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
		return tx.Raw(query, args...).Scan(ctx, &rows)
	}); err != nil {
		return nil, fmt.Errorf("courier: read messages: %w", err)
	}
	out := make([]Message, len(rows))
	for i, r := range rows {
		out[i] = Message{ID: r.ID, Via: r.Via, Purpose: r.Purpose, State: r.State, MadeAt: r.MadeAt, SentAt: r.SentAt.Time, Error: r.Error,
			Number: r.Number, Tenant: tenants.ID(r.Tenant), About: r.About.UUID, Receipt: Receipt{ReceiptState(r.Receipt), r.ReceiptAt.Time, r.ReceiptSaid}}
		blanks := ""
		for _, f := range []struct {
			column string
			from   []byte
			to     *string
		}{{"recipient", r.Recipient, &out[i].Recipient}, {"subject", r.Subject, &out[i].Subject}, {"body", r.Body, &out[i].Body}, {"code", r.Code, &out[i].Code}, {"blanks", r.Blanks, &blanks}} {
			if *f.to, err = box.Open(at(f.column, r.ID), f.from); err != nil {
				return nil, err
			}
		}
		if blanks != "" {
			if err := json.Unmarshal([]byte(blanks), &out[i].Blanks); err != nil {
				return nil, fmt.Errorf("courier: blanks of message %s: %w", r.ID, err)
			}
		}
	}
	return out, nil
}

// mark writes what became of a try to send.
func (s *Store) mark(ctx context.Context, m Message) error {
	err := s.db.System(ctx, tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
		var sent any
		if m.State == Sent {
			sent = m.SentAt
		}
		if _, err := tx.Raw("UPDATE ctl.messages SET state = ?, sent_at = ?, error = ?, number = ?, receipt = ? WHERE id = ?",
			m.State, sent, m.Error, m.Number, string(m.Receipt.State), m.ID).Exec(ctx); err != nil {
			return err
		}
		return ask(ctx, tx, m)
	})
	if err != nil {
		return fmt.Errorf("courier: mark message: %w", err)
	}
	return nil
}

// Purge deletes what was made longer ago than Kept and is not waiting any more; it answers how many.
func Purge(ctx context.Context, tx tenants.SystemTx) (int64, error) {
	res, err := tx.Raw("DELETE FROM ctl.messages WHERE made_at < ? AND state <> 'queued'", clock.Now(ctx).Add(-Kept)).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("courier: purge: %w", err)
	}
	return res.RowsAffected()
}

// Columns is this package's part of the column catalogue.
var Columns = []keys.Columns{
	{Table: "ctl.messages", Plain: []string{"id", "via", "purpose", "state", "made_at", "sent_at", "error", "number", "tenant", "about", "receipt", "receipt_at", "receipt_said"},
		Sealed: []string{"recipient", "subject", "body", "code", "blanks"}},
}

package courier

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

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
	Via       string // SMS or Email
	Recipient string // +86… or an address
	Subject   string // of an e-mail
	Body      string // plain text, UTF-8
	Code      string // the code in it, if any: approved templates of Chinese SMS providers take it apart
	Purpose   string // "login_code_valid", "recovery_code_valid", "invite", "added"
	State     string
	MadeAt    time.Time
	SentAt    time.Time // zero until then
	Error     string    // of the last try
}

// Store keeps messages at home. The deployment's data key is number 0 with the key service, made at
// first use.
type Store struct {
	db   *tenants.DB
	ring *keys.Ring
}

// deployment is the number under which the key service holds the deployment's own key; tenants
// begin at 1.
const deployment = 0

// NewStore makes a store over the deployment's database and key service.
func NewStore(db *tenants.DB) *Store {
	s := &Store{db: db}
	s.ring = keys.NewRing(db.Keys(), 1, s.dataKey)
	return s
}

// dataKey reads the deployment's wrapped data key, and makes it when there is none. Two processes
// may race: the first row stays.
func (s *Store) dataKey(ctx context.Context, _ int32) (wrapped []byte, version int, err error) {
	read := func() error {
		return s.db.System(ctx, tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
			return tx.Raw("SELECT wrapped, version FROM ctl.deployment_keys ORDER BY version DESC LIMIT 1").Scan(ctx, &wrapped, &version)
		})
	}
	err = read()
	if errors.Is(err, sql.ErrNoRows) {
		made, issue := keys.Issue(ctx, s.db.Keys(), deployment)
		if issue != nil {
			return nil, 0, issue
		}
		if err = s.db.System(ctx, tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
			_, err := tx.Raw("INSERT INTO ctl.deployment_keys (version, wrapped) VALUES (1, ?) ON CONFLICT DO NOTHING", made).Exec(ctx)
			return err
		}); err == nil {
			err = read()
		}
	}
	if err != nil {
		return nil, 0, fmt.Errorf("data key of the deployment: %w", err)
	}
	return wrapped, version, nil
}

func at(column string, id uuid.UUID) keys.Addr {
	return keys.Addr{Table: "ctl.messages", Column: column, ID: id}
}

// Send stores a message and its delivery job, and answers its number. It leaves within seconds.
// Not inside another scope. Sending the same ID twice changes nothing.
func (s *Store) Send(ctx context.Context, m Message) (uuid.UUID, error) {
	if m.Via != SMS && m.Via != Email {
		return uuid.Nil, fmt.Errorf("courier: no way %q", m.Via)
	}
	if m.Recipient == "" || m.Body == "" {
		return uuid.Nil, fault.New(fault.Invalid, "消息缺少收件人或内容")
	}
	if m.ID == uuid.Nil {
		m.ID = tenants.NewID()
	}
	box, err := s.ring.Box(ctx, deployment)
	if err != nil {
		return uuid.Nil, err
	}
	seal := func(column, v string) []byte { return box.Seal(at(column, m.ID), v) }
	err = s.db.System(ctx, tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
		res, err := tx.Raw(`INSERT INTO ctl.messages (id, via, recipient, subject, body, code, purpose, made_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`, m.ID, m.Via, seal("recipient", m.Recipient), seal("subject", m.Subject),
			seal("body", m.Body), seal("code", m.Code), m.Purpose, clock.Now(ctx)).Exec(ctx)
		if err != nil {
			return err
		}
		if n, _ := res.RowsAffected(); n == 0 {
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

type row struct {
	ID                             uuid.UUID
	Via, Purpose, State, Error     string
	Recipient, Subject, Body, Code []byte
	MadeAt                         time.Time
	SentAt                         sql.NullTime
}

const columns = "SELECT id, via, recipient, subject, body, code, purpose, state, made_at, sent_at, error FROM ctl.messages "

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
	box, err := s.ring.Box(ctx, deployment)
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
		out[i] = Message{ID: r.ID, Via: r.Via, Purpose: r.Purpose, State: r.State, MadeAt: r.MadeAt, SentAt: r.SentAt.Time, Error: r.Error}
		for _, f := range []struct {
			column string
			from   []byte
			to     *string
		}{{"recipient", r.Recipient, &out[i].Recipient}, {"subject", r.Subject, &out[i].Subject}, {"body", r.Body, &out[i].Body}, {"code", r.Code, &out[i].Code}} {
			if *f.to, err = box.Open(at(f.column, r.ID), f.from); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// mark writes what became of a try to send.
func (s *Store) mark(ctx context.Context, id uuid.UUID, state, failure string) error {
	err := s.db.System(ctx, tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
		var sent any
		if state == Sent {
			sent = clock.Now(ctx)
		}
		_, err := tx.Raw("UPDATE ctl.messages SET state = ?, sent_at = ?, error = ? WHERE id = ?", state, sent, failure, id).Exec(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("courier: mark message: %w", err)
	}
	return nil
}

// Purge deletes what was made longer ago than Kept and is not waiting any more; it answers how many.
// A daily job calls it.
func (s *Store) Purge(ctx context.Context) (n int64, err error) {
	err = s.db.System(ctx, tenants.Home, func(ctx context.Context, tx tenants.SystemTx) error {
		n, err = Purge(ctx, tx)
		return err
	})
	return n, err
}

// Purge is Store.Purge inside a job's own transaction.
func Purge(ctx context.Context, tx tenants.SystemTx) (int64, error) {
	res, err := tx.Raw("DELETE FROM ctl.messages WHERE made_at < ? AND state <> 'queued'", clock.Now(ctx).Add(-Kept)).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("courier: purge: %w", err)
	}
	return res.RowsAffected()
}

// Columns is this package's part of the column catalogue.
var Columns = []keys.Columns{
	{Table: "ctl.deployment_keys", Plain: []string{"version", "wrapped", "made_at"}},
	{Table: "ctl.messages", Plain: []string{"id", "via", "purpose", "state", "made_at", "sent_at", "error"},
		Sealed: []string{"recipient", "subject", "body", "code"}},
}

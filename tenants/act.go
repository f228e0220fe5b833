package tenants

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"
)

// Dims are the dimensions of an object at an act (class, unit, stage, day …). Never personal data:
// followers, rollups and the vendor's figures are made from them.
type Dims map[string]string

// Act is one thing that happened. A verb records it; the transaction writes it with its COMMIT.
type Act struct {
	Kind       string // "case.filed"
	Version    int16  // of the kind's meaning; older ones are lifted by upcasters
	Object     string // "case"
	ObjectID   uuid.UUID
	HappenedAt time.Time // as claimed; never later than the database's clock says now
	Before     Dims      // nil when the object did not exist
	After      Dims
	Imported   bool // from another system's history: reaches seal and tally only
}

type wireAct struct {
	Kind     string    `json:"k"`
	Version  int16     `json:"v"`
	Object   string    `json:"o"`
	ID       uuid.UUID `json:"i"`
	Actor    int64     `json:"a"`
	Happened time.Time `json:"h"`
	Before   Dims      `json:"b,omitempty"`
	After    Dims      `json:"f,omitempty"`
	Imported bool      `json:"m,omitempty"`
}

// The head row is taken last, so a tenant's numbers follow its commit order without gaps, and its
// lock is held only while this statement and COMMIT travel. $1 tenant, $2 how many, $3 the acts.
// recorded_at is read under that lock and never goes back.
const writeActs = `WITH h AS (
  UPDATE heads SET n = n + $2::bigint, at = greatest(at, clock_timestamp())
  WHERE tenant_id = $1::int RETURNING tenant_id, n, at)
INSERT INTO journal (tenant_id, n, kind, version, object, object_id, actor, happened_at, recorded_at, imported, before, after)
SELECT h.tenant_id, h.n - $2::bigint + a.ord, a.v->>'k', (a.v->>'v')::smallint, a.v->>'o', (a.v->>'i')::uuid,
  (a.v->>'a')::bigint, least((a.v->>'h')::timestamptz, h.at), h.at, coalesce((a.v->>'m')::boolean, false), a.v->'b', a.v->'f'
FROM h, jsonb_array_elements($3::jsonb) WITH ORDINALITY a(v, ord)
RETURNING n`

const writeReply = `INSERT INTO requests (tenant_id, id, actor, digest, status, reply)
VALUES ($1::int, $2::uuid, $3::bigint, $4::bytea, $5::smallint, $6::bytea)`

// The names under which a connection of the tenant surface knows both.
const actsName, replyName = "wj_acts", "wj_reply"

// finish sends the transaction's acts, the reply to be kept, and COMMIT as one pipeline.
func (s *scope) finish(ctx context.Context, c *conn, pc *pgconn.PgConn) error {
	b := &pgconn.Batch{}
	send := func(name, sql string, params ...[]byte) {
		c.note(name, sql, params...)
		b.ExecPrepared(name, params, nil, nil)
	}
	tenant := []byte(s.tenant.String())
	if len(s.acts) > 0 {
		wire := make([]wireAct, len(s.acts))
		for i, a := range s.acts {
			wire[i] = wireAct{a.Kind, a.Version, a.Object, a.ObjectID, s.actor.Person, a.HappenedAt, a.Before, a.After, a.Imported}
		}
		body, err := json.Marshal(wire)
		if err != nil {
			return fmt.Errorf("encode acts: %w", err)
		}
		send(actsName, writeActs, tenant, strconv.AppendInt(nil, int64(len(s.acts)), 10), body)
	}
	if s.reply != nil && s.request != nil {
		send(replyName, writeReply, tenant, []byte(s.request.ID.String()), strconv.AppendInt(nil, s.actor.Person, 10),
			fmt.Appendf(nil, `\x%x`, s.request.Digest), strconv.AppendInt(nil, int64(s.reply.Status), 10), fmt.Appendf(nil, `\x%x`, s.reply.Location))
	}
	c.note("", "COMMIT")
	b.ExecParams("COMMIT", nil, nil, nil, nil)
	results, err := pc.ExecBatch(ctx, b).ReadAll()
	if err != nil {
		return err
	}
	if n := len(s.acts); n > 0 {
		if len(results[0].Rows) != n {
			return fmt.Errorf("tenant %d has no head: %d acts lost", s.tenant, n) // unreachable once provisioned
		}
		s.last = number(results[0].Rows[n-1][0])
	}
	if tag := results[len(results)-1].CommandTag.String(); tag != "COMMIT" {
		return fmt.Errorf("commit answered %q: the transaction had failed before", tag)
	}
	return nil
}

package post

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"wanjie/app/clock"
	"wanjie/jobs"
	"wanjie/tenants"
	"wanjie/tenants/keys"
)

// Box says who wrote a message.
type Box string

// The boxes.
const (
	Out Box = "out" // we wrote it
	In  Box = "in"  // we took it
)

// Message is one thing that a side told the other, as one of them keeps it. It has the same id on both.
type Message struct {
	ID        uuid.UUID
	Thread    uuid.UUID
	Box       Box
	N         int32 // its place among those of its direction, from 1 without gaps
	Kind      string
	Person    int64 // who wrote it, on the side that did
	At        time.Time
	Words     []byte // what it tells, as JSON, sealed
	CarriedAt time.Time
}

func (l *Line[T]) addr(m *Message) keys.Addr {
	return keys.Addr{Table: l.Table, Column: "words", ID: m.ID}
}

// Open opens what a message tells.
func (l *Line[T]) Open(box *keys.Box, m *Message) (told T, err error) {
	said, err := box.Open(l.addr(m), m.Words)
	if err != nil || said == "" {
		return told, err
	}
	if err := json.Unmarshal([]byte(said), &told); err != nil {
		return told, fmt.Errorf("message %s: %w", m.ID, err)
	}
	return told, nil
}

// insert seals a message and writes it.
func (l *Line[T]) insert(ctx context.Context, tx tenants.Tx, m *Message, told T) error {
	box, err := tx.Box(ctx)
	if err != nil {
		return err
	}
	body, err := json.Marshal(told)
	if err != nil {
		return fmt.Errorf("message %s: %w", m.ID, err)
	}
	m.Words = box.Seal(l.addr(m), string(body))
	if _, err := tx.Raw("INSERT INTO ? (tenant_id, id, ?, box, n, kind, person, at, words, carried_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", bun.Ident(l.Table), bun.Ident(l.Thread),
		int32(tx.ID()), m.ID, m.Thread, m.Box, m.N, m.Kind, m.Person, m.At, m.Words, bun.NullTime{Time: m.CarriedAt}).Exec(ctx); err != nil {
		return fmt.Errorf("write message %d of %s: %w", m.N, m.Thread, err)
	}
	return nil
}

// Tell writes a message to the other side into the transaction, with the job that carries it. sent is the thread's count
// of ours: its row is locked or new, and the caller writes it.
func (l *Line[T]) Tell(ctx context.Context, tx tenants.Tx, thread uuid.UUID, sent *int32, kind string, told T) error {
	*sent++
	m := &Message{ID: tenants.NewID(), Thread: thread, Box: Out, N: *sent, Kind: kind, Person: tx.Actor().Person, At: clock.Now(ctx)}
	if err := l.insert(ctx, tx, m, told); err != nil {
		return err
	}
	return jobs.AddOnce(ctx, tx, m.ID, jobs.Job{Kind: l.Job, Queue: jobs.Critical, Payload: parcel{thread}})
}

// Heard keeps our own copy of a letter and counts it. again: it was taken before, nothing is to be done. heard is the
// thread's count of theirs: its row is locked or new, and the caller writes it.
func (l *Line[T]) Heard(ctx context.Context, tx tenants.Tx, thread uuid.UUID, heard *int32, letter Letter[T]) (again bool, err error) {
	if letter.N <= *heard {
		return true, nil
	}
	if letter.N != *heard+1 {
		return false, fmt.Errorf("message %d comes before message %d", letter.N, *heard+1)
	}
	*heard = letter.N
	return false, l.insert(ctx, tx, &Message{ID: letter.ID, Thread: thread, Box: In, N: letter.N, Kind: letter.Kind, At: letter.At, CarriedAt: clock.Now(ctx)}, letter.Told)
}

// Messages are what both sides told, in the order in which it happened here.
func (l *Line[T]) Messages(ctx context.Context, tx tenants.Tx, thread uuid.UUID) ([]Message, error) {
	return l.messages(ctx, tx, thread, "ORDER BY at, id")
}

func (l *Line[T]) messages(ctx context.Context, tx tenants.Tx, thread uuid.UUID, which string) (out []Message, err error) {
	if err := tx.Raw("SELECT id, ? AS thread, box, n, kind, person, at, words, carried_at FROM ? WHERE tenant_id = ? AND ? = ? "+which,
		bun.Ident(l.Thread), bun.Ident(l.Table), int32(tx.ID()), bun.Ident(l.Thread), thread).Scan(ctx, &out); err != nil {
		return nil, fmt.Errorf("messages of %s: %w", thread, err)
	}
	return out, nil
}

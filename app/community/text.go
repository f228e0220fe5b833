package community

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"wanjie/app/resident"
	"wanjie/jobs"
	"wanjie/templates/ui"
	"wanjie/tenants"
	"wanjie/tenants/blueprint"
	"wanjie/tenants/journal"
)

// TextJob is the job that sends a resident a text message about an event. The wiring carries it out, because it knows the
// ways out of the house.
const TextJob = "community.text"

// TextOf is the payload of TextJob. It holds no personal data.
type TextOf struct {
	Signup uuid.UUID `json:"signup"`
	Text   string    `json:"text"` // item of the blueprint's texts
}

// texts are the acts that residents hear of by text message too, and in which words of the street.
var texts = map[string]string{
	"signup.moved_up": "event.moved_up", "signup.changed": "event.changed", "signup.off": "event.off", "signup.reminded": "event.reminded",
}

func notify(a journal.Act) []jobs.Job {
	text, told := texts[a.Kind]
	if !told {
		return nil
	}
	return []jobs.Job{{Kind: TextJob, Payload: TextOf{a.ObjectID, text}}}
}

// Told is a text message to a resident.
type Told struct{ Phone, Street, Event, Text string }

// Text is the text message about a sign-up. Its phone is empty where there is nobody to tell, who did not agree to text
// messages, or nothing to say any more.
func Text(ctx context.Context, tx tenants.Tx, of TextOf) (told Told, err error) {
	s, err := one(ctx, tx, of.Signup)
	if err != nil {
		return told, err
	}
	cfg, err := blueprint.For(ctx, tx)
	if err != nil {
		return told, err
	}
	text := cfg.Text(of.Text)
	if text == "" || s.Person == 0 || s.State == Cancelled || s.State == Off && of.Text != "event.off" {
		return told, nil
	}
	p, err := read(ctx, tx, s.PostID, false)
	if err != nil {
		return told, err
	}
	phone, err := resident.TextTo(ctx, tx, s.Person)
	text = strings.NewReplacer("{event}", p.Title, "{begins}", ui.Time(p.BeginsAt), "{venue}", p.Venue).Replace(text)
	return Told{phone, tx.Tenant().Name, p.Title, text}, err
}

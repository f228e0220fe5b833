package courier

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"

	"wanjie/app/fault"
)

// maxBody bounds what Kratos may post: its messages are a few hundred bytes.
const maxBody = 64 << 10

// Webhook is where Kratos posts every message, with key in the header X-Courier-Key. It answers 204
// once the message is stored; on any failure Kratos tries again. An empty key admits nobody.
func Webhook(s *Store, key string, log *slog.Logger) http.Handler {
	want := sha256.Sum256([]byte(key))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		got := sha256.Sum256([]byte(r.Header.Get("X-Courier-Key")))
		if key == "" || subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			http.Error(w, "not the courier's key", http.StatusUnauthorized)
			return
		}
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, "POST only", http.StatusMethodNotAllowed)
			return
		}
		m, err := read(w, r)
		if err != nil {
			http.Error(w, "not a message", http.StatusBadRequest)
			return
		}
		switch _, err := s.Send(r.Context(), m); {
		case fault.Is(err, fault.Invalid):
			http.Error(w, "not a message", http.StatusBadRequest)
		case err != nil:
			log.ErrorContext(r.Context(), "message of Kratos not stored; it will try again", "purpose", m.Purpose, "error", err)
			http.Error(w, "not stored", http.StatusServiceUnavailable)
		default:
			w.WriteHeader(http.StatusNoContent)
		}
	})
}

// read decodes what infra/devstack/kratos/courier.jsonnet makes.
func read(w http.ResponseWriter, r *http.Request) (Message, error) {
	var in struct {
		Channel, Type                            string
		Recipient, Template, Subject, Body, Code string
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&in); err != nil {
		return Message{}, err
	}
	way := in.Channel
	if way == "" {
		way = in.Type
	}
	m := Message{Via: Email, Recipient: in.Recipient, Subject: in.Subject, Body: in.Body, Code: in.Code, Purpose: in.Template}
	// Kratos names the kind of message ("phone"/"sms", "email") differently from version to version;
	// the recipient does not.
	if way == SMS || way == "phone" || !strings.Contains(in.Recipient, "@") {
		m.Via = SMS
	}
	return m, nil
}

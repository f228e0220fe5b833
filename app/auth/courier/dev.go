package courier

import (
	"bytes"
	"net/http"

	views "wanjie/templates/auth"
	"wanjie/templates/layout"
)

// shownInDev is how many messages the development page lists.
const shownInDev = 100

// DevPage shows every message in clear, newest first. Only `make dev` mounts it; a deployment never does.
func DevPage(s *Store) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		list, err := s.Recent(ctx, shownInDev)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError) // to the developer, whole
			return
		}
		v := views.Sent{Page: layout.Page{Title: "已发送的消息", Wide: true}}
		for _, m := range list {
			v.Messages = append(v.Messages, views.SentMessage{Via: m.Via, Recipient: m.Recipient, Purpose: m.Purpose, State: m.State,
				Subject: m.Subject, Body: m.Body, Code: m.Code, Error: m.Error, MadeAt: m.MadeAt})
		}
		var b bytes.Buffer
		if err := views.SentPage(v).Render(ctx, &b); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write(b.Bytes())
	})
}

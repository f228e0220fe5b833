package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"

	"wanjie/app"
	"wanjie/app/clock"
	"wanjie/app/openapi"
	"wanjie/app/web"
	"wanjie/tenants"
)

// call gives two platforms above a key, and has one of them call as it would: an order, the same again, another under its
// number, one that is wrong, and what became of the first.
func call(ctx context.Context, a *app.App, t tenants.Tenant, people troupe) error {
	now := clock.Now(ctx)
	var secret string
	err := a.DB.Write(ctx, t.ID, tenants.Actor{Person: people["security@wanjie.example"]}, func(ctx context.Context, tx tenants.Tx) error {
		made, err := openapi.Keys(ctx, tx)
		if err != nil || len(made) > 0 {
			return err // by a first start that was interrupted
		}
		until := clock.DateOf(now).Add(365)
		if _, _, err = openapi.Make(ctx, tx, openapi.Wish{ID: tenants.NewID(), Name: "数字城管监督中心（演示）", Channel: "city", Networks: "203.0.113.0/24", Until: until}); err != nil {
			return err
		}
		_, secret, err = openapi.Make(ctx, tx, openapi.Wish{ID: tenants.NewID(), Name: "12345便民服务中心（演示）", Channel: "hotline", Otherwise: "matter-06010", Until: until})
		return err
	})
	if err != nil || secret == "" {
		return err
	}
	number := "YS" + now.In(clock.Zone).Format("20060102") + "0001"
	order := map[string]any{
		"upper_no": number, "description": "菜场南门路面破损，雨天积水，老人行走不便。", "classes": []string{"道路破损"}, "type": "投诉", "petitioner": "演示居民", "phone": "13800000000",
		"address": "演示路12号", "upper_due": now.AddDate(0, 0, 5).In(clock.Zone).Format("2006-01-02 15:04"),
	}
	changed, wrong := map[string]any{}, map[string]any{"upper_no": number + "9", "description": "电话打不通", "phone": "110", "upper_due": "尽快"}
	for k, v := range order {
		changed[k] = v
	}
	changed["address"] = "演示路21号"
	door := a.Handler(web.Limits{})
	for _, c := range []struct {
		method, path string
		body         any
		status       int
	}{
		{http.MethodPost, "/orders", order, http.StatusCreated}, {http.MethodPost, "/orders", order, http.StatusOK}, {http.MethodPost, "/orders", changed, http.StatusConflict},
		{http.MethodPost, "/orders", wrong, http.StatusUnprocessableEntity}, {http.MethodGet, "/orders/" + number, nil, http.StatusOK}, {http.MethodGet, "/replies?after=0", nil, http.StatusOK},
	} {
		body, err := json.Marshal(c.body)
		if err != nil {
			return err
		}
		q := httptest.NewRequestWithContext(ctx, c.method, web.ProgramBase+c.path, bytes.NewReader(body))
		q.Header.Set("Authorization", "Bearer "+secret)
		w := httptest.NewRecorder()
		door.ServeHTTP(w, q)
		if w.Code != c.status {
			return fmt.Errorf("%s %s: %d, want %d: %s", c.method, c.path, w.Code, c.status, w.Body)
		}
	}
	return nil
}

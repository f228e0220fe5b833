package resident

import (
	"encoding/json"
	"net/http"
	"strconv"

	"wanjie/tenants"
)

// streets answers which streets of a district have a door, for a program that serves the whole district. They are no secret:
// each has its address on its own posters.
func (d *desk) streets(w http.ResponseWriter, r *http.Request) {
	district, err := strconv.ParseInt(r.PathValue("district"), 10, 32)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	list, err := d.DB.StreetsOf(r.Context(), int32(district))
	if err != nil {
		http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
		return
	}
	if list == nil {
		list = []tenants.StreetOf{}
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "public, max-age=300")
	_ = json.NewEncoder(w).Encode(map[string]any{"streets": list})
}

package bench

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// A generator against a server that sheds every first try, takes the second, and breaks one step for good.
func TestLoad(t *testing.T) {
	var mu sync.Mutex
	tries, who := map[string]int{}, map[string]map[string]bool{}
	broken := false
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		number, verb := r.Header.Get("Idempotency-Key"), r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
		if who[verb] == nil {
			who[verb] = map[string]bool{}
		}
		who[verb][r.Header.Get("Cookie")] = true
		switch tries[number]++; {
		case broken && verb == "handle":
			http.Error(w, "no", http.StatusConflict)
		case tries[number] == 1:
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			fmt.Fprintf(w, `{"id":"%s","stage":"filed"}`, number)
		}
	}))
	defer srv.Close()
	l, err := startLoader(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer l.end()
	p := Phase{Base: srv.URL, Streets: []place{{"t1", "330102001"}, {"t2", "330102001"}}, Cookies: []string{"c=0", "c=1", "c=2", "c=3"}, Clients: 3, For: 500 * time.Millisecond}
	got, err := l.do(p)
	if err != nil {
		t.Fatal(err)
	}
	if got.Lifecycles == 0 || got.failures() != 0 || got.Posts < 4*got.Lifecycles || got.Shed < got.Posts || len(got.Latency) != got.Posts {
		t.Errorf("%+v", got)
	}
	for number, n := range tries {
		if n > 2 {
			t.Errorf("post %s came %d times", number, n)
		}
	}
	for verb, cookie := range map[string]string{"cases": "c=0", "dispatch": "c=1", "handle": "c=2", "check": "c=3"} {
		if len(who[verb]) != 1 || !who[verb][cookie] {
			t.Errorf("%s came from %v", verb, who[verb])
		}
	}

	// A crowd: whoever is shed with a new report goes away, so that nobody gets through here.
	crowd := p
	crowd.Clients, crowd.Rate, crowd.For = 0, 200, 300*time.Millisecond
	if got, err = l.do(crowd); err != nil {
		t.Fatal(err)
	}
	if got.Offered == 0 || got.Offered > 60 || got.Shed != got.Offered || got.Posts != 0 || got.failures() != 0 {
		t.Errorf("of a crowd: %+v", got)
	}

	broken = true
	if got, err = l.do(p); err != nil {
		t.Fatal(err)
	}
	if got.Lifecycles != 0 || got.failures() == 0 {
		t.Errorf("a refused step is no error: %+v", got)
	}
	for what := range got.Errors {
		if !strings.HasPrefix(what, "handle: 409") {
			t.Errorf("error %q", what)
		}
	}
}

func TestBackAfter(t *testing.T) {
	s := func(n ...int) (out []time.Duration) {
		for _, v := range n {
			out = append(out, time.Duration(v)*time.Millisecond)
		}
		return out
	}
	for want, seconds := range map[int][]time.Duration{0: s(10, 11, 12), 2: s(90, 40, 14, 12, 30, 11), 3: s(90, 90, 90), 1: s(90, 15)} {
		if got := backAfter(seconds, 10*time.Millisecond); got != want {
			t.Errorf("%v: back after %d s, want %d", seconds, got, want)
		}
	}
}

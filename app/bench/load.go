package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"wanjie/tenants"
)

// Phase is one order to the load generator, for so long: either so many clients, each of whom walks cases
// from report to close by HTTP, one after the other, or so many new cases a second, each by a client of its
// own, whether the server keeps up or not. Cases go street by street, with a fresh number for every POST.
type Phase struct {
	Base    string        `json:"base"`
	Streets []place       `json:"streets"`
	Cookies []string      `json:"cookies"` // of the crew
	Clients int           `json:"clients"`
	Rate    float64       `json:"rate"` // new cases a second, instead of Clients
	For     time.Duration `json:"for"`
	From    int           `json:"from"` // number of the first case
}

// Load is what a phase came to.
type Load struct {
	Offered    int             `json:"offered"`    // new cases of a phase with a Rate
	Lifecycles int             `json:"lifecycles"` // walked to the end
	Posts      int             `json:"posts"`      // answered with 200
	Shed       int             `json:"shed"`       // 503 with Retry-After
	Errors     map[string]int  `json:"errors"`     // anything else, by what it was
	Took       time.Duration   `json:"took"`       // until the last client was through
	Latency    sample          `json:"latency"`    // of the answered posts
	Seconds    []time.Duration `json:"seconds"`    // median of the posts answered in each second
	Refused    sample          `json:"refused"`    // how long a 503 took
	Burnt      time.Duration   `json:"burnt"`      // processor time of the generator's process
}

// failures is how many posts were neither answered nor shed.
func (l *Load) failures() (n int) {
	for _, c := range l.Errors {
		n += c
	}
	return n
}

// ServeLoad runs the phases that come in as JSON lines and answers each with a line: the load generator
// as a process of its own, so that its work is not the product's.
func ServeLoad(ctx context.Context, in io.Reader, out io.Writer) error {
	lines := json.NewDecoder(in)
	for {
		var p Phase
		if err := lines.Decode(&p); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := json.NewEncoder(out).Encode(p.run(ctx)); err != nil {
			return err
		}
	}
}

// loader gives phases to a load generator.
type loader struct {
	to    *json.Encoder
	from  *json.Decoder
	end   func()
	apart bool // as a process of its own
}

// startLoader starts the generator as command, or in this process when that is empty.
func startLoader(ctx context.Context, command []string) (*loader, error) {
	if len(command) == 0 {
		there, to := io.Pipe()
		from, back := io.Pipe()
		done := make(chan struct{})
		go func() {
			defer close(done)
			back.CloseWithError(ServeLoad(ctx, there, back))
		}()
		return &loader{json.NewEncoder(to), json.NewDecoder(from), func() { _ = to.Close(); <-done }, false}, nil
	}
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stderr = os.Stderr
	to, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	from, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("load generator: %w", err)
	}
	return &loader{json.NewEncoder(to), json.NewDecoder(bufio.NewReader(from)), func() { to.Close(); _ = cmd.Wait() }, true}, nil
}

// do runs one phase and waits for it.
func (l *loader) do(p Phase) (*Load, error) {
	if err := l.to.Encode(p); err != nil {
		return nil, fmt.Errorf("load generator: %w", err)
	}
	var out Load
	if err := l.from.Decode(&out); err != nil {
		return nil, fmt.Errorf("load generator: %w", err)
	}
	return &out, nil
}

// crowd bounds the connections of a phase with a Rate.
const crowd = 8192

// run is one phase.
func (p Phase) run(ctx context.Context) *Load {
	client := newClient(p.Clients)
	if p.Rate > 0 {
		client = newClient(crowd)
	}
	defer client.CloseIdleConnections()
	l := &Load{Errors: map[string]int{}}
	var (
		mu      sync.Mutex
		seconds []sample
		wg      sync.WaitGroup
	)
	for _, s := range p.Streets { // the division list is read once, and not on the clock
		communityOf(s.Code, 0)
	}
	begun, cold := time.Now(), ownTime()
	until := begun.Add(p.For)
	note := func(a answer) {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case a.shed:
			l.Shed++
			l.Refused = append(l.Refused, a.took)
		case a.failed != "":
			l.Errors[a.failed]++
		default:
			l.Posts++
			l.Latency = append(l.Latency, a.took)
			s := int(time.Since(begun) / time.Second)
			for len(seconds) <= s {
				seconds = append(seconds, nil)
			}
			seconds[s] = append(seconds[s], a.took)
		}
	}
	w := walker{Phase: p, client: client, until: until, note: note}
	walk := func(n int) {
		if w.walk(ctx, p.From+n) {
			mu.Lock()
			l.Lifecycles++
			mu.Unlock()
		}
	}
	for c := range p.Clients {
		wg.Go(func() {
			for n := c; time.Now().Before(until) && ctx.Err() == nil; n += p.Clients {
				walk(n)
			}
		})
	}
	for p.Rate > 0 && time.Now().Before(until) && ctx.Err() == nil {
		for due := int(time.Since(begun).Seconds() * p.Rate); l.Offered < due; l.Offered++ {
			n := l.Offered
			wg.Go(func() { walk(n) })
		}
		time.Sleep(5 * time.Millisecond)
	}
	wg.Wait()
	l.Took, l.Burnt = time.Since(begun), ownTime()-cold
	for _, s := range seconds {
		l.Seconds = append(l.Seconds, s.at(.5))
	}
	return l
}

// answer is how one post ended.
type answer struct {
	took   time.Duration
	id     string // of the case
	shed   bool
	again  time.Duration // as Retry-After says
	failed string
}

// walker is one client.
type walker struct {
	Phase
	client *http.Client
	until  time.Time
	note   func(answer)
}

// walk takes case number n from report to close, and reports whether it got there. A case that is
// shed waits as told; at the end of the phase it is left where it stands. Of a crowd, whoever is shed
// with a new report goes away.
func (w walker) walk(ctx context.Context, n int) bool {
	street := w.Streets[n%len(w.Streets)]
	in := report(n, communityOf(street.Code, n))
	base := "/s/" + street.Slug + "/cases"
	a, ok := w.post(ctx, reporter, base, url.Values{
		"channel": {in.Channel}, "upper_no": {in.UpperNo}, "class": {in.Class}, "community": {in.Community}, "title": {in.Title},
		"description": {in.Description}, "address": {in.Address}, "petitioner": {in.Petitioner}, "phone": {in.Phone},
	})
	if !ok {
		return false
	}
	for _, step := range []struct {
		who  int
		verb string
		form url.Values
	}{
		{dispatcher, "dispatch", url.Values{"unit": {handledBy}, "basis": {"statutory"}}},
		{handler, "handle", url.Values{"result": {"已安排保洁人员清运，现场恢复整洁。"}}},
		{checker, "check", url.Values{"verdict": {"pass"}, "close": {"1"}}},
	} {
		if _, ok := w.post(ctx, step.who, base+"/"+a.id+"/"+step.verb, step.form); !ok {
			return false
		}
	}
	return true
}

// post sends a form until it is answered: what is shed is sent again, under the same number.
func (w walker) post(ctx context.Context, who int, path string, form url.Values) (answer, bool) {
	number := tenants.NewID().String()
	for {
		a := w.once(ctx, who, path, number, form)
		w.note(a)
		if !a.shed {
			return a, a.failed == ""
		}
		if w.Rate > 0 && who == reporter {
			return a, false
		}
		if time.Now().Add(a.again).After(w.until) {
			time.Sleep(max(0, time.Until(w.until)))
			return a, false
		}
		time.Sleep(a.again)
	}
}

func (w walker) once(ctx context.Context, who int, path, number string, form url.Values) answer {
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, w.Base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return answer{failed: err.Error()}
	}
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	q.Header.Set("Accept", "application/json")
	q.Header.Set("Idempotency-Key", number)
	q.Header.Set("Cookie", w.Cookies[who])
	begun := time.Now()
	res, err := w.client.Do(q)
	if err != nil {
		var slow net.Error
		if errors.As(err, &slow) && slow.Timeout() {
			return answer{failed: "timeout"}
		}
		return answer{failed: "connection: " + err.Error()}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	a := answer{took: time.Since(begun)}
	if err != nil {
		a.failed = "body: " + err.Error()
		return a
	}
	if res.StatusCode == http.StatusServiceUnavailable {
		if s, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil {
			a.shed, a.again = true, time.Duration(s)*time.Second
			return a
		}
	}
	var told struct{ ID, Stage string }
	if res.StatusCode != http.StatusOK {
		a.failed = fmt.Sprintf("%s: %s: %.200s", path[strings.LastIndex(path, "/")+1:], res.Status, body)
	} else if err := json.Unmarshal(body, &told); err != nil || told.ID == "" {
		a.failed = fmt.Sprintf("no case in the answer: %.200s", body)
	}
	a.id = told.ID
	return a
}

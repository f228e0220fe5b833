package bench

import (
	"math"
	"slices"
	"time"
)

// Result is what a bench answers.
type Result struct {
	Name  string  `json:"name"`
	Unit  string  `json:"unit"`
	Value float64 `json:"value"` // the product
	Floor float64 `json:"floor"` // the same SQL through bare pgx, in the same unit
	// Ratio is what the product costs of what the floor costs, in time: 1 is the floor itself. For a
	// unit per second it is floor ÷ value.
	Ratio  float64        `json:"ratio"`
	Detail map[string]any `json:"detail"`
}

// Goal is one thing that was promised, beside what came out.
type Goal struct {
	Want string  `json:"want"`
	Got  float64 `json:"got"`
	Met  bool    `json:"met"`
}

// atMost and atLeast compare before rounding.
func atMost(want string, got, bound float64) Goal { return Goal{want, round(got), got <= bound} }

func atLeast(want string, got, bound float64) Goal { return Goal{want, round(got), got >= bound} }

// finish rounds the figures and adds the goals and whether all of them were met.
func (r *Result) finish(goals ...Goal) *Result {
	met := true
	for _, g := range goals {
		met = met && g.Met
	}
	if r.Detail == nil {
		r.Detail = map[string]any{}
	}
	r.Detail["goals"], r.Detail["met"] = goals, met
	r.Value, r.Floor, r.Ratio = round(r.Value), round(r.Floor), round(r.Ratio)
	return r
}

// round keeps three significant digits behind the point for small figures and whole numbers for large ones.
func round(f float64) float64 {
	if math.Abs(f) >= 1000 {
		return math.Round(f)
	}
	return math.Round(f*1000) / 1000
}

// sample is measured times.
type sample []time.Duration

// at is the quantile q of the sample, by linear interpolation between its neighbours; 0 when empty.
func (s sample) at(q float64) time.Duration {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s))
	place := q * float64(len(sorted)-1)
	low := int(math.Floor(place))
	high := min(low+1, len(sorted)-1)
	return sorted[low] + time.Duration((place-float64(low))*float64(sorted[high]-sorted[low]))
}

// ms is a duration in milliseconds.
func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// spread is a sample in words for the detail, in milliseconds.
func (s sample) spread() map[string]float64 {
	out := map[string]float64{"n": float64(len(s))}
	for name, q := range map[string]float64{"p50": .5, "p90": .9, "p99": .99, "max": 1} {
		out[name] = round(ms(s.at(q)))
	}
	return out
}

// middle is the median of ratios.
func middle(f []float64) float64 {
	if len(f) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(f))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

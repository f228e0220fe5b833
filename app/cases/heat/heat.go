// Package heat counts where things lie: points into square cells, and cells into five levels, for a map on which no place
// drowns the others. It knows places and weights, and neither cases nor people.
//
// Two things spoil such maps in practice. Systems that know no place write a default one, so that thousands of matters lie
// on a single coordinate: such a pile is taken out and shown with its number instead. And a few wrong coordinates lie far
// away: the picture is laid around the middle of the points, and what falls outside is counted.
package heat

import (
	"math"
	"slices"

	"github.com/peterstace/simplefeatures/geom"

	"wanjie/app/geo"
)

// Levels is how many shades there are.
const Levels = 5

// A pile is a single coordinate with at least so many points, and at least this share of all.
const (
	pileLeast = 8
	pileShare = .05
)

// Pile is a coordinate on which suspiciously many points lie.
type Pile struct {
	At geom.XY
	N  int
}

// Piles takes the piles out of points: which indexes are left, and what was taken, the largest first.
func Piles(points []geom.XY) (left []int, piles []Pile) {
	// A metre apart is the same place.
	key := func(p geom.XY) [2]int64 {
		return [2]int64{int64(math.Round(p.X * 1e5)), int64(math.Round(p.Y * 1e5))}
	}
	count := map[[2]int64]int{}
	for _, p := range points {
		count[key(p)]++
	}
	most := max(pileLeast, int(math.Ceil(pileShare*float64(len(points)))))
	seen := map[[2]int64]bool{}
	for i, p := range points {
		k := key(p)
		switch {
		case count[k] < most:
			left = append(left, i)
		case !seen[k]:
			seen[k] = true
			piles = append(piles, Pile{p, count[k]})
		}
	}
	slices.SortStableFunc(piles, func(a, b Pile) int { return b.N - a.N })
	return left, piles
}

// Around is the rectangle in which the points lie, but for the farthest hundredth on each side where there are many.
func Around(points []geom.XY) geom.Envelope {
	xs, ys := make([]float64, len(points)), make([]float64, len(points))
	for i, p := range points {
		xs[i], ys[i] = p.X, p.Y
	}
	slices.Sort(xs)
	slices.Sort(ys)
	if len(points) == 0 {
		return geom.Envelope{}
	}
	cut := len(points) / 100
	return geom.NewEnvelope(geom.XY{X: xs[cut], Y: ys[cut]}, geom.XY{X: xs[len(xs)-1-cut], Y: ys[len(ys)-1-cut]})
}

// Cell is a square of the map with how many points lie in it. Level is 1 to Levels.
type Cell struct {
	X, Y, Size float64 // on the canvas
	N, Level   int
}

// Cells counts the points that lie on the canvas in squares of a round size, about thirty to the width; metres is the side
// of one. out are how many lie beside it. Levels go by the rank of the counts that there are, so that a single full cell leaves the others theirs.
func Cells(c geo.Canvas, points []geom.XY, which []int) (cells []Cell, metres, out int) {
	metres = 50
	for _, m := range []int{50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000} {
		metres = m
		if float64(m)*c.Metre() >= c.Width/30 {
			break
		}
	}
	size := float64(metres) * c.Metre()
	at := map[[2]int]int{}
	for _, i := range which {
		x, y := c.XY(points[i])
		if x < 0 || y < 0 || x >= c.Width || y >= c.Height {
			out++
			continue
		}
		k := [2]int{int(x / size), int(y / size)}
		n, is := at[k]
		if !is {
			n = len(cells)
			at[k], cells = n, append(cells, Cell{X: float64(k[0]) * size, Y: float64(k[1]) * size, Size: size})
		}
		cells[n].N++
	}
	slices.SortStableFunc(cells, func(a, b Cell) int { return b.N - a.N })
	var counts []int // that there are, the largest first
	for _, cell := range cells {
		if len(counts) == 0 || counts[len(counts)-1] != cell.N {
			counts = append(counts, cell.N)
		}
	}
	for i := range cells {
		rank := len(counts) - 1 - slices.Index(counts, cells[i].N)
		cells[i].Level = 1 + rank*Levels/len(counts)
	}
	return cells, metres, out
}

package heat

import (
	"math/rand/v2"
	"testing"

	"github.com/peterstace/simplefeatures/geom"

	"wanjie/app/geo"
)

// scattered are points around a street of some two kilometres.
func scattered(n int) (out []geom.XY) {
	r := rand.New(rand.NewPCG(1, 2))
	for range n {
		out = append(out, geom.XY{X: 120.54 + r.Float64()*.02, Y: 31.29 + r.Float64()*.02})
	}
	return out
}

// A system that knows no place writes its town hall: of 3,000 matters 1,700 lie on one coordinate, as in real data.
func TestADefaultPointDrownsNobody(t *testing.T) {
	points := scattered(1300)
	hall := geom.XY{X: 120.551, Y: 31.302}
	for range 1700 {
		points = append(points, hall)
	}
	left, piles := Piles(points)
	if len(piles) != 1 || piles[0].N != 1700 || piles[0].At != hall {
		t.Fatalf("piles: %+v, want the hall with 1,700", piles)
	}
	if len(left) != 1300 {
		t.Fatalf("%d points are left, want 1,300", len(left))
	}
	c := geo.Fit(Around(points), 1000)
	cells, _, _ := Cells(c, points, left)
	shades := map[int]int{}
	for _, cell := range cells {
		shades[cell.Level]++
	}
	for level := 1; level <= Levels; level++ {
		if shades[level] == 0 {
			t.Errorf("no cell has level %d: %v", level, shades)
		}
	}
	if n := cells[0].N; n > 100 {
		t.Errorf("the fullest cell has %d: the pile is in it", n)
	}
}

// Seven neighbours who report the same pothole are no default point.
func TestAFewAtOnePlaceAreHeat(t *testing.T) {
	points := scattered(40)
	for range 7 {
		points = append(points, geom.XY{X: 120.55, Y: 31.3})
	}
	if left, piles := Piles(points); len(piles) != 0 || len(left) != 47 {
		t.Errorf("%d left, piles %+v", len(left), piles)
	}
}

// One coordinate typed with a wrong digit lies in another city and must not shrink the street to a dot.
func TestAFarPointLeavesThePictureAlone(t *testing.T) {
	points := append(scattered(300), geom.XY{X: 102.55, Y: 31.3})
	all := make([]int, len(points))
	for i := range all {
		all[i] = i
	}
	c := geo.Fit(Around(points), 1000)
	cells, metres, out := Cells(c, points, all)
	if out < 1 || out > 20 {
		t.Errorf("%d points lie beside the map", out)
	}
	if metres > 200 {
		t.Errorf("cells of %d m: the picture is as large as a country", metres)
	}
	n := 0
	for _, cell := range cells {
		n += cell.N
	}
	if n+out != len(points) {
		t.Errorf("%d in cells and %d beside, of %d", n, out, len(points))
	}
}

func TestNothingAndEqualCells(t *testing.T) {
	if left, piles := Piles(nil); left != nil || piles != nil {
		t.Error("piles of nothing")
	}
	if !Around(nil).IsEmpty() {
		t.Error("nothing lies somewhere")
	}
	points := []geom.XY{{X: 120.54, Y: 31.29}, {X: 120.56, Y: 31.31}}
	cells, _, _ := Cells(geo.Fit(Around(points), 1000), points, []int{0, 1})
	if len(cells) != 2 || cells[0].Level != 1 || cells[1].Level != 1 {
		t.Errorf("two single points: %+v", cells)
	}
}

package geo

import (
	"github.com/peterstace/simplefeatures/geom"
	"github.com/peterstace/simplefeatures/rtree"
)

// Index answers which shapes cover a point. It never changes after it was made, and many may ask at once.
type Index struct {
	tree  *rtree.RTree
	sides [][]side // of each shape, by its place in NewIndex
	size  int
}

// side is one side of a ring that is not level, its lower end first: a level one never decides.
type side struct{ low, high, x, slope float64 }

// NewIndex indexes shapes; At calls them by their place in the slice.
func NewIndex(shapes []Shape) *Index {
	x := &Index{sides: make([][]side, len(shapes))}
	items := make([]rtree.BulkItem, 0, len(shapes))
	for i, s := range shapes {
		box, ok := s.Envelope().AsBox()
		if !ok {
			continue
		}
		items = append(items, rtree.BulkItem{Box: box, RecordID: i})
		for _, p := range s.Dump() {
			for _, ring := range p.DumpRings() {
				x.sides[i] = append(x.sides[i], sidesOf(ring.Coordinates())...)
			}
		}
		x.size += len(x.sides[i])
	}
	x.tree = rtree.BulkLoad(items)
	return x
}

func sidesOf(ring geom.Sequence) []side {
	out := make([]side, 0, ring.Length())
	for i := 1; i < ring.Length(); i++ {
		a, b := ring.GetXY(i-1), ring.GetXY(i)
		if a.Y > b.Y {
			a, b = b, a
		}
		if a.Y < b.Y {
			out = append(out, side{a.Y, b.Y, a.X, (b.X - a.X) / (b.Y - a.Y)})
		}
	}
	return out
}

// Size is how many sides the index holds: what it weighs.
func (x *Index) Size() int { return x.size }

// At calls visit with each shape that covers the point. A point on the border of two neighbours who share their corners
// belongs to exactly one of them.
func (x *Index) At(p geom.XY, visit func(i int)) {
	if x == nil || x.tree == nil {
		return
	}
	_ = x.tree.RangeSearch(rtree.Box{MinX: p.X, MinY: p.Y, MaxX: p.X, MaxY: p.Y}, func(i int) error {
		if covers(x.sides[i], p) {
			visit(i)
		}
		return nil // never an error: the search goes on
	})
}

// covers counts how many sides lie left of the point: an odd number, and it is inside. Holes count by themselves.
func covers(sides []side, p geom.XY) bool {
	in := false
	for i := range sides {
		if s := &sides[i]; s.low <= p.Y && p.Y < s.high && s.x+(p.Y-s.low)*s.slope <= p.X {
			in = !in
		}
	}
	return in
}

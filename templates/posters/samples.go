package posters

import "github.com/a-h/templ"

// pixel stands for a code in samples.
const pixel = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABAQAAAAA3bvkkAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="

// Sample is a view with data, for the gallery and the golden tests.
type Sample struct {
	Name string
	View templ.Component
}

// Samples lists the sheet of a street, of an event, and of one with a long name.
func Samples() []Sample {
	event := Poster{Street: "枫桥街道", Title: "老年书法公益课", Scan: "微信或手机相机扫一扫，查看详情、报名", CodeName: "Code of the event", Code: pixel, Back: "/s/fengqiao/community/1",
		Lines: []string{"时间：2026年12月5日（周六）09:30", "地点：马浜社区二楼活动室", "对象：辖区60岁以上居民", "报名截止：2026年12月3日 18:00"}, Door: "https://fengqiao.jiedao.example/news/019ab000-0000-7000-8000-000000000001"}
	long := event
	long.Title = "“我们的节日·冬至”邻里包汤圆暨独居老人入户慰问志愿服务活动招募"
	return []Sample{
		{"street", PosterView(Poster{Street: "枫桥街道", Title: "有事扫码说", Scan: "微信或手机相机扫一扫", Lines: []string{"反映身边的问题，拍照即可", "查询办理进度，评价办理结果"}, CodeName: "Code of the residents' door", Code: pixel,
			Door: "https://fengqiao.jiedao.example/", Hotline: "服务电话 12345", Back: "/s/fengqiao/admin/branding"})},
		{"event", PosterView(event)},
		{"event-long", PosterView(long)},
	}
}

package demo

import (
	"fmt"
	"math/rand/v2"
)

// matter is what a made-up case is about: its class and the words of who called.
type matter struct{ class, text string }

// rubbish is the class of what lies about (暴露垃圾): these cases have pictures.
const rubbish = "matter-06010"

// parking is about places to park (停车泊位), which the duty list gives to nobody who can find any.
const parking = "extension-33003"

// matters are of the kinds that a street hears of most.
var matters = []matter{
	{rubbish, "小区东门外人行道上堆着三四袋生活垃圾，天热有异味，请尽快清运。"},
	{rubbish, "河边凉亭里扔满了外卖盒和饮料瓶，周末一过更多。"},
	{rubbish, "变压器旁边有人倒了一堆旧被褥和碎木板，好几天没人管。"},
	{"matter-06042", "3号楼旁的垃圾箱满溢，厨余桶没有盖子。"},
	{"matter-06042", "地铁口的两只果皮箱塞得满满的，纸杯掉了一地。"},
	{"matter-06013", "路口非机动车道有一处约半米宽的坑洞，夜间骑车容易摔倒。"},
	{"matter-06013", "人行道地砖翘起五六块，下雨一踩一身泥水。"},
	{"matter-06012", "农贸市场后门地面油污严重，老人走路打滑。"},
	{"matter-06012", "工地出来的车把泥带到路上，两百米长一段都是。"},
	{"matter-06011", "绿化带边倒了半车建筑渣土，用绿网盖着。"},
	{"matter-06028", "楼下烧烤店营业到凌晨两点，排风机噪声很大。"},
	{"matter-06028", "广场上跳舞的音箱晚上九点半还没停，孩子没法写作业。"},
	{"matter-06028", "商场冷却塔正对卧室窗户，整夜嗡嗡响。"},
	{"matter-06027", "小炒店的油烟管直排到弄堂里，二楼不敢开窗。"},
	{"matter-06045", "有人把楼前绿地铲了一块种菜，还搭了竹架。"},
	{"matter-06034", "路边一辆面包车停了大半年，轮胎都瘪了。"},
	{"matter-06040", "公共车位被人装了地锁，新来的住户没处停车。"},
	{"matter-07001", "楼道里贴满疏通管道的小广告，刚清理又被贴上。"},
	{"matter-07001", "公交站牌上被喷了办证的电话号码。"},
	{"matter-08004", "拆房工地没有洒水，风一吹满街是灰。"},
	{"matter-08001", "隔壁工地夜里十一点还在打桩，床都在震。"},
	{"matter-09005", "沿街水果店把货架摆到盲道上，早晚高峰行人只能绕行。"},
	{"matter-09005", "五金店把钢管堆在店外人行道上，推婴儿车过不去。"},
	{"matter-09001", "学校门口放学时段有三四个流动摊点，油烟和人把路堵了。"},
	{"matter-09009", "幼儿园门口上下学时段机动车乱停，堵住斑马线。"},
	{"matter-09011", "地铁站出口共享单车倒了一片，轮椅过不去。"},
	{"matter-09012", "6号楼消防通道被两辆轿车堵着，物业说找不到车主。"},
	{"component-01003", "雨水井盖松动，车辆经过发出很大响声，居民夜里休息不好。"},
	{"component-01037", "弄堂口的路灯坏了一周，老人晚上看不清台阶。"},
	{"component-01046", "健身器材的踏板断了，铁管露在外面容易划伤人。"},
	{"component-02014", "路口行人信号灯不亮，只能跟着车走。"},
	{"component-04002", "一棵香樟树枝枯了，悬在人行道上方，刮风怕掉下来。"},
	{"component-04013", "中心花园的草地踩秃了一大片，下雨全是泥。"},
	{"extension-20001", "楼上空调水滴在我家雨棚上，说过几次不改，请居委会帮忙调解。"},
	{"extension-20005", "物业停了地下车库的照明说是省电，业主不同意。"},
	{"extension-21002", "单元门禁坏了两周，报修后一直没有人来。"},
	{"extension-21003", "2号楼电梯上上下下自己停，昨天把人关了十分钟。"},
	{"extension-21009", "顶楼下雨就漏，卧室天花板已经发霉。"},
	{"extension-22001", "独居老人腿脚不便，想了解助餐和上门助浴怎么申请。"},
	{"extension-22002", "爱人住院后家里没有收入，想问能不能申请临时救助。"},
	{"extension-23003", "有人从三楼拉电线下来给电动自行车充电，存在火灾隐患。"},
	{"extension-23003", "架空层里停着十几辆电动自行车，插线板串着用。"},
	{"extension-23001", "仓库门口的消火栓被货物挡住，里面堆的都是纸箱。"},
	{"extension-23007", "高层有人往下扔烟头，阳台晒的被子烧了个洞。"},
	{parking, "老小区晚上没处停车，想问附近商场的车位能不能错时开放。"},
	{parking, "夜里十点以后路边一个车位都没有，能不能开放学校操场停车。"},
	{parking, "医院周边没有停车的地方，看病的车都停到小区门口了。"},
	{"extension-35002", "早上遛狗不牵绳，小孩被追着跑。"},
}

// surnames are of the made-up people who call.
var surnames = []string{"王", "李", "张", "刘", "陈", "杨", "黄", "吴", "徐", "孙", "朱", "马", "胡", "郭", "林", "何", "高", "梁", "郑", "罗", "顾", "沈", "陆", "钱"}

// caller is how somebody on the telephone gives their name.
func caller(r *rand.Rand) string {
	return surnames[r.IntN(len(surnames))] + []string{"先生", "女士", "阿姨", "师傅"}[r.IntN(4)]
}

// roads are made up, so that no real door is meant.
var roads = []string{"演示路", "样例街", "试用巷", "示范大道", "演练弄"}

func address(r *rand.Rand) string {
	return fmt.Sprintf("%s%d号", roads[r.IntN(len(roads))], 1+r.IntN(300))
}

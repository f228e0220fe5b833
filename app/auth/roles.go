package auth

// A capability is what a verb asks for: "<area>.<verb>". Features use these names; a new verb adds
// its capability here and to the roles that hold it.
const (
	CasesRead      = "cases.read"      // see cases and their timeline
	CasesReport    = "cases.report"    // 上报
	CasesAccept    = "cases.accept"    // 受理, also refusing
	CasesVerify    = "cases.verify"    // 核实
	CasesFile      = "cases.file"      // 立案
	CasesDispatch  = "cases.dispatch"  // 派遣 by the duty list (法定)
	CasesNegotiate = "cases.negotiate" // 派遣 by agreement (商定)
	CasesDesignate = "cases.designate" // 派遣 by a leader's word (指定)
	CasesReceive   = "cases.receive"   // 签收
	CasesHandle    = "cases.handle"    // 办理、办结; also asking for return, extension, suspension
	CasesWork      = "cases.work"      // 经办: do what one's own unit gave one to do
	CasesCheck     = "cases.check"     // 核查
	CasesClose     = "cases.close"     // 结案、归档
	CasesCall      = "cases.call"      // 回访
	CasesApprove   = "cases.approve"   // 批准 returns, extensions, suspensions
	CasesUrge      = "cases.urge"      // 催办
	CasesSupervise = "cases.supervise" // 督办
	CasesInstruct  = "cases.instruct"  // 批示
	CasesExport    = "cases.export"    // take rows out as a file, without what tells who asked
	CasesDisclose  = "cases.disclose"  // with it, for a purpose
	ShiftsLead     = "shifts.lead"     // 带班、交接班 of the command desk

	WhistlesBlow = "whistles.blow" // 吹哨: call units to a place, judge them and end it

	ServicesServe = "services.serve" // 帮办代办: take residents' bookings and carry them out

	CommunityRead   = "community.read"   // see what is drafted for residents, and who comes to events
	CommunityWrite  = "community.write"  // draft news, notices and events; keep the list of public places
	CommunityReview = "community.review" // publish what somebody else drafted

	GridsDraw   = "grids.draw"   // draw, import, change and close grids
	GridsStaff  = "grids.staff"  // post heads and workers in grids: see Role.By
	PatrolsPlan = "patrols.plan" // say where and how often a grid is walked
	PatrolsDo   = "patrols.do"   // walk it and report

	BoardRead     = "board.read"     // figures of the tenant or district
	PeopleCount   = "people.count"   // district: enter how many live in its streets
	ModulesSwitch = "modules.switch" // turn modules on and off
	ConfigRead    = "config.read"
	ConfigWrite   = "config.write"   // units, duty list, classes, limits, branding
	PeopleRead    = "people.read"    // who works here, and in which role
	PeopleWrite   = "people.write"   // invite, change, disable people
	GrantsGive    = "grants.give"    // give and end grants
	KeysRead      = "keys.read"      // which programs have a key, and what they called
	KeysGive      = "keys.give"      // give programs keys and revoke them
	JournalRead   = "journal.read"   // every act
	LooksRead     = "looks.read"     // who looked at which resident
	AccessRead    = "access.read"    // sign-ins and refusals
	SupportRead   = "support.read"   // whom of the vendor's a street let in, why, and what they did
	SupportDecide = "support.decide" // let them in, refuse, end it

	StreetsRead  = "streets.read"  // vendor: the fleet
	StreetsOpen  = "streets.open"  // vendor: open, suspend, resume
	StreetsEnter = "streets.enter" // vendor: ask a street to be let in
	UsageRead    = "usage.read"    // vendor: meters and bills
	HealthRead   = "health.read"   // vendor: lag, jobs, errors
)

// Scope is where a role can be held.
type Scope string

// The scopes. Unit, community and grid narrow a grant in a tenant; they are no scopes of their own.
const (
	InTenant   Scope = "tenant"
	InDistrict Scope = "district"
	InVendor   Scope = "vendor"
)

// Keys of roles, as stored in grants.
const (
	Intake        = "intake"
	Dispatcher    = "dispatcher"
	Handler       = "handler"
	Hand          = "hand"
	GridHead      = "grid_head"
	GridWorker    = "grid_worker"
	Checker       = "checker"
	Caller        = "caller"
	ShiftLead     = "shift_lead"
	Leader        = "leader"
	Editor        = "editor"
	Reviewer      = "reviewer"
	StreetAdmin   = "street_admin"
	SystemAdmin   = "system_admin"
	SecurityAdmin = "security_admin"
	AuditAdmin    = "audit_admin"
	Support       = "support"

	DistrictLeader  = "district_leader"
	DistrictAnalyst = "district_analyst"

	Operator = "operator"
)

// Role is a bundle of capabilities with the name that officials know it by.
type Role struct {
	Key    string
	Title  string // Chinese, a catalogue key
	Note   string // what it is for, for those who give grants: Chinese, a catalogue key
	Scopes []Scope
	Can    []string
	Unit   bool // always narrowed to one unit
	// By is a capability that is enough to give the role, and to end it, as long as it is narrowed to one grid: who walks
	// which grid is the daily business of those who keep the grids. Empty: GrantsGive alone.
	By string
	// Lent is a role that package support gives for some hours, and nobody by hand.
	Lent bool
	// Power is which of the three separated powers the role exercises; empty for working roles. Two
	// powers never meet in one person at one scope.
	Power Power
}

// Power is one of the three powers that are kept apart (三员分立), as 等保 (GB/T 22239-2019, 安全管理中心)
// asks: who runs the system, who hands out rights, who reads the traces.
type Power string

// The three powers.
const (
	Running  Power = "system"
	Granting Power = "security"
	Auditing Power = "audit"
)

// Roles in the order in which they are offered. They are the one source of who may do what, the same
// in every tenant: no blueprint and no street can give a role more than stands here.
var Roles = []Role{
	{Key: Intake, Title: "受理员", Note: "登记各渠道诉求，核实后立案", Scopes: []Scope{InTenant}, Can: []string{CasesRead, CasesReport, CasesAccept, CasesVerify, CasesFile, CasesUrge, ServicesServe}},
	{Key: Dispatcher, Title: "派遣员", Note: "按职责清单派单，商定的记明各方和理由", Scopes: []Scope{InTenant}, Can: []string{CasesRead, CasesReport, CasesFile, CasesDispatch, CasesNegotiate, CasesUrge, CasesExport, WhistlesBlow}},
	{Key: Handler, Title: "承办联络员", Note: "为本单位（含社区）签收、处置、反馈", Scopes: []Scope{InTenant}, Unit: true, Can: []string{CasesRead, CasesReceive, CasesHandle, CasesWork, CasesExport}},
	{Key: Hand, Title: "经办人", Note: "办理本单位派给本人的案卷，办完向联络员反馈", Scopes: []Scope{InTenant}, Unit: true, Can: []string{CasesWork}},
	{Key: GridHead, Title: "网格长", Note: "统筹本网格，安排并参加巡查", Scopes: []Scope{InTenant}, By: GridsStaff, Can: []string{CasesReport, CasesWork, PatrolsPlan, PatrolsDo}},
	{Key: GridWorker, Title: "网格员", Note: "在本网格巡查、上报", Scopes: []Scope{InTenant}, By: GridsStaff, Can: []string{CasesReport, CasesWork, PatrolsDo}},
	{Key: Checker, Title: "核查员", Note: "到现场核实和核查", Scopes: []Scope{InTenant}, Can: []string{CasesRead, CasesVerify, CasesCheck}},
	{Key: Caller, Title: "回访员", Note: "结案后回访诉求人，不回访本人经办的案卷", Scopes: []Scope{InTenant}, Can: []string{CasesRead, CasesCall}},
	{Key: ShiftLead, Title: "值班长", Note: "当班统筹受理、派遣、催办、核查结案和退单审核", Scopes: []Scope{InTenant}, Can: []string{CasesRead, CasesReport, CasesAccept, CasesVerify, CasesFile,
		CasesDispatch, CasesNegotiate, CasesDesignate, CasesCheck, CasesClose, CasesCall, CasesApprove, CasesUrge, CasesSupervise, CasesExport, CasesDisclose, ShiftsLead, PatrolsPlan, BoardRead, PeopleRead, WhistlesBlow, ServicesServe}},
	{Key: Leader, Title: "分管领导", Note: "指定承办单位，审批延期、挂账，督办和批示", Scopes: []Scope{InTenant}, Can: []string{CasesRead, CasesDesignate, CasesApprove, CasesSupervise, CasesInstruct, CasesExport, BoardRead, PeopleRead, WhistlesBlow, CommunityRead, CommunityReview}},
	{Key: Editor, Title: "信息员", Note: "为街道或一个社区起草动态、通知和活动，维护便民场所；不审核本人起草的内容", Scopes: []Scope{InTenant}, Can: []string{CommunityRead, CommunityWrite}},
	{Key: Reviewer, Title: "信息审核员", Note: "审核、发布他人起草的内容", Scopes: []Scope{InTenant}, Can: []string{CommunityRead, CommunityReview}},
	{Key: StreetAdmin, Title: "街道管理员", Note: "启用模块，维护机构、职责清单、类别、时限和品牌", Scopes: []Scope{InTenant}, Power: Running,
		Can: []string{ModulesSwitch, ConfigRead, ConfigWrite, GridsDraw, GridsStaff, PatrolsPlan, PeopleRead, BoardRead, CasesRead}},
	{Key: SystemAdmin, Title: "系统管理员", Note: "模块、参数和运行状态", Scopes: []Scope{InTenant, InDistrict, InVendor}, Power: Running,
		Can: []string{ModulesSwitch, ConfigRead, ConfigWrite, PeopleRead, HealthRead}},
	{Key: SecurityAdmin, Title: "安全管理员", Note: "人员和授权", Scopes: []Scope{InTenant, InDistrict, InVendor}, Power: Granting,
		Can: []string{PeopleRead, PeopleWrite, GrantsGive, GridsStaff, KeysRead, KeysGive, SupportRead, SupportDecide}},
	{Key: AuditAdmin, Title: "审计管理员", Note: "查看操作留痕和查询记录，不能改动", Scopes: []Scope{InTenant, InDistrict, InVendor}, Power: Auditing,
		Can: []string{JournalRead, LooksRead, AccessRead, PeopleRead, KeysRead, SupportRead}},
	{Key: Support, Title: "系统管理员（运营支持）", Note: "运营方人员经批准限时进入，只办配置和运行状态，看不到案卷、居民和人员", Scopes: []Scope{InTenant}, Power: Running, Lent: true,
		Can: []string{ModulesSwitch, ConfigRead, ConfigWrite, HealthRead}},
	{Key: DistrictLeader, Title: "区级领导", Note: "查看全区运行情况", Scopes: []Scope{InDistrict}, Can: []string{BoardRead}},
	{Key: DistrictAnalyst, Title: "区级研判员", Note: "查看、研判全区数据，登记各街道常住人口", Scopes: []Scope{InDistrict}, Can: []string{BoardRead, PeopleCount}},
	{Key: Operator, Title: "运营操作员", Note: "开通、暂停街道，查看用量和运行状态", Scopes: []Scope{InVendor}, Can: []string{StreetsRead, StreetsOpen, StreetsEnter, UsageRead, HealthRead, SupportRead}},
}

var byKey = func() map[string]*Role {
	m := make(map[string]*Role, len(Roles))
	for i := range Roles {
		m[Roles[i].Key] = &Roles[i]
	}
	return m
}()

// RoleOf finds a role by its key; ok is false for one that no longer exists, which grants nothing.
func RoleOf(key string) (r Role, ok bool) {
	if p := byKey[key]; p != nil {
		return *p, true
	}
	return Role{}, false
}

// RolesIn lists the roles that can be given at scope.
func RolesIn(scope Scope) []Role {
	var out []Role
	for _, r := range Roles {
		if r.in(scope) && !r.Lent {
			out = append(out, r)
		}
	}
	return out
}

// Title is the Chinese name of a role, or its key when it no longer exists.
func Title(role string) string {
	if r, ok := RoleOf(role); ok {
		return r.Title
	}
	return role
}

func (r Role) in(scope Scope) bool {
	for _, s := range r.Scopes {
		if s == scope {
			return true
		}
	}
	return false
}

func (r Role) can(capability string) bool {
	for _, c := range r.Can {
		if c == capability {
			return true
		}
	}
	return false
}

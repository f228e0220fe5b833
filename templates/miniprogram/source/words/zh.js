// The mini-program's own words, by page; what the server says comes in the same language. en.js has the same keys.
module.exports = {
  common: {
    tabs: ['首页', '事项', '消息', '我的'], call: '打电话反映', yes: '确定', no: '取消',
    offline: '网络不通，请稍后再试。已填写的内容不会丢失。', failed: '暂时没有办成，请稍后再试',
    dueBy: '预计 {0} 前办结', mayRate: '已办结，请您评价'
  },
  home: {
    title: '街道服务', report: '我要反映', reportNote: '身边的问题，点一点就能报', matters: '我的事项', mattersNote: '看进度、补充、评价',
    follow: '凭编号查询', followNote: '不用登录', guide: '办事指南', guideNote: '要带什么、去哪里、多久办好，也可预约帮办',
    latest: '最近反映的事项', emergency: '遇到紧急情况', dial: '拨打', paused: '本街道暂停网上受理，请拨打服务电话。', privacy: '隐私政策',
    elder: '长辈版', contrast: '高对比度', otherLanguage: 'English', otherStreet: '换街道'
  },
  streets: { title: '选择街道', present: '当前', none: '本区还没有开通的街道' },
  'sign-in': {
    title: '手机号登录', phone: '手机号码', agree: '我已阅读并同意隐私政策', read: '查看隐私政策', messages: '有进展时发短信告诉我（可不选）',
    send: '获取验证码', sent: '验证码已发到', code: '短信验证码', enter: '登录', again: '没有收到？重新获取',
    otherwise: '不方便用手机登录的，可以拨打服务电话，由工作人员登记。'
  },
  report: {
    title: '我要反映', what: '是什么问题？', all: '按分类查找', elsewhere: '这些事请直接联系', dial: '拨打',
    description: '情况', descriptionHint: '发生了什么，多长时间了', photos: '照片（可不拍，最多 3 张）', photo: '照片', photograph: '拍照或从相册选', remove: '移除',
    where: '在哪里', here: '使用当前位置', pick: '在地图上选', placed: '已取得当前位置', placeNote: '点击后取一次位置，随这件事项保存，便于找到现场。不用定位也可以填写地址。',
    address: '地址', addressHint: '路名、小区、楼号', community: '社区（村）', choose: '请选择',
    confidential: '为我保密，承办单位看不到我的姓名和电话', contact: '联系电话', submit: '提交', noPlace: '没有取得位置，请填写地址', noPhoto: '没有取得照片，可以不带照片提交',
    missing: { description: '请写一写情况', address: '请填写地址、选择社区（村）或点击定位，便于找到现场' },
    done: '已收到', number: '受理编号', doneNote: '我们会尽快受理，进展会在“消息”里告诉您。', see: '查看进度', toMatters: '去看那一件', anyway: '不是同一件，继续提交',
    gate: '使用照片和位置之前', gateNote: '拍照和定位只用于您正在反映的这件事项。请先阅读并同意隐私政策。', read: '查看隐私政策', gateYes: '同意', gateNo: '不同意，只填写文字'
  },
  matters: { title: '我的事项', none: '您还没有反映过问题', report: '我要反映', bookings: '我的预约' },
  matter: {
    title: '事项', number: '编号', late: '原定 {0} 前办结，已超期', into: '与 {0} 合并办理 {1}', result: '办理结果', rate: '评价办理结果', urge: '催办', urged: '今天已催办过',
    progress: '进度', add: '补充情况', addHint: '还有什么要告诉承办单位的', send: '提交补充', said: '您反映的内容', photos: '照片 {0} 张', record: '办理记录', again: '再次反映同类问题',
    urgedNow: '已催办', added: '已补充'
  },
  rate: { title: '评价', reopen: '没有解决的话', reopenYes: '退回重新办理', reopenNo: '不用再办了', submit: '提交评价', needed: '这一题还没有回答', thanks: '感谢您的评价' },
  follow: {
    title: '凭编号查询', number: '受理编号', numberHint: '在短信或回执上', tail: '手机后四位', tailHint: '登记的手机', find: '查询',
    hidden: '为保护隐私，这里不显示反映的内容。登录后可以看到您自己反映的全部情况。'
  },
  messages: { title: '消息', read: '全部标为已读', fresh: '未读', none: '还没有消息。您反映的事项有进展时，会在这里告诉您。' },
  me: {
    title: '我的信息', phone: '手机号码', since: '开始使用', name: '怎么称呼您', save: '保存', saved: '已保存',
    consents: '我同意的事项', consentsNote: '街道办理您反映的问题是依法履职，不以同意为前提；下面各项由您决定，可随时撤回，不影响办理。',
    given: '{0} 同意（隐私政策 {1} 版）', notGiven: '未同意', agree: '同意', withdraw: '撤回', privacy: '查看隐私政策',
    looks: '谁看过我的姓名和电话', look: '{0}（{1}）', noLooks: '还没有人查看过。平时工作人员只能看到隐去一部分的姓名和号码。',
    export: '下载我的全部信息', out: '退出登录', leave: '注销账号'
  },
  privacy: { title: '隐私政策', version: '版本' },
  leave: {
    title: '注销账号', after: '注销以后',
    means: ['您的手机号码、称呼和各项同意从本街道删除，不能恢复。', '您反映过的事项按规定留存办理记录，但其中的姓名和电话全部删去，与您不再关联。', '其他街道的账号不受影响。'],
    open: '您还有 {0} 件事项正在办理：注销后承办单位无法再联系您，您也看不到结果。', proof: '为确认是您本人，我们向尾号 {0} 的手机发送验证码。',
    send: '获取验证码', code: '短信验证码', confirm: '确认注销', sure: '注销后不能恢复，确定吗？', gone: '账号已注销'
  },
  guide: { title: '办事指南', hint: '事项名称，或拼音首字母', find: '查找', none: '没有找到，换个说法试试，或拨打服务电话' },
  item: { title: '事项', sample: '示例事项，以街道窗口公布的为准', book: '预约帮办', materials: '要带什么', steps: '怎么办', ask: '咨询电话' },
  book: {
    title: '预约', kind: '怎么帮您办', day: '哪一天', hour: '几点', full: '这一天已经约满，请换一天', name: '怎么称呼', phone: '联系电话', address: '上门地址', note: '还有什么要说的',
    submit: '提交预约', booked: '已预约'
  },
  bookings: { title: '我的预约', none: '您还没有预约' },
  booking: {
    title: '预约', number: '编号', result: '办理结果', rate: '这次服务您满意吗？', why: '说说原因', send: '提交评价', cancel: '取消预约', sure: '确定取消这次预约吗？', byMyself: '本人取消',
    thanks: '感谢您的评价', cancelled: '已取消'
  }
}

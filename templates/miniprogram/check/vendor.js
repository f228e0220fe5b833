// Copies the components of TDesign that the pages use, with all that those need, from node_modules into source/tdesign. What it
// writes is committed, so building a mini-program needs no Node. Run it after changing the list below or the pinned version:
//
//   npm ci && node vendor.js
//
// One thing is changed on the way: the icon font, which TDesign fetches from its own servers, is cut out, and the few icons that
// these components show by themselves are characters. A government's mini-program asks nobody but its own server.
const fs = require('fs')
const path = require('path')

const wanted = ['button', 'cell', 'cell-group', 'input', 'textarea', 'tag', 'steps', 'step-item', 'checkbox', 'radio', 'radio-group', 'search', 'loading', 'empty', 'notice-bar']

const glyphs = { check: '✓', close: '✕', 'close-circle-filled': '✕', 'chevron-right': '›', 'chevron-down': '⌄', 'error-circle-filled': '!', 'info-circle-filled': 'i', 'minus-circle-filled': '–' }
const ticked = ".t-icon-check-circle-filled:before{content:'✓';display:block;width:1.2em;line-height:1.2em;font-size:.75em;border-radius:50%;color:#fff;background:var(--td-brand-color);}"

const from = path.join(__dirname, 'node_modules/tdesign-miniprogram/miniprogram_dist')
const to = path.join(__dirname, '../source/tdesign')
const done = new Set()

// near resolves what a file names to a file under `from`.
function near(file, name, ending) {
  const base = path.join(path.dirname(file), name)
  for (const way of [base, base + ending, path.join(base, 'index' + ending)]) {
    if (fs.existsSync(way) && fs.statSync(way).isFile()) return way
  }
  throw new Error(`${file} names ${name}, which is not there`)
}

function take(file) {
  if (done.has(file)) return
  done.add(file)
  let text = fs.readFileSync(file, 'utf8')
  const found = (form, ending) => [...text.matchAll(form)].forEach(m => {
    if (m[1] === 'tslib') take(path.join(from, 'miniprogram_npm/tslib/index.js'))
    else if (ending === '.js' && !m[1].startsWith('.')) throw new Error(`${file} needs the package ${m[1]}`)
    else take(near(file, m[1], ending))
  })
  switch (path.extname(file)) {
    case '.js': found(/(?:from|import|require\()\s*"([^"]+)"/g, '.js'); break
    case '.wxs': found(/require\(["']([^"']+)["']\)/g, '.wxs'); break
    case '.wxml':
      found(/<(?:import|include)\s[^>]*src="([^"]+)"/g, '.wxml')
      found(/<wxs\s[^>]*src="([^"]+)"/g, '.wxs')
      break
    case '.wxss':
      if (path.basename(file) === 'icon.wxss') {
        text = text.replace(/@font-face\{[^}]*\}/, '').replace(/\.t-icon-[a-z0-9-]+:before\{content:'[^']*';\}\n?/g, '')
          .replace('.t-icon{font-family:t!important;}', Object.keys(glyphs).map(k => `.t-icon-${k}:before{content:'${glyphs[k]}';}`).join('\n') + '\n' + ticked)
      }
      found(/@import\s*['"]([^'"]+)['"]/g, '.wxss')
      break
    case '.json':
      Object.values(JSON.parse(text).usingComponents || {}).forEach(name => component(path.join(path.dirname(file), name)))
  }
  const target = path.join(to, path.relative(from, file))
  fs.mkdirSync(path.dirname(target), { recursive: true })
  fs.writeFileSync(target, text)
}

function component(base) {
  for (const ending of ['.json', '.js', '.wxml', '.wxss']) take(base + ending)
}

fs.rmSync(to, { recursive: true, force: true })
wanted.forEach(name => component(path.join(from, name, name)))
fs.copyFileSync(path.join(from, '../LICENSE'), path.join(to, 'LICENSE'))
fs.writeFileSync(path.join(to, 'VERSION'), require('tdesign-miniprogram/package.json').version + '\n')

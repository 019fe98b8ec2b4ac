// speedscope.cjs FILE: lets speedscope import a file as its own command line
// does, and prints what it made of it, in its own format.
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { pathToFileURL } = require('node:url')
const { withPages } = require('./browser.cjs')

const file = process.argv[2]
const index = path.join(path.dirname(require.resolve('speedscope/package.json')), 'dist/release/index.html')

withPages(async (open) => {
	const { page, seen } = await open({ acceptDownloads: true })
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'speedscope-'))
	try {
		const loader = path.join(dir, 'profile.js')
		const data = fs.readFileSync(file).toString('base64')
		fs.writeFileSync(loader, `speedscope.loadFileFromBase64(${JSON.stringify(path.basename(file))}, ${JSON.stringify(data)})`)
		await page.goto(pathToFileURL(index).href + '#localProfilePath=' + loader)
		await page.waitForFunction(() => document.title.includes(' - speedscope') || document.querySelectorAll('canvas').length > 0, null, { timeout: 60000 })
		const [download] = await Promise.all([page.waitForEvent('download', { timeout: 60000 }), page.keyboard.press('Control+s')])
		const saved = path.join(dir, 'saved.json')
		await download.saveAs(saved)
		return { ...seen, profile: JSON.parse(fs.readFileSync(saved, 'utf8')) }
	} finally {
		fs.rmSync(dir, { recursive: true, force: true })
	}
}).catch((e) => { console.error(e); process.exit(1) })

// Starts Chromium for a script, without anything it would ask the network for by
// itself, and notes what a page logs, asks for and pops up.
const { chromium } = require('playwright-core')

exports.withPages = async function (work) {
	const browser = await chromium.launch({
		executablePath: process.env.CHROMIUM,
		args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
	})
	try {
		const result = await work(async (options) => {
			const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
			const page = await context.newPage()
			const seen = { console: [], requests: [], dialogs: [] }
			page.on('console', (m) => seen.console.push(m.type() + ': ' + m.text()))
			page.on('pageerror', (e) => seen.console.push('uncaught: ' + e.message))
			page.on('request', (r) => seen.requests.push(r.url()))
			page.on('dialog', (d) => { seen.dialogs.push(d.message()); d.dismiss() })
			return { page, seen }
		})
		console.log(JSON.stringify(result))
	} finally {
		await browser.close()
	}
}

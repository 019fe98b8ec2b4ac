// report.cjs FILE THEME PICTURE: opens a report, points at its first span, opens
// its details, and tells what there was to see.
const { pathToFileURL } = require('node:url')
const { withPages } = require('./browser.cjs')

const [file, theme, picture] = process.argv.slice(2)

withPages(async (open) => {
	const { page, seen } = await open({ colorScheme: theme })
	await page.goto(pathToFileURL(file).href)
	await page.screenshot({ path: picture })
	const bar = page.locator('rect.hit').first()
	const fill = () => bar.evaluate((e) => getComputedStyle(e).fill)
	const before = await fill()
	await bar.hover()
	const after = await fill()
	const tip = await bar.evaluate((e) => e.parentElement.querySelector('title').textContent)
	await bar.click()
	const details = await page.locator('details[open]').first().innerText()
	await page.locator('.tools input').first().fill('no span has this')
	const left = await page.locator('.span:not(.gone)').count()
	return {
		...seen, before, after, tip, details, left,
		rows: await page.locator('.span').count(),
		text: await page.locator('body').innerText(),
		scripts: await page.evaluate(() => document.scripts.length),
		background: await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor + ' ' + getComputedStyle(document.body).backgroundColor),
		file: pathToFileURL(file).href,
	}
}).catch((e) => { console.error(e); process.exit(1) })

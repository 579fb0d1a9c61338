// Opens a page in Chromium and prints how many elements its document has. With a number, first waits until so many rows of
// tags are filled, scrolling down as a reader would.
//
// node benches/browser/elements.mjs URL [FILLED_ROWS]
import { launch, open } from "./chromium.mjs";

const LIMIT_MS = 30_000;

const [url, filled] = process.argv.slice(2);
const browser = await launch();
try {
  const page = await open(browser);
  await page.goto(url, { waitUntil: "load" });
  await page.waitForFunction(() => document.documentElement.dataset.hydrated !== undefined);
  if (filled !== undefined) {
    const rows = page.locator(".row.tag");
    const known = page.locator(".row.tag .meta");
    const end = Date.now() + LIMIT_MS;
    while ((await known.count()) < Number(filled)) {
      if (Date.now() > end) throw new Error(`only ${await known.count()} rows were filled`);
      await rows.nth(Math.min(Number(filled), await known.count())).scrollIntoViewIfNeeded();
      await page.waitForTimeout(50);
    }
  }
  console.log(await page.evaluate(() => document.getElementsByTagName("*").length));
} finally {
  await browser.close();
}

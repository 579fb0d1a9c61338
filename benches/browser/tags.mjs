// Opens a page of tags in Chromium with an empty cache and prints as JSON, in milliseconds from the start of the
// navigation, when a tag's name was painted and when the 100th row had digest, size and date.
//
// node benches/browser/tags.mjs URL fast|slow
import { launch, open } from "./chromium.mjs";

const LIMIT_MS = 30_000;

const [url, speed] = process.argv.slice(2);
const slow = speed === "slow";
const browser = await launch();
const page = await open(browser, { phone: slow, slowNetwork: slow, slowProcessor: slow });
await page.addInitScript(() => {
  const seen = { named: undefined, filled: undefined };
  globalThis.seen = seen;
  const isFilled = (row) =>
    row !== undefined && row.querySelector("time") !== null && /\d (k|M|G)?B/.test(row.textContent) && /[0-9a-f]{7}/.test(row.textContent);
  const look = () => {
    const rows = document.getElementsByClassName("tag");
    // What stands in the document before a frame is painted with it.
    if (seen.named === undefined && rows.length > 0) requestAnimationFrame(() => (seen.named = performance.now()));
    if (seen.filled === undefined && isFilled(rows[99])) seen.filled = performance.now();
    if (seen.filled === undefined) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
});
await page.goto(url, { waitUntil: "commit" });
try {
  await page.waitForFunction(() => globalThis.seen.filled !== undefined, undefined, { timeout: LIMIT_MS, polling: 100 });
  const seen = await page.evaluate(() => globalThis.seen);
  const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0);
  console.log(JSON.stringify({ paint_with_tag_ms: Math.max(seen.named, paint), hundredth_row_ms: seen.filled }));
} finally {
  await browser.close();
}

// Opens a page of tags in Chromium with an empty cache and prints as JSON, in milliseconds from the start of the
// navigation, when a tag's name was painted and when the 100th row had digest, size and date.
//
// node benches/browser.mjs URL fast|slow
import { existsSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(new URL("../end2end/package.json", import.meta.url));
const { chromium } = require("@playwright/test");

/** Chromium's own picture of a slow phone: 150 ms of latency, 1.6 Mbit/s, a processor four times slower. */
const SLOW = { latency: 150, downloadThroughput: 200_000, uploadThroughput: 93_750, offline: false };
const SLOWER_PROCESSOR = 4;
const LIMIT_MS = 30_000;

const [url, speed] = process.argv.slice(2);
const executablePath = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  (path) => path && existsSync(path),
);
const browser = await chromium.launch({
  ...(executablePath ? { executablePath } : {}),
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const page = await browser.newPage(speed === "slow" ? phone : { viewport: { width: 1280, height: 900 } });
if (speed === "slow") {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", SLOW);
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER_PROCESSOR });
}
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

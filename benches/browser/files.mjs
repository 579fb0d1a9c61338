// Opens a layer in Chromium that nobody has read before, and the same page again once all of it is known. Prints as JSON the
// milliseconds until its first rows are on the page, those from the request to the last byte of the second page (median of
// nine), how many bytes
// Strata has asked the registry for to answer them, and how many it had asked for before.
//
// node benches/browser/files.mjs URL
import { launch, open } from "./chromium.mjs";

const [url] = process.argv.slice(2);
const AGAIN = 9;
const HALF_AN_HOUR_MS = 1_800_000;

const received = async () => {
  const metrics = await (await fetch(new URL("/-/metrics", url))).text();
  const values = [...metrics.matchAll(/^strata_registry_received_bytes_total\{.*\} (\d+)$/gm)];
  return values.reduce((sum, [, value]) => sum + Number(value), 0);
};

const browser = await launch();
try {
  const page = await open(browser);
  // The page has the layer read by itself: this is the click on it.
  const begin = performance.now();
  await page.goto(url, { waitUntil: "commit" });
  await page.locator(".tree tbody tr").first().waitFor();
  const rows = performance.now() - begin;
  await page.locator(".inprogress").waitFor({ state: "detached", timeout: HALF_AN_HOUR_MS });
  const before = await received();
  const times = [];
  for (let time = 0; time < AGAIN; time += 1) {
    await page.goto(url);
    times.push(
      await page.evaluate(() => {
        const [{ requestStart, responseEnd }] = performance.getEntriesByType("navigation");
        return responseEnd - requestStart;
      }),
    );
  }
  times.sort((one, other) => one - other);
  const again = times[Math.floor(AGAIN / 2)];
  console.log(JSON.stringify({ rows_ms: rows, again_ms: again, again_bytes: (await received()) - before, layer_bytes: before }));
} finally {
  await browser.close();
}

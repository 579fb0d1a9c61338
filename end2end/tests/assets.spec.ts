import { expect, hydrated, test } from "../support/test.ts";

test("script, wasm and style together are at most 250 kB, fonts at most 90 kB", async ({ page, request }) => {
  const sizes = new Map<string, number>();
  page.on("requestfinished", async (finished) => {
    const { pathname } = new URL(finished.url());
    // What script then asks about the rows in view is no part of it, and may have come by then or not.
    if (pathname.startsWith("/-/fn/")) return;
    const { responseBodySize } = await finished.sizes();
    sizes.set(pathname, responseBodySize);
  });
  await page.goto("/");
  await page.evaluate(() => document.fonts.ready);
  await hydrated(page);
  const total = (fonts: boolean): number =>
    [...sizes].filter(([path]) => path.endsWith(".woff2") === fonts).reduce((sum, [, size]) => sum + size, 0);
  expect(total(false)).toBeLessThanOrEqual(250_000);
  expect(total(true)).toBeLessThanOrEqual(90_000);

  const wasm = [...sizes.keys()].find((path) => path.endsWith(".wasm")) ?? "";
  const response = await request.get(wasm, { headers: { "accept-encoding": "br" } });
  expect(response.headers()["content-encoding"]).toBe("br");
  expect(response.headers()["content-type"]).toBe("application/wasm");
  expect(response.headers()["cache-control"]).toBe("public, max-age=31536000, immutable");
});

test("nothing but style and fonts is loaded before the first paint", async ({ page }) => {
  await page.goto("/payments/api:1.10.1");
  await hydrated(page);
  const [painted = 0, ...asked] = await page.evaluate(() => {
    const begins = (entry: PerformanceEntry): number => entry.startTime;
    const files = performance.getEntriesByType("resource").filter((entry) => /\.(js|wasm)$/.test(entry.name));
    return [...performance.getEntriesByName("first-paint"), ...files].map(begins);
  });
  expect(asked).toHaveLength(2);
  // It does not wait for ever.
  for (const time of asked) expect(time).toBeGreaterThanOrEqual(Math.min(painted, 2000));
});

test("script starts where the browser tells of no paint", async ({ page }) => {
  await page.addInitScript(() => {
    PerformanceObserver.prototype.observe = () => {};
  });
  await page.goto("/");
  await hydrated(page);
});

test("a file of another build is not served", async ({ request }) => {
  const response = await request.get("/-/assets/0000000000000000/strata.js");
  expect(response.status()).toBe(404);
});

test("favicon and robots.txt are there", async ({ request }) => {
  for (const path of ["/favicon.ico", "/robots.txt"]) {
    expect((await request.get(path)).status(), path).toBe(200);
  }
});

import type { Page } from "@playwright/test";
import { expect, hold, hydrated, test } from "../support/test.ts";

// Nothing that is in view moves while rows and sizes fill in.
test.use({ site: "own" });

type Shift = { value: number; what: string[] };

/** Notes every shift of what is in view, from the page's beginning. */
async function watchShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const shifts: Shift[] = [];
    Object.assign(window, { shifts });
    type Source = { node: Node | null };
    type LayoutShift = PerformanceEntry & { value: number; sources: Source[] };
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as LayoutShift[]) {
        const what = entry.sources.map(({ node }) => (node instanceof Element ? node.outerHTML.slice(0, 120) : `${node}`));
        shifts.push({ value: entry.value, what });
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
}

/** What has shifted since the last call. Two frames later, what was painted has been reported. */
async function shifts(page: Page): Promise<Shift[]> {
  await page.evaluate(
    () => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve)))),
  );
  return page.evaluate(() => (window as unknown as { shifts: Shift[] }).shifts.splice(0));
}

for (const [what, path, asked, filled, pointed] of [
  ["repositories", "/", "fill_repositories", ".row.repo .meta", undefined],
  ["tags without aliases", "/lab/indexes", "fill_tags", ".row.tag .meta", undefined],
  ["tags with aliases under the pointer", "/payments/api", "fill_tags", ".row.tag .meta", ".row.tag"],
  ["tags by size", "/lab/indexes?sort=size", "fill_tags", ".row.tag .meta", ".row.tag"],
  ["sizes of platforms", "/platform/agent:5.3.0", "get_platform_sizes", ".platforms .psize .num", undefined],
] as const) {
  for (const width of [1280, 390]) {
    test(`${what} fill in and nothing in view moves, ${width} wide`, async ({ page }) => {
      await page.setViewportSize({ width, height: 900 });
      await watchShifts(page);
      const release = await hold(page, `**/-/fn/${asked}*`);
      await page.goto(path);
      await hydrated(page);
      await page.evaluate(() => document.fonts.ready);
      if (pointed !== undefined) await page.locator(pointed).nth(2).hover();
      await shifts(page);
      const known = await page.locator(filled).count();
      release();
      await expect.poll(() => page.locator(filled).count()).toBeGreaterThan(known);
      await expect(page.locator(".platforms .pending, .row:is(.repo, .tag):visible:not(:has(.meta))")).toHaveCount(0);
      expect(await shifts(page)).toEqual([]);
    });
  }
}

test("the watch itself sees what moves", async ({ page }) => {
  await watchShifts(page);
  await page.goto("/");
  await hydrated(page);
  await shifts(page);
  await page.evaluate(() => {
    const notice = document.createElement("p");
    notice.textContent = "Something new above everything else";
    document.querySelector("main")?.prepend(notice);
  });
  expect((await shifts(page)).length).toBeGreaterThan(0);
});

import { expect, hydrated, test } from "./test.ts";

/** A page that was kept is not loaded again, so that nothing more than its coming can be waited for. */
const COMMITTED = { waitUntil: "commit" } as const;

/** The tests of Back, Forward and reload; they hold whether or not the browser keeps the pages that were left. */
export function historyTests(): void {
  test("Back and Forward bring lists back as they were", async ({ page }) => {
    await page.goto("/");
    await hydrated(page);
    const repositories = page.locator(".row.repo");
    await expect(repositories.locator(".meta")).toHaveCount(await repositories.count());
    await page.locator("#filter").fill("payments");
    await expect(page).toHaveURL(/\/\?filter=payments$/);
    await expect(repositories).toHaveCount(3);

    await page.locator(".row.repo .name", { hasText: "payments/worker" }).click();
    await expect(page).toHaveURL(/\/payments\/worker$/);
    await hydrated(page);
    const tags = page.locator(".row.tag");
    await expect(tags.locator(".meta")).toHaveCount(await tags.count());
    await page.locator(".row.tag .name", { hasText: "v3.13.0" }).click();
    await expect(page.locator("h1")).toHaveText("payments/worker:v3.13.0");

    await page.goBack(COMMITTED);
    await expect(page).toHaveURL(/\/payments\/worker$/);
    await expect(tags.locator(".meta")).toHaveCount(await tags.count());
    await page.goBack(COMMITTED);
    await expect(page).toHaveURL(/\/\?filter=payments$/);
    await expect(page.locator("#filter")).toHaveValue("payments");
    await expect(repositories).toHaveCount(3);
    await expect(repositories.locator(".meta")).toHaveCount(3);

    // It is alive, not a picture of itself.
    await hydrated(page);
    await page.locator("#filter").fill("");
    await expect(page).toHaveURL(/\/$/);
    await expect.poll(() => repositories.count()).toBeGreaterThan(3);

    await page.goForward(COMMITTED);
    // A browser that is still on its way to a kept page is not asked for the next one.
    await expect(page).toHaveURL(/\/payments\/worker$/);
    await page.goForward(COMMITTED);
    await expect(page.locator("h1")).toHaveText("payments/worker:v3.13.0");
    await hydrated(page);
    await page.locator("summary.trace").click();
    await expect(page.locator(".tracepanel .rq").first()).toBeVisible();
  });

  test("Back leads to the place that was left", async ({ page }) => {
    await page.setViewportSize({ width: 1280, height: 400 });
    await page.goto("/");
    await hydrated(page);
    const row = page.locator(".row.repo .name", { hasText: "platform/toolbox" });
    await row.scrollIntoViewIfNeeded();
    await expect(row).toBeInViewport();
    const before = await page.evaluate(() => window.scrollY);
    expect(before).toBeGreaterThan(0);
    await row.click();
    await expect(page).toHaveURL(/\/platform\/toolbox$/);
    await page.goBack(COMMITTED);
    await expect(page).toHaveURL(/\/$/);
    // Rows lie between pixels, and a browser rounds what it scrolls to.
    await expect.poll(async () => Math.abs((await page.evaluate(() => window.scrollY)) - before)).toBeLessThan(2);
    await expect(row).toBeInViewport();
  });
}

import { historyTests } from "../support/history.ts";
import { expect, hydrated, test } from "../support/test.ts";

historyTests();

test("a wish to ask past the caches is not kept in the address", async ({ page }) => {
  await page.goto("/payments/api?sort=size&refresh=1");
  await expect(page).toHaveURL(/\/payments\/api\?sort=size$/);
  const [asked] = await Promise.all([page.waitForRequest((request) => request.isNavigationRequest()), page.reload()]);
  expect(new URL(asked.url()).search).toBe("?sort=size");
});

test("a wish to ask past the caches leaves the rest of the address", async ({ page }) => {
  await page.goto("/payments/api:1.10.1");
  const anchor = await page.locator(".step[id]").last().getAttribute("id");
  await page.goto(`/payments/api:1.10.1?refresh=1#${anchor}`);
  await hydrated(page);
  await expect(page).toHaveURL(new RegExp(`/payments/api:1\\.10\\.1#${anchor}$`));
});

test("two tabs of the browser do not disturb each other", async ({ page, context }) => {
  const other = await context.newPage();
  const errors: string[] = [];
  other.on("pageerror", (error) => errors.push(error.message));
  await page.goto("/payments/api");
  await other.goto("/payments/api");
  await hydrated(page);
  await hydrated(other);
  await page.locator("#filter").fill("1.9");
  await other.locator("#filter").fill("1.8");
  await expect(page).toHaveURL(/\?filter=1\.9$/);
  await expect(other).toHaveURL(/\?filter=1\.8$/);
  await expect(page.locator(".row.tag .name").first()).toHaveText("1.9.1");
  await expect(other.locator(".row.tag .name").first()).toHaveText("1.8.1");
  await page.getByLabel("Select 1.9.0 to compare", { exact: true }).check();
  await expect(page.locator(".actionbar")).toBeVisible();
  await expect(other.locator(".actionbar")).toHaveCount(0);
  expect(errors).toEqual([]);
});

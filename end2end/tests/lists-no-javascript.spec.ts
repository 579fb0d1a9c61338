import { expect, test } from "../support/test.ts";

const REPOSITORY = "/payments/api";

test.beforeEach(({ javaScriptEnabled }) => {
  test.skip(javaScriptEnabled !== false, "these tests are about pages without script");
});

test("a link fills the rows on the server", async ({ page }) => {
  await page.goto(REPOSITORY);
  await page.getByRole("link", { name: /^Read digest, size and date/ }).first().click();
  await expect(page).toHaveURL(/\?details=/);
  await expect(page.locator(".row.tag:visible").first().locator(".digest")).toBeVisible();
  await expect(page.locator(".row.tag:visible").first().locator(".alias").first()).toBeVisible();
});

test("the filter is a form", async ({ page }) => {
  await page.goto(REPOSITORY);
  await page.locator("#filter").fill("1.9");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\?filter=1\.9$/);
  await expect(page.locator(".row.tag .name").first()).toHaveText("1.9.1");
});

test("orders are links", async ({ page }) => {
  await page.goto(REPOSITORY);
  await page.getByRole("link", { name: "Newest" }).click();
  await expect(page).toHaveURL(/\?sort=newest$/);
  await expect(page.locator(".reading")).toContainText("Newest first");
});

test("two ticked tags lead to their comparison", async ({ page }) => {
  await page.goto(REPOSITORY);
  for (const tag of ["1.10.0", "1.9.0"]) await page.getByLabel(`Select ${tag} to compare`, { exact: true }).check();
  const answered = page.waitForResponse((response) => response.url().includes("select="));
  await page.getByRole("button", { name: "Compare two selected tags" }).click();
  const answer = await answered;
  expect(answer.status()).toBe(302);
  expect(answer.headers()["location"]).toBe("/-/compare?from=payments/api:1.9.0&to=payments/api:1.10.0");
});

test("the request bar opens", async ({ page }) => {
  await page.goto(`${REPOSITORY}?refresh=1`);
  await page.locator("summary.trace").click();
  await expect(page.locator(".tracepanel .rq").first()).toContainText("/v2/payments/api/tags/list");
});

test("what works by script alone is not shown", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByRole("button", { name: /^Theme/ })).toHaveCount(0);
});

import { accessibilityFaults, copyBy, expect, hydrated, overflow, test } from "../support/test.ts";

const LONG_NAME =
  "lab/a-name/that-says-everything-its-maker-thought-of/because-nobody-had-told-them/that-names-are-typed-by-people/and-shown-in-narrow-columns/where-they-have-to-be-cut-somewhere/without-hiding-the-end-that-tells-them-apart";
const VERSIONS = "/-/compare?from=payments/api:1.10.0&to=payments/api:1.10.1";

test("a row's digest leads to that layer's row on the page of its image", async ({ page, javaScriptEnabled }) => {
  await page.goto(VERSIONS);
  await hydrated(page, javaScriptEnabled);
  const link = page.locator(".pcell.new a.digest");
  const digest = (await link.getAttribute("title")) ?? "";
  const anchor = digest.replace(":", "-");
  await link.click();
  await expect(page).toHaveURL(new RegExp(`/payments/api@sha256:.*#${anchor}$`));
  const row = page.locator(":target");
  await expect(row).toContainText(digest.slice(7, 19));
  await expect(row).toBeInViewport();
});

test("sides are swapped, and views and platforms keep the rest of the choice", async ({ page, javaScriptEnabled }) => {
  await page.goto(VERSIONS);
  await hydrated(page, javaScriptEnabled);
  await page.getByRole("link", { name: "linux/arm64/v8" }).first().click();
  await expect(page).toHaveURL(/&platform=linux\/arm64\/v8$/);
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: /^Config/ }).click();
  await expect(page).toHaveURL(/&platform=linux\/arm64\/v8&view=config$/);
  await page.getByRole("link", { name: "Swap the two sides" }).click();
  await expect(page).toHaveURL(/from=payments\/api:1\.10\.1&to=payments\/api:1\.10\.0&platform=.*&view=config$/);
  await expect(page).toHaveTitle("Compare payments/api 1.10.1 with 1.10.0 · Strata");
});

test("the pinned link is copied as a whole address", async ({ page, javaScriptEnabled }) => {
  await page.goto(VERSIONS);
  await hydrated(page, javaScriptEnabled);
  await copyBy(page.getByRole("button", { name: "Copy pinned link" }));
  // Pages may not read the clipboard; people paste.
  const search = page.getByRole("banner").getByRole("textbox");
  await search.focus();
  await page.keyboard.press("Control+V");
  await expect(search).toHaveValue(
    /^http:\/\/.*\/-\/compare\?from=payments\/api@sha256:[0-9a-f]{64}&to=payments\/api@sha256:/,
  );
  await page.goto(await search.inputValue());
  await expect(page.locator(".pair")).toHaveCount(10);
});

test("a secret is covered until it is asked for", async ({ page, javaScriptEnabled }) => {
  await page.goto(`${VERSIONS}&view=config`);
  await hydrated(page, javaScriptEnabled);
  const row = page.getByRole("row", { name: /DEPLOY_TOKEN/ });
  await expect(row.locator("code bdi").last()).toBeHidden();
  await row.locator("summary").click();
  await expect(row.locator("code bdi").last()).toBeVisible();
});

test("the form leads to the comparison, and keeps what the address says", async ({ page, javaScriptEnabled }) => {
  await page.goto("/-/compare?from=payments/api:1.10.0");
  await hydrated(page, javaScriptEnabled);
  await expect(page.getByLabel("From")).toHaveValue("payments/api:1.10.0");
  await page.getByLabel("To", { exact: false }).last().fill("payments/api:1.10.1");
  await page.getByRole("button", { name: "Compare" }).click();
  await expect(page.getByRole("heading", { name: "Layers" })).toBeVisible();
});

test("on a narrow page what is equal is said once, and the sides stand one below the other", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(VERSIONS);
  const equal = page.locator(".pair.once").first().locator(".pcell");
  await expect(equal.first()).toBeVisible();
  await expect(equal.last()).toBeHidden();
  const old = await page.locator(".pcell.old").boundingBox();
  const changed = await page.locator(".pcell.new").boundingBox();
  expect(changed?.y).toBeGreaterThanOrEqual((old?.y ?? 0) + (old?.height ?? 0));
  expect(changed?.x).toBe(old?.x);
});

for (const path of [
  `${VERSIONS}&view=config`,
  "/-/compare?from=base/linux:latest&to=payments/api:1.10.1",
  `/-/compare?from=lab/hostile:labels&to=${LONG_NAME}:1&view=config`,
]) {
  test(`a narrow page has no accessibility fault and does not scroll sideways: ${path}`, async ({
    page,
    javaScriptEnabled,
  }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(path);
    await hydrated(page, javaScriptEnabled);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflow(page)).toBe(0);
  });
}

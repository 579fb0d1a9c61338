import { BASE_PATH } from "../support/sites.ts";
import { clipboard, copyBy, expect, hydrated, test } from "../support/test.ts";

test.use({ site: "below", permissions: ["clipboard-read", "clipboard-write"] });

test("everything happens below the base path", async ({ page, baseURL }) => {
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));

  // The list fills by script and is filtered.
  await page.goto(`${BASE_PATH}/`);
  await hydrated(page);
  const repositories = page.locator(".row.repo");
  await expect(repositories.locator(".meta")).toHaveCount(await repositories.count());
  await page.locator("#filter").fill("payments/");
  await expect(page).toHaveURL(`${baseURL}${BASE_PATH}/?filter=payments/`);
  await page.locator(".row.repo .name", { hasText: "payments/api" }).click();
  await expect(page).toHaveURL(`${baseURL}${BASE_PATH}/payments/api`);

  // The tags fill, and two of them are compared.
  await hydrated(page);
  const tags = page.locator(".row.tag");
  await expect(tags.locator(".meta")).toHaveCount(await tags.count());
  for (const tag of ["1.9.0", "1.10.0"]) await page.getByLabel(`Select ${tag} to compare`, { exact: true }).check();
  await page.getByRole("link", { name: "Compare layers" }).click();
  await expect(page).toHaveURL(`${baseURL}${BASE_PATH}/-/compare?from=payments/api:1.9.0&to=payments/api:1.10.0`);
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "Config" }).click();
  await expect(page).toHaveURL(/view=config/);

  // The search box opens an image; its copied link opens it again.
  await hydrated(page);
  await page.keyboard.press("/");
  await page.locator("#search").fill("docker pull payments/api:1.10.1");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`${baseURL}${BASE_PATH}/payments/api:1.10.1`);
  await hydrated(page);
  await page.locator(".platform", { hasText: "linux/arm64/v8" }).click();
  await expect(page).toHaveURL(/\?platform=linux\/arm64\/v8$/);
  await hydrated(page);
  await copyBy(page.getByRole("button", { name: "Copy link to digest" }));
  const link = await clipboard(page);
  expect(link.startsWith(`${baseURL}${BASE_PATH}/payments/api@sha256:`)).toBe(true);
  await page.locator("#search").fill(link);
  await page.locator("#search").press("Enter");
  await expect(page).toHaveURL(link);
  await expect(page.locator(".platforms [aria-current=true] b")).toHaveText("linux/arm64/v8");

  // Past the caches and back.
  await page.locator("summary.trace").click();
  await page.getByRole("link", { name: "Refresh past the caches" }).click();
  await expect(page).toHaveURL(link);
  await hydrated(page);
  await page.locator(".brand").click();
  await expect(page).toHaveURL(`${baseURL}${BASE_PATH}/`);

  const functions = asked.filter((path) => path.startsWith(`${BASE_PATH}/-/fn/`));
  expect(functions.length).toBeGreaterThan(2);
  expect(asked.filter((path) => !path.startsWith(`${BASE_PATH}/`))).toEqual([]);
});

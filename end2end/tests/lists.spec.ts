import { expect, hold, hydrated, test } from "../support/test.ts";

const REPOSITORY = "/payments/api";

test.beforeEach(({ javaScriptEnabled }) => {
  test.skip(javaScriptEnabled === false, "these tests are about the script");
});

test("repositories fill in and keep their height", async ({ page, javaScriptEnabled }) => {
  await page.goto("/");
  const rows = page.locator(".row.repo");
  const before = await rows.first().boundingBox();
  await hydrated(page, javaScriptEnabled);
  await expect(rows.locator(".meta")).toHaveCount(await rows.count());
  expect(await rows.first().boundingBox()).toEqual(before);
});

test("tags of one digest share a row, highest version first", async ({ page }) => {
  await page.goto(REPOSITORY);
  const first = page.locator(".row.tag:visible").first();
  await expect(first.locator(".name")).toHaveText("1.10.1");
  await expect(first.locator(".alias")).toHaveText(["1.10", "1", "latest"]);
  const names = await page.locator(".row.tag:visible .name").allTextContents();
  expect(names.indexOf("1.10.0")).toBeLessThan(names.indexOf("1.9.0"));
  expect(names.indexOf("1.9.0")).toBeLessThan(names.indexOf("1.9.0-rc.1"));
});

test("nothing is grouped under the pointer", async ({ page, javaScriptEnabled }) => {
  // A repository whose rows no other test reads: what is known when the page is drawn is grouped at once.
  const release = await hold(page, "**/-/fn/fill_tags*");
  await page.goto("/base/python");
  await hydrated(page, javaScriptEnabled);
  await page.mouse.move(5, 5);
  await page.locator(".row.tag").nth(3).hover();
  release();
  await expect(page.locator(".row.tag .digest").first()).toBeVisible();
  await expect(page.locator(".row.tag .alias")).toHaveCount(0);
  await page.mouse.move(5, 5);
  await expect(page.locator(".row.tag .alias").first()).toBeVisible();
});

test("the filter is live, in the address, and cleared by Escape", async ({ page, javaScriptEnabled }) => {
  await page.goto("/");
  await page.locator(".row.repo .name", { hasText: "payments/api" }).click();
  await hydrated(page, javaScriptEnabled);
  await page.locator("#filter").fill("1.9");
  await expect(page).toHaveURL(/\?filter=1\.9$/);
  await expect(page.locator(".row.tag .name").first()).toHaveText("1.9.1");
  await expect(page.locator("#filter")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(new RegExp(`${REPOSITORY}$`));
  await expect(page.locator("#filter")).toHaveValue("");
  // Typing leaves no entries behind.
  await page.goBack();
  await expect(page).toHaveURL(/\/$/);
});

test("newest and size sort what has been read", async ({ page }) => {
  await page.goto(`${REPOSITORY}?sort=size`);
  await expect(page.locator(".reading")).toContainText("Largest first: all");
  const sizes = await page.locator(".row.tag:visible .bytes span").evaluateAll((cells) =>
    cells.map((cell) => Number((cell.getAttribute("title") ?? "").replace(/\D/g, ""))),
  );
  expect(sizes.length).toBeGreaterThan(5);
  expect(sizes).toEqual([...sizes].sort((one, other) => other - one));
});

test("two selected tags lead to their comparison", async ({ page, javaScriptEnabled }) => {
  await page.goto(REPOSITORY);
  await hydrated(page, javaScriptEnabled);
  for (const tag of ["1.9.0", "1.10.0"]) await page.getByLabel(`Select ${tag} to compare`, { exact: true }).check();
  const link = page.getByRole("link", { name: "Compare layers" });
  await expect(link).toHaveAttribute("href", "/-/compare?from=payments/api:1.9.0&to=payments/api:1.10.0");
  await page.getByRole("button", { name: "Clear" }).click();
  await expect(page.locator("input[name=select]:checked")).toHaveCount(0);
});

test("a selection outlives the filter", async ({ page, javaScriptEnabled }) => {
  await page.goto(REPOSITORY);
  await hydrated(page, javaScriptEnabled);
  await page.getByLabel("Select 1.9.0 to compare", { exact: true }).check();
  await page.locator("#filter").fill("1.10");
  await expect(page).toHaveURL(/filter=1\.10/);
  await expect(page.locator("input[name=select]:checked")).toHaveCount(0);
  await page.getByLabel("Select 1.10.0 to compare", { exact: true }).check();
  await expect(page.getByRole("link", { name: "Compare layers" })).toBeVisible();
});

test("keys reach the search box and the rows", async ({ page, javaScriptEnabled }) => {
  await page.goto("/");
  await hydrated(page, javaScriptEnabled);
  await page.keyboard.press("/");
  await expect(page.locator("#search")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.locator("#search")).not.toBeFocused();
  await page.locator("#filter").focus();
  await page.keyboard.press("ArrowDown");
  const names = page.locator(".row.repo .name");
  await expect(names.first()).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(names.nth(1)).toBeFocused();
  await page.keyboard.press("End");
  await expect(names.last()).toBeFocused();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowUp");
  await expect(page.locator("#filter")).toBeFocused();
});

test("pointing at a digest marks it all over the page", async ({ page }) => {
  await page.goto(REPOSITORY);
  await hydrated(page);
  // The base layer of the first tag is that of others too.
  await page.locator(".row.tag .strip rect").first().hover();
  await expect.poll(() => page.locator("rect.marked").count()).toBeGreaterThan(1);
  await page.locator("h1").hover();
  await expect(page.locator(".marked")).toHaveCount(0);
});

test.describe("of a server that has read nothing", () => {
  test.use({ site: "own" });

  test("the request bar counts what the script asked and lists it", async ({ page }) => {
    await page.goto(`${REPOSITORY}?refresh=1`);
    await expect(page).toHaveURL(new RegExp(`${REPOSITORY}$`));
    const rows = page.locator(".row.tag");
    await expect(rows.locator(".meta")).toHaveCount(await rows.count());
    await page.locator("summary.trace").click();
    const requests = page.locator(".tracepanel .rq");
    await expect(requests.first()).toContainText("/v2/payments/api/tags/list");
    // The list is one request, and each of the tags was asked for at least once.
    const words = (await page.locator("summary.trace b").textContent()) ?? "";
    expect(Number.parseInt(words)).toBeGreaterThan(await rows.count());
    expect(await requests.count()).toBeGreaterThan(await rows.count());
  });
});

test("search opens what is pasted", async ({ page, javaScriptEnabled }) => {
  await page.goto("/");
  await hydrated(page, javaScriptEnabled);
  await page.locator("#search").fill("docker pull payments/api:1.10.1");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`${REPOSITORY}:1\\.10\\.1$`));
  await expect(page.locator("h1")).toHaveText("payments/api:1.10.1");
});

test.describe("a repository whose tags are all one image", () => {
  test.use({ site: "crowded" });

  test("rows are read that come into view when others join one", async ({ page }) => {
    await page.goto("/crowded/nightly");
    const rows = page.locator(".row.tag:visible");
    await expect(rows).toHaveCount(1);
    await expect(rows.locator(".alias")).toHaveCount(299);
    // Its names scroll.
    expect((await rows.boundingBox())?.height).toBeLessThan(250);
  });
});

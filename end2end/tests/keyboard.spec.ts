import type { Locator, Page } from "@playwright/test";
import { expect, hydrated, test } from "../support/test.ts";

/** What is wrong with how the focus shows: nothing where it can be seen and is not covered. */
async function focusFault(page: Page): Promise<string | undefined> {
  return page.evaluate(() => {
    const focused = document.activeElement;
    if (!(focused instanceof Element) || focused === document.body) return undefined;
    const name = `${focused.tagName.toLowerCase()}.${focused.getAttribute("class")} ${focused.textContent?.slice(0, 30)}`;
    // A row or a field's frame may show it for what is in it.
    const shows = [focused, focused.closest(".row"), focused.closest("form")].some((element) => {
      if (element === null) return false;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      return (outlineStyle !== "none" && outlineWidth !== "0px") || (element !== focused && boxShadow !== "none");
    });
    if (!shows && focused.id !== "main") return `${name} does not show that it has the focus`;
    const box = focused.getBoundingClientRect();
    const [x, y] = [box.left + Math.min(box.width / 2, 20), box.top + Math.min(box.height / 2, 10)];
    const top = document.elementFromPoint(x, y);
    if (top === null) return `${name} is out of view, at ${Math.round(x)}, ${Math.round(y)}`;
    const related = top.contains(focused) || focused.contains(top);
    return related ? undefined : `${name} is covered by ${top.tagName.toLowerCase()}.${top.getAttribute("class")}`;
  });
}

/** Presses Tab until an element has the focus. Wherever it goes on the way, it shows. */
async function tabTo(page: Page, target: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  for (let steps = 0; steps < 200; steps += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
    expect(await focusFault(page)).toBeUndefined();
  }
  throw new Error(`no way to ${target} by ${key}`);
}

test("from the list of repositories to a comparison and back, with keys alone", async ({ page }) => {
  await page.goto("/");
  await hydrated(page);
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to content" });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page.locator("main")).toBeFocused();

  await tabTo(page, page.locator("#filter"));
  await page.keyboard.type("payments");
  await expect(page).toHaveURL(/\?filter=payments$/);
  await expect(page.locator(".row.repo")).toHaveCount(3);
  await page.keyboard.press("ArrowDown");
  await expect(page.locator(".row.repo .name").first()).toBeFocused();
  expect(await focusFault(page)).toBeUndefined();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/payments\/api$/);
  await hydrated(page);

  for (const tag of ["1.10.1", "1.10.0"]) {
    const box = page.getByLabel(`Select ${tag} to compare`, { exact: true });
    await tabTo(page, box);
    await page.keyboard.press("Space");
    await expect(box).toBeChecked();
  }
  const compare = page.getByRole("link", { name: "Compare layers" });
  await tabTo(page, compare);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Layers" })).toBeVisible();
  await hydrated(page);

  const config = page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: /^Config/ });
  await tabTo(page, config);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/view=config/);
  // A browser without a window has no keys of its own for this.
  await page.goBack();
  await expect(page).not.toHaveURL(/view=config/);
  await page.goBack();
  await expect(page).toHaveURL(/\/payments\/api$/);
});

test("through an image's page, with keys alone", async ({ page }) => {
  await page.goto("/");
  await hydrated(page);
  await page.keyboard.press("/");
  await expect(page.locator("#search")).toBeFocused();
  expect(await focusFault(page)).toBeUndefined();
  await page.keyboard.type("payments/api:1.10.1");
  await page.keyboard.press("Enter");
  await expect(page.locator("h1")).toHaveText("payments/api:1.10.1");
  await hydrated(page);

  await tabTo(page, page.locator(".platforms a", { hasText: "linux/arm64/v8" }));
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/platform=linux\/arm64\/v8$/);
  await hydrated(page);

  await tabTo(page, page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "Config" }));
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/-\/config\?platform=linux\/arm64\/v8$/);
  await hydrated(page);

  const bar = page.locator("summary.trace");
  await tabTo(page, bar, "Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(page.locator(".tracepanel .rq").first()).toBeVisible();
  await tabTo(page, page.getByRole("link", { name: "Refresh past the caches" }));
  await tabTo(page, bar, "Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(page.locator(".tracepanel")).toBeHidden();
});

for (const path of [
  "/",
  "/payments/api",
  "/payments/api:1.10.1",
  "/payments/api:1.10.1/-/raw",
  "/lab/hostile:labels/-/config",
  "/-/compare?from=payments/api:1.10.0&to=payments/api:1.10.1",
]) {
  test(`the focus is seen wherever Tab leads: ${path}`, async ({ page }) => {
    await page.setViewportSize({ width: 1280, height: 600 });
    await page.goto(path);
    await hydrated(page);
    await expect(page.locator(".row:is(.repo, .tag):visible:not(:has(.meta))")).toHaveCount(0);
    const bar = page.locator("summary.trace");
    await tabTo(page, bar);
    await tabTo(page, page.locator(".brand"), "Shift+Tab");
  });
}

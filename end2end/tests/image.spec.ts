import { clipboard, copyBy, expect, hold, hydrated, test } from "../support/test.ts";

const IMAGE = "/payments/api:1.10.1";
const DIGEST = /sha256:[0-9a-f]{64}/;

test.describe("what is copied", () => {
  test.use({ permissions: ["clipboard-read", "clipboard-write"] });

  test("is the whole address by digest, with the platform", async ({ page, baseURL }) => {
    await page.goto(`${IMAGE}?platform=linux/arm64/v8`);
    await hydrated(page);
    await copyBy(page.getByRole("button", { name: "Copy link to digest" }));
    const link = await clipboard(page);
    expect(link.startsWith(`${baseURL}/payments/api@sha256:`)).toBe(true);
    expect(link).toMatch(/platform=linux\/arm64\/v8$/);
    // The button says its own words again, and the link leads to the same image.
    await expect(page.getByRole("button", { name: "Copy link to digest" })).toBeVisible();
    await page.goto(link);
    await expect(page.locator(".platforms [aria-current=true] b")).toHaveText("linux/arm64/v8");
  });

  test("is the pull command that is shown", async ({ page }) => {
    await page.goto(IMAGE);
    await hydrated(page);
    await page.getByText("Pull command").click();
    const commands = page.locator(".pulls section").last().locator(".pull");
    const row = commands.filter({ has: page.locator("dt", { hasText: /^docker$/ }) });
    const command = (await row.locator("code").textContent()) ?? "";
    expect(command).toMatch(/^docker pull .*payments\/api:1\.10\.1$/);
    await copyBy(row.getByRole("button"));
    expect(await clipboard(page)).toBe(command);
  });

  test("is the raw text, line by line", async ({ page }) => {
    await page.goto(`${IMAGE}/-/raw`);
    await hydrated(page);
    const card = page.locator("section.card").first();
    await copyBy(card.getByRole("button", { name: "Copy" }));
    const copied = await clipboard(page);
    expect(JSON.parse(copied)).toHaveProperty("manifests");
    expect(copied).toBe((await card.locator("pre").innerText()).replaceAll("\u00a0", " "));
  });
});

test("tabs keep the platform and the reader's place", async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 500 });
  await page.goto(`${IMAGE}?platform=linux/arm64/v8`);
  await hydrated(page);
  const tabs = page.getByRole("navigation", { name: "Views" });
  for (const [name, view] of [
    ["Config", "/-/config"],
    ["Raw", "/-/raw"],
    ["Layers", ""],
  ] as const) {
    await page.evaluate(() => window.scrollTo(0, 120));
    await tabs.getByRole("link", { name }).click();
    await expect(page).toHaveURL(new RegExp(`1\\.10\\.1${view}\\?platform=linux/arm64/v8$`));
    await expect(tabs.locator("[aria-current=page]")).toHaveText(name);
    await hydrated(page);
    expect(await page.evaluate(() => window.scrollY)).toBe(120);
    await expect(page.locator(".platforms [aria-current=true] b")).toHaveText("linux/arm64/v8");
  }
});

test("platforms keep the view and the reader's place", async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 500 });
  await page.goto(`${IMAGE}/-/config`);
  await hydrated(page);
  await page.evaluate(() => window.scrollTo(0, 60));
  await page.locator(".platforms a", { hasText: "linux/arm64/v8" }).click();
  await expect(page).toHaveURL(/\/-\/config\?platform=linux\/arm64\/v8$/);
  await hydrated(page);
  expect(await page.evaluate(() => window.scrollY)).toBe(60);
});

test.describe("of a server that has read nothing", () => {
  test.use({ site: "own" });

  test("sizes of platforms fill in, and nothing moves", async ({ page }) => {
    const release = await hold(page, "**/-/fn/get_platform_sizes*");
    await page.goto("/platform/agent:5.3.0");
    await hydrated(page);
    const cards = page.locator(".platform, .ids, .tabs");
    await page.evaluate(() => document.fonts.ready);
    const places = async () => {
      const all = await cards.all();
      return Promise.all(all.map((card) => card.boundingBox()));
    };
    const before = await places();
    await expect(page.locator(".platforms .pending").first()).toBeVisible();
    release();
    await expect(page.locator(".platforms .psize .num")).toHaveCount(4);
    expect(await places()).toEqual(before);
  });
});

test("what opens is opened and closed by keys", async ({ page }) => {
  await page.goto(IMAGE);
  await hydrated(page);
  for (const name of ["Attestations", "Pull command"]) {
    const button = page.getByRole("button", { name });
    await button.focus();
    await page.keyboard.press("Enter");
    const panel = page.getByRole("dialog", { name });
    await expect(panel).toBeVisible();
    await expect(panel).toBeInViewport({ ratio: 1 });
    await page.keyboard.press("Tab");
    await expect(panel.locator(":focus")).toHaveCount(1);
    await page.keyboard.press("Escape");
    await expect(panel).toBeHidden();
    await expect(button).toBeFocused();
  }

  for (const [summary, content] of [
    [page.locator(".term > summary").first(), page.locator(".term > p").first()],
    [page.locator(".stepmore > summary").first(), page.locator(".facts").first()],
    [page.locator("summary.trace"), page.locator(".tracepanel")],
  ] as const) {
    await expect(content).toBeHidden();
    await summary.focus();
    await page.keyboard.press("Enter");
    await expect(content).toBeVisible();
    await page.keyboard.press("Enter");
    await expect(content).toBeHidden();
  }
});

test("an attestation leads to its own page", async ({ page }) => {
  await page.goto(IMAGE);
  await page.getByRole("button", { name: /Attestations/ }).click();
  await page.getByRole("dialog", { name: "Attestations" }).getByRole("link").first().click();
  await expect(page).toHaveURL(/\/payments\/api:1\.10\.1\?manifest=sha256:[0-9a-f]{64}$/);
  await expect(page.locator(".sub").first()).toContainText("attestation", { ignoreCase: true });
  await expect(page.getByRole("heading", { name: "Content" })).toBeVisible();
});

test("a link to a layer's row goes there, and so does the stack", async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 500 });
  await page.goto("/lab/images:sixty-layers");
  const digest = (await page.locator(".step .digest").last().getAttribute("data-digest")) ?? "";
  const anchor = digest.replace(":", "-");
  await page.goto(`/lab/images:sixty-layers#${anchor}`);
  await expect(page.locator(":target")).toContainText(digest.slice(7, 19));
  await expect(page.locator(":target")).toBeInViewport({ ratio: 1 });
  // It does not stand behind the bar at the top.
  const bar = await page.getByRole("banner").boundingBox();
  const row = await page.locator(":target").boundingBox();
  expect(row?.y).toBeGreaterThanOrEqual((bar?.y ?? 0) + (bar?.height ?? 0));

  await page.goto(IMAGE);
  const band = page.locator(".stack a").last();
  const href = (await band.getAttribute("href")) ?? "";
  await band.click();
  await expect(page).toHaveURL(new RegExp(`${href}$`));
  await expect(page.locator(":target")).toBeInViewport();
});

test("digests in the raw text lead to what they name", async ({ page }) => {
  for (const [document, expected] of [
    ["Index", /\/payments\/api@sha256:[0-9a-f]{64}$/],
    ["Manifest", /\/-\/config/],
  ] as const) {
    await page.goto(`${IMAGE}/-/raw`);
    const link = page.getByLabel(`${document}, as text`).getByRole("link").first();
    await expect(link).toHaveText(DIGEST);
    await link.click();
    await expect(page).toHaveURL(expected);
  }
  await page.goto(`${IMAGE}/-/raw`);
  const layer = page.getByLabel("Manifest, as text").getByRole("link").nth(1);
  const digest = (await layer.textContent()) ?? "";
  await layer.click();
  await expect(page.locator(":target")).toContainText(digest.slice(7, 19));
});

test("secrets are covered until they are asked for", async ({ page }) => {
  const secret = "sample-password-that-opens-nothing";
  for (const path of ["/platform/toolbox:1.1", "/platform/toolbox:1.1?as=dockerfile"]) {
    await page.goto(path);
    const covered = page.locator(":is(.step > code, pre) details.secret", { hasText: secret }).first();
    await expect(covered.getByText(secret)).toBeHidden();
    await covered.locator("summary").click();
    await expect(covered.getByText(secret)).toBeVisible();
  }
  await page.goto("/payments/api:1.10.0/-/config");
  const row = page.locator(".kv", { hasText: "DEPLOY_TOKEN" });
  await expect(row.getByText("sample-token-that-opens-nothing")).toBeHidden();
  await row.locator("summary").click();
  await expect(row.getByText("sample-token-that-opens-nothing")).toBeVisible();
});

test("times are told from now, exactly on hover", async ({ page }) => {
  await page.clock.setFixedTime(new Date("2026-11-20T17:00:00Z"));
  await page.goto(IMAGE);
  await hydrated(page);
  const built = page.locator(".sub time");
  await expect(built).toHaveText("3 days ago");
  await expect(built).toHaveAttribute("title", "2026-11-17 16:08 UTC");
  await expect(built).toHaveAttribute("datetime", "2026-11-17T16:08:21Z");
});

import { launchOptions } from "../support/browser.ts";
import { HOST_NAME } from "../support/sites.ts";
import { clipboard, copyBy, expect, hydrated, test } from "../support/test.ts";

// Over plain http and under a name, as many private registries' tools are used, a browser has no clipboard of the new kind.
test.use({
  site: "named",
  launchOptions: launchOptions([`--host-resolver-rules=MAP ${HOST_NAME} 127.0.0.1`]),
});

test("copy buttons work without a secure origin", async ({ page, baseURL }) => {
  await page.goto("/payments/api:1.10.1");
  await hydrated(page);
  expect(await page.evaluate(() => window.isSecureContext)).toBe(false);
  const button = page.getByRole("button", { name: "Copy link to digest" });
  await copyBy(button);
  await expect(button).toBeFocused();
  const link = await clipboard(page);
  expect(link.startsWith(`${baseURL}/payments/api@sha256:`)).toBe(true);

  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "Raw" }).click();
  await hydrated(page);
  const card = page.locator("section.card").last();
  await copyBy(card.getByRole("button", { name: "Copy" }));
  expect(JSON.parse(await clipboard(page))).toHaveProperty("rootfs");
});

import { existsSync } from "node:fs";

/** Debian's Chromium, or another one: no browser is downloaded. */
const executablePath = [
  process.env["CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((path) => path !== undefined && path !== "" && existsSync(path));

/** How the browser of all tests is started, with more arguments where a file of tests needs them. */
export function launchOptions(more: readonly string[] = []): { executablePath?: string; args: string[] } {
  // Chromium's sandbox does not start for root.
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return { ...(executablePath === undefined ? {} : { executablePath }), args: [...sandbox, ...more] };
}

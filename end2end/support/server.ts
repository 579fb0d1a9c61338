import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** The release under test, `target/release/strata` unless `STRATA` names another. */
const BINARY = process.env["STRATA"] ?? new URL("../../target/release/strata", import.meta.url).pathname;

/** How long the server may take to answer for the first time. */
const START_LIMIT_MS = 10_000;

/** A running server, with what it has logged so far. */
export type Server = {
  /** Where it listens, without a slash at the end. */
  readonly origin: string;
  /** Everything it wrote. */
  log(): string;
  stop(): Promise<void>;
};

/** Starts the release on a free port of the loopback interface and waits until it answers. */
export async function startServer(args: readonly string[] = []): Promise<Server> {
  const origin = `http://127.0.0.1:${await freePort()}`;
  // What one server learns about layers is nothing that another one's test should know.
  const folder = await mkdtemp(join(tmpdir(), "strata-layers-"));
  const child = spawn(BINARY, ["--listen", origin.slice("http://".length), ...args], {
    env: { ...process.env, STRATA_CACHE_DIR: folder },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const written: string[] = [];
  child.stdout.on("data", (data: Buffer) => written.push(data.toString()));
  child.stderr.on("data", (data: Buffer) => written.push(data.toString()));
  const log = (): string => written.join("");

  const base = args.includes("--base-path") ? args[args.indexOf("--base-path") + 1] : "";
  const end = Date.now() + START_LIMIT_MS;
  while (!(await answers(`${origin}${base}`))) {
    if (child.exitCode !== null || Date.now() > end) {
      child.kill("SIGKILL");
      throw new Error(`${BINARY} did not answer at ${origin}:\n${log()}`);
    }
    await sleep(20);
  }
  const stopAll = async (): Promise<void> => {
    await stop(child);
    await rm(folder, { recursive: true, force: true });
  };
  return { origin, log, stop: stopAll };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill("SIGTERM");
  const ended = await Promise.race([once(child, "exit"), sleep(5_000)]);
  if (ended === undefined) child.kill("SIGKILL");
}

async function answers(site: string): Promise<boolean> {
  try {
    return (await fetch(`${site}/robots.txt`)).ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCrowdedRegistry } from "./crowded.ts";
import { type Server, startServer } from "./server.ts";

/**
 * What the server under test shows:
 * - `sample`: the sample registry, kept by all tests of a worker
 * - `own`: the sample registry for one test, with nothing read yet
 * - `named`: the sample, reached by a host name over plain http, which browsers do not call secure
 * - `several`: two registries, called `first` and `second`
 * - `crowded`: a registry of extremes
 * - `down`: a registry where nobody answers
 * - `below`: the sample registry, served below a base path
 */
export type Site = "sample" | "own" | "named" | "several" | "crowded" | "down" | "below";

/** The host name of `named`. */
export const HOST_NAME = "strata.example";

/** The base path of `below`. */
export const BASE_PATH = "/tools/strata";

/** Starts the server of a site. */
export async function startSite(site: Site): Promise<Server> {
  switch (site) {
    case "sample":
    case "own":
      return startServer();
    case "named": {
      const server = await startServer(["--allowed-host", HOST_NAME]);
      return { ...server, origin: server.origin.replace("127.0.0.1", HOST_NAME) };
    }
    case "down":
      // Nothing listens on the lowest port.
      return startServer(["--registry", "http://127.0.0.1:1"]);
    case "below":
      return startServer(["--base-path", BASE_PATH]);
    case "several":
      return startSeveral();
    case "crowded":
      return startCrowded();
  }
}

/** The sample of one server, shown twice by another. */
async function startSeveral(): Promise<Server> {
  const sample = await startServer();
  const { registries } = (await (await fetch(`${sample.origin}/-/api/registries`)).json()) as {
    registries: { host: string }[];
  };
  const url = `http://${registries[0]?.host}`;
  const folder = await mkdtemp(join(tmpdir(), "strata-"));
  const settings = join(folder, "strata.toml");
  const registry = (name: string): string => `[[registries]]\nname = "${name}"\nurl = "${url}"\n`;
  await writeFile(settings, registry("first") + registry("second"));
  const server = await startServer(["--config", settings]);
  return {
    ...server,
    stop: async () => {
      await server.stop();
      await sample.stop();
      await rm(folder, { recursive: true });
    },
  };
}

async function startCrowded(): Promise<Server> {
  const registry = await startCrowdedRegistry();
  const server = await startServer(["--registry", registry.origin]);
  return {
    ...server,
    stop: async () => {
      await server.stop();
      registry.stop();
    },
  };
}

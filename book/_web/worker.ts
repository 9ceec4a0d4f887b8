// Python in a worker of its own: loads Pyodide, runs cells one by one, answers labs.

import cells from "./cells.py";
import { get } from "./fetching";
import type { FromWorker, ToWorker } from "./python";

declare const self: {
  folder: string;
  fetch: typeof fetch;
  onmessage: (event: MessageEvent) => void;
  postMessage(message: FromWorker): void;
  importScripts(address: string): void;
};
declare const loadPyodide: (options: object) => Promise<Pyodide>;

/** What is used of Pyodide here; its own types know nothing of `_api`. */
interface Pyodide {
  _api: { sitepackages: string; lockfile_packages: Record<string, { file_name: string }> };
  loadedPackages: Record<string, string>;
  FS: { writeFile(path: string, text: string): void };
  unpackArchive(bytes: ArrayBuffer, format: string, options: { extractDir: string }): void;
  registerJsModule(name: string, module: object): void;
  toPy(value: unknown): object;
  pyimport(name: "neurocore"): unknown;
  pyimport(name: "packages"): Packages;
  pyimport(name: "cells"): Cells;
  pyimport(name: "pyodide.code"): { find_imports(source: string): List };
}
interface List {
  toJs(): string[];
  destroy(): void;
}
/** packages.py */
interface Packages {
  announce: (file: string, there: boolean) => void;
  unpack(name: string, bytes: ArrayBuffer): void;
}
/** cells.py */
interface Cells {
  run(source: string, number: number, above: object, judged: boolean): Promise<unknown>;
  due(source: string, above: object, section: object): unknown;
  complete(text: string): unknown;
  answer(name: string, settings: object): unknown;
  merge(text: string): unknown;
  write_again(): void;
  forget(): void;
}

const home = `${self.folder}pyodide/`;
const { files, imports, version } = PYTHON!;
const START = [
  "pyodide.js",
  "pyodide.asm.js",
  "pyodide.asm.wasm",
  "python_stdlib.zip",
  "pyodide-lock.json",
];
const say = (message: FromWorker) => self.postMessage(message);

// What is to be loaded, for the progress line: how much of each file is there.
const come = new Map<string, number>();
const plan = (names: string[]) => names.forEach((name) => come.set(name, come.get(name) ?? 0));
function arrived(name: string, bytes: number): void {
  come.set(name, Math.min(bytes, files[name]));
  tell(name);
}
function tell(name: string): void {
  const total = [...come.keys()].reduce((sum, other) => sum + files[other], 0);
  const left = total - [...come.values()].reduce((sum, bytes) => sum + bytes, 0);
  const waiting = [...come].find(([other, bytes]) => bytes < files[other])?.[0] ?? "";
  say({
    kind: "loading",
    what: START.includes(name) ? "Python" : name.split("-")[0],
    left,
    total,
    waiting,
  });
}

const address = (name: string) =>
  `${home}${name}${/lock.json$|^pyodide.js$/.test(name) ? `?v=${version}` : ""}`;
async function fetchFile(name: string): Promise<ArrayBuffer> {
  try {
    const { buffer } = await get(address(name), files[name], (bytes) => arrived(name, bytes));
    arrived(name, files[name]);
    return buffer as ArrayBuffer;
  } catch (error) {
    come.delete(name); // it does not come: nobody waits for it
    tell(name);
    throw error;
  }
}

let pyodide: Pyodide;
let packages: Packages | undefined; // packages.py, once it is there
let python: Cells;
let names: Record<string, string>; // each file's package

function unpack(file: string, bytes: ArrayBuffer): void {
  if (packages) return packages.unpack(names[file], bytes);
  pyodide.unpackArchive(bytes, "zip", { extractDir: pyodide._api.sitepackages });
  pyodide.loadedPackages[names[file]] = "default channel";
}

/** Fetch what imports will need, all at once. */
function fetchFor(imported: string[]): Promise<[string, ArrayBuffer]>[] {
  const needed = [...new Set(imported.flatMap((name) => imports[name] ?? []))];
  const fresh = needed.filter((file) => !pyodide || !(names[file] in pyodide.loadedPackages));
  plan(fresh);
  return fresh.map(async (file) => [file, await fetchFile(file)] as [string, ArrayBuffer]);
}

let progress: string | null = null;
let showing = 0; // the cell that runs

async function start(kept: string | null): Promise<void> {
  progress = kept;
  plan(START);
  const first = Promise.all(fetchFor(["neurocore"]));
  const core = await Promise.all([first, ...START.map(fetchFile)]);
  // Pyodide asks for these by itself, and waits for ever if one is bad or has the wrong type:
  // it is handed what has been looked at. Its scripts are in the browser's cache by now.
  const plain = self.fetch;
  self.fetch = async (input, options) => {
    const at = START.findIndex(
      (name) => String(input instanceof Request ? input.url : input).split("?")[0] === home + name,
    );
    if (at < 0) return plain(input, options);
    return new Response(core[at + 1] as ArrayBuffer, {
      headers: {
        "Content-Type": START[at].endsWith(".wasm")
          ? "application/wasm"
          : "application/octet-stream",
      },
    });
  };
  self.importScripts(address("pyodide.js"));
  pyodide = await loadPyodide({ indexURL: home, lockFileURL: address("pyodide-lock.json") });
  self.fetch = plain;
  names = Object.fromEntries(
    Object.entries(pyodide._api.lockfile_packages).map(([name, entry]) => [entry.file_name, name]),
  );
  for (const [file, bytes] of await first) unpack(file, bytes);
  pyodide.pyimport("neurocore");
  packages = pyodide.pyimport("packages");
  packages.announce = (file: string, there: boolean) => {
    if (!there) plan([file]);
    arrived(file, there ? files[file] : 0);
  };
  pyodide.registerJsModule("page", {
    show: (form: string, text: string) => say({ kind: "show", cell: showing, form, text }),
    limit: (seconds: number, reply: string) =>
      say({ kind: "limit", cell: showing, seconds, reply }),
    fromEntries: Object.fromEntries,
    readProgress: () => progress,
    writeProgress: (text: string) => {
      say({ kind: "progress", text, base: progress });
      progress = text;
    },
    setProgressAside: () => {
      say({ kind: "progress-aside" });
      progress = null;
      return "a copy in this browser";
    },
  });
  pyodide.FS.writeFile("/home/pyodide/cells.py", cells);
  python = pyodide.pyimport("cells");
}

async function handle(message: ToWorker): Promise<unknown> {
  switch (message.kind) {
    case "start":
      return start(message.progress);
    case "run": {
      showing = message.cell;
      const { source, above } = message;
      // Only what the cell itself imports: what is imported above is most often there.
      // What fails here is asked for again by the import, which says why.
      for (const result of await Promise.allSettled(fetchFor(importsOf(source))))
        if (result.status === "fulfilled") unpack(...result.value);
      say({ kind: "running", cell: message.cell });
      return python.run(source, message.number, pyodide.toPy(above), message.judged);
    }
    case "due":
      return python.due(message.source, pyodide.toPy(message.above), pyodide.toPy(message.section));
    case "complete":
      return python.complete(message.text);
    case "answer":
      return python.answer(message.function, pyodide.toPy(message.settings));
    case "merge":
      return python.merge(message.text);
    case "progress":
      progress = message.text;
      if (message.again) python.write_again();
      else if (progress === null) python.forget();
  }
}

function importsOf(source: string): string[] {
  try {
    const names = pyodide.pyimport("pyodide.code").find_imports(source);
    const list = names.toJs();
    names.destroy();
    return list;
  } catch {
    return []; // the cell will say what is wrong with it
  }
}

// One thing at a time, in the order in which they came.
let queue: Promise<unknown> = Promise.resolve();
self.onmessage = ({ data }: MessageEvent<{ id: number; message: ToWorker }>) => {
  queue = queue.then(async () => {
    try {
      say({ kind: "done", id: data.id, value: await handle(data.message) });
    } catch (error) {
      const { message, name } = error as Error;
      // Python's own exceptions leave it in order; anything else is the end of this worker.
      const fatal = name !== "PythonError" || data.message.kind === "start";
      const reason = message.trim().split("\n").pop()!;
      say({ kind: "failed", id: data.id, fatal, reason });
    }
  });
};

// Python in a worker of its own: loads Pyodide, runs cells one by one, answers labs.

import cells from "./cells.py";
import type { FromWorker, ToWorker } from "./python";

declare const self: {
  folder: string; fetch: typeof fetch; onmessage: (event: MessageEvent) => void;
  postMessage(message: FromWorker): void; importScripts(address: string): void;
};
declare const loadPyodide: (options: object) => Promise<any>;

const home = `${self.folder}pyodide/`;
const { files, imports, version } = PYTHON!;
const START = ["pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"];
const say = (message: FromWorker) => self.postMessage(message);

// What is to be loaded, for the progress line.
let done = 0;
let total = 0;
const plan = (names: string[]) => { total += names.reduce((sum, name) => sum + files[name], 0); };
const arrived = (name: string, bytes: number) => {
  done = Math.min(total, done + bytes);
  say({ kind: "loading", what: START.includes(name) ? "Python" : name.split("-")[0], left: total - done, total });
};

async function fetchFile(name: string): Promise<ArrayBuffer> {
  const response = await fetch(home + name);
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  const bytes = new Uint8Array(files[name]);
  let at = 0;
  const reader = response.body!.getReader();
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    bytes.set(chunk.value, at);
    at += chunk.value.length;
    arrived(name, chunk.value.length);
  }
  return bytes.buffer;
}

let pyodide: any;
let browser: any; // neurocore._browser, once it is there
let names: Record<string, string>; // each file's package

function unpack(file: string, bytes: ArrayBuffer): void {
  if (browser) return browser.unpack(names[file], bytes);
  pyodide.unpackArchive(bytes, "zip", { extractDir: pyodide._api.sitepackages });
  pyodide.loadedPackages[names[file]] = "default channel";
}

/** Fetch what imports will need, all at once; what fails here is asked for again by the import. */
async function fetchFor(imported: string[]): Promise<[string, ArrayBuffer][]> {
  const needed = [...new Set(imported.flatMap((name) => imports[name] ?? []))];
  const fresh = needed.filter((file) => !pyodide || !(names[file] in pyodide.loadedPackages));
  plan(fresh);
  const results = await Promise.allSettled(fresh.map(async (file) => [file, await fetchFile(file)] as [string, ArrayBuffer]));
  return results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
}

let progress: string | null = null;
let showing = 0; // the cell that runs

async function start(kept: string | null): Promise<void> {
  progress = kept;
  plan(START);
  const packages = fetchFor(["neurocore"]);
  // Pyodide fetches by itself, its scripts apart; what arrives is counted on the way.
  const plain = self.fetch;
  self.fetch = async (input, options) => {
    const response = await plain(input, options);
    const name = String(input instanceof Request ? input.url : input).split("/").pop()!.split("?")[0];
    if (START.includes(name) && response.ok) arrived(name, files[name]);
    return response;
  };
  self.importScripts(`${home}pyodide.js?v=${version}`);
  pyodide = await loadPyodide({ indexURL: home, lockFileURL: `${home}pyodide-lock.json?v=${version}` });
  self.fetch = plain;
  arrived("pyodide.js", files["pyodide.js"] + files["pyodide.asm.js"]);
  names = Object.fromEntries(Object.entries<any>(pyodide._api.lockfile_packages).map(([name, entry]) => [entry.file_name, name]));
  for (const [file, bytes] of await packages) unpack(file, bytes);
  browser = pyodide.pyimport("neurocore._browser");
  browser.announce = (file: string, come: boolean) => {
    if (!come) plan([file]);
    arrived(file, come ? files[file] : 0);
  };
  pyodide.registerJsModule("page", {
    show: (form: string, text: string) => say({ kind: "show", cell: showing, form, text }),
    limit: (seconds: number, reply: string) => say({ kind: "limit", cell: showing, seconds, reply }),
    fromEntries: Object.fromEntries,
    readProgress: () => progress,
    writeProgress: (text: string) => {
      say({ kind: "progress", text, base: progress });
      progress = text;
    },
    setProgressAside: () => { say({ kind: "progress-aside" }); progress = null; return "a copy in this browser"; },
  });
  pyodide.FS.writeFile("/home/pyodide/cells.py", cells);
  python = pyodide.pyimport("cells");
}

let python: any;

async function handle(message: ToWorker): Promise<unknown> {
  switch (message.kind) {
    case "start": return start(message.progress);
    case "run": {
      showing = message.cell;
      const { source, above } = message;
      // Only what the cell itself imports: what is imported above is most often there.
      for (const [file, bytes] of await fetchFor(importsOf(source))) unpack(file, bytes);
      say({ kind: "running", cell: message.cell });
      return python.run(source, message.number, pyodide.toPy(above), message.judged);
    }
    case "due": return python.due(message.source, pyodide.toPy(message.above), pyodide.toPy(message.section));
    case "complete": return python.complete(message.text);
    case "answer": {
      const frame = python.answer(message.function, pyodide.toPy(message.settings));
      return frame;
    }
    case "merge": return python.merge(message.text);
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
      say({ kind: "failed", id: data.id, fatal, reason: /fetch|import script/.test(reason) ? "the site does not answer" : reason });
    }
  });
};

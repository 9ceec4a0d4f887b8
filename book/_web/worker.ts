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

const fetched = new Map<string, Promise<ArrayBuffer>>();
const ready = new Map<string, ArrayBuffer>();
const installed = new Set<string>();

/** Fetch what imports will need, all at once, before Python asks for it. */
async function fetchFor(names: string[]): Promise<void> {
  const needed = new Set(names.flatMap((name) => imports[name] ?? []));
  const fresh = [...needed].filter((file) => !fetched.has(file) && !installed.has(file));
  plan(fresh);
  for (const file of fresh) {
    const loading = fetchFile(file);
    fetched.set(file, loading);
    loading.then((bytes) => ready.set(file, bytes), () => fetched.delete(file));
  }
  await Promise.allSettled([...needed].map((file) => fetched.get(file)));
}

let pyodide: any;

function install(file: string): void {
  if (installed.has(file)) return;
  let bytes = ready.get(file);
  if (!bytes) { // an import inside a library, which nobody could foresee
    plan([file]);
    const request = new XMLHttpRequest();
    request.open("GET", home + file, false);
    request.responseType = "arraybuffer";
    try {
      request.send();
    } catch {
      throw new Error("the site does not answer");
    }
    if (request.status !== 200) throw new Error(`the site answers ${request.status}`);
    bytes = request.response as ArrayBuffer;
    arrived(file, files[file]);
  }
  const library = file.endsWith(".zip");
  pyodide.unpackArchive(bytes, "zip", { extractDir: library ? "/usr/lib" : pyodide.runPython("import site; site.getsitepackages()[0]") });
  if (library) {
    // Modules that link to a shared library name it without its folder.
    const { FS, LDSO, loadDynamicLibrary } = pyodide._module;
    for (const name of FS.readdir("/usr/lib").filter((name: string) => name.endsWith(".so") && !LDSO.loadedLibsByName[name])) {
      loadDynamicLibrary(`/usr/lib/${name}`, { loadAsync: false, nodelete: true, global: true, fs: FS });
      LDSO.loadedLibsByName[name] = LDSO.loadedLibsByName[`/usr/lib/${name}`];
    }
  }
  installed.add(file);
  ready.delete(file);
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
  await packages;
  pyodide.registerJsModule("page", {
    imports: pyodide.toPy(imports),
    install,
    show: (form: string, text: string) => say({ kind: "show", cell: showing, form, text }),
    fromEntries: Object.fromEntries,
    readProgress: () => progress,
    writeProgress: (text: string) => { progress = text; say({ kind: "progress", text }); },
    setProgressAside: () => { say({ kind: "progress-aside" }); progress = null; return "a copy in this browser"; },
  });
  pyodide.FS.writeFile("/home/pyodide/cells.py", cells);
  python = pyodide.pyimport("cells");
  pyodide.runPython("import neurocore");
}

let python: any;

async function handle(message: ToWorker): Promise<unknown> {
  switch (message.kind) {
    case "start": return start(message.progress);
    case "run": {
      showing = message.cell;
      const { source, above } = message;
      // Only what the cell itself imports: what is imported above is most often there.
      await fetchFor(importsOf(source));
      say({ kind: "running", cell: message.cell });
      return python.run(source, message.number, pyodide.toPy(above));
    }
    case "complete": return python.complete(message.text);
    case "answer": {
      const frame = python.answer(message.function, pyodide.toPy(message.settings));
      return frame;
    }
    case "progress": progress = message.text; return;
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

// Live cells: code on the page that the reader changes and runs where it stands.

import {
  acceptCompletion,
  autocompletion,
  closeCompletion,
  completionKeymap,
  currentCompletions,
  moveCompletionSelection,
  type CompletionContext,
  type CompletionResult,
} from "@codemirror/autocomplete";
import {
  defaultKeymap,
  history,
  historyKeymap,
  indentLess,
  indentMore,
  insertNewlineAndIndent,
  toggleTabFocusMode,
} from "@codemirror/commands";
import { localCompletionSource, python as pythonLanguage } from "@codemirror/lang-python";
import { indentUnit, syntaxHighlighting, syntaxTree } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, type KeyBinding } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
import { getSoon, PATIENCE } from "./fetching";
import * as python from "./python";
import { type Entry, read, standing } from "./record";

const practice = location.pathname.includes("/exercises/");

interface Cell {
  box: HTMLElement; // the page's cell: input and output
  original: string;
  key: string;
  editor: EditorView;
  output: HTMLElement; // what stands now
  built: HTMLElement; // what the build printed
  printed: HTMLElement; // what stands until the cell is run
  note: HTMLElement;
  buttons: Record<string, HTMLButtonElement>;
  code: number; // which code cell of the notebook it is
  running: boolean;
  judged: string | undefined; // the answers that a check's verdict is about
}

const cells: Cell[] = [];
const text = (cell: Cell) => cell.editor.state.doc.toString();
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);

// The notebook that this page was made from: the cells that the page hides, and what is downloaded.
interface Notebook {
  cells: { cell_type: string; source: string | string[]; outputs?: unknown[] }[];
}
let loading: Promise<Notebook> | undefined;
const root = document.documentElement.dataset.content_root ?? "./";
function notebook(): Promise<Notebook> {
  const page = location.href
    .split(/[?#]/)[0]
    .slice(new URL(root, location.href).href.length)
    .replace(/\.html$/, "");
  loading ??= getSoon(new URL(`${root}_sources/${page}.ipynb`, location.href).href)
    .then((bytes) => JSON.parse(new TextDecoder().decode(bytes)) as Notebook)
    .catch((error) => {
      loading = undefined;
      throw error;
    });
  return loading;
}
const joined = (source: string | string[]) => (Array.isArray(source) ? source.join("") : source);

/** The code cells of the notebook as the reader has them now; finds each live cell's place among them. */
async function codeCells(): Promise<string[]> {
  const sources = (await notebook()).cells
    .filter((cell) => cell.cell_type === "code")
    .map((cell) => joined(cell.source));
  let from = 0;
  for (const cell of cells) {
    cell.code = sources.findIndex(
      (source, i) => i >= from && source.trim() === cell.original.trim(),
    );
    if (cell.code >= 0) from = cell.code + 1;
  }
  for (const cell of cells) if (cell.code >= 0) sources[cell.code] = text(cell);
  return sources;
}

let missing = ""; // why the hidden cells are not known
async function above(cell: Cell): Promise<string[]> {
  try {
    const sources = await codeCells();
    missing = "";
    return sources.slice(0, Math.max(0, cell.code));
  } catch (error) {
    // the live cells are known all the same
    missing = `The page's hidden cells could not be read: ${(error as Error).message}. `;
    cells.forEach((other, i) => {
      other.code = i;
    });
    return cells.slice(0, cells.indexOf(cell)).map(text);
  }
}

async function download(): Promise<void> {
  const book = structuredClone(await notebook());
  const sources = await codeCells();
  book.cells
    .filter((cell) => cell.cell_type === "code")
    .forEach((cell, i) => {
      cell.source = sources[i];
      cell.outputs = [];
    });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(
    new Blob([JSON.stringify(book, null, 1)], { type: "application/x-ipynb+json" }),
  );
  link.download = `${location.pathname
    .split("/")
    .pop()!
    .replace(/\.html$/, "")}.ipynb`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// Outputs, in the markup that the build writes, so that they look the same.
function element(tag: string, className: string, content = ""): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = content;
  return made;
}

function printed(kind: string, content: string): HTMLElement {
  const box = element("div", `output ${kind} highlight-myst-ansi notranslate`);
  const inner = element("div", "highlight");
  inner.append(element("pre", "", content));
  box.append(inner);
  return box;
}

function show(cell: Cell, form: string, content: string): void {
  const { output } = cell;
  const last = output.lastElementChild;
  if (form === "stdout" || form === "stderr") {
    if (last?.classList.contains(form)) last.querySelector("pre")!.append(content);
    else output.append(printed(`stream ${form}`, content));
  } else if (form === "text") output.append(printed("text_plain", content));
  else if (form === "markdown") {
    const box = element("div", "output text_markdown");
    output.append(box);
    void typeset(box, content);
  } else if (form === "error") output.append(printed("traceback", content));
  else if (form === "html") {
    const box = element("div", "output text_html");
    box.innerHTML = content;
    output.append(box);
    box.querySelectorAll<HTMLElement>(".nc-root").forEach((lab) => window.labs.wake(lab));
  } else {
    const picture = document.createElement("img");
    const known = cell.printed.querySelector("img")?.alt;
    picture.alt = known && text(cell) === cell.original ? known : "Figure that this cell draws";
    const data =
      form === "png"
        ? `data:image/png;base64,${content}`
        : `data:image/svg+xml;charset=utf-8,${encodeURIComponent(content)}`;
    picture.src = data;
    output.append(picture);
  }
}

async function typeset(box: HTMLElement, words: string): Promise<void> {
  try {
    await import(new URL(`${root}_static/markdown.js?v=${VERSION}`, location.href).href);
    box.innerHTML = window.markdown(words);
  } catch {
    // no network
    box.replaceChildren(printed("text_plain", words));
  }
}

function clear(cell: Cell): void {
  const fresh = element("div", "cell_output docutils container");
  cell.output.replaceWith(fresh);
  cell.output = fresh;
}

// Running
function mark(cell: Cell, running: boolean, note = ""): void {
  cell.running = running;
  cell.note.textContent = note;
  cell.buttons.run.hidden = running;
  cell.buttons.stop.hidden = !running;
  cell.box.classList.toggle("live-running", running);
}

const isCheck = (cell: Cell) => cell.box.classList.contains("tag_check");

/** What a check is about: the cells between it and the check before. */
function section(check: Cell): Cell[] {
  const before = cells.slice(0, cells.indexOf(check));
  return before.slice(before.findLastIndex(isCheck) + 1);
}
const stands = (check: Cell) => JSON.stringify(section(check).map(text));

/** Say whether a verdict is still about what stands above it. */
function age(check: Cell): void {
  const old = check.judged !== undefined && check.judged !== stands(check);
  if (old === check.box.classList.contains("live-old") || check.running) return;
  check.box.classList.toggle("live-old", old);
  check.note.textContent = old ? "What stands above has changed: run the check to judge it." : "";
}
const checkBelow = (cell: Cell) => cells.slice(cells.indexOf(cell) + 1).find(isCheck);
const VERDICT = ".nc-verdict:not(.nc-verdict-hint, .nc-verdict-solution)";

async function run(cell: Cell, judged = false): Promise<boolean> {
  if (cell.running) return false;
  mark(cell, true, python.state === "ready" ? "" : "begins when Python is loaded");
  let began = performance.now();
  try {
    const sources = await above(cell);
    const about = stands(cell);
    await python.start();
    let whole = true;
    if (isCheck(cell)) {
      // A check judges what stands above it, not what was run some time ago.
      judged = true;
      const due = await python.ask({
        kind: "due",
        source: text(cell),
        above: sources,
        section: section(cell).map((other) => other.code),
      });
      for (const place of due ?? [])
        whole &&= await run(
          cells.find((other) => other.code === place)!,
          true,
        );
    }
    clear(cell);
    cell.judged = undefined;
    cell.box.classList.remove("live-old");
    if (!whole && !/\b(hint|solution)\(/.test(text(cell))) {
      mark(cell, false, "What stands above did not run, so there is nothing to judge.");
      return false;
    }
    began = performance.now();
    const number = cells.indexOf(cell);
    const source = text(cell);
    const error = await python.ask({
      kind: "run",
      cell: number,
      number: number + 1,
      source,
      above: sources,
      judged,
    });
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    mark(cell, false, error ? "" : seconds === "0.0" ? "✓ done" : `✓ ${seconds} s`);
    if (isCheck(cell) && cell.output.querySelector(VERDICT)) cell.judged = about;
    const check = isCheck(cell) ? cell : checkBelow(cell);
    if (check?.judged !== undefined && error) check.judged = ""; // about nothing that ran
    if (check) age(check);
    if (error === "NameError" && number > 0) {
      const again = button(
        "Run all above, then this",
        () => void runAll(cells.slice(0, number + 1)),
      );
      cell.note.replaceChildren(`A name is missing. ${missing}`, again);
    }
    return !error;
  } catch (error) {
    const stopped = error instanceof python.Stopped;
    mark(
      cell,
      false,
      stopped
        ? "Stopped. Python starts afresh: what cells have defined is gone, your text is not."
        : `Python could not run this: ${(error as Error).message}`,
    );
    return false;
  }
}

async function runAll(list: Cell[]): Promise<void> {
  for (const cell of list) if (!(await run(cell))) return;
}

// Editors
function button(label: string, action: () => void, title = ""): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.title = title;
  made.addEventListener("click", action);
  return made;
}

const KEYWORDS = (
  "False None True and as assert async await break class continue def del elif else except finally for from " +
  "global if import in is lambda nonlocal not or pass raise return try while with yield"
).split(" ");

/** Names to complete the word before the caret with; none in a text, a comment, or after what only a run could tell. */
function source(
  names: (context: CompletionContext, word: string) => readonly string[] | Promise<string[]>,
) {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const inside = syntaxTree(context.state).resolveInner(context.pos, -1).name;
    const word = context.matchBefore(/[\p{L}\p{N}_.]+/u);
    if (/^(Comment|String|FormatString)$/.test(inside) || !word || !/^[\p{L}_]/u.test(word.text))
      return null;
    if (!context.explicit && word.text.length < 2) return null;
    const last = word.text.lastIndexOf(".") + 1;
    const options = (await names(context, word.text)).filter(
      (name) => name !== word.text.slice(last),
    );
    return {
      from: word.from + last,
      options: options.map((label) => ({ label })),
      validFor: /^[\p{L}\p{N}_]*$/u,
    };
  };
}

const sources = [
  source((_, word) =>
    python.state !== "ready" || cells.some((cell) => cell.running)
      ? []
      : python.ask({ kind: "complete", text: word }).catch(() => []),
  ), // stopped in the meantime
  source((context, word) =>
    word.includes(".")
      ? []
      : (localCompletionSource(context)?.options.map(({ label }) => label) ?? []),
  ),
  source((_, word) => (word.includes(".") ? [] : KEYWORDS)),
];

// The list offers, and no more: Enter ends a line, and where there is nothing to choose the arrows move the caret.
const choose = (forward: boolean) => (view: EditorView) =>
  currentCompletions(view.state).length > 1 && moveCompletionSelection(forward)(view);
const listed = (view: EditorView) => view.dom.querySelector(".cm-tooltip-autocomplete") !== null;
const editorKeys: KeyBinding[] = [
  { key: "Enter", run: (view) => (closeCompletion(view), insertNewlineAndIndent(view)) },
  { key: "ArrowDown", run: choose(true) },
  { key: "ArrowUp", run: choose(false) },
  ...completionKeymap.filter(
    ({ key }) => !["Enter", "ArrowDown", "ArrowUp", "Escape"].includes(key!),
  ),
  ...defaultKeymap.filter(({ run }) => run !== toggleTabFocusMode), // what Tab does is said below the editor
  ...historyKeymap,
];

function make(box: HTMLElement): void {
  const input = box.querySelector<HTMLElement>(".cell_input")!;
  const original = input.querySelector("pre")!.textContent.replace(/\n$/, "");
  const same = cells.filter((cell) => cell.original === original).length;
  const key = `neurocore-cell:${location.pathname}:${same}:${original}`;
  const kept = python.recall(key);
  let output = box.querySelector<HTMLElement>(":scope .cell_output");
  if (!output) {
    output = element("div", "cell_output docutils container");
    box.append(output);
  }
  const holder = element("div", "live-editor");
  const tools = element("div", "live-tools");
  const note = element("span", "live-note");
  note.setAttribute("role", "status");
  const hint = element("span", "live-keys");

  const editor = new EditorView({
    parent: holder,
    state: EditorState.create({
      doc: kept ?? original,
      extensions: [
        keymap.of([
          { key: "Shift-Enter", run: () => (void run(cell), true) },
          { key: "Ctrl-Enter", run: () => (void run(cell), true) },
          { key: "Mod-Enter", run: () => (void run(cell), true) },
          { key: "Mod-s", run: () => (sayKept(), true) },
          // A list that is about to change is not accepted from, but it keeps the line from being indented.
          {
            key: "Tab",
            run: (view) => acceptCompletion(view) || listed(view) || (typing && indentMore(view)),
            shift: (view) => typing && indentLess(view),
          },
          {
            key: "Escape",
            run: (view) => {
              const closed = listed(view);
              closeCompletion(view);
              if (!closed) tab(false);
              return closed;
            },
          },
          ...editorKeys,
        ]),
        history(),
        pythonLanguage(),
        indentUnit.of("    "),
        syntaxHighlighting(classHighlighter),
        autocompletion({
          override: sources,
          filterStrict: true,
          defaultKeymap: false,
          interactionDelay: 0,
          icons: false,
        }),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({
          "aria-label": "Python code. Shift+Enter runs it; Escape, then Tab leaves it.",
        }),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          edited();
          if (update.view.hasFocus) tab(true);
        }),
        // A window that is left and comes back finds its editor as it was.
        EditorView.domEventHandlers({
          blur: (_, view) => {
            if (document.activeElement !== view.contentDOM) tab(false);
          },
        }),
      ],
    }),
  });
  const buttons = {
    run: button("▶ Run", () => void run(cell), "Shift+Enter"),
    stop: button("■ Stop", () => python.stop()),
    all: button("Run all above", () => void runAll(cells.slice(0, cells.indexOf(cell)))),
    reset: button("Reset", () => reset(), "Back to the book's code and output"),
    save: button(
      "Download notebook",
      () =>
        void download().catch((error: Error) => {
          note.textContent = `The notebook cannot be had: ${error.message}.`;
        }),
      "This page with your changes",
    ),
  };
  buttons.run.classList.add("live-run");
  buttons.stop.hidden = true;
  const cell: Cell = {
    box,
    original,
    key,
    editor,
    output,
    built: output,
    printed: output,
    note,
    buttons,
    code: -1,
    running: false,
    judged: undefined,
  };
  buttons.all.hidden = cells.length === 0;
  cells.push(cell);

  const edited = () => {
    const changed = text(cell) !== original;
    buttons.reset.hidden = !changed && cell.output === cell.printed;
    buttons.save.hidden = !changed;
    const check = checkBelow(cell);
    if (check) age(check);
    const saved = python.store(key, changed ? text(cell) : null);
    if (!saved && changed)
      note.textContent = "This browser keeps no changes: download them before you leave.";
  };
  const sayKept = () => {
    note.textContent = "Your changes are kept in this browser as you type.";
    edited();
  };
  // Tab takes the reader through the page, and indents only where they have just typed.
  let typing = false;
  const tab = (indents: boolean) => {
    typing = indents;
    hint.textContent = indents ? "Tab indents. Esc, then Tab, moves on." : "Tab moves on.";
  };
  tab(false);
  const reset = () => {
    if (cell.running) python.stop();
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: original } });
    cell.output.replaceWith(cell.printed);
    cell.output = cell.printed;
    note.textContent = "";
    if (isCheck(cell)) printedAgain(cell);
    edited();
  };
  const ran = new MutationObserver(() => {
    buttons.reset.hidden = text(cell) === original && cell.output === cell.printed;
  });
  ran.observe(box, { childList: true });

  tools.append(...Object.values(buttons), note);
  holder.append(hint);
  input.classList.add("live-input");
  input.replaceChildren(holder, tools);
  edited();
}

// What a check says before it is run: what the build printed, or where the record has the reader.
const originals = (check: Cell) => JSON.stringify(section(check).map((cell) => cell.original));

function printedAgain(check: Cell): void {
  check.judged = check.printed === check.built ? originals(check) : undefined;
  check.box.classList.remove("live-old");
  age(check);
}

function showRecord(): void {
  const kept = python.recall(python.KEPT);
  let entries: Entry[] = [];
  try {
    if (kept !== null) entries = read(kept);
  } catch {
    /* a check will say what is wrong with it */
  }
  for (const cell of cells) {
    const problem = /check\("([^"]+)"/.exec(cell.original)?.[1];
    const words = problem
      ? standingOf(entries.filter((entry) => entry.problem === problem))
      : entries.length && cell.original === "progress.summary()"
        ? ["", "", "Run this to see where you stand."]
        : undefined;
    const before = cell.printed;
    cell.printed = cell.built;
    if (words) {
      const [kind, mark, said] = words;
      cell.printed = element("div", "cell_output docutils container");
      cell.printed.innerHTML = `<div class="output text_html"><div class="nc-verdict nc-verdict-${kind}">
        <p><span class="nc-verdict-mark" aria-hidden="true">${mark}</span> ${said}</p></div></div>`;
    }
    if (cell.output === before) {
      before.replaceWith(cell.printed);
      cell.output = cell.printed;
      if (isCheck(cell)) printedAgain(cell);
    }
  }
}

function standingOf(entries: Entry[]): string[] | undefined {
  const { solved, attempts } = standing(entries);
  if (!attempts) return undefined;
  const right = entries.find((entry) => entry.code === "correct");
  const date =
    right &&
    new Date(right.at).toLocaleDateString("en-GB", {
      day: "numeric",
      month: "long",
      year: "numeric",
    });
  return solved
    ? ["correct", "✓", `You solved this on ${date}. Run the check to judge what stands above now.`]
    : [
        "incorrect",
        "…",
        `You have tried this ${attempts === 1 ? "once" : `${attempts} times`}. Run the check to judge what stands above now.`,
      ];
}

// The progress line
const line = element("div", "live-progress");
line.setAttribute("role", "status");
line.hidden = true;
document.body.append(line);
/** Say what is wrong, and offer another try, with the cells that wait for Python. */
function trouble(words: string): void {
  const waiting = cells.filter((cell) => cell.running);
  const again = button("Try again", () => {
    python.stop();
    begin();
    setTimeout(() => void runAll(waiting)); // when the cells know that they were stopped
  });
  line.hidden = false;
  line.classList.add("live-trouble");
  line.replaceChildren(`${words} `, again);
}
let silence = 0; // when nothing has come for long
function listenFor(name: string): void {
  clearTimeout(silence);
  line.classList.remove("live-trouble");
  if (name)
    silence = setTimeout(
      () =>
        trouble(
          `Nothing has come for ${PATIENCE / 1000} s; ${name} is awaited. It may still come; if it does not, the network or the site is at fault.`,
        ),
      PATIENCE,
    );
}
let limit = 0; // when a function that is being tried has had its time
python.listen((message) => {
  if (message.kind === "show") show(cells[message.cell], message.form, message.text);
  else if (message.kind === "loading") {
    listenFor(message.waiting);
    line.hidden = !message.left && python.state === "ready";
    line.textContent = message.left
      ? `Loading ${message.what}: ${megabytes(message.left)} of ${megabytes(message.total)} MB left`
      : "Starting Python";
    line.style.setProperty("--share", `${100 * (1 - message.left / message.total)}%`);
  } else if (message.kind === "running") cells[message.cell].note.textContent = "runs";
  else if (message.kind === "limit") {
    clearTimeout(limit);
    if (message.seconds)
      limit = setTimeout(() => {
        python.stop();
        show(cells[message.cell], "html", message.reply);
        cells[message.cell].judged = stands(cells[message.cell]);
      }, 1000 * message.seconds);
  }
});
python.watch((state, reason) => {
  clearTimeout(limit);
  listenFor(state === "loading" ? "worker.js" : "");
  line.hidden = state !== "loading" && !reason;
  if (state === "loading") line.textContent = "Loading Python";
  if (reason) trouble(`Python could not be loaded: ${reason}.`);
  window.labs.answer(
    state === "ready"
      ? (lab, settings) => python.ask({ kind: "answer", function: lab, settings })
      : undefined,
  );
});

document
  .querySelectorAll<HTMLElement>(practice ? "div.cell" : "div.cell.tag_live")
  .forEach((box) => {
    if (box.querySelector(".cell_input pre")) make(box);
  });
if (practice) {
  showRecord();
  addEventListener("storage", (event) => {
    if (event.key === python.KEPT || event.key === null) showRecord();
  });
}
document.documentElement.dataset.live = "true";
const begin = () => void python.start().catch(() => {}); // the progress line tells
document.addEventListener("start-python", begin);
if (practice) begin();

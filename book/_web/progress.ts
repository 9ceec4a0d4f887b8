// The page "Your progress": fills in where the reader stands, from what the browser keeps.

import "./progress.css";
import * as python from "./python";
import { KEPT, recall, store } from "./python";
import { type Entry, key, read, type Standing, standing } from "./record";

const LARGEST = 20e6; // bytes; a browser keeps a quarter of it
const all = <E extends Element = HTMLElement>(selector: string, within: ParentNode = document) => [
  ...within.querySelectorAll<E>(selector),
];
const part = (name: string) => document.querySelector<HTMLElement>(`[data-p="${name}"]`)!;
const notice = document.querySelector<HTMLElement>(".p-notice")!;
const many = (count: number, word: string) => `${count} ${word}${count === 1 ? "" : "s"}`;

// Showing
const WORDS = { solved: "✓ solved", tried: "… tried", open: "○ not attempted" };

/** The record, or none: what cannot be trusted is set aside. */
function kept(): Entry[] {
  const text = recall(KEPT);
  if (text === null) return [];
  try {
    return read(text);
  } catch (error) {
    const reason = `The record in this browser cannot be used: ${(error as Error).message}.`;
    notice.textContent =
      recall(KEPT) === text && python.setAside()
        ? `${reason} It is set aside as it is, and you can save it from this page. A new record begins.`
        : `${reason} There was no room to set it aside.`;
    return [];
  }
}

function draw(): void {
  const entries = kept();
  const found = new Map<string, Entry[]>();
  for (const entry of entries)
    found.set(entry.problem, [...(found.get(entry.problem) ?? []), entry]);
  const lines: ({ row: HTMLElement; chapter: string } & Standing)[] = [];
  const chapters = all(".p-chapters li");
  all(".p-table").forEach((table, i) => {
    const pieces = all<SVGUseElement>("use", chapters[i]);
    let solved = 0;
    all("[data-problem]", table).forEach((row, j) => {
      const line = standing(found.get(row.dataset.problem!) ?? []);
      const state = line.solved ? "solved" : line.attempts ? "tried" : "open";
      solved += Number(line.solved);
      pieces[j].setAttribute("href", `#p-${state}`);
      pieces[j].setAttribute("class", `p-${state}`);
      row.className = `p-${state}`;
      const [mark, ...words] = WORDS[state].split(" ");
      const said = document.createElement("span");
      said.textContent = words.join(" ");
      const [first, ...counts] = all("td", row);
      first.replaceChildren(`${mark} `, said);
      [line.attempts, line.hints, line.solutions].forEach((count, k) => {
        counts[k].textContent = String(count);
        counts[k].classList.toggle("p-none", !count);
      });
      lines.push({ row, chapter: chapters[i].querySelector("a")!.textContent, ...line });
    });
    chapters[i].querySelector("b")!.textContent = String(solved);
    chapters[i].classList.toggle("p-solved", solved === pieces.length);
  });
  summarize(lines, entries);
}

function summarize(
  lines: ({ row: HTMLElement; chapter: string } & Standing)[],
  entries: Entry[],
): void {
  const left = lines.filter((line) => !line.solved);
  const tried = left.filter((line) => line.attempts).length;
  const solved = lines.length - left.length;
  part("solved").textContent = String(solved);
  const bars = all(".p-bar i");
  [solved, tried].forEach((count, i) => {
    bars[i].style.width = `${(100 * count) / lines.length}%`;
  });
  const last = entries
    .map((entry) => Date.parse(entry.at))
    .filter(Number.isFinite)
    .reduce((a, b) => Math.max(a, b), 0);
  const date = new Date(last).toLocaleDateString("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
  });
  part("rest").textContent = !entries.length
    ? "Nothing is recorded in this browser yet."
    : `${left.length ? `${tried} tried, ${left.length - tried} not attempted. ` : ""}${last ? `Last worked on ${date}.` : ""}`;
  // The rule of `Summary.next`: what was tried first, then what comes first.
  const next = left.find((line) => line.attempts) ?? left[0];
  if (next) {
    const help = [
      many(next.attempts, "attempt"),
      next.hints && many(next.hints, "hint"),
      next.solutions && "its solution opened",
    ];
    part("next").replaceChildren(next.row.querySelector("a")!.cloneNode(true));
    part("why").textContent =
      `${next.chapter}, ${next.row.querySelector("small")!.textContent}. ` +
      (next.attempts ? `${help.filter(Boolean).join(", ")} so far.` : "Not attempted yet.");
  } else {
    part("next").textContent = "Every problem is solved.";
    part("why").textContent =
      `Numbers of your own? ask("${lines[0].row.dataset.problem}", seed="your name") gives you some.`;
  }
  part("export").toggleAttribute("disabled", recall(KEPT) === null);
  part("afresh").toggleAttribute("disabled", recall(KEPT) === null);
  part("aside").replaceChildren(
    ...python.asides().flatMap((key, i) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = `Save record ${i + 1}`;
      button.addEventListener("click", () => save(recall(key)!, "set-aside.json"));
      return [i ? " " : "Set aside in this browser: ", button];
    }),
  );
}

// Taking along
const say = (words: string) => {
  part("said").textContent = words;
};

function save(text: string, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

async function bringIn(file: File): Promise<string> {
  const before = all(".p-table .p-solved").length;
  let others: Entry[];
  try {
    if (file.size > LARGEST) throw new Error("it is too large to be a record");
    const text = await file.text();
    others = read(text);
    say(python.state === "ready" ? "Taking it in …" : "Loading Python, which takes the copy in …");
    const fresh = await python.ask({ kind: "merge", text });
    if (typeof fresh === "string") throw new Error(fresh);
    draw();
    const have = new Set(kept().map(key));
    if (!others.every((entry) => have.has(key(entry))))
      return "This browser could not keep it: its storage is full or closed.";
    if (!fresh) return `Nothing in ${file.name} is new: all of it is here already.`;
    const solved = all(".p-table .p-solved").length - before;
    return `Taken in from ${file.name}: ${many(fresh, "new mark")}${solved ? `, ${many(solved, "more problem")} solved` : ""}.`;
  } catch (error) {
    return (
      `${file.name} was not taken in: ${(error as Error).message}. Nothing has changed. ` +
      "A copy is a file that this page has saved, or the one that notebooks keep."
    );
  }
}

part("export").addEventListener("click", () => {
  const text = recall(KEPT);
  if (text === null) return;
  save(text, "my-progress.json");
  say("Saved as my-progress.json, where this browser keeps its downloads.");
});
const input = document.querySelector<HTMLInputElement>(".p-keep input")!;
input.addEventListener("change", () => {
  const file = input.files![0];
  if (!file) return;
  input.disabled = true;
  void bringIn(file).then((words) => {
    say(words);
    input.disabled = false;
    input.value = ""; // the same file may be chosen again
    input.focus();
  });
});
part("afresh").addEventListener("click", () => {
  if (
    !confirm(
      "Start afresh?\n\nYour record is set aside in this browser. You can save it from there and bring it in again.",
    )
  )
    return;
  say(
    python.setAside()
      ? "You start afresh. The old record is set aside."
      : "There is no room to set the old record aside, so nothing has changed.",
  );
  python.tell();
  draw();
});

const alive = PYTHON && location.protocol.startsWith("http");
const mayStore = store(`${KEPT}-probe`, "") && store(`${KEPT}-probe`, null);
if (!alive)
  notice.textContent =
    "In this copy of the book Python does not run in the pages, so they record nothing. In a notebook, progress.summary() shows where you stand.";
else if (!mayStore)
  notice.textContent =
    "This browser lets the book store nothing, so your answers leave no mark here. Allow it to keep site data, or work in a notebook, which keeps a file.";
if (!alive || !mayStore) document.querySelector<HTMLElement>(".p-keep")!.hidden = true;
draw();
python.listen((message) => {
  if (message.kind === "progress") draw();
});
addEventListener("storage", (event) => {
  if (event.key === KEPT || event.key === null) draw();
});
addEventListener("pageshow", (event) => {
  if (event.persisted) draw();
});

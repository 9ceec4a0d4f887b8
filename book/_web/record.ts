// The record of what a reader has done, as the browser keeps it.
// Python reads a record in the same way (neurocore/practice/record.py); a test compares the two.

export type Entry = Record<"at" | "problem" | "seed" | "what" | "code" | "answer", string>;
export interface Standing {
  solved: boolean;
  attempts: number;
  hints: number;
  solutions: number;
}

const FIELDS = "answer at code problem seed what";
const KINDS = ["check", "hint", "solution"];
const isEntry = (entry: unknown): entry is Entry =>
  typeof entry === "object" &&
  entry !== null &&
  Object.keys(entry).sort().join(" ") === FIELDS &&
  Object.values(entry).every((value) => typeof value === "string") &&
  isEvent(entry as Entry);
const isEvent = ({ at, problem, what }: Entry) =>
  !Number.isNaN(Date.parse(at)) && /^[a-z0-9.-]{1,80}$/.test(problem) && KINDS.includes(what);

/** An entry as text, the same for entries that are equal. */
export const key = (entry: Entry) => JSON.stringify(Object.entries(entry).sort());

export function read(text: string): Entry[] {
  let record: { format?: unknown; events?: unknown } | null;
  try {
    record = JSON.parse(text) as typeof record;
  } catch {
    throw new Error("it is not JSON");
  }
  if (record?.format !== "neurocore progress 1") throw new Error("it is not a record of this book");
  const { events } = record;
  if (!Array.isArray(events) || !events.every(isEntry))
    throw new Error("it holds something else than events");
  return events;
}

export function standing(entries: Entry[]): Standing {
  const checks = entries.filter((entry) => entry.what === "check").map((entry) => entry.code);
  const right = checks.indexOf("correct");
  const count = (what: string) => entries.filter((entry) => entry.what === what).length;
  return {
    solved: right >= 0,
    attempts: right >= 0 ? right + 1 : checks.length,
    hints: count("hint"),
    solutions: count("solution"),
  };
}

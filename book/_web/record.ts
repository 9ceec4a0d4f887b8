// The record of what a reader has done, as the browser keeps it.
// Python reads a record in the same way (neurocore/practice/progress.py); a test compares the two.

export type Entry = Record<"at" | "problem" | "seed" | "what" | "code" | "answer", string>;
export interface Standing { solved: boolean; attempts: number; hints: number; solutions: number }

const FIELDS = "answer at code problem seed what";
const isEntry = (entry: unknown): entry is Entry =>
  typeof entry === "object" && entry !== null && Object.keys(entry).sort().join(" ") === FIELDS
  && Object.values(entry).every((value) => typeof value === "string");

/** Entries as Python writes them for their digest. */
const quote = (text: string) =>
  JSON.stringify(text).replace(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
export const plain = (entries: Entry[]) => {
  const one = (entry: Entry) => (Object.keys(entry) as (keyof Entry)[]).sort().map((name) => `${quote(name)}: ${quote(entry[name])}`);
  return `[${entries.map((entry) => `{${one(entry).join(", ")}}`).join(", ")}]`;
};

export async function read(text: string): Promise<Entry[]> {
  let record: any;
  try {
    record = JSON.parse(text);
  } catch {
    throw new Error("it is not JSON");
  }
  if (record?.format !== "neurocore progress 1") throw new Error("it is not a record of this book");
  const { events, digest } = record;
  if (!Array.isArray(events) || !events.every(isEntry)) throw new Error("it holds something else than events");
  if (crypto.subtle) { // missing on sites without https; Python looks again
    const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(plain(events)));
    const hex = [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    if (hex !== digest) throw new Error("it was changed outside this book");
  }
  return events;
}

export function standing(entries: Entry[]): Standing {
  const checks = entries.filter((entry) => entry.what === "check").map((entry) => entry.code);
  const right = checks.indexOf("correct");
  const count = (what: string) => entries.filter((entry) => entry.what === what).length;
  return { solved: right >= 0, attempts: right >= 0 ? right + 1 : checks.length, hints: count("hint"), solutions: count("solution") };
}

// The record in the page and in Python: the same texts are read, the same standing is seen.

import { describe, expect, test } from "vitest";
import { key, read, standing, type Entry, type Standing } from "../../book/_web/record";
import { read as fixture } from "./fixtures";

const { good, bad } = fixture<{
  good: { text: string; standing: Standing }[];
  bad: { text: string; reason: string }[];
}>("records");

test.each(good)(
  "$standing.attempts attempts: stands as in Python",
  ({ text, standing: wanted }) => {
    const entries = read(text);
    expect(entries).toEqual((JSON.parse(text) as { events: Entry[] }).events);
    expect(standing(entries)).toEqual(wanted);
  },
);

test.each(bad)("$text is refused as by Python", ({ text, reason }) => {
  expect(reason).not.toBe("");
  expect(() => read(text)).toThrow(new Error(reason));
});

describe("an entry as text", () => {
  const entry: Entry = { at: "1", problem: "p", seed: "", what: "check", code: "c", answer: "a" };
  test("does not hang on the order of its fields", () => {
    const turned = Object.fromEntries(Object.entries(entry).reverse()) as Entry;
    expect(key(turned)).toBe(key(entry));
  });
  test.each(Object.keys(entry) as (keyof Entry)[])("tells another %s apart", (name) => {
    expect(key({ ...entry, [name]: "other" })).not.toBe(key(entry));
  });
});

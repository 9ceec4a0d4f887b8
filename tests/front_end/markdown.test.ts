// Markdown with equations: every prompt of the bank, and what the page adds.

import { expect, test } from "vitest";
import "../../book/_web/markdown";
import { read } from "./fixtures";

const set = (words: string) => {
  const box = document.createElement("div");
  box.innerHTML = window.markdown(words);
  return box;
};

test.each(Object.entries(read<Record<string, string>>("prompts")))(
  "%s is set whole",
  (_, prompt) => {
    const box = set(prompt);
    expect(box.querySelector(".katex-error")).toBeNull();
    box.querySelectorAll(".katex, code").forEach((part) => part.remove());
    expect(box.textContent).toMatch(/Answer:/);
    expect(box.textContent).not.toMatch(/\$|\*\*|\\[a-z]/);
  },
);

test("equations stand in a line, by themselves, and close to other signs", () => {
  const box = set("With $a_1$, and(so $b$):\n\n$$\nc = d\n$$\n\nend");
  expect(box.querySelectorAll(".katex").length).toBe(3);
  expect(box.querySelectorAll(".katex-display").length).toBe(1);
  const close = set("($x$) and$y$here");
  expect(close.querySelectorAll(".katex").length).toBe(2);
});

test("a wrong equation is shown as it is, and the rest is set", () => {
  const box = set("$\\frac{1$ and *more*");
  expect(box.querySelector("em")!.textContent).toBe("more");
  expect(box.querySelector(".katex-error")!.textContent).toContain("\\frac{1");
});

test("tables scroll by themselves, as the build's do", () => {
  const one = "| a | b |\n|---|---|\n| 1 | 2 |\n";
  const box = set(`${one}\nand\n\n${one}`);
  const held = box.querySelectorAll(".pst-scrollable-table-container > table.table");
  expect(held.length).toBe(2);
  expect(box.querySelectorAll(".pst-scrollable-table-container").length).toBe(2);
  expect([...box.children].map(({ tagName }) => tagName)).toEqual(["DIV", "P", "DIV"]);
});

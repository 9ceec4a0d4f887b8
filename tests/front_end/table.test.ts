// @vitest-environment node

import { describe, expect, test } from "vitest";
import { open } from "../../neurocore/labs/front_end/table";
import { everything, labs, places, values, type Case, type Lab } from "./fixtures";

async function agree(lab: Lab, { frame }: Case): Promise<void> {
  const answer = await open(lab.table);
  const found = answer(places(lab, frame.settings));
  const wanted = values(frame);
  expect(Object.keys(found).sort()).toEqual(Object.keys(wanted).sort());
  for (const { name, step, length } of lab.table.outputs) {
    const value = found[name];
    expect(typeof value === "number").toBe(length === 0);
    const list = typeof value === "number" ? [value] : Array.from(value);
    expect(list.length).toBe(wanted[name].length);
    const apart = list.filter((one, i) => {
      const other = wanted[name][i];
      if (Number.isNaN(other)) return !Number.isNaN(one);
      return !(Math.abs(one - other) < 0.51 * step + 1e-9 * Math.abs(other));
    });
    expect(apart, name).toEqual([]);
  }
}

describe("a table holds what Python's function returns", () => {
  test.each([...Object.entries(labs), ["everything", everything] as const])(
    "%s",
    async (_, lab) => {
      for (const one of lab.cases) await agree(lab, one);
    },
  );
});

test("between stops it interpolates, as Python answers where the function is linear", async () => {
  await agree(everything, everything.between);
});

test("what is missing at a corner is missing between", async () => {
  const answer = await open(everything.table);
  expect(answer([1, 1, 0]).hole).toBe(0.5);
  expect(answer([1, 2.5, 0]).hole).toBeNaN();
  expect(answer([1, 2, 0]).hole).toBeCloseTo(1, 4); // the next corner has no part in it
});

test("two sliders between their stops at once", async () => {
  const answer = await open(everything.table);
  const corners = [
    [0.3 * 0.6, [1, 1, 0]],
    [0.7 * 0.6, [2, 1, 0]],
    [0.3 * 0.4, [1, 2, 0]],
    [0.7 * 0.4, [2, 2, 0]],
  ] as const;
  const wanted = corners.reduce(
    (sum, [share, at]) => sum + share * (answer([...at]).v as Float64Array)[5],
    0,
  );
  expect((answer([1.7, 1.4, 0]).v as Float64Array)[5]).toBeCloseTo(wanted, 9);
});

// What Python has written (tests/front_end_cases.py).

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { PanelSpec } from "../../neurocore/labs/front_end/panels";
import type { Frame, Table } from "../../neurocore/labs/front_end/table";

export type Settings = Record<string, number>;
export interface Coded {
  settings: Settings;
  outputs: [string, number[]][];
  data: string;
}
export interface Case {
  frame: Coded;
  cursor: number;
  sentence: string;
}
export interface Slider {
  kind: "slider" | "switch";
  name: string;
  unit?: string;
  stops: number[];
  value: number;
  between: boolean;
}
export interface Lab {
  spec: {
    key: string;
    sliders: Slider[];
    panels: PanelSpec[];
    summary: string[];
    time: string;
  };
  html: string;
  settings: Settings;
  table: Table;
  cases: Case[];
}

const folder = process.env.FIXTURES ?? resolve(import.meta.dirname, "../../fixtures");
export const read = <T>(name: string) =>
  JSON.parse(readFileSync(resolve(folder, `${name}.json`), "utf8")) as T;

export const labs = read<Record<string, Lab>>("labs");
export const everything = read<Lab & { between: Case }>("everything");

/** A coded frame's values, by a reader of their own. */
export function values(coded: Coded): Record<string, number[]> {
  const bytes = Buffer.from(coded.data, "base64");
  let at = 0;
  return Object.fromEntries(
    coded.outputs.map(([name, shape]) => {
      const list = [];
      for (let i = shape.reduce((a, b) => a * b, 1); i > 0; i--)
        list.push(bytes.readDoubleLE(8 * at++));
      return [name, list];
    }),
  );
}

/** The same as the front end has it. */
export const asFrame = (coded: Coded): Frame =>
  Object.fromEntries(
    coded.outputs.map(([name, shape]) => {
      const list = values(coded)[name];
      return [name, shape.length ? Float64Array.from(list) : list[0]];
    }),
  );

/** Where the sliders stand at some settings. */
export const places = (lab: Lab, settings: Settings) =>
  lab.spec.sliders.map(({ name, stops }) => {
    const value = settings[name];
    const low = Math.max(
      0,
      stops.findIndex((stop, i) => value >= stop && !(value >= stops[i + 1])),
    );
    return low === stops.length - 1
      ? low
      : low + (value - stops[low]) / (stops[low + 1] - stops[low]);
  });

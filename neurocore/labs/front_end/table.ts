// Reads the table of answers that neurocore/labs/table.py writes.

export type Frame = Record<string, number | ArrayLike<number>>;

interface Output {
  name: string;
  axes: number[];
  stops: number[];
  length: number; // 0 for a number, else of the array
  low: number;
  step: number;
}

export interface Table {
  outputs: Output[];
  data: string;
}

const MISSING = 65535;

export async function open(table: Table): Promise<(places: number[]) => Frame> {
  const packed = Uint8Array.from(atob(table.data), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let start = 0;
  const outputs = table.outputs.map((output) => {
    const size = output.stops.reduce((a, b) => a * b, 1) * (output.length || 1);
    const values = new Uint16Array(size);
    for (let i = 0, last = 0; i < size; i++)
      // sums modulo 65536, as written
      values[i] = last += bytes[start + i] + 256 * bytes[start + size + i];
    start += 2 * size;
    return { ...output, values };
  });

  // `places` holds a position on each slider: a stop's index, or between two.
  return (places) => {
    const frame: Frame = {};
    for (const { name, axes, stops, length, low, step, values } of outputs) {
      const n = length || 1;
      const sum = new Float64Array(n);
      const corner = (axis: number, index: number, weight: number): void => {
        if (axis === axes.length) {
          for (let i = 0, at = index * n; i < n; i++, at++)
            sum[i] += values[at] === MISSING ? NaN : weight * (low + values[at] * step);
          return;
        }
        const place = places[axes[axis]];
        const below = Math.floor(place);
        const share = place - below;
        const next = index * stops[axis] + below;
        if (share < 1) corner(axis + 1, next, weight * (1 - share));
        if (share > 0) corner(axis + 1, next + 1, weight * share);
      };
      corner(0, 0, 1);
      frame[name] = length ? sum : sum[0];
    }
    return frame;
  };
}

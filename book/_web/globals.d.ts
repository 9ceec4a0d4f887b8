declare module "@neurocore/lab" {
  const lab: { render(context: { model: object; el: HTMLElement }): Promise<() => void> };
  export default lab;
}
declare module "*.py" {
  const text: string;
  export default text;
}

/** A frame as pack() in neurocore/labs/table.py writes it, or why there is none. */
interface Packed {
  settings: Record<string, number>;
  data?: Uint8Array | string;
  error?: string;
}
type Answer = (lab: string, settings: Record<string, number>) => Promise<Packed>;

/** What the build knows of Python for the page; null where it has none. */
declare const PYTHON: {
  version: string;
  files: Record<string, number>;
  imports: Record<string, string[]>;
} | null;
/** Changes with any script of the site. */
declare const VERSION: string;

interface Window {
  /** For live.ts, by book.ts: wake a lab; tell all labs that Python answers, or no longer does. */
  labs: { wake: (root: HTMLElement) => void; answer: (answer: Answer | undefined) => void };
  /** markdown.ts offers this: the HTML of Markdown with equations. */
  markdown: (words: string) => string;
}

declare module "@neurocore/lab" {
  const lab: { render(context: { model: object; el: HTMLElement }): Promise<() => void> };
  export default lab;
}
declare module "*.py" {
  const text: string;
  export default text;
}

type Answer = (lab: string, settings: Record<string, number>) => Promise<object>; // a frame as pack() writes it

/** What the build knows of Python for the page; null where it has none. */
declare const PYTHON: { version: string; files: Record<string, number>; imports: Record<string, string[]> } | null;
/** Changes with any script of the site. */
declare const VERSION: string;

interface Window {
  /** book.ts offers this to live.ts: wake a lab; tell all labs that Python answers, or no longer does. */
  labs: { wake(root: HTMLElement): void; answer(answer: Answer | undefined): void };
  /** markdown.ts offers this: the HTML of Markdown with equations. */
  markdown: (words: string) => string;
}

// What the site's scripts fetch: an answer is looked at before it is used, and a bad one has words.

export const PATIENCE = 15_000; // ms without a byte, after which the reader is told
const TEXT = /\.(js|json|ipynb|html)$/; // a host may rewrite these, so their size may change

export const nameOf = (address: string) => new URL(address).pathname.split("/").pop()!;
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
const kind = (name: string) => `.${name.split(".").pop()}`;

/** What is wrong with an answer's head, and what the site's owner can do; empty if nothing is. */
export function fault(name: string, { status, headers }: Response): string {
  const type = (headers.get("Content-Type") ?? "").split(";")[0].trim().toLowerCase();
  const allow = `Its owner has to upload this file and allow the file type ${kind(name)}`;
  if (status >= 500)
    return `the site fails at ${name} (${status}). Its owner finds the reason in the server's log`;
  if (status !== 200) return `the site does not hand out ${name} (${status}). ${allow}`;
  if (type === "text/html" && /\.\w+$/.test(name) && !name.endsWith(".html"))
    return `the site answers with a web page where ${name} should come. ${allow}`;
  if (name.endsWith(".js") && !/(java|ecma)script$/.test(type))
    return `the site hands out ${name} as ${type || "a file without a type"}. Its owner has to serve the file type .js as text/javascript`;
  return "";
}

/** What is wrong with a file's size; a text may have been rewritten on its way. */
export function misfit(name: string, bytes: number, size: number | undefined): string {
  if (size === undefined || bytes === size || TEXT.test(name)) return "";
  return `${name} has ${bytes} bytes where the book was built with ${size}. Its owner has to upload the whole site again, as it was built`;
}

async function once(
  address: string,
  cache: RequestCache,
  size: number | undefined,
  arrived: (bytes: number) => void,
  signal?: AbortSignal,
) {
  const name = nameOf(address);
  let response: Response;
  try {
    response = await fetch(address, { cache, signal });
  } catch {
    throw new Error("the site does not answer");
  }
  const wrong = fault(name, response);
  if (wrong) {
    void response.body?.cancel();
    throw new Error(wrong);
  }
  const chunks: Uint8Array[] = [];
  let at = 0;
  const reader = response.body!.getReader();
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      chunks.push(chunk.value);
      at += chunk.value.length;
      arrived(at);
    }
  } catch {
    throw new Error(
      `${name} broke off after ${megabytes(at)}${size ? ` of ${megabytes(size)}` : ""} MB. ` +
        "If it does so again, its owner has to look at the length and the compression that the server declares",
    );
  }
  const wrongSize = misfit(name, at, size);
  if (wrongSize) throw new Error(wrongSize);
  const bytes = new Uint8Array(at);
  chunks.reduce((place, chunk) => (bytes.set(chunk, place), place + chunk.length), 0);
  return bytes;
}

/** Fetch a file; a bad answer is asked for once more, past every cache. */
export function get(
  address: string,
  size?: number,
  arrived: (bytes: number) => void = () => {},
  signal?: AbortSignal,
): Promise<Uint8Array> {
  return once(address, "default", size, arrived, signal).catch(() => {
    arrived(0);
    return once(address, "reload", size, arrived, signal);
  });
}

/** The same for a small file that the page waits for: given up when nothing has come for long. */
export async function getSoon(address: string): Promise<Uint8Array> {
  const control = new AbortController();
  let timer = 0;
  const wait = () => {
    clearTimeout(timer);
    timer = self.setTimeout(() => control.abort(), PATIENCE);
  };
  wait();
  try {
    return await get(address, undefined, wait, control.signal);
  } catch (error) {
    if (control.signal.aborted)
      throw new Error(`nothing has come of ${nameOf(address)} for ${PATIENCE / 1000} s`);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Why a script could not be loaded. */
export const whyNot = (address: string): Promise<string> =>
  getSoon(address).then(
    () => `${nameOf(address)} did not run`,
    (error: Error) => error.message,
  );

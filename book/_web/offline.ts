// The page's side of reading without a network: the service worker, and the reader's wish.

export function offline(script: string): void {
  const { serviceWorker } = navigator;
  const foot = document.querySelector(".bd-footer-content");
  if (!serviceWorker || !foot) return;
  const size = Object.values(PYTHON!.files).reduce((sum, bytes) => sum + bytes, 0);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "keep-book";
  button.textContent = `Keep the book, with all of Python, for use offline (${Math.round(size / 1e6)} MB)`;
  button.addEventListener("click", () => {
    button.disabled = true;
    void navigator.storage?.persist?.();
    void serviceWorker.ready.then(({ active }) => active!.postMessage("keep all"));
  });
  serviceWorker.addEventListener(
    "message",
    ({ data }: MessageEvent<{ kept: number; all: number; reason?: string }>) => {
      if (!button.disabled) return; // kept of its own accord, after Python was loaded
      if (!data.all) button.disabled = false;
      button.textContent = !data.all
        ? `${data.reason}: try again`
        : data.kept < data.all
          ? `Keeping ${data.kept} of ${data.all} files`
          : "The book is kept for use offline";
    },
  );
  // Private browsing may refuse; the book reads all the same, and offers nothing that cannot come.
  void serviceWorker.register(script).then(
    () => foot.append(button),
    () => {},
  );
}

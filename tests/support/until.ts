/** Waits until something is so; fails after five seconds. */
export async function until(isSo: () => boolean, what = "what was waited for"): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`${what} did not come about in five seconds`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** What a page shows at most; answers may be megabytes. */
const LOOKED_AT = 100_000;

/** Without the content of `<name>…</name>`; one without its end goes to the end. Linear, whatever the page holds. */
function without(html: string, name: string): string {
  const lower = html.toLowerCase();
  const kept: string[] = [];
  for (let at = 0; ; ) {
    const from = lower.indexOf(`<${name}`, at);
    kept.push(html.slice(at, from < 0 ? undefined : from));
    const end = from < 0 ? -1 : lower.indexOf(`</${name}>`, from);
    if (end < 0) return kept.join(" ");
    at = end + name.length + 3;
  }
}

/** A page as one line without its tags; entities stay as they are. */
export function plainText(html: string): string {
  const bare = without(without(html.slice(0, LOOKED_AT), "style"), "script");
  return bare.replace(/<[^<>]*>/g, " ").replace(/\s+/g, " ").trim();
}

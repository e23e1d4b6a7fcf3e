import type { WebApplication } from "./types";

/** The pages that a person opens. They come up some time after the service says STARTED. */
export const productPages: WebApplication = {
  interface: "https",
  serves: (path) => /^\/(ccmadmin|cupadmin|cmplatform)\b/.test(path),
  container: () => "Cisco Tomcat",
  action: ({ method, path }) => `${method} ${path}`,
  async answer(node, { path }) {
    const page = { CUCM: "/ccmadmin", "IM and Presence": "/cupadmin" }[node.product as string] ?? "/cmplatform";
    if (!path.startsWith(page) && !path.startsWith("/cmplatform")) return { status: 404, body: "<html><body>404 Not Found</body></html>" };
    if (!node.pageAnswers) return { status: 503, body: "<html><body>503 Service Unavailable</body></html>" };
    return { status: 200, headers: { "content-type": "text/html;charset=UTF-8" }, body: "<html><body>Cisco Unified Operating System Administration</body></html>" };
  },
};

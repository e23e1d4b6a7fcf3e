// AXL, one method per operation that we need: platform-interfaces.md section 4. Publisher only.
import { parseRelease } from "../../../domain/releases";
import type { HttpsClient } from "../../transport/https";
import type { BasicLogin } from "./certificate-rest";
import { child, children, escapeXml, soapCall, text, type Xml } from "./soap";

export interface WireProcessNode {
  name: string;
  nodeUsage: string;
  processNodeRole: string;
}

export class Axl {
  private readonly version: string;

  constructor(
    private readonly https: HttpsClient,
    private readonly login: () => BasicLogin,
    release: string,
  ) {
    const { major = 14, minor = 0 } = parseRelease(release) ?? {};
    this.version = `${major}.${minor}`;
  }

  async listProcessNode(): Promise<WireProcessNode[]> {
    const tags = "<name/><nodeUsage/><processNodeRole/>";
    const answer = await this.call("listProcessNode", "list the nodes of the cluster", `<searchCriteria><name>%</name></searchCriteria><returnedTags>${tags}</returnedTags>`);
    return children(answer, "processNode").map((node) => ({ name: text(node, "name"), nodeUsage: text(node, "nodeUsage"), processNodeRole: text(node, "processNodeRole") }));
  }

  /** Rows of a query, each with its columns by name. */
  async executeSQLQuery(sql: string, action: string): Promise<Record<string, string>[]> {
    const answer = await this.call("executeSQLQuery", action, `<sql>${escapeXml(sql)}</sql>`);
    return children(answer, "row").map((row) => (typeof row === "string" ? {} : Object.fromEntries(Object.keys(row).map((column) => [column, text(row, column)]))));
  }

  /** One operation; gives what stands in `return`. */
  async call(operation: string, action: string, inner: string): Promise<Xml | undefined> {
    const body = `<axl:${operation} xmlns:axl="http://www.cisco.com/AXL/API/${this.version}">${inner}</axl:${operation}>`;
    const answer = await soapCall(this.https, this.login(), { path: "/axl/", soapAction: `CUCM:DB ver=${this.version} ${operation}`, action: `AXL: ${action}`, body });
    return child(answer, `${operation}Response`, "return");
  }
}

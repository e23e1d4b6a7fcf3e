// What a person does in the pages of OS Administration: the same as the command line, where that has it. The pages themselves are not emulated.
import { type Operation, requirePublisher, runBulk, saveServer } from "./bulk/operations";
import type { SftpSettings } from "./bulk/sftp-client";
import type { VosNode } from "./node";

export class OsAdministration {
  constructor(private readonly node: VosNode) {}

  /** Security > Certificate Management > Upload Certificate: into any trust store that the node has, by its full name, such as `Phone-SAST-trust`. */
  async uploadTrust(store: string, pem: string, description = ""): Promise<void> {
    await this.byPerson(`upload to ${store}`, () => this.node.certificates.takeTrust(this.node.certificates.trustStore(store), pem, description));
  }

  /** Security > Bulk Certificate Management: its fields, and Save. */
  async saveBulkServer(settings: SftpSettings): Promise<void> {
    await this.byPerson("save the server of bulk certificate management", () => {
      requirePublisher(this.node);
      saveServer(this.node, settings);
    });
  }

  /**
   * Security > Bulk Certificate Management: Export, Consolidate or Import.
   * @param given a type, or `all`
   * @returns a line for each type
   */
  async bulk(operation: Operation, given: string): Promise<string[]> {
    const lines: string[] = [];
    await this.byPerson(`bulk ${operation} ${given}`, () => runBulk(operation, { node: this.node, given, say: (line) => lines.push(line), lost: new AbortController().signal }));
    return lines;
  }

  /** What follows is in the history as it is after a command, behind who wanted it. */
  private byPerson(what: string, work: () => unknown): Promise<void> {
    return this.node.history.span({ node: this.node.fqdn, interface: "https", action: `page: ${what}`, detail: { by: "a person" } }, async () => {
      await work();
    });
  }
}

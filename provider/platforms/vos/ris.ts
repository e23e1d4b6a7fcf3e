// RisPort70, which tells with whom devices are registered: certsrv-keystores-ris.md 3. A publisher answers for all nodes.
import { PlatformError } from "../../errors";
import type { HttpsClient } from "../../transport/https";
import { Pace } from "../../transport/pace";
import type { BasicLogin } from "./certificate-rest";
import { child, children, escapeXml, soapCall, text, type Xml } from "./soap";

const PATH = "/realtimeservice2/services/RISService70";
const NAMESPACE = "http://schemas.cisco.com/ast/soap";
/** About fifteen requests a minute are answered. */
const A_MINUTE = 14;
/** More devices no answer holds, and more names no request. */
export const MOST_DEVICES = 1000;

export interface WireDevice {
  Name: string;
  Status: string;
  TimeStamp: string;
}

export interface WireNode {
  ReturnCode: string;
  Name: string;
  devices: WireDevice[];
}

export interface WireSelection {
  TotalDevicesFound: string;
  nodes: WireNode[];
}

export class Ris {
  private readonly pace: Pace;

  /** @param minute milliseconds */
  constructor(
    private readonly https: HttpsClient,
    private readonly login: () => BasicLogin,
    minute: number,
  ) {
    this.pace = new Pace(A_MINUTE, minute);
  }

  /** What every node knows of the phones of these names. Waits for its turn. */
  async selectCmDevice(names: readonly string[]): Promise<WireSelection> {
    const action = "read the registrations of phones";
    await this.turn(action);
    const answer = await soapCall(this.https, this.login(), { path: PATH, soapAction: "selectCmDevice", action, body: question(names) });
    const result = child(answer, "selectCmDeviceResponse", "selectCmDeviceReturn", "SelectCmDeviceResult");
    if (result === undefined) throw new PlatformError("unknown", { node: this.https.endpoint.host, action, answer: "the answer holds no SelectCmDeviceResult" });
    return { TotalDevicesFound: text(result, "TotalDevicesFound"), nodes: children(child(result, "CmNodes"), "item").map(wireNode) };
  }

  /** Who waits for a turn does not begin any more. */
  close(): void {
    this.pace.close();
  }

  private async turn(action: string): Promise<void> {
    await this.pace.turn().catch(() => {
      throw new PlatformError("connection", { node: this.https.endpoint.host, action, answer: "the run is ending; nothing was sent" });
    });
  }
}

/** Its order is checked. */
function question(names: readonly string[]): string {
  const items = names.map((name) => `<ast:item><ast:Item>${escapeXml(name)}</ast:Item></ast:item>`).join("");
  const criteria = [
    `<ast:MaxReturnedDevices>${MOST_DEVICES}</ast:MaxReturnedDevices>`,
    "<ast:DeviceClass>Phone</ast:DeviceClass><ast:Model>255</ast:Model><ast:Status>Any</ast:Status><ast:NodeName></ast:NodeName>",
    `<ast:SelectBy>Name</ast:SelectBy><ast:SelectItems>${items}</ast:SelectItems>`,
    "<ast:Protocol>Any</ast:Protocol><ast:DownloadStatus>Any</ast:DownloadStatus>",
  ].join("");
  return `<ast:selectCmDevice xmlns:ast="${NAMESPACE}"><ast:StateInfo></ast:StateInfo><ast:CmSelectionCriteria>${criteria}</ast:CmSelectionCriteria></ast:selectCmDevice>`;
}

function wireNode(item: Xml): WireNode {
  const devices = children(child(item, "CmDevices"), "item").map((one) => ({ Name: text(one, "Name"), Status: text(one, "Status"), TimeStamp: text(one, "TimeStamp") }));
  return { ReturnCode: text(item, "ReturnCode"), Name: text(item, "Name"), devices };
}

// Control Center Services, one method per operation: platform-interfaces.md section 2. Works only on the node itself (R47).
import type { HttpsClient } from "../../transport/https";
import type { BasicLogin } from "./certificate-rest";
import { child, children, escapeXml, soapCall, text, type Xml } from "./soap";

const PATH = "/controlcenterservice2/services/ControlCenterServices";
const NAMESPACE = "http://schemas.cisco.com/ast/soap";

export interface WireService {
  ServiceName: string;
  ServiceStatus: string;
  ReasonCode: string;
  ReasonCodeString: string;
  StartTime: string;
  UpTime: string;
}

export interface WireServiceAnswer {
  ReturnCode: string;
  ReasonCode: string;
  ReasonString: string;
  services: WireService[];
}

export type ControlType = "Start" | "Stop" | "Restart";

export class ControlCenter {
  constructor(
    private readonly https: HttpsClient,
    private readonly login: () => BasicLogin,
  ) {}

  /** Every service of the node. */
  status(): Promise<WireServiceAnswer> {
    return this.call("soapGetServiceStatus", "read the services", "<ast:ServiceStatus></ast:ServiceStatus>");
  }

  /** Blocks while the service is worked on. `limit` in milliseconds. */
  control(type: ControlType, service: string, limit: number): Promise<WireServiceAnswer> {
    const list = `<ast:ServiceList><ast:item>${escapeXml(service)}</ast:item></ast:ServiceList>`;
    const request = `<ast:ControlServiceRequest><ast:NodeName>${escapeXml(this.https.endpoint.host)}</ast:NodeName><ast:ControlType>${type}</ast:ControlType>${list}</ast:ControlServiceRequest>`;
    return this.call("soapDoControlServices", `${type.toLowerCase()} ${service}`, request, limit);
  }

  private async call(operation: string, action: string, inner: string, limit?: number): Promise<WireServiceAnswer> {
    const body = `<ast:${operation} xmlns:ast="${NAMESPACE}">${inner}</ast:${operation}>`;
    const answer = await soapCall(this.https, this.login(), { path: PATH, soapAction: operation, action, body, limit });
    const content = child(answer, `${operation}Response`, `${operation}Return`);
    return {
      ReturnCode: text(content, "ReturnCode"),
      ReasonCode: text(content, "ReasonCode"),
      ReasonString: text(content, "ReasonString"),
      services: children(child(content, "ServiceInfoList"), "item").map(wireService),
    };
  }
}

function wireService(item: Xml): WireService {
  const names = ["ServiceName", "ServiceStatus", "ReasonCode", "ReasonCodeString", "StartTime", "UpTime"] as const;
  return Object.fromEntries(names.map((name) => [name, text(item, name)])) as unknown as WireService;
}

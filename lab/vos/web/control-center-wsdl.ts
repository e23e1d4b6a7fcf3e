// The description that Control Center Services gives of itself: platform-interfaces.md 2.1 and 2.2.

export const CONTROL_CENTER_NAMESPACE = "http://schemas.cisco.com/ast/soap";

/** A member: name, type, `?` when nil is allowed, `*` when it may be there any number of times, `+` when at least once. */
type Member = [name: string, type: string, marks?: "?" | "*" | "+" | "?*"];

const ENUMERATIONS: Record<string, string[]> = {
  ServiceStatus: ["Started", "Stopped", "Starting", "Stopping", "Unknown"],
  ControlType: ["Start", "Stop", "Restart"],
  DeployType: ["Deploy", "UnDeploy"],
  ServiceTypes: ["Service", "Servlet"],
};

const SPECIFICATION: Member[] = [
  ["ServiceName", "xsd:string", "?"],
  ["ServiceType", "tns:ServiceTypes", "?"],
  ["Deployable", "xsd:boolean"],
  ["GroupName", "xsd:string", "?"],
];

const TYPES: Record<string, Member[]> = {
  ArrayOfServices: [["item", "xsd:string", "?*"]],
  DependentServices: [["Service", "xsd:string", "*"]],
  ControlServiceRequest: [["NodeName", "xsd:string", "?"], ["ControlType", "tns:ControlType", "?"], ["ServiceList", "tns:ArrayOfServices", "?"]],
  DeploymentServiceRequest: [["NodeName", "xsd:string", "?"], ["DeployType", "tns:DeployType", "?"], ["ServiceList", "tns:ArrayOfServices", "?"]],
  ServiceInformation: [
    ["ServiceName", "xsd:string", "?"],
    ["ServiceStatus", "tns:ServiceStatus", "?"],
    ["ReasonCode", "xsd:integer", "?"],
    ["ReasonCodeString", "xsd:string", "?"],
    ["StartTime", "xsd:string", "?"],
    ["UpTime", "xsd:integer", "?"],
  ],
  ArrayOfServiceInformation: [["item", "tns:ServiceInformation", "*"]],
  ServiceInformationResponse: [
    ["ReturnCode", "xsd:string", "?"],
    ["ReasonCode", "xsd:integer", "?"],
    ["ReasonString", "xsd:string", "?"],
    ["ServiceInfoList", "tns:ArrayOfServiceInformation", "?"],
  ],
  ServiceSpecification: [...SPECIFICATION, ["DependentServices", "tns:DependentServices", "?"]],
  ArrayOfServiceSpecification: [["item", "tns:ServiceSpecification", "*"]],
  StaticServiceList: [["Services", "tns:ArrayOfServiceSpecification", "?"]],
  InstalledProduct: [
    ["ProductName", "xsd:string", "?"],
    ["ProductVersion", "xsd:string", "?"],
    ["ProductDescription", "xsd:string", "?"],
    ["ProductID", "xsd:string", "?"],
    ["ShortName", "xsd:string", "?"],
  ],
  ArrayOfInstalledProduct: [["item", "tns:InstalledProduct", "*"]],
  ProductServiceSpecification: [...SPECIFICATION, ["ProductID", "xsd:string", "?"], ["DependentServices", "tns:DependentServices", "?"]],
  ArrayOfProductServiceSpecification: [["item", "tns:ProductServiceSpecification", "*"]],
  ProductInformation: [
    ["ActiveServerVersion", "xsd:string", "?"],
    ["PrimaryNode", "xsd:string", "?"],
    ["SecondaryNode", "xsd:string", "?"],
    ["Products", "tns:ArrayOfInstalledProduct", "?"],
    ["Services", "tns:ArrayOfProductServiceSpecification", "?"],
  ],
};

/** Operation → what it takes and the type that it returns. */
const OPERATIONS: Record<string, { takes: Member; returns: string }> = {
  soapGetServiceStatus: { takes: ["ServiceStatus", "xsd:string", "+"], returns: "ServiceInformationResponse" },
  soapDoControlServices: { takes: ["ControlServiceRequest", "tns:ControlServiceRequest"], returns: "ServiceInformationResponse" },
  soapDoServiceDeployment: { takes: ["DeploymentServiceRequest", "tns:DeploymentServiceRequest"], returns: "ServiceInformationResponse" },
  soapGetStaticServiceList: { takes: ["ServiceInformationResponse", "xsd:string"], returns: "StaticServiceList" },
  getProductInformationList: { takes: ["ServiceInfo", "xsd:string"], returns: "ProductInformation" },
};

const operations = Object.entries(OPERATIONS);

function sequence(members: Member[]): string {
  const lines = members.map(([name, type, marks = ""]) => {
    const nillable = marks.includes("?") ? ' nillable="true"' : "";
    const none = marks.includes("*") ? ' minOccurs="0"' : "";
    const many = /[*+]/.test(marks) ? ' maxOccurs="unbounded"' : "";
    return `<xsd:element name="${name}" type="${type}"${nillable}${none}${many}/>`;
  });
  return `<xsd:complexType><xsd:sequence>${lines.join("")}</xsd:sequence></xsd:complexType>`;
}

function named(name: string, members: Member[]): string {
  return sequence(members).replace("<xsd:complexType>", `<xsd:complexType name="${name}">`);
}

function enumeration([name, values]: [string, string[]]): string {
  return `<xsd:simpleType name="${name}"><xsd:restriction base="xsd:string">${values.map((value) => `<xsd:enumeration value="${value}"/>`).join("")}</xsd:restriction></xsd:simpleType>`;
}

function schema(): string {
  const messages = operations.flatMap(([name, { takes, returns }]) => [
    `<xsd:element name="${name}">${sequence([takes])}</xsd:element>`,
    `<xsd:element name="${name}Response">${sequence([[`${name}Return`, `tns:${returns}`]])}</xsd:element>`,
  ]);
  const types = [...Object.entries(TYPES).map(([name, members]) => named(name, members)), ...Object.entries(ENUMERATIONS).map(enumeration)];
  return `<xsd:schema elementFormDefault="qualified" targetNamespace="${CONTROL_CENTER_NAMESPACE}">${[...messages, ...types].join("\n")}</xsd:schema>`;
}

function message(name: string, element: string): string {
  return `<wsdl:message name="${name}"><wsdl:part name="parameters" element="tns:${element}"/></wsdl:message>`;
}

function wsdl(address: string): string {
  const body = '<soap:body use="literal"/>';
  return `<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions targetNamespace="${CONTROL_CENTER_NAMESPACE}" xmlns:tns="${CONTROL_CENTER_NAMESPACE}" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
<wsdl:types>${schema()}</wsdl:types>
${operations.map(([name]) => message(`${name}Request`, name) + message(`${name}Response`, `${name}Response`)).join("\n")}
<wsdl:portType name="ControlCenterServicesPort">
${operations.map(([name]) => `<wsdl:operation name="${name}"><wsdl:input message="tns:${name}Request"/><wsdl:output message="tns:${name}Response"/></wsdl:operation>`).join("\n")}
</wsdl:portType>
<wsdl:binding name="ControlCenterServicesBinding" type="tns:ControlCenterServicesPort">
<soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
${operations.map(([name]) => `<wsdl:operation name="${name}"><soap:operation soapAction="${name}"/><wsdl:input>${body}</wsdl:input><wsdl:output>${body}</wsdl:output></wsdl:operation>`).join("\n")}
</wsdl:binding>
<wsdl:service name="ControlCenterServices"><wsdl:port name="ControlCenterServicesPort" binding="tns:ControlCenterServicesBinding"><soap:address location="${address}"/></wsdl:port></wsdl:service>
</wsdl:definitions>
`;
}

/** The WSDL of a node; its address is the node's own, on the real port. */
export function controlCenterWsdl(fqdn: string): string {
  return wsdl(`https://${fqdn}:8443/controlcenterservice2/services/ControlCenterServices`);
}

// The description that RISService70 gives of itself, as far as the lab goes: selectCmDevice. certsrv-keystores-ris.md 3.

export const RIS_NAMESPACE = "http://schemas.cisco.com/ast/soap";

/** The children of CmSelectionCriteria, in their order. */
export const CRITERIA = ["MaxReturnedDevices", "DeviceClass", "Model", "Status", "NodeName", "SelectBy", "SelectItems", "Protocol", "DownloadStatus"];

const TEXT = "xsd:string";
const NUMBER = "xsd:unsignedInt";

/** Type → its members with their types; a list has one, `item`. */
const TYPES: Record<string, Record<string, string>> = {
  SelectItem: { Item: TEXT },
  CmSelectionCriteria: { MaxReturnedDevices: NUMBER, DeviceClass: TEXT, Model: NUMBER, Status: TEXT, NodeName: TEXT, SelectBy: TEXT, SelectItems: "tns:ArrayOfSelectItem", Protocol: TEXT, DownloadStatus: TEXT },
  CmDevSingleLineStatus: { DirectoryNumber: TEXT, Status: TEXT },
  IPAddressArrayType: { IP: TEXT, IPAddrType: TEXT, Attribute: TEXT },
  CmDevice: {
    Name: TEXT,
    DirNumber: TEXT,
    DeviceClass: TEXT,
    Model: NUMBER,
    Product: NUMBER,
    BoxProduct: NUMBER,
    Httpd: TEXT,
    RegistrationAttempts: NUMBER,
    IsCtiControllable: "xsd:boolean",
    LoginUserId: TEXT,
    Status: TEXT,
    StatusReason: NUMBER,
    PerfMonObject: NUMBER,
    DChannel: NUMBER,
    Description: TEXT,
    TimeStamp: NUMBER,
    Protocol: TEXT,
    NumOfLines: NUMBER,
    LinesStatus: "tns:ArrayOfCmDevSingleLineStatus",
    ActiveLoadID: TEXT,
    InactiveLoadID: TEXT,
    DownloadStatus: TEXT,
    DownloadFailureReason: TEXT,
    DownloadServer: TEXT,
    IPAddress: "tns:ArrayOfIPAddressArrayType",
  },
  CmNode: { ReturnCode: TEXT, Name: TEXT, NoChange: "xsd:boolean", CmDevices: "tns:ArrayOfCmDevice" },
  CmSelectionResult: { TotalDevicesFound: NUMBER, CmNodes: "tns:ArrayOfCmNode" },
  SelectCmDeviceResult: { SelectCmDeviceResult: "tns:CmSelectionResult", StateInfo: TEXT },
};

const LISTS = ["SelectItem", "CmDevSingleLineStatus", "IPAddressArrayType", "CmDevice", "CmNode"];

function sequence(members: Record<string, string>): string {
  return `<xsd:sequence>${Object.entries(members).map(([name, type]) => `<xsd:element name="${name}" type="${type}" nillable="true"/>`).join("")}</xsd:sequence>`;
}

function schema(): string {
  const types = Object.entries(TYPES).map(([name, members]) => `<xsd:complexType name="${name}">${sequence(members)}</xsd:complexType>`);
  const lists = LISTS.map((name) => `<xsd:complexType name="ArrayOf${name}"><xsd:sequence><xsd:element name="item" type="tns:${name}" minOccurs="0" maxOccurs="unbounded"/></xsd:sequence></xsd:complexType>`);
  const asked = `<xsd:element name="selectCmDevice"><xsd:complexType>${sequence({ StateInfo: TEXT, CmSelectionCriteria: "tns:CmSelectionCriteria" })}</xsd:complexType></xsd:element>`;
  const answered = `<xsd:element name="selectCmDeviceResponse"><xsd:complexType>${sequence({ selectCmDeviceReturn: "tns:SelectCmDeviceResult" })}</xsd:complexType></xsd:element>`;
  return `<xsd:schema elementFormDefault="qualified" targetNamespace="${RIS_NAMESPACE}">${[asked, answered, ...types, ...lists].join("\n")}</xsd:schema>`;
}

/** What `?wsdl` answers. */
export function risWsdl(fqdn: string): string {
  const body = '<soap:body use="literal"/>';
  return `<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions targetNamespace="${RIS_NAMESPACE}" xmlns:tns="${RIS_NAMESPACE}" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
<wsdl:types>${schema()}</wsdl:types>
<wsdl:message name="selectCmDeviceRequest"><wsdl:part name="parameters" element="tns:selectCmDevice"/></wsdl:message>
<wsdl:message name="selectCmDeviceResponse"><wsdl:part name="parameters" element="tns:selectCmDeviceResponse"/></wsdl:message>
<wsdl:portType name="RisPortType"><wsdl:operation name="selectCmDevice"><wsdl:input message="tns:selectCmDeviceRequest"/><wsdl:output message="tns:selectCmDeviceResponse"/></wsdl:operation></wsdl:portType>
<wsdl:binding name="RisBinding" type="tns:RisPortType"><soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
<wsdl:operation name="selectCmDevice"><soap:operation soapAction="selectCmDevice"/><wsdl:input>${body}</wsdl:input><wsdl:output>${body}</wsdl:output></wsdl:operation></wsdl:binding>
<wsdl:service name="RISService70"><wsdl:port name="RisPort70" binding="tns:RisBinding"><soap:address location="https://${fqdn}:8443/realtimeservice2/services/RISService70"/></wsdl:port></wsdl:service>
</wsdl:definitions>
`;
}

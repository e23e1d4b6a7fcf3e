// What a program imports from "pulumi-uccerts".
export { AdcsCertificate, type AdcsCertificateInputs, type AdcsCertificateOutputs } from "./adcs-certificate";
export { MultiServerCertificate, type MultiServerCertificateArgs } from "./components/multi-server-certificate";
export { type CertificateChange, Rollout, type RolloutArgs } from "./components/rollout";
export { TrustChain, type TrustChainArgs } from "./components/trust-chain";
export { IdentityCertificate, type IdentityCertificateInputs, type IdentityCertificateOutputs } from "./identity-certificate";
export { KeystoreCertificate, type KeystoreCertificateInputs, type KeystoreCertificateOutputs } from "./keystore-certificate";
export { KeystoreEntries, type KeystoreEntriesInputs, type KeystoreEntriesOutputs, type KeystoreName, type PresentedAt } from "./keystore-entries";
export { KeystoreEntry, type KeystoreEntryInputs, type KeystoreEntryOutputs } from "./keystore-entry";
export { MultiSanCsr, type MultiSanCsrInputs, type MultiSanCsrOutputs } from "./multi-san-csr";
export { Preflight, type PreflightInputs, type PreflightOutputs } from "./preflight";
export type { Accept, Distribution, HashAlgorithm, KeyType, Purpose, QuestionInputs, Use } from "./question";
export { Renewal, type RenewalInputs, type RenewalOutputs } from "./renewal";
export type { Args, ResourceOptions } from "./resource";
export { ServedCertificate, type ServedBy, type ServedCertificateInputs, type ServedCertificateOutputs } from "./served-certificate";
export { ServerRestart, type ServerRestartInputs, type ServerRestartOutputs } from "./server-restart";
export { ServiceRestart, type ServiceRestartInputs, type ServiceRestartOutputs } from "./service-restart";
export { SsoResumption, type SsoResumptionInputs, type SsoResumptionOutputs } from "./sso-resumption";
export { type SsoChange, SsoSuspension, type SsoSuspensionInputs, type SsoSuspensionOutputs } from "./sso-suspension";
export {
  Cluster,
  type ClusterArgs,
  ContactCenter,
  type ContactCenterArgs,
  type Day,
  type Deployment,
  type MaintenanceWindow,
  type NodeName,
  type OtherServer,
  type Product,
  type Role,
  type Side,
  type VosNode,
  type WindowsHost,
  type WindowsProduct,
} from "./topology";
export { TrustCertificate, type TrustCertificateInputs, type TrustCertificateOutputs, type TrustStore } from "./trust-certificate";
export type { WindowsHost, WindowsProduct } from "./windows-host";

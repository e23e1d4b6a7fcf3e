// OpenSSH for Windows. What a client finds behind it, cmd.exe and SFTP, is in connection.ts.
import type { Running } from "../../lab";
import { startSshPort } from "../../ssh/port";
import type { WindowsHost } from "../host";
import { serveConnection } from "./connection";

/** Starts the SSH port of a host, with cmd.exe and SFTP behind it. */
export function startWindowsSsh(host: WindowsHost): Promise<Running & { drop(): void }> {
  return startSshPort(host, {
    keys: host.contactCenter.lab.keys,
    interface: "windows ssh",
    closed: () => host.restarting,
    server: { ident: "OpenSSH_for_Windows_uccerts_lab" },
    serve: (client, drop) => serveConnection({ host, drop }, client),
  });
}

import type { Call, Command } from "../command";
import { zonedDate } from "../dates";

const NTP_SERVER = "192.0.2.123";

function ntp({ node }: Call): string[] {
  const synchronised = node.health.ntpSynchronised;
  return [
    "ntpd (pid 17428) is running...",
    "",
    "     remote           refid      st t when poll reach   delay   offset  jitter",
    "==============================================================================",
    `${synchronised ? "*" : " "}${NTP_SERVER.padEnd(16)}.GPS.            2 u   11   64  ${synchronised ? "377    0.254    0.114   0.021" : "  0    0.000    0.000   0.000"}`,
    "",
    ...(synchronised ? [`synchronised to NTP server (${NTP_SERVER}) at stratum 3`, "   time correct to within 46 ms"] : ["unsynchronised"]),
    "   polling server every 64 s",
    "",
    `Current time in UTC is : ${zonedDate(node.now())}`,
  ];
}

function fips({ node }: Call): string[] {
  return [`The system is ${node.health.fips ? "" : "not "}operating in FIPS mode.`];
}

function upgrade({ node }: Call): string[] {
  if (!node.health.upgradeRunning) return ["No upgrade is in progress"];
  return ["Upgrade status: In progress", "Upgrade file: UCSInstall_UCOS_15.0.1.13900-1.sha512.iso", "Upgrade log: install_log_2024-03-04.08.46.00.log"];
}

/** The session ends with the node. */
async function restart({ node, terminal }: Call): Promise<string[]> {
  terminal.say("");
  terminal.say("Do you really want to restart ?");
  terminal.say("");
  if (!/^yes$/i.test(await terminal.ask("Enter (yes/no)? "))) return ["Operation cancelled"];
  for (const line of ["", "Appliance is being Restarted ...", "Warning: Restart could take up to 5 minutes.", "", "Shutting down Service Manager. Please wait..."]) terminal.say(line);
  void node.power.restart();
  return [];
}

export const systemCommands: Command[] = [
  { name: "utils ntp status", run: ntp },
  { name: "utils fips status", run: fips },
  { name: "utils system restart", notDuringUpgrade: true, run: restart },
  { name: "utils system upgrade status", run: upgrade },
];

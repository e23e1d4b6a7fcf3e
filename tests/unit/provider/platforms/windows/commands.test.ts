import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { isElevated, processIn, registryValues, servicesIn, sftpPath, wmiTime, word } from "../../../../../provider/platforms/windows/commands";

const ENGLISH = `
SERVICE_NAME: Tomcat9
DISPLAY_NAME: Apache Tomcat 9.0 Tomcat9
        TYPE               : 10  WIN32_OWN_PROCESS
        STATE              : 4  RUNNING
                                (STOPPABLE, PAUSABLE, ACCEPTS_SHUTDOWN)
        WIN32_EXIT_CODE    : 0  (0x0)

SERVICE_NAME: CVPCallServer
DISPLAY_NAME: Cisco CVP Call Server
        TYPE               : 110  WIN32_OWN_PROCESS (interactive)
        STATE              : 3  STOP_PENDING
                                (NOT_STOPPABLE, NOT_PAUSABLE, IGNORES_SHUTDOWN)
`;

describe("the services of a host", () => {
  it("are read with short name, display name and state", () => {
    assert.deepEqual(servicesIn(ENGLISH), [
      { name: "Tomcat9", displayName: "Apache Tomcat 9.0 Tomcat9", state: "Started" },
      { name: "CVPCallServer", displayName: "Cisco CVP Call Server", state: "Stopping" },
    ]);
  });

  it("are the same on a host that speaks French", () => {
    const french = ENGLISH.replaceAll("SERVICE_NAME", "NOM_SERVICE").replaceAll("DISPLAY_NAME", "NOM_AFFICH\xc9").replaceAll("STATE ", "\xc9TAT ");
    assert.deepEqual(servicesIn(french), servicesIn(ENGLISH));
  });

  it("are none in a text that is no list", () => {
    fc.assert(fc.property(fc.string(), (text) => Array.isArray(servicesIn(text))));
    assert.deepEqual(servicesIn("[SC] EnumQueryServicesStatus:OpenService FAILED 1060:\n\nThe specified service does not exist as an installed service.\n"), []);
  });

  it("have a process, or none", () => {
    assert.equal(processIn("        PID                : 4711\n"), 4711);
    assert.equal(processIn("        PID                : 0\n"), undefined);
  });
});

describe("the machine's variables", () => {
  it("are read by their names in capitals, with what they refer to", () => {
    const text = `\nHKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment\n    Java_Home    REG_SZ    C:\\Program Files (x86)\\Java\\jre1.8.0_221\n    CVP_TOOLS    REG_EXPAND_SZ    %java_home%\\bin;%Unknown%\n\n`;
    assert.deepEqual(registryValues(text), { JAVA_HOME: "C:\\Program Files (x86)\\Java\\jre1.8.0_221", CVP_TOOLS: "C:\\Program Files (x86)\\Java\\jre1.8.0_221\\bin;%Unknown%" });
  });

  it("that refer to one another in a circle come to an end", () => {
    assert.ok(registryValues("    A    REG_EXPAND_SZ    %B%\n    B    REG_EXPAND_SZ    %A%\n"));
  });
});

describe("a session", () => {
  it("is an administrator's by its integrity level, in every language", () => {
    assert.equal(isElevated("\xc9tiquette obligatoire\\Niveau obligatoire \xe9lev\xe9   Nom   S-1-16-12288"), true);
    assert.equal(isElevated("Mandatory Label\\Medium Mandatory Level   Label   S-1-16-8192"), false);
  });
});

describe("a time of WMI", () => {
  it("counts its minutes from UTC", () => assert.equal(wmiTime("\r\nLocalDateTime=20261123151502.500000+060\r\n".replaceAll("\r", ""), "LocalDateTime")?.toISOString(), "2026-11-23T14:15:02.500Z"));
  it("west of Greenwich too", () => assert.equal(wmiTime("LastBootUpTime=20261123091502.000000-300", "LastBootUpTime")?.toISOString(), "2026-11-23T14:15:02.000Z"));
  it("that is none is none", () => assert.equal(wmiTime("LocalDateTime=\n", "LocalDateTime"), undefined));
});

describe("a word of a command", () => {
  it("keeps spaces and parentheses together", () => assert.equal(word("C:\\Program Files (x86)\\x"), '"C:\\Program Files (x86)\\x"'));
  for (const sign of ['"', "%", "!", "\n"]) it(`refuses ${JSON.stringify(sign)}, which cmd.exe would take for its own`, () => assert.throws(() => word(`a${sign}b`), /cannot be said to a Windows command/));
  it("is a path of SFTP with slashes", () => assert.equal(sftpPath("C:\\icm\\ssl\\cacerts"), "/C:/icm/ssl/cacerts"));
});

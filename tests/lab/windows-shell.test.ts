import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { utils } from "ssh2";
import type { Lab, WindowsHost, WindowsLanguage } from "../../lab";
import { fromOem } from "../../lab/windows/code-page";
import { after, before, describe, test } from "../support/hosts-test";
import { HOST, startHost, WindowsClient, withClient } from "./support/windows-client";
import { within } from "./support/estates";

const LIMIT = { timeout: 60_000 };

describe("a line over SSH", LIMIT, () => {
  let lab: Lab, host: WindowsHost, client: WindowsClient;
  before(async () => {
    lab = await startHost("AW", { sessionEnvironment: { JAVA_HOME: "", OLD: "C:\\old" } });
    host = lab.host(HOST);
    client = await WindowsClient.logIn(host);
  });
  after(() => (client.end(), lab.stop()));

  const output = async (line: string) => (await client.run(line)).output;

  test("gives what a command prints, with the line ends of Windows, and its exit code", async () => {
    assert.deepEqual(await client.run("echo one two"), { code: 0, output: "one two\r\n", errors: "" });
    assert.equal((await client.run("exit 7")).code, 7);
  });

  test("of a command that Windows does not have says so in its words, with 1", async () => {
    assert.deepEqual(await client.run("ls -l"), { code: 1, output: "", errors: "'ls' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n" });
    assert.match((await client.run('"C:\\icm\\bin\\nothing.exe" a')).errors, /^'"C:\\icm\\bin\\nothing.exe"' is not recognized/);
    assert.equal((await client.run('"C:\\nowhere\\bin\\keytool.exe" -list')).errors, "The system cannot find the path specified.\r\n");
  });

  test("of a command that the lab does not emulate says that", async () => {
    assert.deepEqual(await client.run("powershell -Command Get-Service"), { code: 1, output: "", errors: '"powershell" is not emulated by this lab\r\n' });
  });

  test("replaces variables of the session, which may be older than the registry, and leaves what is not there", async () => {
    assert.equal(await output("echo %JAVA_HOME% %old% %ProgramFiles(x86)%"), "%JAVA_HOME% C:\\old C:\\Program Files (x86)\r\n");
    assert.match(await output('reg query "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment" /v JAVA_HOME'), /\n {4}JAVA_HOME {4}REG_SZ {4}C:\\Program Files \(x86\)\\Java\\jre1\.8\.0_221\r\n/);
  });

  test("goes on with &, with && after success and with || after failure", async () => {
    assert.equal(await output("nothing & echo on"), "on\r\n");
    assert.equal(await output("nothing && echo on"), "");
    assert.equal(await output("nothing || echo on"), "on\r\n");
    assert.equal(await output("nothing && echo a || echo b & echo c"), "b\r\nc\r\n");
    assert.equal((await client.run("echo on && nothing")).code, 1);
  });

  test("keeps words together by quotes, and takes the sign behind ^ as it is", async () => {
    assert.equal(await output('echo "a & b"'), '"a & b"\r\n');
    assert.equal(await output("echo a ^& b"), "a & b\r\n");
  });

  test("sends output and errors where it is told", async () => {
    assert.deepEqual(await client.run("nothing 2>nul"), { code: 1, output: "", errors: "" });
    assert.match(await output("nothing 2>&1"), /^'nothing' is not recognized/);
    assert.equal(await output("echo one>C:\\Windows\\Temp\\a.txt& echo two>>C:\\Windows\\Temp\\a.txt & type C:\\windows\\TEMP\\A.TXT"), "one\r\ntwo\r\n");
    assert.equal(await output("(echo three & echo four) > C:\\Windows\\Temp\\b.txt & type C:\\Windows\\Temp\\b.txt"), "three\r\nfour\r\n");
    assert.equal((await client.run("echo a > C:\\nowhere\\a.txt")).errors, "The system cannot find the path specified.\r\n");
  });

  test("asks what is there", async () => {
    assert.equal(await output('(if exist "C:\\Program Files (x86)" echo 0) & (if exist C:\\nowhere echo 1) & if not exist C:\\nowhere (echo 2) else (echo 3)'), "0\r\n2\r\n");
    assert.equal(await output("if exist C:\\nowhere echo a & echo b"), "", "what follows belongs to the condition");
  });

  test("that cmd.exe cannot read is an error of syntax", async () => {
    assert.deepEqual(await client.run("echo a && && echo b"), { code: 1, output: "", errors: "The syntax of the command is incorrect.\r\n" });
  });

  test("copies, moves, lists and removes files, with the words and codes of Windows", async () => {
    const folder = "C:\\Windows\\Temp\\files";
    await client.lines(`mkdir ${folder}\\sub && echo one>${folder}\\one.txt`);
    assert.equal(await output(`copy /B /Y ${folder}\\one.txt ${folder}\\two.txt`), "        1 file(s) copied.\r\n");
    assert.equal(await output(`move /Y ${folder}\\two.txt ${folder}\\sub`), "        1 file(s) moved.\r\n");
    assert.deepEqual(await client.lines(`dir /B ${folder}`), ["one.txt", "sub"]);
    assert.deepEqual(await client.lines(`dir /B ${folder}\\*.txt`), ["one.txt"]);
    assert.deepEqual(await client.run(`dir /B ${folder}\\*.bak`), { code: 1, output: "", errors: "File Not Found\r\n" });
    assert.deepEqual(await client.run(`copy /Y ${folder}\\none.txt ${folder}\\a.txt`), { code: 1, output: "", errors: "The system cannot find the file specified.\r\n" });
    assert.equal((await client.run(`mkdir ${folder}`)).errors, `A subdirectory or file ${folder} already exists.\r\n`);
    assert.equal((await client.run(`rmdir ${folder}`)).code, 145);
    assert.deepEqual(await client.run(`del /F /Q ${folder}\\none.txt`), { code: 0, output: "", errors: `Could Not Find ${folder}\\none.txt\r\n` });
    await client.lines(`rmdir /S /Q ${folder}`);
    assert.equal(host.drive.stat(folder), undefined);
  });

  test("cannot leave the drive", async () => {
    assert.equal((await client.run("type ..\\..\\..\\..\\..\\..\\..\\etc\\passwd")).errors, "The system cannot find the path specified.\r\n");
    assert.equal((await client.run("type D:\\a.txt")).errors, "The system cannot find the drive specified.\r\n");
    assert.equal((await client.run("type /etc/passwd")).code, 1);
  });

  test("tells the SHA-256 of a file", async () => {
    await client.lines("echo a>C:\\Windows\\Temp\\hash.txt");
    assert.deepEqual(await client.lines("certutil -hashfile C:\\Windows\\Temp\\hash.txt SHA256"), [
      "SHA256 hash of C:\\Windows\\Temp\\hash.txt:",
      createHash("sha256").update("a\r\n").digest("hex"),
      "CertUtil: -hashfile command completed successfully.",
    ]);
  });

  test("shows, saves and restores access rights, which a copy keeps and a move brings along", async () => {
    const store = host.layout.store.path;
    const rights = () => client.lines(`icacls "${store}"`).then((lines) => lines.map((line) => line.replace(store, "").trim()));
    const own = await rights();
    assert.deepEqual(own.slice(0, 3), ["BUILTIN\\Administrators:(F)", "NT AUTHORITY\\SYSTEM:(F)", "NT AUTHORITY\\NETWORK SERVICE:(R)"]);
    await client.lines(`copy /Y "${store}" C:\\Windows\\Temp\\copy && copy /Y C:\\Windows\\Temp\\copy "${store}" && icacls "${store}" /save C:\\Windows\\Temp\\acl`);
    assert.deepEqual(await rights(), own);
    await client.lines(`move /Y C:\\Windows\\Temp\\copy "${store}"`);
    assert.notDeepEqual(await rights(), own);
    await client.lines(`icacls "${store.replace(/\\cacerts$/, "")}" /restore C:\\Windows\\Temp\\acl`);
    assert.deepEqual(await rights(), own);
  });

  test("is in the history with its code, and the log-in before it", async () => {
    const mark = lab.history.mark();
    await client.run("exit 3");
    assert.deepEqual(lab.history.since(mark).map(({ interface: at, action, outcome }) => [at, action, outcome]), [["windows ssh", "exit 3", "exit 3"]]);
    assert.equal(lab.history.of("windows ssh", "log in").length, 1);
  });

  test("of a shell or with a wrong password is refused", async () => {
    await assert.rejects(WindowsClient.logIn(host, { password: "wrong" }), /authentication methods failed/);
  });
});

describe("messages", LIMIT, () => {
  const UNKNOWN: Record<WindowsLanguage, string> = {
    en: "'ls' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n",
    fr: "'ls' n'est pas reconnu en tant que commande interne\r\nou externe, un programme exécutable ou un fichier de commandes.\r\n",
    es: '"ls" no se reconoce como un comando interno o externo,\r\nprograma o archivo por lotes ejecutable.\r\n',
  };
  for (const language of ["en", "fr", "es"] as const)
    test(`of a host in ${language} are in its language and code page`, () =>
      within(startHost("AW", { language }), (lab) =>
        withClient(lab.host(HOST), async (client) => {
          assert.equal(fromOem(Buffer.from((await client.run("ls")).errors, "latin1")), UNKNOWN[language]);
          assert.match((await client.run("whoami /groups")).output, /S-1-16-12288/);
        }),
      ));
});

describe("a session that is not elevated", LIMIT, () => {
  const plain = (work: (client: WindowsClient, host: WindowsHost) => Promise<void>) => within(startHost("CVP Server", { elevated: false }), (lab) => withClient(lab.host(HOST), (client) => work(client, lab.host(HOST))));

  test("says so, and may not write where an administrator may", () =>
    plain(async (client, host) => {
      assert.match((await client.run("whoami /groups")).output, /Medium Mandatory Level\s+Label\s+S-1-16-8192/);
      assert.deepEqual(await client.run(`echo a > ${host.layout.store.path}`), { code: 1, output: "", errors: "Access is denied.\r\n" });
      assert.equal((await client.run("sc stop CallServer")).code, 5);
      assert.equal((await client.run("shutdown /r /t 0")).code, 5);
      assert.equal((await client.run("echo a > C:\\Windows\\Temp\\a.txt")).code, 0);
    }));
});

describe("a key", LIMIT, () => {
  test("that is authorised logs in, another one does not", async () => {
    const [own, other] = [utils.generateKeyPairSync("ecdsa", { bits: 256 }), utils.generateKeyPairSync("ecdsa", { bits: 256 })];
    const contactCenters = [{ name: "cc", authorizedKeys: [own.public], windows: [{ fqdn: HOST, product: "AW" as const }] }];
    await within(startHost("AW", {}, { contactCenters }), async (lab) => {
      const client = await WindowsClient.logIn(lab.host(HOST), { password: undefined, privateKey: own.private });
      assert.equal((await client.run("hostname")).output, "HOST\r\n");
      client.end();
      await assert.rejects(WindowsClient.logIn(lab.host(HOST), { password: undefined, privateKey: other.private }), /authentication methods failed/);
    });
  });
});

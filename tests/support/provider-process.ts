// Pulumi's dynamic-provider process with our package in it, and a client that speaks to it as the engine does.
// The gRPC libraries are the SDK's own: the stubs that it ships are made for them.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import type { Message } from "google-protobuf";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { parse } from "yaml";
import { passwordsIn, refuseLeaks } from "./leaks";
import { makeProject, type Sdk } from "./project";

export type Bag = Record<string, unknown>;

/** How the engine sees a resource whose work has begun and is not finished. */
export interface Partial {
  id: string;
  properties: Bag;
  reasons: string[];
}

/** A call that the provider answered with an error. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly partial: Partial | undefined,
  ) {
    super(message);
  }
}

export interface End {
  code: number | null;
  signal: NodeJS.Signals | null;
}

type Method = "configure" | "check" | "diff" | "create" | "update" | "read" | "delete";
type Call = (request: Message, answered: (error: ServiceError | null, answer?: Message) => void) => void;

function struct(bag: Bag): Struct {
  return Struct.fromJavaScript(bag as Record<string, JavaScriptValue>);
}

function bag(found: Struct | undefined): Bag {
  return found?.toJavaScript() ?? {};
}

function partialOf({ metadata }: ServiceError): Partial | undefined {
  const [bytes] = metadata.get("grpc-status-details-bin");
  if (!bytes) return undefined;
  const [detail] = Status.deserializeBinary(bytes as Uint8Array).getDetailsList();
  const failed = messages.ErrorResourceInitFailed.deserializeBinary(detail!.getValue_asU8());
  return { id: failed.getId(), properties: bag(failed.getProperties()), reasons: failed.getReasonsList() };
}

/** Stands for the engine's own address, which the process is started with. */
async function startEngine(): Promise<{ address: string; stop(): void }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => void sockets.add(socket.on("error", () => {})));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const stop = () => {
    server.close();
    sockets.forEach((socket) => socket.destroy());
  };
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

interface Options {
  sdk?: Sdk;
  env?: Record<string, string>;
  /** The stack configuration, as text; undefined: left to the test. */
  config?: Bag;
}

export class ProviderProcess {
  private static readonly running = new Set<ProviderProcess>();

  /** Everything that the process wrote, and everything that it answered: where a secret could show. */
  said = "";

  private readonly secrets: string[] = [];

  private constructor(
    readonly child: ChildProcess,
    private readonly client: ResourceProviderClient,
    private readonly ended: Promise<End>,
    /** Ends what stands for the engine, as if it had been killed. */
    readonly killEngine: () => void,
  ) {}

  /** Ends what a test has left, also one that failed. */
  static async endAll(): Promise<void> {
    await Promise.all([...ProviderProcess.running].map((one) => one.end("SIGKILL")));
  }

  static async start({ sdk = "own", env = {}, config }: Options = { config: {} }): Promise<ProviderProcess> {
    const project = makeProject(sdk);
    const engine = await startEngine();
    const program = join(project.path, "node_modules", "@pulumi", "pulumi", "cmd", "dynamic-provider");
    const child = spawn(process.execPath, [program, engine.address], { cwd: project.path, env: { ...process.env, UCCERTS_STATE: join(project.path, "state"), ...env }, stdio: ["ignore", "pipe", "pipe"] });
    const ended = once(child, "close").then(([code, signal]: unknown[]) => {
      engine.stop();
      project.remove();
      return { code, signal } as End;
    });
    const tooEarly = ended.then(({ code }) => Promise.reject(new Error(`the provider process ended with ${code} at once`)));
    const [port] = (await Promise.race([once(createInterface({ input: child.stdout }), "line"), tooEarly])) as [string];
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
    tooEarly.catch(() => client.close());
    const made = new ProviderProcess(child, client, ended, () => engine.stop());
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (made.said += chunk.toString()));
    ProviderProcess.running.add(made);
    void ended.then(() => ProviderProcess.running.delete(made));
    if (config) await made.configure(config);
    return made;
  }

  async configure(config: Bag): Promise<void> {
    const connections = config["uccerts:connections"];
    if (typeof connections === "string") this.secrets.push(...passwordsIn(parse(connections), process.env));
    await this.ask("configure", new messages.ConfigureRequest().setArgs(struct(config)));
  }

  async check(news: Bag, olds: Bag = {}): Promise<{ inputs: Bag; failures: { property: string; reason: string }[] }> {
    const answer = (await this.ask("check", new messages.CheckRequest().setOlds(struct(olds)).setNews(struct(news)))) as messages.CheckResponse;
    return { inputs: bag(answer.getInputs()), failures: answer.toObject().failuresList };
  }

  async diff(id: string, olds: Bag, news: Bag): Promise<{ changes: "none" | "some" | "unknown"; replaces: string[]; deleteBeforeReplace: boolean }> {
    const request = new messages.DiffRequest().setId(id).setOlds(struct(olds)).setNews(struct(news));
    const { changes, replacesList, deletebeforereplace } = ((await this.ask("diff", request)) as messages.DiffResponse).toObject();
    return { changes: (["unknown", "none", "some"] as const)[changes], replaces: replacesList, deleteBeforeReplace: deletebeforereplace };
  }

  async create(inputs: Bag): Promise<{ id: string; outs: Bag }> {
    const answer = (await this.ask("create", new messages.CreateRequest().setProperties(struct(inputs)))) as messages.CreateResponse;
    return { id: answer.getId(), outs: bag(answer.getProperties()) };
  }

  async update(id: string, olds: Bag, news: Bag): Promise<Bag> {
    const request = new messages.UpdateRequest().setId(id).setOlds(struct(olds)).setNews(struct(news));
    return bag(((await this.ask("update", request)) as messages.UpdateResponse).getProperties());
  }

  async read(id: string, props: Bag): Promise<{ id: string; props: Bag }> {
    const answer = (await this.ask("read", new messages.ReadRequest().setId(id).setProperties(struct(props)))) as messages.ReadResponse;
    return { id: answer.getId(), props: bag(answer.getProperties()) };
  }

  async delete(id: string, props: Bag): Promise<void> {
    await this.ask("delete", new messages.DeleteRequest().setId(id).setProperties(struct(props)));
  }

  /**
   * Ends the process as the engine does: a signal, and five seconds later SIGKILL.
   * @throws when a password of its connections or a private key stands in what it said or answered
   */
  async end(signal: NodeJS.Signals = "SIGINT"): Promise<End> {
    this.child.kill(signal);
    const patience = setTimeout(() => this.child.kill("SIGKILL"), 5_000);
    return this.over().finally(() => clearTimeout(patience));
  }

  /** Waits until the process has said `text`. */
  async hears(text: string): Promise<void> {
    while (!this.said.includes(text)) await Promise.race([once(this.child.stdout!, "data"), once(this.child.stderr!, "data"), this.ended.then(() => Promise.reject(new Error(`it ended without "${text}": ${this.said}`)))]);
  }

  /** As the engine's end does: nobody reads any more what the process says. */
  stopReading(): void {
    this.child.stdout!.destroy();
    this.child.stderr!.destroy();
  }

  /** Waits for an end that comes by itself. @throws as `end` does */
  async over(): Promise<End> {
    const end = await this.ended;
    refuseLeaks([["what the provider process said", this.said]], this.secrets);
    return end;
  }

  private ask(method: Method, request: Message): Promise<Message> {
    const call = (this.client[method] as unknown as Call).bind(this.client);
    return new Promise((resolve, reject) => {
      call(request, (error, answer) => {
        if (error) {
          const partial = partialOf(error);
          this.said += `${error.message}${JSON.stringify(partial)}`;
          return reject(new Refusal(error.details, partial));
        }
        this.said += JSON.stringify(answer!.toObject());
        resolve(answer!);
      });
    });
  }
}

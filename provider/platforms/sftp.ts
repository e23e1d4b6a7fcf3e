// The contract of a directory on an SFTP server.

export interface SftpFile {
  name: string;
  bytes: number;
  /** By the server's clock, to the second. */
  modifiedAt: Date;
}

/** The directory of one connection. */
export interface SftpDirectory {
  /** How publishers are told to reach it. */
  readonly place: { host: string; port: number; username: string; directory: string };
  /** The password with which publishers log in: a secret. */
  readonly password: string;
  /** Files only. @throws PlatformError notFound when there is no such directory */
  list(): Promise<SftpFile[]>;
  /** Undefined when there is none. */
  read(name: string): Promise<Buffer | undefined>;
  write(name: string, content: Buffer): Promise<void>;
  /** Succeeds when it is already gone. */
  remove(name: string): Promise<void>;
}

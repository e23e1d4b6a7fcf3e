/** A request as the pages see it. Names of parameters are in lower case: ASP compares them without case. */
export interface CertsrvRequest {
  method: string;
  /** In lower case, as IIS compares it. */
  path: string;
  query: Map<string, string>;
  form: Map<string, string>;
  headers: Record<string, string | undefined>;
}

export interface CertsrvAnswer {
  status: number;
  headers?: Record<string, string | string[]>;
  body: string | Buffer;
}

// The library brings no types. MD4 has gone from Node's OpenSSL; NTLM cannot do without it.
declare module "js-md4" {
  interface Md4 {
    (message: Uint8Array): string;
    arrayBuffer(message: Uint8Array): ArrayBuffer;
  }
  const md4: Md4;
  export = md4;
}

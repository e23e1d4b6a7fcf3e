// Who may do what with a file, as far as `icacls` tells and changes it.

/** One line of an access list. */
export interface Ace {
  /** As in SDDL: `BA`, `SY`, `BU`, `NS`, `AU`, `WD`, or a whole SID. */
  trustee: string;
  /** `F`, `M`, `RX`, `R`, `W`. */
  rights: string;
  inherited: boolean;
  /** `OICI` on a folder whose files get it. */
  flags: string;
}

export interface Acl {
  owner: string;
  aces: Ace[];
}

export const WELL_KNOWN: Record<string, { sid: string; en: string; fr: string; es: string }> = {
  BA: { sid: "S-1-5-32-544", en: "BUILTIN\\Administrators", fr: "BUILTIN\\Administrateurs", es: "BUILTIN\\Administradores" },
  SY: { sid: "S-1-5-18", en: "NT AUTHORITY\\SYSTEM", fr: "AUTORITE NT\\Système", es: "NT AUTHORITY\\SYSTEM" },
  BU: { sid: "S-1-5-32-545", en: "BUILTIN\\Users", fr: "BUILTIN\\Utilisateurs", es: "BUILTIN\\Usuarios" },
  NS: { sid: "S-1-5-20", en: "NT AUTHORITY\\NETWORK SERVICE", fr: "AUTORITE NT\\SERVICE RÉSEAU", es: "NT AUTHORITY\\Servicio de red" },
  AU: { sid: "S-1-5-11", en: "NT AUTHORITY\\Authenticated Users", fr: "AUTORITE NT\\Utilisateurs authentifiés", es: "NT AUTHORITY\\Usuarios autentificados" },
  WD: { sid: "S-1-1-0", en: "Everyone", fr: "Tout le monde", es: "Todos" },
};

const RIGHTS: Record<string, string> = { F: "FA", M: "0x1301bf", RX: "0x1200a9", R: "FR", W: "0x100116" };

/** `BA` for `*S-1-5-32-544`, `Administrators`, `BUILTIN\Administrateurs`; what is not known stays as it is. */
export function trusteeOf(text: string): string {
  const wanted = text.replace(/^\*/, "").toLowerCase();
  const same = (name: string) => name.toLowerCase() === wanted || name.toLowerCase().endsWith(`\\${wanted}`);
  const found = Object.entries(WELL_KNOWN).find(([, { sid, en, fr, es }]) => sid.toLowerCase() === wanted || [en, fr, es].some(same));
  return found?.[0] ?? text.replace(/^\*/, "");
}

function aceText({ trustee, rights, inherited, flags }: Ace): string {
  return `(A;${flags}${inherited ? "ID" : ""};${RIGHTS[rights] ?? rights};;;${trustee})`;
}

/** As `icacls /save` writes it. */
export function sddl({ aces }: Acl): string {
  const own = aces.some(({ inherited }) => inherited) ? "AI" : "PAI";
  return `D:${own}${aces.map(aceText).join("")}`;
}

/** @returns undefined for what is no such text */
export function fromSddl(text: string): Ace[] | undefined {
  if (!text.startsWith("D:")) return undefined;
  return [...text.matchAll(/\(A;((?:OI|CI|IO|NP)*)(ID)?;([^;]*);;;([^)]+)\)/g)].map(([, flags, inherited, mask, trustee]) => ({
    trustee: trusteeOf(trustee!),
    rights: Object.entries(RIGHTS).find(([, sddlMask]) => sddlMask === mask)?.[0] ?? mask!,
    inherited: inherited !== undefined,
    flags: flags!,
  }));
}

const INHERITANCE = /OICI/;

/** What a new file or folder gets from the folder that it is made in. */
export function inheritedFrom({ owner, aces }: Acl, folder: boolean): Acl {
  const passed = aces.filter(({ flags }) => INHERITANCE.test(flags));
  return { owner, aces: passed.map((ace) => ({ ...ace, inherited: true, flags: folder ? ace.flags : "" })) };
}

/** An access list for a folder and everything in it. */
export function folderAcl(owner: string, ...rights: [trustee: string, rights: string][]): Acl {
  return { owner, aces: rights.map(([trustee, right]) => ({ trustee, rights: right, inherited: false, flags: "OICI" })) };
}

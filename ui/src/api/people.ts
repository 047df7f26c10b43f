/** The JSON of accounts and administration, as docs/reference describes it. */

export type Role = "reader" | "editor" | "admin";
export type Tlp = "CLEAR" | "GREEN" | "AMBER" | "AMBER+STRICT" | "RED";

export interface Person {
  id: string;
  email: string;
  name: string;
  role: Role;
  groups: string[];
  clearance: Tlp;
  disabled: boolean;
  created: string;
  seen: string;
  language: string;
}

/** A tag that collections and documents can name, and how it is called. */
export interface Reader {
  tag: string;
  name: string;
}

/** `sign_in` false: the demo on one's own machine, where nobody signs in and everything is allowed. `registration`:
 * people can make an account by themselves. `language_default`: of whoever has chosen none. `mail`: answers can be mailed to
 * whoever is here; `training`: whether questions that are answered later become training data. */
export interface Me {
  sign_in: boolean;
  person: Person | null;
  registration: boolean;
  language_default: string;
  mail: boolean;
  training: "ask" | "always" | "never";
  version: string;
  roles: Role[];
}

export interface Token {
  access_token: string;
  token_type: string;
  expires_in: number;
}

export interface SessionInfo {
  id: string;
  device: string;
  address: string;
  created: string;
  seen: string;
  current: boolean;
}

export interface KeyInfo {
  id: string;
  name: string;
  prefix: string;
  created: string;
  used: string;
  expires: string;
}

export interface PartHealth {
  name: string;
  ok: boolean;
  detail: string;
  advice: string;
}

export interface AuditEntry {
  number: number;
  at: string;
  actor: string;
  action: string;
  target: string;
  details: Record<string, string>;
  hash: string;
}

/** `broken` is the number of the first line that does not fit; null when the chain holds. */
export interface AuditReport {
  entries: number;
  broken: number | null;
}

export interface AccountChange {
  role?: Role;
  groups?: string[];
  clearance?: Tlp;
  disabled?: boolean;
}
